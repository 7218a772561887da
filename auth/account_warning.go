package auth

import (
	"context"
	"fmt"
	"time"

	"punchcard/auth/lang"
)

// What a person is warned of on their account's page, and for how long.
const (
	warnedFor    = 30 * 24 * time.Hour
	mostWarnings = 3
)

// What Settings.Notice is told of.
const (
	passwordChanged = "password_changed"
	accessEnded     = "access_ended"
)

// theft is by which events it shows that somebody may have stolen what an application held for the person.
var theft = []string{"ferrt", "code_reused"}

// warnings tell a person of applications whose access was ended because a token of theirs came twice (RFC 9700 §4.14.2).
func (s *Server) warnings(ctx context.Context, user string) ([]lang.Words, error) {
	found, err := s.events(ctx, EventQuery{Type: theft, UserID: user, Since: s.now().Add(-warnedFor), Take: mostWarnings})
	if err != nil {
		return nil, fmt.Errorf("read warnings of a person: %w", err)
	}
	var list []lang.Words
	for _, e := range found {
		app := e.ClientID
		if client := s.policy.Load().clients[app]; client != nil {
			app = client.Name
		}
		list = append(list, lang.Words{"pages.account.cut-off", "app", app, "ago", inWords(s.now().Sub(e.At))})
	}
	return list, nil
}
