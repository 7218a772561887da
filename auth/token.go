package auth

import (
	"cmp"
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

// exchanges are the types of events of each grant, when it gives tokens and when it doesn't.
var exchanges = map[string]struct{ done, failed string }{
	"authorization_code": {"seacft", "feacft"},
	"refresh_token":      {"sertft", "fertft"},
	"client_credentials": {"seccft", "feccft"},
	deviceGrant:          {"sede", "fede"},
}

var grants = map[string]grant{
	"authorization_code": (*Server).redeemCode,
	"refresh_token":      (*Server).refresh,
	"client_credentials": (*Server).clientCredentials,
	deviceGrant:          (*Server).redeemDevice,
}

// Token is the token endpoint: POST /oauth/token.
func (s *Server) Token() gin.HandlerFunc {
	return s.endpoint(failsByGrant, func(c *gin.Context, client *Client, p params) (any, error) {
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
		p.host, p.about = c.Request.Host, about(c)
		answer, err := grant(s, c.Request.Context(), client, p)
		if err == nil {
			p.about.Scope = answer.Scope
			s.record(c, p.about.as(exchanges[name].done, "tokens issued").with("grant_type", name))
		}
		return answer, err
	})
}

// failsByGrant is the type of event of a token request that fails.
func failsByGrant(p params) string { return cmp.Or(exchanges[p.get("grant_type")].failed, "refused") }

// failsAs is the type of event of a request that fails, whatever it asks for.
func failsAs(kind string) func(params) string { return func(params) string { return kind } }

// endpoint serves what applications call: form or JSON in, the client authenticated, JSON out, nothing stored on the way
// (RFC 6749 §5.1). An answer of nil is an empty one. What fails is recorded under the type that fails tells.
func (s *Server) endpoint(fails func(params) string, answer func(c *gin.Context, client *Client, p params) (any, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		noStore(c)
		c.Header("DPoP-Nonce", s.DPoPNonce())
		body, err := s.answerClient(c, fails, answer)
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

func (s *Server) answerClient(c *gin.Context, fails func(params) string, answer func(*gin.Context, *Client, params) (any, error)) (any, error) {
	p, err := readBody(c.Request)
	about(c).Type = fails(p)
	if err != nil {
		return nil, err
	}
	if err := p.once(); err != nil {
		return nil, err
	}
	client, err := s.admitClient(c, p)
	if err != nil {
		return nil, s.clientRefusal(c, p, err)
	}
	about(c).ClientID = client.ID
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
	ruled    *ruled // what rules made of the code; nil: they have yet to run
}

func (i *issuing) occasion(a *api, granted scopes) occasion {
	return occasion{
		protocol: i.protocol, client: i.client, person: i.person, api: a, granted: granted, authTime: i.family.AuthTime,
		session: i.session, about: i.request.about, host: i.request.host, body: i.request.shown(), denial: "invalid_grant",
	}
}

// issue signs the tokens. What the person or the application may do no more is dropped here, at every issue.
func (s *Server) issue(ctx context.Context, i issuing) (*tokenResponse, error) {
	a := s.policy.Load().apis[i.family.APIID]
	if a == nil {
		return nil, refuse("invalid_grant", "The service is gone")
	}
	i.request.about.Audience = a.Audience
	granted := i.person.of(i.scopes.and(i.client.mayAsk(a.ID)), a)
	after, err := s.judged(ctx, i.occasion(a, granted), i.ruled)
	if err != nil {
		return nil, err
	}
	if granted.has("offline_access") && !after.Scopes.has("offline_access") {
		i.refresh = ""
	}
	granted = after.Scopes
	now := s.now()
	bound, tokenType := confirm(i.key)
	access, err := s.signAccess(a, accessClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: s.issuer, Subject: i.family.UserID, Audience: s.audiences(a, granted), ID: newJTI(i.family.ID),
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(a.life())),
		},
		ClientID: i.client.ID, AZP: i.client.ID, Scope: granted.String(),
		AuthTime: jwt.NewNumericDate(i.family.AuthTime), ACR: passwordACR, AMR: passwordAMR, SID: i.session,
		Confirmation: bound, more: after.Access, Permits: i.person.claimed(a),
	})
	if err != nil {
		return nil, err
	}
	answer := &tokenResponse{
		AccessToken: access, TokenType: tokenType, ExpiresIn: a.AccessTokenLifetime, Scope: granted.String(), RefreshToken: i.refresh,
	}
	if granted.has("openid") {
		answer.IDToken, err = s.signID(identity{
			client: i.client, person: &i.person.person, scopes: granted, claims: i.family.told(i.family.Claims.IDToken, i.client, granted),
			authTime: i.family.AuthTime, session: i.session, nonce: i.nonce, access: access, more: after.ID,
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
