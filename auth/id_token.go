package auth

import (
	"errors"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/golang-jwt/jwt/v5"
)

// idClaims are an ID token's (OpenID Connect Core §2).
type idClaims struct {
	jwt.RegisteredClaims
	AZP      string           `json:"azp"`
	Nonce    string           `json:"nonce,omitempty"`
	AuthTime *jwt.NumericDate `json:"auth_time"`
	ACR      string           `json:"acr"`
	AMR      []string         `json:"amr"`
	SID      string           `json:"sid,omitempty"`
	AtHash   string           `json:"at_hash,omitempty"` // absent where there is no access token
	profile

	more claims // of rules
}

const (
	idTokenLife = time.Hour
	idTokenType = "JWT"
)

// identity is what an ID token says: who signed in to which application, when, and in which session.
type identity struct {
	client   *Client
	person   *Person
	scopes   scopes
	claims   []string // beside those of the scopes
	authTime time.Time
	session  string // sid; empty once the session ended
	nonce    string
	access   string // the access token that comes with it; empty for none
	more     claims // of rules
}

func (s *Server) signID(i identity) (string, error) {
	now := s.now()
	claims := idClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: s.issuer, Subject: i.person.ID, Audience: jwt.ClaimStrings{i.client.ID},
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(idTokenLife)),
		},
		AZP: i.client.ID, Nonce: i.nonce, AuthTime: jwt.NewNumericDate(i.authTime), ACR: passwordACR, AMR: passwordAMR,
		SID: i.session, profile: profileOf(i.person, i.scopes, i.claims...), more: i.more,
	}
	if i.access != "" {
		claims.AtHash = atHash(i.client.IDTokenAlg, i.access)
	}
	return s.sign(i.client.IDTokenAlg, idTokenType, claims)
}

// parseID reads an ID token of this server that somebody shows as a hint of who is meant. It may have expired long ago
// (OpenID Connect Core §3.1.2.1).
func (s *Server) parseID(token string) (*idClaims, error) {
	claims := &idClaims{}
	if len(token) > maxToken {
		return nil, errors.New("too long")
	}
	_, err := jwt.NewParser(jwt.WithValidMethods(methods), jwt.WithStrictDecoding(), jwt.WithoutClaimsValidation()).
		ParseWithClaims(token, claims, s.keyOf(idTokenType))
	if err != nil {
		return nil, err
	}
	if claims.Issuer != s.issuer || claims.Subject == "" || len(claims.Audience) != 1 {
		return nil, errors.New("it is no ID token of this server")
	}
	return claims, nil
}

// sendID answers an authorization request with an ID token alone (OpenID Connect Core §3.2.2.5): the application learns who
// signed in, and may call nothing.
func (s *Server) sendID(c *gin.Context, r authorizationRequest, o occasion, after *ruled) error {
	i := identity{
		client: o.client, person: &o.person.person, scopes: o.granted, claims: r.Claims.IDToken, authTime: o.authTime, session: o.session, nonce: r.Nonce,
	}
	if after != nil {
		i.scopes, i.more = after.Scopes, after.ID
	}
	if !i.scopes.has("openid") {
		s.sendRefusal(c, r, refuse(o.denial, "A rule of this server denies the scope openid, without which there is no ID token"))
		return nil
	}
	token, err := s.signID(i)
	if err != nil {
		return err
	}
	s.send(c, r, url.Values{"id_token": {token}})
	return nil
}
