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

// settle counts the period anew after a write to it or to one of its entries, and writes it down as one revision more. So
// a revision stands for the period with all that is in it. A line that can be changed ends the submission.
func (p *periodRow) settle(tx *gorm.DB, now time.Time) error {
	var t tally
	if err := tx.Raw(tallyQuery, p.UserID, p.StartDay, p.EndDay).Scan(&t).Error; err != nil {
		return fmt.Errorf("count a period: %w", err)
	}
	p.Live = p.Live && t.Drafts == 0 && t.Rejected == 0
	p.Entries, p.Minutes, p.BillableMinutes = t.Entries, t.Minutes, t.BillableMinutes
	p.State = t.state(p.Live, p.Settled)
	p.ReopeningAsked = p.ReopeningAsked && p.State == Approved
	p.Editors, p.Flags = Words{}, nil
	if p.Live {
		if err := p.review(tx); err != nil {
			return err
		}
	}
	p.Revision++
	p.UpdatedAt = now
	return p.save(tx)
}

// lines are the entries of the period.
func (p periodRow) lines(tx *gorm.DB) *gorm.DB {
	return tx.Table("entries").Where("user_id = ? AND date BETWEEN ? AND ? AND deleted_at IS NULL", p.UserID, p.StartDay, p.EndDay)
}
