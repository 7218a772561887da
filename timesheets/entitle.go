package timesheets

import (
	"context"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
)

// entitle is a write that changes who may approve time: those people, whom fn names. It holds at their next call, here, and
// within a second at other instances. Like every write's, fn may run more than once.
func (s *Service) entitle(ctx context.Context, fn func(tx *gorm.DB) (people []string, err error)) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		people, err := fn(tx)
		if err != nil {
			return err
		}
		committed(tx, func() { s.retell(people...) })
		return auth.TellOf(tx, s.now(), people...)
	})
}

// today is the civil day in UTC, by which delegations go.
func (s *Service) today() string { return s.now().UTC().Format(time.DateOnly) }
