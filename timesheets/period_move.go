package timesheets

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
)

// periodMove is one transition of a period.
type periodMove struct {
	PeriodRef
	action  Action
	comment string
	lines   []string                                             // only these entries; nil: all
	set     func(tx *gorm.DB, p *periodRow, now time.Time) error // beside the entries
}

// movePeriod takes a period through one transition, its entries with it. As for entries, what it decides upon is read in
// the same write: of two at once, the second sees the first.
func (s *Service) movePeriod(ctx context.Context, by auth.Caller, m periodMove) (Period, error) {
	var moved Period
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		row, err := periodNamed(ctx, tx, by, m.ID)
		if err != nil {
			return err
		}
		p, err := completed(ctx, tx, by, row)
		if err != nil {
			return err
		}
		if _, err := p.matter().after(m.action, by); err != nil {
			return err
		}
		if err := isAt(p.name(), p.Revision, m.Revision, m.action); err != nil {
			return err
		}
		before, err := p.kept(tx)
		if err != nil {
			return err
		}
		now := s.instant()
		if _, err := row.id(tx, now); err != nil {
			return err
		}
		if err := row.moveLines(tx, by, m, now); err != nil {
			return err
		}
		if err := m.set(tx, &row, now); err != nil {
			return err
		}
		if err := row.tell(tx, by, m.action, nil, m.comment, now); err != nil {
			return err
		}
		if err := row.settle(tx, now); err != nil {
			return err
		}
		if moved, err = s.completed(ctx, tx, by, row); err != nil {
			return err
		}
		if err := s.tellOf(ctx, tx, by, announcement{action: m.action, period: moved, comment: m.comment}); err != nil {
			return err
		}
		after, err := moved.kept(tx)
		if err != nil {
			return err
		}
		return s.note(tx, by, periodDeed(m.action, before, after))
	})
	return moved, err
}

// moveLines takes those of the period's entries along that can take the same step.
func (p periodRow) moveLines(tx *gorm.DB, by auth.Caller, m periodMove, now time.Time) error {
	from, to := passes(m.action)
	if m.action == RequestReopening {
		return nil
	}
	set := map[string]any{
		"state": to, "comment": "", "decided_by": nil, "decided_at": nil, "updated_at": now, "revision": gorm.Expr("revision + 1"),
	}
	switch m.action {
	case Submit:
		set["submitted_at"] = now
	case Withdraw, Reopen:
		set["submitted_at"] = nil
	case Approve, Reject:
		set["comment"], set["decided_by"], set["decided_at"] = m.comment, by.User, now
	}
	lines := p.lines(tx).Where("state IN ?", from)
	if m.lines != nil {
		lines = lines.Where("id IN ?", m.lines)
	}
	if err := lines.Updates(set).Error; err != nil {
		return fmt.Errorf("%s the entries of %s: %w", m.action, p.ID, err)
	}
	return nil
}

// isAt refuses an action upon a revision that is no more. Who decides is told to look again, since they answer for what
// they saw; who edits would undo somebody else's words.
func isAt(name string, revision int64, seen *int64, action Action) error {
	switch {
	case seen == nil || *seen == revision:
		return nil
	case action == Approve || action == Reject:
		return fault(StaleReview, "%s changed since you saw it (revision %d, now %d); look at it again and decide",
			name, *seen, revision)
	default:
		return fault(PreconditionFailed, "%s changed since you saw it (revision %d, now %d); read it again, then %s it",
			name, *seen, revision, action.verb())
	}
}
