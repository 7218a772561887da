package auth

import (
	"net/http"
	"strings"
	"testing"
)

const legacy = "legacy:legacy secret, long"

// exempting is a world with a web app that may go without PKCE, and asks people for no consent.
func exempting(t testing.TB) *world {
	t.Helper()
	w := newWorld(t)
	w.exempt(t, true)
	return w
}

func (w *world) exempt(t testing.TB, exempt bool) {
	t.Helper()
	app := NewClient{ID: "legacy", Name: "Legacy", Type: "web", Secret: "legacy secret, long", RedirectURIs: []string{webURI},
		Scopes: []string{"openid", "profile", "offline_access", "read:timesheets"}, SkipConsent: true, PKCEOptional: exempt}
	if err := w.server.Apply(t.Context(), Directory{Clients: []NewClient{app}}, nil); err != nil {
		t.Fatal(err)
	}
}

// legacyAsks is what the exempted app asks for, less or more what is given in pairs.
func legacyAsks(pairs ...string) []string {
	return append([]string{"client_id", "legacy", "redirect_uri", webURI, "nonce", "n-0S6",
		"scope", "openid offline_access read:timesheets",
		"code_challenge", "", "code_challenge_method", ""}, pairs...)
}

func (w *world) legacyRedeems(code, verifier string) answer {
	w.Helper()
	return w.token(legacy, "grant_type", "authorization_code", "code", code, "redirect_uri", webURI, "code_verifier", verifier)
}

func TestConformanceAnExemptedAppGoesWithoutPKCE(t *testing.T) {
	w := exempting(t)
	prove(t, "P-02 with openid and a nonce, which comes back", func(t *testing.T) {
		a := w.legacyRedeems(w.browser().code("ada@example.com", legacyAsks()...), "")
		if a.status != http.StatusOK {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		if _, claims := jwtParts(t, a.json()["id_token"]); claims["nonce"] != "n-0S6" {
			t.Errorf("the ID token holds %v", claims)
		}
	})
	prove(t, "P-02 by a pushed request", func(t *testing.T) {
		pushed := w.push(legacy, legacyAsks("client_id", "legacy")...)
		b := w.browser()
		if a := b.signIn(b.pulled("legacy", pushed, ""), "ada@example.com", password); !a.location().Query().Has("code") {
			t.Errorf("got %d %s", a.status, a.header.Get("Location"))
		}
	})
	for name, pairs := range map[string][]string{
		"without a nonce":                         {"nonce", ""},
		"without openid":                          {"scope", "offline_access read:timesheets"},
		"without a scope":                         {"scope", ""},
		"with openid_ as scope, which is another": {"scope", "openid_ read:timesheets"},
	} {
		prove(t, "P-02 "+name, func(t *testing.T) {
			a := w.browser().authorize(legacyAsks(pairs...)...)
			sentBack(t, a, "invalid_request")
			if says := a.location().Query().Get("error_description"); !contains(says, "openid and a nonce") {
				t.Errorf("it says %q", says)
			}
			refused(t, w.push(legacy, legacyAsks(pairs...)...), 400, "invalid_request")
		})
	}
	for name, pairs := range map[string][]string{
		"P-03 plain":             {"code_challenge", verifies43, "code_challenge_method", "plain"},
		"P-04 no method":         {"code_challenge", challengeOf(verifies43)},
		"P-06 a method alone":    {"code_challenge_method", "S256"},
		"P-07 a short challenge": {"code_challenge", strings.Repeat("a", 42), "code_challenge_method", "S256"},
	} {
		prove(t, name, func(t *testing.T) { sentBack(t, w.browser().authorize(legacyAsks(pairs...)...), "invalid_request") })
	}
	prove(t, "P-01 P-02 which others don't", func(t *testing.T) {
		others := [][]string{{"client_id", "reports"}, {"client_id", "other"}, {"client_id", "app", "redirect_uri", appURI}}
		for _, client := range others {
			sentBack(t, w.browser().authorize(legacyAsks(client...)...), "invalid_request")
		}
	})
}

// A challenge that an exempted app sends is worth as much as anybody's.
func TestConformanceVerifiersOfAnExemptedApp(t *testing.T) {
	w := exempting(t)
	challenged := legacyAsks("code_challenge", challengeOf(verifies43), "code_challenge_method", "S256")
	other := strings.Repeat("1", 43)
	for name, c := range map[string]struct {
		asks     []string
		verifier string
	}{
		"P-09 P-13 a wrong one":                             {challenged, other},
		"P-10 P-13 none, for a code with a challenge":       {challenged, ""},
		"P-12 a short one":                                  {challenged, verifies43[:42]},
		"P-11 P-13 one for a code without a challenge":      {legacyAsks(), verifies43},
		"P-11 one that is too short for a code without one": {legacyAsks(), "x"},
	} {
		prove(t, name, func(t *testing.T) {
			code := w.browser().code("ada@example.com", c.asks...)
			refused(t, w.legacyRedeems(code, c.verifier), 400, "invalid_grant")
			for _, again := range []string{verifies43, ""} {
				refused(t, w.legacyRedeems(code, again), 400, "invalid_grant") // who failed with a code has spent it
			}
		})
	}
	prove(t, "P-08 the right one", func(t *testing.T) {
		if a := w.legacyRedeems(w.browser().code("ada@example.com", challenged...), verifies43); a.status != http.StatusOK {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
	prove(t, "P-14 of another session", func(t *testing.T) {
		stolen := w.browser().code("ada@example.com", challenged...)
		w.browser().code("mia@example.com", legacyAsks("code_challenge", challengeOf(other), "code_challenge_method", "S256")...)
		refused(t, w.legacyRedeems(stolen, other), 400, "invalid_grant")
	})
	prove(t, "P-10 once the exemption ended, a code without a challenge is worth nothing", func(t *testing.T) {
		code := w.browser().code("ada@example.com", legacyAsks()...)
		w.exempt(t, false)
		refused(t, w.legacyRedeems(code, ""), 400, "invalid_grant")
		sentBack(t, w.browser().authorize(legacyAsks()...), "invalid_request")
	})
}

func TestConformanceAnAppThatMustPush(t *testing.T) {
	w := newWorld(t)
	app := exampleDirectory(t).Clients[0]
	app.RequirePushed = true
	if err := w.server.Apply(t.Context(), Directory{Clients: []NewClient{app}}, nil); err != nil {
		t.Fatal(err)
	}
	for name, pairs := range map[string][]string{
		"a plain request":                  nil,
		"silently":                         {"prompt", "none"},
		"with a request_uri of its own":    {"request_uri", "https://app.example.com/request"},
		"with a request_uri that is empty": {"request_uri", ""},
	} {
		prove(t, "X-07 "+name, func(t *testing.T) {
			a := w.browser().authorize(pairs...)
			code := "invalid_request"
			if len(pairs) > 0 && pairs[0] == "request_uri" && pairs[1] != "" {
				code = "request_uri_not_supported"
			}
			sentBack(t, a, code)
			if a.location().Query().Get("state") != "st" {
				t.Error("the state is missing")
			}
		})
	}
	prove(t, "X-07 as a form", func(t *testing.T) {
		sentBack(t, w.browser().post("/authorize", asking()), "invalid_request")
	})
	prove(t, "X-07 X-05 with a request_uri that nobody was given, or that is another's, or was used", func(t *testing.T) {
		b := w.browser()
		used := w.push("app")
		if a := b.pulled("app", used, ""); a.location().Path != "/login" {
			t.Fatalf("pushed, it got %d %s", a.status, a.header.Get("Location"))
		}
		another := w.push("spa", "redirect_uri", "https://spa.example.com/cb?x=1")
		for _, uri := range []any{pushedPrefix + newSecret(), another.json()["request_uri"], used.json()["request_uri"]} {
			a := b.authorize("request_uri", uri.(string))
			if a.status != http.StatusBadRequest || a.header.Get("Location") != "" {
				t.Errorf("%s got %d %s", uri, a.status, a.header.Get("Location"))
			}
		}
	})
	prove(t, "X-07 before the redirect URI is proven, it is shown", func(t *testing.T) {
		a := w.browser().authorize("redirect_uri", "https://evil.example/")
		if a.status != http.StatusBadRequest || a.header.Get("Location") != "" {
			t.Errorf("got %d %s", a.status, a.header.Get("Location"))
		}
	})
	prove(t, "X-07 pushed, it signs people in", func(t *testing.T) {
		b := w.browser()
		a := b.signIn(b.pulled("app", w.push("app"), ""), "ada@example.com", password)
		if got := w.redeem(a.location().Query().Get("code")); got.status != http.StatusOK {
			t.Errorf("got %d %s", got.status, got.body)
		}
	})
	prove(t, "X-07 others may send plain ones, as the metadata says", func(t *testing.T) {
		b := w.browser()
		if a := b.authorize("client_id", "spa", "redirect_uri", "https://spa.example.com/cb?x=1"); a.location().Path != "/login" {
			t.Errorf("got %d %s", a.status, a.header.Get("Location"))
		}
		if all, told := b.get("/.well-known/openid-configuration").json()["require_pushed_authorization_requests"].(bool); all || !told {
			t.Errorf("the metadata says %v %v", all, told)
		}
	})
}
