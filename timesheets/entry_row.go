package timesheets

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"punchcard/auth"
)

// Entries are the hot path, so their rows are read and written by plain SQL through gorm's connection. Columns and fields
// stand side by side, in one order, the key first.
var entryColumns = []string{
	"id", "user_id", "date", "minutes", "start_time", "end_time", "break_minutes",
	"project_id", "task", "tags", "note", "billable",
	"state", "submitted_at", "decided_by", "decided_for", "decided_at", "comment", "period_id",
	"source", "created_by", "edited_by", "revision", "created_at", "updated_at", "deleted_at",
}

func (e *Entry) fields() []any {
	return []any{
		&e.ID, &e.UserID, &e.Date, &e.Minutes, &e.Start, &e.End, &e.BreakMinutes,
		&e.ProjectID, &e.Task, &e.Tags, &e.Note, &e.Billable,
		&e.State, &e.submittedAt, &e.decidedBy, &e.OnBehalfOf, &e.decidedAt, &e.Comment, &e.PeriodID,
		&e.Source, &e.CreatedBy, &e.editedBy, &e.Revision, &e.CreatedAt, &e.UpdatedAt, &e.deletedAt,
	}
}

var (
	entrySelect = "entries." + strings.Join(entryColumns, ", entries.") +
		", decider.name, COALESCE(lock_date.until_day, ''), COALESCE(lock_date.reason, '')"
	entryInsert = "INSERT INTO entries (" + strings.Join(entryColumns, ", ") +
		") VALUES (" + marks(len(entryColumns)) + ")"
	entryUpdate = "UPDATE entries SET (" + strings.Join(entryColumns[1:], ", ") +
		") = (" + marks(len(entryColumns)-1) + ") WHERE id = ?"
)

func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// visibleEntries is every entry that the caller may see: their own, those of the people below them, those on projects that
// they approve once they are submitted, and all for an administrator or an application that an administrator let in. Who
// stands in for somebody sees what they do. Whatever starts from it can't reach anyone else's.
func visibleEntries(tx *gorm.DB, by auth.Caller) *gorm.DB {
	return reachOf(tx, by).entries().Where("entries.deleted_at IS NULL")
}

// withDeleted is every entry of people whose time the caller may see, with the deleted ones, of which only that is told.
func withDeleted(tx *gorm.DB, by auth.Caller) *gorm.DB {
	r := reachOf(tx, by)
	r.approves = false
	return r.entries()
}

// entryOf is one entry that the caller may see.
func entryOf(ctx context.Context, tx *gorm.DB, by auth.Caller, id string) (Entry, error) {
	return entryAmong(ctx, tx, by, visibleEntries(tx, by), id)
}

// entryAmong is the one of these entries that has the id.
func entryAmong(ctx context.Context, tx *gorm.DB, by auth.Caller, entries *gorm.DB, id string) (Entry, error) {
	missing := fault(NotFound, "there is no such entry, or it isn't yours to see")
	if uuid.Validate(id) != nil {
		return Entry{}, missing
	}
	found, err := scanEntries(withPeople(ctx, tx, entries).Where("entries.id = ?", id))
	if err != nil {
		return Entry{}, fmt.Errorf("read entry: %w", err)
	}
	if len(found) == 0 {
		return Entry{}, missing
	}
	return found[0], acquaint(ctx, tx, by, found, func(Entry) bool { return true })
}

// withPeople reads entries together with the people whom they name, in one query, but for those who could decide. All joins are
// left joins, which keeps SQLite from starting at the people instead of at the index of entries.
func withPeople(ctx context.Context, tx, entries *gorm.DB) *gorm.DB {
	return entries.Select(entrySelect).
		Joins("LEFT JOIN (?) AS decider ON decider.id = entries.decided_by", auth.People(ctx, tx)).
		Joins("LEFT JOIN locks AS lock_date ON lock_date.number = (SELECT MAX(number) FROM locks)")
}

// acquaint finds who could decide about the entries of which somebody may ask.
func acquaint(ctx context.Context, tx *gorm.DB, by auth.Caller, entries []Entry, asked func(Entry) bool) error {
	var owners, projects []string
	edited := false
	for _, e := range entries {
		if asked(e) {
			owners, projects = append(owners, e.UserID), append(projects, e.ProjectID)
			edited = edited || e.editedBy != e.UserID
		}
	}
	if len(owners) == 0 {
		return nil
	}
	known, err := circlesOf(ctx, tx, by, distinct(owners), distinct(projects), edited)
	for i := range entries {
		decider := entries[i].people.decider
		entries[i].people, entries[i].part = known.of(entries[i].UserID), known.part(entries[i].ProjectID)
		entries[i].people.decider = decider
	}
	return err
}

// acquainted is the entry with who could decide about it, if it waits for that.
func (e Entry) acquainted(ctx context.Context, tx *gorm.DB, by auth.Caller) (Entry, error) {
	one := []Entry{e}
	err := acquaint(ctx, tx, by, one, func(e Entry) bool { return e.State == Submitted })
	return one[0], err
}

func scanEntries(query *gorm.DB) ([]Entry, error) {
	rows, err := query.Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	entries := make([]Entry, 0, 8)
	var e Entry
	fields := append(e.fields(), &e.people.decider, &e.closing.until, &e.closing.reason)
	for rows.Next() {
		e = Entry{} // else its list would share memory with the last one's
		if err := rows.Scan(fields...); err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, rows.Err()
}

func insertEntry(tx *gorm.DB, e Entry) error {
	return tx.Exec(entryInsert, e.fields()...).Error
}

func updateEntry(tx *gorm.DB, e Entry) error {
	return tx.Exec(entryUpdate, append(e.fields()[1:], e.ID)...).Error
}
