package auth

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const payroll = "payroll:payroll secret, long"

// posted is every endpoint that applications call.
var posted = []string{"/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/device/code", "/oauth/par"}

func TestConformanceEndpointsOfClientsArePosted(t *testing.T) {
	w := newHouse(t)
	for _, path := range posted {
		for _, method := range []string{"GET", "PUT", "HEAD", "DELETE", "PATCH"} {
			prove(t, "G-09 "+method+" "+path, func(t *testing.T) {
				r, _ := http.NewRequestWithContext(t.Context(), method, w.http.URL+path+"?grant_type=client_credentials", nil)
				if a := w.browser().do(r); a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") != "POST" {
					t.Errorf("got %d, Allow: %q", a.status, a.header.Get("Allow"))
				}
			})
		}
	}
}

func TestConformanceParametersOfARequest(t *testing.T) {
	w := newWorld(t)
	for name, code := range map[string]string{"response_type": "invalid_request", "code_challenge": "invalid_request", "code_challenge_method": "invalid_request"} {
		prove(t, "G-01 an empty "+name+" is none", func(t *testing.T) {
			sentBack(t, w.browser().get("/authorize?"+asking(name, "").Encode()+"&"+name+"="), code)
		})
	}
	prove(t, "G-01 what may be absent may be empty", func(t *testing.T) {
		b := w.browser()
		empty := "&state=&nonce=&resource=&audience=&prompt=&max_age=&response_mode=&request=&request_uri=&id_token_hint="
		a := b.signIn(b.get("/authorize?"+asking("state", "").Encode()+empty), "ada@example.com", password)
		if q := a.location().Query(); q.Get("code") == "" || q.Has("state") {
			t.Errorf("got %d to %s", a.status, a.header.Get("Location"))
		}
		a = w.client("/oauth/token", "", "grant_type", "client_credentials")
		refused(t, a, 401, "invalid_client")
		r, _ := http.NewRequestWithContext(t.Context(), "POST", w.http.URL+"/oauth/token", stringsReader(
			"grant_type=client_credentials&client_id=payroll&client_secret=payroll+secret,+long&scope=&resource=&client_assertion=&scope="))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if a = w.browser().do(r); a.status != 200 {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
	prove(t, "G-01 an empty scope asks for nothing", func(t *testing.T) {
		code := w.browser().code("ada@example.com", "scope", "")
		if a := w.redeem(code); a.status != 200 || a.json()["scope"] != "" {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
	prove(t, "G-03 an unknown parameter of a token request", func(t *testing.T) {
		if a := w.token(payroll, "grant_type", "client_credentials", "extra", "foobar"); a.status != 200 {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
	prove(t, "G-07 resource twice in a token request", func(t *testing.T) {
		a := w.token(payroll, "grant_type", "client_credentials", "resource", audience, "resource", audience)
		if a.status != 200 {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
	prove(t, "G-08 G-05 client_id in query and body", func(t *testing.T) {
		if a := w.browser().post("/authorize?client_id=app", asking()); a.status != 400 || a.header.Get("Location") != "" {
			t.Errorf("got %d to %q", a.status, a.header.Get("Location"))
		}
	})
	for name, value := range map[string]string{"identical": "app", "different": "other"} {
		for _, path := range posted {
			prove(t, "G-06 "+name+" at "+path, func(t *testing.T) {
				refused(t, w.client(path, "", "client_id", "app", "client_id", value, "token", "x", "grant_type", "refresh_token"), 400, "invalid_request")
			})
		}
	}
	prove(t, "G-06 neither code nor refresh token is spent", func(t *testing.T) {
		code := w.browser().code("ada@example.com")
		refused(t, w.redeem(code, "code", code), 400, "invalid_request")
		refused(t, w.redeem(code, "redirect_uri", "https://evil.example/"), 400, "invalid_request")
		tokens := w.redeem(code)
		refresh, _ := tokens.json()["refresh_token"].(string)
		refused(t, w.refresh(refresh, "refresh_token", refresh), 400, "invalid_request")
		if a := w.refresh(refresh); tokens.status != 200 || a.status != 200 {
			t.Errorf("got %d %s, then %d %s", tokens.status, tokens.body, a.status, a.body)
		}
	})
	prove(t, "G-11 a client that authenticates itself by Basic and asks in the address", func(t *testing.T) {
		refused(t, w.client("/oauth/token?grant_type=client_credentials", payroll), 400, "invalid_request")
	})
	for name, body := range map[string]string{"percent-encoding": "token=%zz", "UTF-8": "token=%ff"} {
		for _, path := range posted {
			prove(t, "G-16 bad "+name+" at "+path, func(t *testing.T) {
				r, _ := http.NewRequestWithContext(t.Context(), "POST", w.http.URL+path, stringsReader("client_id=app&grant_type=refresh_token&"+body))
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				refused(t, w.browser().do(r), 400, "invalid_request")
			})
		}
	}
}

// What a stranger sends comes back in an error, if at all, in the characters that RFC 6749 §5.2 allows.
func TestConformanceErrorsHoldPrintableASCII(t *testing.T) {
	w := newWorld(t)
	for _, text := range []string{`"`, `\`, "\r\nX-Evil: 1", "é", "🙈", "\x7f\x01"} {
		prove(t, "G-14 "+url.QueryEscape(text), func(t *testing.T) {
			a := w.token(payroll, "grant_type", "client_credentials", "audience", "https://elsewhere.example/"+text)
			refused(t, a, 400, "invalid_target")
			if !contains(a.json()["error_description"].(string), "https://elsewhere.example/") {
				t.Error("nothing of the input comes back, so this proves nothing")
			}
			a = w.browser().authorize("audience", "https://elsewhere.example/"+text)
			sentBack(t, a, "invalid_target")
			refused(t, w.token("app", "grant_type", text), 400, "unsupported_grant_type")
			sentBack(t, w.browser().authorize("scope", "openid "+text), "invalid_scope")
			if len(a.header["X-Evil"]) > 0 {
				t.Error("a header was smuggled in")
			}
		})
	}
}

func TestConformanceNothingIsKeptOnTheWay(t *testing.T) {
	w := newHouse(t)
	b := w.browser()
	redirect := b.signIn(b.authorize(), "ada@example.com", password)
	tokens := w.redeem(redirect.location().Query().Get("code"))
	access, refresh := tokens.json()["access_token"].(string), tokens.json()["refresh_token"].(string)
	as := func(method, path, token string) answer {
		r, _ := http.NewRequestWithContext(t.Context(), method, w.http.URL+path, nil)
		r.Header.Set("Authorization", "Bearer "+token)
		return w.browser().do(r)
	}
	failing := w.browser()
	for name, c := range map[string]struct {
		answer answer
		status int
	}{
		"G-12 a code":                   {redirect, 303},
		"G-12 tokens":                   {tokens, 200},
		"G-12 refreshed tokens":         {w.refresh(refresh), 200},
		"G-12 a machine's token":        {w.token(payroll, "grant_type", "client_credentials"), 200},
		"G-12 a device code":            {w.client("/oauth/device/code", "app", "scope", "openid"), 200},
		"G-12 a pushed request":         {w.push("app"), 201},
		"G-12 introspection":            {w.client("/oauth/introspect", payroll, "token", access), 200},
		"G-12 userinfo":                 {as("GET", "/userinfo", access), 200},
		"G-12 userinfo by POST":         {as("POST", "/userinfo", access), 200},
		"G-12 a code by form":           {b.authorize("response_mode", "form_post", "redirect_uri", "http://127.0.0.1/cb"), 200},
		"G-13 token endpoint":           {w.token("app"), 400},
		"G-13 revocation":               {w.client("/oauth/revoke", "nobody", "token", "x"), 401},
		"G-13 introspection":            {w.client("/oauth/introspect", "app", "token", "x"), 401},
		"G-13 device":                   {w.client("/oauth/device/code", "app", "scope", "fly"), 400},
		"G-13 pushed requests":          {w.push("app", "scope", "fly"), 400},
		"G-13 an error at /authorize":   {failing.authorize("prompt", "none"), 303},
		"G-13 an error page":            {failing.authorize("client_id", "nobody"), 400},
		"G-13 userinfo without a token": {as("GET", "/userinfo", "x"), 401},
	} {
		prove(t, name, func(t *testing.T) {
			h := c.answer.header
			if c.answer.status != c.status || h.Get("Cache-Control") != "no-store" || h.Get("Pragma") != "no-cache" {
				t.Errorf("got %d, Cache-Control %q, Pragma %q: %s", c.answer.status, h.Get("Cache-Control"), h.Get("Pragma"), c.answer.body)
			}
		})
	}
	if !strings.Contains(redirect.header.Get("Location"), "code=") {
		t.Error("there is no code in the redirect")
	}
}
