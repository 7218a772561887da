package auth

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
)

// secrets are the keys that the secret file gives, one for each purpose (HKDF, RFC 5869).
type secrets struct {
	keys    []byte // encrypts the private signing keys
	refresh []byte // makes the successor of a refresh token
	csrf    []byte // ties a form to the browser that it was shown to

	userCodes []byte // hides the codes that devices show
	nonces    []byte // makes the nonces for DPoP proofs
	configs   []byte // encrypts what administrators tell rules
}

func deriveSecrets(master []byte) (secrets, error) {
	if len(master) < 32 {
		return secrets{}, fmt.Errorf("the secret has %d bytes; it takes at least 32", len(master))
	}
	var all secrets
	for purpose, key := range map[string]*[]byte{
		"signing keys": &all.keys, "refresh tokens": &all.refresh, "forms": &all.csrf,
		"user codes":  &all.userCodes,
		"DPoP nonces": &all.nonces, "configuration of rules": &all.configs,
	} {
		derived, err := hkdf.Key(sha256.New, master, nil, "punchcard auth: "+purpose, 32)
		if err != nil {
			return secrets{}, fmt.Errorf("derive the key for %s: %w", purpose, err)
		}
		*key = derived
	}
	return all, nil
}

// newSecret is 256 random bits, base64url: codes, refresh tokens, cookies, client secrets.
func newSecret() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// hashed is how a secret of 256 random bits is stored: its SHA-256 in hex. It needs no salt and no slow hash, since it
// can't be guessed, and being looked up by its hash it needs no comparison either.
func hashed(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, message string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(message))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}
