package timesheets

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"punchcard/auth"
)

// pairs are all groupings alone, and all pairs of them.
func pairs() (all [][]string) {
	names := slices.Sorted(maps.Keys(groupings))
	for _, outer := range names {
		all = append(all, []string{outer})
		for _, inner := range names {
			if inner != outer {
				all = append(all, []string{outer, inner})
			}
		}
	}
	return all
}

// summed is what the groups come to. Those that have groups of their own must come to theirs.
func summed(t *testing.T, name string, groups []ReportGroup) (sums Sums) {
	t.Helper()
	for _, group := range groups {
		sums.add(group.Sums)
		if within := summed(t, name, group.Groups); group.Groups != nil && within != group.Sums {
			t.Errorf("%s: the groups of %s come to %+v, and it says %+v", name, group.Key, within, group.Sums)
		}
	}
	return sums
}

// randomTime records entries of many kinds, on days from 2025-11-01 on.
func randomTime(t *testing.T, h house, n int) {
	chance := rand.New(rand.NewPCG(1, 2))
	projects := []string{h.project("StoreZero"), h.project("Internal")}
	tags := []string{"review", "urgent", "travel", "größer", "a b"}
	for range n {
		owner := []auth.Caller{ada, bob, carl, eve, mia}[chance.IntN(5)]
		chance.Shuffle(len(tags), func(i, j int) { tags[i], tags[j] = tags[j], tags[i] })
		e, err := ask(h.Record, owner, NewEntry{
			Date:    dayAfter("2025-11-01", chance.IntN(370)),
			Minutes: new(1 + chance.IntN(100)), ProjectID: projects[chance.IntN(2)], Billable: new(chance.IntN(2) == 0),
			Task: []string{"", "Build", "Review"}[chance.IntN(3)], Tags: tags[:chance.IntN(4)],
		})
		if err != nil {
			t.Fatal(err)
		}
		if owner.User == ada.User && chance.IntN(2) == 0 {
			must(ask(h.Submit, ada, EntryRef{ID: e.ID}))
			must(ask(h.Decide, mia, Decision{ID: e.ID, Decision: Approved}))
		}
		if chance.IntN(10) == 0 {
			h.Remove(t.Context(), owner, EntryRef{ID: e.ID})
		}
	}
}

// listed is what the entries of the list come to, added up one by one.
func (h house) listed(by auth.Caller, q EntryQuery) (sums Sums) {
	q.Limit = pageMost
	for {
		page := must(ask(h.Entries, by, q))
		for _, e := range page.Items {
			one := Sums{Minutes: e.Minutes, Entries: 1}
			if e.Billable {
				one.BillableMinutes = e.Minutes
			}
			if e.Approved {
				one.ApprovedMinutes = e.Minutes
			}
			sums.add(one)
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return sums
		}
	}
}

func TestAReportIsTheSumOfItsGroupsAndOfTheList(t *testing.T) {
	h := openHouse(t)
	randomTime(t, h, 300)
	h.write(func(tx *gorm.DB) error { return regroup(tx, "2026-03-01", "sunday", "month") })
	for _, by := range []auth.Caller{ada, mia, root} {
		for i, q := range []ReportQuery{
			{From: "2025-11-01", To: "2026-11-01"},
			{From: "2026-01-15", To: "2026-03-04", State: []string{"draft"}, Billable: new(true)},
			{From: "2026-01-15", To: "2026-08-04", Tag: "review", Q: "build"},
			{From: "2025-11-01", To: "2026-11-01", UserID: ada.User, ProjectID: h.project("Internal")},
			{From: "2029-11-01", To: "2029-11-01"},
		} {
			want := h.listed(by, q.entries())
			for _, pair := range pairs() {
				q.GroupBy = pair
				name := fmt.Sprint(by.Client, by.User, " ", i, pair)
				r := must(ask(h.Report, by, q))
				if got := summed(t, name, r.Groups); got != r.Sums || got != want {
					t.Errorf("%s: the groups come to %+v, the report says %+v, and the list has %+v", name, got, r.Sums, want)
				}
			}
		}
	}
}

// told is the report as lines of text.
func told(groups []ReportGroup, indent string) (text string) {
	for _, g := range groups {
		text += fmt.Sprintf("%s%s (%s) %d %d %d %d\n", indent, g.Key, g.Name, g.Minutes, g.BillableMinutes, g.ApprovedMinutes, g.Entries)
		text += told(g.Groups, indent+"\t")
	}
	return text
}

func TestReportsAreGroupedInWords(t *testing.T) {
	h := openHouse(t)
	store, internal := h.project("StoreZero"), h.project("Internal")
	add := func(by auth.Caller, day string, minutes int, project, task string, tags ...string) Entry {
		return h.record(by, NewEntry{Date: day, Minutes: &minutes, ProjectID: project, Task: task, Tags: tags})
	}
	add(ada, "2026-02-27", 1, store, "Build", "urgent", "review")
	add(ada, "2026-03-01", 2, store, "", "review", "urgent")
	add(bob, "2026-03-02", 4, internal, "Build", "review")
	e := add(ada, "2026-03-31", 8, internal, "Build")
	must(ask(h.Submit, ada, EntryRef{ID: e.ID}))
	must(ask(h.Decide, mia, Decision{ID: e.ID, Decision: Approved}))
	for _, c := range []struct{ by, want string }{
		{"user", "usr_ada (Ada Lovelace) 11 3 8 3\nusr_bob (Bob Ross) 4 0 0 1\n"},
		{"project", internal + " (Internal) 12 0 8 2\n" + store + " (StoreZero) 3 3 0 2\n"},
		{"customer", "Acme (Acme) 3 3 0 2\n (no customer) 12 0 8 2\n"},
		{"task", "Build (Build) 13 1 8 3\n (no task) 2 2 0 1\n"},
		{"tag", " (no tag) 8 0 8 1\nreview (review) 4 0 0 1\nreview,urgent (review, urgent) 3 3 0 2\n"},
		{"period", "2026-02-23 (the week of 23 February 2026) 3 3 0 2\n2026-03-02 (the week of 2 March 2026) 4 0 0 1\n" +
			"2026-03-30 (the week of 30 March 2026) 8 0 8 1\n"},
		{"week", "2026-02-23 (the week of 23 February 2026) 3 3 0 2\n2026-03-02 (the week of 2 March 2026) 4 0 0 1\n" +
			"2026-03-30 (the week of 30 March 2026) 8 0 8 1\n"},
		{"month", "2026-02 (February 2026) 1 1 0 1\n2026-03 (March 2026) 14 2 8 3\n"},
		{"day", "2026-02-27 (27 February 2026) 1 1 0 1\n2026-03-01 (1 March 2026) 2 2 0 1\n2026-03-02 (2 March 2026) 4 0 0 1\n" +
			"2026-03-31 (31 March 2026) 8 0 8 1\n"},
		{"month user", "2026-02 (February 2026) 1 1 0 1\n\tusr_ada (Ada Lovelace) 1 1 0 1\n2026-03 (March 2026) 14 2 8 3\n" +
			"\tusr_ada (Ada Lovelace) 10 2 8 2\n\tusr_bob (Bob Ross) 4 0 0 1\n"},
		{"user month", "usr_ada (Ada Lovelace) 11 3 8 3\n\t2026-02 (February 2026) 1 1 0 1\n\t2026-03 (March 2026) 10 2 8 2\n" +
			"usr_bob (Bob Ross) 4 0 0 1\n\t2026-03 (March 2026) 4 0 0 1\n"},
	} {
		r := must(ask(h.Report, mia, ReportQuery{GroupBy: strings.Fields(c.by), From: "2026-02-01", To: "2026-03-31"}))
		if diff := cmp.Diff(c.want, told(r.Groups, "")); diff != "" {
			t.Errorf("by %s: %s", c.by, diff)
		}
	}
}

func TestAReportIsOfTheCurrentMonthUnlessItSaysOtherwise(t *testing.T) {
	h := openHouse(t)
	for _, c := range []struct{ now, from, to string }{
		{"2026-11-20T12:00:00+13:00", "2026-11-01", "2026-11-30"},
		{"2028-02-29T23:00:00Z", "2028-02-01", "2028-02-29"},
		{"2027-01-01T00:00:00Z", "2027-01-01", "2027-01-31"},
	} {
		h.now = func() time.Time { return must(time.Parse(time.RFC3339, c.now)) }
		r := must(ask(h.Report, ada, ReportQuery{GroupBy: []string{"day"}}))
		if r.From != c.from || r.To != c.to || r.Groups == nil {
			t.Errorf("at %s: %+v, want from %s to %s", c.now, r, c.from, c.to)
		}
	}
}

func TestWeeksFollowTheCalendarOfTheirTime(t *testing.T) {
	calendars := []calendar{{"", "monday", "week"}, {"2026-03-01", "monday", "month"}, {"2026-04-01", "monday", "week"},
		{"2026-04-06", "sunday", "week"}}
	for day, week := range map[string]string{
		"2026-03-01": "2026-02-23", // though its period is March
		"2026-03-31": "2026-03-30",
		"2026-04-01": "2026-03-30", // though its period begins that day
		"2026-04-05": "2026-03-30",
		"2026-04-06": "2026-04-06", // from then on weeks begin on Sunday, the first a day later
		"2026-04-11": "2026-04-06",
		"2026-04-12": "2026-04-12",
	} {
		if got := byWeek(calendars, day, ""); got.key != week {
			t.Errorf("%s is in the week %+v, want %s", day, got, week)
		}
	}
}

func TestReportsShowNobodyElsesTime(t *testing.T) {
	h := openHouse(t)
	for _, who := range []auth.Caller{ada, bob, carl, eve, mia} {
		n := h.hour("2026-03-04")
		n.Task, n.Tags = "task of "+who.Name, []string{"tag of " + who.Name}
		h.record(who, n)
	}
	for _, c := range []struct {
		by   auth.Caller
		sees string
	}{
		{ada, "Ada Lovelace"}, {bob, "Bob Ross"}, {eve, "Eve Stranger"}, {carl, "Carl Gauss"},
		{mia, "Ada Lovelace, Bob Ross, Mia Chen"},
		{person("nobody", "Nobody Here"), ""},
		{root, "Ada Lovelace, Bob Ross, Carl Gauss, Eve Stranger, Mia Chen"},
		{payroll, "Ada Lovelace, Bob Ross, Carl Gauss, Eve Stranger, Mia Chen"},
	} {
		for _, prefix := range []string{"user", "task", "tag"} {
			r := must(ask(h.Report, c.by, ReportQuery{GroupBy: []string{prefix}, From: "2026-03-01", To: "2026-03-31"}))
			var names []string
			for _, group := range r.Groups {
				names = append(names, strings.TrimPrefix(group.Name, prefix+" of "))
			}
			if got := strings.Join(names, ", "); got != c.sees || r.Entries != len(r.Groups) {
				t.Errorf("%s by %s sees %s, want %s", c.by.Subject(), prefix, got, c.sees)
			}
		}
	}
	for _, q := range []ReportQuery{
		{UserID: eve.User}, {UserID: mia.User}, {UserID: bob.User}, {Q: "Bob"}, {Tag: "tag of Bob Ross"}, {UserID: "usr_ada' OR '1'='1"},
	} {
		q.GroupBy, q.From, q.To = []string{"user", "project"}, "2026-03-01", "2026-03-31"
		if r := must(ask(h.Report, ada, q)); r.Entries != 0 || len(r.Groups) != 0 {
			t.Errorf("Ada asked for %+v and was shown %+v", q, r)
		}
	}
}

func TestReportsAreBounded(t *testing.T) {
	h := openHouse(t)
	for _, c := range []struct {
		q     ReportQuery
		words string
	}{
		{ReportQuery{}, "group_by must be one of customer, day, month"},
		{ReportQuery{GroupBy: []string{"user,project"}}, "group_by must be one of"},
		{ReportQuery{GroupBy: []string{"note"}}, "group_by must be one of"},
		{ReportQuery{GroupBy: []string{"user", "entries.note"}}, "group_by must be one of"},
		{ReportQuery{GroupBy: []string{"user", "day", "task"}}, "or two"},
		{ReportQuery{GroupBy: []string{"user", "user"}}, "twice"},
		{ReportQuery{GroupBy: []string{"user"}, From: "2026-01-01"}, "together"},
		{ReportQuery{GroupBy: []string{"user"}, To: "2026-01-01"}, "together"},
		{ReportQuery{GroupBy: []string{"user"}, From: "2026-01-02", To: "2026-01-01"}, "before from"},
		{ReportQuery{GroupBy: []string{"user"}, From: "2026-01-01", To: "2027-01-02"}, "within 366 days"},
		{ReportQuery{GroupBy: []string{"user"}, From: "2026-01-01", To: "tomorrow"}, "to must be a day"},
		{ReportQuery{GroupBy: []string{"user"}, State: []string{"open"}}, "state must be"},
	} {
		_, err := ask(h.Report, ada, c.q)
		refused(t, err, ValidationFailed, c.words)
	}
	for _, to := range []string{"2026-01-01", "2027-01-01"} {
		must(ask(h.Report, ada, ReportQuery{GroupBy: []string{"user"}, From: "2026-01-01", To: to}))
	}
}

func TestAReportOfTooManyGroupsIsRefused(t *testing.T) {
	h := openHouse(t)
	e := h.record(ada, h.hour("2026-03-04"))
	fill := func(n int) {
		t.Helper()
		h.write(func(tx *gorm.DB) error {
			return tx.Exec(`WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ?)
				INSERT INTO entries (`+strings.Join(entryColumns, ", ")+`)
				SELECT id || n, `+strings.ReplaceAll(strings.Join(entryColumns[1:], ", "), "task", "'task ' || n")+`
				FROM entries, counted WHERE id = ?`, n, e.ID).Error
		})
	}
	fill(reportGroups - 2)
	q := ReportQuery{GroupBy: []string{"task"}, From: "2026-03-01", To: "2026-03-31"}
	if r := must(ask(h.Report, ada, q)); len(r.Groups) != reportGroups-1 || r.Entries != reportGroups-1 {
		t.Errorf("%d groups of %d entries", len(r.Groups), r.Entries)
	}
	q.GroupBy = []string{"day", "task"}
	must(ask(h.Report, ada, q)) // with the day, as many as there may be
	q.GroupBy = []string{"task", "day"}
	_, err := ask(h.Report, ada, q)
	refused(t, err, ValidationFailed, "group_by", "more than 10000 groups", "narrow it")
}
