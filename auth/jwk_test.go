package auth

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
)

func TestKeysThatOthersMadeAreRead(t *testing.T) {
	for alg, k := range signerKeys() {
		keys, err := readJWKS([]byte(jwksOf(k)))
		if err != nil || len(keys) != 1 || !slices.Equal(keys[0].algs, []string{alg}) || keys[0].id != k.ID {
			t.Errorf("%s: got %+v, %v", alg, keys, err)
			continue
		}
		if same, ok := keys[0].key.(interface{ Equal(any) bool }); ok && !same.Equal(k.private.Public()) {
			t.Errorf("%s: another key was read", alg)
		}
	}
	whole := jwksOf(signerKeys()["RS256"], signerKeys()["ES256"])
	if keys, err := readJWKS([]byte(strings.Replace(whole, `{"alg"`, `{"kty":"future","kid":7},{"alg"`, 1))); err != nil || len(keys) != 2 {
		t.Errorf("beside a key of another kind: %v %v", keys, err)
	}
}

func TestConformanceKeysThatCannotBeUsedAreRefused(t *testing.T) {
	holds(t, "C-19")
	b64 := base64.RawURLEncoding.EncodeToString
	change := func(alg string, pairs ...string) string {
		j := maps.Clone(signerKeys()[alg].jwk())
		for i := 0; i < len(pairs); i += 2 {
			if j[pairs[i]] = pairs[i+1]; pairs[i+1] == "" {
				delete(j, pairs[i])
			}
		}
		text, _ := json.Marshal(map[string]any{"keys": []any{j}})
		return string(text)
	}
	odd := func(bits uint) string {
		return b64(new(big.Int).SetBit(big.NewInt(1), int(bits-1), 1).Bytes())
	}
	for name, text := range map[string]string{
		"no JSON":               "x",
		"a list":                "[]",
		"no keys":               `{}`,
		"an empty list":         `{"keys":[]}`,
		"null":                  `{"keys":null}`,
		"a key without a set":   `{"kty":"EC"}`,
		"too many":              `{"keys":[` + strings.TrimSuffix(strings.Repeat(`{},`, maxKeys+1), ",") + `]}`,
		"RSA of 1024 bits":      change("RS256", "n", odd(1024)),
		"RSA of 2047 bits":      change("RS256", "n", odd(2047)),
		"RSA of 16384 bits":     change("RS256", "n", odd(16384)),
		"an even modulus":       change("RS256", "n", b64(new(big.Int).Lsh(big.NewInt(1), 2047).Bytes())),
		"exponent 1":            change("RS256", "e", "AQ"),
		"an even exponent":      change("RS256", "e", "AQAA"),
		"a long exponent":       change("RS256", "e", "AQAAAAAB"),
		"a padded modulus":      change("RS256", "n", odd(2048)+"=="),
		"a point off the curve": change("ES256", "x", b64(make([]byte, 32))),
		"a short coordinate":    change("ES256", "x", b64(make([]byte, 31))),
		"another curve":         change("ES256", "crv", "P-384"),
		"RSA with a curve":      change("RS256", "crv", "P-256"),
		"a short Ed25519 key":   change("EdDSA", "x", b64(make([]byte, 31))),
		"X25519":                change("EdDSA", "crv", "X25519"),
		"for encryption":        change("ES256", "use", "enc"),
		"another algorithm":     change("ES256", "alg", "ES384"),
		"an algorithm of RSA":   change("ES256", "alg", "RS256"),
		"HS256 by an RSA key":   change("RS256", "alg", "HS256"),
		"a private key":         change("ES256", "d", "AAAA"),
		"private in capitals":   change("ES256", "D", "AAAA"),
		"a prime alone":         change("RS256", "q", "AAAA"),
		"a part of a private":   change("RS256", "dp", "AAAA"),
		"a private number":      strings.Replace(jwksOf(signerKeys()["RS256"]), `{"alg"`, `{"d":5,"alg"`, 1),
		"a shared key":          `{"keys":[{"kty":"oct","k":"c2VjcmV0","alg":"HS256"}]}`,
		"a private one beside":  strings.Replace(jwksOf(signerKeys()["RS256"]), `{"alg"`, `{"kty":"EC","d":"AAAA"},{"alg"`, 1),
	} {
		if keys, err := readJWKS([]byte(text)); err == nil {
			t.Errorf("C-19 %s: got %+v", name, keys)
		}
	}
	ops := strings.Replace(jwksOf(signerKeys()["ES256"]), `{"alg"`, `{"key_ops":["sign"],"alg"`, 1)
	if keys, err := readJWKS([]byte(ops)); err == nil {
		t.Errorf("C-19 a key that can't verify: got %+v", keys)
	}
}

func TestOneKeyIsPicked(t *testing.T) {
	a, b, c := publicKey{"a", []string{"RS256", "PS256"}, 1}, publicKey{"b", []string{"RS256"}, 2}, publicKey{"", []string{"ES256"}, 3}
	keys := []publicKey{a, b, c, {"b", []string{"ES256"}, 4}, {"x", []string{"EdDSA"}, 5}, {"x", []string{"EdDSA"}, 6}}
	for _, q := range []struct {
		kid, alg string
		want     any
	}{
		{"a", "RS256", 1}, {"a", "PS256", 1}, {"b", "RS256", 2}, {"b", "ES256", 4}, {"", "PS256", 1},
		{"", "RS256", nil}, {"", "ES256", nil}, {"c", "ES256", nil}, {"a", "ES256", nil}, {"x", "EdDSA", nil}, {"a", "HS256", nil}, {"A", "RS256", nil},
	} {
		if got, ok := pickKey(keys, q.kid, q.alg); got != q.want || ok != (q.want != nil) {
			t.Errorf("kid %q for %s: got %v, want %v", q.kid, q.alg, got, q.want)
		}
	}
}

// Whatever is read as a key can check signatures, within bounds, and without a panic.
func FuzzJWKS(f *testing.F) {
	for _, k := range signerKeys() {
		f.Add([]byte(jwksOf(k)))
	}
	f.Add([]byte(`{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"},{"kty":"oct","k":""},{"kty":"EC","crv":"P-256","x":"","y":""}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		keys, err := readJWKS(text)
		if (err == nil) != (len(keys) > 0) || len(keys) > maxKeys {
			t.Fatalf("got %d keys, %v", len(keys), err)
		}
		for _, k := range keys {
			if r, ok := k.key.(*rsa.PublicKey); ok && (r.N.BitLen() < 2048 || r.N.BitLen() > 8192) {
				t.Errorf("an RSA key of %d bits", r.N.BitLen())
			}
			for _, alg := range k.algs {
				if algorithms[alg].method.Verify("x", make([]byte, 64), k.key) == nil {
					t.Error(fmt.Sprint("a signature of nothing is good by ", string(text)))
				}
			}
		}
	})
}
