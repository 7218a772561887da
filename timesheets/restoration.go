package timesheets

import (
	"context"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/auth/lang"
)

// Restore brings a deleted entry back in the state that it had, where there is room for it as for a new one: in its day, on
// its project and in its period.
func (s *Service) Restore(ctx context.Context, by auth.Caller, ref EntryRef) (Entry, error) {
	var restored Entry
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		entry, err := entryAmong(ctx, tx, by, withDeleted(tx, by), ref.ID)
		if err != nil {
			return err
		}
		if _, err := entry.matter().after(Restore, by); err != nil {
			return err
		}
		if err := isAt(lang.Say("the entry"), entry.Revision, ref.Revision, Restore); err != nil {
			return err
		}
		n := entry.said()
		before := entry.shownTo(by)
		entry.ProjectID = "" // so that a closed project takes it no more than a new one
		entry.UpdatedAt, entry.deletedAt = s.instant(), nil
		entry.Revision++
		ground, err := entry.fill(ctx, tx, n)
		if err != nil {
			return err
		}
		if err := updateEntry(tx, entry); err != nil {
			return err
		}
		restored = entry.shownTo(by)
		if err := ground.period.settle(tx, entry.UpdatedAt); err != nil {
			return err
		}
		return s.note(tx, by, deed{
			Action: "timesheet.restored", Owner: entry.UserID, Object: entry.ID, Before: before, After: restored,
		})
	})
	return restored, err
}
