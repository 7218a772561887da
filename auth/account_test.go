package auth

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// visit signs a person in to the account, from the page that was asked for.
func (b *browser) visit(path, email, password string) answer {
	b.Helper()
	return b.get(b.signIn(b.get(path), email, password).location().RequestURI())
}

// send submits one of the account's forms, from the page that has it.
func (b *browser) send(path string, pairs ...string) answer {
	b.Helper()
	form := url.Values{"csrf": {csrfOf(b, b.get("/account"))}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.post(path, form)
}

// sessionOf is the id of the session in this browser.
func (b *browser) sessionOf() string {
	b.Helper()
	for _, c := range b.client.Jar.Cookies(mustURL(b.url)) {
		if c.Name == "__Host-"+sessionCookie {
			var s session
			if err := b.db.Read(b.Context()).Where("hash = ?", hashed(c.Value)).Take(&s).Error; err != nil {
				b.Fatal(err)
			}
			return s.ID
		}
	}
	b.Fatal("nobody is signed in")
	return ""
}

var accountForms = []string{"/account/password", "/account/apps/revoke", "/account/sessions/end", "/account/sessions/end-all"}

func TestConformanceTheAccountIsForThoseWhoAreSignedIn(t *testing.T) {
	w := newWorld(t)
	for _, path := range returnable {
		prove(t, "L-17 to the sign-in page and back to "+path, func(t *testing.T) {
			b := w.browser()
			a := b.signIn(b.get(path), "ada@example.com", password)
			if a.status != http.StatusSeeOther || a.header.Get("Location") != path {
				t.Fatalf("got %d to %s", a.status, a.header.Get("Location"))
			}
			if page := b.get(path); page.status != http.StatusOK || page.header.Get("Cache-Control") != "no-store" {
				t.Errorf("got %d", page.status)
			}
			if again := b.get("/login?return_to=" + url.QueryEscape(path)); again.header.Get("Location") != path {
				t.Errorf("who is signed in already got %d to %s", again.status, again.header.Get("Location"))
			}
		})
	}
	for _, path := range accountForms {
		if a := w.browser().post(path, url.Values{}); a.header.Get("Location") != "/login?return_to=%2Faccount" {
			t.Errorf("%s: got %d to %s", path, a.status, a.header.Get("Location"))
		}
	}
	for _, evil := range []string{"//evil.example", `/\evil.example`, "https:evil.example", "https://evil.example/", "/%2f%2fevil.example", "%2f%2fevil.example",
		"/account/../..//evil", "/account?x", "/account\r\nSet-Cookie: x=y", "/account@evil.example", "javascript:alert(1)", " /account", "account", "/timesheets"} {
		prove(t, "L-17 "+evil, func(t *testing.T) {
			b := w.browser()
			path := "/login?return_to=" + url.QueryEscape(evil)
			page := b.get(path)
			if contains(page.body, "evil") {
				t.Error("the page leads there")
			}
			a := b.post(path, url.Values{"csrf": {csrfOf(t, page)}, "email": {"ada@example.com"}, "password": {password}})
			if a.header.Get("Location") != "/account" {
				t.Errorf("got %d to %q", a.status, a.header.Get("Location"))
			}
		})
	}
}

func TestSigningInToTheAccountIsAsSafeAsToAnApplication(t *testing.T) {
	w := newWorld(t)
	b, other := w.browser(), w.browser()
	const path = "/login?return_to=%2Faccount"
	b.get(path)
	foreign := csrfOf(t, other.get(path))
	for _, csrf := range []string{"", "x", foreign} {
		if a := b.post(path, url.Values{"csrf": {csrf}, "email": {"ada@example.com"}, "password": {password}}); a.status != http.StatusForbidden {
			t.Errorf("got %d", a.status)
		}
	}
	try := func(password string) answer { return b.signIn(b.get("/account"), "ada@example.com", password) }
	for range failuresPerPair {
		isPage(t, try("wrong"), 422, wrongPassword)
	}
	isPage(t, try(password), 429, "Too many failed attempts")
	w.update("mia@example.com", "blocked", true)
	isPage(t, b.signIn(b.get("/account"), "mia@example.com", password), 422, "disabled")
}

func TestFormsOfTheAccountComeFromItsPages(t *testing.T) {
	w := newWorld(t)
	b, other := w.browser(), w.browser()
	b.visit("/account", "ada@example.com", password)
	foreign := csrfOf(t, other.visit("/account", "ada@example.com", password))
	before := csrfOf(t, b.get("/account"))
	id := b.sessionOf()
	b.post("/oidc/logout", url.Values{"csrf": {csrfOf(t, b.get("/oidc/logout"))}})
	b.visit("/account", "ada@example.com", password)
	for what, csrf := range map[string]string{"none": "", "made up": "x", "another browser's": foreign, "of a session before": before,
		"of another page": csrfOf(t, b.get("/oidc/logout"))} {
		for _, path := range accountForms {
			a := b.post(path, url.Values{"csrf": {csrf}, "session": {b.sessionOf()}, "client_id": {"app"}, "current": {password}, "new": {"a new password"}, "again": {"a new password"}})
			if a.status != http.StatusForbidden {
				t.Errorf("%s with a token that is %s: got %d", path, what, a.status)
			}
		}
	}
	if a := b.get("/account"); a.status != http.StatusOK || b.sessionOf() == id {
		t.Errorf("a foreign form had an effect: %d", a.status)
	}
}

func TestABlockedPersonLosesTheAccount(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.visit("/account", "ada@example.com", password)
	csrf := csrfOf(t, b.get("/account"))
	w.update("ada@example.com", "blocked", true)
	for _, path := range returnable {
		if a := b.get(path); a.location().Path != "/login" || contains(a.body, "Ada") {
			t.Errorf("%s: got %d", path, a.status)
		}
	}
	for _, path := range accountForms {
		if a := b.post(path, url.Values{"csrf": {csrf}}); a.location().Path != "/login" {
			t.Errorf("%s: got %d", path, a.status)
		}
	}
}

func TestConformanceChangingThePassword(t *testing.T) {
	const fresh = "another horse battery"
	w := newWorld(t)
	b, other := w.browser(), w.browser()
	b.visit("/account", "ada@example.com", password)
	here := w.redeem(b.code("ada@example.com", "scope", "openid read:timesheets")).json()["access_token"].(string)
	hereOffline := w.redeem(b.code("ada@example.com")).json()["refresh_token"].(string)
	there := w.redeem(other.code("ada@example.com")).json()
	mias, miasRefresh := w.tokens("mia@example.com")
	change := func(pairs ...string) answer {
		return b.send("/account/password", append([]string{"current", password, "new", fresh, "again", fresh}, pairs...)...)
	}

	prove(t, "L-16 what is wrong with it is said, and nothing changes", func(t *testing.T) {
		isPage(t, change("current", "wrong"), 422, "The current password is wrong.")
		isPage(t, change("current", ""), 422, "The current password is wrong.")
		isPage(t, change("new", "short", "again", "short"), 422, "The password must have at least 8 characters.")
		isPage(t, change("again", fresh+"x"), 422, "not the same both times")
		isPage(t, change("new", strings.Repeat("x", maxPassword+1)), 422, "must have at most")
		if w.probe(there["access_token"].(string)).status != http.StatusOK {
			t.Error("somebody was signed out")
		}
	})
	old := b.client.Jar.Cookies(mustURL(b.url))
	if a := change(); a.header.Get("Location") != "/account?done=password" {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	prove(t, "L-16 this session stays, with another cookie", func(t *testing.T) {
		isPage(t, b.get("/account?done=password"), 200, "Your password is changed.")
		thief := w.browser()
		thief.client.Jar.SetCookies(mustURL(b.url), old)
		if a := thief.get("/account"); a.location().Path != "/login" {
			t.Errorf("the cookie from before got %d", a.status)
		}
		if a := w.probe(here); a.status != http.StatusOK {
			t.Errorf("this browser's application got %d", a.status)
		}
	})
	prove(t, "L-16 other sessions and all refresh tokens die", func(t *testing.T) {
		sentBack(t, other.authorize("prompt", "none"), "login_required")
		refused(t, w.probe(there["access_token"].(string)), 401, "invalid_token")
		refused(t, w.refresh(there["refresh_token"].(string)), 400, "invalid_grant")
		refused(t, w.refresh(hereOffline), 400, "invalid_grant")
	})
	prove(t, "L-16 other people keep theirs", func(t *testing.T) {
		if w.probe(mias).status != http.StatusOK || w.refresh(miasRefresh).status != http.StatusOK {
			t.Error("Mia was signed out")
		}
	})
	prove(t, "L-16 the new password signs in, the old one doesn't", func(t *testing.T) {
		isPage(t, other.signIn(other.get("/account"), "ada@example.com", password), 422, wrongPassword)
		if a := other.visit("/account", "ada@example.com", fresh); a.status != http.StatusOK {
			t.Errorf("got %d", a.status)
		}
	})
	prove(t, "L-16 an open browser is no way to guess it", func(t *testing.T) {
		for range failuresPerPair {
			isPage(t, change("current", "wrong"), 422, "is wrong")
		}
		isPage(t, change("current", fresh), 429, "Too many failed attempts")
	})
	if contains(w.log.String(), fresh) || contains(w.log.String(), password) {
		t.Error("the log holds a password")
	}
}

func TestConformanceAppsThatActForAPerson(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	if page := b.visit("/account/apps", "ada@example.com", password); !contains(page.body, "None.") {
		t.Errorf("nobody was let, but the page is %s", page.body)
	}
	b.reportsTokens("ada@example.com", "openid read:timesheets")
	w.clock.move(48 * time.Hour)
	phone := w.redeem(b.code("ada@example.com", "scope", "offline_access create:timesheets")).json()
	reports := b.reportsTokens("ada@example.com", "openid offline_access read:timesheets")
	b.code("ada@example.com", "scope", "openid", "client_id", "spa", "redirect_uri", "https://spa.example.com/cb?x=1")
	w.clock.move(3 * time.Hour)
	mias := w.browser().reportsTokens("mia@example.com", "openid offline_access read:timesheets")
	listed := func() string { return html.UnescapeString(b.get("/account/apps").body) }

	began := w.clock.now().Add(-51 * time.Hour).Format("2 January 2006")
	prove(t, "L-15 each with what it may, since when, and when it last did", func(t *testing.T) {
		page := listed()
		for _, want := range []string{"Reports", "See your timesheets", "Stay signed in", ">" + began + "<", "last used <time", "3 hours ago", "Phone app",
			"Add and change your time", "your administrator decided so", "Week planner"} {
			if !contains(page, want) {
				t.Errorf("the page lacks %q: %s", want, page)
			}
		}
		if contains(page, "Delete your time") || contains(page, "mia@") || strings.Count(page, "<bdi>Reports</bdi>") != 1 {
			t.Errorf("the page has too much: %s", page)
		}
	})
	reports = w.token("reports:reports secret, long", "grant_type", "refresh_token", "refresh_token", reports["refresh_token"].(string)).json()
	prove(t, "another person's, an unknown one and none are not found", func(t *testing.T) {
		max := w.browser()
		max.visit("/account", "max@example.com", password)
		for _, id := range []string{"reports", "app", "nobody", ""} {
			isPage(t, max.send("/account/apps/revoke", "client_id", id, "user_id", "x"), 404, "no such thing")
		}
		if w.probe(reports["access_token"].(string)).status != http.StatusOK {
			t.Error("somebody else revoked it")
		}
	})
	prove(t, "revoked, its tokens are dead at the next call and it asks again", func(t *testing.T) {
		pending := b.code("ada@example.com", "client_id", "reports", "redirect_uri", webURI, "scope", "openid")
		if a := b.send("/account/apps/revoke", "client_id", "reports"); a.header.Get("Location") != "/account/apps?done=revoked" {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		isPage(t, b.get("/account/apps?done=revoked"), 200, "has no access any more")
		refused(t, w.probe(reports["access_token"].(string)), 401, "invalid_token")
		refused(t, w.token("reports:reports secret, long", "grant_type", "refresh_token", "refresh_token", reports["refresh_token"].(string)), 400, "invalid_grant")
		refused(t, w.token("reports:reports secret, long", "grant_type", "authorization_code", "code", pending, "redirect_uri", webURI,
			"code_verifier", verifies43), 400, "invalid_grant")
		if contains(listed(), "Reports") {
			t.Error("it is still listed")
		}
		sentBack(t, b.authorize("client_id", "reports", "redirect_uri", webURI, "scope", "openid", "prompt", "none"), "consent_required")
		isPage(t, b.send("/account/apps/revoke", "client_id", "reports"), 404, "no such thing")
	})
	prove(t, "other applications and other people keep theirs", func(t *testing.T) {
		if w.refresh(phone["refresh_token"].(string)).status != http.StatusOK || w.probe(mias["access_token"].(string)).status != http.StatusOK {
			t.Error("something else died too")
		}
	})
	prove(t, "one that needs no consent loses its refresh tokens", func(t *testing.T) {
		next := w.refresh(phone["refresh_token"].(string)).json()["refresh_token"].(string)
		b.send("/account/apps/revoke", "client_id", "app")
		refused(t, w.refresh(next), 400, "invalid_grant")
		if contains(listed(), "Phone app") {
			t.Error("it is still listed")
		}
	})
}

func TestConformanceSessionsOfAPerson(t *testing.T) {
	w := newWorld(t)
	b, other, mia := w.browser(), w.browser(), w.browser()
	b.visit("/account", "ada@example.com", password)
	there := w.redeem(other.code("ada@example.com", "scope", "openid read:timesheets")).json()["access_token"].(string)
	mia.visit("/account", "mia@example.com", password)

	prove(t, "L-15 listed, this browser marked", func(t *testing.T) {
		page := b.get("/account/apps").body
		if strings.Count(page, `name="session"`) != 2 || strings.Count(page, ">This browser<") != 1 || contains(page, mia.sessionOf()) {
			t.Errorf("got %s", page)
		}
	})
	prove(t, "L-15 another person's, an ended one and none are not found", func(t *testing.T) {
		for _, id := range []string{b.sessionOf(), other.sessionOf(), "ses_nothing", ""} {
			isPage(t, mia.send("/account/sessions/end", "session", id), 404, "no such thing")
		}
		if w.probe(there).status != http.StatusOK {
			t.Error("Mia ended Ada's session")
		}
	})
	prove(t, "L-15 ended, it dies at once", func(t *testing.T) {
		id := other.sessionOf()
		if a := b.send("/account/sessions/end", "session", id); a.header.Get("Location") != "/account/apps?done=ended" {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		refused(t, w.probe(there), 401, "invalid_token")
		sentBack(t, other.authorize("prompt", "none"), "login_required")
		isPage(t, b.send("/account/sessions/end", "session", id), 404, "no such thing")
	})
	prove(t, "L-15 this one", func(t *testing.T) {
		isPage(t, b.send("/account/sessions/end", "session", b.sessionOf()), 200, "You are signed out")
		if a := b.get("/account"); a.location().Path != "/login" {
			t.Errorf("got %d", a.status)
		}
	})
}

func TestConformanceSigningOutEverywhere(t *testing.T) {
	w := newWorld(t)
	b, other := w.browser(), w.browser()
	b.visit("/account", "ada@example.com", password)
	phone := w.redeem(other.code("ada@example.com")).json()
	gone, goneRefresh := w.tokens("ada@example.com")
	pending := other.code("ada@example.com")
	mias, miasRefresh := w.tokens("mia@example.com")
	// What was granted outlives its session, and dies here all the same.
	third := w.browser()
	outlived := w.redeem(third.code("ada@example.com")).json()["refresh_token"].(string)
	third.post("/oidc/logout", url.Values{"csrf": {csrfOf(t, third.get("/oidc/logout"))}})
	outlives := w.refresh(outlived).json()

	a := b.send("/account/sessions/end-all")
	prove(t, "L-11 everything of the person", func(t *testing.T) {
		isPage(t, a, 200, "You are signed out everywhere")
		for _, access := range []string{phone["access_token"].(string), gone, outlives["access_token"].(string)} {
			refused(t, w.probe(access), 401, "invalid_token")
		}
		for _, refresh := range []string{phone["refresh_token"].(string), goneRefresh, outlives["refresh_token"].(string)} {
			refused(t, w.refresh(refresh), 400, "invalid_grant")
		}
		refused(t, w.redeem(pending), 400, "invalid_grant")
		for _, browser := range []*browser{b, other} {
			sentBack(t, browser.authorize("prompt", "none"), "login_required")
		}
	})
	prove(t, "L-11 and of nobody else", func(t *testing.T) {
		if w.probe(mias).status != http.StatusOK || w.refresh(miasRefresh).status != http.StatusOK {
			t.Error("Mia was signed out")
		}
	})
	prove(t, "L-11 on another instance, too", func(t *testing.T) {
		w.http.Config.Handler = w.routes(w.open())
		refused(t, w.probe(outlives["access_token"].(string)), 401, "invalid_token")
	})
}
