package timesheets

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"punchcard/auth"
)

const sumColumns = "SUM(entries.minutes) AS minutes, " +
	"SUM(CASE WHEN entries.billable THEN entries.minutes ELSE 0 END) AS billable_minutes, " +
	"SUM(CASE WHEN entries.state = 'approved' THEN entries.minutes ELSE 0 END) AS approved_minutes, COUNT(*) AS entries"

// lines are the sums that the database comes to: for each grouping what it groups by and what that is named, then the sums.
// Names are looked up for groups, not for entries.
func (q ReportQuery) lines(ctx context.Context, tx *gorm.DB, by auth.Caller) (*gorm.DB, error) {
	var err error
	if q.UserID, err = narrowed(tx, by, q.UserID); err != nil {
		return nil, err
	}
	entries := q.entries().filter(visibleEntries(tx, by))
	var grouped, shown []string
	for i, name := range q.GroupBy {
		column := fmt.Sprintf("column%d", i)
		entries = entries.Group(column)
		grouped = append(grouped, groupings[name].column+" AS "+column)
	}
	lines := tx.Table("(?) AS line", entries.Select(strings.Join(append(grouped, sumColumns), ", ")))
	for i, name := range q.GroupBy {
		column, words := fmt.Sprintf("line.column%d", i), "''"
		if named := groupings[name].named; named != nil {
			of := fmt.Sprintf("named%d", i)
			lines = lines.Joins("LEFT JOIN (?) AS "+of+" ON "+of+".id = "+column, named(ctx, tx))
			words = "COALESCE(" + of + ".name, '')"
		}
		shown = append(shown, column, words)
	}
	return lines.Select(strings.Join(append(shown, "minutes", "billable_minutes", "approved_minutes", "entries"), ", ")), nil
}

// heap is a group as its lines are put together.
type heap struct {
	label
	Sums
	parts map[string]*heap // by key
}

// sum reads the lines and puts those together that have the same labels.
func (q ReportQuery) sum(ctx context.Context, tx *gorm.DB, by auth.Caller) (*heap, error) {
	calendars, err := calendarsOf(tx)
	if err != nil {
		return nil, err
	}
	lines, err := q.lines(ctx, tx, by)
	if err != nil {
		return nil, err
	}
	rows, err := lines.Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	l := sumLine{by: q.GroupBy, said: make([]said, len(q.GroupBy)), labels: map[string]label{}, calendars: calendars}
	all, groups := &heap{}, 0
	for fields := l.fields(); rows.Next(); {
		if err := rows.Scan(fields...); err != nil {
			return nil, err
		}
		all.add(l.Sums)
		in := all
		for i := range l.by {
			in = in.part(l.label(i), &groups)
			in.add(l.Sums)
		}
		if groups > reportGroups {
			return nil, invalid(ValidationFailed, "group_by",
				"comes to more than %d groups; narrow it, by from and to or another filter", reportGroups)
		}
	}
	return all, rows.Err()
}

// sumLine is where one after the other is read into.
type sumLine struct {
	Sums
	by        []string
	said      []said
	calendars []calendar
	labels    map[string]label // that were made before, as that of a day on which many worked
}

// said is what the database groups by, and what that is named.
type said struct{ column, name string }

func (l *sumLine) fields() (fields []any) {
	for i := range l.said {
		fields = append(fields, &l.said[i].column, &l.said[i].name)
	}
	return append(fields, &l.Minutes, &l.BillableMinutes, &l.ApprovedMinutes, &l.Entries)
}

// label is the line's by one of the groupings.
func (l *sumLine) label(i int) label {
	id := l.by[i] + " " + l.said[i].column
	made, known := l.labels[id]
	if !known {
		made = groupings[l.by[i]].label(l.calendars, l.said[i].column, l.said[i].name)
		l.labels[id] = made
	}
	return made
}

// part is the part with the label. One that is new is counted.
func (h *heap) part(l label, groups *int) *heap {
	if h.parts == nil {
		h.parts = map[string]*heap{}
	}
	part := h.parts[l.key]
	if part == nil {
		part = &heap{label: l}
		h.parts[l.key] = part
		*groups++
	}
	return part
}

// groups are the parts in their order.
func (h *heap) groups(by []string) []ReportGroup {
	if len(by) == 0 {
		return nil
	}
	groups := make([]ReportGroup, 0, len(h.parts))
	for _, part := range h.parts {
		groups = append(groups, ReportGroup{Key: part.key, Name: part.name, Sums: part.Sums, Groups: part.groups(by[1:])})
	}
	slices.SortFunc(groups, func(a, b ReportGroup) int {
		if groupings[by[0]].inTime {
			return strings.Compare(a.Key, b.Key)
		}
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Key, b.Key))
	})
	return groups
}
