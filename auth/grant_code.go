package auth

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"

	"gorm.io/gorm"
)

// redeemCode exchanges an authorization code for tokens (RFC 6749 §4.1.3, RFC 7636 §4.6).
//
// The code is spent before tokens are signed: a lost answer costs a retry, a replayed code would cost an account. Whoever
// fails with a code, by another redirect URI or verifier, has spent it too. A code that comes a second time was stolen by
// one of the two who brought it, so all tokens of the first use end (RFC 6749 §4.1.2).
func (s *Server) redeemCode(ctx context.Context, client *Client, p params) (*tokenResponse, error) {
	if p.get("code") == "" {
		return nil, refuse("invalid_request", "Missing required parameter: code")
	}
	var (
		given   code
		family  authorization
		refused error
		token   = newSecret()
	)
	err := s.change(ctx, func(tx *gorm.DB, n *news) error {
		given, family, refused = code{}, authorization{}, nil
		if refused = findCode(tx, hashed(p.get("code")), client, &given, &family); refused != nil {
			return onlyOurs(refused)
		}
		if given.UsedAt != nil {
			used := refuse("invalid_grant", "Invalid authorization code").because("the code was used before, at %s", given.UsedAt)
			used.recorded, refused = true, used
			return family.misused(tx, n, p.about.as("code_reused", used.Cause()))
		}
		if refused = s.forSameAPI(p, family.APIID); refused != nil {
			return onlyOurs(refused)
		}
		if err := tx.Model(&given).Update("used_at", n.now).Error; err != nil {
			return fmt.Errorf("spend code: %w", err)
		}
		if refused = redeemable(tx, n, client, given, family, p); refused != nil {
			return onlyOurs(refused)
		}
		if err := family.bind(tx, client, p.key); err != nil {
			return err
		}
		if !family.Scopes.has("offline_access") {
			token = ""
			return nil
		}
		return keepRefreshToken(tx, token, &family, n.now)
	})
	p.about.concern(&family)
	if err := cmp.Or(err, refused); err != nil {
		return nil, err
	}
	person, err := s.holder(ctx, family.UserID)
	if err != nil {
		return nil, err
	}
	return s.issue(ctx, issuing{
		family: &family, client: client, person: person, scopes: family.Scopes, nonce: given.Nonce, session: family.SessionID, refresh: token,
		key: p.key, protocol: protocols["code"], request: p, ruled: given.Ruled,
	})
}

// onlyOurs lets a write go through that found a reason to refuse, so that what it spent or revoked stays so.
func onlyOurs(err error) error {
	if _, ok := errors.AsType[*Error](err); ok {
		return nil
	}
	return err
}

// findCode reads a code of this application. Another application's is none, and stays as it is.
func findCode(tx *gorm.DB, hash string, client *Client, given *code, family *authorization) error {
	unknown := refuse("invalid_grant", "Invalid authorization code")
	err := tx.Where("hash = ?", hash).Take(given).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return unknown.because("no such code")
	}
	if err != nil {
		return fmt.Errorf("read code: %w", err)
	}
	return family.read(tx, given.AuthorizationID, client, unknown)
}

func redeemable(tx *gorm.DB, n *news, client *Client, given code, family authorization, p params) error {
	wrong := refuse("invalid_grant", "Invalid authorization code")
	ended, err := sessionEnded(tx, family.SessionID)
	switch {
	case err != nil:
		return err
	case !given.ExpiresAt.After(n.now):
		return wrong.because("the code expired at %s", given.ExpiresAt)
	case !family.live(n.now):
		return wrong.because("authorization %s was revoked", family.ID)
	case ended:
		return wrong.because("the session ended before the code was redeemed")
	case p.get("redirect_uri") != given.RedirectURI:
		return refuse("invalid_grant", "The redirect_uri is not the one of the authorization request").because("it came with %q", p.get("redirect_uri"))
	case !family.heldBy(p.key):
		return refuse("invalid_grant", "The code is bound to another DPoP key").because("dpop_jkt is %s, the request proves %q", family.DPoPJKT, p.key)
	case given.CodeChallenge == "" && client.withoutPKCE():
		return withoutVerifier(p)
	case !verifies(p.get("code_verifier"), given.CodeChallenge):
		return refuse("invalid_grant", "Failed to verify code verifier")
	}
	return nil
}

// withoutVerifier refuses a verifier for a code that was asked for without a challenge: somebody took that out of the request
// on its way (RFC 9700 §4.8.2).
func withoutVerifier(p params) error {
	if p.get("code_verifier") == "" {
		return nil
	}
	return refuse("invalid_grant", "Failed to verify code verifier").because("the authorization request came without a code_challenge")
}

var verifier = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`)

// verifies reports whether the verifier's SHA-256 is the challenge (RFC 7636 §4.6).
func verifies(given, challenge string) bool {
	sum := sha256.Sum256([]byte(given))
	computed := base64.RawURLEncoding.EncodeToString(sum[:])
	return verifier.MatchString(given) && subtle.ConstantTimeCompare([]byte(computed), []byte(challenge)) == 1
}

func sessionEnded(tx *gorm.DB, id string) (bool, error) {
	var live int64
	if err := tx.Model(&session{}).Where("id = ? AND ended_at IS NULL", id).Count(&live).Error; err != nil {
		return false, fmt.Errorf("read session of a grant: %w", err)
	}
	return live == 0, nil
}
