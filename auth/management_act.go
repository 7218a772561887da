package auth

import (
	"context"
	"errors"

	"gorm.io/gorm"
)

// act is what an administrative act came to, for the log: on what, and how that was before and is now, in the words of the
// management API, which never have a secret. Nil before: it was made; nil after: it is gone.
type act struct {
	of            string // id
	before, after any
}

// administer is a change that somebody makes by the management API. It stands in the log, with who made it, if and only if it
// holds. One that is denied stands there too.
func (s *Server) administer(ctx context.Context, by Caller, what string, fn func(tx *gorm.DB, n *news) (act, error)) error {
	e := event{
		Type: "sapi", Description: what, ClientID: by.Client, UserID: by.User, IP: by.Address, UserAgent: by.UserAgent, RequestID: by.RequestID,
	}
	err := s.change(ctx, func(tx *gorm.DB, n *news) error {
		a, err := fn(tx, n)
		if err != nil {
			return err
		}
		return n.record(e.with("of", a.of).with("before", a.before).with("after", a.after))
	})
	if denied, ok := errors.AsType[*Denial](err); ok {
		s.record(ctx, e.as("fapi", what+": "+denied.Message.String()))
	}
	return err
}
