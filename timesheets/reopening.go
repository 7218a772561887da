package timesheets

import (
	"context"
	"strings"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
)

// Reopening is why an approved period should be changed after all.
type Reopening struct {
	PeriodRef
	Reason string `json:"reason"`
}

// Validate wants a reason.
func (r Reopening) Validate() error {
	var c check
	c.that(strings.TrimSpace(r.Reason) != "", "/reason", "is needed: say what is to be changed")
	c.lines(r.Reason, "/reason", noteLimit)
	return c.fault()
}

// Reopen makes the entries of an approved period drafts again; that it was approved stays in its events.
func (s *Service) Reopen(ctx context.Context, by auth.Caller, r Reopening) (Period, error) {
	return s.movePeriod(ctx, by, periodMove{PeriodRef: r.PeriodRef, action: Reopen, comment: strings.TrimSpace(r.Reason), set: ended})
}

// RequestReopening asks for the caller's own approved period to be reopened, which is flagged to whoever can do so.
func (s *Service) RequestReopening(ctx context.Context, by auth.Caller, r Reopening) (Period, error) {
	return s.movePeriod(ctx, by, periodMove{
		PeriodRef: r.PeriodRef, action: RequestReopening, comment: strings.TrimSpace(r.Reason),
		set: func(_ *gorm.DB, p *periodRow, _ time.Time) error {
			p.ReopeningAsked = true
			return nil
		},
	})
}
