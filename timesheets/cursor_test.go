package timesheets

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"punchcard/auth"
)

func TestACursorIsOfOneListOneCallerAndItsFilters(t *testing.T) {
	h := openHouse(t)
	for _, day := range []string{"2026-03-04", "2026-03-05"} {
		h.record(ada, h.hour(day))
		h.record(bob, h.hour(day))
	}
	one := Paging{Limit: 1}
	cursor := must(ask(h.Entries, ada, EntryQuery{Paging: one})).Next
	project := must(ask(h.Projects, ada, ProjectQuery{Paging: one})).Next
	managers := must(ask(h.Entries, mia, EntryQuery{Paging: one})).Next
	if cursor == "" || project == "" || managers == "" {
		t.Fatal("no cursors")
	}
	flipped := []byte(cursor)
	flipped[3] ^= 1
	elsewhere := New(h.db, Settings{Secret: []byte("another")})
	for _, c := range []struct {
		name string
		by   auth.Caller
		q    EntryQuery
		ok   bool
	}{
		{"itself", ada, EntryQuery{Paging: Paging{Cursor: cursor}}, true},
		{"with another page size", ada, EntryQuery{Paging: Paging{Cursor: cursor, Limit: 2, Count: true}}, true},
		{"with other filters", ada, EntryQuery{Paging: Paging{Cursor: cursor}, From: "2026-03-01"}, false},
		{"of somebody else", bob, EntryQuery{Paging: Paging{Cursor: cursor}}, false},
		{"of one's manager", ada, EntryQuery{Paging: Paging{Cursor: managers}}, false},
		{"of another list", ada, EntryQuery{Paging: Paging{Cursor: project}}, false},
		{"of another secret", ada, EntryQuery{Paging: Paging{Cursor: elsewhere.cursor(ada, EntryQuery{}, "2026-03-05", "x")}}, false},
		{"with a bit flipped", ada, EntryQuery{Paging: Paging{Cursor: string(flipped)}}, false},
		{"cut", ada, EntryQuery{Paging: Paging{Cursor: cursor[:len(cursor)-4]}}, false},
		{"with more behind", ada, EntryQuery{Paging: Paging{Cursor: cursor + "AAAA"}}, false},
		{"without signature", ada, EntryQuery{Paging: Paging{Cursor: base64.RawURLEncoding.EncodeToString([]byte(`["2026-03-05","x"]`))}}, false},
		{"of no kind", ada, EntryQuery{Paging: Paging{Cursor: "%"}}, false},
		{"of great length", ada, EntryQuery{Paging: Paging{Cursor: strings.Repeat("A", 1<<16)}}, false},
	} {
		_, err := ask(h.Entries, c.by, c.q)
		if c.ok && err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if !c.ok {
			refused(t, err, ValidationFailed, "cursor is not a cursor of this list")
		}
	}
}

func TestListsOfOneShapeShareNoCursors(t *testing.T) {
	s := New(nil, Settings{Secret: []byte("a secret of the tests")})
	_, err := s.place(ada, Paging{}, s.cursor(ada, PersonQuery{}, "Ada", "usr_ada"))
	refused(t, err, ValidationFailed)
}

func FuzzCursor(f *testing.F) {
	s := New(nil, Settings{Secret: []byte("a secret of the tests")})
	minted := s.cursor(ada, EntryQuery{From: "2026-03-04"}, "2026-03-05", "id")
	f.Add(minted, "2026-03-05", "id")
	f.Add(minted[1:], "", "")
	f.Add("", `"`, "\xff\x00")
	f.Add("AAAA", "ä", ",")
	f.Fuzz(func(t *testing.T, text, date, id string) {
		q := EntryQuery{From: "2026-03-04"}
		keys, err := s.place(ada, q, text)
		if text != "" && text != minted && err == nil {
			t.Errorf("the cursor %q was taken for %q", text, keys)
		}
		if text == minted && !slices.Equal(keys, []string{"2026-03-05", "id"}) {
			t.Errorf("%q, %v", keys, err)
		}
		want := []string{strings.ToValidUTF8(date, "\ufffd"), strings.ToValidUTF8(id, "\ufffd")}
		keys, err = s.place(ada, q, s.cursor(ada, q, want...))
		if err != nil || !slices.Equal(keys, want) {
			t.Errorf("%q came back as %q, %v", want, keys, err)
		}
	})
}
