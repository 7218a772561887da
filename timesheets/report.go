package timesheets

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"punchcard/auth"
)

// Limits of a report.
const (
	reportDays   = 366
	reportGroups = 10_000 // of both levels
)

// ReportQuery asks for the sums of the entries that the caller may see. It takes the filters of EntryQuery.
type ReportQuery struct {
	GroupBy      []string `query:"group_by"` // one or two of groupings, the outer one first
	UserID       string   `query:"user_id"`
	From         string   `query:"from"` // the first day; with To or not at all
	To           string   `query:"to"`   // the last day; neither: the current month
	ProjectID    string   `query:"project_id"`
	Tag          string   `query:"tag"`
	State        []string `query:"state"`
	Billable     *bool    `query:"billable"`
	UpdatedSince string   `query:"updated_since"`
	Q            string   `query:"q"`
}

// entries asks for what is summed up.
func (q ReportQuery) entries() EntryQuery {
	return EntryQuery{
		UserID: q.UserID, From: q.From, To: q.To, ProjectID: q.ProjectID, Tag: q.Tag, State: q.State, Billable: q.Billable,
		UpdatedSince: q.UpdatedSince, Q: q.Q,
	}
}

// Validate says everything that is wrong with the query.
func (q ReportQuery) Validate() error {
	var c check
	unknown := func(name string) bool { return groupings[name].column == "" }
	c.that(1 <= len(q.GroupBy) && len(q.GroupBy) <= 2 && !slices.ContainsFunc(q.GroupBy, unknown), "group_by",
		"must be one of %s, or two in two parameters", strings.Join(slices.Sorted(maps.Keys(groupings)), ", "))
	c.that(len(q.GroupBy) != 2 || q.GroupBy[0] != q.GroupBy[1], "group_by", "must not name the same twice")
	q.entries().check(&c)
	c.that((q.From == "") == (q.To == ""), "to", "must be given together with from, or neither for the current month")
	if q.From != "" && q.To != "" && len(c.fields) == 0 {
		c.that(q.To < dayAfter(q.From, reportDays), "to", "must be within %d days of from; ask for each year by itself", reportDays)
	}
	return c.fault()
}

// Sums are what some entries come to, in minutes and so never rounded.
type Sums struct {
	Minutes         int `json:"minutes"`
	BillableMinutes int `json:"billable_minutes"`
	ApprovedMinutes int `json:"approved_minutes"`
	Entries         int `json:"entries"`
}

func (s *Sums) add(more Sums) {
	s.Minutes += more.Minutes
	s.BillableMinutes += more.BillableMinutes
	s.ApprovedMinutes += more.ApprovedMinutes
	s.Entries += more.Entries
}

// Report is the sums of some entries. Each entry is in exactly one group, so the sums are always those of the groups.
type Report struct {
	GroupBy []string `json:"group_by"`
	From    string   `json:"from"` // the first day
	To      string   `json:"to"`   // the last day
	Sums
	Groups []ReportGroup `json:"groups"` // in the order of time, or else by name
}

// ReportGroup is the sums of the entries that have the key in common.
type ReportGroup struct {
	Key  string `json:"key"` // an id, a day, "2026-09", a task, a customer, or tags with commas between; empty: has none
	Name string `json:"name"`
	Sums
	Groups []ReportGroup `json:"groups,omitempty"` // by the second grouping, if there is one
}

// Report sums up the entries that the caller may see.
func (s *Service) Report(ctx context.Context, by auth.Caller, q ReportQuery) (Report, error) {
	if q.From == "" {
		today := s.now().UTC()
		first := time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, time.UTC)
		q.From, q.To = first.Format(time.DateOnly), first.AddDate(0, 1, -1).Format(time.DateOnly)
	}
	all, err := q.sum(ctx, s.db.Read(ctx), by)
	if err != nil {
		return Report{}, fmt.Errorf("sum up entries: %w", err)
	}
	return Report{GroupBy: q.GroupBy, From: q.From, To: q.To, Sums: all.Sums, Groups: all.groups(q.GroupBy)}, nil
}
