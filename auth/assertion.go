package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// jwtAssertion is the only type of assertion that is taken (RFC 7523 §2.2).
const jwtAssertion = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// assertionLife is how far ahead an assertion may expire at most. For so long it is remembered, to be taken once only.
const assertionLife = 10 * time.Minute

// clientAssertion is one that was taken.
type clientAssertion struct {
	Hash      string `gorm:"primaryKey"` // of client_id and jti
	ExpiresAt time.Time
}

// byAssertion finds the application that a request's client_assertion proves (private_key_jwt: RFC 7521 §4.2, RFC 7523 §3,
// OpenID Connect Core §9).
func (s *Server) byAssertion(r *http.Request, p params) (*Client, error) {
	switch {
	case r.Header.Get("Authorization") != "" || p.get("client_secret") != "":
		return nil, refuse("invalid_request", "The client must authenticate in one way only")
	case p.get("client_assertion_type") != jwtAssertion:
		return nil, refuse("invalid_request", "The client_assertion_type must be "+jwtAssertion)
	case p.get("client_assertion") == "":
		return nil, refuse("invalid_request", "Missing required parameter: client_assertion")
	}
	client, claims, err := s.readAssertion(r.Context(), p.get("client_assertion"), p.get("client_id"))
	if err != nil {
		return nil, refuse("invalid_client", "Unauthorized").because("client assertion: %v", err)
	}
	return client, s.spendAssertion(r.Context(), client, claims)
}

// readAssertion checks all of an assertion but whether it comes for the first time. Named is the client_id beside it, if
// there was one.
func (s *Server) readAssertion(ctx context.Context, text, named string) (*Client, *jwt.RegisteredClaims, error) {
	if len(text) > maxToken {
		return nil, nil, fmt.Errorf("it has %d bytes", len(text))
	}
	var client *Client
	claims := &jwt.RegisteredClaims{}
	_, err := jwt.NewParser(
		jwt.WithValidMethods(methods), jwt.WithStrictDecoding(), jwt.WithExpirationRequired(), jwt.WithIssuedAt(),
		jwt.WithAudience(s.issuer), jwt.WithTimeFunc(s.now), jwt.WithLeeway(skew),
	).ParseWithClaims(text, claims, func(t *jwt.Token) (any, error) {
		if named != "" && named != claims.Subject {
			return nil, fmt.Errorf("its subject is not the client_id %q", shortened(named))
		}
		if client = s.policy.Load().client(claims.Subject); client == nil || !client.signs() {
			return nil, fmt.Errorf("client %q is unknown, disabled, or has no keys", shortened(claims.Subject))
		}
		// Before any key is fetched for it: nobody but the application should cause that, as far as can be told.
		if err := s.assertionMistake(claims, t.Header); err != nil {
			return nil, err
		}
		kid, _ := t.Header["kid"].(string)
		return s.keyOfClient(ctx, client, kid, t.Method.Alg())
	})
	return client, claims, err
}

// assertionMistake is what the parser doesn't look at. The audience is this server and nobody else: what was made for two
// could be passed on by the one to the other (draft-ietf-oauth-rfc7523bis §4).
func (s *Server) assertionMistake(claims *jwt.RegisteredClaims, header map[string]any) error {
	typ, _ := header["typ"].(string)
	now, soon := s.now(), s.now().Add(assertionLife)
	switch {
	case claims.Issuer != claims.Subject:
		return errors.New("iss and sub differ")
	case len(claims.Audience) != 1 || claims.Audience[0] != s.issuer:
		return fmt.Errorf("aud is %q, and must be %s alone", claims.Audience, s.issuer)
	case claims.ExpiresAt == nil || !claims.ExpiresAt.After(now):
		return errors.New("it expired, or has no exp")
	case claims.ExpiresAt.After(soon):
		return fmt.Errorf("exp is more than %s ahead", assertionLife)
	case claims.ID == "" || len(claims.ID) > 255:
		return errors.New("jti is missing or too long")
	case header["crit"] != nil || header["b64"] != nil:
		return errors.New("its header demands an extension (RFC 7515 §4.1.11)")
	case header["typ"] != nil && !strings.EqualFold(typ, "JWT") && !strings.EqualFold(typ, "client-authentication+jwt"):
		return errors.New("it is another type of token")
	}
	return nil
}

// spendAssertion takes an assertion once, on whichever instance it comes first.
func (s *Server) spendAssertion(ctx context.Context, client *Client, claims *jwt.RegisteredClaims) error {
	fresh := false
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		taken := clientAssertion{Hash: hashed(client.ID + "\n" + claims.ID), ExpiresAt: claims.ExpiresAt.UTC()}
		done := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&taken)
		fresh = done.RowsAffected == 1
		return done.Error
	})
	if err != nil {
		return fmt.Errorf("take a client assertion: %w", err)
	}
	if !fresh {
		return refuse("invalid_client", "Unauthorized").because("client %s sent an assertion again", client.ID)
	}
	return nil
}
