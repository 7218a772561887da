package auth

import (
	"context"
	"fmt"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"
)

// confirmation names the key whose holder alone may use an access token (RFC 9449 §6.1); nil where any bearer may.
type confirmation struct {
	JKT string `json:"jkt"`
}

// confirm binds a token to the key that its request proved, if it proved one, and gives the token's type.
func confirm(key string) (*confirmation, string) {
	if key == "" {
		return nil, "Bearer"
	}
	return &confirmation{JKT: key}, "DPoP"
}

// provenKey is the thumbprint of the key that a token request proves (RFC 9449 §5); empty if it doesn't try to.
func (s *Server) provenKey(c *gin.Context) (string, error) {
	given := c.Request.Header.Values("DPoP")
	if len(given) == 0 {
		return "", nil
	}
	return s.prove(c.Request.Context(), Proof{Given: given, Method: c.Request.Method, Path: c.Request.URL.Path}, "", "")
}

// readableKey takes the key that alone may redeem the code (RFC 9449 §10).
func readableKey(_ *Server, p params, r *authorizationRequest) error {
	if r.DPoPJKT = p.get("dpop_jkt"); r.DPoPJKT != "" && !challenge.MatchString(r.DPoPJKT) {
		return refuse("invalid_request", "The dpop_jkt must be the base64url of a SHA-256 thumbprint, 43 characters")
	}
	return nil
}

// heldBy reports whether a request that proves the key, or none if that is empty, may go on with an authorization.
func (a *authorization) heldBy(key string) bool { return a.DPoPJKT == "" || a.DPoPJKT == key }

// bind ties the refresh tokens of a public client to the key that its request proved (RFC 9449 §5). Those of a confidential
// one are tied to its secret, so that it can change its key.
func (a *authorization) bind(tx *gorm.DB, client *Client, key string) error {
	if client.confidential() {
		key = ""
	}
	if a.DPoPJKT == key {
		return nil
	}
	if err := tx.Model(a).Update("dpop_jkt", key).Error; err != nil {
		return fmt.Errorf("bind authorization to a key: %w", err)
	}
	return nil
}

// VerifyProven is Verify for a token that came with the scheme DPoP (RFC 9449 §7.1): it must be bound to the key that the
// request proves. What is wrong with the token is an *Error invalid_token; with the proof, invalid_dpop_proof; and an
// *Error use_dpop_nonce asks for another proof, which holds DPoPNonce.
func (s *Server) VerifyProven(ctx context.Context, token, api string, p Proof) (Caller, error) {
	known, err := s.recognize(token)
	if err != nil {
		return Caller{}, err
	}
	bound := known.claims.Confirmation
	if bound == nil {
		return Caller{}, refuse("invalid_token", "The access token is not bound to a key: send it with the scheme Bearer")
	}
	by, err := s.admit(ctx, known, api)
	if err != nil {
		return Caller{}, err
	}
	if _, err := s.prove(ctx, p, token, bound.JKT); err != nil {
		return Caller{}, err
	}
	return by, nil
}

// ProofAlgs are the names of the algorithms that others can sign with: proofs, and assertions.
func ProofAlgs() []string { return append(methods[:len(methods):len(methods)], ed25519Name) }
