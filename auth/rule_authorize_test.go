package auth

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"punchcard/auth/rules"
)

const (
	denies = `function (u, c, done) { done(new UnauthorizedError('not today')); }`
	passes = `function (u, c, done) { done(null, u, c); }`

	// shows puts what rules see where a test can read it.
	shows = `function (u, c, done) { c.idToken['https://x.example/seen'] = JSON.parse(JSON.stringify({user: u, context: c})); done(null, u, c); }`
)

// ruledOut checks that the application is sent the rule's words, and nothing to redeem.
func ruledOut(t *testing.T, a answer) {
	t.Helper()
	sentBack(t, a, "access_denied")
	if q := a.location().Query(); q.Get("error_description") != "not today" || q.Get("state") != "st" {
		t.Errorf("it is sent %v", q)
	}
}

func TestConformanceRulesJudgeEverySignIn(t *testing.T) {
	w := newRuledWorld(t, passes)
	b := w.browser()
	if a := b.asks("ada@example.com"); !a.location().Query().Has("code") {
		t.Fatalf("she isn't let in: %d %s", a.status, a.body)
	}
	w.rules(denies)
	prove(t, "of a session that is there", func(t *testing.T) { ruledOut(t, b.authorize()) })
	prove(t, "A-31 silently, without any page", func(t *testing.T) { ruledOut(t, b.authorize("prompt", "none")) })
	prove(t, "A-28 but not before somebody signed in", func(t *testing.T) {
		sentBack(t, w.browser().authorize("prompt", "none"), "login_required")
	})
	prove(t, "A-29 nor before consent", func(t *testing.T) {
		sentBack(t, b.authorize("prompt", "none", "client_id", "spa", "redirect_uri", "https://spa.example.com/cb?x=1"), "consent_required")
	})
	prove(t, "with the password", func(t *testing.T) { ruledOut(t, b.asks("ada@example.com", "prompt", "login")) })
	prove(t, "after consent, which isn't remembered", func(t *testing.T) {
		reports := []string{"client_id", "reports", "redirect_uri", webURI}
		ruledOut(t, b.asks("ada@example.com", reports...))
		if a := b.authorize(reports...); a.location().Path != "/consent" {
			t.Errorf("the next one goes to %s", a.location())
		}
	})
	prove(t, "for an ID token alone", func(t *testing.T) {
		_, form := formOf(t, b.asks("ada@example.com", askingForID()...))
		if form.Get("error") != "access_denied" || form.Get("error_description") != "not today" || form.Has("id_token") {
			t.Errorf("it is sent %v", form)
		}
	})
	var codes int64
	w.db.Read(t.Context()).Model(&code{}).Count(&codes)
	if codes != 1 {
		t.Errorf("there are %d codes, want that of who was let in", codes)
	}
}

func TestADeniedSignInCantBeGoneThroughAgain(t *testing.T) {
	w := newRuledWorld(t, denies)
	b := w.browser()
	login := b.authorize()
	form := b.get(login.location().RequestURI())
	ruledOut(t, b.signIn(login, "ada@example.com", password))
	w.rules(passes)
	again := b.post(login.location().RequestURI(), url.Values{"csrf": {csrfOf(t, form)}, "email": {"ada@example.com"}, "password": {password}})
	if again.status != http.StatusBadRequest || !contains(again.body, "This page was already used") {
		t.Errorf("the same form again gives %d %s", again.status, again.body)
	}
	if a := b.authorize(); !a.location().Query().Has("code") {
		t.Errorf("a fresh sign-in gives %d %s", a.status, a.location())
	}
}

// What the rules made of a sign-in is what its code is redeemed for: they are not asked a second time.
func TestRulesRunOnceInTheCodeFlow(t *testing.T) {
	w := newRuledWorld(t, fixture(t, "add-email.js"), fixture(t, "count-logins.js"),
		`function (u, c, done) { c.accessToken.scope = ['openid', 'offline_access', 'read:timesheets']; done(null, u, c); }`)
	code := w.browser().code("ada@example.com")
	w.rules(denies, denies, denies)
	a := w.redeem(code)
	access, id := claimsOf(t, a.json()["access_token"]), claimsOf(t, a.json()["id_token"])
	if access["https://exampleco.com/email"] != "ada@example.com" || id["https://exampleco.com/logins"] != 1. {
		t.Errorf("got %v and %v", access, id)
	}
	if a.json()["scope"] != "openid offline_access read:timesheets" || access["scope"] != a.json()["scope"] {
		t.Errorf("the scope is %v", a.json()["scope"])
	}
	refused(t, w.refresh(a.json()["refresh_token"].(string)), 400, "invalid_grant") // which asks them anew
	if n := w.logins("ada@example.com"); n != 1 {
		t.Errorf("%d sign-ins were counted", n)
	}
}

func (w *world) logins(email string) int {
	w.Helper()
	var p Person
	if err := w.db.Read(w.Context()).Where("email = ?", email).Take(&p).Error; err != nil {
		w.Fatal(err)
	}
	n, err := w.server.loginsOf(w.Context(), p.ID)
	if err != nil {
		w.Fatal(err)
	}
	return n
}

// A code that no rule has judged, since there was none, is judged when it is redeemed.
func TestARuleThatIsNewJudgesCodesFromBefore(t *testing.T) {
	w := newRuledWorld(t)
	code := w.browser().code("ada@example.com")
	w.rules(denies)
	refused(t, w.redeem(code), 400, "invalid_grant")
}

// What a person lost between the code and its redemption isn't in the tokens, whatever the rules gave.
func TestARolesLossOutlastsTheRules(t *testing.T) {
	w := newRuledWorld(t, `function (u, c, done) { c.accessToken.scope = ['openid', 'read:timesheets', 'approve:timesheets']; done(null, u, c); }`)
	code := w.browser().code("mia@example.com", "scope", "openid")
	kept := w.browser().code("mia@example.com", "scope", "openid")
	if a := w.redeem(kept); a.json()["scope"] != "openid read:timesheets approve:timesheets" {
		t.Fatalf("got %s", a.body)
	}
	w.update("ada@example.com", "manager_id", nil)
	w.server.people.forgetAll()
	if a := w.redeem(code); a.json()["scope"] != "openid read:timesheets" {
		t.Errorf("who manages nobody any more got %s", a.body)
	}
}

func TestAnIDTokenAloneIsRuledToo(t *testing.T) {
	idOf := func(w *world) (map[string]any, url.Values) {
		_, form := formOf(t, w.browser().asks("ada@example.com", askingForID()...))
		if !form.Has("id_token") {
			return nil, form
		}
		return claimsOf(t, form.Get("id_token")), form
	}
	w := newRuledWorld(t, `function (u, c, done) { c.idToken['https://x.example/by'] = c.protocol; c.accessToken.scope = ['openid']; done(null, u, c); }`)
	if claims, form := idOf(w); claims["https://x.example/by"] != "oidc-implicit-profile" || claims["email"] != nil {
		t.Errorf("got %v, %v", claims, form)
	}
	w.rules(`function (u, c, done) { c.accessToken.scope = []; done(null, u, c); }`)
	if claims, form := idOf(w); claims != nil || form.Get("error") != "access_denied" {
		t.Errorf("without openid it is sent %v", form)
	}
}

// While one person's rule is busy, everybody else is answered.
func TestAHostileRuleHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.server.rules = rules.New(rules.Limits{Time: 2 * time.Second, Processes: 2})
	t.Cleanup(w.server.Close)
	w.rules(`function (u, c, done) { while (u.email === 'ada@example.com') {} done(null, u, c); }`)
	b, others, answered := w.browser(), w.browser(), make(chan answer, 1)
	login := b.authorize()
	others.asks("mia@example.com")
	go func() { answered <- b.signIn(login, "ada@example.com", password) }()
	for w.logins("ada@example.com") == 0 { // her password was right: the rule is next
		select {
		case a := <-answered:
			t.Fatalf("she is answered %d %s", a.status, a.body)
		case <-time.After(time.Millisecond):
		}
	}
	for range 3 {
		if a := others.authorize("prompt", "none"); !a.location().Query().Has("code") {
			t.Errorf("Mia is answered %d %s", a.status, a.location())
		}
	}
	if a := others.get("/.well-known/jwks.json"); a.status != http.StatusOK {
		t.Errorf("everybody is answered %d", a.status)
	}
	select {
	case a := <-answered:
		t.Fatalf("the loop ended before: %s", a.location())
	default:
	}
	sentBack(t, <-answered, "server_error")
}

func TestWhatRulesSeeOfASignIn(t *testing.T) {
	w := newRuledWorld(t, shows)
	b := w.browser()
	seen := func(pairs ...string) (user, context map[string]any) {
		t.Helper()
		all, _ := claimsOf(t, w.redeem(b.code("mia@example.com", pairs...)).json()["id_token"])["https://x.example/seen"].(map[string]any)
		user, _ = all["user"].(map[string]any)
		context, _ = all["context"].(map[string]any)
		return user, context
	}
	user, context := seen("ext-group", "a b", "login_hint", "mia@example.com", "scope", "openid read:timesheets", "state", strings.Repeat("s", 3000))
	request, _ := context["request"].(map[string]any)
	query, _ := request["query"].(map[string]any)
	if query["ext-group"] != "a b" || query["login_hint"] != "mia@example.com" || query["response_type"] != "code" || query["state"] != nil {
		t.Errorf("the query is %v", query)
	}
	if request["ip"] != "127.0.0.1" || request["userAgent"] != "Go-http-client/1.1" || request["hostname"] == "" {
		t.Errorf("the request is %v", request)
	}
	first := map[string]any{
		"connection": ruleConnection, "connectionStrategy": "auth0", "clientMetadata": map[string]any{}, "protocol": "oidc-basic-profile",
		"stats": map[string]any{"loginsCount": 1.}, "authorization": map[string]any{"roles": []any{"manager"}},
		"sso":            map[string]any{"with_auth0": false, "with_dbconn": false, "current_clients": []any{}},
		"authentication": map[string]any{"methods": []any{map[string]any{"name": "pwd", "timestamp": float64(w.clock.now().UnixMilli())}}},
	}
	for name, want := range first {
		if diff := cmp.Diff(want, context[name]); diff != "" {
			t.Errorf("context.%s: %s", name, diff)
		}
	}
	if diff := cmp.Diff([]any{"read:timesheets", "create:timesheets", "delete:timesheets", "approve:timesheets"}, user["permissions"]); diff != "" {
		t.Error(diff)
	}
	session := context["sessionID"]
	_, context = seen("scope", "openid")
	want := map[string]any{"with_auth0": true, "with_dbconn": true, "current_clients": []any{"app"}}
	if diff := cmp.Diff(want, context["sso"]); diff != "" || context["sessionID"] != session || session == "" {
		t.Errorf("the second sign-in is by session %v: %s", context["sessionID"], diff)
	}
}

// Nothing by which somebody proves who they are is among what rules see, however it was sent.
func TestRulesSeeNoProof(t *testing.T) {
	w := newRuledWorld(t, shows)
	b := w.browser()
	id := w.redeem(b.code("ada@example.com")).json()["id_token"].(string)
	sent := []string{"id_token_hint", id}
	for _, name := range hiddenFromRules {
		if name != "request" && name != "request_uri" && name != "id_token_hint" {
			sent = append(sent, name, "proof of "+name)
		}
	}
	claims := claimsOf(t, w.redeem(b.code("ada@example.com", append(sent, "CODE", "proof in capitals")...)).json()["id_token"])
	text, err := json.Marshal(claims["https://x.example/seen"])
	if err != nil || !strings.Contains(string(text), "code_challenge") {
		t.Fatalf("rules see %s", text)
	}
	if strings.Contains(string(text), "proof") || strings.Contains(string(text), id) {
		t.Errorf("rules see %s", text)
	}
}
