package auth

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	maxToken = 8 << 10     // bytes; none of ours comes near
	skew     = time.Minute // how far another instance's clock may be ahead
)

// Verify tells who calls an API of this binary (Timesheets, Management; empty: any of those that tokens are issued for)
// with an access token, as the application and the person stand at this moment.
// It checks, in this order: that the token is a well-formed JWT of ours, its signature, exp, iss and aud (RFC 9068 §4),
// and then what only the server that issued it can know: that neither the token nor what it came of was revoked, and that
// application and person may still act. Scopes are for the route to check, by Caller.May.
//
// A token that fails is refused with an *Error invalid_token, and so is one that is bound to a key, which takes VerifyProven.
// Any other error is a fault of the server.
func (s *Server) Verify(ctx context.Context, token, api string) (Caller, error) {
	known, err := s.recognize(token)
	if err != nil {
		return Caller{}, err
	}
	if known.claims.Confirmation != nil {
		return Caller{}, refuse("invalid_token", "The access token is bound to a key: send it with the scheme DPoP and a proof")
	}
	return s.admit(ctx, known, api)
}

// recognize is what a token says by itself, from memory if it was checked before.
func (s *Server) recognize(token string) (*verifiedToken, error) {
	sum := sha256.Sum256([]byte(token))
	known, ok := s.verified.get(sum)
	if !ok {
		claims, err := s.parseAccess(token)
		if err != nil {
			return nil, err
		}
		known = newVerified(claims)
		s.verified.keep(sum, known, s.now())
	}
	return known, nil
}

// admit decides about a token whose signature and claims are in order, which never changes, by what can change.
func (s *Server) admit(ctx context.Context, t *verifiedToken, api string) (Caller, error) {
	claims := t.claims
	if !s.now().Before(claims.ExpiresAt.Time) {
		return Caller{}, refuse("invalid_token", "The access token expired").because("expired at %s", claims.ExpiresAt.UTC())
	}
	if s.dead.any(t.dieWith[:]...) {
		return Caller{}, refuse("invalid_token", "The access token was revoked").because("revoked, jti %s", claims.ID)
	}
	if s.keys.find(claims.kid) == nil {
		return Caller{}, refuse("invalid_token", "The access token is not valid here").because("its key %s was revoked", claims.kid)
	}
	policy := s.policy.Load()
	a := policy.audienceOf(claims)
	if a == nil || api != "" && a.ID != api {
		return Caller{}, refuse("invalid_token", "The access token is for another service").because("its aud is %q", claims.Audience)
	}
	if policy.issuedTooEarly(t) {
		return Caller{}, refuse("invalid_token", "The access token was revoked").because("it is of %s, before tokens were revoked", claims.IssuedAt.UTC())
	}
	client := policy.client(claims.ClientID)
	if client == nil {
		return Caller{}, refuse("invalid_token", "The application may not act any more").because("client %s is gone or disabled", claims.ClientID)
	}
	if claims.GrantTy != "" {
		granted, _ := client.granted(a.ID)
		return Caller{Client: client.ID, Token: claims.ID, Scopes: parseScopes(claims.Scope).and(granted), Today: s.today()}, nil
	}
	person, err := s.standing(ctx, claims.Subject)
	if err != nil {
		return Caller{}, err
	}
	if person == nil || person.person.Blocked {
		return Caller{}, refuse("invalid_token", "The person may not act any more").because("user %s is gone or blocked", claims.Subject)
	}
	return t.caller(person, client, a), nil
}

// parseAccess checks all of an access token that its text alone can tell. Which API it is for can change, and is admit's to
// look at.
func (s *Server) parseAccess(token string) (*accessClaims, error) {
	if len(token) > maxToken {
		return nil, refuse("invalid_token", "The access token is too long to be one of this server").because("%d bytes", len(token))
	}
	claims := &accessClaims{}
	parsed, err := jwt.NewParser(
		jwt.WithValidMethods(methods), jwt.WithStrictDecoding(), jwt.WithExpirationRequired(),
		jwt.WithIssuer(s.issuer), jwt.WithTimeFunc(s.now),
	).ParseWithClaims(token, claims, s.keyOf("at+jwt"))
	if err != nil {
		return nil, refuse("invalid_token", "The access token is not valid here").because("%v", err)
	}
	if claims.IssuedAt == nil || claims.IssuedAt.After(s.now().Add(skew)) || claims.ID == "" || claims.Subject == "" {
		return nil, refuse("invalid_token", "The access token is not valid here").because("a claim is missing, or it is from the future")
	}
	claims.kid, _ = parsed.Header["kid"].(string)
	return claims, nil
}

// keyOf finds the key of a token whose header is exactly as we write it: no other algorithm than the key's own, no other
// type of token, no embedded keys, no extensions (RFC 8725 §3.1, §3.10, §3.11).
func (s *Server) keyOf(typ string) jwt.Keyfunc {
	return func(t *jwt.Token) (any, error) {
		if len(t.Header) != 3 || t.Header["typ"] != typ {
			return nil, fmt.Errorf("its header isn't that of a token of type %s", typ)
		}
		kid, _ := t.Header["kid"].(string)
		key := s.keys.find(kid)
		if key == nil || t.Header["alg"] != key.Alg {
			return nil, fmt.Errorf("its key is not one of this server")
		}
		return key.private.Public(), nil
	}
}

var methods = sortedNames(algorithms)
