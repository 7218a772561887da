package timesheets

import (
	"context"

	"gorm.io/gorm"

	"punchcard/auth"
)

// Remove deletes an entry that is a draft or was rejected. Its row stays, unseen.
func (s *Service) Remove(ctx context.Context, by auth.Caller, ref EntryRef) error {
	_, err := s.move(ctx, by, ref, Delete, func(_ *gorm.DB, e *Entry) error {
		e.deletedAt = &e.UpdatedAt
		return nil
	})
	return err
}
