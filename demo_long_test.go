//go:build long

package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"punchcard/auth"
	"punchcard/timesheets"
)

// On a Monday morning there is little of the week, on its Sunday night all of it; at any time there is something in every
// state, and the weeks before are the same.
func TestExampleCosWeeks(t *testing.T) {
	monday := time.Date(2026, 3, 2, 7, 0, 0, 0, time.FixedZone("", 3600))
	morning, night := entriesOf(t, monday), entriesOf(t, monday.Add(6*24*time.Hour+16*time.Hour))
	believable(t, morning, "2026-03-02", "2026-03-02")
	believable(t, night, "2026-03-02", "2026-03-06")
	before := func(all []told) []told {
		return slices.DeleteFunc(all, func(e told) bool { return e.Date >= "2026-03-02" })
	}
	if diff := cmp.Diff(before(morning), before(night)); diff != "" {
		t.Errorf("another start tells of other weeks: %s", diff)
	}
}

// believable checks the entries of the weeks up to the one that began on monday, of which the last day is given.
func believable(t *testing.T, all []told, monday, last string) {
	t.Helper()
	start, err := time.Parse(time.DateOnly, monday)
	if err != nil {
		t.Fatal(err)
	}
	lastWeek := start.AddDate(0, 0, -7).Format(time.DateOnly)
	days, states, sources := map[string]int{}, map[timesheets.State]int{}, map[string]int{}
	for _, e := range all {
		days[e.Person+" "+e.Date] += e.Minutes
		states[e.State]++
		sources[e.Source]++
		day, err := time.Parse(time.DateOnly, e.Date)
		if err != nil || day.Weekday() == time.Saturday || day.Weekday() == time.Sunday || e.Date > last {
			t.Errorf("time on no working day so far: %+v", e)
		}
		switch {
		case e.Date >= monday && e.State != timesheets.Draft,
			e.Date < lastWeek && e.State != timesheets.Approved,
			(e.State == timesheets.Rejected) != (e.Comment != ""):
			t.Errorf("not in the state that it should be in: %+v", e)
		}
	}
	if first := start.AddDate(0, 0, -7*(exampleWeeks-1)).Format(time.DateOnly); !slices.ContainsFunc(all, func(e told) bool { return e.Date == first }) {
		t.Errorf("nothing on %s, the first day", first)
	}
	for day, minutes := range days {
		if minutes < 3*60 || minutes > 12*60 {
			t.Errorf("%s has %d minutes", day, minutes)
		}
	}
	if len(all) < 800 || states[timesheets.Draft] == 0 || states[timesheets.Rejected] == 0 ||
		states[timesheets.Submitted] < 10*states[timesheets.Rejected] || sources["import-job"] == 0 {
		t.Errorf("%d entries, %v, from %v", len(all), states, sources)
	}
}

// Little of what ExampleCo expects is missing, and nothing on days on which nobody works.
func TestExampleCoMissesLittleTime(t *testing.T) {
	p, err := exampleProvisioning()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 5, 15, 18, 0, 0, 0, time.UTC)
	h, err := buildExample(t.Context(), t.TempDir(), "http://localhost:8080/", p, now, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	missing, err := h.timesheets.MissingTime(t.Context(), auth.Caller{Client: "payroll"},
		timesheets.MissingQuery{From: "2026-03-30", To: "2026-05-10"})
	if err != nil {
		t.Fatal(err)
	}
	var minutes, days int
	for _, person := range missing.Items {
		minutes += person.MissingMinutes
		for _, p := range person.Periods {
			for _, day := range p.Days {
				if days++; day.Date == "2026-05-01" {
					t.Errorf("%s misses %s", person.Name, day.Date)
				}
			}
		}
	}
	const all = 13 * 29 // people and days, about
	if len(missing.Items) != 15 || days == 0 || days > all/10 || minutes > all*480/10 {
		t.Errorf("of %d people, %d days and %d minutes are missing", len(missing.Items), days, minutes)
	}
}

// told is an entry without what differs from start to start.
type told struct {
	Person, Date, Project, Task, Note, Comment, Source string
	Minutes                                            int
	State                                              timesheets.State
}

// entriesOf builds ExampleCo as of now and reads all its entries, by person, day and order.
func entriesOf(t *testing.T, now time.Time) []told {
	t.Helper()
	p, err := exampleProvisioning()
	if err != nil {
		t.Fatal(err)
	}
	h, err := buildExample(t.Context(), t.TempDir(), "http://localhost:8080/", p, now, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	payroll := auth.Caller{Client: "payroll"}
	names := map[string]string{}
	people, err := h.timesheets.People(t.Context(), payroll, timesheets.PersonQuery{})
	if err != nil {
		t.Fatal(err)
	}
	for _, person := range people.Items {
		names[person.ID] = person.Name
	}
	projects, err := h.timesheets.Projects(t.Context(), payroll, timesheets.ProjectQuery{})
	if err != nil {
		t.Fatal(err)
	}
	for _, project := range projects.Items {
		names[project.ID] = project.Name
	}
	var all []told
	query := timesheets.EntryQuery{Paging: timesheets.Paging{Limit: 200}}
	for more := true; more; more = query.Cursor != "" {
		page, err := h.timesheets.Entries(t.Context(), payroll, query)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Items {
			all = append(all, told{names[e.UserID], e.Date, names[e.ProjectID], e.Task, e.Note, e.Comment, e.Source, e.Minutes, e.State})
		}
		query.Cursor = page.Next
	}
	slices.SortStableFunc(all, func(a, b told) int { return strings.Compare(a.Person+a.Date, b.Person+b.Date) })
	return all
}
