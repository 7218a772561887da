package auth

import (
	"crypto/sha256"
	"encoding/base64"
)

// challengeOf is the code_challenge of a verifier (RFC 7636 §4.2).
func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
