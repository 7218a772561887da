package auth

import (
	"context"

	"gorm.io/gorm"
)

// act is what an administrative act came to, for the log: on what, and how that was before and is now, in the words of the
// management API, which never have a secret. Nil before: it was made; nil after: it is gone.
type act struct {
	of            string // id
	before, after any
}

// administer is a change that somebody makes by the management API. It stands in the log if and only if it holds.
func (s *Server) administer(ctx context.Context, by Caller, what string, fn func(tx *gorm.DB, n *news) (act, error)) error {
	return s.change(ctx, func(tx *gorm.DB, n *news) error {
		d, err := fn(tx, n)
		if err != nil {
			return err
		}
		s.log.Info("administered", "what", what, "of", d.of, "by", by.Subject(), "client", by.Client, "request_id", by.RequestID)
		return nil
	})
}
