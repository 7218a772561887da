package auth

import (
	"fmt"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"
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
	DPoPJKT   string `gorm:"column:dpop_jkt"` // thumbprint of the key that alone may redeem the code, and refresh; empty: any may
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
		SessionID: in.ID, Scopes: granted, AuthTime: in.AuthTime, CreatedAt: now, ExpiresAt: now.Add(life), DPoPJKT: r.DPoPJKT,
	}
}

// finish sends the browser to the application with a code. What the person just consented to is remembered, and the
// interaction that led here can't be gone through again.
func (s *Server) finish(c *gin.Context, r authorizationRequest, in *interaction, live *session, person *standing, consented bool) error {
	a := s.policy.Load().apis[r.API]
	if a == nil {
		return refuse("invalid_target", "Service not found")
	}
	granted := person.of(r.Scopes, a)
	byCode := r.ResponseType != "id_token"
	secret := newSecret()
	err := s.db.Write(c.Request.Context(), func(tx *gorm.DB) error {
		now := s.now()
		if in != nil {
			if err := in.end(tx, now); err != nil {
				return err
			}
		}
		if consented {
			if err := remember(tx, person.person.ID, r, granted, now); err != nil {
				return err
			}
		}
		if !byCode {
			return nil
		}
		family := r.authorizedBy(live, granted, now, codeLife+a.life())
		if err := tx.Create(&family).Error; err != nil {
			return fmt.Errorf("keep authorization: %w", err)
		}
		return tx.Create(&code{
			Hash: hashed(secret), AuthorizationID: family.ID, RedirectURI: r.RedirectURI, CodeChallenge: r.CodeChallenge,
			Nonce: r.Nonce, ExpiresAt: now.Add(codeLife),
		}).Error
	})
	if err != nil {
		return err
	}
	s.log.Info("authorized", "user", person.person.ID, "client", r.ClientID, "scope", granted.String(), "request_id", requestID(c))
	if !byCode {
		return s.sendID(c, r, live, person)
	}
	s.send(c, r, url.Values{"code": {secret}})
	return nil
}
