package auth

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// manyScopes are n names, all different.
func manyScopes(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("s%x", i)
	}
	return strings.Join(names, " ")
}

func parameters(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "&p%x=1", i)
	}
	return b.String()[1:]
}

// What is far too much is refused before it costs anything: nobody gets to hash a password meanwhile, and every answer comes.
func TestConformanceWhatIsFarTooMuchIsRefusedCheaply(t *testing.T) {
	w := newHouse(t)
	for range cap(w.server.hashing) {
		if err := w.server.hashing.acquire(context.Background()); err != nil {
			t.Fatal(err)
		}
		defer w.server.hashing.release()
	}
	machine := url.Values{"grant_type": {"client_credentials"}, "client_id": {"payroll"}, "client_secret": {"payroll secret, long"}}
	app := url.Values{
		"client_id": {"app"}, "redirect_uri": {appURI}, "response_type": {"code"}, "code_challenge_method": {"S256"},
		"code_challenge": {strings.Repeat("a", 43)}, "scope": {"openid"},
	}
	with := func(form url.Values, more ...string) string { return form.Encode() + "&" + strings.Join(more, "&") }
	const form, asJSON = "application/x-www-form-urlencoded", "application/json"
	for _, q := range []struct {
		name, path, contentType, body string
		status                        int
	}{
		{"G-15 a long body", "/oauth/token", form, with(machine, "x="+strings.Repeat("a", 64<<10)), 413},
		{"G-15 a long body", "/oauth/introspect", form, strings.Repeat("a", 64<<10+1), 413},
		{"G-15 a long body", "/oauth/par", asJSON, strings.Repeat("[", 64<<10+1), 413},
		{"G-15 a long body", "/oauth/device/code", form, strings.Repeat("a", 10<<20), 413},
		{"G-15 a long password", "/login", form, "password=" + strings.Repeat("a", 64<<10), 413},
		{"G-17 100,000 scopes", "/oauth/token", form, with(machine, "scope="+url.QueryEscape(manyScopes(100_000))), 413},
		{"G-17 9,000 scopes", "/oauth/token", form, with(machine, "scope="+url.QueryEscape(manyScopes(9_000))), 400},
		{"G-17 2,000 scopes", "/oauth/token", form, with(machine, "scope="+url.QueryEscape(manyScopes(2_000))), 400},
		{"G-17 2,000 scopes", "/authorize", form, with(app, "scope="+url.QueryEscape(manyScopes(2_000))), 400},
		{"G-17 2,000 scopes", "/oauth/device/code", form, "client_id=app&scope=" + url.QueryEscape(manyScopes(2_000)), 400},
		{"G-17 a state of a megabyte", "/authorize", form, with(app, "state="+strings.Repeat("a", 1<<20)), 413},
		{"G-17 a state of 60 kB", "/authorize", form, with(app, "state="+strings.Repeat("a", 60_000)), 400},
		{"G-17 10,000 parameters", "/authorize", form, with(app, parameters(10_000)), 413},
		{"G-17 7,000 parameters", "/authorize", form, with(app, parameters(7_000)), 400},
		{"G-17 7,000 parameters", "/oauth/token", form, with(machine, parameters(7_000)), 400},
		{"G-17 one parameter 20,000 times", "/oauth/token", form, with(machine, strings.Repeat("a=1&", 15_000)), 400},
		{"G-17 60,000 brackets", "/oauth/token", asJSON, `{"a":` + strings.Repeat("[", 60_000), 400},
	} {
		prove(t, q.name+" "+q.path, func(t *testing.T) {
			b, began := w.browser(), time.Now()
			r, err := http.NewRequestWithContext(t.Context(), "POST", b.url+q.path, strings.NewReader(q.body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", q.contentType)
			a := b.do(r)
			if a.status != q.status || a.header.Get("Location") != "" {
				t.Errorf("got %d %s %.300s", a.status, a.header.Get("Location"), a.body)
			}
			// The bar is 50 ms. A machine that is busy with other tests gets more, and a quadratic loop would take longer.
			if took := time.Since(began); took > time.Second {
				t.Errorf("it took %s", took)
			}
		})
	}
	if a := w.token("payroll:payroll secret, long", "grant_type", "client_credentials"); a.status != http.StatusOK {
		t.Errorf("and what isn't too much got %d %s", a.status, a.body)
	}
}

func TestConformanceAPanicIsOurFaultAndTheServerLives(t *testing.T) {
	w := newHouse(t)
	policy := w.server.policy.Load()
	prove(t, "G-18 a panic at the token endpoint", func(t *testing.T) {
		w.server.policy.Store(nil) // which no code foresees
		a := w.token("payroll:payroll secret, long", "grant_type", "client_credentials")
		w.server.policy.Store(policy)
		refused(t, a, http.StatusInternalServerError, "server_error")
		if strings.Contains(a.body, "goroutine") || strings.Contains(a.body, ".go") || strings.Contains(a.body, "nil pointer") {
			t.Errorf("it tells too much: %s", a.body)
		}
		if a := w.token("payroll:payroll secret, long", "grant_type", "client_credentials"); a.status != http.StatusOK {
			t.Errorf("after it, got %d %s", a.status, a.body)
		}
	})
}

func TestConformanceAnIssuerOfHTTPSIsSpokenToByNothingElse(t *testing.T) {
	w := newHouse(t)
	prove(t, "G-20 browsers come by HTTPS from then on, and send cookies by nothing else", func(t *testing.T) {
		a := w.browser().authorize()
		if got := a.header.Get("Strict-Transport-Security"); !strings.HasPrefix(got, "max-age=") {
			t.Errorf("Strict-Transport-Security: %q", got)
		}
		cookies := (&http.Response{Header: a.header}).Cookies()
		for _, cookie := range cookies {
			if !cookie.Secure || !strings.HasPrefix(cookie.Name, "__Host-") {
				t.Errorf("the cookie %s", cookie.Raw)
			}
		}
		if len(cookies) == 0 {
			t.Error("there are no cookies")
		}
	})
	prove(t, "G-20 plain HTTP at the port of HTTPS is refused", func(t *testing.T) {
		secure := w.overTLS(t)
		plain, err := http.Get("http" + strings.TrimPrefix(secure.URL, "https") + "/oauth/token")
		if err != nil {
			t.Fatal(err)
		}
		defer plain.Body.Close()
		if plain.StatusCode != http.StatusBadRequest {
			t.Errorf("got %d", plain.StatusCode)
		}
		encrypted := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: secure.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}}}
		answer, err := encrypted.Get(secure.URL + "/.well-known/openid-configuration")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("by HTTPS, got %d", answer.StatusCode)
		}
	})
}

func TestConformanceNobodyWithoutATokenLearnsWhatThereIs(t *testing.T) {
	w := newHouse(t)
	token, _ := w.tokens("ada@example.com")
	for _, q := range []struct {
		method, path string
		with         int
	}{
		{"GET", "/timesheets/x/y/z", 404}, {"GET", "/timesheets/", 404}, {"HEAD", "/projects/secret", 404}, {"OPTIONS", "/people", 405},
		{"PUT", "/timesheets", 405}, {"DELETE", "/me", 405}, {"GET", "/userinfo/x", 404}, {"GET", "/api/v2/nothing", 404}, {"PUT", "/api/v2/roles", 405},
	} {
		prove(t, "B-24 "+q.method+" "+q.path, func(t *testing.T) {
			for _, none := range []string{"", "x.y.z"} {
				if a := w.ask(q.method, q.path, none); a.status != http.StatusUnauthorized || a.header.Get("WWW-Authenticate") == "" || a.header.Get("Allow") != "" {
					t.Errorf("with the token %q: %d, Allow %q", none, a.status, a.header.Get("Allow"))
				}
			}
			if a := w.ask(q.method, q.path, token); a.status != q.with {
				t.Errorf("with a token: %d", a.status)
			}
		})
	}
}
