package auth

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
)

const (
	configuration = "/.well-known/openid-configuration"
	spaOrigin     = "https://spa.example.com"
	spaURI        = "https://spa.example.com/cb?x=1"
)

// list is a member of the metadata that is a list of names.
func (a answer) list(name string) (names []string) {
	for _, value := range a.json()[name].([]any) {
		names = append(names, value.(string))
	}
	return names
}

func TestConformanceMetadata(t *testing.T) {
	w := newHouse(t)
	meta := w.ask("GET", configuration, "")
	m := meta.json()
	prove(t, "K-01 the issuer as it is in tokens, to the last byte", func(t *testing.T) {
		if meta.status != http.StatusOK || !strings.HasPrefix(meta.header.Get("Content-Type"), "application/json") ||
			m["issuer"] != issuer {
			t.Errorf("got %d %v", meta.status, m["issuer"])
		}
		access, _ := w.tokens("ada@example.com")
		if claimsOf(t, access)["iss"] != m["issuer"] {
			t.Error("tokens are another one's")
		}
	})
	prove(t, "K-02 the same as RFC 8414 has it", func(t *testing.T) {
		if a := w.ask("GET", "/.well-known/oauth-authorization-server", ""); a.status != http.StatusOK ||
			a.body != meta.body {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
	prove(t, "K-03 K-04 every endpoint is https, on this origin, and there", func(t *testing.T) {
		for _, name := range []string{
			"authorization_endpoint", "token_endpoint", "jwks_uri", "response_types_supported", "subject_types_supported",
			"id_token_signing_alg_values_supported",
		} {
			if m[name] == nil {
				t.Errorf("%s is missing", name)
			}
		}
		if !slices.Contains(meta.list("id_token_signing_alg_values_supported"), "RS256") {
			t.Error("RS256 is missing")
		}
		endpoints := 0
		for name, value := range m {
			if !strings.HasSuffix(name, "_endpoint") && name != "jwks_uri" {
				continue
			}
			endpoints++
			path, ok := strings.CutPrefix(value.(string), issuer)
			if get, post := w.ask("GET", "/"+path, ""), w.ask("POST", "/"+path, ""); !ok || get.status == 404 ||
				post.status == 404 || get.status >= 500 || post.status >= 500 {
				t.Errorf("%s is %v: GET %d, POST %d", name, value, get.status, post.status)
			}
		}
		if endpoints < 9 {
			t.Errorf("%d endpoints", endpoints)
		}
		for _, path := range []string{"/register", "/oauth/register", "/oidc/register", "/connect/register",
			"/oauth/bc-authorize", "/checksession", "/debug/pprof/", "/metrics"} {
			if a := w.ask("POST", path, ""); a.status != http.StatusNotFound {
				t.Errorf("%s is not advertised, but answers %d", path, a.status)
			}
		}
	})
	prove(t, "K-05 answers say who gives them", func(t *testing.T) {
		if m["authorization_response_iss_parameter_supported"] != true {
			t.Error("that is not told")
		}
		a := w.browser().authorize("prompt", "none")
		if a.location().Query().Get("iss") != m["issuer"] {
			t.Errorf("got %s", a.header.Get("Location"))
		}
	})
	prove(t, "K-06 public members alone, each key by a name of its own", func(t *testing.T) {
		var set struct{ Keys []map[string]string }
		if err := json.Unmarshal([]byte(w.ask("GET", "/.well-known/jwks.json", "").body), &set); err != nil ||
			len(set.Keys) < 2 {
			t.Fatal(set, err)
		}
		kids := map[string]bool{}
		for _, key := range set.Keys {
			allowed := map[string][]string{"RSA": {"alg", "e", "kid", "kty", "n", "use"},
				"EC": {"alg", "crv", "kid", "kty", "use", "x", "y"}}[key["kty"]]
			if diff := cmp.Diff(allowed, sortedNames(key)); diff != "" || key["use"] != "sig" || key["kid"] == "" ||
				kids[key["kid"]] {
				t.Errorf("%v: %s", key, diff)
			}
			if kids[key["kid"]] = true; key["kty"] == "RSA" && len(key["n"]) < 342 { // 2048 bits in base64url
				t.Errorf("its modulus has %d characters", len(key["n"]))
			}
		}
	})
	prove(t, "K-08 anybody may read it, and keep it for an hour", func(t *testing.T) {
		for _, path := range []string{configuration, "/.well-known/oauth-authorization-server", "/.well-known/jwks.json",
			"/" + resourceWellKnown} {
			a := w.ask("GET", path, "", "Origin", "https://anybody.example")
			if a.header.Get("Cache-Control") != "public, max-age=3600" ||
				a.header.Get("Access-Control-Allow-Origin") != "*" || a.header.Get("ETag") == "" {
				t.Errorf("%s: %v", path, a.header)
			}
			if again := w.ask("GET", path, "", "If-None-Match", a.header.Get("ETag")); again.status != http.StatusNotModified || again.body != "" {
				t.Errorf("%s again: %d %s", path, again.status, again.body)
			}
		}
	})
	prove(t, "K-11 Z-20 no header of a request changes it", func(t *testing.T) {
		device := func(header ...string) string {
			r, _ := http.NewRequestWithContext(t.Context(), "POST", w.http.URL+"/oauth/device/code",
				stringsReader("client_id=app&scope=openid"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for i := 0; i < len(header); i += 2 {
				r.Header.Set(header[i], header[i+1])
			}
			if host := r.Header.Get("Host"); host != "" {
				r.Host = host
			}
			return fmt.Sprint(w.browser().do(r).json()["verification_uri"])
		}
		for _, header := range [][]string{
			{"Host", "evil.example"}, {"X-Forwarded-Host", "evil.example"}, {"X-Forwarded-Proto", "http"},
			{"Forwarded", "host=evil.example;proto=http"},
			{"X-Forwarded-Prefix", "/evil"}, {"X-Original-URL", "/evil"}, {"X-Forwarded-Server", "evil.example"},
		} {
			r, _ := http.NewRequestWithContext(t.Context(), "GET", w.http.URL+configuration, nil)
			r.Header.Set(header[0], header[1])
			if header[0] == "Host" {
				r.Host = header[1]
			}
			if a := w.browser().do(r); a.body != meta.body {
				t.Errorf("%v changes the metadata", header)
			}
			if got := device(header...); got != issuer+"activate" {
				t.Errorf("%v leads a device to %s", header, got)
			}
			q := "/authorize?" + asking("prompt", "none").Encode()
			if a := w.ask("GET", q, "", header...); a.location().Query().Get("iss") != issuer {
				t.Errorf("%v: answered with iss %s", header, a.location().Query().Get("iss"))
			}
		}
	})
}

func TestConformanceScriptsOfOtherOrigins(t *testing.T) {
	w := newHouse(t)
	paths := map[string]string{ // with the statement that it is for
		"/oauth/token": "K-09 K-10", "/oauth/revoke": "K-09 K-10 V-10", "/userinfo": "K-09 K-10",
		"/oauth/device/code": "K-09 K-10", "/oauth/par": "K-09 K-10",
	}
	for path, ids := range paths {
		prove(t, ids+" "+path, func(t *testing.T) {
			for origin, want := range map[string]string{
				spaOrigin: spaOrigin, "https://evil.example": "", "null": "", "": "", spaOrigin + ".evil.example": "", "http" + spaOrigin[5:]: "",
				strings.ToUpper(spaOrigin): "", spaOrigin + "/": "", spaOrigin + ":444": "",
				"https://evil.example/" + spaOrigin: "",
			} {
				for _, method := range []string{"POST", "GET",
					"OPTIONS"} { // an error for each: no client, or no such method
					a := w.ask(method, path, "", "Origin", origin, "Access-Control-Request-Method", "POST", "Content-Type",
						"application/x-www-form-urlencoded")
					if method != "OPTIONS" && a.status < 400 {
						t.Errorf("%s got %d, so it proves nothing of errors", method, a.status)
					}
					if got := a.header.Get("Access-Control-Allow-Origin"); got != want {
						t.Errorf("%s from %q: Access-Control-Allow-Origin %q, want %q", method, origin, got, want)
					}
					if a.header.Get("Access-Control-Allow-Credentials") != "" ||
						!slices.Contains(a.header["Vary"], "Origin") {
						t.Errorf("%s from %q: %v", method, origin, a.header)
					}
				}
			}
		})
	}
	prove(t, "V-10 K-09 and what succeeds can be read too", func(t *testing.T) {
		for path, form := range map[string]string{"/oauth/revoke": "client_id=spa&token=x",
			"/oauth/device/code": "client_id=app&scope=openid"} {
			r, _ := http.NewRequestWithContext(t.Context(), "POST", w.http.URL+path, stringsReader(form))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Origin", spaOrigin)
			if a := w.browser().do(r); a.status != http.StatusOK ||
				a.header.Get("Access-Control-Allow-Origin") != spaOrigin {
				t.Errorf("%s: %d %v", path, a.status, a.header)
			}
		}
	})
	prove(t, "N-05 by GET", func(t *testing.T) {
		if a := w.ask("GET", "/oauth/introspect?token=x", ""); a.status != http.StatusMethodNotAllowed ||
			a.header.Get("Allow") != "POST" {
			t.Errorf("got %d, Allow: %q", a.status, a.header.Get("Allow"))
		}
	})
}

// The metadata is read as a client reads it: whatever it names is tried and works, and whatever else clients may know of
// OAuth is tried and doesn't.
func TestConformanceWhatIsAdvertisedWorksAndNothingElse(t *testing.T) {
	w := newHouse(t)
	w.apply(NewClient{ID: "signer", Name: "Signer", Type: "machine",
		JWKS:   jwksOf(signerKeys()["ES256"], signerKeys()["RS256"], signerKeys()["PS256"], signerKeys()["EdDSA"]),
		Grants: []NewGrant{{Audience: audience, Scopes: []string{"read:timesheets"}}}})
	meta := w.ask("GET", configuration, "")
	all := meta.list

	prove(t, "K-04 Z-40 grant types", func(t *testing.T) {
		works := map[string]func() answer{
			"authorization_code": func() answer { return w.redeem(w.browser().code("ada@example.com")) },
			"client_credentials": func() answer { return w.token(asPayroll, "grant_type", "client_credentials") },
			"refresh_token": func() answer {
				_, token := w.tokens("ada@example.com")
				return w.refresh(token)
			},
			deviceGrant: func() answer {
				device, user := w.device()
				w.browser().settle(user, "ada@example.com", "allow")
				return w.poll(device)
			},
		}
		if diff := cmp.Diff(sortedNames(works), all("grant_types_supported")); diff != "" {
			t.Error(diff)
		}
		for _, name := range all("grant_types_supported") {
			if a := works[name](); a.status != http.StatusOK || a.json()["access_token"] == nil {
				t.Errorf("%s is advertised, but got %d %s", name, a.status, a.body)
			}
		}
		for _, name := range []string{
			"password", "implicit", "urn:ietf:params:oauth:grant-type:jwt-bearer",
			"urn:ietf:params:oauth:grant-type:token-exchange",
			"urn:openid:params:grant-type:ciba", "urn:ietf:params:oauth:grant-type:saml2-bearer", "Authorization_Code",
			"authorization_code ", "hybrid",
			"http://auth0.com/oauth/grant-type/password-realm", "http://auth0.com/oauth/grant-type/passwordless/otp",
		} {
			for _, client := range []string{"app", asReports, asPayroll} {
				refused(t, w.token(client, "grant_type", name, "username", "ada@example.com", "password", password,
					"assertion", "x",
					"subject_token", "x"), 400, "unsupported_grant_type")
			}
		}
	})
	prove(t, "K-04 Z-40 a grant is for its types of clients, in whatever order it is asked", func(t *testing.T) {
		code := w.browser().code("ada@example.com")
		for _, c := range exampleDirectory(t).Clients {
			for _, name := range all("grant_types_supported") {
				if slices.Contains(grantsOfType[c.Type], name) {
					continue
				}
				pairs := []string{"grant_type=" + url.QueryEscape(name), "client_id=" + c.ID,
					"client_secret=" + url.QueryEscape(c.Secret), "code=" + code,
					"redirect_uri=" + url.QueryEscape(appURI), "code_verifier=" + verifies43, "refresh_token=x",
					"device_code=x", "scope=read:timesheets"}
				for range pairs {
					pairs = append(pairs[1:], pairs[0])
					r, _ := http.NewRequestWithContext(t.Context(), "POST", w.http.URL+"/oauth/token",
						stringsReader(strings.Join(pairs, "&")))
					r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
					refused(t, w.browser().do(r), 400, "unauthorized_client")
				}
			}
		}
		if a := w.redeem(code); a.status != http.StatusOK {
			t.Errorf("the attempts spent the code: %s", a.body)
		}
	})
	ofReports := []string{"client_id", "reports", "redirect_uri", webURI, "nonce", "n"}
	prove(t, "K-04 Z-40 response types", func(t *testing.T) {
		b := w.browser()
		for _, kind := range all("response_types_supported") {
			a := b.authorize(append(ofReports, "response_type", kind, "response_mode", "form_post", "prompt", "login")...)
			if a = b.signIn(a, "ada@example.com", password); a.location().Path == "/consent" {
				a = b.decide(a, "allow")
			}
			if _, sent := formOf(t, a); !sent.Has(kind) || sent.Get("iss") != issuer {
				t.Errorf("%s is advertised, but sent %v", kind, sent)
			}
		}
		for _, kind := range []string{"token", "code id_token", "id_token code", "code token", "id_token token",
			"code id_token token", "none", "CODE", "code "} {
			sentBack(t, b.authorize(append(ofReports, "response_type", kind)...), "unsupported_response_type")
			sentBack(t, b.authorize("response_type", kind), "unsupported_response_type")
		}
	})
	prove(t, "K-04 Z-40 response modes", func(t *testing.T) {
		w.apply(NewClient{ID: "planner", Name: "Planner", Type: "spa", RedirectURIs: []string{"https://spa.example.com/p"},
			WebOrigins: []string{spaOrigin}, SkipConsent: true})
		b := w.browser()
		b.code("ada@example.com")
		for _, mode := range all("response_modes_supported") {
			a := b.authorize("client_id", "planner", "redirect_uri", "https://spa.example.com/p", "scope", "openid",
				"response_mode", mode)
			if !contains(a.header.Get("Location")+a.body, "code") ||
				contains(a.header.Get("Location")+a.body, "invalid_request") {
				t.Errorf("%s is advertised, but got %d %s %s", mode, a.status, a.header.Get("Location"), a.body)
			}
		}
		for _, mode := range []string{"jwt", "query.jwt", "fragment.jwt", "form_post.jwt", "okta_post_message", "QUERY",
			"post"} {
			sentBack(t, b.authorize("response_mode", mode), "invalid_request")
		}
	})
	prove(t, "K-04 Z-40 client authentication, at each endpoint", func(t *testing.T) {
		works := map[string]func(path string, more ...string) answer{
			"client_secret_basic": func(path string, more ...string) answer { return w.client(path, asPayroll, more...) },
			"client_secret_post": func(path string, more ...string) answer {
				return w.client(path, "", append(more, "client_id", "payroll", "client_secret", "payroll secret, long")...)
			},
			"private_key_jwt": func(path string, more ...string) answer {
				return w.client(path, "",
					append(more, "client_assertion_type", jwtAssertion, "client_assertion",
						w.assertion("signer", "ES256"))...)
			},
			"none": func(path string, more ...string) answer { return w.client(path, "app", more...) },
		}
		for endpoint, path := range map[string]string{"token": "/oauth/token", "revocation": "/oauth/revoke",
			"introspection": "/oauth/introspect"} {
			advertised := all(endpoint + "_endpoint_auth_methods_supported")
			for name, call := range works {
				a := call(path, "grant_type", "client_credentials", "token", "x")
				if in := a.json()["error"] != "invalid_client" && a.status != 401; in != slices.Contains(advertised, name) {
					t.Errorf("%s at %s: %d %s, advertised are %v", name, path, a.status, a.body, advertised)
				}
			}
			for _, name := range advertised {
				if works[name] == nil {
					t.Errorf("%s is advertised for %s, and nobody tried it", name, path)
				}
			}
			byMAC, err := jwt.NewWithClaims(jwt.SigningMethodHS256,
				w.asserting("payroll")).SignedString([]byte("payroll secret, long"))
			if err != nil {
				t.Fatal(err)
			}
			refused(t, w.client(path, "", "grant_type", "client_credentials", "token", "x", "client_assertion_type",
				jwtAssertion, "client_assertion", byMAC),
				401, "invalid_client") // client_secret_jwt
			refused(t, w.client(path, "payroll", "grant_type", "client_credentials", "token", "x"), 401,
				"invalid_client") // none, or mutual TLS
		}
	})
	prove(t, "K-04 Z-40 algorithms", func(t *testing.T) {
		for _, name := range []string{"token", "revocation", "introspection"} {
			for _, alg := range all(name + "_endpoint_auth_signing_alg_values_supported") {
				if a := w.asserted(w.assertion("signer", alg)); a.status != http.StatusOK {
					t.Errorf("%s is advertised, but got %d %s", alg, a.status, a.body)
				}
			}
		}
		for _, alg := range all("dpop_signing_alg_values_supported") {
			p := w.prover(alg)
			if a := p.machine(p.proof("POST", "oauth/token", "", nil, nil)); a.status != http.StatusOK ||
				a.json()["token_type"] != "DPoP" {
				t.Errorf("a proof by %s is advertised, but got %d %s", alg, a.status, a.body)
			}
		}
		unsigned, _ := jwt.NewWithClaims(jwt.SigningMethodNone,
			w.asserting("signer")).SignedString(jwt.UnsafeAllowNoneSignatureType)
		refused(t, w.asserted(unsigned), 401, "invalid_client")
		es512, _ := jwt.NewWithClaims(jwt.SigningMethodES256,
			w.asserting("signer")).SignedString(signerKeys()["ES256"].private)
		refused(t, w.asserted("eyJhbGciOiJFUzUxMiJ9"+es512[strings.Index(es512, "."):]), 401, "invalid_client")
	})
	prove(t, "K-04 Z-40 PKCE", func(t *testing.T) {
		if got := all("code_challenge_methods_supported"); len(got) != 1 || got[0] != "S256" {
			t.Errorf("got %v", got)
		}
		for _, method := range []string{"plain", "s256", "S512", "none", ""} {
			sentBack(t, w.browser().authorize("code_challenge_method", method, "code_challenge", verifies43),
				"invalid_request")
		}
	})
	prove(t, "K-04 Z-40 scopes", func(t *testing.T) {
		known := all("scopes_supported")
		for _, name := range known {
			a := w.redeem(w.browser().code("root@example.com", "scope", name))
			if a.status != http.StatusOK || a.json()["scope"] != name {
				t.Errorf("%s is advertised, but got %d %s", name, a.status, a.body)
			}
		}
		for _, name := range []string{"address", "phone", "admin", "*", "read:*", "READ:timesheets", "openid,profile",
			"read:users"} {
			if !slices.Contains(known, name) {
				sentBack(t, w.browser().authorize("scope", "openid "+name), "invalid_scope")
			}
		}
	})
	prove(t, "K-04 claims, subject types and the algorithm of ID tokens", func(t *testing.T) {
		b := w.browser()
		first := w.redeem(b.code("ada@example.com", "nonce", "n")).json()["id_token"]
		if diff := cmp.Diff(slices.Sorted(slices.Values(all("claims_supported"))), sortedNames(claimsOf(t, first))); diff != "" {
			t.Errorf("the ID token has others: %s", diff)
		}
		other := b.reportsTokens("ada@example.com", "openid")["id_token"]
		if fmt.Sprint(all("subject_types_supported")) != "[public]" ||
			claimsOf(t, first)["sub"] != claimsOf(t, other)["sub"] {
			t.Error("the subject is not public")
		}
		token, _, err := jwt.NewParser().ParseUnverified(first.(string), jwt.MapClaims{})
		if err != nil || !slices.Contains(all("id_token_signing_alg_values_supported"), token.Method.Alg()) {
			t.Errorf("it is signed by %v, %v", token, err)
		}
	})
	prove(t, "K-04 prompts", func(t *testing.T) {
		b := w.browser()
		b.code("ada@example.com")
		for _, prompt := range all("prompt_values_supported") {
			if a := b.authorize("prompt", prompt); a.location().Query().Get("error") != "" ||
				a.status != http.StatusSeeOther {
				t.Errorf("%s is advertised, but got %d to %s", prompt, a.status, a.header.Get("Location"))
			}
		}
		sentBack(t, b.authorize("prompt", "create"), "invalid_request")
	})
	prove(t, "K-04 what is said not to be supported is refused", func(t *testing.T) {
		m := meta.json()
		for name, code := range map[string]string{"request": "request_not_supported",
			"request_uri": "request_uri_not_supported"} {
			if m[name+"_parameter_supported"] != false {
				t.Errorf("%s is said to be supported", name)
			}
			sentBack(t, w.browser().authorize(name, "https://evil.example/"+time.Now().String()), code)
		}
	})
}
