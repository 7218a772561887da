package auth

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// push hands a request in as an application and gives its request_uri.
func (w *world) push(client string, pairs ...string) answer {
	w.Helper()
	var flat []string
	for name, values := range asking(pairs...) {
		if name != "client_id" {
			flat = append(flat, name, values[0])
		}
	}
	return w.client("/oauth/par", client, flat...)
}

func (b *browser) pulled(clientID string, pushed answer, more string) answer {
	b.Helper()
	uri, _ := pushed.json()["request_uri"].(string)
	return b.get("/authorize?client_id=" + clientID + "&request_uri=" + url.QueryEscape(uri) + more)
}

func TestConformancePushedRequests(t *testing.T) {
	w := newWorld(t)
	prove(t, "X-01 X-05 a pushed request, which is good once", func(t *testing.T) {
		a := w.push("app")
		uri, _ := a.json()["request_uri"].(string)
		if a.status != http.StatusCreated || !strings.HasPrefix(uri, "urn:ietf:params:oauth:request_uri:") || a.json()["expires_in"] != 60.0 {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		b := w.browser()
		if got := b.signIn(b.pulled("app", a, ""), "ada@example.com", password); !got.location().Query().Has("code") {
			t.Errorf("got %d %s", got.status, got.header.Get("Location"))
		}
		if again := w.browser().pulled("app", a, ""); again.status != http.StatusBadRequest || again.header.Get("Location") != "" {
			t.Errorf("X-05: it works twice: %d", again.status)
		}
	})
	prove(t, "X-02 with a request_uri", func(t *testing.T) {
		refused(t, w.push("app", "request_uri", "urn:x"), 400, "invalid_request")
	})
	for name, c := range map[string]struct {
		code  string
		pairs []string
	}{
		"redirect URI": {"invalid_request", []string{"redirect_uri", "https://evil.example/"}},
		"scope":        {"invalid_scope", []string{"scope", "fly"}},
		"PKCE":         {"invalid_request", []string{"code_challenge_method", "plain"}},
		"request":      {"request_not_supported", []string{"request", "eyJ"}},
	} {
		prove(t, "X-03 a wrong "+name, func(t *testing.T) { refused(t, w.push("app", c.pairs...), 400, c.code) })
	}
	prove(t, "X-04 a client that doesn't authenticate itself", func(t *testing.T) {
		refused(t, w.push("reports:wrong", "redirect_uri", webURI), 401, "invalid_client")
	})
	prove(t, "X-05 another client's", func(t *testing.T) {
		a := w.push("app")
		if got := w.browser().pulled("spa", a, ""); got.status != http.StatusBadRequest || got.header.Get("Location") != "" {
			t.Errorf("got %d", got.status)
		}
		if got := w.browser().pulled("app", a, ""); got.location().Path != "/login" {
			t.Errorf("another client spent it: %d", got.status)
		}
	})
	prove(t, "X-05 expired", func(t *testing.T) {
		a := w.push("app")
		w.clock.move(pushedLife)
		if got := w.browser().pulled("app", a, ""); got.status != http.StatusBadRequest {
			t.Errorf("got %d", got.status)
		}
	})
	prove(t, "X-06 what stands beside it in the address counts for nothing", func(t *testing.T) {
		b := w.browser()
		a := b.pulled("app", w.push("app", "scope", "openid", "state", "mine"), "&scope=openid+read:timesheets&state=yours&prompt=none")
		a = b.signIn(a, "ada@example.com", password)
		if a.location().Query().Get("state") != "mine" {
			t.Fatalf("got %d %s", a.status, a.header.Get("Location"))
		}
		if tokens := w.redeem(a.location().Query().Get("code")); tokens.json()["scope"] != "openid" {
			t.Errorf("got %s", tokens.body)
		}
	})
	prove(t, "X-05 of many at once one is let through", func(t *testing.T) {
		a := w.push("app")
		var mu sync.Mutex
		var all sync.WaitGroup
		through := 0
		for range 20 {
			all.Go(func() {
				got := w.browser().pulled("app", a, "")
				mu.Lock()
				defer mu.Unlock()
				if got.location().Path == "/login" {
					through++
				}
			})
		}
		all.Wait()
		if through != 1 {
			t.Errorf("%d were let through", through)
		}
	})
	prove(t, "secrets are not kept", func(t *testing.T) {
		w.push("reports:reports secret, long", "redirect_uri", webURI)
		var rows []pushedRequest
		if err := w.db.Read(t.Context()).Find(&rows).Error; err != nil || len(rows) == 0 {
			t.Fatal(err, len(rows))
		}
		for _, row := range rows {
			if row.Parameters["client_secret"] != "" {
				t.Error("a client secret is in the database")
			}
		}
	})
}
