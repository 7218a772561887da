package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
)

// Session is a browser in which a person is signed in, as administrators see it.
type Session struct {
	ID             string          `json:"id"` // ses_…, the tokens' sid
	UserID         string          `json:"user_id"`
	CreatedAt      time.Time       `json:"created_at"`
	SignedInAt     time.Time       `json:"authenticated_at"`   // when the person last gave the password
	SeenAt         time.Time       `json:"last_interacted_at"` // to a few minutes
	IdleExpiresAt  time.Time       `json:"idle_expires_at"`
	ExpiresAt      time.Time       `json:"expires_at"`
	Device         SessionDevice   `json:"device"`
	Clients        []SessionClient `json:"clients"`
	Authentication SessionMethods  `json:"authentication"`
}

// SessionDevice is what is known of where the person signed in.
type SessionDevice struct {
	IP        string `json:"initial_ip"`
	UserAgent string `json:"initial_user_agent"`
}

// SessionClient is an application that was given a code in a session.
type SessionClient struct {
	ID string `json:"client_id"`
}

// SessionMethods are how the person signed in.
type SessionMethods struct {
	Methods []SessionMethod `json:"methods"`
}

// SessionMethod is one way to sign in, and when it was gone.
type SessionMethod struct {
	Name string    `json:"name"` // pwd
	At   time.Time `json:"timestamp"`
}

func (in session) shown() Session {
	idle := in.SeenAt.Add(sessionIdle)
	if in.ExpiresAt.Before(idle) {
		idle = in.ExpiresAt
	}
	return Session{
		ID: in.ID, UserID: in.UserID, CreatedAt: in.CreatedAt, SignedInAt: in.AuthTime, SeenAt: in.SeenAt, IdleExpiresAt: idle,
		ExpiresAt: in.ExpiresAt, Device: SessionDevice{in.IP, in.UserAgent}, Clients: []SessionClient{},
		Authentication: SessionMethods{[]SessionMethod{{"pwd", in.AuthTime}}},
	}
}

// withClients adds the applications of sessions.
func withClients(db *gorm.DB, sessions []Session) error {
	var ids []string
	for _, one := range sessions {
		ids = append(ids, one.ID)
	}
	var used []authorization
	err := db.Model(&authorization{}).Distinct("session_id", "client_id").Where("session_id IN ?", ids).
		Order("client_id").Find(&used).Error
	if err != nil {
		return fmt.Errorf("read applications of sessions: %w", err)
	}
	for _, a := range used {
		i := slices.Index(ids, a.SessionID)
		sessions[i].Clients = append(sessions[i].Clients, SessionClient{a.ClientID})
	}
	return nil
}

// UserStretch asks for a part of what a person has.
type UserStretch struct {
	UserRef
	Stretch
}

// SessionsOfUser lists where a person is signed in: GET /api/v2/users/{id}/sessions.
func (s *Server) SessionsOfUser(ctx context.Context, _ Caller, q UserStretch) (List[Session], error) {
	db := s.db.Read(ctx)
	if _, err := q.read(db); err != nil {
		return List[Session]{}, err
	}
	query := liveSessions(db, s.now()).Where("user_id = ?", q.ID).Order("id")
	found, err := takeOf(query, "sessions", "id", q.Stretch, session.shown, func(one Session) string { return one.ID })
	if err != nil {
		return found, err
	}
	return found, withClients(db, found.items)
}

// EndSessionsOfUser signs a person out in every browser; refresh tokens live on: DELETE /api/v2/users/{id}/sessions.
func (s *Server) EndSessionsOfUser(ctx context.Context, by Caller, ref UserRef) error {
	return s.administer(ctx, by, "Delete sessions of a user", func(tx *gorm.DB, n *news) (act, error) {
		if _, err := ref.read(tx); err != nil {
			return act{}, err
		}
		return act{of: ref.ID}, endOtherSessions(tx, n, ref.ID, "")
	})
}

// AccessRevocation ends what a person has open.
type AccessRevocation struct {
	UserRef
	SessionID            string `json:"session_id"`              // only this one, and what came of it
	PreserveRefreshToken bool   `json:"preserve_refresh_tokens"` // sessions alone end
}

// RevokeAccess ends sessions and refresh tokens of a person, at once: POST /api/v2/users/{id}/revoke-access.
func (s *Server) RevokeAccess(ctx context.Context, by Caller, r AccessRevocation) error {
	return s.administer(ctx, by, "Revoke access of a user", func(tx *gorm.DB, n *news) (act, error) {
		if _, err := r.read(tx); err != nil {
			return act{}, err
		}
		return act{of: r.ID, after: map[string]any{"session_id": r.SessionID, "preserve_refresh_tokens": r.PreserveRefreshToken}}, r.end(tx, n)
	})
}

func (r AccessRevocation) end(tx *gorm.DB, n *news) error {
	if r.SessionID != "" {
		found, err := SessionRef{r.SessionID}.read(tx, n.now)
		if err == nil && found.UserID != r.ID {
			err = noSuchSession
		}
		if err != nil {
			return err
		}
		return found.end(tx, n, r.PreserveRefreshToken)
	}
	if r.PreserveRefreshToken {
		return endOtherSessions(tx, n, r.ID, "")
	}
	return endEverything(tx, n, r.ID)
}

// end ends a session, and unless they are preserved the refresh tokens that came of it.
func (in session) end(tx *gorm.DB, n *news, preserve bool) error {
	if err := endSession(tx, n, in.ID); err != nil || preserve {
		return err
	}
	return revokeAll(tx, n, tx.Where("session_id = ?", in.ID))
}

// SessionRef names a session.
type SessionRef struct {
	ID string `path:"id"`
}

var noSuchSession = unknown("inexistent_session", "The session does not exist.")

func (ref SessionRef) read(db *gorm.DB, now time.Time) (found session, err error) {
	err = liveSessions(db, now).Where("id = ?", ref.ID).Take(&found).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return found, noSuchSession
	}
	if err != nil {
		return found, fmt.Errorf("read session: %w", err)
	}
	return found, nil
}

// Session shows one session: GET /api/v2/sessions/{id}.
func (s *Server) Session(ctx context.Context, _ Caller, ref SessionRef) (Session, error) {
	db := s.db.Read(ctx)
	found, err := ref.read(db, s.now())
	if err != nil {
		return Session{}, err
	}
	one := []Session{found.shown()}
	err = withClients(db, one)
	return one[0], err
}

// DeleteSession signs a person out in one browser; refresh tokens live on: DELETE /api/v2/sessions/{id}. To delete one that
// isn't there is no mistake.
func (s *Server) DeleteSession(ctx context.Context, by Caller, ref SessionRef) error {
	err := s.endSession(ctx, by, "Delete a session", ref, true)
	if errors.Is(err, noSuchSession) {
		return nil
	}
	return err
}

// RevokeSession signs a person out in one browser and ends the refresh tokens that came of it: POST /api/v2/sessions/{id}/revoke.
func (s *Server) RevokeSession(ctx context.Context, by Caller, ref SessionRef) error {
	return s.endSession(ctx, by, "Revoke a session", ref, false)
}

func (s *Server) endSession(ctx context.Context, by Caller, what string, ref SessionRef, preserve bool) error {
	return s.administer(ctx, by, what, func(tx *gorm.DB, n *news) (act, error) {
		found, err := ref.read(tx, n.now)
		if err != nil {
			return act{}, err
		}
		return act{of: ref.ID, before: found.shown()}, found.end(tx, n, preserve)
	})
}
