package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"

	"github.com/golang-jwt/jwt/v5"
)

// accessClaims are an access token's (RFC 9068 §2.2). Whoever verifies one here reads the same struct.
type accessClaims struct {
	jwt.RegisteredClaims
	ClientID string           `json:"client_id"`
	AZP      string           `json:"azp"`
	Scope    string           `json:"scope"`
	Permits  []string         `json:"permissions,omitempty"` // all that the person's roles permit at the API, if it asks for that
	GrantTy  string           `json:"gty,omitempty"`         // "client-credentials" where an application acts for itself
	AuthTime *jwt.NumericDate `json:"auth_time,omitempty"`
	ACR      string           `json:"acr,omitempty"`
	AMR      []string         `json:"amr,omitempty"`
	SID      string           `json:"sid,omitempty"`

	Confirmation *confirmation `json:"cnf,omitempty"` // RFC 7800 §3.1

	more claims // of rules

	kid string // of the key that verified it
}

// jti names an access token. What stands before the dot names the authorization that it came of, so that one signal can
// end all tokens of a family without a row for each.
func newJTI(authorization string) string { return authorization + "." + rand.Text() }

// audiences are whom an access token is for: the API, and the UserInfo endpoint if OpenID Connect was asked for.
func (s *Server) audiences(a *api, granted scopes) jwt.ClaimStrings {
	if granted.has("openid") {
		return jwt.ClaimStrings{a.Audience, s.issuer + "userinfo"}
	}
	return jwt.ClaimStrings{a.Audience}
}

func (s *Server) signAccess(a *api, claims accessClaims) (string, error) {
	return s.sign(a.SigningAlg, "at+jwt", claims)
}

// sign makes a JWT with the algorithm's key of the moment.
func (s *Server) sign(alg, typ string, claims jwt.Claims) (string, error) {
	key := s.keys.signer(alg, s.now())
	if key == nil {
		return "", fmt.Errorf("there is no key to sign with %s", alg)
	}
	token := jwt.NewWithClaims(algorithms[alg].method, claims)
	token.Header["typ"], token.Header["kid"] = typ, key.ID
	signed, err := token.SignedString(key.private)
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return signed, nil
}

// atHash ties an ID token to the access token that it came with, by the hash of the ID token's own algorithm (OpenID Connect
// Core §3.1.3.6): SHA-256, or SHA-512 where Ed25519 has it inside.
func atHash(alg, accessToken string) string {
	short := sha256.Sum256([]byte(accessToken))
	sum := short[:]
	if alg == "EdDSA" {
		long := sha512.Sum512([]byte(accessToken))
		sum = long[:]
	}
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}
