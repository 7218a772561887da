package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// RefreshToken is what lets an application act for a person while they are away, as administrators see it: the chain of
// tokens that came of one authorization, by which it is named.
type RefreshToken struct {
	ID              string          `json:"id"` // aut_…
	UserID          string          `json:"user_id"`
	CreatedAt       time.Time       `json:"created_at"`
	IdleExpiresAt   time.Time       `json:"idle_expires_at"` // if it isn't exchanged until then
	ExpiresAt       time.Time       `json:"expires_at"`
	ClientID        string          `json:"client_id"`
	SessionID       string          `json:"session_id"`
	Rotating        bool            `json:"rotating"`
	ResourceServers []RefreshTarget `json:"resource_servers"`
}

// RefreshTarget is an API that a refresh token gives access to.
type RefreshTarget struct {
	Audience string `json:"audience"`
	Scopes   string `json:"scopes"` // with spaces between
}

// refreshableRow is an authorization that has a refresh token that can still be exchanged.
type refreshableRow struct {
	Family authorization `gorm:"embedded"`
	Idle   time.Time     `gorm:"->"`
}

func refreshableRows(db *gorm.DB, now time.Time) *gorm.DB {
	return db.Table("authorizations").Select("authorizations.*, refresh_tokens.expires_at AS idle").
		Joins("JOIN refresh_tokens ON refresh_tokens.authorization_id = authorizations.id AND refresh_tokens.used_at IS NULL "+
			"AND refresh_tokens.expires_at > ?", now).
		Where("authorizations.revoked_at IS NULL AND authorizations.expires_at > ?", now)
}

func (p *policy) shownRefreshToken(r refreshableRow) RefreshToken {
	f := r.Family
	token := RefreshToken{
		ID: f.ID, UserID: f.UserID, CreatedAt: f.CreatedAt, IdleExpiresAt: r.Idle, ExpiresAt: f.ExpiresAt, ClientID: f.ClientID,
		SessionID: f.SessionID, Rotating: true, ResourceServers: []RefreshTarget{},
	}
	if a := p.apis[f.APIID]; a != nil {
		token.ResourceServers = append(token.ResourceServers, RefreshTarget{a.Audience, f.Scopes.String()})
	}
	return token
}

// RefreshTokensOfUser lists who can act for a person while they are away: GET /api/v2/users/{id}/refresh-tokens.
func (s *Server) RefreshTokensOfUser(ctx context.Context, _ Caller, q UserStretch) (List[RefreshToken], error) {
	db := s.db.Read(ctx)
	if _, err := q.read(db); err != nil {
		return List[RefreshToken]{}, err
	}
	query := refreshableRows(db, s.now()).Where("authorizations.user_id = ?", q.ID).Order("authorizations.id")
	return takeOf(query, "tokens", "authorizations.id", q.Stretch, s.policy.Load().shownRefreshToken,
		func(t RefreshToken) string { return t.ID })
}

// EndRefreshTokensOfUser ends all refresh tokens of a person with all that came of them, at once: DELETE
// /api/v2/users/{id}/refresh-tokens.
func (s *Server) EndRefreshTokensOfUser(ctx context.Context, by Caller, ref UserRef) error {
	return s.administer(ctx, by, "Delete refresh tokens of a user", func(tx *gorm.DB, n *news) (act, error) {
		if _, err := ref.read(tx); err != nil {
			return act{}, err
		}
		return act{of: ref.ID}, revokeAll(tx, n, tx.Where("user_id = ? AND "+withRefreshTokens, ref.ID))
	})
}

// RefreshTokenRef names a refresh token.
type RefreshTokenRef struct {
	ID string `path:"id"` // aut_…
}

var noSuchRefreshToken = unknown("inexistent_refresh_token", "The refresh token does not exist.")

func (ref RefreshTokenRef) read(db *gorm.DB, now time.Time) (found refreshableRow, err error) {
	err = refreshableRows(db, now).Where("authorizations.id = ?", ref.ID).Take(&found).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return found, noSuchRefreshToken
	}
	if err != nil {
		return found, fmt.Errorf("read refresh token: %w", err)
	}
	return found, nil
}

// RefreshToken shows one refresh token: GET /api/v2/refresh-tokens/{id}.
func (s *Server) RefreshToken(ctx context.Context, _ Caller, ref RefreshTokenRef) (RefreshToken, error) {
	found, err := ref.read(s.db.Read(ctx), s.now())
	return s.policy.Load().shownRefreshToken(found), err
}

// DeleteRefreshToken ends a refresh token with all that came of it, at once: DELETE /api/v2/refresh-tokens/{id}. To delete one
// that isn't there is no mistake.
func (s *Server) DeleteRefreshToken(ctx context.Context, by Caller, ref RefreshTokenRef) error {
	err := s.administer(ctx, by, "Delete a refresh token", func(tx *gorm.DB, n *news) (act, error) {
		found, err := ref.read(tx, n.now)
		if err != nil {
			return act{}, err
		}
		return act{of: ref.ID, before: s.policy.Load().shownRefreshToken(found)}, found.Family.revoke(tx, n)
	})
	if errors.Is(err, noSuchRefreshToken) {
		return nil
	}
	return err
}
