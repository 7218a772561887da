package auth

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

var regexpToken = regexp.MustCompile(`[A-Za-z0-9_-]{40,}`)

// toConsent goes as far as the consent page of the planner, which isn't pre-authorised.
func toConsent(b *browser, pairs ...string) answer {
	b.Helper()
	a := b.authorize(append([]string{"client_id", "spa", "redirect_uri", "https://spa.example.com/cb?x=1"}, pairs...)...)
	if a.location().Path == "/login" {
		a = b.signIn(a, "ada@example.com", password)
	}
	return a
}

func TestConformanceConsentIsAskedOnceAndAgainWhenAccessWidens(t *testing.T) {
	holds(t, "A-19", "A-29", "A-36")
	w := newWorld(t)
	b := w.browser()
	a := toConsent(b, "scope", "openid read:timesheets")
	page := b.get(a.location().RequestURI())
	if !contains(html.UnescapeString(page.body), "See your timesheets") || !contains(page.body, "Week planner") || contains(page.body, "Add and change your time") {
		t.Errorf("the page is %s", page.body)
	}
	if a = b.decide(a, "allow"); !a.location().Query().Has("code") {
		t.Fatalf("got %d %s", a.status, a.header.Get("Location"))
	}
	if a := toConsent(b, "scope", "read:timesheets"); !a.location().Query().Has("code") {
		t.Errorf("asked again for less: %s", a.header.Get("Location"))
	}
	wider := toConsent(b, "scope", "openid read:timesheets create:timesheets")
	if wider.location().Path != "/consent" {
		t.Fatalf("not asked for more: %s", wider.header.Get("Location"))
	}
	sentBack(t, toConsent(b, "scope", "openid read:timesheets create:timesheets", "prompt", "none"), "consent_required")
	b.decide(wider, "allow")
	if a := toConsent(b, "scope", "create:timesheets read:timesheets openid"); !a.location().Query().Has("code") {
		t.Errorf("asked again in another order: %s", a.header.Get("Location"))
	}
	if a := toConsent(b, "scope", "openid", "prompt", "consent"); a.location().Path != "/consent" {
		t.Errorf("prompt=consent got %s", a.header.Get("Location"))
	}
}

func TestAConsentIsUpdatedWhenItWidens(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	allowed := func(scope string) (at time.Time) {
		t.Helper()
		w.clock.move(time.Minute)
		b.decide(toConsent(b, "scope", scope, "prompt", "consent"), "allow")
		var row consent
		if err := w.db.Read(t.Context()).Take(&row).Error; err != nil {
			t.Fatal(err)
		}
		return row.UpdatedAt.UTC()
	}
	first := allowed("openid read:timesheets")
	if !first.Equal(w.clock.now()) {
		t.Errorf("made at %s, it says %s", w.clock.now(), first)
	}
	if again := allowed("openid"); !again.Equal(first) {
		t.Errorf("what was granted before was granted again, and it says %s", again)
	}
	if wider := allowed("create:timesheets"); !wider.Equal(w.clock.now()) {
		t.Errorf("wider at %s, it says %s", w.clock.now(), wider)
	}
}

func TestConformanceConsentIsNotAskedOfPreAuthorisedClients(t *testing.T) {
	holds(t, "A-36")
	b := newWorld(t).browser()
	if a := b.signIn(b.authorize(), "ada@example.com", password); !a.location().Query().Has("code") {
		t.Errorf("got %s", a.header.Get("Location"))
	}
	if a := b.authorize("prompt", "consent"); a.location().Path != "/consent" {
		t.Errorf("prompt=consent got %s", a.header.Get("Location"))
	}
}

func TestConformanceDecliningIsSentBackAndRemembersNothing(t *testing.T) {
	holds(t, "A-46", "A-60")
	b := newWorld(t).browser()
	a := toConsent(b)
	path := a.location().RequestURI()
	csrf := csrfOf(t, b.get(path))
	sentBack(t, b.decide(a, "decline"), "access_denied")
	if a := b.post(path, url.Values{"csrf": {csrf}, "decision": {"allow"}}); a.status != http.StatusBadRequest || a.header.Get("Location") != "" {
		t.Errorf("a declined request was allowed after all: %d", a.status)
	}
	if a := toConsent(b); a.location().Path != "/consent" {
		t.Errorf("got %s", a.header.Get("Location"))
	}
}

func TestConformanceTheConsentFormCantChangeTheRequest(t *testing.T) {
	holds(t, "A-59")
	w := newWorld(t)
	b := w.browser()
	path := toConsent(b, "scope", "openid").location().RequestURI()
	a := b.post(path, url.Values{"csrf": {csrfOf(t, b.get(path))}, "decision": {"allow"},
		"scope": {"openid create:timesheets"}, "client_id": {"app"}, "redirect_uri": {appURI}})
	if got := a.header.Get("Location"); !strings.HasPrefix(got, "https://spa.example.com/cb?x=1&") {
		t.Fatalf("went to %s", got)
	}
	tokens := w.token("spa", "grant_type", "authorization_code", "code", a.location().Query().Get("code"),
		"redirect_uri", "https://spa.example.com/cb?x=1", "code_verifier", verifies43)
	if tokens.json()["scope"] != "openid" {
		t.Errorf("got %s", tokens.body)
	}
}

func TestConsentNeedsTheSignIn(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	path := strings.Replace(toConsent(w.browser()).location().RequestURI(), "/login", "/consent", 1)
	if a := b.get(path); a.status != http.StatusBadRequest {
		t.Errorf("another browser got %d", a.status)
	}
	login := b.authorize("client_id", "spa", "redirect_uri", "https://spa.example.com/cb?x=1").location().RequestURI()
	csrf := csrfOf(t, b.get(login))
	a := b.post(strings.Replace(login, "/login", "/consent", 1), url.Values{"csrf": {csrf}, "decision": {"allow"}})
	if a.location().Path != "/login" {
		t.Errorf("nobody signed in, but got %d to %s", a.status, a.header.Get("Location"))
	}
}

func TestAnotherAccountCanBeChosen(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	a := b.decide(toConsent(b), "switch")
	if a = b.signIn(a, "mia@example.com", password); a.location().Path != "/consent" {
		t.Fatalf("got %d %s", a.status, a.header.Get("Location"))
	}
	if page := b.get(a.location().RequestURI()); !contains(page.body, "mia@example.com") || contains(page.body, "ada@example.com") {
		t.Error("the page isn't Mia's")
	}
	if a = b.decide(a, "allow"); !a.location().Query().Has("code") {
		t.Errorf("got %d %s", a.status, a.header.Get("Location"))
	}
}

func TestAScopeThatThePersonLacksIsNotAskedFor(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	a := b.signIn(b.authorize("prompt", "consent", "scope", "read:timesheets approve:timesheets"), "ada@example.com", password)
	if page := b.get(a.location().RequestURI()); contains(page.body, "Approve your team") {
		t.Error("an employee is asked to let an app approve")
	}
}
