package timesheets

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"punchcard/auth"
)

// put is a new entry under an id of one's own.
func put(id string, n NewEntry) EntryPut { return EntryPut{ID: id, Create: true, NewEntry: n} }

func newID() string { return uuid.Must(uuid.NewV7()).String() }

func TestAnEntryIsPutUnderAnIDOfOnesOwn(t *testing.T) {
	h, id := openHouse(t), newID()
	n := h.hour("2026-03-04")
	n.Task, n.Tags, n.Note, n.Start, n.End = " Build ", []string{"a", "a "}, "n\n", new("09:00"), new("10:00")
	made := must(ask(h.Put, ada, put(id, n)))
	if !made.Made() || made.ID != id || made.Revision != 1 || made.CreatedBy != ada.User {
		t.Errorf("made: %+v", made)
	}
	must(ask(h.Submit, ada, EntryRef{ID: id}))
	again := must(ask(h.Put, ada, put(id, n))) // whose answer was lost, and which went further since
	if again.Made() || again.Revision != 2 || again.State != Submitted {
		t.Errorf("again: %+v", again)
	}
	n.Note = "another"
	_, err := ask(h.Put, ada, put(id, n))
	refused(t, err, PreconditionFailed, "it is another now")
	if e := must(ask(h.Entry, ada, EntryRef{ID: id})); e.Revision != 2 || e.Note != "n" {
		t.Errorf("it was overwritten: %+v", e)
	}
}

func TestAWholeEntryIsReplaced(t *testing.T) {
	h := openHouse(t)
	e := h.record(ada, NewEntry{Date: "2026-03-04", Start: new("09:00"), End: new("10:00"), ProjectID: h.project("StoreZero"),
		Task: "t", Tags: []string{"x"}, Note: "n", Billable: new(false)})
	replace := func(by auth.Caller, revision int64, change func(*NewEntry)) (PutEntry, error) {
		n := h.hour("2026-03-05")
		if change != nil {
			change(&n)
		}
		return ask(h.Put, by, EntryPut{ID: e.ID, Revision: &revision, NewEntry: n})
	}
	_, err := replace(ada, 7, nil)
	refused(t, err, PreconditionFailed, "revision 7, now 1")
	_, err = replace(ada, 1, func(n *NewEntry) { n.UserID = bob.User })
	refused(t, err, ValidationFailed, "/user_id")
	_, err = replace(mia, 1, nil)
	refused(t, err, Forbidden)
	_, err = replace(eve, 1, nil)
	refused(t, err, NotFound)
	got := must(replace(ada, 1, nil))
	if got.Made() || got.Revision != 2 || got.Date != "2026-03-05" || got.Start != nil || got.Note+got.Task != "" || !got.Billable || len(got.Tags) > 0 {
		t.Errorf("replaced: %+v", got)
	}
	must(ask(h.Submit, ada, EntryRef{ID: e.ID}))
	_, err = replace(ada, 3, nil)
	refused(t, err, PeriodLocked)
}

func TestAnIDThatIsTakenIsNeitherOverwrittenNorToldOf(t *testing.T) {
	h := openHouse(t)
	n := h.hour("2026-03-04")
	theirs, gone := h.record(bob, n), h.as(Deleted, "2026-03-05")
	strange := h.as(Deleted, "2026-03-06")
	made := n
	made.UserID = ada.User
	forHer := h.record(root, made) // Ada sees it, but didn't make it
	said := map[string]bool{}
	for _, c := range []struct {
		name string
		by   auth.Caller
		id   string
	}{
		{"a stranger's", ada, theirs.ID}, {"one's own that is deleted", ada, gone.ID}, {"a stranger's that is deleted", eve, strange.ID},
		{"one's own that another made", ada, forHer.ID}, {"that of one's people", mia, theirs.ID}, {"anybody's by an administrator", root, theirs.ID},
	} {
		before := h.rows(t)
		for _, content := range []NewEntry{n, h.hour("2026-03-09")} {
			p := put(c.id, content)
			_, err := ask(h.Put, c.by, p)
			refused(t, err, PreconditionFailed)
			if err != nil {
				said[err.Error()] = true
			}
		}
		if diff := cmp.Diff(before, h.rows(t)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	if len(said) != 1 {
		t.Errorf("they can be told apart: %v", said)
	}
	for _, id := range []string{theirs.ID, gone.ID, strange.ID, newID()} { // and to replace them is the same as to replace nothing
		_, err := ask(h.Put, ada, EntryPut{ID: id, NewEntry: n})
		refused(t, err, NotFound)
	}
}

func TestIDsAreUUIDv7InLowerCase(t *testing.T) {
	h := openHouse(t)
	id := "0199a5c2-7a30-7c1e-8f5b-1c2d3e4f5a6b"
	for _, bad := range []string{
		"", "x", strings.ToUpper(id), "{" + id + "}", "urn:uuid:" + id, strings.ReplaceAll(id, "-", ""), id + "0",
		"0199a5c2-7a30-4c1e-8f5b-1c2d3e4f5a6b", "0199a5c2-7a30-7c1e-0f5b-1c2d3e4f5a6b", "00000000-0000-0000-0000-000000000000",
	} {
		_, err := ask(h.Put, ada, put(bad, h.hour("2026-03-04")))
		if pointers(err) != "id" {
			t.Errorf("%q: %v", bad, err)
		}
	}
	n := h.hour("2026-02-30")
	n.ProjectID = ""
	_, err := ask(h.Put, ada, put("x", n))
	if got := pointers(err); got != "id /date /project_id" {
		t.Errorf("faults at %s", got)
	}
	for _, far := range []string{"ffffffff-ffff-7fff-bfff-ffffffffffff", "00000000-0000-7000-8000-000000000000"} { // clocks of phones are wrong
		if e := must(ask(h.Put, ada, put(far, h.hour("2026-03-04")))); !e.CreatedAt.Equal(h.instant()) {
			t.Errorf("%s was made at %s", far, e.CreatedAt)
		}
	}
}

func TestOneOfManyWhoMakeTheSameEntryAtOnceMakesIt(t *testing.T) {
	h, id := openHouse(t), newID()
	n, callers := h.hour("2026-03-04"), []auth.Caller{ada, bob}
	var made, again, refusals atomic.Int32
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			p, err := ask(h.Put, callers[i%2], put(id, n))
			switch {
			case err != nil:
				refused(t, err, PreconditionFailed)
				refusals.Add(1)
			case p.Made():
				made.Add(1)
			default:
				again.Add(1)
			}
		})
	}
	all.Wait()
	if made.Load() != 1 || again.Load() != 5 || refusals.Load() != 6 {
		t.Errorf("%d made it, %d made it before, %d were refused", made.Load(), again.Load(), refusals.Load())
	}
}

// rows is all that the database holds, as text.
func (h house) rows(t testing.TB) (all []string) {
	t.Helper()
	tx := h.db.Read(t.Context())
	var tables []string
	from := "SELECT name FROM sqlite_master WHERE type = 'table'"
	if tx.Name() == "postgres" {
		from = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
	}
	if err := tx.Raw(from).Scan(&tables).Error; err != nil || !slices.Contains(tables, "entries") {
		t.Fatal(tables, err)
	}
	for _, table := range tables {
		if strings.HasPrefix(table, "trap") || table == "sqlite_sequence" {
			continue // of the tests themselves
		}
		var rows []map[string]any
		if err := h.db.Read(t.Context()).Table(table).Find(&rows).Error; err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			all = append(all, table+" "+textOf(row))
		}
	}
	slices.Sort(all)
	return all
}

func TestOneTimeCannotBeKeptTwice(t *testing.T) {
	h := openHouse(t)
	from := func(start, end string) NewEntry {
		return NewEntry{Date: "2026-03-04", Start: &start, End: &end, ProjectID: h.project("StoreZero")}
	}
	first := h.record(ada, from("09:00", "12:00"))
	for _, c := range []struct {
		start, end string
		fits       bool
	}{
		{"08:00", "09:00", true}, {"12:00", "13:00", true}, // which only touch
		{"11:59", "12:30", false}, {"08:30", "09:01", false}, {"10:00", "10:30", false}, {"00:00", "24:00", false}, {"09:00", "12:00", false},
		{"23:00", "24:00", true}, {"23:30", "24:00", false},
	} {
		_, err := ask(h.Record, ada, from(c.start, c.end))
		if c.fits && err != nil {
			t.Errorf("%s to %s: %v", c.start, c.end, err)
		}
		if !c.fits {
			refused(t, err, Overlap, "/start", "2026-03-04 already from ")
		}
	}
	_, err := ask(h.Record, ada, from("10:00", "10:30"))
	refused(t, err, Overlap, "10:00 to 10:30", "from 09:00 to 12:00 (entry "+first.ID+")")
	h.record(ada, h.hour("2026-03-04"))   // which says nothing of the clock
	h.record(bob, from("09:00", "12:00")) // who is somebody else
	other := from("09:00", "12:00")
	other.Date = "2026-03-05"
	moved := h.record(ada, other)
	_, err = ask(h.Change, ada, change(t, moved.ID, `{"date":"2026-03-04"}`))
	refused(t, err, Overlap)
	must(ask(h.Change, ada, change(t, first.ID, `{"end":"11:00"}`))) // an entry doesn't overlap with itself
	must(ask(h.removal, ada, EntryRef{ID: first.ID}))
	h.record(ada, from("09:00", "12:00")) // nor with one that is deleted
	_, err = ask(h.Restore, ada, EntryRef{ID: first.ID})
	refused(t, err, Overlap)
}

func TestOneOfManyWhoTakeTheSameTimeAtOnceHasIt(t *testing.T) {
	h := openHouse(t)
	var kept atomic.Int32
	var all sync.WaitGroup
	project := h.project("StoreZero")
	for i := range 12 {
		all.Go(func() {
			start := time.Date(2026, 3, 4, 9, i, 0, 0, time.UTC)
			n := NewEntry{Date: "2026-03-04", Start: new(start.Format("15:04")), End: new(start.Add(time.Hour).Format("15:04")), ProjectID: project}
			if _, err := ask(h.Record, ada, n); err == nil {
				kept.Add(1)
			} else {
				refused(t, err, Overlap)
			}
		})
	}
	all.Wait()
	if kept.Load() != 1 {
		t.Errorf("%d were kept", kept.Load())
	}
}
