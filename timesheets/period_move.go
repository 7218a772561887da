package timesheets

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/auth/lang"
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
		matter := p.matter()
		if _, err := matter.after(m.action, by); err != nil {
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
		if err := row.moveLines(tx, by, m, matter, now); err != nil {
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

// moveLines takes those of the period's entries along that can take the same step; by a decision, those that are the
// caller's to decide about.
func (p *periodRow) moveLines(tx *gorm.DB, by auth.Caller, m periodMove, of matter, now time.Time) error {
	set := map[string]any{
		"state": "", "comment": "", "decided_by": nil, "decided_for": nil, "decided_at": nil, "updated_at": now,
		"revision": gorm.Expr("revision + 1"),
	}
	switch m.action {
	case RequestReopening:
		return nil
	case Submit:
		set["submitted_at"] = now
	case Withdraw, Reopen:
		set["submitted_at"] = nil
	case Approve, Reject:
		return p.decideLines(tx, by, m, of, set, now)
	}
	return p.updateLines(tx, m, nil, set)
}

// decideLines decides about each part of the period that is the caller's.
func (p *periodRow) decideLines(tx *gorm.DB, by auth.Caller, m periodMove, of matter, set map[string]any, now time.Time) error {
	shares := of.shares(by)
	if err := p.objectable(tx, m, of, shares); err != nil {
		return err
	}
	p.inPlaceOf = shares[0].inPlaceOf
	for _, share := range shares {
		set["comment"], set["decided_by"], set["decided_for"], set["decided_at"] = m.comment, by.User, share.inPlaceOf, now
		in := func(lines *gorm.DB) *gorm.DB { return of.linesOf(lines, share.part) }
		if err := p.updateLines(tx, m, in, set); err != nil {
			return err
		}
	}
	return nil
}

// linesOf keeps the lines of one part of the matter.
func (m matter) linesOf(lines *gorm.DB, p part) *gorm.DB {
	if p.project != "" {
		return lines.Where("project_id = ?", p.project)
	}
	for _, other := range m.parts {
		if other.project != "" {
			lines = lines.Where("project_id <> ?", other.project)
		}
	}
	return lines
}

// objectable refuses a decision that names lines which are somebody else's to decide about.
func (p *periodRow) objectable(tx *gorm.DB, m periodMove, of matter, shares []share) error {
	for _, other := range of.parts {
		if m.lines == nil || slices.ContainsFunc(shares, func(s share) bool { return s.project == other.project }) {
			continue
		}
		var ids []string
		named := of.linesOf(p.lines(tx), other).Where("id IN ? AND state = ?", m.lines, Submitted)
		if err := named.Limit(1).Pluck("id", &ids).Error; err != nil {
			return fmt.Errorf("look whose lines they are: %w", err)
		}
		if len(ids) > 0 {
			i := slices.Index(m.lines, ids[0])
			return invalid(Forbidden, fmt.Sprintf("/lines/%d/id", i), "only %s can %s this entry", of.approverOf(other), m.action)
		}
	}
	return nil
}

func (p *periodRow) updateLines(tx *gorm.DB, m periodMove, in func(*gorm.DB) *gorm.DB, set map[string]any) error {
	from, to := passes(m.action)
	lines := p.lines(tx).Where("state IN ?", from)
	if m.lines != nil {
		lines = lines.Where("id IN ?", m.lines)
	}
	if in != nil {
		lines = in(lines)
	}
	set["state"] = to
	if err := lines.Updates(set).Error; err != nil {
		return fmt.Errorf("%s the entries of %s: %w", m.action, p.ID, err)
	}
	return nil
}

// isAt refuses an action upon a revision that is no more. Who decides is told to look again, since they answer for what
// they saw; who edits would undo somebody else's words.
func isAt(name lang.Phrase, revision int64, seen *int64, action Action) error {
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
