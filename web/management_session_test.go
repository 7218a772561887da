package web

import (
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"
)

// open is what a person has open.
type open struct {
	Sessions []struct {
		ID, UserID string
		Clients    []struct {
			ID string `json:"client_id"`
		}
	}
	Tokens []struct {
		ID              string
		ClientID        string `json:"client_id"`
		SessionID       string `json:"session_id"`
		Rotating        bool
		ResourceServers []struct{ Audience, Scopes string } `json:"resource_servers"`
	}
	Next string
}

func (c *company) openOf(t testing.TB, user string) (o open) {
	t.Helper()
	c.mustManage(t, 200, "GET", "users/"+user+"/sessions", "").json(t, &o)
	c.mustManage(t, 200, "GET", "users/"+user+"/refresh-tokens", "").json(t, &o)
	return o
}

func TestWhatAPersonHasOpenIsShownPartByPart(t *testing.T) {
	c := newCompany(t)
	ada := c.id(t, "ada")
	for range 3 {
		c.signIn(t, "ada", []string{"read:timesheets", "offline_access"})
	}
	c.signIn(t, "ben", []string{"read:timesheets", "offline_access"})
	all := c.openOf(t, ada)
	if len(all.Sessions) != 3 || len(all.Tokens) != 3 || all.Sessions[0].Clients[0].ID != "phone" || !all.Tokens[0].Rotating ||
		all.Tokens[0].SessionID != all.Sessions[0].ID || all.Tokens[0].ResourceServers[0].Audience != testAudience {
		t.Fatalf("ada has %+v open", all)
	}
	for _, list := range []string{"sessions", "refresh-tokens"} {
		var part open
		seen := 0
		for n := 0; n == 0 || part.Next != ""; n++ {
			from := part.Next
			part = open{}
			c.mustManage(t, 200, "GET", "users/"+ada+"/"+list+"?take=2&from="+from, "").json(t, &part)
			seen += len(part.Sessions) + len(part.Tokens)
		}
		if seen != 3 {
			t.Errorf("part by part there are %d %s", seen, list)
		}
	}
	var one, token struct {
		ID     string
		UserID string `json:"user_id"`
	}
	c.mustManage(t, 200, "GET", "sessions/"+all.Sessions[0].ID, "").json(t, &one)
	c.mustManage(t, 200, "GET", "refresh-tokens/"+all.Tokens[0].ID, "").json(t, &token)
	if one.ID != all.Sessions[0].ID || one.UserID != ada || token.ID != all.Tokens[0].ID || token.UserID != ada {
		t.Errorf("one by one they are %+v and %+v", one, token)
	}
}

func TestWhatAnAdministratorEndsIsDeadAtTheNextCall(t *testing.T) {
	for _, q := range []struct {
		name, method    string
		path            func(user string, o open) string
		body            string
		access, refresh int // statuses afterwards
	}{
		{"one session", "DELETE", func(_ string, o open) string { return "sessions/" + o.Sessions[0].ID }, "", 401, 200},
		{"one session with its tokens", "POST", func(_ string, o open) string { return "sessions/" + o.Sessions[0].ID + "/revoke" }, "", 401, 400},
		{"all sessions", "DELETE", func(user string, _ open) string { return "users/" + user + "/sessions" }, "", 401, 200},
		{"one refresh token", "DELETE", func(_ string, o open) string { return "refresh-tokens/" + o.Tokens[0].ID }, "", 401, 400},
		{"all refresh tokens", "DELETE", func(user string, _ open) string { return "users/" + user + "/refresh-tokens" }, "", 401, 400},
		{"everything", "POST", func(user string, _ open) string { return "users/" + user + "/revoke-access" }, "", 401, 400},
		{"everything but refresh tokens", "POST", func(user string, _ open) string { return "users/" + user + "/revoke-access" }, `{"preserve_refresh_tokens": true}`, 401, 200},
	} {
		t.Run(q.name, func(t *testing.T) {
			c := newCompany(t)
			ada := c.id(t, "ada")
			mine, others := c.signIn(t, "ada", []string{"read:timesheets", "offline_access"}), c.token(t, "ben")
			c.mustManage(t, http.StatusNoContent, q.method, q.path(ada, c.openOf(t, ada)), q.body)
			if answer := c.ask(t, mine.Access, "GET", "/timesheets", ""); answer.StatusCode != q.access {
				t.Errorf("the access token is answered %d", answer.StatusCode)
			}
			if answer := c.refresh(t, mine.Refresh); answer.StatusCode != q.refresh {
				t.Errorf("the refresh token is answered %d %s", answer.StatusCode, answer.body)
			}
			if answer := c.ask(t, others, "GET", "/timesheets", ""); answer.StatusCode != 200 {
				t.Errorf("somebody else's access token is answered %d", answer.StatusCode)
			}
		})
	}
}

func TestAccessOfASessionIsRevokedOnlyForItsPerson(t *testing.T) {
	c := newCompany(t)
	mine := c.signIn(t, "ada", []string{"read:timesheets"})
	session := c.openOf(t, c.id(t, "ada")).Sessions[0].ID
	c.mustManage(t, 404, "POST", "users/"+c.id(t, "ben")+"/revoke-access", `{"session_id": "`+session+`"}`)
	if answer := c.ask(t, mine.Access, "GET", "/timesheets", ""); answer.StatusCode != 200 {
		t.Errorf("by another person's name it is ended: %d", answer.StatusCode)
	}
	c.mustManage(t, 204, "POST", "users/"+c.id(t, "ada")+"/revoke-access", `{"session_id": "`+session+`"}`)
	if answer := c.ask(t, mine.Access, "GET", "/timesheets", ""); answer.StatusCode != 401 {
		t.Errorf("it lives on: %d", answer.StatusCode)
	}
}

func TestGrantsAreShownAndTakenBack(t *testing.T) {
	c := newCompany(t)
	ada := c.id(t, "ada")
	type grant struct {
		ID, ClientID, Audience string
		UserID                 string `json:"user_id"`
		Scope                  []string
	}
	grants := func(query string) (list []grant) {
		c.mustManage(t, 200, "GET", "grants"+query, "").json(t, &list)
		return list
	}
	allow := func() issued {
		if answer := c.manage(t, "PATCH", "clients/phone", `{"skip_consent": false}`); answer.StatusCode != 200 {
			t.Fatal(answer.body)
		}
		return c.consent(t, "ada", "read:timesheets")
	}
	for name, path := range map[string]func() string{
		"one":  func() string { return "grants/" + grants("")[0].ID },
		"all ": func() string { return "grants?user_id=" + ada },
	} {
		t.Run(name, func(t *testing.T) {
			mine := allow()
			list := grants("?user_id=" + ada + "&client_id=phone&audience=" + url.QueryEscape(testAudience))
			if len(list) != 1 || list[0].ClientID != "phone" || list[0].UserID != ada || list[0].Audience != testAudience ||
				!cmp.Equal(list[0].Scope, []string{"read:timesheets"}) {
				t.Fatalf("the grants are %+v", list)
			}
			for _, query := range []string{"?user_id=usr_x", "?client_id=x", "?audience=x"} {
				if len(grants(query)) != 0 {
					t.Errorf("%s finds some", query)
				}
			}
			c.mustManage(t, 204, "DELETE", path(), "")
			if answer := c.ask(t, mine.Access, "GET", "/timesheets", ""); answer.StatusCode != 401 || len(grants("")) != 0 {
				t.Errorf("the access token is answered %d", answer.StatusCode)
			}
		})
	}
}

func TestWhoGuessedTooOftenIsLetInAgain(t *testing.T) {
	c := newCompany(t)
	ada := c.id(t, "ada")
	try := func(password string) int { return c.signInOwn(t, "ada@example.com", password) }
	for range 10 {
		try("wrong")
	}
	var blocks struct {
		BlockedFor []struct{ Identifier, IP string } `json:"blocked_for"`
	}
	c.mustManage(t, 200, "GET", "user-blocks/"+ada, "").json(t, &blocks)
	if len(blocks.BlockedFor) != 1 || blocks.BlockedFor[0].Identifier != "ada@example.com" || blocks.BlockedFor[0].IP != "192.0.2.1" {
		t.Errorf("the blocks are %+v", blocks)
	}
	c.mustManage(t, 200, "GET", "user-blocks/"+c.id(t, "ben"), "").json(t, &blocks)
	if len(blocks.BlockedFor) != 0 {
		t.Errorf("somebody else's blocks are %+v", blocks)
	}
	if status := try(testPassword); status != 429 {
		t.Errorf("blocked, the right password is answered %d", status)
	}
	c.mustManage(t, 204, "DELETE", "user-blocks/"+ada, "")
	if status := try(testPassword); status == 429 {
		t.Error("the block isn't lifted")
	}
}

// consent signs a person in who has to allow the phone what it asks for.
func (c *company) consent(t testing.TB, who, scope string) issued {
	t.Helper()
	browser, verifier := c.browser(t), oauth2.GenerateVerifier()
	page := get(t, browser, testIssuer+"authorize?"+url.Values{
		"response_type": {"code"}, "client_id": {"phone"}, "redirect_uri": {testCallback}, "scope": {scope},
		"code_challenge": {oauth2.S256ChallengeFromVerifier(verifier)}, "code_challenge_method": {"S256"},
	}.Encode())
	page = submit(t, browser, page, url.Values{"email": {who + "@example.com"}, "password": {testPassword}})
	page = submit(t, browser, page, url.Values{"decision": {"allow"}})
	location, err := page.Location()
	if err != nil {
		t.Fatalf("no code: %d %s", page.StatusCode, page.body)
	}
	runSecrets.Store(location.Query().Get("code"), "an authorization code")
	return c.redeem(t, url.Values{"grant_type": {"authorization_code"}, "client_id": {"phone"}, "code": {location.Query().Get("code")},
		"redirect_uri": {testCallback}, "code_verifier": {verifier}})
}

// submit sends the form of a page.
func submit(t testing.TB, browser *http.Client, page reply, form url.Values) reply {
	t.Helper()
	csrf := csrfField.FindStringSubmatch(page.body)
	if csrf == nil {
		t.Fatalf("no form: %d %s", page.StatusCode, page.body)
	}
	form.Set("csrf", csrf[1])
	answer, err := browser.PostForm(page.Request.URL.String(), form)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{answer, string(body)}
}

// signInOwn is how a sign-in to the account is answered.
func (c *company) signInOwn(t testing.TB, email, password string) int {
	t.Helper()
	browser := c.browser(t)
	page := get(t, browser, testIssuer+"account")
	return submit(t, browser, page, url.Values{"email": {email}, "password": {password}}).StatusCode
}
