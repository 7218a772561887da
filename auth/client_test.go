package auth

import (
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	"gorm.io/gorm"
)

func TestConformanceClientAuthentication(t *testing.T) {
	holds(t, "C-03")
	w := newWorld(t)
	const id, secret = "payroll", "payroll secret, long"
	basicOf := func(user, password string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
	}
	for name, c := range map[string]struct {
		header string
		body   string
		status int
		code   string
	}{
		"C-01 C-11 Basic":           {basicOf("payroll", "payroll+secret%2C+long"), "", 200, ""},
		"Basic, scheme in caps":     {"BASIC " + basicOf("payroll", "payroll+secret%2C+long")[6:], "", 200, ""},
		"C-11 post":                 {"", "&client_id=payroll&client_secret=payroll+secret,+long", 200, ""},
		"C-02 wrong by Basic":       {basicOf("payroll", "wrong"), "", 401, "invalid_client"},
		"C-04 wrong by post":        {"", "&client_id=payroll&client_secret=wrong", 401, "invalid_client"},
		"C-03 unknown":              {basicOf("nobody", "wrong"), "", 401, "invalid_client"},
		"C-05 no secret":            {"", "&client_id=payroll", 401, "invalid_client"},
		"C-12 empty secret":         {basicOf("payroll", ""), "", 401, "invalid_client"},
		"C-10 nothing":              {"", "", 401, "invalid_client"},
		"C-08 both ways":            {basicOf("payroll", "payroll+secret%2C+long"), "&client_secret=payroll+secret,+long", 400, "invalid_request"},
		"C-08 Basic and assertion":  {basicOf("payroll", "payroll+secret%2C+long"), "&client_assertion=x", 400, "invalid_request"},
		"C-09 another client_id":    {basicOf("payroll", "payroll+secret%2C+long"), "&client_id=reports", 400, "invalid_request"},
		"the same client_id":        {basicOf("payroll", "payroll+secret%2C+long"), "&client_id=payroll", 200, ""},
		"C-12 not base64":           {"Basic ???", "", 401, "invalid_client"},
		"C-12 no colon":             {"Basic " + base64.StdEncoding.EncodeToString([]byte("payroll")), "", 401, "invalid_client"},
		"C-12 Bearer":               {"Bearer x", "", 401, "invalid_client"},
		"C-12 bad percent-encoding": {basicOf("payroll", "%zz"), "", 401, "invalid_client"},
		"C-07 public with a secret": {"", "&client_id=app&client_secret=x", 401, "invalid_client"},
		"C-07 public with Basic":    {basicOf("app", ""), "", 401, "invalid_client"},
		"another one's secret":      {basicOf("payroll", "reports+secret%2C+long"), "", 401, "invalid_client"},
		"the hash as secret":        {basicOf("payroll", hashed(secret)), "", 401, "invalid_client"},
		"the secret cut to length":  {basicOf("payroll", "payroll+secret%2C+lon"), "", 401, "invalid_client"},
	} {
		prove(t, name, func(t *testing.T) {
			r, _ := http.NewRequestWithContext(t.Context(), "POST", w.http.URL+"/oauth/token", stringsReader("grant_type=client_credentials"+c.body))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if c.header != "" {
				r.Header.Set("Authorization", c.header)
			}
			a := w.browser().do(r)
			if c.code != "" {
				refused(t, a, c.status, c.code)
			} else if a.status != c.status {
				t.Errorf("got %d %s", a.status, a.body)
			}
			if challenge := a.header.Get("WWW-Authenticate"); (challenge != "") != (c.status == 401) {
				t.Errorf("WWW-Authenticate is %q", challenge)
			}
		})
	}
	unknown, wrong := w.token("nobody:x"), w.token(id+":x")
	if unknown.body != wrong.body {
		t.Errorf("an unknown client is answered %s, a known one %s", unknown.body, wrong.body)
	}
}

func TestConformanceClientCredentials(t *testing.T) {
	holds(t, "M-01", "M-02", "M-03", "M-04")
	w := newWorld(t)
	ask := func(client string, pairs ...string) answer {
		return w.token(client, append([]string{"grant_type", "client_credentials"}, pairs...)...)
	}
	const payroll = "payroll:payroll secret, long"
	a := ask(payroll)
	if m := a.json(); m["scope"] != "read:timesheets create:timesheets" || m["refresh_token"] != nil || m["id_token"] != nil {
		t.Errorf("got %s", a.body)
	}
	if a := ask(payroll, "scope", "read:timesheets"); a.json()["scope"] != "read:timesheets" {
		t.Errorf("got %s", a.body)
	}
	by := w.probe(a.json()["access_token"].(string)).json()
	if by["User"] != "" || by["Client"] != "payroll" {
		t.Errorf("the token stands for %v", by)
	}
	for _, scope := range []string{"delete:timesheets", "approve:timesheets", "openid", "profile", "offline_access", "read:timesheets fly"} {
		refused(t, ask(payroll, "scope", scope), 400, "invalid_scope")
	}
	refused(t, ask(payroll, "audience", "https://elsewhere.example"), 400, "invalid_target")
	refused(t, ask("idle:idle secret, long"), 400, "unauthorized_client")
	refused(t, ask("reports:reports secret, long"), 400, "unauthorized_client")
	refused(t, ask("app"), 400, "unauthorized_client")
}

// While a secret is exchanged, the new and the old one work; the third one ends the first.
func TestConformanceTwoSecretsLiveAtOnce(t *testing.T) {
	holds(t, "C-15")
	w := newWorld(t)
	for i, secret := range []string{"payroll secret, two", "payroll secret, three"} {
		w.clock.move(time.Second)
		d := exampleDirectory(t)
		payroll := d.Clients[4]
		payroll.Secret = secret
		if err := w.server.Apply(t.Context(), Directory{Clients: []NewClient{payroll}}, nil); err != nil {
			t.Fatal(err)
		}
		a := w.token("payroll:"+secret, "grant_type", "client_credentials")
		old := w.token("payroll:payroll secret, long", "grant_type", "client_credentials")
		if a.status != http.StatusOK || (old.status == http.StatusOK) != (i == 0) {
			t.Errorf("after secret %d the new one got %d, the first one %d", i+2, a.status, old.status)
		}
	}
}

func TestConformanceADisabledClientDiesAtTheNextCall(t *testing.T) {
	holds(t, "M-08")
	w := newWorld(t)
	person, refresh := w.tokens("ada@example.com")
	machine := w.token("payroll:payroll secret, long", "grant_type", "client_credentials").json()["access_token"].(string)
	for _, token := range []string{person, machine} {
		if a := w.probe(token); a.status != http.StatusOK {
			t.Fatalf("got %d", a.status)
		}
	}
	err := w.server.change(t.Context(), func(tx *gorm.DB, n *news) error {
		if err := tx.Model(&Client{}).Where("1 = 1").Update("disabled", true).Error; err != nil {
			return err
		}
		return n.tell("policy", "")
	})
	if err != nil {
		t.Fatal(err)
	}
	refused(t, w.probe(person), 401, "invalid_token")
	refused(t, w.probe(machine), 401, "invalid_token")
	refused(t, w.refresh(refresh), 401, "invalid_client")
	if a := w.browser().authorize(); a.status != http.StatusBadRequest {
		t.Errorf("got %d", a.status)
	}
	if w.server.AllowedOrigin("https://spa.example.com") {
		t.Error("the origin of a disabled client is allowed")
	}
}

func TestConformanceWhatCanBeRegisteredAsRedirectURI(t *testing.T) {
	holds(t, "A-07", "A-08", "A-12")
	for _, c := range []struct {
		kind, uri string
		ok        bool
	}{
		{"web", "https://app.example.com/cb", true},
		{"web", "https://app.example.com/cb?x=1", true},
		{"web", "http://localhost:3000/cb", true},
		{"web", "http://127.0.0.1:3000/cb", true},
		{"web", "http://app.example.com/cb", false},
		{"web", "com.example.app:/cb", false},
		{"spa", "https://app.example.com/cb#", false},
		{"native", "com.example.app:/cb", true},
		{"native", "http://127.0.0.1/cb", true},
		{"native", "http://[::1]/cb", true},
		{"native", "http://localhost/cb", false},
		{"native", "myapp:/cb", false},
		{"native", "javascript:alert(1)", false},
		{"native", "data:text/html,x", false},
		{"native", "vbscript:x", false},
		{"native", "file:///etc/passwd", false},
		{"native", "blob:https://x/1", false},
		{"web", "/cb", false},
		{"web", "//app.example.com/cb", false},
		{"web", "https://*.example.com/cb", false},
		{"web", "https://user@app.example.com/cb", false},
		{"web", "https://app.example.com./cb", false},
		{"web", "https:///cb", false},
		{"web", "https://a;script-src/cb", false},
		{"web", "https://a,b/cb", false},
		{"native", "https://[::1]:8443/cb", true},
		{"web", `https://app.example.com\@evil.example/cb`, false},
		{"web", "https://app.example.com/c b", false},
		{"web", "https://app.example.com/cb?code=1", false},
		{"web", "https://app.example.com/cb?state=1", false},
		{"web", "https://app.example.com/cb?iss=1", false},
		{"web", "https://app.example.com/cb?error=1", false},
		{"web", "https://app.example.com/%zz", false},
		{"web", "", false},
	} {
		if mistake := redirectMistake(c.kind, c.uri); (mistake == nil) != c.ok {
			t.Errorf("%s %q: %q", c.kind, c.uri, mistake)
		}
	}
}

func TestWhatCanBeRegisteredAsOrigin(t *testing.T) {
	for origin, ok := range map[string]bool{
		"https://app.example.com": true, "http://localhost:3000": true, "https://app.example.com/": false, "https://App.example.com": false,
		"null": false, "*": false, "https://*.example.com": false, "https://user@app.example.com": false, "app.example.com": false, "": false,
	} {
		if mistake := originMistake(origin); (mistake == nil) != ok {
			t.Errorf("%q: %q", origin, mistake)
		}
	}
}
