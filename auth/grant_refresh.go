package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// refreshToken is one of the chain of an authorization. It is exchanged once; who it was exchanged for is retained.
type refreshToken struct {
	Hash            string `gorm:"primaryKey"`
	AuthorizationID string
	CreatedAt       time.Time
	ExpiresAt       time.Time // if it is not exchanged until then
	UsedAt          *time.Time
	Successor       *string // hash
}

const (
	refreshIdle  = 15 * 24 * time.Hour
	refreshGrace = 30 * time.Second
)

func keepRefreshToken(tx *gorm.DB, token string, family *authorization, now time.Time) error {
	expires := now.Add(refreshIdle)
	if family.ExpiresAt.Before(expires) {
		expires = family.ExpiresAt
	}
	err := tx.Create(&refreshToken{Hash: hashed(token), AuthorizationID: family.ID, CreatedAt: now, ExpiresAt: expires}).Error
	if err != nil {
		return fmt.Errorf("keep refresh token: %w", err)
	}
	return nil
}

const unknownRefreshToken = "Unknown or invalid refresh token."

// refresh exchanges a refresh token for new tokens and a successor (RFC 6749 §6, RFC 9700 §4.14.2).
//
// A phone whose answer was lost, and eight tabs that refresh at once, bring the same token again: within the grace time,
// as long as its successor is unused, they are given that same successor. Any other token that comes again was stolen by
// somebody, and the whole family ends. The successor is computed from the token under a secret key, so it can be given
// again though only hashes are stored.
func (s *Server) refresh(ctx context.Context, client *Client, p params) (*tokenResponse, error) {
	presented := p.get("refresh_token")
	if presented == "" {
		return nil, refuse("invalid_request", "Missing required parameter: refresh_token")
	}
	var (
		family    authorization
		refused   error
		ended     bool
		first     bool // the token wasn't used before
		successor = mac(s.secrets.refresh, presented)
	)
	err := s.change(ctx, func(tx *gorm.DB, n *news) (err error) {
		var given refreshToken
		family, refused = authorization{}, nil
		if refused = findRefreshToken(tx, hashed(presented), client, &given, &family); refused != nil {
			return onlyOurs(refused)
		}
		if refused = refreshable(n, given, family, p); refused != nil {
			return onlyOurs(refused)
		}
		if ended, err = sessionEnded(tx, family.SessionID); err != nil {
			return err
		}
		if first = given.UsedAt == nil; !first {
			refused, err = again(tx, n, given, &family, p)
			return err
		}
		if !family.heldBy(p.key) {
			refused = refuse("invalid_grant", unknownRefreshToken).because("it is bound to DPoP key %s, the request proves %q", family.DPoPJKT, p.key)
			return nil
		}
		if err := family.bind(tx, client, cmp.Or(p.key, family.DPoPJKT)); err != nil {
			return err
		}
		return exchange(tx, n, given, successor, &family)
	})
	p.about.concern(&family)
	if err := cmp.Or(err, refused); err != nil {
		return nil, err
	}
	person, err := s.holder(ctx, family.UserID)
	if err != nil {
		return nil, err
	}
	i := issuing{family: &family, client: client, person: person, scopes: family.Scopes, refresh: successor, key: p.key}
	i.protocol, i.request = "oauth2-refresh-token", p
	if asked := parseScopes(p.get("scope")); len(asked) > 0 {
		i.scopes = asked
	}
	if !ended {
		i.session = family.SessionID
	}
	answer, err := s.issue(ctx, i)
	if e, ok := errors.AsType[*Error](err); ok && e.byRule && first {
		if failed := s.unspend(ctx, presented, successor); failed != nil {
			return nil, fmt.Errorf("give a refresh token back: %w", failed)
		}
	}
	return answer, err
}

// unspend takes an exchange back for which nothing was given, unless somebody has its successor and used it.
func (s *Server) unspend(ctx context.Context, presented, successor string) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		gone := tx.Where("hash = ? AND used_at IS NULL", hashed(successor)).Delete(&refreshToken{})
		if gone.Error != nil || gone.RowsAffected == 0 {
			return gone.Error
		}
		return tx.Model(&refreshToken{}).Where("hash = ?", hashed(presented)).Updates(map[string]any{"used_at": nil, "successor": nil}).Error
	})
}

func findRefreshToken(tx *gorm.DB, hash string, client *Client, given *refreshToken, family *authorization) error {
	unknown := refuse("invalid_grant", unknownRefreshToken)
	err := tx.Where("hash = ?", hash).Take(given).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return unknown.because("no such refresh token")
	}
	if err != nil {
		return fmt.Errorf("read refresh token: %w", err)
	}
	return family.read(tx, given.AuthorizationID, client, unknown)
}

// refreshable looks at what refuses a refresh without spending the token.
func refreshable(n *news, given refreshToken, family authorization, p params) error {
	switch wider := parseScopes(p.get("scope")).without(family.Scopes); {
	case !family.live(n.now):
		return refuse("invalid_grant", unknownRefreshToken).because("authorization %s was revoked or expired", family.ID)
	case given.UsedAt == nil && !given.ExpiresAt.After(n.now):
		return refuse("invalid_grant", unknownRefreshToken).because("unused until %s", given.ExpiresAt)
	case len(wider) > 0:
		return refuse("invalid_scope", "The scope is wider than what was granted: "+wider.String())
	}
	return nil
}

// exchange marks the token as used and keeps its successor.
func exchange(tx *gorm.DB, n *news, given refreshToken, successor string, family *authorization) error {
	hash := hashed(successor)
	given.UsedAt, given.Successor = &n.now, &hash
	if err := tx.Save(&given).Error; err != nil {
		return fmt.Errorf("use refresh token: %w", err)
	}
	return keepRefreshToken(tx, successor, family, n.now)
}

// again decides about a token that was exchanged before: an honest repetition, which comes with the same DPoP key if there
// is one, or theft.
func again(tx *gorm.DB, n *news, given refreshToken, family *authorization, p params) (refused, err error) {
	var successor refreshToken
	if err := tx.Where("hash = ?", given.Successor).Take(&successor).Error; err != nil {
		return nil, fmt.Errorf("read the successor of a refresh token: %w", err)
	}
	if n.now.Sub(*given.UsedAt) <= refreshGrace && successor.UsedAt == nil && family.heldBy(p.key) {
		return nil, nil
	}
	reuse := refuse("invalid_grant", unknownRefreshToken).because("reuse of a token that was exchanged at %s", given.UsedAt)
	reuse.recorded = true
	return reuse, family.misused(tx, n, p.about.as("ferrt", reuse.Cause()))
}
