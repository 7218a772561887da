package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestWhoseScriptsMayReadWhat(t *testing.T) {
	c := theCompany(t)
	const stranger = "https://evil.example.com"
	for _, q := range []struct {
		method, path, origin, want string
	}{
		{"GET", "/.well-known/openid-configuration", stranger, "*"},
		{"GET", "/.well-known/oauth-authorization-server", "", "*"},
		{"GET", "/.well-known/jwks.json", "null", "*"},
		{"GET", "/openapi.yaml", stranger, "*"},
		{"GET", "/problems/not-found", stranger, "*"},

		{"GET", "/me", testOrigin, testOrigin},
		{"GET", "/timesheets", testOrigin, testOrigin},
		{"DELETE", "/timesheets/x/submission", testOrigin, testOrigin},
		{"GET", "/timesheets/x/y/z", testOrigin, testOrigin}, // not found
		{"PUT", "/me", testOrigin, testOrigin},               // method not allowed
		{"POST", "/oauth/token", testOrigin, testOrigin},
		{"POST", "/oauth/revoke", testOrigin, testOrigin},
		{"POST", "/oauth/device/code", testOrigin, testOrigin},
		{"GET", "/oauth/token", testOrigin, testOrigin}, // method not allowed
		{"GET", "/userinfo", testOrigin, testOrigin},

		{"GET", "/me", stranger, ""},
		{"GET", "/me", "null", ""},
		{"GET", "/me", "", ""},
		{"GET", "/me", testOrigin + ".evil.example.com", ""},
		{"GET", "/me", strings.ToUpper(testOrigin), ""},
		{"GET", "/me", testOrigin + "/", ""},
		{"GET", "/me", "http" + strings.TrimPrefix(testOrigin, "https"), ""},
		{"POST", "/oauth/token", stranger, ""},
		{"POST", "/oauth/token", "null", ""},
		{"GET", "/userinfo", stranger, ""},

		{"GET", "/authorize", testOrigin, ""},
		{"POST", "/authorize", testOrigin, ""},
		{"GET", "/login", testOrigin, ""},
		{"POST", "/consent", testOrigin, ""},
		{"GET", "/setup", testOrigin, ""},
		{"GET", "/device", testOrigin, ""},
		{"POST", "/activate", testOrigin, ""},
		{"GET", "/health", testOrigin, ""},
		{"GET", "/nothing", testOrigin, ""},
	} {
		for _, method := range []string{q.method, http.MethodOptions} {
			header := []string{"Content-Type", "application/x-www-form-urlencoded"}
			if q.origin != "" {
				header = append(header, "Origin", q.origin)
			}
			if method == http.MethodOptions {
				header = append(header, "Access-Control-Request-Method", q.method)
			}
			answer := c.ask(t, "", method, q.path, "", header...)
			if got := answer.Header.Get("Access-Control-Allow-Origin"); got != q.want {
				t.Errorf("%s %s from %q: %q, want %q", method, q.path, q.origin, got, q.want)
			}
			if answer.Header.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%s %s takes cookies", method, q.path)
			}
			if q.want == testOrigin && !slices.Contains(answer.Header["Vary"], "Origin") {
				t.Errorf("%s %s: Vary: %q", method, q.path, answer.Header["Vary"])
			}
		}
	}
}

func TestAnswersVaryByOriginEvenWithoutOne(t *testing.T) {
	c := theCompany(t)
	for _, path := range []string{"/me", "/timesheets", "/userinfo", "/oauth/token"} {
		if answer := c.ask(t, "", "GET", path, ""); !slices.Contains(answer.Header["Vary"], "Origin") {
			t.Errorf("%s: Vary: %q", path, answer.Header["Vary"])
		}
	}
}

func TestPreflight(t *testing.T) {
	c := theCompany(t)
	answer := c.ask(t, "", "OPTIONS", "/timesheets/x", "", "Origin", testOrigin,
		"Access-Control-Request-Method", "PATCH", "Access-Control-Request-Headers", "authorization, if-match")
	if answer.StatusCode != http.StatusNoContent || answer.body != "" || answer.Header.Get("Allow") != "" {
		t.Errorf("%d %q, Allow: %q", answer.StatusCode, answer.body, answer.Header.Get("Allow"))
	}
	allowed := strings.ToLower(answer.Header.Get("Access-Control-Allow-Headers"))
	for _, name := range []string{
		"authorization", "content-type", "if-match", "if-none-match", "dpop", "auth0-client", "idempotency-key",
	} {
		if !strings.Contains(allowed, name) {
			t.Errorf("%s can't be sent", name)
		}
	}
	for _, r := range c.settings.routes() {
		if !strings.Contains(answer.Header.Get("Access-Control-Allow-Methods"), r.method) {
			t.Errorf("%s can't be sent", r.method)
		}
	}
	stranger := c.ask(t, "", "OPTIONS", "/timesheets/x", "", "Origin", "https://evil.example.com",
		"Access-Control-Request-Method", "PATCH")
	if stranger.StatusCode != http.StatusNoContent || stranger.Header.Get("Access-Control-Allow-Methods") != "" {
		t.Errorf("a stranger's: %d %q", stranger.StatusCode, stranger.Header)
	}
	exposed := c.ask(t, c.token(t, "ada"), "GET", "/me", "", "Origin", testOrigin).Header.Get("Access-Control-Expose-Headers")
	for _, name := range []string{"ETag", "Link", "Location", "Total-Count", "WWW-Authenticate", "Request-Id", "DPoP-Nonce"} {
		if !strings.Contains(exposed, name) {
			t.Errorf("%s can't be read", name)
		}
	}
}
