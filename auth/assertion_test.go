package auth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// signerKeys are one key of each algorithm. RSA keys are slow to make, so all tests share these.
var signerKeys = sync.OnceValue(func() map[string]*signingKey {
	keys := map[string]*signingKey{}
	for alg, how := range algorithms {
		private, err := how.make()
		if err != nil {
			panic(err)
		}
		keys[alg] = &signingKey{ID: "mine-" + alg, Alg: alg, private: private}
	}
	return keys
})

func jwksOf(keys ...*signingKey) string {
	set := map[string][]map[string]string{"keys": {}}
	for _, k := range keys {
		set["keys"] = append(set["keys"], k.jwk())
	}
	text, err := json.Marshal(set)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// newSigners is a world in which the machine "signer" and the web app "clearview" have keys instead of secrets.
func newSigners(t testing.TB) *world {
	t.Helper()
	w := newWorld(t)
	k := signerKeys()
	w.apply(
		NewClient{ID: "signer", Name: "Signer", Type: "machine", JWKS: jwksOf(k["RS256"], k["PS256"], k["ES256"], k["EdDSA"]),
			Grants: []NewGrant{{Audience: audience, Scopes: []string{"read:timesheets"}}}},
		NewClient{ID: "clearview", Name: "Clearview", Type: "web", JWKS: jwksOf(k["ES256"]), RedirectURIs: []string{webURI},
			Scopes: []string{"openid", "offline_access", "read:timesheets"}},
	)
	return w
}

func (w *world) apply(clients ...NewClient) {
	w.Helper()
	if err := w.server.Apply(w.Context(), Directory{Clients: clients}, nil); err != nil {
		w.Fatal(err)
	}
}

// asserting is the claims of an assertion that is in order.
func (w *world) asserting(client string) jwt.MapClaims {
	return jwt.MapClaims{
		"iss": client, "sub": client, "aud": issuer, "jti": rand.Text(), "iat": w.clock.now().Unix(), "exp": w.clock.now().Add(time.Minute).Unix(),
	}
}

func (w *world) assertion(client, alg string, pairs ...any) string {
	w.Helper()
	claims := w.asserting(client)
	for i := 0; i < len(pairs); i += 2 {
		if claims[pairs[i].(string)] = pairs[i+1]; pairs[i+1] == nil {
			delete(claims, pairs[i].(string))
		}
	}
	key := signerKeys()[familiar(alg)]
	return forge(w, algorithms[key.Alg].method, key.private, map[string]any{"typ": "JWT", "kid": key.ID, "alg": alg}, claims)
}

// asserted calls the token endpoint for client credentials, with an assertion and nothing else.
func (w *world) asserted(assertion string, pairs ...string) answer {
	w.Helper()
	return w.token("", append([]string{"grant_type", "client_credentials", "client_assertion_type", jwtAssertion, "client_assertion", assertion}, pairs...)...)
}

func TestConformanceClientAssertion(t *testing.T) {
	w := newSigners(t)
	for alg := range algorithms {
		prove(t, "C-18 signed with "+alg, func(t *testing.T) {
			if a := w.asserted(w.assertion("signer", alg)); a.status != http.StatusOK || a.json()["scope"] != "read:timesheets" {
				t.Errorf("got %d %s", a.status, a.body)
			}
		})
	}
	key := signerKeys()["ES256"]
	with := func(header map[string]any, pairs ...any) string {
		h := map[string]any{"typ": "JWT", "kid": key.ID}
		maps.Copy(h, header)
		for name, value := range h {
			if value == nil {
				delete(h, name)
			}
		}
		claims := w.asserting("signer")
		return forge(t, jwt.SigningMethodES256, key.private, h, claims)
	}
	for name, assertion := range map[string]string{
		"C-18 without typ":                 with(map[string]any{"typ": nil}),
		"C-18 with the typ of 7523bis":     with(map[string]any{"typ": "client-authentication+jwt"}),
		"C-18 without kid, one key fits":   with(map[string]any{"kid": nil}),
		"C-18 with a key to pass over":     with(map[string]any{"jku": "http://127.0.0.1:1/keys", "x5u": "http://127.0.0.1:1/x"}),
		"C-18 ten minutes ahead":           w.assertion("signer", "ES256", "exp", w.clock.now().Add(10*time.Minute).Unix()),
		"C-18 from a clock that is ahead":  w.assertion("signer", "ES256", "nbf", w.clock.now().Add(30*time.Second).Unix(), "iat", w.clock.now().Add(30*time.Second).Unix()),
		"C-18 without iat":                 w.assertion("signer", "ES256", "iat", nil),
		"C-20 this server in a list alone": w.assertion("signer", "ES256", "aud", []string{issuer}),
	} {
		prove(t, name, func(t *testing.T) {
			if a := w.asserted(assertion); a.status != http.StatusOK {
				t.Errorf("got %d %s", a.status, a.body)
			}
		})
	}
	prove(t, "C-18 with its client_id beside it", func(t *testing.T) {
		if a := w.asserted(w.assertion("signer", "ES256"), "client_id", "signer"); a.status != http.StatusOK {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
	prove(t, "C-18 at every endpoint, and for a code", func(t *testing.T) {
		by := func() []string {
			return []string{"client_assertion_type", jwtAssertion, "client_assertion", w.assertion("clearview", "ES256")}
		}
		code := w.browser().code("ada@example.com", "client_id", "clearview", "redirect_uri", webURI, "scope", "openid offline_access read:timesheets")
		a := w.token("", append(by(), "grant_type", "authorization_code", "code", code, "redirect_uri", webURI, "code_verifier", verifies43)...)
		refresh, _ := a.json()["refresh_token"].(string)
		if refresh == "" {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		activeToken(t, "introspect", w.client("/oauth/introspect", "", append(by(), "token", refresh)...))
		if a := w.client("/oauth/revoke", "", append(by(), "token", refresh)...); a.status != http.StatusOK {
			t.Errorf("got %d %s", a.status, a.body)
		}
		refused(t, w.token("", append(by(), "grant_type", "refresh_token", "refresh_token", refresh)...), 400, "invalid_grant")
	})
}

func TestConformanceWrongClientAssertions(t *testing.T) {
	w := newSigners(t)
	key, rsa := signerKeys()["ES256"], signerKeys()["RS256"]
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(key.private.Public())
	if err != nil {
		t.Fatal(err)
	}
	now := w.clock.now()
	signed := func(method jwt.SigningMethod, with any, kid string, more ...any) string {
		header := map[string]any{"typ": "JWT", "kid": kid}
		for i := 0; i < len(more); i += 2 {
			header[more[i].(string)] = more[i+1]
		}
		if kid == "" {
			delete(header, "kid")
		}
		return forge(t, method, with, header, w.asserting("signer"))
	}
	access, _ := w.tokens("ada@example.com")
	good := w.assertion("signer", "ES256")
	for name, assertion := range map[string]string{
		"C-19 iss is not sub":                 w.assertion("signer", "ES256", "iss", "clearview"),
		"C-19 sub is not iss":                 w.assertion("clearview", "ES256", "iss", "signer"),
		"C-19 no iss":                         w.assertion("signer", "ES256", "iss", nil),
		"C-19 no sub":                         w.assertion("signer", "ES256", "sub", nil),
		"C-19 neither":                        w.assertion("signer", "ES256", "sub", nil, "iss", nil),
		"C-19 an unknown client":              w.assertion("nobody", "ES256"),
		"C-19 a client with a secret":         w.assertion("payroll", "ES256"),
		"C-19 a public client":                w.assertion("app", "ES256"),
		"C-19 another client's key":           w.assertion("clearview", "EdDSA"),
		"C-19 expired":                        w.assertion("signer", "ES256", "exp", now.Unix()),
		"C-19 long expired":                   w.assertion("signer", "ES256", "exp", now.Add(-time.Hour).Unix()),
		"C-19 no exp":                         w.assertion("signer", "ES256", "exp", nil),
		"C-19 exp a text":                     w.assertion("signer", "ES256", "exp", "tomorrow"),
		"C-19 too far ahead":                  w.assertion("signer", "ES256", "exp", now.Add(10*time.Minute+time.Second).Unix()),
		"C-19 beyond all time":                w.assertion("signer", "ES256", "exp", 1e300),
		"C-19 nbf in the future":              w.assertion("signer", "ES256", "nbf", now.Add(5*time.Minute).Unix()),
		"C-19 iat in the future":              w.assertion("signer", "ES256", "iat", now.Add(5*time.Minute).Unix()),
		"C-19 no jti":                         w.assertion("signer", "ES256", "jti", nil),
		"C-19 an empty jti":                   w.assertion("signer", "ES256", "jti", ""),
		"C-19 a long jti":                     w.assertion("signer", "ES256", "jti", strings.Repeat("j", 256)),
		"C-19 jti a number":                   w.assertion("signer", "ES256", "jti", 7),
		"C-19 unsigned":                       signed(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, key.ID),
		"C-19 HS256 with the public key":      signed(jwt.SigningMethodHS256, public, key.ID),
		"C-19 HS256 with nothing":             signed(jwt.SigningMethodHS256, []byte{}, key.ID),
		"C-19 HS256 with the client_id":       signed(jwt.SigningMethodHS256, []byte("signer"), key.ID),
		"C-19 an algorithm that isn't listed": signed(jwt.SigningMethodRS512, rsa.private, rsa.ID),
		"C-19 PS256 by the key for RS256":     signed(jwt.SigningMethodPS256, rsa.private, rsa.ID),
		"C-19 unknown kid":                    signed(jwt.SigningMethodES256, key.private, "../../etc/passwd"),
		"C-19 another key's kid":              signed(jwt.SigningMethodES256, key.private, rsa.ID),
		"C-19 kid of 10 kB":                   signed(jwt.SigningMethodES256, key.private, strings.Repeat("k", 10_000)),
		"C-19 a stranger's key":               signed(jwt.SigningMethodES256, stranger, key.ID),
		"C-19 a stranger's key, embedded":     signed(jwt.SigningMethodES256, stranger, "", "jwk", (&signingKey{Alg: "ES256", private: stranger}).jwk()),
		"C-19 crit":                           signed(jwt.SigningMethodES256, key.private, key.ID, "crit", []string{"exp"}),
		"C-19 unencoded payload":              signed(jwt.SigningMethodES256, key.private, key.ID, "b64", false),
		"C-19 the typ of an access token":     signed(jwt.SigningMethodES256, key.private, key.ID, "typ", "at+jwt"),
		"C-19 typ a number":                   signed(jwt.SigningMethodES256, key.private, key.ID, "typ", 7),
		"C-19 an access token":                access,
		"C-19 no JWT":                         "x",
		"C-19 dots":                           strings.Repeat(".", 16<<10),
		"C-19 cut":                            good[:len(good)-1],
		"C-19 longer":                         good + "A",
		"C-20 the token endpoint":             w.assertion("signer", "ES256", "aud", issuer+"oauth/token"),
		"C-20 the issuer without its slash":   w.assertion("signer", "ES256", "aud", strings.TrimSuffix(issuer, "/")),
		"C-20 somebody else":                  w.assertion("signer", "ES256", "aud", "https://evil.example/"),
		"C-20 somebody else too":              w.assertion("signer", "ES256", "aud", []string{issuer, "https://evil.example/"}),
		"C-20 this server twice":              w.assertion("signer", "ES256", "aud", []string{issuer, issuer}),
		"C-20 nobody":                         w.assertion("signer", "ES256", "aud", nil),
		"C-20 an empty list":                  w.assertion("signer", "ES256", "aud", []string{}),
	} {
		prove(t, name, func(t *testing.T) { refused(t, w.asserted(assertion), 401, "invalid_client") })
	}
	prove(t, "C-19 another client_id beside it", func(t *testing.T) {
		refused(t, w.asserted(w.assertion("signer", "ES256"), "client_id", "payroll"), 401, "invalid_client")
	})
	prove(t, "C-08 with a secret beside it", func(t *testing.T) {
		refused(t, w.asserted(w.assertion("signer", "ES256"), "client_secret", "x"), 400, "invalid_request")
		refused(t, w.token(asPayroll, "grant_type", "client_credentials", "client_assertion_type", jwtAssertion, "client_assertion", good), 400, "invalid_request")
	})
	prove(t, "C-11 a secret where keys were registered", func(t *testing.T) {
		refused(t, w.token("signer:x", "grant_type", "client_credentials"), 401, "invalid_client")
		refused(t, w.token("signer", "grant_type", "client_credentials"), 401, "invalid_client")
	})
	prove(t, "C-22 another type of assertion, or none", func(t *testing.T) {
		for _, kind := range []string{"", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer", "jwt", jwtAssertion + " "} {
			a := w.token("", "grant_type", "client_credentials", "client_assertion_type", kind, "client_assertion", w.assertion("signer", "ES256"))
			refused(t, a, 400, "invalid_request")
		}
		refused(t, w.asserted(""), 400, "invalid_request")
	})
	prove(t, "C-20 the good one, after all of these", func(t *testing.T) {
		if a := w.asserted(good); a.status != http.StatusOK {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
}

func TestConformanceAnAssertionIsTakenOnce(t *testing.T) {
	prove(t, "C-21 again", func(t *testing.T) {
		w := newSigners(t)
		assertion := w.assertion("signer", "ES256", "jti", "one")
		if a := w.asserted(assertion); a.status != http.StatusOK {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		refused(t, w.asserted(assertion), 401, "invalid_client")
		refused(t, w.asserted(w.assertion("signer", "RS256", "jti", "one")), 401, "invalid_client")
		if a := w.client("/oauth/revoke", "", "client_assertion_type", jwtAssertion, "client_assertion", w.assertion("clearview", "ES256", "jti", "one"), "token", "x"); a.status != http.StatusOK {
			t.Errorf("another client's, of the same jti: %d %s", a.status, a.body)
		}
	})
	prove(t, "C-21 at another instance", func(t *testing.T) {
		w := newSigners(t)
		other := w.open()
		assertion := w.assertion("signer", "ES256")
		if a := w.asserted(assertion); a.status != http.StatusOK {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		client, claims, err := other.readAssertion(t.Context(), assertion, "")
		if err != nil {
			t.Fatal(err)
		}
		if err := other.spendAssertion(t.Context(), client, claims); err == nil {
			t.Error("it was taken twice")
		}
	})
	prove(t, "C-21 many at once", func(t *testing.T) {
		w := newSigners(t)
		assertion := w.assertion("signer", "ES256")
		var all sync.WaitGroup
		taken := make(chan int, 20)
		for range cap(taken) {
			all.Go(func() { taken <- w.asserted(assertion).status })
		}
		all.Wait()
		close(taken)
		count := map[int]int{}
		for status := range taken {
			count[status]++
		}
		if count[200] != 1 || count[401] != 19 {
			t.Errorf("got %v", count)
		}
	})
	prove(t, "C-21 remembered until it expired, and then forgotten", func(t *testing.T) {
		w := newSigners(t)
		w.asserted(w.assertion("signer", "ES256"))
		for _, want := range []int64{1, 0} {
			if err := w.server.sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			var n int64
			if w.db.Read(t.Context()).Model(&clientAssertion{}).Count(&n); n != want {
				t.Errorf("%d are remembered, want %d", n, want)
			}
			w.clock.move(maxTokenLife + assertionLife + time.Hour)
		}
	})
	prove(t, "C-13 a wrong one spends nothing", func(t *testing.T) {
		w := newSigners(t)
		refused(t, w.asserted(w.assertion("signer", "ES256", "jti", "one", "aud", "https://evil.example/")), 401, "invalid_client")
		if a := w.asserted(w.assertion("signer", "ES256", "jti", "one")); a.status != http.StatusOK {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
}

// What an application no longer names must not open the door.
func TestKeysReplaceASecretAndTheOtherWayRound(t *testing.T) {
	w := newSigners(t)
	grants := []NewGrant{{Audience: audience, Scopes: []string{"read:timesheets"}}}
	w.apply(NewClient{ID: "payroll", Name: "Payroll", Type: "machine", JWKS: jwksOf(signerKeys()["EdDSA"]), Grants: grants})
	refused(t, w.token(asPayroll, "grant_type", "client_credentials"), 401, "invalid_client")
	if a := w.asserted(w.assertion("payroll", "EdDSA")); a.status != http.StatusOK {
		t.Errorf("got %d %s", a.status, a.body)
	}
	w.apply(NewClient{ID: "payroll", Name: "Payroll", Type: "machine", Secret: "payroll secret, long", Grants: grants})
	refused(t, w.asserted(w.assertion("payroll", "EdDSA")), 401, "invalid_client")
	if a := w.token(asPayroll, "grant_type", "client_credentials"); a.status != http.StatusOK {
		t.Errorf("got %d %s", a.status, a.body)
	}
}

func TestMetadataTellsOfAssertions(t *testing.T) {
	m := newWorld(t).browser().get("/.well-known/openid-configuration").json()
	for _, endpoint := range []string{"token", "revocation", "introspection"} {
		has := func(list, value string) bool {
			values, _ := m[endpoint+"_endpoint_auth_"+list].([]any)
			for _, v := range values {
				if v == value {
					return true
				}
			}
			return false
		}
		for _, alg := range []string{"RS256", "PS256", "ES256", "EdDSA"} {
			if !has("signing_alg_values_supported", alg) {
				t.Errorf("%s: %s is not advertised", endpoint, alg)
			}
		}
		if !has("methods_supported", "private_key_jwt") || has("methods_supported", "none") == (endpoint == "introspection") {
			t.Errorf("%s: got %v", endpoint, m[endpoint+"_endpoint_auth_methods_supported"])
		}
	}
	if m["introspection_endpoint"] != issuer+"oauth/introspect" {
		t.Errorf("got %v", m["introspection_endpoint"])
	}
}

// Whatever is made of a good assertion, nothing but itself is taken.
func FuzzClientAssertion(f *testing.F) {
	w := newSigners(f)
	good := w.assertion("signer", "ES256")
	part := strings.Split(good, ".")
	for _, seed := range []string{good, "", ".", "..", "...", good + ".", part[0] + ".." + part[2], part[1] + "." + part[0] + "." + part[2], "e30.e30."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		client, _, err := w.server.readAssertion(t.Context(), text, "")
		if err == nil && (text != good || client.ID != "signer") {
			t.Errorf("%q is taken for %s's", text, client.ID)
		}
	})
}
