package timesheets

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"punchcard/auth"
)

func TestEntriesAreOnesOwnAndThoseOfOnesPeople(t *testing.T) {
	h := openHouse(t)
	for _, by := range []auth.Caller{ada, bob, mia, carl, eve} {
		h.record(by, h.hour("2026-03-04"))
	}
	for _, c := range []struct {
		by   auth.Caller
		of   string
		want string
	}{
		{ada, "", "ada"},
		{ada, ada.User, "ada"},
		{ada, bob.User, ""},
		{ada, mia.User, ""}, // one's manager's are not one's own
		{mia, "", "ada bob mia"},
		{mia, bob.User, "bob"},
		{mia, carl.User, ""},
		{eve, "", "eve"},
		{root, "", "ada bob carl eve mia"},
		{root, eve.User, "eve"},
		{payroll, "", "ada bob carl eve mia"},
		{payroll, ada.User, "ada"},
	} {
		page := must(ask(h.Entries, c.by, EntryQuery{UserID: c.of, Paging: Paging{Count: true}}))
		var owners []string
		for _, e := range page.Items {
			owners = append(owners, strings.TrimPrefix(e.UserID, "usr_"))
		}
		slices.Sort(owners)
		if got := strings.Join(owners, " "); got != c.want || *page.Total != len(owners) {
			t.Errorf("%s asks for those of %q: %s of %d, want %s", c.by.Subject(), c.of, got, *page.Total, c.want)
		}
	}
}

func TestNoEntryIsFoundByWhatIsNoID(t *testing.T) {
	h := openHouse(t)
	e := h.record(ada, h.hour("2026-03-04"))
	for _, id := range []string{"", "x", "\x00", "%", strings.ToUpper(e.ID), e.ID + " ", "' OR 1=1 --", "\xff", "urn:uuid:" + e.ID} {
		_, err := ask(h.Entry, ada, EntryRef{ID: id})
		refused(t, err, NotFound)
	}
	must(ask(h.Entry, ada, EntryRef{ID: e.ID}))
}

func TestFilters(t *testing.T) {
	h := openHouse(t)
	clock := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	h.now = func() time.Time { return clock }
	open, internal := h.project("StoreZero"), h.project("Internal")
	add := func(n NewEntry) Entry {
		n.Minutes, clock = new(1), clock.Add(time.Hour)
		return h.record(ada, n)
	}
	add(NewEntry{Date: "2026-03-01", ProjectID: open, Note: "100% done_", Tags: []string{"review", "a_b"}})
	add(NewEntry{Date: "2026-03-02", ProjectID: internal, Task: "Änderung ÖÖ", Tags: []string{"Review"}})
	add(NewEntry{Date: "2026-03-03", ProjectID: internal, Note: "Ünder the hood", Tags: []string{"re", "view", "R&D <ü>"}})
	add(NewEntry{Date: "2026-03-04", ProjectID: open, Task: "BUILD", Note: "ЖУРНАЛ ΣΊΣΥΦΟΣ!", Billable: new(false)})
	must(ask(h.Submit, ada, EntryRef{ID: add(NewEntry{Date: "2026-03-05", ProjectID: open, Note: `back\slash`}).ID}))

	for _, c := range []struct {
		name string
		q    EntryQuery
		want string // the days that are found
	}{
		{"nothing", EntryQuery{}, "5 4 3 2 1"},
		{"from", EntryQuery{From: "2026-03-04"}, "5 4"},
		{"to", EntryQuery{To: "2026-03-02"}, "2 1"},
		{"one day", EntryQuery{From: "2026-03-03", To: "2026-03-03"}, "3"},
		{"project", EntryQuery{ProjectID: internal}, "3 2"},
		{"no such project", EntryQuery{ProjectID: "prj"}, ""},
		{"tag", EntryQuery{Tag: "review"}, "1"},
		{"tag in capitals", EntryQuery{Tag: "Review"}, "2"},
		{"part of a tag", EntryQuery{Tag: "view"}, "3"},
		{"tag that looks like a pattern", EntryQuery{Tag: "a_b"}, "1"},
		{"tag that is a pattern", EntryQuery{Tag: "a%"}, ""},
		{"tag with marks", EntryQuery{Tag: "R&D <ü>"}, "3"},
		{"tag that closes the list", EntryQuery{Tag: "]"}, ""},
		{"state", EntryQuery{State: []string{"submitted"}}, "5"},
		{"states", EntryQuery{State: []string{"submitted", "draft"}, From: "2026-03-04"}, "5 4"},
		{"billable", EntryQuery{Billable: new(true)}, "5 1"},
		{"not billable", EntryQuery{Billable: new(false)}, "4 3 2"},
		{"updated since", EntryQuery{UpdatedSince: "2026-11-20T16:00:00Z"}, "5 4"},
		{"updated since, elsewhere", EntryQuery{UpdatedSince: "2026-11-20T18:00:00+02:00"}, "5 4"},
		{"updated just after", EntryQuery{UpdatedSince: "2026-11-20T16:00:00.001Z"}, "5"},
		{"words in a note", EntryQuery{Q: "hood"}, "3"},
		{"words in a task", EntryQuery{Q: "build"}, "4"},
		{"words in other cases", EntryQuery{Q: "HOOD"}, "3"},
		{"words across a space", EntryQuery{Q: "the ho"}, "3"},
		{"umlauts", EntryQuery{Q: "änderung öö"}, "2"},
		{"umlauts in capitals", EntryQuery{Q: "ÄNDERUNG"}, "2"},
		{"umlauts as written", EntryQuery{Q: "Änd"}, "2"},
		{"no umlauts", EntryQuery{Q: "under"}, ""},
		{"another alphabet", EntryQuery{Q: "журнал"}, "4"},
		{"an alphabet with three cases", EntryQuery{Q: "σίσυφ"}, "4"},
		{"more letters than can be folded", EntryQuery{Q: "абвгдежзийклмнопрстуфхцчшщъыьэюя"}, ""},
		{"a percent sign", EntryQuery{Q: "100%"}, "1"},
		{"only a percent sign", EntryQuery{Q: "%"}, "1"},
		{"an underscore", EntryQuery{Q: "_"}, "1"},
		{"an exclamation mark", EntryQuery{Q: "!"}, "4"},
		{"a backslash", EntryQuery{Q: `\`}, "5"},
		{"an apostrophe", EntryQuery{Q: "'"}, ""},
		{"all together", EntryQuery{UserID: ada.User, From: "2026-03-01", To: "2026-03-09", ProjectID: open, Tag: "review",
			State: []string{"draft"}, Billable: new(true), UpdatedSince: "2026-11-20T13:00:00Z", Q: "done"}, "1"},
	} {
		c.q.Count = true
		page, err := ask(h.Entries, ada, c.q)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var days []string
		for _, e := range page.Items {
			days = append(days, strings.TrimPrefix(e.Date, "2026-03-0"))
		}
		if got := strings.Join(days, " "); got != c.want || *page.Total != len(days) {
			t.Errorf("%s: %s of %d, want %s", c.name, got, *page.Total, c.want)
		}
	}
}

func TestALongAlphabetIsFoundByAllItsLetters(t *testing.T) {
	h := openHouse(t)
	const alphabet = "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
	n := h.hour("2026-03-04")
	n.Note = alphabet
	h.record(ada, n)
	for _, q := range []string{alphabet, strings.ToLower(alphabet), alphabet[30:]} {
		if page := must(ask(h.Entries, ada, EntryQuery{Q: q})); len(page.Items) != 1 {
			t.Errorf("%s isn't found", q)
		}
	}
}

func TestAQuerySaysAllThatIsWrongWithIt(t *testing.T) {
	q := EntryQuery{
		Paging: Paging{Limit: 201}, UserID: "\x00", From: "2026-02-29", To: "2026-02-01", ProjectID: "\xff", Tag: "a,b",
		State: []string{"draft", "open"}, UpdatedSince: "yesterday", Q: strings.Repeat("q", 101),
	}
	want := "user_id from to project_id tag state updated_since q limit"
	if got := pointers(q.Validate()); got != want {
		t.Errorf("faults at %s, want %s", got, want)
	}
}

// leaf reads a whole list, page by page, and calls between them.
func (h house) leaf(by auth.Caller, q EntryQuery, between func()) (ids []string) {
	for {
		page := must(ask(h.Entries, by, q))
		for _, e := range page.Items {
			ids = append(ids, e.ID)
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return ids
		}
		between()
	}
}

func TestPagesNeitherRepeatNorSkipWhatStays(t *testing.T) {
	h := openHouse(t)
	project := h.project("StoreZero")
	add := func() Entry {
		day := time.Date(2026, 3, 1+rand.IntN(9), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		return h.record([]auth.Caller{ada, bob}[rand.IntN(2)], NewEntry{Date: day, Minutes: new(1), ProjectID: project})
	}
	stays := map[string]Entry{}
	for range 60 {
		e := add()
		stays[e.ID] = e
	}
	came := map[string]bool{}
	seen := h.leaf(mia, EntryQuery{Paging: Paging{Limit: 7}}, func() {
		for range 3 {
			came[add().ID] = true
		}
		for id := range stays { // any two
			delete(stays, id)
			must(ask(h.removal, root, EntryRef{ID: id}))
			if len(stays)%2 == 0 {
				break
			}
		}
	})
	count := map[string]int{}
	for _, id := range seen {
		if count[id]++; count[id] > 1 {
			t.Errorf("%s was shown twice", id)
		}
	}
	for id := range stays {
		if count[id] != 1 {
			t.Errorf("%s was skipped", id)
		}
	}
	sorted := slices.IsSortedFunc(must(ask(h.Entries, mia, EntryQuery{Paging: Paging{Limit: 200}})).Items, func(a, b Entry) int {
		return strings.Compare(b.Date+b.ID, a.Date+a.ID)
	})
	if !sorted || len(came) == 0 {
		t.Errorf("sorted: %v, %d came", sorted, len(came))
	}
}

func TestEntriesOfAListAreEachTheirOwn(t *testing.T) {
	h := openHouse(t)
	want := map[string]any{}
	for i, tags := range [][]string{{"a", "b", "c"}, {"d"}, nil, {"e", "f"}} {
		n := h.hour(fmt.Sprintf("2026-03-%02d", i+1))
		n.Tags = tags
		if i%2 == 0 {
			n.Start, n.End = new("09:00"), new("10:00")
		}
		e := h.record(ada, n)
		want[e.ID] = inJSON(t, e)
	}
	got := map[string]any{}
	for _, e := range must(ask(h.Entries, ada, EntryQuery{})).Items {
		got[e.ID] = inJSON(t, e)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAPageHas50EntriesUnlessSaidAndTheLastHasNoNext(t *testing.T) {
	h := openHouse(t)
	n := h.hour("2026-03-04")
	n.Minutes = new(1)
	for range 51 {
		h.record(ada, n)
	}
	for _, c := range []struct {
		limit, want int
		next        bool
	}{{0, 50, true}, {1, 1, true}, {50, 50, true}, {51, 51, false}, {200, 51, false}} {
		page := must(ask(h.Entries, ada, EntryQuery{Paging: Paging{Limit: c.limit}}))
		if len(page.Items) != c.want || (page.Next != "") != c.next || page.Total != nil {
			t.Errorf("limit %d: %d entries, next %q, total %v", c.limit, len(page.Items), page.Next, page.Total)
		}
	}
	if size := (Paging{Limit: 1000}).size(); size != 200 {
		t.Errorf("whoever doesn't validate gets %d entries", size)
	}
	last := must(ask(h.Entries, ada, EntryQuery{}))
	last = must(ask(h.Entries, ada, EntryQuery{Paging: Paging{Cursor: last.Next, Count: true}}))
	if len(last.Items) != 1 || last.Next != "" || *last.Total != 51 {
		t.Errorf("last page: %d entries, next %q, of %d", len(last.Items), last.Next, *last.Total)
	}
	none := must(ask(h.Entries, bob, EntryQuery{}))
	if none.Items == nil || len(none.Items) != 0 {
		t.Errorf("an empty list is %v", none.Items)
	}
}

func TestAListCostsAsManyStatementsHoweverLongItIs(t *testing.T) {
	h := openHouse(t)
	statements := 0
	tell := func(tx *gorm.DB) {
		if !tx.DryRun { // as a subquery is, which gorm only writes down
			statements++
		}
	}
	callbacks := h.db.Read(t.Context()).Callback()
	for _, register := range []func(string, func(*gorm.DB)) error{
		callbacks.Query().Before("gorm:query").Register, callbacks.Row().Before("gorm:row").Register,
		callbacks.Raw().Before("gorm:raw").Register,
	} {
		if err := register("test:tell", tell); err != nil {
			t.Fatal(err)
		}
	}
	for day := range 20 {
		h.as([]State{Draft, Submitted, Approved, Rejected}[day%4], fmt.Sprintf("2026-03-%02d", day+1))
	}
	costs := func(by auth.Caller, limit int) int {
		statements = 0
		if page := must(ask(h.Entries, by, EntryQuery{Paging: Paging{Limit: limit}})); len(page.Items) != limit {
			t.Fatalf("%d entries", len(page.Items))
		}
		return statements
	}
	for _, by := range []auth.Caller{ada, root} {
		if few, many := costs(by, 1), costs(by, 20); few != many || many == 0 || many > 2 {
			t.Errorf("%s: %d statements for one entry, %d for 20", by.Name, few, many)
		}
	}
	if many := costs(mia, 20); many > 2+len(lately) {
		t.Errorf("%d statements for 20 entries of several people", many)
	}
}

func TestATeamsListHasEverythingHoweverFarApart(t *testing.T) {
	h := openHouse(t)
	var want []string
	for i, days := range []int{-400, -3, 0, 1, 6, 7, 8, 27, 29, 111, 113, 447, 449, 450, 3000} {
		day := dayAfter("2026-11-20", -days)
		for _, who := range []auth.Caller{ada, bob, mia}[:1+i%3] {
			h.record(who, h.hour(day))
			want = append(want, day)
		}
		h.record(eve, h.hour(day))
	}
	days := func(q EntryQuery) (got []string) {
		for {
			page := must(ask(h.Entries, mia, q))
			for _, e := range page.Items {
				got = append(got, e.Date)
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				return got
			}
		}
	}
	weeks := func(q PeriodQuery) (entries int) {
		last := "9"
		for {
			page := must(ask(h.Periods, mia, q))
			for _, p := range page.Items {
				if entries += p.Entries; p.Start > last || p.UserID == eve.User {
					t.Errorf("%s after %s", p.ID, last)
				}
				last = p.Start
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				return entries
			}
		}
	}
	for _, limit := range []int{1, 2, 3, 7, 200} {
		if diff := cmp.Diff(want, days(EntryQuery{Paging: Paging{Limit: limit}})); diff != "" {
			t.Errorf("%d at a time: %s", limit, diff)
		}
		if got := weeks(PeriodQuery{Paging: Paging{Limit: limit}}); got != len(want) {
			t.Errorf("the periods, %d at a time, have %d entries, want %d", limit, got, len(want))
		}
	}
	for i, to := range want {
		if diff := cmp.Diff(want[slices.Index(want, to):], days(EntryQuery{To: to, Paging: Paging{Limit: 4}})); diff != "" {
			t.Errorf("%d, until %s: %s", i, to, diff)
		}
	}
}
