package web

import (
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

// What is far too much is refused before it costs anything.
func TestWhatIsFarTooMuchIsRefusedCheaply(t *testing.T) {
	c := theCompany(t)
	machine := url.Values{"grant_type": {"client_credentials"}, "client_id": {"payroll"}, "client_secret": {testSecret}}
	phone := url.Values{
		"client_id": {"phone"}, "redirect_uri": {testCallback}, "response_type": {"code"}, "code_challenge_method": {"S256"},
		"code_challenge": {strings.Repeat("a", 43)}, "scope": {"openid"},
	}
	with := func(form url.Values, more ...string) string { return form.Encode() + "&" + strings.Join(more, "&") }
	parameters := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "&p%x=1", i)
		}
		return b.String()[1:]
	}
	const form, asJSON = "application/x-www-form-urlencoded", "application/json"
	for _, q := range []struct {
		id, path, contentType, body string
		status                      int
	}{
		{"G-15 a long body", "/oauth/token", form, with(machine, "x="+strings.Repeat("a", 64<<10)), 413},
		{"G-15 a long body", "/oauth/introspect", form, strings.Repeat("a", 64<<10+1), 413},
		{"G-15 a long body", "/oauth/par", asJSON, strings.Repeat("[", 64<<10+1), 413},
		{"G-15 a long body", "/oauth/device/code", form, strings.Repeat("a", 10<<20), 413},
		{"G-15 a long password", "/login", form, "password=" + strings.Repeat("a", 64<<10), 413},
		{"G-17 100,000 scopes", "/oauth/token", form, with(machine, "scope="+url.QueryEscape(manyScopes(100_000))), 413},
		{"G-17 9,000 scopes", "/oauth/token", form, with(machine, "scope="+url.QueryEscape(manyScopes(9_000))), 400},
		{"G-17 2,000 scopes", "/oauth/token", form, with(machine, "scope="+url.QueryEscape(manyScopes(2_000))), 400},
		{"G-17 2,000 scopes", "/authorize", form, with(phone, "scope="+url.QueryEscape(manyScopes(2_000))), 400},
		{"G-17 2,000 scopes", "/oauth/device/code", form, "client_id=phone&scope=" + url.QueryEscape(manyScopes(2_000)), 400},
		{"G-17 a state of a megabyte", "/authorize", form, with(phone, "state="+strings.Repeat("a", 1<<20)), 413},
		{"G-17 a state of 60 kB", "/authorize", form, with(phone, "state="+strings.Repeat("a", 60_000)), 400},
		{"G-17 10,000 parameters", "/authorize", form, with(phone, parameters(10_000)), 413},
		{"G-17 7,000 parameters", "/authorize", form, with(phone, parameters(7_000)), 400},
		{"G-17 7,000 parameters", "/oauth/token", form, with(machine, parameters(7_000)), 400},
		{"G-17 one parameter 20,000 times", "/oauth/token", form, with(machine, strings.Repeat("a=1&", 15_000)), 400},
		{"G-17 60,000 brackets", "/oauth/token", asJSON, `{"a":` + strings.Repeat("[", 60_000), 400},
	} {
		t.Run(q.id+" "+q.path, func(t *testing.T) {
			began := time.Now()
			answer := c.ask(t, "", "POST", q.path, q.body, "Content-Type", q.contentType)
			if answer.StatusCode != q.status {
				t.Errorf("got %d %.300s", answer.StatusCode, answer.body)
			}
			// The bar is 50 ms. A machine that is busy with other tests gets more, and a quadratic loop would take longer.
			if took := time.Since(began); took > time.Second {
				t.Errorf("it took %s", took)
			}
			if to := answer.Header.Get("Location"); to != "" {
				t.Errorf("it leads to %.100s", to)
			}
		})
	}
	if answer := c.ask(t, "", "POST", "/oauth/token", machine.Encode(), "Content-Type", form); answer.StatusCode != http.StatusOK {
		t.Errorf("and what isn't too much got %d %s", answer.StatusCode, answer.body)
	}
}
