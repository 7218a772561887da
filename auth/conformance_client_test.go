package auth

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// asMachine asks for a token with the Authorization header and body that are given.
func (w *world) asMachine(header, body string) answer {
	w.Helper()
	r, _ := http.NewRequestWithContext(w.Context(), "POST", w.http.URL+"/oauth/token", stringsReader("grant_type=client_credentials"+body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if header != "" {
		r.Header.Set("Authorization", header)
	}
	return w.browser().do(r)
}

func TestConformanceClientAuthenticationByEveryCharacter(t *testing.T) {
	w := newWorld(t)
	const id, secret = "pay:roll+1%", "p w+s%é:ü, long enough"
	w.registers(NewClient{ID: id, Name: "Odd", Type: "machine", Secret: secret,
		Grants: []NewGrant{{Audience: audience, Scopes: []string{"read:timesheets"}}}})
	basicOf := func(user, password string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
	}
	prove(t, "C-01 form-urlencoded in Basic", func(t *testing.T) {
		percent := strings.NewReplacer("+", "%20").Replace(url.QueryEscape(secret))
		for _, encoded := range []string{url.QueryEscape(secret), percent} {
			if a := w.asMachine(basicOf(url.QueryEscape(id), encoded), ""); a.status != 200 {
				t.Errorf("got %d %s", a.status, a.body)
			}
		}
		refused(t, w.asMachine(basicOf(id, secret), ""), 401, "invalid_client") // as it is, it reads otherwise
	})
	prove(t, "C-11 the same secret by post", func(t *testing.T) {
		if a := w.asMachine("", "&client_id="+url.QueryEscape(id)+"&client_secret="+url.QueryEscape(secret)); a.status != 200 {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
	prove(t, "C-02 C-03 the challenge, for known and unknown alike", func(t *testing.T) {
		for _, user := range []string{"payroll", "nobody"} {
			a := w.asMachine(basicOf(user, "wrong"), "")
			refused(t, a, 401, "invalid_client")
			if got := a.header.Get("WWW-Authenticate"); !strings.HasPrefix(got, `Basic realm="`) {
				t.Errorf("WWW-Authenticate is %q", got)
			}
		}
	})
	prove(t, "C-06 a public client by its client_id alone", func(t *testing.T) {
		if a := w.redeem(w.browser().code("ada@example.com")); a.status != 200 {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
	prove(t, "C-12 a header of many kinds", func(t *testing.T) {
		for _, header := range []string{"Basic", "Basic ", "Basic Og==", "Basic " + base64.StdEncoding.EncodeToString([]byte{0xff, ':', 0xfe}), "Negotiate x", "basic", ":", strings.Repeat("x", 4000)} {
			refused(t, w.asMachine(header, ""), 401, "invalid_client")
		}
	})
	prove(t, "C-13 a wrong secret spends neither code nor refresh token", func(t *testing.T) {
		const right = "reports:reports secret, long"
		code := w.browser().code("ada@example.com", "client_id", "reports", "redirect_uri", webURI)
		with := func(client string, pairs ...string) answer { return w.token(client, pairs...) }
		byCode := []string{"grant_type", "authorization_code", "code", code, "redirect_uri", webURI, "code_verifier", verifies43}
		refused(t, with("reports:wrong", byCode...), 401, "invalid_client")
		refused(t, with("reports", byCode...), 401, "invalid_client")
		a := with(right, byCode...)
		refresh, _ := a.json()["refresh_token"].(string)
		byRefresh := []string{"grant_type", "refresh_token", "refresh_token", refresh}
		refused(t, with("reports:wrong", byRefresh...), 401, "invalid_client")
		if again := with(right, byRefresh...); a.status != 200 || again.status != 200 {
			t.Errorf("got %d %s, then %d %s", a.status, a.body, again.status, again.body)
		}
	})
	prove(t, "C-14 C-15 a secret that was retired", func(t *testing.T) {
		for i, secret := range []string{"the first secret, long", "the second secret, long", "the third secret, long"} {
			w.clock.move(time.Second)
			w.registers(NewClient{ID: "turn", Name: "Turn", Type: "machine", Secret: secret,
				Grants: []NewGrant{{Audience: audience, Scopes: []string{"read:timesheets"}}}})
			if a := w.token("turn:"+secret, "grant_type", "client_credentials"); a.status != 200 {
				t.Errorf("secret %d got %d %s", i+1, a.status, a.body)
			}
		}
		if a := w.token("turn:the second secret, long", "grant_type", "client_credentials"); a.status != 200 {
			t.Errorf("the one before got %d %s", a.status, a.body)
		}
		refused(t, w.token("turn:the first secret, long", "grant_type", "client_credentials"), 401, "invalid_client")
	})
	prove(t, "C-17 secrets that differ after 72 bytes", func(t *testing.T) {
		long := strings.Repeat("s", 72)
		w.registers(NewClient{ID: "long", Name: "Long", Type: "machine", Secret: long + "one",
			Grants: []NewGrant{{Audience: audience, Scopes: []string{"read:timesheets"}}}})
		for secret, status := range map[string]int{long + "one": 200, long + "two": 401, long: 401, long + "one ": 401} {
			if a := w.token("long:"+secret, "grant_type", "client_credentials"); a.status != status {
				t.Errorf("%d bytes got %d, want %d", len(secret), a.status, status)
			}
		}
	})
}

// The other endpoints that applications call authenticate them as the token endpoint does.
func TestConformanceClientAuthenticationAtEveryEndpoint(t *testing.T) {
	w := newWorld(t)
	for _, path := range posted {
		prove(t, "C-02 C-05 C-07 C-08 C-10 "+path, func(t *testing.T) {
			for client, code := range map[string]string{"payroll:wrong": "invalid_client", "payroll": "invalid_client", "nobody:x": "invalid_client", "nobody": "invalid_client", "": "invalid_client"} {
				refused(t, w.client(path, client, "token", "x", "grant_type", "client_credentials"), 401, code)
			}
			refused(t, w.client(path, "app", "client_secret", "x", "token", "x", "grant_type", "refresh_token"), 401, "invalid_client")
			refused(t, w.client(path, payroll, "client_secret", "payroll secret, long", "token", "x", "grant_type", "client_credentials"), 400, "invalid_request")
		})
	}
}
