package timesheets

import (
	"context"
	"fmt"
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
	var err error
	if q.UserID, err = narrowed(tx, by, q.UserID); err != nil {
		return list[Entry]{}, err
	}
	l := list[Entry]{
		all:   q.filter(visibleEntries(tx, by)).Session(&gorm.Session{}),
		order: "entries.date DESC, entries.id DESC",
		after: "(entries.date, entries.id) < (?, ?)",
		keys:  func(e Entry) []string { return []string{e.Date, e.ID} },
		read: func(rows *gorm.DB) ([]Entry, error) {
			entries, err := scanEntries(withPeople(ctx, tx, rows))
			for i := range entries {
				entries[i] = entries[i].shownTo(by)
			}
			return entries, err
		},
		until: q.To,
	}
	if q.UserID == "" && !seesAll(by) {
		l.sorted = "entries.date"
		whole := l.read
		l.read = func(rows *gorm.DB) ([]Entry, error) { // sorts no more than what the index holds
			found := tx.Table("entries").Where("entries.id IN (?)", rows.Select("entries.id")).Order(l.order)
			return whole(found)
		}
	}
	return l, nil
}

// narrowed is whose rows the caller asks for: their own if they see no one else's, which says the same and lets one index
// serve filter and order.
func narrowed(tx *gorm.DB, by auth.Caller, user string) (string, error) {
	if user != "" || seesAll(by) {
		return user, nil
	}
	alone, err := managesNobody(tx, by)
	if alone {
		user = by.User
	}
	return user, err
}

func managesNobody(tx *gorm.DB, by auth.Caller) (bool, error) {
	var people []string
	if err := auth.ManagedBy(tx, by.User).Limit(1).Find(&people).Error; err != nil {
		return false, fmt.Errorf("whom %s manages: %w", by.User, err)
	}
	return len(people) == 0, nil
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
