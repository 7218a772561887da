package auth

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

const hostileState = `"><script>alert(1)</script>&'` + "\n"

func TestFragmentMode(t *testing.T) {
	b := newWorld(t).browser()
	a := b.signIn(b.authorize("response_mode", "fragment", "redirect_uri", "http://127.0.0.1:7/cb"), "ada@example.com", password)
	if u := a.location(); u.RawQuery != "" || !strings.Contains(u.Fragment, "code=") || !strings.Contains(u.Fragment, "iss=") {
		t.Errorf("got %s", a.header.Get("Location"))
	}
	a = newWorld(t).browser().authorize("response_mode", "fragment", "prompt", "none")
	if !strings.Contains(a.location().Fragment, "error=login_required") {
		t.Errorf("an error came by %s", a.header.Get("Location"))
	}
}

var inputField = regexp.MustCompile(`name="([a-z_]+)" value="([^"]*)"`)

// formOf is what a form_post page sends, and where.
func formOf(t *testing.T, a answer) (to string, sent url.Values) {
	t.Helper()
	m := regexp.MustCompile(`<form method="post" action="([^"]*)">`).FindStringSubmatch(a.body)
	if a.status != http.StatusOK || m == nil || a.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("got %d %v %s", a.status, a.header, a.body)
	}
	sent = url.Values{}
	for _, field := range inputField.FindAllStringSubmatch(a.body, -1) {
		sent.Add(field[1], html.UnescapeString(field[2]))
	}
	return html.UnescapeString(m[1]), sent
}

func TestFormPostMode(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	a := b.signIn(b.authorize("client_id", "reports", "redirect_uri", webURI, "response_mode", "form_post", "state", hostileState, "prompt", "login"),
		"ada@example.com", password)
	to, form := formOf(t, b.decide(a, "allow"))
	if to != webURI || form.Get("code") == "" || form.Get("state") != hostileState || form.Get("iss") != issuer {
		t.Errorf("%s is sent %v", to, form)
	}
	a = b.authorize("client_id", "reports", "redirect_uri", webURI, "response_mode", "form_post", "prompt", "login consent", "state", hostileState)
	if _, form = formOf(t, b.decide(b.signIn(a, "ada@example.com", password), "decline")); form.Get("error") != "access_denied" {
		t.Errorf("a refusal is sent as %v", form)
	}
	page := b.authorize("client_id", "reports", "redirect_uri", webURI, "response_mode", "form_post", "prompt", "none", "state", hostileState)
	if n := strings.Count(strings.ToLower(page.body), "<script"); n != 1 || strings.Contains(page.body, "<script>alert") {
		t.Errorf("the page has %d scripts: %s", n, page.body)
	}
	for _, rule := range []string{"default-src 'none'", "script-src 'sha256-", "form-action https://reports.example.com;", "frame-ancestors 'none'"} {
		if !contains(page.header.Get("Content-Security-Policy"), rule) {
			t.Errorf("the policy lacks %s: %s", rule, page.header.Get("Content-Security-Policy"))
		}
	}
}

func TestWebMessageMode(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	spa := []string{"client_id", "spa", "redirect_uri", "https://spa.example.com/cb?x=1", "response_mode", "web_message", "state", hostileState}
	page := b.authorize(append(spa, "prompt", "none")...)
	m := regexp.MustCompile(`data-origin="([^"]*)" data-response="([^"]*)"`).FindStringSubmatch(page.body)
	if m == nil || page.status != http.StatusOK {
		t.Fatalf("got %d %s", page.status, page.body)
	}
	var response map[string]string
	if err := json.Unmarshal([]byte(html.UnescapeString(m[2])), &response); err != nil {
		t.Fatal(err)
	}
	if m[1] != "https://spa.example.com" || response["error"] != "login_required" || response["state"] != hostileState {
		t.Errorf("%s is told %v", m[1], response)
	}
	policy := page.header.Get("Content-Security-Policy")
	if !contains(policy, "frame-ancestors https://spa.example.com") || page.header.Get("X-Frame-Options") != "" {
		t.Errorf("the page can't be framed by its own origin alone: %s", policy)
	}
	a := b.authorize("response_mode", "web_message", "redirect_uri", "http://127.0.0.1/cb")
	sentBack(t, a, "invalid_request") // of an application without that web origin
	a = b.decide(b.signIn(b.authorize(spa...), "ada@example.com", password), "allow")
	if !contains(html.UnescapeString(a.body), `"code":"`) {
		t.Errorf("got %d %s", a.status, a.body)
	}
}

// The two scripts are the only ones that can run, since the policy names their hashes.
func TestTheHashIsThatOfTheScript(t *testing.T) {
	w := newWorld(t)
	page := w.browser().authorize("client_id", "reports", "redirect_uri", webURI, "response_mode", "form_post", "prompt", "none")
	if !contains(page.body, "<script>"+submitScript+"</script>") {
		t.Errorf("the script is another one than what was hashed: %s", page.body)
	}
	page = w.browser().authorize("client_id", "spa", "redirect_uri", "https://spa.example.com/cb?x=1", "response_mode", "web_message", "prompt", "none")
	if !contains(page.body, "<script>"+postScript+"</script>") {
		t.Errorf("the script is another one than what was hashed: %s", page.body)
	}
}

func askingForID(pairs ...string) []string {
	return append([]string{"client_id", "reports", "redirect_uri", webURI, "response_type", "id_token", "response_mode", "form_post",
		"nonce", "n-7", "scope", "openid email", "code_challenge", "", "code_challenge_method", ""}, pairs...)
}

func TestAnIDTokenAloneGoesToWebAppsByForm(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	a := b.decide(b.signIn(b.authorize(askingForID()...), "ada@example.com", password), "allow")
	_, form := formOf(t, a)
	claims, err := w.server.parseID(form.Get("id_token"))
	if err != nil {
		t.Fatal(err)
	}
	if claims.Nonce != "n-7" || claims.Email != "ada@example.com" || claims.Audience[0] != "reports" || claims.AtHash != "" || form.Has("code") {
		t.Errorf("got %+v", claims)
	}
	refused(t, w.probe(form.Get("id_token")), 401, "invalid_token")
	for name, c := range map[string]struct {
		code  string
		pairs []string
	}{
		"a public client": {"unsupported_response_type", []string{"client_id", "app", "redirect_uri", appURI, "response_mode", "fragment"}},
		"in the address":  {"invalid_request", []string{"response_mode", ""}},
		"in the fragment": {"invalid_request", []string{"response_mode", "fragment"}},
		"without a nonce": {"invalid_request", []string{"nonce", "", "response_mode", "form_post"}},
		"without openid":  {"invalid_scope", []string{"scope", "email", "response_mode", "form_post"}},
		"an access token": {"unsupported_response_type", []string{"response_type", "token id_token"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := w.browser().authorize(askingForID(c.pairs...)...)
			q := a.location().Query()
			if f := a.location().Fragment; f != "" {
				q, _ = url.ParseQuery(f)
			}
			if a.status == http.StatusOK {
				_, q = formOf(t, a)
			}
			if q.Get("error") != c.code || q.Has("id_token") {
				t.Errorf("got %d %s %v", a.status, a.header.Get("Location"), q)
			}
		})
	}
}

func TestTheIDTokenHint(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	id := func(email string) string {
		return w.redeem(w.browser().code(email)).json()["id_token"].(string)
	}
	ada, mia := id("ada@example.com"), id("mia@example.com")
	b.code("ada@example.com")
	w.clock.move(2 * idTokenLife) // an expired hint is as good
	if a := b.authorize("id_token_hint", ada, "prompt", "none"); !a.location().Query().Has("code") {
		t.Errorf("A-44: got %s", a.header.Get("Location"))
	}
	sentBack(t, b.authorize("id_token_hint", mia, "prompt", "none"), "login_required")
	a := b.authorize("id_token_hint", mia)
	if again := b.signIn(a, "ada@example.com", password); again.status != http.StatusUnprocessableEntity {
		t.Errorf("A-43: somebody else signed in: %d %s", again.status, again.header.Get("Location"))
	}
	if a = b.signIn(a, "mia@example.com", password); !a.location().Query().Has("code") {
		t.Errorf("got %d %s", a.status, a.header.Get("Location"))
	}
	access, _ := w.tokens("ada@example.com")
	rs := w.server.keys.signer("RS256", w.clock.now())
	header := map[string]any{"typ": "JWT", "kid": rs.ID}
	for name, forged := range map[string]string{
		"an access token": access,
		"garbage":         "x.y.z",
		"too long":        strings.Repeat("a", 1<<13),
		"unsigned":        forge(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, header, idClaims{}),
		"another issuer": forge(t, jwt.SigningMethodRS256, rs.private, header,
			jwt.RegisteredClaims{Issuer: "https://evil.example/", Subject: "usr_1", Audience: jwt.ClaimStrings{"app"}}),
	} {
		t.Run("A-45 "+name, func(t *testing.T) { sentBack(t, b.authorize("id_token_hint", forged), "invalid_request") })
	}
}

func TestTheClaimsParameter(t *testing.T) {
	w := newWorld(t)
	for claims, want := range map[string]string{
		`{"userinfo":{"name":{"essential":true}}}`:                                            "login_required", // that is, nothing is wrong with it
		`{"id_token":{"acr":{"values":["x"]}}}`:                                               "login_required",
		`{"id_token":{"acr":{"essential":true}}}`:                                             "login_required",
		`{"id_token":{"acr":{"essential":true,"values":["urn:high","` + passwordACR + `"]}}}`: "login_required",
		`{"id_token":{"acr":{"essential":true,"value":"urn:high"}}}`:                          "unmet_authentication_requirements",
		`{"userinfo":{"shoe_size":{"essential":true}},"other":[]}`:                            "login_required",
		`{"userinfo":{"name":5}}`:                                                             "invalid_request",
		`{"id_token":{"acr":null}}`:                                                           "login_required",
		`{"id_token":{"acr":{"essential":true,"values":["urn:high"]}}}`:                       "unmet_authentication_requirements",
		`{`:                  "invalid_request",
		`[]`:                 "invalid_request",
		`{"id_token":"acr"}`: "invalid_request",
	} {
		t.Run("A-63 "+claims, func(t *testing.T) { sentBack(t, w.browser().authorize("claims", claims, "prompt", "none"), want) })
	}
}
