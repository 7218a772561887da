package auth

import (
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const byeURI = "https://reports.example.com/bye?x=1"

// reportsTokens signs a person in to Reports, in this browser, and gives its tokens.
func (b *browser) reportsTokens(email, scope string) map[string]any {
	b.Helper()
	code := b.code(email, "client_id", "reports", "redirect_uri", webURI, "scope", scope)
	return b.token("reports:reports secret, long", "grant_type", "authorization_code", "code", code, "redirect_uri", webURI,
		"code_verifier", verifies43).json()
}

func logoutOf(pairs ...string) string {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return "/oidc/logout?" + q.Encode()
}

// signedOut reports by what counts: whether the browser's session still authorizes without a page.
func (b *browser) signedOut() bool {
	b.Helper()
	return b.authorize("prompt", "none", "scope", "openid").location().Query().Get("error") == "login_required"
}

// asks checks that a page asks the person, and that nobody was signed out or sent anywhere.
func asks(t *testing.T, b *browser, a answer) {
	t.Helper()
	if a.status != http.StatusOK || a.header.Get("Location") != "" || !contains(a.body, "Sign out?") {
		t.Errorf("got %d to %q, want the page that asks: %s", a.status, a.header.Get("Location"), a.body)
	}
	if b.signedOut() {
		t.Error("the session ended without a question")
	}
}

func isPage(t *testing.T, a answer, status int, text string) {
	t.Helper()
	if a.status != status || a.header.Get("Location") != "" || !contains(a.body, text) {
		t.Errorf("got %d to %q, want a page with %q: %s", a.status, a.header.Get("Location"), text, a.body)
	}
}

func TestConformanceLogoutByTheApplication(t *testing.T) {
	for method, send := range map[string]func(b *browser, form url.Values) answer{
		"GET":  func(b *browser, form url.Values) answer { return b.get("/oidc/logout?" + form.Encode()) },
		"POST": func(b *browser, form url.Values) answer { return b.post("/oidc/logout", form) },
	} {
		prove(t, "L-01 L-02 L-03 by "+method, func(t *testing.T) {
			w := newWorld(t)
			b := w.browser()
			tokens := b.reportsTokens("ada@example.com", "openid read:timesheets")
			a := send(b, url.Values{"id_token_hint": {tokens["id_token"].(string)}, "post_logout_redirect_uri": {byeURI},
				"state": {"a b&c"}, "ui_locales": {"de fr"}, "client_id": {"reports"}})
			if a.status != http.StatusSeeOther || a.header.Get("Location") != byeURI+"&state=a+b%26c" {
				t.Errorf("got %d to %s", a.status, a.header.Get("Location"))
			}
			if !contains(a.header.Get("Set-Cookie"), "__Host-punchcard=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax") {
				t.Errorf("L-14: the cookie isn't cleared as it was set: %q", a.header.Get("Set-Cookie"))
			}
			sentBack(t, b.authorize("prompt", "none"), "login_required")
			refused(t, w.probe(tokens["access_token"].(string)), 401, "invalid_token")
		})
	}
	prove(t, "L-02 without state, and without a place to go", func(t *testing.T) {
		b := newWorld(t).browser()
		hint := b.reportsTokens("ada@example.com", "openid")["id_token"].(string)
		if a := b.get(logoutOf("id_token_hint", hint, "post_logout_redirect_uri", byeURI)); a.header.Get("Location") != byeURI {
			t.Errorf("got %d to %s", a.status, a.header.Get("Location"))
		}
		hint = b.reportsTokens("ada@example.com", "openid")["id_token"].(string)
		isPage(t, b.get(logoutOf("id_token_hint", hint)), 200, "You are signed out")
		if !b.signedOut() {
			t.Error("the session goes on")
		}
	})
}

func TestConformanceLogoutGoesNowhereElse(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	hint := b.reportsTokens("ada@example.com", "openid")["id_token"].(string)
	for _, uri := range []string{
		byeURI + "&foo=bar", "https://reports.example.com/bye", "https://reports.example.com/bye?x=1#f", "https://reports.example.com/BYE?x=1",
		"https://spa.example.com/", "https://evil.example/", "//evil.example", webURI, "javascript:alert(1)",
	} {
		prove(t, "L-04 "+uri, func(t *testing.T) {
			isPage(t, b.get(logoutOf("id_token_hint", hint, "post_logout_redirect_uri", uri)), 400, "not registered here")
			isPage(t, b.get(logoutOf("client_id", "reports", "post_logout_redirect_uri", uri)), 400, "not registered here")
			isPage(t, b.get("/v2/logout?"+url.Values{"client_id": {"reports"}, "returnTo": {uri}}.Encode()), 400, "not registered here")
		})
	}
	prove(t, "L-04 nobody's address", func(t *testing.T) {
		isPage(t, b.get(logoutOf("post_logout_redirect_uri", byeURI)), 400, "not registered here")
		isPage(t, b.get("/v2/logout?"+url.Values{"returnTo": {byeURI}}.Encode()), 400, "not registered here")
	})
	prove(t, "L-09 another application's ID token", func(t *testing.T) {
		isPage(t, b.get(logoutOf("id_token_hint", hint, "client_id", "spa")), 400, "another application")
		isPage(t, b.get(logoutOf("id_token_hint", hint, "client_id", "nobody")), 400, "another application")
		isPage(t, b.get(logoutOf("client_id", "nobody")), 400, "not registered here")
	})
	prove(t, "a parameter twice", func(t *testing.T) {
		isPage(t, b.get(logoutOf("id_token_hint", hint)+"&id_token_hint=x"), 400, "more than once")
		isPage(t, b.post(logoutOf("state", "a"), url.Values{"state": {"b"}}), 400, "more than once")
	})
	if b.signedOut() {
		t.Error("a request that was refused ended the session")
	}
}

func TestConformanceLogoutAsksWhoeverProvesNothing(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.reportsTokens("ada@example.com", "openid")
	mias := w.browser().reportsTokens("mia@example.com", "openid")
	for name, path := range map[string]string{
		"L-10 no parameters":                 "/oidc/logout",
		"L-10 only state":                    logoutOf("state", "x"),
		"L-05 no ID token":                   logoutOf("client_id", "reports", "post_logout_redirect_uri", byeURI),
		"L-08 another person's ID token":     logoutOf("id_token_hint", mias["id_token"].(string), "post_logout_redirect_uri", byeURI),
		"L-05 a session that isn't this one": logoutOf("logout_hint", "ses_x"),
		"L-05 /v2/logout for nobody":         "/v2/logout",
		"L-05 a token in the address":        logoutOf("csrf", "x"),
	} {
		prove(t, name, func(t *testing.T) { asks(t, b, b.get(path)) })
	}
	prove(t, "L-05 a form without its token", func(t *testing.T) {
		asks(t, b, b.post("/oidc/logout", url.Values{"client_id": {"reports"}}))
		asks(t, b, b.post("/oidc/logout", url.Values{"csrf": {"made up"}}))
	})
	prove(t, "L-05 an image, a script, a prefetch, a HEAD", func(t *testing.T) {
		hint := b.reportsTokens("ada@example.com", "openid")["id_token"].(string)
		for _, path := range []string{logoutOf("id_token_hint", hint), "/v2/logout?client_id=reports"} {
			for header, value := range map[string]string{"Sec-Fetch-Mode": "no-cors", "Sec-Purpose": "prefetch;prerender"} {
				r, _ := http.NewRequestWithContext(t.Context(), "GET", b.url+path, nil)
				r.Header.Set(header, value)
				asks(t, b, b.do(r))
			}
		}
	})
	prove(t, "L-05 pressing the button ends the session and goes where client_id proves", func(t *testing.T) {
		page := b.get(logoutOf("client_id", "reports", "post_logout_redirect_uri", byeURI, "state", "s"))
		if !contains(page.body, "Reports") || !contains(page.body, "ada@example.com") {
			t.Errorf("the page doesn't say who asks whom: %s", page.body)
		}
		if !contains(page.header.Get("Content-Security-Policy"), "form-action 'self' https://reports.example.com;") {
			t.Error("the browser won't follow the form there")
		}
		a := b.post("/oidc/logout", url.Values{"csrf": {csrfOf(t, page)}, "client_id": {"reports"}, "post_logout_redirect_uri": {byeURI}, "state": {"s"}})
		if a.header.Get("Location") != byeURI+"&state=s" || !b.signedOut() {
			t.Errorf("got %d to %s", a.status, a.header.Get("Location"))
		}
	})
	prove(t, "L-10 then the page that says so", func(t *testing.T) {
		b.reportsTokens("ada@example.com", "openid")
		a := b.post("/oidc/logout", url.Values{"csrf": {csrfOf(t, b.get("/oidc/logout"))}})
		isPage(t, a, 200, "You are signed out")
		isPage(t, b.get("/oidc/logout"), 200, "You are signed out")
	})
	prove(t, "L-05 another browser's button", func(t *testing.T) {
		b.reportsTokens("ada@example.com", "openid")
		other := w.browser()
		other.reportsTokens("ada@example.com", "openid")
		asks(t, b, b.post("/oidc/logout", url.Values{"csrf": {csrfOf(t, other.get("/oidc/logout"))}}))
	})
}

func TestConformanceOnlyAnIDTokenOfOursIsAHint(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	tokens := b.reportsTokens("ada@example.com", "openid read:timesheets")
	genuine := tokens["id_token"].(string)
	parts := strings.Split(genuine, ".")
	claims := jwt.MapClaims{}
	if _, _, err := jwt.NewParser().ParseUnverified(genuine, claims); err != nil {
		t.Fatal(err)
	}
	unsigned, _ := jwt.NewWithClaims(jwt.SigningMethodNone, claims).SignedString(jwt.UnsafeAllowNoneSignatureType)
	foreign, _ := rsa.GenerateKey(rand.Reader, 2048)
	forged := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	forged.Header["kid"] = w.server.keys.signer("RS256", w.clock.now()).ID
	byOther, _ := forged.SignedString(foreign)
	symmetric := jwt.NewWithClaims(jwt.SigningMethodHS256, claims)
	symmetric.Header["kid"] = forged.Header["kid"]
	byHMAC, _ := symmetric.SignedString([]byte("k"))
	otherIssuer := jwt.MapClaims{"iss": "https://evil.example/", "sub": claims["sub"], "aud": "reports", "sid": claims["sid"]}
	byUs, err := w.server.sign("RS256", "JWT", otherIssuer)
	if err != nil {
		t.Fatal(err)
	}
	ofNobody, _ := w.server.sign("RS256", "JWT", jwt.MapClaims{"iss": issuer, "sub": claims["sub"], "aud": "nobody"})
	twoAudiences, _ := w.server.sign("RS256", "JWT", jwt.MapClaims{"iss": issuer, "sub": claims["sub"], "aud": []string{"reports", "spa"}})
	for name, hint := range map[string]string{
		"alg none": unsigned, "another key": byOther, "HMAC": byHMAC, "another issuer": byUs, "an unknown application": ofNobody,
		"two audiences": twoAudiences, "an access token": tokens["access_token"].(string),
		"changed": parts[0] + "." + parts[1][:len(parts[1])-2] + "AA." + parts[2], "no token": "x", "cut off": parts[0] + "." + parts[1] + ".",
	} {
		prove(t, "L-06 "+name, func(t *testing.T) {
			a := b.get(logoutOf("id_token_hint", hint, "post_logout_redirect_uri", byeURI, "client_id", "reports"))
			isPage(t, a, 400, "You are not signed out yet")
		})
	}
	if b.signedOut() {
		t.Error("the session ended")
	}
	prove(t, "L-07 an expired one of a recent session", func(t *testing.T) {
		w.clock.move(2*idTokenLife + 24*time.Hour)
		if a := b.get(logoutOf("id_token_hint", genuine, "post_logout_redirect_uri", byeURI)); a.header.Get("Location") != byeURI || !b.signedOut() {
			t.Errorf("got %d to %s", a.status, a.header.Get("Location"))
		}
	})
}

// Browsers send no cookie with a form that another site posts (SameSite=Lax), so the ID token alone tells the session.
func TestConformanceAFormOfAnotherSite(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	tokens := b.reportsTokens("ada@example.com", "openid read:timesheets")
	elsewhere := w.browser()
	prove(t, "L-01 with an ID token", func(t *testing.T) {
		a := elsewhere.post("/oidc/logout", url.Values{"id_token_hint": {tokens["id_token"].(string)}, "post_logout_redirect_uri": {byeURI}})
		if a.header.Get("Location") != byeURI || !b.signedOut() {
			t.Errorf("got %d to %s", a.status, a.header.Get("Location"))
		}
		refused(t, w.probe(tokens["access_token"].(string)), 401, "invalid_token")
	})
	prove(t, "L-05 without, the browser comes back with its cookie and is asked", func(t *testing.T) {
		b.reportsTokens("ada@example.com", "openid")
		a := elsewhere.post("/oidc/logout", url.Values{"client_id": {"reports"}, "post_logout_redirect_uri": {byeURI}, "state": {"s"}})
		if a.status != http.StatusSeeOther || a.location().Path != "/oidc/logout" || len(a.header.Values("Set-Cookie")) != 0 {
			t.Fatalf("got %d to %s", a.status, a.header.Get("Location"))
		}
		asks(t, b, b.get(a.location().RequestURI()))
	})
}

func TestLogoutAsAuth0HasIt(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	t.Run("a registered returnTo", func(t *testing.T) {
		b.reportsTokens("ada@example.com", "openid")
		a := b.get("/v2/logout?" + url.Values{"client_id": {"reports"}, "returnTo": {byeURI}, "federated": {""}}.Encode())
		if a.header.Get("Location") != byeURI || !b.signedOut() {
			t.Errorf("got %d to %s", a.status, a.header.Get("Location"))
		}
	})
	t.Run("without returnTo a page", func(t *testing.T) {
		b.reportsTokens("ada@example.com", "openid")
		isPage(t, b.get("/v2/logout?client_id=reports"), 200, "You are signed out")
		if !b.signedOut() {
			t.Error("the session goes on")
		}
	})
	t.Run("logout_hint with the sid asks nobody", func(t *testing.T) {
		tokens := b.reportsTokens("ada@example.com", "openid")
		claims := jwt.MapClaims{}
		if _, _, err := jwt.NewParser().ParseUnverified(tokens["id_token"].(string), claims); err != nil {
			t.Fatal(err)
		}
		a := b.get(logoutOf("logout_hint", claims["sid"].(string), "client_id", "reports", "post_logout_redirect_uri", byeURI))
		if a.header.Get("Location") != byeURI || !b.signedOut() {
			t.Errorf("got %d to %s", a.status, a.header.Get("Location"))
		}
	})
	if m := b.get("/.well-known/openid-configuration").json(); m["end_session_endpoint"] != issuer+"oidc/logout" {
		t.Errorf("discovery tells %v", m["end_session_endpoint"])
	}
}

func TestConformanceWhatLogoutTakesWithIt(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	online := b.reportsTokens("ada@example.com", "openid read:timesheets")
	offline := w.redeem(b.code("ada@example.com")).json()
	pending := b.code("ada@example.com", "scope", "openid read:timesheets")
	pendingOffline := b.code("ada@example.com")
	elsewhere, _ := w.tokens("ada@example.com")
	b.get(logoutOf("id_token_hint", online["id_token"].(string)))

	prove(t, "L-11 access tokens of the session die at the API", func(t *testing.T) {
		refused(t, w.probe(online["access_token"].(string)), 401, "invalid_token")
		refused(t, w.probe(offline["access_token"].(string)), 401, "invalid_token")
	})
	prove(t, "L-11 codes of the session are worth nothing", func(t *testing.T) {
		refused(t, w.redeem(pending), 400, "invalid_grant")
		refused(t, w.redeem(pendingOffline), 400, "invalid_grant")
	})
	prove(t, "L-11 authorizations without offline_access are revoked, and only those", func(t *testing.T) {
		var rows []authorization
		if err := w.db.Read(t.Context()).Find(&rows).Error; err != nil {
			t.Fatal(err)
		}
		for _, a := range rows {
			if revoked := a.RevokedAt != nil; revoked == a.Scopes.has("offline_access") {
				t.Errorf("%s is revoked: %v", a.Scopes, revoked)
			}
		}
	})
	prove(t, "L-11 with offline_access the application goes on", func(t *testing.T) {
		next := w.refresh(offline["refresh_token"].(string))
		if next.status != http.StatusOK || w.probe(next.json()["access_token"].(string)).status != http.StatusOK {
			t.Errorf("got %d %s", next.status, next.body)
		}
		if a := w.probe(elsewhere); a.status != http.StatusOK {
			t.Errorf("another browser's session ended too: %d", a.status)
		}
	})
	prove(t, "L-11 after a restart and on another instance", func(t *testing.T) {
		w.http.Config.Handler = w.routes(w.open())
		refused(t, w.probe(online["access_token"].(string)), 401, "invalid_token")
	})
}
