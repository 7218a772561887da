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
	"state", "submitted_at", "decided_by", "decided_at", "comment", "period_id",
	"source", "created_by", "edited_by", "revision", "created_at", "updated_at", "deleted_at",
}

func (e *Entry) fields() []any {
	return []any{
		&e.ID, &e.UserID, &e.Date, &e.Minutes, &e.Start, &e.End, &e.BreakMinutes,
		&e.ProjectID, &e.Task, &e.Tags, &e.Note, &e.Billable,
		&e.State, &e.submittedAt, &e.decidedBy, &e.decidedAt, &e.Comment, &e.PeriodID,
		&e.Source, &e.CreatedBy, &e.editedBy, &e.Revision, &e.CreatedAt, &e.UpdatedAt, &e.deletedAt,
	}
}

var (
	entrySelect = "entries." + strings.Join(entryColumns, ", entries.") +
		", owner.name, manager.id, manager.name, decider.name, COALESCE(lock_date.until_day, ''), COALESCE(lock_date.reason, '')"
	entryInsert = "INSERT INTO entries (" + strings.Join(entryColumns, ", ") +
		") VALUES (" + marks(len(entryColumns)) + ")"
	entryUpdate = "UPDATE entries SET (" + strings.Join(entryColumns[1:], ", ") +
		") = (" + marks(len(entryColumns)-1) + ") WHERE id = ?"
)

func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// visibleEntries is every entry that the caller may see: their own, those of the people they manage, and all for an
// administrator or an application that an administrator let in. Whatever starts from it can't reach anyone else's.
func visibleEntries(tx *gorm.DB, by auth.Caller) *gorm.DB {
	return withDeleted(tx, by).Where("entries.deleted_at IS NULL")
}

// withDeleted is those entries and the ones among them that are deleted, of which only that is told.
func withDeleted(tx *gorm.DB, by auth.Caller) *gorm.DB {
	if seesAll(by) {
		return tx.Table("entries")
	}
	return tx.Table("entries").Where("entries.user_id IN (?)", visibleOwners(tx, by))
}

// visibleOwners are the ids of those whose time a person may see.
func visibleOwners(tx *gorm.DB, by auth.Caller) *gorm.DB {
	return auth.ManagedBy(tx, by.User).Or("id = ?", by.User)
}

func seesAll(by auth.Caller) bool { return by.Admin || by.Machine() }

// entryOf is one entry that the caller may see.
func entryOf(ctx context.Context, tx *gorm.DB, by auth.Caller, id string) (Entry, error) {
	return entryAmong(ctx, tx, visibleEntries(tx, by), id)
}

// entryAmong is the one of these entries that has the id.
func entryAmong(ctx context.Context, tx, entries *gorm.DB, id string) (Entry, error) {
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
	return found[0], nil
}

// withPeople reads entries together with the people whom they name, in one query. All joins are left joins, which keeps
// SQLite from starting at the people instead of at the index of entries.
func withPeople(ctx context.Context, tx, entries *gorm.DB) *gorm.DB {
	return entries.Select(entrySelect).
		Joins("LEFT JOIN (?) AS owner ON owner.id = entries.user_id", auth.People(ctx, tx)).
		Joins("LEFT JOIN (?) AS manager ON manager.id = owner.manager_id AND NOT manager.blocked", auth.People(ctx, tx)).
		Joins("LEFT JOIN (?) AS decider ON decider.id = entries.decided_by", auth.People(ctx, tx)).
		Joins("LEFT JOIN locks AS lock_date ON lock_date.number = (SELECT MAX(number) FROM locks)")
}

func scanEntries(query *gorm.DB) ([]Entry, error) {
	rows, err := query.Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	entries := make([]Entry, 0, 8)
	var e Entry
	fields := append(e.fields(), &e.people.owner, &e.people.managerID, &e.people.manager, &e.people.decider,
		&e.closing.until, &e.closing.reason)
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
