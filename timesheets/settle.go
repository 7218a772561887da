package timesheets

import (
	"fmt"
	"time"

	"gorm.io/gorm"
)

// tally is what the lines of a period come to.
type tally struct {
	Entries, Minutes, BillableMinutes     int
	Drafts, Submitted, Approved, Rejected int
}

const tallyQuery = `
SELECT COUNT(*) AS entries, COALESCE(SUM(minutes), 0) AS minutes,
	COALESCE(SUM(CASE WHEN billable THEN minutes ELSE 0 END), 0) AS billable_minutes,
	COALESCE(SUM(CASE WHEN state = 'draft' THEN 1 ELSE 0 END), 0) AS drafts,
	COALESCE(SUM(CASE WHEN state = 'submitted' THEN 1 ELSE 0 END), 0) AS submitted,
	COALESCE(SUM(CASE WHEN state = 'approved' THEN 1 ELSE 0 END), 0) AS approved,
	COALESCE(SUM(CASE WHEN state = 'rejected' THEN 1 ELSE 0 END), 0) AS rejected
FROM entries WHERE user_id = ? AND date BETWEEN ? AND ? AND deleted_at IS NULL`

// state is the period's, by the first rule that holds. Only an empty period is approved by what was decided about the
// whole of it; any other is when each of its lines is.
func (t tally) state(live, settled bool) State {
	switch {
	case t.Rejected > 0:
		return Rejected
	case !live || t.Drafts > 0:
		return Open
	case t.Submitted > 0 || t.Entries == 0 && !settled:
		return Submitted
	default:
		return Approved
	}
}

// settleQuery is settle for a period whose submission isn't live, where no more than the counts is to be told.
const settleQuery = `
UPDATE periods SET (entries, minutes, billable_minutes, state) = (
	SELECT COUNT(*), COALESCE(SUM(minutes), 0), COALESCE(SUM(CASE WHEN billable THEN minutes ELSE 0 END), 0),
		CASE WHEN SUM(CASE WHEN state = 'rejected' THEN 1 ELSE 0 END) > 0 THEN 'rejected' ELSE 'open' END
	FROM entries WHERE user_id = ? AND date BETWEEN ? AND ? AND deleted_at IS NULL),
	live = FALSE, settled = FALSE, reopening_asked = FALSE, flags = '[]', editors = '[]', revision = revision + 1, updated_at = ?
WHERE id = ? RETURNING entries, minutes, billable_minutes, state, revision`

// settle counts the period anew after a write to it or to one of its entries, and writes it down as one revision more. So
// a revision stands for the period with all that is in it. A line that can be changed ends the submission.
func (p *periodRow) settle(tx *gorm.DB, now time.Time) error {
	if p.Live {
		t, err := p.tally(tx)
		if err != nil {
			return err
		}
		if p.Live = t.Drafts == 0 && t.Rejected == 0; p.Live {
			return p.settleLive(tx, t, now)
		}
	}
	p.Settled, p.ReopeningAsked, p.Flags, p.Editors, p.UpdatedAt = false, false, nil, nil, now
	err := tx.Raw(settleQuery, p.UserID, p.StartDay, p.EndDay, now, p.ID).Row().
		Scan(&p.Entries, &p.Minutes, &p.BillableMinutes, &p.State, &p.Revision)
	if err != nil {
		return fmt.Errorf("count a period: %w", err)
	}
	return nil
}

// settleLive is settle for a period that is submitted or approved, which is looked through for whoever decides.
func (p *periodRow) settleLive(tx *gorm.DB, t tally, now time.Time) error {
	p.Entries, p.Minutes, p.BillableMinutes = t.Entries, t.Minutes, t.BillableMinutes
	p.State = t.state(p.Live, p.Settled)
	p.ReopeningAsked = p.ReopeningAsked && p.State == Approved
	if err := p.review(tx); err != nil {
		return err
	}
	p.Revision++
	p.UpdatedAt = now
	return p.save(tx)
}

func (p periodRow) tally(tx *gorm.DB) (t tally, err error) {
	if err := tx.Raw(tallyQuery, p.UserID, p.StartDay, p.EndDay).Scan(&t).Error; err != nil {
		return t, fmt.Errorf("count a period: %w", err)
	}
	return t, nil
}

// lines are the entries of the period.
func (p periodRow) lines(tx *gorm.DB) *gorm.DB {
	return tx.Table("entries").Where("user_id = ? AND date BETWEEN ? AND ? AND deleted_at IS NULL", p.UserID, p.StartDay, p.EndDay)
}
