package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
)

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

// pollLeeway is how much sooner than its interval a poll may come: one that was held up on its way makes the next seem
// early, and a device that keeps its interval must not be slowed down for that.
const pollLeeway = 500 * time.Millisecond

// redeemDevice tells a device that polls how it stands, and exchanges its device code for tokens once a person allowed it
// (RFC 8628 §3.4, §3.5). What it may do was said when it asked: a scope in the poll is passed over.
//
// As with codes, the device code is spent before tokens are signed.
func (s *Server) redeemDevice(ctx context.Context, client *Client, p params) (*tokenResponse, error) {
	if p.get("device_code") == "" {
		return nil, refuse("invalid_request", "Missing required parameter: device_code")
	}
	var (
		family  authorization
		refused error
		token   string
	)
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		family, token = authorization{}, ""
		now := s.now()
		if refused = redeemDeviceCode(tx, hashed(p.get("device_code")), client, now, &family); refused != nil {
			return onlyOurs(refused)
		}
		if err := family.bind(tx, client, p.key); err != nil {
			return err
		}
		if !family.Scopes.has("offline_access") {
			return nil
		}
		token = newSecret()
		return keepRefreshToken(tx, token, &family, now)
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
		family: &family, client: client, person: person, scopes: family.Scopes, session: family.SessionID, refresh: token,
		key: p.key, protocol: "oauth2-device-code", request: p,
	})
}

func redeemDeviceCode(tx *gorm.DB, hash string, client *Client, now time.Time, family *authorization) error {
	unknown := refuse("invalid_grant", "Invalid device code")
	var asked deviceRequest
	err := tx.Where("hash = ?", hash).Take(&asked).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return unknown.because("no such device code")
	case err != nil:
		return fmt.Errorf("read device code: %w", err)
	case asked.ClientID != client.ID: // before anything is counted: it stays as it is
		return unknown.because("it is client %s's, not %s's", asked.ClientID, client.ID)
	case asked.UsedAt != nil:
		return unknown.because("the device code was used before, at %s", asked.UsedAt)
	case !asked.ExpiresAt.After(now):
		return refuse("expired_token", "The device code is expired.").because("it expired at %s", asked.ExpiresAt)
	case asked.DeniedAt != nil:
		return refuse("access_denied", "User cancelled the confirmation prompt.")
	case asked.AuthorizationID == nil:
		return asked.wait(tx, now)
	}
	return asked.spend(tx, client, now, family)
}

// wait answers a poll before the person's decision. Each one that comes too soon makes the interval longer.
func (d *deviceRequest) wait(tx *gorm.DB, now time.Time) error {
	interval := time.Duration(d.PollInterval) * time.Second
	answer := refuse("authorization_pending", "User has yet to authorize device code.")
	if d.PolledAt != nil && now.Sub(*d.PolledAt) < interval-pollLeeway {
		answer = refuse("slow_down", fmt.Sprintf("You are polling faster than the specified interval of %d seconds.", d.PollInterval))
		d.PollInterval += pollInterval
	}
	answer.quiet = true // each device polls many times a minute
	if err := tx.Model(d).Updates(map[string]any{"polled_at": now, "poll_interval": d.PollInterval}).Error; err != nil {
		return fmt.Errorf("note the poll of a device: %w", err)
	}
	return answer
}

func (d *deviceRequest) spend(tx *gorm.DB, client *Client, now time.Time, family *authorization) error {
	wrong := refuse("invalid_grant", "Invalid device code")
	if err := tx.Model(d).Update("used_at", now).Error; err != nil {
		return fmt.Errorf("spend device code: %w", err)
	}
	if err := family.read(tx, *d.AuthorizationID, client, wrong); err != nil {
		return err
	}
	ended, err := sessionEnded(tx, family.SessionID)
	switch {
	case err != nil:
		return err
	case !family.live(now):
		return wrong.because("authorization %s was revoked", family.ID)
	case ended:
		return wrong.because("the session ended before the device came for its tokens")
	}
	return nil
}
