package timesheets

import (
	"context"

	"gorm.io/gorm"

	"punchcard/auth"
)

// Submit hands the caller's own entry to whoever decides about it. An earlier decision and its words are done with.
func (s *Service) Submit(ctx context.Context, by auth.Caller, ref EntryRef) (Entry, error) {
	return s.move(ctx, by, ref, Submit, func(_ *gorm.DB, e *Entry) error {
		e.submittedAt = &e.UpdatedAt
		e.decidedBy, e.OnBehalfOf, e.decidedAt, e.Comment = nil, nil, nil, ""
		return nil
	})
}

// Withdraw takes back what the caller submitted, as long as nobody decided about it.
func (s *Service) Withdraw(ctx context.Context, by auth.Caller, ref EntryRef) (Entry, error) {
	return s.move(ctx, by, ref, Withdraw, func(_ *gorm.DB, e *Entry) error {
		e.submittedAt = nil
		return nil
	})
}
