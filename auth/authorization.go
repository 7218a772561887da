package auth

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
)

// authorization is what one code stands for, and the family of all tokens that come of it: when one of them is misused,
// all of them end with it.
type authorization struct {
	ID        string `gorm:"primaryKey"`
	UserID    string
	ClientID  string
	APIID     string `gorm:"column:api_id"`
	SessionID string
	Scopes    scopes `gorm:"serializer:json"`
	AuthTime  time.Time
	CreatedAt time.Time
	ExpiresAt time.Time // no refresh token outlives it, however often it is exchanged
	RevokedAt *time.Time
	Claims    claimsAsked `gorm:"serializer:json"`
	DPoPJKT   string      `gorm:"column:dpop_jkt"` // thumbprint of the key that alone may redeem the code, and refresh; empty: any may
}

// read reads the authorization that a code or token came of. If that is another application's, it is unknown to this one.
func (a *authorization) read(tx *gorm.DB, id string, client *Client, unknown *Error) error {
	if err := tx.Where("id = ?", id).Take(a).Error; err != nil {
		return fmt.Errorf("read authorization: %w", err)
	}
	if a.ClientID != client.ID {
		return unknown.because("it is client %s's, not %s's", a.ClientID, client.ID)
	}
	return nil
}

// revoke ends an authorization with all its tokens, at the next call.
func (a *authorization) revoke(tx *gorm.DB, n *news) error {
	if err := tx.Model(a).Where("revoked_at IS NULL").Update("revoked_at", n.now).Error; err != nil {
		return fmt.Errorf("revoke authorization: %w", err)
	}
	return n.tell("authorization", a.ID)
}

// misused ends an authorization of which something came a second time, and records it with the change: somebody has what
// is another one's.
func (a *authorization) misused(tx *gorm.DB, n *news, e event) error {
	e.level = slog.LevelWarn
	e.concern(a)
	if err := n.record(e.with("authorization", a.ID)); err != nil {
		return err
	}
	if a.RevokedAt == nil { // who has the token can't send a mail with it each time
		if err := n.server.notice(tx, a.UserID, accessEnded); err != nil {
			return err
		}
	}
	return a.revoke(tx, n)
}

func (a *authorization) live(now time.Time) bool { return a.RevokedAt == nil && a.ExpiresAt.After(now) }

// code is an authorization code (RFC 6749 §4.1.2): for one use, within a minute.
type code struct {
	Hash            string `gorm:"primaryKey"`
	AuthorizationID string
	RedirectURI     string
	CodeChallenge   string
	Nonce           string
	ExpiresAt       time.Time
	UsedAt          *time.Time
	Ruled           *ruled `gorm:"serializer:json"` // nil: no rule ran
}

const (
	codeLife    = time.Minute
	offlineLife = 30 * 24 * time.Hour // of an authorization with refresh tokens, from the first one on
)

// authorizedBy is what a person allows in a session. Without refresh tokens, nothing of it outlives life.
func (r authorizationRequest) authorizedBy(in *session, granted scopes, now time.Time, life time.Duration) authorization {
	if granted.has("offline_access") {
		life = offlineLife
	}
	return authorization{
		ID: "aut_" + uuid.Must(uuid.NewV7()).String(), UserID: in.UserID, ClientID: r.ClientID, APIID: r.API,
		SessionID: in.ID, Scopes: granted, Claims: r.Claims, AuthTime: in.AuthTime, CreatedAt: now, ExpiresAt: now.Add(life), DPoPJKT: r.DPoPJKT,
	}
}
