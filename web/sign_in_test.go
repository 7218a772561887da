package web

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/oauth2"
)

// token is an access token of a person on the phone, or of payroll, with these scopes; all four of the API if none are
// named. Who asked for the same before gets the same.
func (c *company) token(t testing.TB, who string, scopes ...string) string {
	t.Helper()
	if len(scopes) == 0 {
		scopes = everyScope
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	key := who + " " + strings.Join(scopes, " ")
	if c.tokens[key] == "" {
		switch who {
		case "payroll":
			c.tokens[key] = c.clientCredentials(t, who, testAudience, scopes).Access
		case "operator":
			c.tokens[key] = c.clientCredentials(t, who, managementAudience, scopes).Access
		default:
			c.tokens[key] = c.signIn(t, who, scopes).Access
		}
	}
	return c.tokens[key]
}

func (c *company) clientCredentials(t testing.TB, client, audience string, scopes []string) issued {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {strings.Join(scopes, " ")}, "audience": {audience},
		"client_id": {client}, "client_secret": {testSecret}}
	return c.redeem(t, form)
}

// signIn goes the way of a person with a browser: the application's request, the sign-in page, back with the code.
func (c *company) signIn(t testing.TB, who string, scopes []string) issued {
	t.Helper()
	return c.signInFor(t, who, "", scopes)
}

func (c *company) signInFor(t testing.TB, who, audience string, scopes []string) issued {
	t.Helper()
	browser := c.browser(t)
	verifier := oauth2.GenerateVerifier()
	page := get(t, browser, testIssuer+"authorize?"+url.Values{
		"response_type": {"code"}, "client_id": {"phone"}, "redirect_uri": {testCallback}, "scope": {strings.Join(scopes, " ")},
		"audience": {audience}, "state": {"s"}, "code_challenge": {oauth2.S256ChallengeFromVerifier(verifier)}, "code_challenge_method": {"S256"},
	}.Encode())
	csrf := csrfField.FindStringSubmatch(page.body)
	if csrf == nil {
		t.Fatalf("no sign-in page: %d %s", page.StatusCode, page.body)
	}
	form := url.Values{"csrf": {csrf[1]}, "email": {who + "@example.com"}, "password": {testPassword}}
	answer, err := browser.PostForm(page.Request.URL.String(), form)
	if err != nil {
		t.Fatal(err)
	}
	location, err := answer.Location()
	if err != nil || location.Query().Get("code") == "" {
		t.Fatalf("no code: %d %v %v", answer.StatusCode, location, err)
	}
	code := location.Query().Get("code")
	runSecrets.Store(code, "an authorization code")
	for _, cookie := range browser.Jar.Cookies(page.Request.URL) {
		runSecrets.Store(cookie.Value, "a cookie")
	}
	return c.redeem(t, url.Values{"grant_type": {"authorization_code"}, "client_id": {"phone"}, "code": {code},
		"redirect_uri": {testCallback}, "code_verifier": {verifier}})
}

// tryToSignIn is what a person is told at last who goes the way of signIn: what the application hears instead of a code, or
// of tokens.
func (c *company) tryToSignIn(t testing.TB, who string) string {
	t.Helper()
	browser, verifier := c.browser(t), oauth2.GenerateVerifier()
	page := get(t, browser, testIssuer+"authorize?"+url.Values{
		"response_type": {"code"}, "client_id": {"phone"}, "redirect_uri": {testCallback}, "scope": {"read:timesheets"},
		"code_challenge": {oauth2.S256ChallengeFromVerifier(verifier)}, "code_challenge_method": {"S256"},
	}.Encode())
	form := url.Values{"csrf": {csrfField.FindStringSubmatch(page.body)[1]}, "email": {who + "@example.com"}, "password": {testPassword}}
	answer, err := browser.PostForm(page.Request.URL.String(), form)
	if err != nil {
		t.Fatal(err)
	}
	location, err := answer.Location()
	if err != nil {
		t.Fatal(err)
	}
	if code := location.Query().Get("code"); code != "" {
		form = url.Values{"grant_type": {"authorization_code"}, "client_id": {"phone"}, "code": {code}, "redirect_uri": {testCallback}, "code_verifier": {verifier}}
		return c.ask(t, "", "POST", "/oauth/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded").body
	}
	return location.Query().Get("error") + ": " + location.Query().Get("error_description")
}

// browser keeps cookies, and follows what leads to a page of this server.
func (c *company) browser(t testing.TB) *http.Client {
	jar, _ := cookiejar.New(nil)
	stayHere := func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host != "time.example.com" {
			return http.ErrUseLastResponse
		}
		return nil
	}
	return &http.Client{Jar: jar, Transport: contract{t, c.handler}, CheckRedirect: stayHere}
}

var csrfField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

func get(t testing.TB, browser *http.Client, address string) reply {
	t.Helper()
	answer, err := browser.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{answer, string(body)}
}

// issued is the answer of the token endpoint.
type issued struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	ID      string `json:"id_token"`
	Scope   string `json:"scope"`
}

func (c *company) redeem(t testing.TB, form url.Values) issued {
	t.Helper()
	answer := c.ask(t, "", "POST", "/oauth/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	var tokens issued
	answer.json(t, &tokens)
	if tokens.Access == "" {
		t.Fatalf("no token: %s", answer.body)
	}
	for _, token := range []string{tokens.Access, tokens.Refresh, tokens.ID} {
		if token != "" {
			runSecrets.Store(token[strings.LastIndexByte(token, '.')+1:], "a token, or its signature")
		}
	}
	return tokens
}
