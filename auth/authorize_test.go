package auth

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestAPersonSignsInAndTheApplicationGetsTokens(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	a := b.authorize("nonce", "n-1")
	if a.status != http.StatusSeeOther {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	a = b.signIn(a, "Ada@Example.com ", password)
	if got := a.header.Get("Location"); a.status != http.StatusSeeOther || !strings.HasPrefix(got, appURI+"?") {
		t.Fatalf("got %d to %s", a.status, got)
	}
	q := a.location().Query()
	if q.Get("state") != "st" || q.Get("iss") != issuer {
		t.Errorf("the answer is %v", q)
	}
	tokens := w.redeem(q.Get("code")).json()
	if tokens["token_type"] != "Bearer" || tokens["expires_in"] != 7200.0 || tokens["refresh_token"] == nil || tokens["id_token"] == nil {
		t.Errorf("got %v", tokens)
	}
	if p := w.probe(tokens["access_token"].(string)).json(); p["Name"] != "Ada Lovelace" || p["Client"] != "app" {
		t.Errorf("the token stands for %v", p)
	}
}

// Until it is certain that the redirect URI is the application's own, nothing may be sent there.
func TestConformanceWhatIsWrongIsShownUntilTheRedirectURIIsProven(t *testing.T) {
	w := newWorld(t)
	for name, pairs := range map[string][]string{
		"A-02 no client":             {"client_id", ""},
		"A-03 unknown client":        {"client_id", "nobody"},
		"machine":                    {"client_id", "payroll"},
		"A-05 no redirect URI":       {"redirect_uri", ""},
		"A-04 A-06 other path":       {"redirect_uri", appURI + "/more"},
		"A-06 query added":           {"redirect_uri", appURI + "?x=1"},
		"A-06 fragment":              {"redirect_uri", appURI + "#x"},
		"A-06 upper case":            {"redirect_uri", "COM.example.app:/callback"},
		"A-04 other client's":        {"redirect_uri", webURI},
		"A-10 loopback by name":      {"redirect_uri", "http://localhost/cb"},
		"A-10 other loopback":        {"redirect_uri", "http://127.0.0.2/cb"},
		"A-10 loopback, other path":  {"redirect_uri", "http://127.0.0.1:80/cb/x"},
		"A-06 A-10 loopback, user":   {"redirect_uri", "http://127.0.0.1:80@evil.example/cb"},
		"loopback, empty port":       {"redirect_uri", "http://127.0.0.1:/cb"},
		"loopback, long port":        {"redirect_uri", "http://127.0.0.1:123456/cb"},
		"A-06 loopback, encoded":     {"redirect_uri", "http://127.0.0.1/%63b"},
		"A-06 loopback, dot segment": {"redirect_uri", "http://127.0.0.1/x/../cb"},
		"A-06 loopback, backslash":   {"redirect_uri", `http://127.0.0.1\@evil.example/cb`},
		"script":                     {"redirect_uri", "javascript:alert(1)"},
	} {
		prove(t, name, func(t *testing.T) {
			a := w.browser().authorize(pairs...)
			if a.status != http.StatusBadRequest || a.header.Get("Location") != "" || !strings.Contains(a.header.Get("Content-Type"), "text/html") {
				t.Errorf("got %d to %q", a.status, a.header.Get("Location"))
			}
			if strings.Contains(a.body, "evil") || strings.Contains(a.body, "alert(1)") {
				t.Error("the page repeats what came")
			}
		})
	}
	for name, query := range map[string]string{
		"G-05 client twice":       asking().Encode() + "&client_id=app",
		"G-05 redirect URI twice": asking().Encode() + "&redirect_uri=" + url.QueryEscape(appURI),
		"G-16 bad encoding":       asking().Encode() + "&x=%zz",
		"G-16 not UTF-8":          asking().Encode() + "&x=%ff",
		"U+0000":                  asking().Encode() + "&nonce=%00",
		"many parameters":         asking().Encode() + strings.Repeat("&a=b", 10_000),
	} {
		prove(t, name, func(t *testing.T) {
			if a := w.browser().get("/authorize?" + query); a.status != http.StatusBadRequest || a.header.Get("Location") != "" {
				t.Errorf("got %d to %q", a.status, a.header.Get("Location"))
			}
		})
	}
}

func TestConformanceWhatIsWrongIsSentOnceTheRedirectURIIsProven(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		code  string
		pairs []string
	}{
		"P-01 P-06 neither":           {"invalid_request", []string{"code_challenge", "", "code_challenge_method", ""}},
		"A-13 no response type":       {"invalid_request", []string{"response_type", ""}},
		"A-14 implicit":               {"unsupported_response_type", []string{"response_type", "token"}},
		"A-14 hybrid":                 {"unsupported_response_type", []string{"response_type", "code id_token"}},
		"A-52 response mode":          {"invalid_request", []string{"response_mode", "fragment.jwt"}},
		"P-01 no challenge":           {"invalid_request", []string{"code_challenge", ""}},
		"P-04 no method":              {"invalid_request", []string{"code_challenge_method", ""}},
		"P-05 S512":                   {"invalid_request", []string{"code_challenge_method", "S512"}},
		"P-05 none":                   {"invalid_request", []string{"code_challenge_method", "none"}},
		"P-06 method alone":           {"invalid_request", []string{"code_challenge", "", "code_challenge_method", "S256"}},
		"P-07 illegal challenge":      {"invalid_request", []string{"code_challenge", strings.Repeat("a", 42) + "."}},
		"P-02 confidential":           {"invalid_request", []string{"client_id", "reports", "redirect_uri", webURI, "code_challenge", "", "code_challenge_method", "", "nonce", "n"}},
		"A-14 unknown":                {"unsupported_response_type", []string{"response_type", "foo"}},
		"A-14 ID token, by an app":    {"unsupported_response_type", []string{"response_type", "id_token"}},
		"A-16 non-ASCII scope":        {"invalid_scope", []string{"scope", "openid réad"}},
		"X-15 relative resource":      {"invalid_target", []string{"resource", "timesheets"}},
		"X-15 resource with fragment": {"invalid_target", []string{"resource", audience + "#x"}},
		"P-03 plain":                  {"invalid_request", []string{"code_challenge_method", "plain"}},
		"P-05 lower-case method":      {"invalid_request", []string{"code_challenge_method", "s256"}},
		"P-07 short challenge":        {"invalid_request", []string{"code_challenge", strings.Repeat("a", 42)}},
		"P-07 long challenge":         {"invalid_request", []string{"code_challenge", strings.Repeat("a", 44)}},
		"P-07 padded challenge":       {"invalid_request", []string{"code_challenge", strings.Repeat("a", 42) + "="}},
		"A-33 unknown prompt":         {"invalid_request", []string{"prompt", "maybe"}},
		"A-32 none and login":         {"invalid_request", []string{"prompt", "none login"}},
		"A-42 max_age negative":       {"invalid_request", []string{"max_age", "-5"}},
		"A-42 max_age fraction":       {"invalid_request", []string{"max_age", "1.5"}},
		"A-42 max_age words":          {"invalid_request", []string{"max_age", "abc"}},
		"A-42 max_age huge":           {"invalid_request", []string{"max_age", "1e9999"}},
		"unknown audience":            {"invalid_target", []string{"audience", "https://elsewhere.example"}},
		"X-15 unknown resource":       {"invalid_target", []string{"resource", "https://elsewhere.example"}},
		"A-16 unknown scope":          {"invalid_scope", []string{"scope", "openid fly"}},
		"A-16 malformed scope":        {"invalid_scope", []string{"scope", `openid "read"`}},
		"A-24 request object":         {"request_not_supported", []string{"request", "eyJ"}},
		"A-25 request by reference":   {"request_uri_not_supported", []string{"request_uri", "https://elsewhere.example/r"}},
		"A-26 registration":           {"registration_not_supported", []string{"registration", "{}"}},
		"A-28 silent, not signed in":  {"login_required", []string{"prompt", "none"}},
	} {
		prove(t, name, func(t *testing.T) {
			a := w.browser().authorize(c.pairs...)
			sentBack(t, a, c.code)
			if a.location().Query().Get("state") != "st" {
				t.Error("the state is missing")
			}
		})
	}
	for _, name := range []string{"scope", "state", "response_type", "nonce", "code_challenge"} {
		prove(t, "G-04 "+name+" twice", func(t *testing.T) {
			sentBack(t, w.browser().get("/authorize?"+asking("nonce", "n").Encode()+"&"+name+"=x"), "invalid_request")
		})
	}
	prove(t, "A-17 a scope that the client may not ask", func(t *testing.T) {
		sentBack(t, w.browser().authorize("client_id", "spa", "redirect_uri", "https://spa.example.com/cb?x=1", "scope", "approve:timesheets"), "invalid_scope")
	})
}

func TestConformanceWhatIsRightIsLetThrough(t *testing.T) {
	w := newWorld(t)
	for name, pairs := range map[string][]string{
		"G-02 unknown parameter": {"extra", "foobar"},
		"display and locales":    {"display", "popup", "ui_locales", "xx", "acr_values", "foo", "login_hint", "x"},
		"audience":               {"audience", audience},
		"resource":               {"resource", audience},
		"A-10 any loopback port": {"redirect_uri", "http://127.0.0.1:49152/cb"},
		"A-10 no loopback port":  {"redirect_uri", "http://127.0.0.1/cb"},
		"response mode":          {"response_mode", "query"},
	} {
		prove(t, name, func(t *testing.T) {
			if a := w.browser().authorize(pairs...); a.location().Path != "/login" {
				t.Errorf("got %d to %s", a.status, a.header.Get("Location"))
			}
		})
	}
	prove(t, "by POST", func(t *testing.T) {
		if a := w.browser().post("/authorize", asking()); a.location().Path != "/login" {
			t.Errorf("got %d to %s", a.status, a.header.Get("Location"))
		}
	})
	prove(t, "G-07 resource twice", func(t *testing.T) {
		twice := asking("resource", audience).Encode() + "&resource=" + url.QueryEscape(audience)
		if a := w.browser().get("/authorize?" + twice); a.location().Path != "/login" {
			t.Errorf("got %d to %s", a.status, a.header.Get("Location"))
		}
	})
	prove(t, "G-08 a parameter in both query and body is doubled", func(t *testing.T) {
		sentBack(t, w.browser().post("/authorize?state=x", asking()), "invalid_request")
	})
}

func TestConformanceTheStateComesBackByteForByteAndTheQueryIsKept(t *testing.T) {
	holds(t, "A-21", "A-09")
	b := newWorld(t).browser()
	state := "&\"<>%00 \x00 ü" + strings.Repeat("x", 2000)
	a := b.authorize("client_id", "spa", "redirect_uri", "https://spa.example.com/cb?x=1", "state", state, "prompt", "none")
	if q := a.location().Query(); q.Get("state") != state || q.Get("x") != "1" {
		t.Errorf("got %s", a.header.Get("Location"))
	}
	if a := b.authorize("state", "", "prompt", "none"); a.location().Query().Has("state") {
		t.Error("a state came back that was not sent")
	}
}

func TestConformancePromptAndMaxAge(t *testing.T) {
	holds(t, "A-35", "A-37", "A-39", "A-40", "A-41")
	w := newWorld(t)
	b := w.browser()
	b.code("ada@example.com")
	if a := b.authorize("prompt", "none"); !a.location().Query().Has("code") {
		t.Errorf("signed in and consent not needed, but got %s", a.header.Get("Location"))
	}
	w.clock.move(10 * time.Minute)
	if a := b.authorize("max_age", "10000"); !a.location().Query().Has("code") {
		t.Errorf("signed in recently enough, but got %s", a.header.Get("Location"))
	}
	sentBack(t, b.authorize("max_age", "300", "prompt", "none"), "login_required")
	for _, pairs := range [][]string{{"max_age", "300"}, {"max_age", "0"}, {"prompt", "login"}, {"prompt", "select_account"}} {
		a := b.authorize(pairs...)
		if a.location().Path != "/login" {
			t.Errorf("%v: got %s, want the sign-in page", pairs, a.header.Get("Location"))
			continue
		}
		// Neither reloading the page nor leaving out the step gets around the password.
		if again := b.get(strings.Replace(a.location().RequestURI(), "/login", "/consent", 1)); again.location().Path != "/login" {
			t.Errorf("%v: the consent page answered %d", pairs, again.status)
		}
		if a = b.signIn(a, "ada@example.com", password); !a.location().Query().Has("code") {
			t.Errorf("%v: got %d %s after the password", pairs, a.status, a.header.Get("Location"))
		}
	}
}

func TestTwoTabsBothComplete(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	one, two := b.authorize("state", "one"), b.authorize("state", "two")
	for state, a := range map[string]answer{"one": one, "two": two} {
		if got := b.signIn(a, "ada@example.com", password).location().Query(); got.Get("state") != state || got.Get("code") == "" {
			t.Errorf("tab %s got %v", state, got)
		}
	}
}

func TestConformanceAFinishedInteractionCantBeGoneThroughAgain(t *testing.T) {
	holds(t, "A-60")
	w := newWorld(t)
	b := w.browser()
	a := b.authorize()
	path := a.location().RequestURI()
	form := url.Values{"csrf": {csrfOf(t, b.get(path))}, "email": {"ada@example.com"}, "password": {password}}
	if a := b.post(path, form); !a.location().Query().Has("code") {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	for _, again := range []answer{b.post(path, form), b.get(path)} {
		if again.status != http.StatusBadRequest || again.header.Get("Location") != "" {
			t.Errorf("got %d to %q", again.status, again.header.Get("Location"))
		}
	}
}

func TestConformanceAnInteractionBelongsToItsBrowser(t *testing.T) {
	holds(t, "A-59")
	w := newWorld(t)
	attacker, victim := w.browser(), w.browser()
	path := attacker.authorize().location().RequestURI()
	if a := victim.get(path); a.status != http.StatusBadRequest {
		t.Errorf("another browser is shown the page: %d", a.status)
	}
	form := url.Values{"csrf": {csrfOf(t, attacker.get(path))}, "email": {"ada@example.com"}, "password": {password}}
	if a := victim.post(path, form); a.status != http.StatusBadRequest || a.header.Get("Location") != "" {
		t.Errorf("another browser signs in: %d", a.status)
	}
}
