package timesheets

import (
	"context"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
)

// EntryQuery asks for the entries that the caller may see, the latest day first. What is left empty filters nothing.
type EntryQuery struct {
	Paging
	UserID       string   `query:"user_id"`
	From         string   `query:"from"` // the first day
	To           string   `query:"to"`   // the last day
	ProjectID    string   `query:"project_id"`
	Tag          string   `query:"tag"`
	State        []string `query:"state"` // one of these
	Billable     *bool    `query:"billable"`
	UpdatedSince string   `query:"updated_since"` // an instant (RFC 3339), itself included
	Q            string   `query:"q"`             // part of the note or the task, in upper or lower case
}

// Validate says everything that is wrong with the query.
func (q EntryQuery) Validate() error {
	var c check
	q.check(&c)
	c.paging(q.Paging)
	return c.fault()
}

func (q EntryQuery) check(c *check) {
	c.line(q.UserID, "user_id", idLimit)
	if q.From != "" {
		c.day(q.From, "from")
	}
	if q.To != "" {
		c.day(q.To, "to")
		c.that(q.From <= q.To, "to", "must not be before from")
	}
	c.line(q.ProjectID, "project_id", idLimit)
	c.tag(q.Tag, "tag")
	c.states(q.State, Draft, Submitted, Approved, Rejected)
	if _, err := time.Parse(time.RFC3339, q.UpdatedSince); q.UpdatedSince != "" {
		c.that(err == nil, "updated_since", "must be an instant such as 2026-03-04T15:04:05Z")
	}
	c.line(q.Q, "q", searchLimit)
}

// Entries lists a page of entries.
func (s *Service) Entries(ctx context.Context, by auth.Caller, q EntryQuery) (Page[Entry], error) {
	tx, p := s.db.Read(ctx), q.Paging
	q.Paging = Paging{}
	l, err := entryList(ctx, tx, by, q)
	if err != nil {
		return Page[Entry]{}, err
	}
	return turn(s, by, q, p, l)
}

func entryList(ctx context.Context, tx *gorm.DB, by auth.Caller, q EntryQuery) (list[Entry], error) {
	r := reachOf(tx, by)
	visible := q.filter(r.entries().Where("entries.deleted_at IS NULL"))
	if visible.Error != nil {
		return list[Entry]{}, visible.Error
	}
	l := list[Entry]{
		all:   visible.Session(&gorm.Session{}),
		order: "entries.date DESC, entries.id DESC",
		after: "(entries.date, entries.id) < (?, ?)",
		keys:  func(e Entry) []string { return []string{e.Date, e.ID} },
		read: func(rows *gorm.DB) ([]Entry, error) {
			entries, err := scanEntries(withPeople(ctx, tx, rows))
			if err == nil {
				err = acquaint(ctx, tx, by, entries, func(e Entry) bool { return e.State == Submitted })
			}
			for i := range entries {
				entries[i] = entries[i].shownTo(by)
			}
			return entries, err
		},
		until: q.To,
	}
	if q.UserID == "" && r.several() {
		l.sorted = "entries.date"
		whole := l.read
		l.read = func(rows *gorm.DB) ([]Entry, error) { // sorts no more than what the index holds
			found := tx.Table("entries").Where("entries.id IN (?)", rows.Select("entries.id")).Order(l.order)
			return whole(found)
		}
	}
	return l, nil
}

// filter keeps the entries that the query asks for.
func (q EntryQuery) filter(entries *gorm.DB) *gorm.DB {
	keep := func(asked bool, condition string, value any) {
		if asked {
			entries = entries.Where(condition, value)
		}
	}
	since, err := time.Parse(time.RFC3339, q.UpdatedSince)
	keep(q.UserID != "", "entries.user_id = ?", q.UserID)
	keep(q.From != "", "entries.date >= ?", q.From)
	keep(q.To != "", "entries.date <= ?", q.To)
	keep(q.ProjectID != "", "entries.project_id = ?", q.ProjectID)
	keep(q.Tag != "", "REPLACE(entries.tags, ?, '') <> entries.tags", element(q.Tag)) // LIKE ignores case, on SQLite alone
	keep(len(q.State) > 0, "entries.state IN ?", q.State)
	keep(q.Billable != nil, "entries.billable = ?", q.Billable)
	keep(err == nil, "entries.updated_at >= ?", since.UTC())
	if q.Q != "" {
		entries = containing(entries, q.Q, "entries.note", "entries.task")
	}
	return entries
}
