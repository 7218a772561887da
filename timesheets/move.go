package timesheets

import (
	"context"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/auth/lang"
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
		to, err := entry.matter().after(action, by)
		if err != nil {
			return err
		}
		if err := isAt(lang.Say("the entry"), entry.Revision, ref.Revision, action); err != nil {
			return err
		}
		before, err := periodOn(tx, entry.UserID, entry.Date)
		if err != nil {
			return err
		}
		if entry.PeriodID, err = before.id(tx, s.instant()); err != nil {
			return err
		}
		was := entry.shownTo(by)
		entry.State, entry.UpdatedAt = to, s.instant()
		entry.Revision++
		if err := set(tx, &entry); err != nil {
			return err
		}
		if err := updateEntry(tx, entry); err != nil {
			return err
		}
		moved = entry.shownTo(by)
		if err := before.follow(tx, by, entry, action); err != nil {
			return err
		}
		if err := s.tellOfEntry(ctx, tx, by, action, before, entry); err != nil {
			return err
		}
		return s.note(tx, by, entryDeed(action, was, moved))
	})
	return moved, err
}

// follow has the entry's period, which it was in until then, keep up with what was done to the entry; and the one that it
// is in now, if that is another.
func (p *periodRow) follow(tx *gorm.DB, by auth.Caller, e Entry, action Action) error {
	if action == Approve || action == Reject {
		p.inPlaceOf = e.OnBehalfOf
	}
	if err := p.tell(tx, by, action, &e.ID, e.Comment, e.UpdatedAt); err != nil {
		return err
	}
	if err := p.settle(tx, e.UpdatedAt); err != nil || e.PeriodID == p.ID {
		return err
	}
	now, err := periodOn(tx, e.UserID, e.Date)
	if err != nil {
		return err
	}
	return now.settle(tx, e.UpdatedAt)
}
