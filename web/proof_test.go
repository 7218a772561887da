package web

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// prover is an application with a key of its own.
type prover struct {
	c   *company
	key *ecdsa.PrivateKey
}

func (c *company) prover(t testing.TB) prover {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return prover{c, key}
}

// proof makes a DPoP proof for a request, with these claims instead.
func (p prover) proof(t testing.TB, method, path, token string, instead ...string) string {
	t.Helper()
	point, err := p.key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	sum := sha256.Sum256([]byte(token))
	claims := jwt.MapClaims{
		"jti": rand.Text(), "htm": method, "htu": testIssuer[:len(testIssuer)-1] + path, "iat": time.Now().Unix(),
		"nonce": p.c.settings.Auth.DPoPNonce(), "ath": b64(sum[:]),
	}
	for i := 0; i < len(instead); i += 2 {
		claims[instead[i]] = instead[i+1]
	}
	made := jwt.NewWithClaims(jwt.SigningMethodES256, claims)
	made.Header["typ"] = "dpop+jwt"
	made.Header["jwk"] = map[string]string{"kty": "EC", "crv": "P-256", "x": b64(point[1:33]), "y": b64(point[33:])}
	signed, err := made.SignedString(p.key)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// token binds Ada's sign-in to the key.
func (p prover) token(t testing.TB) string {
	t.Helper()
	refresh := p.c.signIn(t, "ada", []string{"openid", "offline_access", "read:timesheets"}).Refresh
	form := url.Values{"grant_type": {"refresh_token"}, "client_id": {"phone"}, "refresh_token": {refresh}}
	answer := p.c.ask(t, "", "POST", "/oauth/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded",
		"DPoP", p.proof(t, "POST", "/oauth/token", ""))
	var tokens struct {
		Access string `json:"access_token"`
		Type   string `json:"token_type"`
	}
	answer.json(t, &tokens)
	if tokens.Type != "DPoP" {
		t.Fatalf("got %s", answer.body)
	}
	return tokens.Access
}

// ask calls the API with a bound token and what stands in the DPoP header.
func (p prover) ask(t testing.TB, token, method, path string, proofs ...string) reply {
	t.Helper()
	r, err := http.NewRequest(method, testIssuer[:len(testIssuer)-1]+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "DPoP "+token)
	r.Header["Dpop"] = proofs
	return p.c.send(t, r)
}

const algs = `algs="ES256 EdDSA PS256 RS256 Ed25519"`

func TestBoundTokensComeWithAProof(t *testing.T) {
	c := theCompany(t)
	p, other := c.prover(t), c.prover(t)
	token := p.token(t)
	for _, q := range []struct{ method, path string }{
		{"GET", "/me"}, {"HEAD", "/me"}, {"GET", "/timesheets?limit=1"}, {"GET", "/userinfo"}, {"POST", "/userinfo"},
	} {
		path, _, _ := strings.Cut(q.path, "?")
		answer := p.ask(t, token, q.method, q.path, p.proof(t, q.method, path, token))
		if answer.StatusCode != http.StatusOK || answer.Header.Get("DPoP-Nonce") == "" {
			t.Errorf("%s %s: %d %s", q.method, q.path, answer.StatusCode, answer.body)
		}
	}
	used := p.proof(t, "GET", "/me", token)
	p.ask(t, token, "GET", "/me", used)
	good := p.proof(t, "GET", "/me", token)
	for _, q := range []struct {
		name, code, kind string
		proofs           []string
	}{
		{"X-12 no proof", "invalid_dpop_proof", "invalid-dpop-proof", nil},
		{"X-12 two headers", "invalid_dpop_proof", "invalid-dpop-proof", []string{good, good}},
		{"X-12 huge", "invalid_dpop_proof", "invalid-dpop-proof", []string{strings.Repeat("a", 500_000)}},
		{"X-12 ath of another token", "invalid_dpop_proof", "invalid-dpop-proof", []string{p.proof(t, "GET", "/me", "x")}},
		{"X-12 other method", "invalid_dpop_proof", "invalid-dpop-proof", []string{p.proof(t, "HEAD", "/me", token)}},
		{"X-12 other path", "invalid_dpop_proof", "invalid-dpop-proof", []string{p.proof(t, "GET", "/people", token)}},
		{"X-12 other host", "invalid_dpop_proof", "invalid-dpop-proof", []string{p.proof(t, "GET", "/me", token, "htu", "https://evil.example/me")}},
		{"X-12 used before", "invalid_dpop_proof", "invalid-dpop-proof", []string{used}},
		{"X-12 other key", "invalid_token", "invalid-token", []string{other.proof(t, "GET", "/me", token)}},
		{"X-11 no nonce", "use_dpop_nonce", "use-dpop-nonce", []string{p.proof(t, "GET", "/me", token, "nonce", "")}},
	} {
		t.Run(q.name, func(t *testing.T) {
			answer := p.ask(t, token, "GET", "/me", q.proofs...)
			told := answer.Header.Get("WWW-Authenticate")
			if answer.StatusCode != http.StatusUnauthorized || answer.kind(t) != q.kind || answer.Header.Get("DPoP-Nonce") == "" ||
				!strings.HasPrefix(told, `DPoP realm="Punchcard", error="`+q.code+`"`) || !strings.HasSuffix(told, ", "+algs) {
				t.Errorf("got %d %s: %s", answer.StatusCode, told, answer.body)
			}
		})
	}
	t.Run("X-12 UserInfo speaks OAuth", func(t *testing.T) {
		answer := p.ask(t, token, "GET", "/userinfo", "x")
		if answer.StatusCode != http.StatusUnauthorized || !strings.Contains(answer.body, `"error":"invalid_dpop_proof"`) {
			t.Errorf("got %d %s", answer.StatusCode, answer.body)
		}
	})
	t.Run("X-12 a scope that is missing", func(t *testing.T) {
		path := "/timesheets/x/approval"
		answer := p.ask(t, token, "PUT", path, p.proof(t, "PUT", path, token))
		if told := answer.Header.Get("WWW-Authenticate"); answer.StatusCode != http.StatusForbidden || !strings.HasPrefix(told, "DPoP ") {
			t.Errorf("got %d %s", answer.StatusCode, told)
		}
	})
	t.Run("B-20 as Bearer", func(t *testing.T) {
		refused(t, c, "a bound token", token)
		told := c.ask(t, token, "GET", "/me", "").Header["Www-Authenticate"]
		if !slices.Contains(told, "DPoP "+algs) {
			t.Errorf("got %q", told)
		}
	})
	t.Run("B-20 an unbound one with a proof", func(t *testing.T) {
		plain := c.token(t, "ada")
		answer := p.ask(t, plain, "GET", "/me", p.proof(t, "GET", "/me", plain))
		if answer.StatusCode != http.StatusUnauthorized || answer.kind(t) != "invalid-token" {
			t.Errorf("got %d %s", answer.StatusCode, answer.body)
		}
	})
}
