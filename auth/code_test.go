package auth

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"
)

func TestACodeIsRedeemedByItsOwnClientOnly(t *testing.T) {
	w := newWorld(t)
	code := w.browser().code("ada@example.com", "client_id", "reports", "redirect_uri", webURI)
	redeem := func(client string) answer {
		return w.token(client, "grant_type", "authorization_code", "code", code, "redirect_uri", webURI, "code_verifier", verifies43)
	}
	refused(t, redeem("other:others secret, long"), 400, "invalid_grant")
	refused(t, redeem("reports:wrong"), 401, "invalid_client")
	if a := redeem("reports:reports secret, long"); a.status != http.StatusOK {
		t.Errorf("others' attempts spent the code: %d %s", a.status, a.body)
	}
}

func TestWhatIsWrongWithACodeIsRefused(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		code  string
		pairs []string
	}{
		"no code":          {"invalid_request", []string{"code", ""}},
		"unknown code":     {"invalid_grant", []string{"code", newSecret()}},
		"wrong verifier":   {"invalid_grant", []string{"code_verifier", "a" + verifies43[1:]}},
		"no verifier":      {"invalid_grant", []string{"code_verifier", ""}},
		"short verifier":   {"invalid_grant", []string{"code_verifier", verifies43[:42]}},
		"illegal verifier": {"invalid_grant", []string{"code_verifier", verifies43[:42] + "!"}},
		"other redirect":   {"invalid_grant", []string{"redirect_uri", "http://127.0.0.1/cb"}},
		"no redirect":      {"invalid_grant", []string{"redirect_uri", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			code := w.browser().code("ada@example.com")
			given := map[string]string{"grant_type": "authorization_code", "code": code, "redirect_uri": appURI, "code_verifier": verifies43}
			given[c.pairs[0]] = c.pairs[1]
			var pairs []string
			for k, v := range given {
				pairs = append(pairs, k, v)
			}
			refused(t, w.token("app", pairs...), 400, c.code)
			if given["code"] == code && c.code == "invalid_grant" {
				refused(t, w.redeem(code), 400, "invalid_grant") // who failed with a code has spent it
			}
		})
	}
}

func TestACodeExpiresWithinAMinute(t *testing.T) {
	w := newWorld(t)
	code := w.browser().code("ada@example.com")
	w.clock.move(codeLife)
	refused(t, w.redeem(code), 400, "invalid_grant")
}

func TestACodeThatComesTwiceEndsAllTokensOfTheFirstUse(t *testing.T) {
	w := newWorld(t)
	code := w.browser().code("ada@example.com")
	first := w.redeem(code).json()
	access, refresh := first["access_token"].(string), first["refresh_token"].(string)
	if a := w.probe(access); a.status != http.StatusOK {
		t.Fatalf("got %d", a.status)
	}
	refused(t, w.redeem(code), 400, "invalid_grant")
	refused(t, w.probe(access), 401, "invalid_token")
	refused(t, w.refresh(refresh), 400, "invalid_grant")
}

func TestOfManyAtOnceOneRedeemsTheCode(t *testing.T) {
	w := newWorld(t)
	code := w.browser().code("ada@example.com")
	var mu sync.Mutex
	var all sync.WaitGroup
	statuses := map[int]int{}
	for range 50 {
		all.Go(func() {
			a := w.redeem(code)
			mu.Lock()
			defer mu.Unlock()
			statuses[a.status]++
		})
	}
	all.Wait()
	if statuses[200] != 1 || statuses[400] != 49 {
		t.Errorf("got %v", statuses)
	}
}

func TestACodeIsWorthNothingOnceItsPersonOrSessionIsGone(t *testing.T) {
	for name, gone := range map[string]func(w *world){
		"person blocked": func(w *world) { w.update("ada@example.com", "blocked", true) },
		"session ended": func(w *world) {
			w.endSession()
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			code := w.browser().code("ada@example.com")
			gone(w)
			refused(t, w.redeem(code), 400, "invalid_grant")
		})
	}
}

func TestWhatTheTokenEndpointCantRead(t *testing.T) {
	w := newWorld(t)
	refused(t, w.token("app"), 400, "invalid_request")
	refused(t, w.token("app", "grant_type", "password"), 400, "unsupported_grant_type")
	refused(t, w.token("app", "grant_type", "client_credentials"), 400, "unauthorized_client")
	refused(t, w.token("payroll:payroll secret, long", "grant_type", "refresh_token"), 400, "unauthorized_client")
	refused(t, w.token("app", "grant_type", "refresh_token", "grant_type", "refresh_token"), 400, "invalid_request")
	refused(t, w.token("app", "grant_type", "refresh_token"), 400, "invalid_request")

	post := func(contentType, query, body string) answer {
		r, _ := http.NewRequestWithContext(t.Context(), "POST", w.http.URL+"/oauth/token"+query, stringsReader(body))
		r.Header.Set("Content-Type", contentType)
		return w.browser().do(r)
	}
	secret := `"client_id":"payroll","client_secret":"payroll secret, long"`
	for name, c := range map[string]struct {
		contentType, query, body string
		status                   int
		code                     string
	}{
		"multipart":           {"multipart/form-data; boundary=x", "", "", 400, "invalid_request"},
		"text":                {"text/plain", "", "grant_type=client_credentials", 400, "invalid_request"},
		"no type":             {"", "", "grant_type=client_credentials", 400, "invalid_request"},
		"in the address":      {"application/x-www-form-urlencoded", "?grant_type=client_credentials&client_id=payroll&client_secret=payroll+secret,+long", "", 401, "invalid_client"},
		"bad encoding":        {"application/x-www-form-urlencoded", "", "grant_type=%zz", 400, "invalid_request"},
		"JSON list":           {"application/json", "", "[]", 400, "invalid_request"},
		"JSON twice":          {"application/json", "", `{"grant_type":"client_credentials",` + secret + `,"client_id":"payroll"}`, 400, "invalid_request"},
		"JSON cut off":        {"application/json", "", `{"grant_type":"client_cred`, 400, "invalid_request"},
		"JSON and more":       {"application/json", "", `{"grant_type":"client_credentials",` + secret + `}{}`, 400, "invalid_request"},
		"JSON null is absent": {"application/json", "", `{"grant_type":null,` + secret + `}`, 400, "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) { refused(t, post(c.contentType, c.query, c.body), c.status, c.code) })
	}
	a := post("application/json; charset=utf-8", "", `{"grant_type":"client_credentials","audience":"`+audience+`","n":{"a":[1]},`+secret+`}`)
	if a.status != http.StatusOK {
		t.Errorf("a JSON body got %d %s", a.status, a.body)
	}
}

// While the database is gone, everybody is told to come again.
func TestAServerThatStopsSaysSo(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	code := b.code("ada@example.com")
	if err := w.db.Close(); err != nil {
		t.Fatal(err)
	}
	t.Run("G-19 an application that calls", func(t *testing.T) {
		for _, a := range []answer{
			w.redeem(code), w.refresh("x"), w.client("/oauth/device/code", "app"), w.client("/oauth/introspect", "payroll:payroll secret, long", "token", "x"),
		} {
			refused(t, a, 503, "temporarily_unavailable")
			if a.header.Get("Retry-After") == "" {
				t.Error("it doesn't say when")
			}
		}
	})
	t.Run("G-19 an application that sent the browser", func(t *testing.T) {
		for _, a := range []answer{b.authorize(), b.authorize("prompt", "none"), w.browser().authorize()} {
			sentBack(t, a, "temporarily_unavailable")
		}
	})
	t.Run("G-19 a person", func(t *testing.T) {
		if a := b.get("/consent?interaction=x"); a.status != 503 || a.header.Get("Retry-After") == "" {
			t.Errorf("got %d, Retry-After %q", a.status, a.header.Get("Retry-After"))
		}
	})
}

func TestScopesAreThoseOfClientAndPerson(t *testing.T) {
	w := newWorld(t)
	for email, want := range map[string]string{
		"ada@example.com":  "openid read:timesheets",
		"mia@example.com":  "openid read:timesheets approve:timesheets",
		"max@example.com":  "openid read:timesheets", // a manager who manages nobody
		"root@example.com": "openid read:timesheets approve:timesheets",
	} {
		a := w.redeem(w.browser().code(email, "scope", "openid read:timesheets approve:timesheets"))
		if a.json()["scope"] != want {
			t.Errorf("%s got %q, want %q", email, a.json()["scope"], want)
		}
		if a.json()["refresh_token"] != nil {
			t.Error("a refresh token without offline_access")
		}
	}
	if a := w.redeem(w.browser().code("ada@example.com", "scope", "read:timesheets")); a.json()["id_token"] != nil {
		t.Error("an ID token without openid")
	}
}

func TestCodesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for range 10_000 {
		s := newSecret()
		if seen[s] || len(s) != 43 {
			t.Fatalf("%q came twice or is short", s)
		}
		seen[s] = true
	}
}

func TestSecretsAreStoredHashed(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	code := b.code("ada@example.com")
	tokens := w.redeem(code).json()
	secrets := []string{code, tokens["access_token"].(string), tokens["refresh_token"].(string), tokens["id_token"].(string), password, "payroll secret, long"}
	for _, c := range b.client.Jar.(secureJar).Cookies(mustURL(b.url)) {
		secrets = append(secrets, c.Value)
	}
	var dump string
	for _, table := range []string{"users", "client_secrets", "sessions", "interactions", "authorizations", "codes", "refresh_tokens", "signals", "setup_links", "signing_keys"} {
		var rows []map[string]any
		if err := w.db.Read(t.Context()).Table(table).Find(&rows).Error; err != nil {
			t.Fatal(err)
		}
		dump += fmt.Sprint(rows)
	}
	w.clock.move(time.Second)
	for _, secret := range secrets {
		if contains(dump, secret) {
			t.Errorf("the database holds %.8s…", secret)
		}
		if contains(w.log.String(), secret) {
			t.Errorf("the log holds %.8s…", secret)
		}
	}
	if len(dump) < 2000 || w.log.Len() == 0 {
		t.Error("there is nothing to search")
	}
}
