package timesheets

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
)

// PeriodSubmission is what somebody says when they submit their week or month.
type PeriodSubmission struct {
	PeriodRef
	Early   bool   `query:"early"`  // although the period hasn't ended
	Comment string `json:"comment"` // for whoever decides
	Attest  bool   `json:"attest"`  // that the period has no entries, if it has none
}

// Validate says everything that is wrong with it.
func (p PeriodSubmission) Validate() error {
	var c check
	c.lines(p.Comment, "/comment", noteLimit)
	return c.fault()
}

// SubmitPeriod hands the caller's own period, with all that is in it, to whoever decides about it. Its lines are frozen in a
// submission, and an earlier decision and its words are done with.
func (s *Service) SubmitPeriod(ctx context.Context, by auth.Caller, n PeriodSubmission) (Period, error) {
	comment := strings.TrimSpace(n.Comment)
	return s.movePeriod(ctx, by, periodMove{
		PeriodRef: n.PeriodRef, action: Submit, comment: comment,
		set: func(tx *gorm.DB, p *periodRow, now time.Time) error {
			if s.latestDay() <= p.EndDay && !n.Early {
				return invalid(ValidationFailed, "early", "must be true to submit a period before it is over, on %s", p.EndDay)
			}
			if p.Entries == 0 && !n.Attest {
				return invalid(ValidationFailed, "/attest", "must be true to submit a period without entries")
			}
			p.Live, p.Settled = true, false
			return p.freeze(tx, by.User, comment, now)
		},
	})
}

// WithdrawPeriod takes back what the caller submitted, as long as nobody decided about the whole of it. What is approved
// already stays so.
func (s *Service) WithdrawPeriod(ctx context.Context, by auth.Caller, ref PeriodRef) (Period, error) {
	return s.movePeriod(ctx, by, periodMove{PeriodRef: ref, action: Withdraw, set: ended})
}

// ended ends the submission, so that the period is open.
func ended(_ *gorm.DB, p *periodRow, _ time.Time) error {
	p.Live, p.Settled = false, false
	return nil
}
