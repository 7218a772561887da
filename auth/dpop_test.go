package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/golang-jwt/jwt/v5"
)

// verifyRequest is what package web does with the credentials of a request, less what it refuses by itself.
func verifyRequest(s *Server, c *gin.Context) (Caller, error) {
	scheme, token, _ := strings.Cut(c.GetHeader("Authorization"), " ")
	if scheme != "DPoP" {
		return s.Verify(c.Request.Context(), strings.TrimPrefix(c.GetHeader("Authorization"), "Bearer "), Timesheets)
	}
	c.Header("DPoP-Nonce", s.DPoPNonce())
	return s.VerifyProven(c.Request.Context(), token, Timesheets, Proof{c.Request.Header.Values("DPoP"), c.Request.Method, c.Request.URL.Path})
}

// prover is an application with a key of its own.
type prover struct {
	*world
	alg string
	key crypto.Signer
}

func (w *world) prover(alg string) prover {
	w.Helper()
	key, err := algorithms[familiar(alg)].make()
	if err != nil {
		w.Fatal(err)
	}
	return prover{w, alg, key}
}

// familiar is our name of an algorithm.
func familiar(alg string) string {
	if alg == ed25519Name {
		return "EdDSA"
	}
	return alg
}

// jwk is the public key, and its thumbprint as RFC 7638 §3 writes it down.
func (p prover) jwk() (members map[string]any, thumbprint string) {
	b64 := base64.RawURLEncoding.EncodeToString
	var text string
	switch public := p.key.Public().(type) {
	case *ecdsa.PublicKey:
		point, _ := public.Bytes()
		x, y := b64(point[1:33]), b64(point[33:])
		members = map[string]any{"kty": "EC", "crv": "P-256", "x": x, "y": y}
		text = fmt.Sprintf(`{"crv":"P-256","kty":"EC","x":"%s","y":"%s"}`, x, y)
	case ed25519.PublicKey:
		members = map[string]any{"kty": "OKP", "crv": "Ed25519", "x": b64(public)}
		text = fmt.Sprintf(`{"crv":"Ed25519","kty":"OKP","x":"%s"}`, b64(public))
	case *rsa.PublicKey:
		n, e := b64(public.N.Bytes()), b64(big.NewInt(int64(public.E)).Bytes())
		members = map[string]any{"kty": "RSA", "n": n, "e": e}
		text = fmt.Sprintf(`{"e":"%s","kty":"RSA","n":"%s"}`, e, n)
	}
	sum := sha256.Sum256([]byte(text))
	return members, b64(sum[:])
}

func (p prover) thumbprint() string {
	_, thumbprint := p.jwk()
	return thumbprint
}

type set = map[string]any

// proof makes a proof for a request, with these headers and claims more or instead; one that is nil is left out.
func (p prover) proof(method, path, token string, header, claims set) string {
	p.Helper()
	jwk, _ := p.jwk()
	h := set{"typ": "dpop+jwt", "jwk": jwk, "alg": p.alg}
	c := jwt.MapClaims{
		"jti": rand.Text(), "htm": method, "htu": issuer + path, "iat": p.clock.now().Unix(), "nonce": p.server.DPoPNonce(),
	}
	if token != "" {
		sum := sha256.Sum256([]byte(token))
		c["ath"] = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	for name, value := range header {
		h[name] = value
	}
	for name, value := range claims {
		if c[name] = value; value == nil {
			delete(c, name)
		}
	}
	return forge(p, algorithms[familiar(p.alg)].method, p.key, h, c)
}

// ask calls the token endpoint with these proofs; with a good one if none are given.
func (p prover) ask(form url.Values, proofs ...string) answer {
	p.Helper()
	if proofs == nil {
		proofs = []string{p.proof("POST", "oauth/token", "", nil, nil)}
	}
	b := p.browser()
	r, _ := http.NewRequestWithContext(p.Context(), "POST", b.url+"/oauth/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header["Dpop"] = proofs
	return b.do(r)
}

func (p prover) redeem(code string, proofs ...string) answer {
	p.Helper()
	return p.ask(url.Values{
		"client_id": {"app"}, "grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {appURI}, "code_verifier": {verifies43},
	}, proofs...)
}

func (p prover) refresh(token string, proofs ...string) answer {
	p.Helper()
	return p.ask(url.Values{"client_id": {"app"}, "grant_type": {"refresh_token"}, "refresh_token": {token}}, proofs...)
}

func (p prover) machine(proofs ...string) answer {
	p.Helper()
	return p.ask(url.Values{"client_id": {"payroll"}, "client_secret": {"payroll secret, long"}, "grant_type": {"client_credentials"}}, proofs...)
}

// tokens signs Ada in and gives the tokens, bound to the key.
func (p prover) tokens() (access, refresh string) {
	p.Helper()
	a := p.redeem(p.browser().code("ada@example.com")).json()
	if a["token_type"] != "DPoP" {
		p.Fatalf("got %v", a)
	}
	return a["access_token"].(string), a["refresh_token"].(string)
}

// call calls the guarded route with a token and these proofs; with a good one if none are given.
func (p prover) call(token string, proofs ...string) answer {
	p.Helper()
	if proofs == nil {
		proofs = []string{p.proof("GET", "probe", token, nil, nil)}
	}
	b := p.browser()
	r, _ := http.NewRequestWithContext(p.Context(), "GET", b.url+"/probe?q=1", nil)
	r.Header.Set("Authorization", "DPoP "+token)
	r.Header["Dpop"] = proofs
	return b.do(r)
}

func TestConformanceTokensAreBoundToTheProvenKey(t *testing.T) {
	for _, alg := range methods {
		prove(t, "X-08 "+alg, func(t *testing.T) {
			w := newWorld(t)
			p := w.prover(alg)
			for name, a := range map[string]answer{
				"a code":  p.redeem(w.browser().code("ada@example.com")),
				"refresh": p.refresh(func() string { _, refresh := p.tokens(); return refresh }()),
				"machine": p.machine(),
			} {
				access, _ := a.json()["access_token"].(string)
				if a.status != http.StatusOK || a.json()["token_type"] != "DPoP" {
					t.Fatalf("%s: got %d %s", name, a.status, a.body)
				}
				var claims jwt.MapClaims
				if _, _, err := jwt.NewParser().ParseUnverified(access, &claims); err != nil {
					t.Fatal(err)
				}
				if cnf, _ := claims["cnf"].(map[string]any); cnf["jkt"] != p.thumbprint() {
					t.Errorf("%s: cnf is %v, want %s", name, claims["cnf"], p.thumbprint())
				}
				if a := p.call(access); a.status != http.StatusOK {
					t.Errorf("%s: the API answers %d %s", name, a.status, a.body)
				}
			}
		})
	}
}

// RFC 7638 §3.1 has this key and its thumbprint.
func TestTheThumbprintIsAsRFC7638HasIt(t *testing.T) {
	n := "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W" +
		"-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyr" +
		"dkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
	_, got, err := proofKey(set{"typ": "dpop+jwt", "jwk": set{"kty": "RSA", "n": n, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"}})
	if err != nil || got != "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs" {
		t.Errorf("got %s %v", got, err)
	}
}

// badProofs is every way in which a proof can be wrong, for a request with that method, path and token.
func badProofs(p prover, method, path, token string) map[string][]string {
	p.Helper()
	one := func(header, claims set) []string { return []string{p.proof(method, path, token, header, claims)} }
	jwk, _ := p.jwk()
	with := func(more set) set {
		changed := set{}
		for _, from := range []set{jwk, more} {
			for name, value := range from {
				changed[name] = value
			}
		}
		return set{"jwk": changed}
	}
	good := p.proof(method, path, token, nil, nil)
	part := strings.Split(good, ".")
	now := p.clock.now()
	stranger := p.prover("ES256")
	strangers, _ := stranger.jwk()
	claims := jwt.MapClaims{"jti": "j", "htm": method, "htu": issuer + path, "iat": now.Unix(), "nonce": p.server.DPoPNonce()}
	symmetric := set{"typ": "dpop+jwt", "jwk": set{"kty": "oct", "k": "c2VjcmV0"}}
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		p.Fatal(err)
	}
	smallJWK, _ := prover{p.world, "RS256", small}.jwk()
	return map[string][]string{
		"two headers":            {good, good},
		"two in one header":      {good + ", " + good},
		"empty":                  {""},
		"no JWT":                 {"proof"},
		"huge":                   {strings.Repeat("a", 200_000)},
		"a megabyte of dots":     {strings.Repeat(".", 500_000)},
		"other method":           one(nil, set{"htm": "PUT"}),
		"method in lower case":   one(nil, set{"htm": strings.ToLower(method)}),
		"no method":              one(nil, set{"htm": nil}),
		"other path":             one(nil, set{"htu": issuer + path + "/x"}),
		"other host":             one(nil, set{"htu": "https://evil.example/" + path}),
		"the address as dialled": one(nil, set{"htu": p.http.URL + "/" + path}),
		"other scheme":           one(nil, set{"htu": "http" + strings.TrimPrefix(issuer, "https") + path}),
		"other port":             one(nil, set{"htu": strings.Replace(issuer, ".com", ".com:8443", 1) + path}),
		"user in the address":    one(nil, set{"htu": strings.Replace(issuer, "://", "://a@", 1) + path}),
		"host as user":           one(nil, set{"htu": "https://time.example.com@evil.example/" + path}),
		"path alone":             one(nil, set{"htu": "/" + path}),
		"no URI":                 one(nil, set{"htu": nil}),
		"URI that is none":       one(nil, set{"htu": "https://[::1"}),
		"two URIs":               one(nil, set{"htu": []string{issuer + path}}),
		"old":                    one(nil, set{"iat": now.Add(-proofAge - time.Second).Unix()}),
		"from the future":        one(nil, set{"iat": now.Add(proofAge + time.Second).Unix()}),
		"no time":                one(nil, set{"iat": nil}),
		"time as text":           one(nil, set{"iat": "now"}),
		"time beyond any":        one(nil, set{"iat": 1e300}),
		"expired":                one(nil, set{"exp": now.Add(-2 * proofAge).Unix()}),
		"no jti":                 one(nil, set{"jti": nil}),
		"long jti":               one(nil, set{"jti": strings.Repeat("j", maxJTI+1)}),
		"typ JWT":                one(set{"typ": "JWT"}, nil),
		"typ at+jwt":             one(set{"typ": "at+jwt"}, nil),
		"critical extension":     one(set{"crit": []string{"b64"}, "b64": false}, nil),
		"no key":                 one(set{"jwk": nil}, nil),
		"key as text":            one(set{"jwk": "{}"}, nil),
		"private key":            one(with(set{"d": "AAAA"}), nil),
		"half of an RSA key":     one(with(set{"p": "AAAA"}), nil),
		"shared key beside":      one(with(set{"k": "AAAA"}), nil),
		"other curve":            one(with(set{"crv": "P-384"}), nil),
		"unknown type of key":    one(with(set{"kty": "oct"}), nil),
		"no type of key":         one(with(set{"kty": nil}), nil),
		"off the curve":          one(with(set{"x": base64.RawURLEncoding.EncodeToString(make([]byte, 32))}), nil),
		"short coordinate":       one(with(set{"x": "AAAA"}), nil),
		"padded coordinate":      one(with(set{"x": fmt.Sprint(jwk["x"], "=")}), nil),
		"line break in it":       one(with(set{"x": fmt.Sprint(jwk["x"], "\n")}), nil),
		"other key in it":        one(set{"jwk": strangers}, nil),
		"small RSA key":          {prover{p.world, "RS256", small}.proof(method, path, token, set{"jwk": smallJWK}, nil)},
		"alg none":               {forge(p, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, set{"typ": "dpop+jwt", "jwk": jwk}, claims)},
		"HS256":                  {forge(p, jwt.SigningMethodHS256, []byte("secret"), symmetric, claims)},
		"HS256 by the public":    {forge(p, jwt.SigningMethodHS256, []byte(fmt.Sprint(jwk["x"])), set{"typ": "dpop+jwt", "jwk": jwk}, claims)},
		"alg of another key":     {p.prover("EdDSA").proof(method, path, token, set{"jwk": jwk}, nil)},
		"no signature":           {part[0] + "." + part[1] + "."},
		"other signature":        {part[0] + "." + part[1] + "." + strings.Split(p.proof(method, path, token, nil, nil), ".")[2]},
		"padded":                 {good + "="},
	}
}

func TestConformanceBadProofsAreRefused(t *testing.T) {
	w := newWorld(t)
	p := w.prover("ES256")
	access, refresh := p.tokens()
	for name, proofs := range badProofs(p, "POST", "oauth/token", "") {
		prove(t, "X-09 at the token endpoint: "+name, func(t *testing.T) {
			refused(t, p.refresh(refresh, proofs...), 400, "invalid_dpop_proof")
		})
	}
	bad := badProofs(p, "GET", "probe", access)
	for name, hash := range map[string]any{
		"no ath": nil, "ath of another token": hashOf("x"), "ath padded": hashOf(access) + "=", "ath empty": "",
	} {
		bad[name] = []string{p.proof("GET", "probe", access, nil, set{"ath": hash})}
	}
	bad["no header"] = []string{}
	for name, proofs := range bad {
		prove(t, "X-12 at the API: "+name, func(t *testing.T) {
			refused(t, p.call(access, proofs...), 400, "invalid_dpop_proof")
		})
	}
	// Nothing of this cost anybody anything.
	if a := p.refresh(refresh); a.status != http.StatusOK {
		t.Errorf("the refresh token got %d %s", a.status, a.body)
	}
	if a := p.call(access); a.status != http.StatusOK {
		t.Errorf("the access token got %d %s", a.status, a.body)
	}
	if contains(w.log.String(), access) || contains(w.log.String(), refresh) {
		t.Error("the log holds a token")
	}
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func TestTheAddressInAProofMayBeSpeltInOtherWays(t *testing.T) {
	w := newWorld(t)
	p := w.prover("ES256")
	for _, htu := range []string{
		issuer + "oauth/token", issuer + "oauth/token?x=1", issuer + "oauth/token#x", "HTTPS://TIME.example.com/oauth/token",
		"https://time.example.com:443/oauth/token", "https://time.example.com/oauth/%74oken",
	} {
		if a := p.machine(p.proof("POST", "oauth/token", "", nil, set{"htu": htu})); a.status != http.StatusOK {
			t.Errorf("%s got %d %s", htu, a.status, a.body)
		}
	}
	if a := p.machine(p.proof("POST", "oauth/token", "", nil, set{"jti": strings.Repeat("j", maxJTI), "iat": w.clock.now().Add(-proofAge).Unix()})); a.status != http.StatusOK {
		t.Errorf("the longest jti and the oldest iat got %d %s", a.status, a.body)
	}
}

func FuzzProof(f *testing.F) {
	w := newWorld(f)
	now := w.clock.now
	for _, alg := range methods {
		f.Add(w.prover(alg).proof("POST", "oauth/token", "", nil, nil))
	}
	f.Add("..")
	f.Add("eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6Im5vbmUiLCJqd2siOnt9fQ.e30.")
	f.Add("eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IlJTMjU2IiwiandrIjp7Imt0eSI6IlJTQSIsIm4iOiIiLCJlIjoiIn19.e30.AA")
	f.Fuzz(func(t *testing.T, text string) {
		claims, key, err := parseProof(text, now)
		if err == nil && (claims.ID == "" || len(claims.ID) > maxJTI || claims.IssuedAt == nil || len(key) != 43 || len(text) > maxProof) {
			t.Errorf("%q is taken for %v by %q", text, claims, key)
		}
		if _, refused := errors.AsType[*Error](err); err != nil && !refused {
			t.Errorf("%q is our fault: %v", text, err)
		}
	})
}

// What parses strangers' keys takes no other form than ours.
func FuzzProofKey(f *testing.F) {
	f.Add("EC", "P-256", "AAAA", "AAAA", "", "")
	f.Add("RSA", "", "", "", "AAAA", "AQAB")
	f.Add("OKP", "Ed25519", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "", "", "")
	f.Fuzz(func(t *testing.T, kty, crv, x, y, n, e string) {
		jwk := set{"kty": kty, "crv": crv, "x": x, "y": y, "n": n, "e": e}
		if public, key, err := proofKey(set{"typ": "dpop+jwt", "jwk": jwk}); err == nil {
			if again, _, err := proofKey(set{"typ": "dpop+jwt", "jwk": jwk}); public == nil || len(key) != 43 || again == nil || err != nil {
				t.Errorf("%v is taken for %v by %q", jwk, public, key)
			}
			jwt.SigningMethodRS256.Verify("x", make([]byte, 256), public)
			jwt.SigningMethodPS256.Verify("x", make([]byte, 256), public)
			jwt.SigningMethodES256.Verify("x", make([]byte, 64), public)
			jwt.SigningMethodEdDSA.Verify("x", make([]byte, 64), public)
		}
	})
}
