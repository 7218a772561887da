package auth

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"gorm.io/gorm"
)

// ask calls a route of the house with an access token, unless that is empty, and further headers in pairs.
func (w *world) ask(method, path, token string, header ...string) answer {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), method, w.http.URL+path, nil)
	if err != nil {
		w.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return w.browser().do(r)
}

// challenged checks the answer of a guarded route that lets nobody in: RFC 6750 §3 beside the problem. The code is empty where
// there was no token at all.
func challenged(t testing.TB, a answer, status int, code string, more ...string) {
	t.Helper()
	told := a.header.Get("WWW-Authenticate")
	if a.status != status || !strings.HasPrefix(told, `Bearer realm="Punchcard"`) ||
		!strings.HasSuffix(told, `, resource_metadata="`+issuer+resourceWellKnown+`"`) {
		t.Errorf("got %d %q %.300s, want %d", a.status, told, a.body, status)
	}
	if code == "" && contains(told, "error") || code != "" && !contains(told, `, error="`+code+`", `) {
		t.Errorf("the challenge is %s, want the error %q", told, code)
	}
	for _, want := range more {
		if !contains(told, want) {
			t.Errorf("the challenge is %s, want %s in it", told, want)
		}
	}
	kind := a.header.Get("Content-Type") // UserInfo speaks OAuth's errors
	if kind != "application/problem+json" && kind != "application/json" || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("got %v", a.header)
	}
}

// project opens a project, and gives its id.
func (w *world) project() string {
	w.Helper()
	const id = "prj_rockets"
	err := w.db.Write(w.Context(), func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO projects (id, name, customer, billable, tasks, closed, created_at, updated_at) VALUES (?, 'Rockets', '', ?, '[]', ?, ?, ?)",
			id, true, false, w.clock.now(), w.clock.now()).Error
	})
	if err != nil {
		w.Fatal(err)
	}
	return id
}

// send calls a route with a body of JSON.
func (w *world) send(method, path, token, body string) answer {
	w.Helper()
	r, _ := http.NewRequestWithContext(w.Context(), method, w.http.URL+path, stringsReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	return w.browser().do(r)
}

const allOfAPI = "openid offline_access read:timesheets create:timesheets delete:timesheets approve:timesheets"

func TestConformanceWhereATokenIsTaken(t *testing.T) {
	w := newHouse(t)
	good, _ := w.tokens("mia@example.com", "scope", allOfAPI)
	prove(t, "B-01 no credentials: a challenge without an error", func(t *testing.T) {
		for _, header := range [][]string{nil, {"Authorization", "Basic eDp5"}, {"Cookie", "access_token=" + good},
			{"X-Access-Token", good}} {
			challenged(t, w.ask("GET", "/timesheets", "", header...), 401, "")
		}
	})
	prove(t, "B-03 a scope is missing", func(t *testing.T) {
		low, _ := w.tokens("mia@example.com", "scope", "openid read:timesheets")
		challenged(t, w.ask("PUT", "/timesheets/x/approval", low), 403, "insufficient_scope", `scope="approve:timesheets"`)
		if a := w.ask("PUT", "/timesheets/x/approval", good); a.status != http.StatusNotFound {
			t.Errorf("with the scope: %d %s", a.status, a.body)
		}
	})
	prove(t, "B-04 the scheme in any case", func(t *testing.T) {
		for _, scheme := range []string{"Bearer", "bearer", "BEARER", "bEaReR"} {
			if a := w.ask("GET", "/me", "", "Authorization", scheme+" "+good); a.status != http.StatusOK {
				t.Errorf("%s got %d", scheme, a.status)
			}
		}
	})
	prove(t, "B-05 in the address it is none, and the log doesn't hold it", func(t *testing.T) {
		for _, path := range []string{"/timesheets?access_token=", "/userinfo?access_token=", "/me?a=b&access_token="} {
			challenged(t, w.ask("GET", path+good, ""), 401, "")
		}
		if contains(w.log.String(), good) || contains(w.log.String(), "access_token") {
			t.Error("the log holds it")
		}
	})
	prove(t, "B-06 two tokens", func(t *testing.T) {
		challenged(t, w.ask("GET", "/me?access_token="+good, good), 400, "invalid_request")
		challenged(t, w.ask("GET", "/me", good, "Authorization", "Bearer "+good), 400, "invalid_request")
		challenged(t, w.ask("GET", "/me", good, "Authorization", "Basic eDp5"), 400, "invalid_request")
		r, _ := http.NewRequestWithContext(t.Context(), "POST", w.http.URL+"/userinfo", stringsReader("access_token="+good))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Authorization", "Bearer "+good)
		challenged(t, w.browser().do(r), 400, "invalid_request")
	})
	prove(t, "B-08 in a form it is none", func(t *testing.T) {
		r, _ := http.NewRequestWithContext(t.Context(), "POST", w.http.URL+"/userinfo", stringsReader("access_token="+good))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		challenged(t, w.browser().do(r), 401, "")
	})
	prove(t, "B-21 what is about people is kept by nobody", func(t *testing.T) {
		for _, path := range []string{"/me", "/people", "/timesheets", "/projects", "/userinfo"} {
			a := w.ask("GET", path, good)
			if a.status != http.StatusOK || !contains(a.header.Get("Cache-Control"), "no-store") &&
				!contains(a.header.Get("Cache-Control"), "private") {
				t.Errorf("%s: %d, Cache-Control: %q", path, a.status, a.header.Get("Cache-Control"))
			}
		}
	})
	prove(t, "B-23 the resource's metadata", func(t *testing.T) {
		a := w.ask("GET", "/"+resourceWellKnown, "")
		m := a.json()
		names := []any{}
		for _, sc := range testScopes {
			names = append(names, sc.Name)
		}
		if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "application/json") ||
			m["resource"] != audience ||
			fmt.Sprint(m["authorization_servers"]) != "["+issuer+"]" || fmt.Sprint(m["bearer_methods_supported"]) != "[header]" ||
			fmt.Sprint(m["scopes_supported"]) != fmt.Sprint(names) {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
}

func TestConformanceUserInfo(t *testing.T) {
	w := newHouse(t)
	issued := w.redeem(w.browser().code("ada@example.com", "scope", "openid profile email read:timesheets")).json()
	token := issued["access_token"].(string)
	prove(t, "B-07 B-09 by GET and POST, about the person of the ID token", func(t *testing.T) {
		for _, method := range []string{"GET", "POST"} {
			a := w.ask(method, "/userinfo", token)
			m := a.json()
			if a.status != http.StatusOK || m["sub"] == "" || m["sub"] != claimsOf(t, issued["id_token"])["sub"] ||
				m["name"] != "Ada Lovelace" ||
				m["email"] != "ada@example.com" || m["email_verified"] != false {
				t.Errorf("%s got %d %s", method, a.status, a.body)
			}
		}
	})
	prove(t, "B-10 without openid", func(t *testing.T) {
		low, _ := w.tokens("ada@example.com", "scope", "read:timesheets")
		for _, method := range []string{"GET", "POST"} {
			challenged(t, w.ask(method, "/userinfo", low), 403, "insufficient_scope", `scope="openid"`)
		}
	})
	machine := w.token(asPayroll, "grant_type", "client_credentials").json()["access_token"].(string)
	prove(t, "M-06 a machine's token", func(t *testing.T) {
		challenged(t, w.ask("GET", "/userinfo", machine), 403, "insufficient_scope", `scope="openid"`)
	})
	prove(t, "M-07 a machine approves nothing", func(t *testing.T) {
		challenged(t, w.ask("PUT", "/timesheets/x/approval", machine), 403, "insufficient_scope")
		wrong := Directory{Clients: []NewClient{{ID: "m", Name: "M", Type: "machine", Secret: strings.Repeat("s", 20),
			Grants: []NewGrant{{Audience: audience, Scopes: []string{"approve:timesheets"}}}}}}.Check(testScopes)
		if len(wrong) != 1 || wrong[0].Pointer != "/clients/0/grants/0/scopes/0" {
			t.Errorf("it can be granted that: %v", wrong)
		}
	})
	prove(t, "M-05 its sub is nobody's", func(t *testing.T) {
		if sub := claimsOf(t, machine)["sub"]; sub != "payroll@clients" {
			t.Errorf("sub is %v", sub)
		}
		var ids []string
		if err := w.db.Read(t.Context()).Model(&Person{}).Pluck("id", &ids).Error; err != nil || len(ids) == 0 {
			t.Fatal(ids, err)
		}
		for _, id := range append(ids, newPerson("x@clients", "payroll@clients", time.Now()).ID) {
			if !strings.HasPrefix(id, "usr_") || contains(id, "@") {
				t.Errorf("a person is %s", id)
			}
		}
	})
}

// Each of these was a valid token's twin in some other server. Here all of them are refused, and nothing is fetched for them.
func TestConformanceForgedTokensAtTheAPI(t *testing.T) {
	w := newHouse(t)
	w.apply(NewClient{ID: "signer", Name: "Signer", Type: "machine", JWKS: jwksOf(signerKeys()["ES256"])})
	issued := w.redeem(w.browser().code("ada@example.com")).json()
	good := issued["access_token"].(string)
	claims, err := w.server.parseAccess(good)
	if err != nil {
		t.Fatal(err)
	}
	es, rs := w.server.keys.signer("ES256", w.clock.now()), w.server.keys.signer("RS256", w.clock.now())
	var fetched atomic.Int32
	evil := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { fetched.Add(1) }))
	defer evil.Close()
	header := func(pairs ...any) map[string]any {
		h := map[string]any{"typ": "at+jwt", "kid": es.ID}
		for i := 0; i < len(pairs); i += 2 {
			h[pairs[i].(string)] = pairs[i+1]
		}
		return h
	}
	signed := func(h map[string]any) string { return forge(t, jwt.SigningMethodES256, es.private, h, claims) }
	with := func(change func(*accessClaims)) string {
		c := *claims
		change(&c)
		return forge(t, jwt.SigningMethodES256, es.private, header(), c)
	}
	refusedAtAPI := func(t *testing.T, name, token string) {
		t.Helper()
		a := w.ask("GET", "/me", token)
		if a.status != 401 {
			t.Errorf("%s got %d", name, a.status)
		}
		challenged(t, a, 401, "invalid_token")
	}
	all := func(t *testing.T, tokens map[string]string) {
		t.Helper()
		for name, token := range tokens {
			refusedAtAPI(t, name, token)
			inactiveToken(t, name, w.introspect(asPayroll, "token", token))
		}
	}
	if a := w.ask("GET", "/me", signed(header())); a.status != http.StatusOK {
		t.Fatalf("what is forged with the true key is refused, so the cases below prove nothing: %s", a.body)
	}

	prove(t, "B-02 malformed, expired, revoked, forged", func(t *testing.T) {
		revoked, _ := w.tokens("ada@example.com")
		w.client("/oauth/revoke", "app", "token", revoked)
		stranger, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		all(t, map[string]string{
			"a word": "x", "dots": "..", "revoked": revoked,
			"a stranger's": forge(t, jwt.SigningMethodES256, stranger, header(), claims),
			"expired":      with(func(c *accessClaims) { c.ExpiresAt = jwt.NewNumericDate(w.clock.now().Add(-time.Second)) }),
		})
	})
	prove(t, "B-11 Z-17 an ID token",
		func(t *testing.T) { all(t, map[string]string{"an ID token": issued["id_token"].(string)}) })
	prove(t, "B-12 Z-17 what is meant for other endpoints", func(t *testing.T) {
		device, user := w.device()
		logout, err := w.server.sign("ES256", "logout+jwt", claims)
		if err != nil {
			t.Fatal(err)
		}
		others := map[string]string{
			"a code": w.browser().code("ada@example.com"), "a device code": device, "a user code": user,
			"a logout token":       logout,
			"a client's assertion": w.assertion("signer", "ES256"), "a secret": "payroll secret, long",
		}
		all(t, others)
		refusedAtAPI(t, "a refresh token", issued["refresh_token"].(string))
	})
	prove(t, "B-13 Z-16 algorithms and keys of the token's own choice", func(t *testing.T) {
		tokens := map[string]string{
			"none":                   forge(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, header(), claims),
			"RS256 with the RSA key": forge(t, jwt.SigningMethodRS256, rs.private, header(), claims),
			"b64":                    signed(header("b64", false)),
			"crit":                   signed(header("crit", []string{"exp"})),
			"jwk":                    signed(header("jwk", es.jwk())),
			"jku":                    signed(header("jku", evil.URL)),
			"x5u":                    signed(header("x5u", evil.URL)),
			"x5c":                    signed(header("x5c", []string{"MIIB"})),
			"kid at an address":      signed(header("kid", evil.URL)),
		}
		part := strings.Split(good, ".")
		for _, alg := range []string{"None", "NONE", "nOnE", "XX512", "HS256", "ES512", ""} {
			h := fmt.Sprintf(`{"alg":%q,"typ":"at+jwt","kid":%q}`, alg, es.ID)
			tokens["said to be "+alg] = base64.RawURLEncoding.EncodeToString([]byte(h)) + "." + part[1] + "." + part[2]
			tokens["said to be "+alg+", unsigned"] = base64.RawURLEncoding.EncodeToString([]byte(h)) + "." + part[1] + "."
		}
		for name, key := range map[string]*signingKey{"EC": es, "RSA": rs} {
			der, err := x509.MarshalPKIXPublicKey(key.private.Public())
			if err != nil {
				t.Fatal(err)
			}
			secrets := map[string][]byte{"DER": der, "PEM": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}),
				"nothing": {}}
			for _, member := range []string{"n", "x", "y", "kid"} {
				if text := key.jwk()[member]; text != "" {
					secrets[member] = []byte(text)
				}
			}
			for form, secret := range secrets {
				for _, method := range []*jwt.SigningMethodHMAC{jwt.SigningMethodHS256, jwt.SigningMethodHS384,
					jwt.SigningMethodHS512} {
					tokens[method.Name+" with the "+form+" of "+name] = forge(t, method, secret, header("kid", key.ID),
						claims)
				}
			}
		}
		all(t, tokens)
	})
	prove(t, "B-14 kids that lead elsewhere", func(t *testing.T) {
		tokens := map[string]string{}
		for _, kid := range []any{"unknown", "../../../etc/passwd", "' OR '1'='1", "x'; DROP TABLE signing_keys; --", "", 7,
			nil, []string{es.ID},
			strings.ToLower(es.ID), es.ID + " ", es.ID + "\x00"} {
			tokens[fmt.Sprint("kid ", kid)] = signed(header("kid", kid))
		}
		all(t, tokens)
		if _, err := w.server.Verify(t.Context(), signed(header("kid", strings.Repeat("k", 10_000))), ""); err == nil {
			t.Error("a kid of 10 kB is taken")
		}
		var keys int64
		if err := w.db.Read(t.Context()).Model(&signingKey{}).Count(&keys).Error; err != nil || keys != 2 {
			t.Errorf("%d keys, %v", keys, err)
		}
	})
	prove(t, "B-15 Z-17 other issuers and audiences", func(t *testing.T) {
		tokens := map[string]string{}
		for _, iss := range []string{"https://evil.example/", strings.TrimSuffix(issuer, "/"), issuer + "/",
			strings.ToUpper(issuer), "http" + issuer[5:], ""} {
			tokens["iss "+iss] = with(func(c *accessClaims) { c.Issuer = iss })
		}
		for _, aud := range []jwt.ClaimStrings{{"https://elsewhere.example"}, {issuer + "userinfo"}, {"app"},
			{audience + "/"}, {"a", "b"}, {""}, nil} {
			tokens[fmt.Sprint("aud ", aud)] = with(func(c *accessClaims) { c.Audience = aud })
		}
		all(t, tokens)
	})
	prove(t, "B-16 of another time", func(t *testing.T) {
		at := func(d time.Duration) *jwt.NumericDate { return jwt.NewNumericDate(w.clock.now().Add(d)) }
		all(t, map[string]string{
			"expired now":          with(func(c *accessClaims) { c.ExpiresAt = at(0) }),
			"expired long ago":     with(func(c *accessClaims) { c.ExpiresAt = at(-time.Hour) }),
			"not yet":              with(func(c *accessClaims) { c.NotBefore = at(skew + time.Second) }),
			"issued in the future": with(func(c *accessClaims) { c.IssuedAt = at(skew + time.Second) }),
			"never expires":        with(func(c *accessClaims) { c.ExpiresAt = nil }),
		})
	})
	if fetched.Load() != 0 {
		t.Errorf("B-13: %d requests went out for what a token says", fetched.Load())
	}
	prove(t, "B-17 Z-18 Z-30 cut, padded, blown up", func(t *testing.T) {
		for cut := range len(good) {
			if a := w.ask("GET", "/me", good[:cut]); a.status != 401 {
				t.Fatalf("the first %d characters got %d", cut, a.status)
			}
		}
		for _, token := range []string{good + "=", good + ".", good + ".x", "." + good, good + "A", good + " x",
			good + "\t", `"` + good + `"`, "=" + good} {
			if a := w.ask("GET", "/me", "", "Authorization", "Bearer "+token); a.status != 401 &&
				token != good+"\t" { // net/http trims a header's end
				t.Errorf("%.20q… got %d", token, a.status)
			}
		}
		for _, huge := range []string{strings.Repeat(".", 1<<20), strings.Repeat("a", 1<<20),
			good + strings.Repeat(".", 1<<20), strings.Repeat(good+".", 1000)} {
			r := httptest.NewRequest("GET", issuer+"me", nil)
			r.Header.Set("Authorization", "Bearer "+huge)
			rw, began := httptest.NewRecorder(), time.Now()
			w.http.Config.Handler.ServeHTTP(rw, r)
			if took := time.Since(began); rw.Code != 401 || took > time.Second {
				t.Errorf("a token of %d bytes got %d after %s", len(huge), rw.Code, took)
			}
		}
	})
}

// Whatever ends a token ends it at the next call of the API.
func TestConformanceTokensDieAtOnce(t *testing.T) {
	w := newHouse(t)
	for name, kill := range map[string]func(b *browser, code, access, refresh string){
		"B-18 the application revokes it": func(_ *browser, _, access,
			_ string) {
			w.client("/oauth/revoke", "app", "token", access)
		},
		"B-18 the application revokes its family": func(_ *browser, _, _,
			refresh string) {
			w.client("/oauth/revoke", "app", "token", refresh)
		},
		"B-18 its code comes again": func(_ *browser, code, _, _ string) { w.redeem(code) },
		"B-18 the person signs out": func(b *browser, _, _, _ string) {
			b.post("/oidc/logout", map[string][]string{"csrf": {csrfOf(b, b.get("/oidc/logout"))}})
		},
		"B-18 the person withdraws the consent": func(b *browser, _, _,
			_ string) {
			b.send("/account/apps/revoke", "client_id", "app")
		},
		"B-18 the person ends the session": func(b *browser, _, _,
			_ string) {
			b.send("/account/sessions/end", "session", b.sessionOf())
		},
		"B-18 the person signs out everywhere": func(b *browser, _, _, _ string) { b.send("/account/sessions/end-all") },
		"B-18 a refresh token of its family is stolen": func(_ *browser, _, _, refresh string) {
			w.refresh(w.refresh(refresh).json()["refresh_token"].(string))
			w.refresh(refresh)
		},
		"B-19 an administrator blocks the person": func(*browser, string, string,
			string) {
			w.update("max@example.com", "blocked", true)
		},
	} {
		prove(t, name, func(t *testing.T) {
			w.update("max@example.com", "blocked", false)
			b := w.browser()
			code := b.code("max@example.com")
			issued := w.redeem(code).json()
			access, refresh := issued["access_token"].(string), issued["refresh_token"].(string)
			if a := w.ask("GET", "/timesheets", access); a.status != http.StatusOK {
				t.Fatalf("before: %d %s", a.status, a.body)
			}
			kill(b, code, access, refresh)
			challenged(t, w.ask("GET", "/timesheets", access), 401, "invalid_token")
		})
	}
	prove(t, "B-18 M-08 an administrator disables the application", func(t *testing.T) {
		machine := w.token(asPayroll, "grant_type", "client_credentials").json()["access_token"].(string)
		if a := w.ask("GET", "/timesheets", machine); a.status != http.StatusOK {
			t.Fatalf("before: %d %s", a.status, a.body)
		}
		w.disable("payroll")
		challenged(t, w.ask("GET", "/timesheets", machine), 401, "invalid_token")
	})
	prove(t, "B-19 who manages nobody any more approves nothing", func(t *testing.T) {
		access, _ := w.tokens("mia@example.com", "scope", allOfAPI)
		if a := w.ask("PUT", "/timesheets/x/approval", access); a.status != http.StatusNotFound {
			t.Fatalf("before: %d %s", a.status, a.body)
		}
		w.update("ada@example.com", "manager_id", nil)
		challenged(t, w.ask("PUT", "/timesheets/x/approval", access), 403, "insufficient_scope",
			`scope="approve:timesheets"`)
		if a := w.ask("GET", "/timesheets", access); a.status != http.StatusOK {
			t.Errorf("what is left of the token got %d", a.status)
		}
	})
}

func TestConformanceApprovingTakesAFreshSignIn(t *testing.T) {
	w := newHouse(t)
	prove(t, "B-22 Z-10 and after it the same call succeeds", func(t *testing.T) {
		if err := w.server.Apply(t.Context(), Directory{API: &NewAPI{Audience: audience, MaxAuthAgeForApproval: 300}}, nil); err != nil {
			t.Fatal(err)
		}
		ada, _ := w.tokens("ada@example.com")
		b := w.browser()
		old := w.redeem(b.code("mia@example.com", "scope", allOfAPI)).json()
		made := w.send("POST", "/timesheets", ada,
			fmt.Sprintf(`{"date":"2026-01-05","minutes":60,"project_id":%q}`, w.project()))
		path := "/timesheets/" + fmt.Sprint(made.json()["id"])
		if a := w.ask("PUT", path+"/submission", ada); a.status != http.StatusOK {
			t.Fatalf("submit: %d %s, after %s", a.status, a.body, made.body)
		}
		w.clock.move(301 * time.Second)
		stale := []string{old["access_token"].(string),
			w.refresh(old["refresh_token"].(string)).json()["access_token"].(string),
			w.redeem(b.code("mia@example.com", "scope", allOfAPI)).json()["access_token"].(string)}
		for _, token := range stale { // neither a refresh nor a silent sign-in is a fresh one
			challenged(t, w.ask("PUT", path+"/approval", token), 401, "insufficient_user_authentication", `max_age="300"`)
		}
		again := b.authorize("scope", allOfAPI, "max_age", "300")
		wrong := b.signIn(again, "mia@example.com", "wrong")
		if wrong.status != http.StatusUnprocessableEntity {
			t.Errorf("a wrong password got %d", wrong.status)
		}
		code := b.signIn(again, "mia@example.com", password).location().Query().Get("code")
		if a := w.ask("PUT", path+"/approval", w.redeem(code).json()["access_token"].(string)); a.status != http.StatusOK {
			t.Errorf("after the step-up: %d %s", a.status, a.body)
		}
	})
}

// With the database gone, what can't be a token of ours is still refused: nobody makes it do work by making up keys.
func TestConformanceUnknownKeysCostNoWork(t *testing.T) {
	holds(t, "B-14")
	w := newHouse(t)
	good, _ := w.tokens("ada@example.com")
	part := strings.Split(good, ".")
	if err := w.db.Close(); err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		h := bytes.NewBufferString(fmt.Sprintf(`{"alg":"ES256","typ":"at+jwt","kid":"k%d"}`, i))
		token := base64.RawURLEncoding.EncodeToString(h.Bytes()) + "." + part[1] + "." + part[2]
		challenged(t, w.ask("GET", "/me", token), 401, "invalid_token")
	}
}
