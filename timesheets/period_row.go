package timesheets

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
)

// periodRow is a period as it is kept. It has a row as soon as it has an entry or a submission, and keeps its days then;
// until that it is only what the calendar says, at revision 0.
type periodRow struct {
	ID              string
	UserID          string
	StartDay        string
	EndDay          string
	State           State
	Entries         int
	Minutes         int
	BillableMinutes int
	Flags           Flags
	Editors         Words // who else edited a line that waits for a decision
	Submissions     int
	Live            bool // the last submission is neither withdrawn, rejected nor reopened
	Settled         bool // it was approved as a whole
	ReopeningAsked  bool
	DecisionID      *string
	Revision        int64
	UpdatedAt       time.Time
}

// TableName has one row per person and span of days.
func (periodRow) TableName() string { return "periods" }

// periodOn is a person's period that a day is in. Rows that are there keep their days, so what the calendar says is cut
// short where they begin and end.
func periodOn(tx *gorm.DB, user, day string) (periodRow, error) {
	var before, next periodRow
	err := tx.Where("user_id = ? AND start_day <= ?", user, day).Order("start_day DESC").Limit(1).Find(&before).Error
	if err != nil {
		return before, fmt.Errorf("read period: %w", err)
	}
	if before.ID != "" && day <= before.EndDay {
		return before, nil
	}
	err = tx.Where("user_id = ? AND start_day > ?", user, day).Order("start_day").Limit(1).Find(&next).Error
	if err != nil {
		return next, fmt.Errorf("read next period: %w", err)
	}
	return periodBetween(tx, user, day, before.EndDay, next.StartDay)
}

// periodBetween is the period of a day as the calendar has it, between the end of the one before and the start of the next
// where there are any.
func periodBetween(tx *gorm.DB, user, day, end, start string) (periodRow, error) {
	calendars, err := calendarsOf(tx)
	if err != nil {
		return periodRow{}, err
	}
	return periodOf(calendars, user, day, end, start), nil
}

// periodOf is periodBetween by these calendars.
func periodOf(calendars []calendar, user, day, end, start string) periodRow {
	days := spanIn(calendars, day)
	if end != "" {
		days.Start = max(days.Start, dayAfter(end, 1))
	}
	if start != "" {
		days.End = min(days.End, dayAfter(start, -1))
	}
	id := "per_" + days.Start + "_" + user
	return periodRow{ID: id, UserID: user, StartDay: days.Start, EndDay: days.End, State: Open}
}

const periodInsert = `
INSERT INTO periods (id, user_id, start_day, end_day, state, entries, minutes, billable_minutes, flags, editors, submissions, live,
	settled, reopening_asked, revision, updated_at)
VALUES (?, ?, ?, ?, 'open', 0, 0, 0, '[]', '[]', 0, FALSE, FALSE, FALSE, 0, ?) ON CONFLICT DO NOTHING`

// id is the period's, which has a row from then on, so that an entry can point at it.
func (p *periodRow) id(tx *gorm.DB, now time.Time) (string, error) {
	if p.Revision > 0 {
		return p.ID, nil
	}
	if err := tx.Exec(periodInsert, p.ID, p.UserID, p.StartDay, p.EndDay, now).Error; err != nil {
		return "", fmt.Errorf("write new period: %w", err)
	}
	return p.ID, nil
}

// save writes what may change. If the keys were written too, PostgreSQL would lock the row against those who only point at
// it, and two who did so would wait for each other.
func (p *periodRow) save(tx *gorm.DB) error {
	if err := tx.Select("*").Omit("id", "user_id", "start_day", "end_day").Updates(p).Error; err != nil {
		return fmt.Errorf("write period: %w", err)
	}
	return nil
}

// periodNamed is the period with the id, of somebody whose time the caller may see.
func periodNamed(ctx context.Context, tx *gorm.DB, by auth.Caller, id string) (periodRow, error) {
	missing := fault(NotFound, "there is no such period, or it isn't yours to see")
	day, user, ok := strings.Cut(strings.TrimPrefix(id, "per_"), "_")
	if _, err := time.Parse(time.DateOnly, day); !ok || err != nil || !printable(id) {
		return periodRow{}, missing
	}
	var p periodRow
	if err := tx.Where("id = ?", id).Limit(1).Find(&p).Error; err != nil {
		return p, fmt.Errorf("read period: %w", err)
	}
	if p.ID == "" {
		var err error
		if p, err = periodOn(tx, user, day); err != nil {
			return p, err
		}
	}
	seen, err := seesTimeOf(ctx, tx, by, p.UserID)
	if err == nil && (!seen || p.ID != id) {
		err = missing
	}
	return p, err
}

// seesTimeOf reports whether the person is here and their time the caller's to see.
func seesTimeOf(ctx context.Context, tx *gorm.DB, by auth.Caller, user string) (bool, error) {
	people := auth.People(ctx, tx).Where("id = ?", user)
	if !seesAll(by) {
		people = people.Where("id IN (?)", auth.ManagedBy(tx, by.User).Or("id = ?", by.User))
	}
	var ids []string
	if err := people.Pluck("id", &ids).Error; err != nil {
		return false, fmt.Errorf("look for %s: %w", user, err)
	}
	return slices.Contains(ids, user), nil
}
