package export

import (
	"cmp"
	"maps"
	"slices"
)

// total is the time on one project.
type total struct {
	id, project, customer string
	entries               int
	minutes, billable     int
}

// totals are those of all projects, by the project's id.
type totals map[string]*total

func (all totals) add(r Row) {
	t, known := all[r.ProjectID]
	if !known {
		t = &total{id: r.ProjectID, project: r.Project, customer: r.Customer}
		all[r.ProjectID] = t
	}
	t.entries++
	t.minutes += r.Minutes
	if r.Billable {
		t.billable += r.Minutes
	}
}

// sorted are the totals by name.
func (all totals) sorted() []*total {
	return slices.SortedFunc(maps.Values(all), func(a, b *total) int {
		return cmp.Or(cmp.Compare(a.project, b.project), cmp.Compare(a.id, b.id))
	})
}
