package auth

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"
)

// jwtParts is what a JWT says, and its header, without looking at the signature.
func jwtParts(t testing.TB, token any) (header, claims map[string]any) {
	t.Helper()
	text, _ := token.(string)
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		t.Fatalf("%v is no JWT", token)
	}
	for i, into := range []*map[string]any{&header, &claims} {
		raw, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, into); err != nil {
			t.Fatal(err)
		}
	}
	return header, claims
}

// registers adds an application to the world.
func (w *world) registers(c NewClient) {
	w.Helper()
	d := Directory{Clients: []NewClient{c}}
	if mistakes := d.Check(testScopes); len(mistakes) > 0 {
		w.Fatal(mistakes)
	}
	if err := w.server.Apply(w.Context(), d, nil); err != nil {
		w.Fatal(err)
	}
}

func isPageError(t testing.TB, a answer) {
	t.Helper()
	if a.status != http.StatusBadRequest || a.header.Get("Location") != "" || !contains(a.header.Get("Content-Type"), "text/html") {
		t.Errorf("got %d %s to %q, want a page that says what is wrong", a.status, a.header.Get("Content-Type"), a.header.Get("Location"))
	}
	if a.header.Get("X-Frame-Options") != "DENY" || !contains(a.header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Errorf("the page can be framed: %v", a.header)
	}
	if contains(a.body, "<form") || contains(a.body, "evil") {
		t.Errorf("the page sends something on, or repeats what came: %s", a.body)
	}
}

func TestConformanceRedirectURIsAreComparedByteForByte(t *testing.T) {
	w := newWorld(t)
	w.registers(NewClient{ID: "plain", Name: "Plain", Type: "web", Secret: "plain secret, long", RedirectURIs: []string{
		"https://a.example/cb", "http://127.0.0.1:3000/cb"}})
	for _, uri := range []string{
		"https://a.example/cb/more", "https://a.example/c", "https://a.example/cb?x=1", "https://a.example/cb/", "https://a.example/cb?", "https://A.example/cb",
		"HTTPS://a.example/cb", "https://a.example:443/cb", "https://a.example:8443/cb", "https://a.example/%63b", "https://a.example/x/../cb", "https://a.example./cb",
		`https://a.example\cb`, `https://a.example/cb\`, "https://a.example/c\tb", "https://a.example/cb\n", " https://a.example/cb", "https://a.example/cb#f",
		"https://a.example/cb#", "https://a.example@evil.example/cb", "https://evil.example@a.example/cb", `https://evil.example\@a.example/cb`,
		"https://a.example.evil.example/cb", "http://a.example/cb", "//a.example/cb", "/cb", "https%3A%2F%2Fa.example%2Fcb", "https://a.example/cb;x", "https://a.example/CB",
		"http://ok:80@evil.example/cb", "http://a@b@a.example/cb", "https://a.example/..;/cb",
	} {
		prove(t, "A-06 "+url.QueryEscape(uri), func(t *testing.T) {
			isPageError(t, w.browser().authorize("client_id", "plain", "redirect_uri", uri))
		})
	}
	prove(t, "A-12 any loopback port for a web app", func(t *testing.T) {
		isPageError(t, w.browser().authorize("client_id", "plain", "redirect_uri", "http://127.0.0.1:3001/cb"))
		if a := w.browser().authorize("client_id", "plain", "redirect_uri", "http://127.0.0.1:3000/cb", "scope", "openid"); a.location().Path != "/login" {
			t.Errorf("the registered port got %d", a.status)
		}
	})
	prove(t, "A-03 A-04 an unknown client and an unknown redirect URI read the same", func(t *testing.T) {
		client := w.browser().authorize("client_id", "nobody", "redirect_uri", appURI)
		uri := w.browser().authorize("redirect_uri", "https://evil.example/")
		isPageError(t, client)
		isPageError(t, uri)
		if client.body != uri.body {
			t.Errorf("got %s and %s", client.body, uri.body)
		}
	})
}

func TestConformanceRedirectURIsOfNativeApps(t *testing.T) {
	w := newWorld(t)
	w.registers(NewClient{ID: "desk", Name: "Desk", Type: "native", SkipConsent: true, RedirectURIs: []string{
		"http://127.0.0.1/cb?x=1", "http://[::1]/cb", "com.example.desk:/cb"}})
	for _, uri := range []string{
		"http://127.0.0.1/cb?x=1", "http://127.0.0.1:1/cb?x=1", "http://127.0.0.1:65535/cb?x=1", "http://[::1]:49152/cb", "http://[::1]/cb", "com.example.desk:/cb",
	} {
		id := "A-10 "
		if strings.HasPrefix(uri, "com.") {
			id = "A-11 "
		}
		prove(t, id+uri, func(t *testing.T) {
			b := w.browser()
			a := b.signIn(b.authorize("client_id", "desk", "redirect_uri", uri, "scope", "openid"), "ada@example.com", password)
			join := "?"
			if contains(uri, "?") {
				join = "&"
			}
			rest, ok := strings.CutPrefix(a.header.Get("Location"), uri+join)
			if q, _ := url.ParseQuery(rest); a.status != 303 || !ok || q.Get("code") == "" {
				t.Errorf("got %d to %s", a.status, a.header.Get("Location"))
			}
		})
	}
	for _, uri := range []string{
		"http://127.0.0.1:1/cb", "http://127.0.0.1:1/cb?x=2", "http://127.0.0.1:1/other?x=1", "http://localhost:1/cb?x=1", "http://127.0.0.2:1/cb?x=1", "http://[::1]:1/cb/",
		"http://[::2]:1/cb", "https://127.0.0.1:1/cb?x=1", "http://127.1:1/cb?x=1", "http://0.0.0.0:1/cb?x=1", "com.example.desk:/cb/x", "com.example.desk://cb", "com.example.other:/cb",
	} {
		prove(t, "A-10 A-11 "+uri, func(t *testing.T) { isPageError(t, w.browser().authorize("client_id", "desk", "redirect_uri", uri)) })
	}
}

func TestConformanceAnswersOfTheAuthorizationEndpoint(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	const state = `&"<>%00 +/=é`
	spa := []string{"client_id", "spa", "redirect_uri", "https://spa.example.com/cb?x=1", "scope", "openid"}
	metadata := w.browser().get("/.well-known/openid-configuration").json()["issuer"]
	login := b.signIn(b.authorize(append(spa, "state", state, "nonce", state)...), "ada@example.com", password)
	granted := b.decide(login, "allow")
	prove(t, "A-23 a redirect after a POST is a GET", func(t *testing.T) {
		if login.status != http.StatusSeeOther || granted.status != http.StatusSeeOther {
			t.Errorf("got %d and %d", login.status, granted.status)
		}
	})
	prove(t, "A-09 A-21 A-22 a code", func(t *testing.T) {
		q := granted.location().Query()
		if !strings.HasPrefix(granted.header.Get("Location"), "https://spa.example.com/cb?x=1&") || q.Get("state") != state || q.Get("iss") != metadata || q.Get("code") == "" {
			t.Errorf("got %s", granted.header.Get("Location"))
		}
		for name, values := range q {
			if len(values) != 1 {
				t.Errorf("%s comes %d times", name, len(values))
			}
		}
	})
	prove(t, "A-49 the nonce is in the ID token, byte for byte", func(t *testing.T) {
		a := w.token("spa", "grant_type", "authorization_code", "code", granted.location().Query().Get("code"), "redirect_uri", "https://spa.example.com/cb?x=1", "code_verifier", verifies43)
		if _, claims := jwtParts(t, a.json()["id_token"]); claims["nonce"] != state {
			t.Errorf("got %v", claims)
		}
	})
	prove(t, "A-49 without a nonce there is none", func(t *testing.T) {
		_, claims := jwtParts(t, w.redeem(b.code("ada@example.com")).json()["id_token"])
		if _, has := claims["nonce"]; has {
			t.Errorf("got %v", claims)
		}
	})
	prove(t, "A-21 A-22 an error", func(t *testing.T) {
		a := w.browser().authorize(append(spa, "state", state, "prompt", "none")...)
		sentBack(t, a, "login_required")
		if q := a.location().Query(); q.Get("state") != state || q.Get("iss") != metadata || q.Get("x") != "1" {
			t.Errorf("got %s", a.header.Get("Location"))
		}
	})
	prove(t, "A-19 in another order", func(t *testing.T) {
		v := asking()
		first := "scope=" + url.QueryEscape("create:timesheets read:timesheets offline_access email profile openid")
		v.Del("scope")
		a := b.get("/authorize?" + first + "&" + v.Encode())
		got := w.redeem(a.location().Query().Get("code")).json()
		if len(strings.Fields(got["scope"].(string))) != 6 || got["id_token"] == nil || got["refresh_token"] == nil {
			t.Errorf("got %v", got)
		}
	})
	prove(t, "A-20 without openid", func(t *testing.T) {
		a := w.redeem(b.code("ada@example.com", "scope", "read:timesheets"))
		if a.status != 200 || a.json()["id_token"] != nil || a.json()["access_token"] == nil {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
	prove(t, "A-01 by GET and by form POST", func(t *testing.T) {
		for _, a := range []answer{b.authorize(), b.post("/authorize", asking())} {
			if got := w.redeem(a.location().Query().Get("code")); got.status != 200 {
				t.Errorf("got %d to %s", a.status, a.header.Get("Location"))
			}
		}
	})
	for name, values := range map[string][]string{
		"display": {"page", "popup", "touch", "wap"}, "ui_locales": {"xx", "de fr-CA"}, "claims_locales": {"xx"}, "acr_values": {"foo"}, "login_hint": {"x", "mia@example.com"},
	} {
		for _, value := range values {
			prove(t, "A-27 "+name+"="+value, func(t *testing.T) {
				if a := b.authorize(name, value); a.location().Query().Get("code") == "" {
					t.Errorf("got %d to %s", a.status, a.header.Get("Location"))
				}
			})
		}
	}
}

func TestConformanceARequestURIIsNotFetched(t *testing.T) {
	holds(t, "A-25")
	var fetched atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { fetched.Add(1) }))
	defer elsewhere.Close()
	b := newWorld(t).browser()
	for _, uri := range []string{elsewhere.URL, "https://elsewhere.example/r", "urn:x", "file:///etc/passwd"} {
		sentBack(t, b.authorize("request_uri", uri), "request_uri_not_supported")
	}
	if fetched.Load() != 0 {
		t.Error("it was fetched")
	}
}

func TestConformanceAClientWithoutTheCodeGrant(t *testing.T) {
	holds(t, "A-15")
	w := newWorld(t)
	err := w.server.change(t.Context(), func(tx *gorm.DB, n *news) error {
		if err := tx.Model(&Client{}).Where("id = ?", "other").Update("type", "machine").Error; err != nil {
			return err
		}
		return n.tell("policy", "")
	})
	if err != nil {
		t.Fatal(err)
	}
	sentBack(t, w.browser().authorize("client_id", "other", "redirect_uri", webURI), "unauthorized_client")
}

func TestConformanceSilentAndFreshSignIns(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	authTime := func(t *testing.T, a answer) (at float64, sub any) {
		t.Helper()
		_, claims := jwtParts(t, w.redeem(a.location().Query().Get("code")).json()["id_token"])
		at, _ = claims["auth_time"].(float64)
		return at, claims["sub"]
	}
	first, ada := authTime(t, b.signIn(b.authorize(), "ada@example.com", password))
	if first != float64(w.clock.now().Unix()) {
		t.Fatalf("auth_time is %v", first)
	}
	w.clock.move(10 * time.Minute)
	prove(t, "A-31 prompt=none", func(t *testing.T) {
		if at, sub := authTime(t, b.authorize("prompt", "none")); at != first || sub != ada {
			t.Errorf("signed in at %v as %v", at, sub)
		}
	})
	prove(t, "A-39 max_age that is not exceeded", func(t *testing.T) {
		if at, sub := authTime(t, b.authorize("max_age", "10000")); at != first || sub != ada {
			t.Errorf("signed in at %v as %v", at, sub)
		}
	})
	for name, pairs := range map[string][]string{
		"A-34 A-35 prompt=login": {"prompt", "login"}, "A-38 max_age that is exceeded": {"max_age", "1"}, "A-41 max_age=0": {"max_age", "0"},
		"A-37 prompt=select_account": {"prompt", "select_account"},
	} {
		prove(t, name, func(t *testing.T) {
			w.clock.move(time.Minute)
			before, _ := authTime(t, b.authorize())
			a := b.authorize(pairs...)
			path := a.location().RequestURI()
			for range 2 { // reloading lets nobody pass
				if page := b.get(path); a.location().Path != "/login" || page.status != 200 || !contains(page.body, `type="password"`) {
					t.Fatalf("got %d to %s, then %d %s", a.status, path, page.status, page.body)
				}
			}
			skip := b.get(strings.Replace(path, "/login", "/consent", 1))
			if skip.location().Path != "/login" {
				t.Errorf("left out, the page led to %d %s", skip.status, skip.header.Get("Location"))
			}
			if at, sub := authTime(t, b.signIn(a, "ada@example.com", password)); at <= before || at != float64(w.clock.now().Unix()) || sub != ada {
				t.Errorf("signed in at %v as %v, before at %v", at, sub, before)
			}
		})
	}
}

func TestConformancePagesOfTheServer(t *testing.T) {
	w := newHouse(t)
	b := w.browser()
	cross := func(method, path string) answer {
		r, _ := http.NewRequestWithContext(t.Context(), method, w.http.URL+path, nil)
		r.Header.Set("Origin", "https://spa.example.com") // which may read what is answered elsewhere
		r.Header.Set("Access-Control-Request-Method", "GET")
		return b.do(r)
	}
	for _, method := range []string{"GET", "POST", "OPTIONS"} {
		prove(t, "A-55 "+method+" /authorize", func(t *testing.T) {
			for name := range cross(method, "/authorize?"+asking().Encode()).header {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("it answers %s", name)
				}
			}
		})
	}
	login := b.authorize("client_id", "spa", "redirect_uri", "https://spa.example.com/cb?x=1")
	page := login.location().RequestURI()
	consent := b.signIn(login, "ada@example.com", password)
	for name, path := range map[string]string{"consent": consent.location().RequestURI(), "device": "/device", "activate": "/activate", "logout": "/oidc/logout"} {
		prove(t, "A-53 A-54 "+name, func(t *testing.T) { protectedPage(t, b.get(path)) })
	}
	prove(t, "A-53 A-54 login", func(t *testing.T) {
		other := w.browser()
		protectedPage(t, other.get("/login?return_to=/account"))
		protectedPage(t, other.get(other.authorize().location().RequestURI()))
	})
	prove(t, "A-56 consent", func(t *testing.T) {
		path := consent.location().RequestURI()
		other := csrfOf(t, w.browser().get("/device"))
		for _, csrf := range []string{"", "x", other, csrfOf(t, b.get("/device"))} {
			if a := b.post(path, url.Values{"csrf": {csrf}, "decision": {"allow"}}); a.status != http.StatusForbidden || a.header.Get("Location") != "" {
				t.Errorf("got %d", a.status)
			}
		}
		sentBack(t, b.authorize("client_id", "spa", "redirect_uri", "https://spa.example.com/cb?x=1", "prompt", "none"), "consent_required")
	})
	prove(t, "A-56 device", func(t *testing.T) {
		code, _ := w.client("/oauth/device/code", "app", "scope", "openid").json()["user_code"].(string)
		for _, csrf := range []string{"", "x", csrfOf(t, w.browser().get("/device"))} {
			if a := b.post("/device", url.Values{"csrf": {csrf}, "user_code": {code}}); a.status != http.StatusForbidden || a.header.Get("Location") != "" {
				t.Errorf("got %d", a.status)
			}
		}
	})
	prove(t, "A-60 the sign-in again, after the answer went out", func(t *testing.T) {
		b.decide(consent, "allow")
		for _, path := range []string{page, consent.location().RequestURI()} {
			a := b.get(path)
			isPageError(t, a)
			if !contains(a.body, "already used") {
				t.Errorf("the page says %s", a.body)
			}
		}
	})
}

func protectedPage(t *testing.T, a answer) {
	t.Helper()
	if a.status != http.StatusOK || !contains(a.body, "<form") {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	for name, want := range map[string]string{"X-Frame-Options": "DENY", "Cache-Control": "no-store", "Referrer-Policy": "same-origin"} {
		if a.header.Get(name) != want {
			t.Errorf("%s is %q", name, a.header.Get(name))
		}
	}
	policy := a.header.Get("Content-Security-Policy")
	if !contains(policy, "frame-ancestors 'none'") || !contains(policy, "default-src 'none'") || contains(policy, "script-src") {
		t.Errorf("the policy is %s", policy)
	}
	for _, foreign := range []string{`src="http`, `src="//`, `href="http`, `href="//`, "<script"} {
		if contains(a.body, foreign) {
			t.Errorf("the page has %s", foreign)
		}
	}
}

func TestConformanceTheSessionIsAnotherOneAfterEachStep(t *testing.T) {
	holds(t, "A-57")
	w := newHouse(t)
	b := w.browser()
	// Cookies that somebody planted before the sign-in.
	planted := []*http.Cookie{{Name: "__Host-" + sessionCookie, Value: newSecret(), Path: "/", Secure: true}}
	b.client.Jar.SetCookies(mustURL(b.url), planted)
	cookie := func() *http.Cookie {
		for _, c := range b.client.Jar.Cookies(mustURL(b.url)) {
			if c.Name == "__Host-"+sessionCookie {
				return &http.Cookie{Name: c.Name, Value: c.Value, Path: "/", Secure: true}
			}
		}
		return nil
	}
	var known []*http.Cookie
	known = append(known, planted[0])
	b.signIn(b.authorize(), "ada@example.com", password)
	known = append(known, cookie())
	b.signIn(b.authorize("prompt", "login"), "ada@example.com", password)
	known = append(known, cookie())
	page := b.get("/oidc/logout")
	b.post("/oidc/logout", url.Values{"csrf": {csrfOf(t, page)}})
	if c := cookie(); c != nil && c.Value != "" {
		t.Errorf("after logout the browser has %s", c.Value)
	}
	for i, c := range known {
		for j := range i {
			if known[j].Value == c.Value {
				t.Errorf("step %d has the cookie of step %d", i, j)
			}
		}
		thief := w.browser()
		thief.client.Jar.SetCookies(mustURL(b.url), []*http.Cookie{c})
		sentBack(t, thief.authorize("prompt", "none"), "login_required")
	}
}

func TestConformanceTwoTabsKeepTheirOwn(t *testing.T) {
	holds(t, "A-58")
	w := newWorld(t)
	b := w.browser()
	verifierOf := map[string]string{"one": strings.Repeat("1", 43), "two": strings.Repeat("2", 43)}
	tab := map[string]answer{}
	for name, v := range verifierOf {
		tab[name] = b.authorize("state", name, "nonce", name, "code_challenge", challengeOf(v))
	}
	for name, a := range tab {
		got := b.signIn(a, "ada@example.com", password).location().Query()
		answer := w.token("app", "grant_type", "authorization_code", "code", got.Get("code"), "redirect_uri", appURI, "code_verifier", verifierOf[name])
		_, claims := jwtParts(t, answer.json()["id_token"])
		if got.Get("state") != name || claims["nonce"] != name {
			t.Errorf("tab %s got state %s and nonce %v", name, got.Get("state"), claims["nonce"])
		}
	}
}

func TestConformanceASchemeOfOnesOwnIsNotEnough(t *testing.T) {
	w := newWorld(t)
	w.registers(NewClient{ID: "desk", Name: "Desk", Type: "native", RedirectURIs: []string{"com.example.desk:/cb"}})
	w.registers(NewClient{ID: "copy", Name: "Copy", Type: "native", RedirectURIs: []string{"com.example.desk:/cb"}})
	b := w.browser()
	ask := func(client string, pairs ...string) answer {
		return b.authorize(append([]string{"client_id", client, "redirect_uri", "com.example.desk:/cb", "scope", "openid"}, pairs...)...)
	}
	a := b.signIn(ask("desk"), "ada@example.com", password)
	prove(t, "A-61 without a consent the person is asked", func(t *testing.T) {
		if a.location().Path != "/consent" {
			t.Errorf("got %d to %s", a.status, a.header.Get("Location"))
		}
		sentBack(t, ask("desk", "prompt", "none"), "consent_required")
	})
	b.decide(a, "allow")
	prove(t, "A-61 a consent is for that one application", func(t *testing.T) {
		if a := ask("desk", "prompt", "none"); a.location().Query().Get("code") == "" {
			t.Errorf("got %s", a.header.Get("Location"))
		}
		sentBack(t, ask("copy", "prompt", "none"), "consent_required")
	})
}
