package auth

import (
	"context"
	"errors"

	"github.com/gin-gonic/gin"
	"github.com/golang-jwt/jwt/v5"
)

// introspection is what is told of a live token (RFC 7662 §2.2). A refresh token has neither token_type nor aud, so that
// nobody takes it for an access token.
type introspection struct {
	Active       bool             `json:"active"`
	Scope        string           `json:"scope"` // what is left of it as the person and the application stand at this moment
	ClientID     string           `json:"client_id"`
	TokenType    string           `json:"token_type,omitempty"`
	ExpiresAt    *jwt.NumericDate `json:"exp"`
	IssuedAt     *jwt.NumericDate `json:"iat"`
	Subject      string           `json:"sub"`
	Audience     jwt.ClaimStrings `json:"aud,omitempty"`
	Issuer       string           `json:"iss"`
	ID           string           `json:"jti,omitempty"`
	ACR          string           `json:"acr,omitempty"` // how, and when, the person signed in (RFC 9470 §6.2)
	AuthTime     *jwt.NumericDate `json:"auth_time,omitempty"`
	Confirmation *confirmation    `json:"cnf,omitempty"` // the key that the token is bound to (RFC 9449 §6.2)
}

// inactive is all that is told of any other token, and of one that is not the caller's to know about (RFC 7662 §2.2).
var inactive = gin.H{"active": false}

// Introspect tells how a token stands at this moment (RFC 7662): POST /oauth/introspect. An access token is told to the
// application that it was issued to, and to a machine that an administrator granted its API, which asks as that API does.
// A refresh token is told to its application alone, since no API ever has one to ask about.
func (s *Server) Introspect() gin.HandlerFunc {
	return s.endpoint(failsAs("inspection_failed"), func(c *gin.Context, client *Client, p params) (any, error) {
		if !client.confidential() { // anybody could claim to be it, and try out tokens (RFC 7662 §4)
			return nil, refuse("invalid_client", "Unauthorized").because("client %s is public, and asked about a token", client.ID)
		}
		if p.get("token") == "" {
			return nil, refuse("invalid_request", "Missing required parameter: token")
		}
		found, err := s.introspectAccess(c.Request.Context(), client, p.get("token"))
		as, refused := errors.AsType[*Error](err)
		if refused {
			found, err = s.introspectRefresh(c.Request.Context(), client, p.get("token"))
		}
		if e, refused := errors.AsType[*Error](err); refused {
			s.record(c, about(c).as("token_inactive", "a token was told to be inactive").
				with("as_access_token", as.Cause()).with("as_refresh_token", e.Cause()))
			return inactive, nil
		}
		return found, err
	})
}

func (s *Server) introspectAccess(ctx context.Context, asks *Client, token string) (*introspection, error) {
	policy := s.policy.Load()
	claims, err := s.parseAccess(token)
	if err != nil {
		return nil, err
	}
	a := policy.audienceOf(claims)
	if a == nil || asks.ID != claims.ClientID && !asks.actsFor(a) {
		return nil, refuse("invalid_token", "The token is not the caller's to know about").because("it is client %s's", claims.ClientID)
	}
	if _, err := s.admit(ctx, newVerified(claims), a.ID); err != nil {
		return nil, err
	}
	left, err := s.scopesLeft(ctx, claims, a)
	if err != nil {
		return nil, err
	}
	kind := "Bearer"
	if claims.Confirmation != nil {
		kind = "DPoP"
	}
	return &introspection{
		Active: true, Scope: left.String(), ClientID: claims.ClientID, TokenType: kind, Confirmation: claims.Confirmation, ExpiresAt: claims.ExpiresAt,
		IssuedAt: claims.IssuedAt, Subject: claims.Subject, Audience: claims.Audience, Issuer: claims.Issuer, ID: claims.ID,
		ACR: claims.ACR, AuthTime: claims.AuthTime,
	}, nil
}

// actsFor reports whether an administrator lets the application ask about the tokens of an API, as that API.
func (c *Client) actsFor(a *api) bool {
	_, granted := c.granted(a.ID)
	return granted
}

// audienceOf is the API that a token is for.
func (p *policy) audienceOf(claims *accessClaims) *api {
	for _, name := range claims.Audience {
		if a := p.audiences[name]; a != nil {
			return a
		}
	}
	return nil
}

// scopesLeft is what a token that is alive allows at its API today: less than it says if a role or a grant was taken away.
func (s *Server) scopesLeft(ctx context.Context, claims *accessClaims, a *api) (scopes, error) {
	said, client := parseScopes(claims.Scope), s.policy.Load().client(claims.ClientID)
	machine := claims.GrantTy != ""
	if client == nil || machine && !client.actsFor(a) {
		return nil, refuse("invalid_token", "The application may not act any more").because("client %s has no grant any more", claims.ClientID)
	}
	if machine {
		granted, _ := client.granted(a.ID)
		return said.and(granted), nil
	}
	person, err := s.holder(ctx, claims.Subject)
	if err != nil {
		return nil, err
	}
	return person.of(said, a).and(client.mayAsk(a.ID)), nil
}

func (s *Server) introspectRefresh(ctx context.Context, asks *Client, token string) (*introspection, error) {
	var given refreshToken
	var family authorization
	if err := findRefreshToken(s.db.Read(ctx), hashed(token), asks, &given, &family); err != nil {
		return nil, err
	}
	now := s.now()
	if given.UsedAt != nil || !given.ExpiresAt.After(now) || !family.live(now) || !asks.mayAsk(family.APIID).has("offline_access") {
		return nil, refuse("invalid_grant", unknownRefreshToken).because("used, expired, revoked or not allowed any more, of authorization %s", family.ID)
	}
	person, err := s.holder(ctx, family.UserID)
	if err != nil {
		return nil, err
	}
	return &introspection{
		Active: true, Scope: person.of(family.Scopes.and(asks.mayAsk(family.APIID)), s.policy.Load().apis[family.APIID]).String(), ClientID: asks.ID,
		ExpiresAt: jwt.NewNumericDate(given.ExpiresAt), IssuedAt: jwt.NewNumericDate(given.CreatedAt), Subject: family.UserID,
		Issuer: s.issuer,
	}, nil
}
