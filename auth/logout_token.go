package auth

import (
	"crypto/rand"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// logoutClaims are a logout token's (OpenID Connect Back-Channel Logout §2.4). It has no nonce, so that it can't be taken
// for an ID token.
type logoutClaims struct {
	jwt.RegisteredClaims
	SID    string              `json:"sid,omitempty"`
	Events map[string]struct{} `json:"events"`
}

const (
	logoutTokenType = "logout+jwt"
	logoutTokenLife = 2 * time.Minute
	logoutEvent     = "http://schemas.openid.net/event/backchannel-logout"
)

// signLogout makes the logout token of one attempt. Each has a jti of its own: who took one whose answer was lost would
// refuse it as a replay.
func (s *Server) signLogout(d *logoutDelivery) (string, error) {
	now := s.now()
	return s.sign(idTokenAlg, logoutTokenType, logoutClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: s.issuer, Subject: d.UserID, Audience: jwt.ClaimStrings{d.ClientID}, ID: rand.Text(),
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(logoutTokenLife)),
		},
		SID: d.SessionID, Events: map[string]struct{}{logoutEvent: {}},
	})
}
