package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"slices"
	"strings"

	"punchcard/auth/lang"
)

// publicKey is a key that others made, and the algorithms that it may check signatures of.
type publicKey struct {
	id   string // kid; may be empty
	algs []string
	key  crypto.PublicKey
}

// jwk is a JSON Web Key (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2), as far as it is read.
type jwk struct {
	Kty, Use, Alg, Kid, Crv string
	KeyOps                  []string `json:"key_ops"`
	N, E, X, Y              string
}

// secretMembers are those that only private and shared keys have (RFC 7518 §6.2.2, §6.3.2, §6.4.1).
var secretMembers = []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"}

// givesAway reports whether a key holds a member that nobody but its owner may know, whatever is in it.
func givesAway(key json.RawMessage) bool {
	var members map[string]json.RawMessage
	if json.Unmarshal(key, &members) != nil {
		return false
	}
	for name := range members {
		if slices.Contains(secretMembers, strings.ToLower(name)) {
			return true
		}
	}
	return false
}

const maxKeys = 50 // in a set

var errPrivateKey = lang.Say("holds a private or shared key: publish the public half alone, and make a new pair")

// readJWKS reads the keys of a set that can check signatures. As RFC 7517 §5 has it, keys of other kinds are passed over;
// but one that gives its secret away is no key any more, and spoils the set.
func readJWKS(text []byte) ([]publicKey, error) {
	var set struct{ Keys []json.RawMessage }
	if err := json.Unmarshal(text, &set); err != nil || set.Keys == nil {
		return nil, lang.Say(`is no JSON Web Key Set: {"keys": [{"kty": …}]}`)
	}
	if len(set.Keys) > maxKeys {
		return nil, lang.Say("has more than %d keys", maxKeys)
	}
	var keys []publicKey
	for _, raw := range set.Keys {
		if givesAway(raw) {
			return nil, errPrivateKey
		}
		var j jwk
		if json.Unmarshal(raw, &j) != nil {
			continue
		}
		if k, ok := j.read(); ok {
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return nil, lang.Say("has no key that is read here: RSA of 2048 to 8192 bits, EC P-256 or OKP Ed25519, for signatures")
	}
	return keys, nil
}

func (j jwk) read() (publicKey, bool) {
	k := publicKey{id: j.Kid}
	if j.Use != "" && j.Use != "sig" || j.KeyOps != nil && !slices.Contains(j.KeyOps, "verify") || len(j.Kid) > 255 {
		return k, false
	}
	ok := false
	switch j.Kty + " " + j.Crv {
	case "RSA ":
		k.algs = []string{"RS256", "PS256"}
		k.key, ok = j.rsa()
	case "EC P-256":
		k.algs = []string{"ES256"}
		k.key, ok = j.ec()
	case "OKP Ed25519":
		x, whole := j.bytes(j.X, ed25519.PublicKeySize)
		k.algs, k.key, ok = []string{"EdDSA"}, ed25519.PublicKey(x), whole
	}
	if j.Alg == ed25519Name {
		j.Alg = "EdDSA"
	}
	if j.Alg != "" {
		k.algs = slices.DeleteFunc(k.algs, func(alg string) bool { return alg != j.Alg })
	}
	return k, ok && len(k.algs) > 0
}

// rsa bounds the key: below, it is weak; above, every check would cost this server long.
func (j jwk) rsa() (*rsa.PublicKey, bool) {
	n, errN := base64.RawURLEncoding.DecodeString(j.N)
	e, errE := base64.RawURLEncoding.DecodeString(j.E)
	if errN != nil || errE != nil || len(n) > 8192/8 || len(e) > 4 {
		return nil, false
	}
	k := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
	ok := k.N.BitLen() >= 2048 && k.N.Bit(0) == 1 && k.E >= 3 && k.E < 1<<31 && k.E&1 == 1
	return k, ok
}

func (j jwk) ec() (*ecdsa.PublicKey, bool) {
	x, okX := j.bytes(j.X, 32)
	y, okY := j.bytes(j.Y, 32)
	if !okX || !okY {
		return nil, false
	}
	k, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
	return k, err == nil // the point is on the curve
}

func (jwk) bytes(text string, length int) ([]byte, bool) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	return b, err == nil && len(b) == length
}

// pickKey is the one key of a set that a header means: by its kid or, without one, if only one key is for the algorithm
// (OpenID Connect Core §10.1).
func pickKey(keys []publicKey, kid, alg string) (crypto.PublicKey, bool) {
	var found []publicKey
	for _, k := range keys {
		if slices.Contains(k.algs, alg) && (kid == "" || k.id == kid) {
			found = append(found, k)
		}
	}
	if len(found) != 1 {
		return nil, false
	}
	return found[0].key, true
}
