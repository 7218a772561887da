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
func TestWhatIsWrongIsShownUntilTheRedirectURIIsProven(t *testing.T) {
	w := newWorld(t)
	for name, pairs := range map[string][]string{
		"no client":             {"client_id", ""},
		"unknown client":        {"client_id", "nobody"},
		"machine":               {"client_id", "payroll"},
		"no redirect URI":       {"redirect_uri", ""},
		"other path":            {"redirect_uri", appURI + "/more"},
		"query added":           {"redirect_uri", appURI + "?x=1"},
		"fragment":              {"redirect_uri", appURI + "#x"},
		"upper case":            {"redirect_uri", "COM.example.app:/callback"},
		"other client's":        {"redirect_uri", webURI},
		"loopback by name":      {"redirect_uri", "http://localhost/cb"},
		"other loopback":        {"redirect_uri", "http://127.0.0.2/cb"},
		"loopback, other path":  {"redirect_uri", "http://127.0.0.1:80/cb/x"},
		"loopback, user":        {"redirect_uri", "http://127.0.0.1:80@evil.example/cb"},
		"loopback, empty port":  {"redirect_uri", "http://127.0.0.1:/cb"},
		"loopback, long port":   {"redirect_uri", "http://127.0.0.1:123456/cb"},
		"loopback, encoded":     {"redirect_uri", "http://127.0.0.1/%63b"},
		"loopback, dot segment": {"redirect_uri", "http://127.0.0.1/x/../cb"},
		"loopback, backslash":   {"redirect_uri", `http://127.0.0.1\@evil.example/cb`},
		"script":                {"redirect_uri", "javascript:alert(1)"},
	} {
		t.Run(name, func(t *testing.T) {
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
		"client twice":       asking().Encode() + "&client_id=app",
		"redirect URI twice": asking().Encode() + "&redirect_uri=" + url.QueryEscape(appURI),
		"bad encoding":       asking().Encode() + "&x=%zz",
		"not UTF-8":          asking().Encode() + "&x=%ff",
		"U+0000":             asking().Encode() + "&nonce=%00",
		"many parameters":    asking().Encode() + strings.Repeat("&a=b", 10_000),
	} {
		t.Run(name, func(t *testing.T) {
			if a := w.browser().get("/authorize?" + query); a.status != http.StatusBadRequest || a.header.Get("Location") != "" {
				t.Errorf("got %d to %q", a.status, a.header.Get("Location"))
			}
		})
	}
}

func TestWhatIsWrongIsSentOnceTheRedirectURIIsProven(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		code  string
		pairs []string
	}{
		"no response type":      {"invalid_request", []string{"response_type", ""}},
		"implicit":              {"unsupported_response_type", []string{"response_type", "token"}},
		"hybrid":                {"unsupported_response_type", []string{"response_type", "code id_token"}},
		"response mode":         {"invalid_request", []string{"response_mode", "fragment.jwt"}},
		"no challenge":          {"invalid_request", []string{"code_challenge", ""}},
		"no method":             {"invalid_request", []string{"code_challenge_method", ""}},
		"plain":                 {"invalid_request", []string{"code_challenge_method", "plain"}},
		"lower-case method":     {"invalid_request", []string{"code_challenge_method", "s256"}},
		"short challenge":       {"invalid_request", []string{"code_challenge", strings.Repeat("a", 42)}},
		"long challenge":        {"invalid_request", []string{"code_challenge", strings.Repeat("a", 44)}},
		"padded challenge":      {"invalid_request", []string{"code_challenge", strings.Repeat("a", 42) + "="}},
		"unknown prompt":        {"invalid_request", []string{"prompt", "maybe"}},
		"none and login":        {"invalid_request", []string{"prompt", "none login"}},
		"max_age negative":      {"invalid_request", []string{"max_age", "-5"}},
		"max_age fraction":      {"invalid_request", []string{"max_age", "1.5"}},
		"max_age words":         {"invalid_request", []string{"max_age", "abc"}},
		"max_age huge":          {"invalid_request", []string{"max_age", "1e9999"}},
		"unknown audience":      {"invalid_target", []string{"audience", "https://elsewhere.example"}},
		"unknown resource":      {"invalid_target", []string{"resource", "https://elsewhere.example"}},
		"unknown scope":         {"invalid_scope", []string{"scope", "openid fly"}},
		"malformed scope":       {"invalid_scope", []string{"scope", `openid "read"`}},
		"request object":        {"request_not_supported", []string{"request", "eyJ"}},
		"request by reference":  {"request_uri_not_supported", []string{"request_uri", "https://elsewhere.example/r"}},
		"registration":          {"registration_not_supported", []string{"registration", "{}"}},
		"silent, not signed in": {"login_required", []string{"prompt", "none"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := w.browser().authorize(c.pairs...)
			sentBack(t, a, c.code)
			if a.location().Query().Get("state") != "st" {
				t.Error("the state is missing")
			}
		})
	}
	for _, name := range []string{"scope", "state", "response_type", "nonce", "code_challenge"} {
		t.Run(name+" twice", func(t *testing.T) {
			sentBack(t, w.browser().get("/authorize?"+asking("nonce", "n").Encode()+"&"+name+"=x"), "invalid_request")
		})
	}
	t.Run("a scope that the client may not ask", func(t *testing.T) {
		sentBack(t, w.browser().authorize("client_id", "spa", "redirect_uri", "https://spa.example.com/cb?x=1", "scope", "approve:timesheets"), "invalid_scope")
	})
}

func TestWhatIsRightIsLetThrough(t *testing.T) {
	w := newWorld(t)
	for name, pairs := range map[string][]string{
		"unknown parameter":   {"extra", "foobar"},
		"display and locales": {"display", "popup", "ui_locales", "xx", "acr_values", "foo", "login_hint", "x"},
		"audience":            {"audience", audience},
		"resource":            {"resource", audience},
		"any loopback port":   {"redirect_uri", "http://127.0.0.1:49152/cb"},
		"no loopback port":    {"redirect_uri", "http://127.0.0.1/cb"},
		"response mode":       {"response_mode", "query"},
	} {
		t.Run(name, func(t *testing.T) {
			if a := w.browser().authorize(pairs...); a.location().Path != "/login" {
				t.Errorf("got %d to %s", a.status, a.header.Get("Location"))
			}
		})
	}
	t.Run("by POST", func(t *testing.T) {
		if a := w.browser().post("/authorize", asking()); a.location().Path != "/login" {
			t.Errorf("got %d to %s", a.status, a.header.Get("Location"))
		}
	})
	t.Run("resource twice", func(t *testing.T) {
		twice := asking("resource", audience).Encode() + "&resource=" + url.QueryEscape(audience)
		if a := w.browser().get("/authorize?" + twice); a.location().Path != "/login" {
			t.Errorf("got %d to %s", a.status, a.header.Get("Location"))
		}
	})
	t.Run("a parameter in both query and body is doubled", func(t *testing.T) {
		sentBack(t, w.browser().post("/authorize?state=x", asking()), "invalid_request")
	})
}

func TestTheStateComesBackByteForByteAndTheQueryIsKept(t *testing.T) {
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

func TestPromptAndMaxAge(t *testing.T) {
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

func TestAFinishedInteractionCantBeGoneThroughAgain(t *testing.T) {
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

func TestAnInteractionBelongsToItsBrowser(t *testing.T) {
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
