package auth

import (
	"context"
	"crypto/rand"

	"github.com/golang-jwt/jwt/v5"
)

// clientCredentials issues a token to an application that acts for itself (RFC 6749 §4.4), as far as an administrator
// granted it. There is no person, so there is neither a refresh token nor an ID token.
func (s *Server) clientCredentials(_ context.Context, client *Client, p params) (*tokenResponse, error) {
	a, err := s.requestedAPI(p)
	if err != nil {
		return nil, err
	}
	p.about.Audience = a.Audience
	allowed, ok := client.granted(a.ID)
	if !ok {
		return nil, refuse("unauthorized_client", `Client is not authorized to access '`+a.Audience+`'. An administrator can grant it.`)
	}
	granted := allowed
	if !wellFormedScope(p.get("scope")) {
		return nil, refuse("invalid_scope", "The scope has characters that no scope has")
	}
	if asked := parseScopes(p.get("scope")); len(asked) > 0 {
		if beyond := asked.without(allowed); len(beyond) > 0 {
			return nil, refuse("invalid_scope", "Client has not been granted scopes: "+beyond.String())
		}
		granted = asked
	}
	now := s.now()
	bound, tokenType := confirm(p.key)
	access, err := s.signAccess(a, accessClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: s.issuer, Subject: Caller{Client: client.ID}.Subject(), Audience: jwt.ClaimStrings{a.Audience}, ID: rand.Text(),
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(a.life())),
		},
		ClientID: client.ID, AZP: client.ID, Scope: granted.String(), GrantTy: "client-credentials", Confirmation: bound,
	})
	if err != nil {
		return nil, err
	}
	return &tokenResponse{AccessToken: access, TokenType: tokenType, ExpiresIn: a.AccessTokenLifetime, Scope: granted.String()}, nil
}
