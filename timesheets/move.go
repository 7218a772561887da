package timesheets

import (
	"context"

	"gorm.io/gorm"

	"punchcard/auth"
)

// move takes an entry through one transition; set does what the action is about. Every write to an entry that exists
// comes through here, and reads what it decides upon in the same write: of two at once, the second sees the first.
// That somebody may not do it, or not now, says more than that they saw an old revision, so it is said first.
func (s *Service) move(ctx context.Context, by auth.Caller, ref EntryRef, action Action,
	set func(tx *gorm.DB, e *Entry) error) (Entry, error) {
	var moved Entry
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		entry, err := entryOf(ctx, tx, by, ref.ID)
		if err != nil {
			return err
		}
		to, err := entry.after(action, by)
		if err != nil {
			return err
		}
		if err := entry.isAt(ref.Revision, action); err != nil {
			return err
		}
		entry.State, entry.UpdatedAt = to, s.instant()
		entry.Revision++
		if err := set(tx, &entry); err != nil {
			return err
		}
		moved = entry.shownTo(by)
		return updateEntry(tx, entry)
	})
	return moved, err
}

// isAt refuses an action upon a revision that is no more. Who decides is told to look again, since they answer for what
// they saw; who edits would undo somebody else's words.
func (e Entry) isAt(revision *int64, action Action) error {
	switch {
	case revision == nil || *revision == e.Revision:
		return nil
	case action == Approve || action == Reject:
		return fault(StaleReview, "the entry changed since you saw it (revision %d, now %d); look at it again and decide",
			*revision, e.Revision)
	default:
		return fault(PreconditionFailed, "the entry changed since you saw it (revision %d, now %d); read it again, then %s it",
			*revision, e.Revision, action)
	}
}
