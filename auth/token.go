package auth

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"
	"github.com/golang-jwt/jwt/v5"
)

// tokenResponse is the answer to a token request (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3).
type tokenResponse struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"` // seconds
	Scope        string `json:"scope"`
	IDToken      string `json:"id_token,omitempty"`
	RefreshToken string `json:"refresh_token,omitempty"`
}

// grant answers a token request of one grant type for an application that authenticated itself.
type grant func(s *Server, ctx context.Context, client *Client, p params) (*tokenResponse, error)

var grants = map[string]grant{
	"authorization_code": (*Server).redeemCode,
	"refresh_token":      (*Server).refresh,
	"client_credentials": (*Server).clientCredentials,
	deviceGrant:          (*Server).redeemDevice,
}

// Token is the token endpoint: POST /oauth/token.
func (s *Server) Token() gin.HandlerFunc {
	return s.endpoint(func(c *gin.Context, client *Client, p params) (any, error) {
		name := p.get("grant_type")
		grant, ok := grants[name]
		switch {
		case name == "":
			return nil, refuse("invalid_request", "Missing required parameter: grant_type")
		case !ok:
			return nil, refuse("unsupported_grant_type", "Grant type not supported")
		case !client.may(name):
			return nil, refuse("unauthorized_client", "Grant type '"+name+"' not allowed for the client.")
		}
		var err error
		if p.key, err = s.provenKey(c); err != nil {
			return nil, err
		}
		p.from = sender{address: c.ClientIP(), host: c.Request.Host, userAgent: c.Request.UserAgent()}
		answer, err := grant(s, c.Request.Context(), client, p)
		if err == nil {
			s.log.Info("tokens issued", "grant_type", name, "client", client.ID, "scope", answer.Scope, "request_id", requestID(c))
		}
		return answer, err
	})
}

// endpoint serves what applications call: form or JSON in, the client authenticated, JSON out, nothing stored on the way
// (RFC 6749 §5.1). An answer of nil is an empty one.
func (s *Server) endpoint(answer func(c *gin.Context, client *Client, p params) (any, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		noStore(c)
		c.Header("DPoP-Nonce", s.DPoPNonce())
		body, err := s.answerClient(c, answer)
		switch {
		case err != nil:
			s.tell(c, err)
		case body == nil:
			c.Status(http.StatusOK)
		case isCreated(body):
			c.JSON(http.StatusCreated, body)
		default:
			c.JSON(http.StatusOK, body)
		}
	}
}

func (s *Server) answerClient(c *gin.Context, answer func(*gin.Context, *Client, params) (any, error)) (any, error) {
	p, err := readBody(c.Request)
	if err != nil {
		return nil, err
	}
	if err := p.once(); err != nil {
		return nil, err
	}
	client, err := s.admitClient(c, p)
	if err != nil {
		return nil, err
	}
	return answer(c, client, p)
}

// issuing is all that tokens for a person are made of.
type issuing struct {
	family  *authorization
	client  *Client
	person  *standing
	scopes  scopes // at most the family's
	nonce   string // for the ID token; empty after a refresh (OpenID Connect Core §12.2)
	session string // sid; empty once the session ended
	refresh string
	key     string // thumbprint of the key that the request proved; empty: none

	protocol string // what rules know the grant by: "oidc-basic-profile", "oauth2-refresh-token", "oauth2-device-code"
	request  params
}

// issue signs the tokens. What the person or the application may do no more is dropped here, at every issue.
func (s *Server) issue(ctx context.Context, i issuing) (*tokenResponse, error) {
	a := s.policy.Load().apis[i.family.APIID]
	if a == nil {
		return nil, refuse("invalid_grant", "The service is gone")
	}
	granted := i.person.of(i.scopes.and(i.client.mayAsk(a.ID)), a)
	after, err := s.rule(ctx, &i, a, granted)
	if err != nil {
		return nil, err
	}
	if granted.has("offline_access") && !after.scopes.has("offline_access") {
		i.refresh = ""
	}
	granted = after.scopes
	now := s.now()
	bound, tokenType := confirm(i.key)
	access, err := s.signAccess(a, accessClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: s.issuer, Subject: i.family.UserID, Audience: s.audiences(a, granted), ID: newJTI(i.family.ID),
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(a.life())),
		},
		ClientID: i.client.ID, AZP: i.client.ID, Scope: granted.String(),
		AuthTime: jwt.NewNumericDate(i.family.AuthTime), AMR: []string{"pwd"}, SID: i.session,
		Confirmation: bound, more: after.access, Permits: i.person.claimed(a),
	})
	if err != nil {
		return nil, err
	}
	answer := &tokenResponse{
		AccessToken: access, TokenType: tokenType, ExpiresIn: a.AccessTokenLifetime, Scope: granted.String(), RefreshToken: i.refresh,
	}
	if granted.has("openid") {
		answer.IDToken, err = s.signID(identity{
			client: i.client, person: &i.person.person, scopes: granted, authTime: i.family.AuthTime, session: i.session,
			nonce: i.nonce, access: access, more: after.id,
		})
	}
	return answer, err
}

// holder is the person that a grant is for, if they and the application may still act.
func (s *Server) holder(ctx context.Context, user string) (*standing, error) {
	person, err := s.standing(ctx, user)
	if err != nil {
		return nil, fmt.Errorf("holder of a grant: %w", err)
	}
	if person == nil || person.person.Blocked {
		return nil, refuse("invalid_grant", "The person may not sign in any more").because("user %s is gone or blocked", user)
	}
	return person, nil
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
