package auth

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// newRuledWorld is a world in which these rules run, in this order.
func newRuledWorld(t *testing.T, sources ...string) *world {
	t.Helper()
	w := newWorld(t)
	t.Cleanup(w.server.Close)
	w.rules(sources...)
	return w
}

func (w *world) rules(sources ...string) {
	w.Helper()
	var list []NewRule
	for i, source := range sources {
		list = append(list, NewRule{Name: "rule " + strconv.Itoa(i+1), Source: source, Enabled: true})
	}
	if err := w.server.Apply(w.Context(), Directory{Rules: list}, nil); err != nil {
		w.Fatal(err)
	}
}

// fixture is a rule as a tenant wrote it.
func fixture(t *testing.T, name string) string {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("rules", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}

// claimsOf reads a token's claims as any application would.
func claimsOf(t testing.TB, token any) map[string]any {
	t.Helper()
	text, _ := token.(string)
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		t.Fatalf("%v is no JWT", token)
	}
	body, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(body, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

// issued is the answer to a sign-in at the phone app.
func (w *world) issued(email string, pairs ...string) answer {
	w.Helper()
	return w.redeem(w.browser().code(email, pairs...))
}

// asks goes through the pages and gives what the application is sent in the end.
func (b *browser) asks(email string, pairs ...string) answer {
	b.Helper()
	a := b.authorize(pairs...)
	if a.location().Path == "/login" {
		a = b.signIn(a, email, password)
	}
	if a.location().Path == "/consent" {
		a = b.decide(a, "allow")
	}
	return a
}

func TestRulesAddClaims(t *testing.T) {
	w := newRuledWorld(t, fixture(t, "add-email.js"), fixture(t, "add-roles.js"), fixture(t, "nickname.js"))
	a := w.issued("ada@example.com")
	access, id := claimsOf(t, a.json()["access_token"]), claimsOf(t, a.json()["id_token"])
	if access["https://exampleco.com/email"] != "ada@example.com" || access["https://exampleco.com/email_verified"] != false {
		t.Errorf("the access token has %v", access)
	}
	if diff := cmp.Diff([]any{"employee"}, id["https://exampleco.com/roles"]); diff != "" || id["nickname"] != "ada" {
		t.Errorf("the ID token has %v", id)
	}
	if a := w.probe(a.json()["access_token"].(string)); a.status != http.StatusOK {
		t.Errorf("the API answers %d %s", a.status, a.body)
	}
}

func TestRulesKnowTheGrant(t *testing.T) {
	w := newRuledWorld(t, fixture(t, "code-flow-only.js"), fixture(t, "count-logins.js"))
	first := w.issued("ada@example.com").json()
	if claims := claimsOf(t, first["access_token"]); claims["https://exampleco.com/fresh"] != true {
		t.Errorf("the code flow gives %v", claims)
	}
	if claims := claimsOf(t, first["id_token"]); claims["https://exampleco.com/first"] != true || claims["https://exampleco.com/logins"] != 1. {
		t.Errorf("the first sign-in gives %v", claims)
	}
	again := w.refresh(first["refresh_token"].(string))
	if claims := claimsOf(t, again.json()["access_token"]); claims["https://exampleco.com/fresh"] != nil {
		t.Errorf("a refresh gives %v", claims)
	}
	second := w.issued("ada@example.com").json()
	if claims := claimsOf(t, second["id_token"]); claims["https://exampleco.com/first"] != false || claims["https://exampleco.com/logins"] != 2. {
		t.Errorf("the second sign-in gives %v", claims)
	}
}

func TestARuleDeniesWithItsOwnWords(t *testing.T) {
	for _, c := range []struct{ name, rule, words string }{
		{"by domain", strings.ReplaceAll(fixture(t, "deny-domain.js"), "'example.com', ", ""), "Sign in with the address that the company gave you."},
		{"by unverified address", fixture(t, "deny-unverified.js"), "Please verify your e-mail address before signing in."},
		{"by application", strings.ReplaceAll(fixture(t, "deny-client.js"), "'reports'", "'app'"), "Phone app is closed for the audit."},
		{"beyond ASCII", `function (u, c, done) { done(new UnauthorizedError('Sch"ön\n')); }`, "Sch'?n?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newRuledWorld(t, c.rule)
			a := w.browser().asks("ada@example.com", "state", "s&1")
			sentBack(t, a, "access_denied")
			q := a.location().Query()
			if q.Get("error_description") != c.words || q.Get("state") != "s&1" {
				t.Errorf("it is sent %v", q)
			}
		})
	}
}

func TestARuleCanDenyARefresh(t *testing.T) {
	w := newRuledWorld(t, fixture(t, "weekdays-only.js"))
	for w.clock.now().Weekday() != time.Friday {
		w.clock.move(24 * time.Hour)
	}
	_, refresh := w.tokens("ada@example.com")
	w.clock.move(24 * time.Hour)
	a := w.refresh(refresh)
	refused(t, a, 400, "invalid_grant")
	if a.json()["error_description"] != "This app can be used on weekdays only." || a.json()["refresh_token"] != nil {
		t.Errorf("got %s", a.body)
	}
	w.clock.move(time.Hour)
	refused(t, w.refresh(refresh), 400, "invalid_grant")
	w.clock.move(48 * time.Hour)
	monday := w.refresh(refresh)
	next, _ := monday.json()["refresh_token"].(string)
	if monday.status != 200 || next == "" {
		t.Fatalf("the weekend signed the phone out: %d %s", monday.status, monday.body)
	}
	w.clock.move(time.Hour)
	refused(t, w.refresh(refresh), 400, "invalid_grant") // it is spent now, so this is theft
	refused(t, w.refresh(next), 400, "invalid_grant")
}

// Whatever goes wrong in a rule, nobody is let in by it.
func TestRulesFailClosed(t *testing.T) {
	t.Parallel()
	w := newRuledWorld(t, fixture(t, "add-email.js"))
	for _, c := range []struct{ name, rule, cause string }{
		{"an error", "function (u, c, done) {\n  console.log('before'); c.no.thing; done(null, u, c); }", "rule 1: before"},
		{"a line", "function (u, c, done) {\n  c.no.thing; done(null, u, c); }", "rule 1:2:"},
		{"a loop", `function (u, c, done) { for (;;) {} }`, "it took too long"},
		{"an expression that never ends", `function (u, c, done) { /^(?=a)(a+)+\1$/.test("a".repeat(40) + "!"); }`, "it took too long"},
		{"an overflow of the engine", `function (u, c, done) { JSON.parse("[".repeat(5e6)); }`, "failed: it"},
		{"no callback", `function (u, c, done) {}`, "never called callback"},
		{"a module", `function (u, c, done) { require('request').post('x', done); }`, "require('request') is not available"},
		{"a scope that is none", `function (u, c, done) { c.accessToken.scope = 7; done(null, u, c); }`, "must be a list of texts"},
		{"a scope of objects", `function (u, c, done) { c.accessToken.scope = [{}]; done(null, u, c); }`, "must be a list of texts"},
		{"a token that is none", `function (u, c, done) { c.accessToken = ['x']; done(null, u, c); }`, "must be objects"},
		{"claims beyond measure", `function (u, c, done) { c.idToken['https://x.example/y'] = 'y'.repeat(5000); done(null, u, c); }`, "4096 is the most"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.rules(c.rule)
			w.log.Reset()
			a := w.browser().asks("ada@example.com")
			sentBack(t, a, "server_error")
			if strings.Contains(a.location().Query().Get("error_description"), c.cause) || !strings.Contains(w.log.String(), c.cause) {
				t.Errorf("the application is told %s, the log %s", a.location(), w.log)
			}
			w.rules(fixture(t, "add-email.js"))
			if a := w.issued("ada@example.com"); a.status != http.StatusOK {
				t.Errorf("the next sign-in got %d %s", a.status, a.body)
			}
		})
	}
}

func TestRulesNarrowTheScope(t *testing.T) {
	const asked = "openid offline_access read:timesheets approve:timesheets"
	t.Run("for who is no manager by role", func(t *testing.T) {
		w := newRuledWorld(t, fixture(t, "approve-for-managers.js"))
		for email, want := range map[string]string{"mia@example.com": asked, "root@example.com": "openid offline_access read:timesheets"} {
			a := w.issued(email, "scope", asked)
			if a.json()["scope"] != want || claimsOf(t, a.json()["access_token"])["scope"] != want {
				t.Errorf("%s got %v", email, a.json()["scope"])
			}
		}
	})
	t.Run("by group, at each refresh too", func(t *testing.T) {
		w := newRuledWorld(t, strings.ReplaceAll(fixture(t, "scope-by-group.js"), "'openid', ", "'openid', 'offline_access', "))
		a := w.issued("mia@example.com", "scope", asked)
		refresh, _ := a.json()["refresh_token"].(string)
		again := w.refresh(refresh)
		for _, got := range []any{a.json()["scope"], again.json()["scope"]} {
			if got != asked {
				t.Errorf("she got %v", got)
			}
		}
		if a := w.issued("ada@example.com", "scope", asked); a.json()["scope"] != "openid offline_access read:timesheets create:timesheets" {
			t.Errorf("Ada got %v", a.json()["scope"])
		}
	})
	t.Run("to what takes away tokens", func(t *testing.T) {
		w := newRuledWorld(t, `function (u, c, done) { c.accessToken.scope = ['read:timesheets']; done(null, u, c); }`)
		a := w.issued("ada@example.com")
		if a.json()["id_token"] != nil || a.json()["refresh_token"] != nil || a.json()["scope"] != "read:timesheets" {
			t.Errorf("got %s", a.body)
		}
	})
	t.Run("to nothing", func(t *testing.T) {
		w := newRuledWorld(t, `function (u, c, done) { c.accessToken.scope = []; done(null, u, c); }`)
		a := w.issued("ada@example.com")
		if a.status != http.StatusOK || a.json()["scope"] != "" {
			t.Errorf("got %s", a.body)
		}
	})
	t.Run("not by forgetting it", func(t *testing.T) {
		w := newRuledWorld(t, `function (u, c, done) { c.accessToken = {}; done(null, u, c); }`)
		if a := w.issued("ada@example.com", "scope", "openid read:timesheets"); a.json()["scope"] != "openid read:timesheets" {
			t.Errorf("got %s", a.body)
		}
	})
}

// A rule gives nobody what the API doesn't define, what the application may not ask for or what the person's roles don't
// permit, and makes no promise in the person's name.
func TestRulesGiveNoMoreThanThereIs(t *testing.T) {
	everything := `function (u, c, done) {
		c.accessToken.scope = ['read:timesheets', 'create:timesheets', 'delete:timesheets', 'approve:timesheets', 'offline_access',
			'email', 'profile', 'openid', 'admin', 'write:everything', 'read:timesheets approve:timesheets'];
		u.user_id = 'usr_other'; u.email_verified = true; c.clientID = 'reports'; c.authorization.roles = ['admin']; done(null, u, c); }`
	w := newRuledWorld(t, everything)
	for _, c := range []struct{ email, client, want string }{
		{"ada@example.com", "app", "read:timesheets create:timesheets delete:timesheets openid"},
		{"max@example.com", "app", "read:timesheets create:timesheets delete:timesheets openid"},
		{"mia@example.com", "app", "read:timesheets create:timesheets delete:timesheets approve:timesheets openid"},
		{"mia@example.com", "reports", "read:timesheets create:timesheets delete:timesheets openid"},
	} {
		var a answer
		if c.client == "app" {
			a = w.issued(c.email, "scope", "openid read:timesheets")
		} else {
			code := w.browser().code(c.email, "scope", "openid read:timesheets", "client_id", "reports", "redirect_uri", webURI)
			a = w.token("reports:reports secret, long", "grant_type", "authorization_code", "code", code, "redirect_uri", webURI, "code_verifier", verifies43)
		}
		if a.json()["scope"] != c.want {
			t.Errorf("%s through %s got %v", c.email, c.client, a.json()["scope"])
		}
		if claims := claimsOf(t, a.json()["access_token"]); claims["sub"] == "usr_other" || claims["client_id"] != c.client {
			t.Errorf("the token is %v", claims)
		}
	}
	if !strings.Contains(w.log.String(), "write:everything") {
		t.Error("the log doesn't tell what was too much")
	}
}

// The claims by which a token is judged are the server's alone, in whatever letters a JSON reader takes for them.
func TestConformanceRulesCantSetProtectedClaims(t *testing.T) {
	holds(t, "J-15")
	names := append([]string{"SUB", "Scope", "\u017fub", "cl\u0131ent_id", "\u017fcope", "CLIENT_ID", "E\u017fs", "Gty", "jTi"}, protectedClaims...)
	list, err := json.Marshal(names)
	if err != nil {
		t.Fatal(err)
	}
	plain := newRuledWorld(t, `function (u, c, done) { done(null, u, c); }`)
	w := newRuledWorld(t, `function (u, c, done) {
		for (const name of `+string(list)+`) { if (name !== 'scope') c.accessToken[name] = 'forged'; c.idToken[name] = 'forged'; }
		c.accessToken['https://x.example/kept'] = 1; c.idToken.name = 'Mallory'; c.idToken.Email = 'root@example.com'; done(null, u, c); }`)
	want, got := plain.issued("ada@example.com").json(), w.issued("ada@example.com").json()
	for _, token := range []string{"access_token", "id_token"} {
		t.Run("J-15 "+token, func(t *testing.T) {
			wanted, claims := claimsOf(t, want[token]), claimsOf(t, got[token])
			for name, value := range claims {
				if value == "forged" && isProtected(name) || value == "Mallory" || value == "root@example.com" {
					t.Errorf("it has %s: %v", name, value)
				}
			}
			for name := range wanted {
				if claims[name] == nil {
					t.Errorf("it has no %s", name)
				}
			}
		})
	}
	by := w.probe(got["access_token"].(string)).json()
	if by["Name"] != "Ada Lovelace" || by["Client"] != "app" {
		t.Errorf("the API takes the caller for %v", by)
	}
	if !strings.Contains(w.log.String(), "accessToken") || !strings.Contains(w.log.String(), "sub") {
		t.Errorf("the log doesn't tell of them: %s", w.log)
	}
}

func TestRulesSeeNoSecret(t *testing.T) {
	w := newRuledWorld(t, `function (u, c, done) { c.accessToken['https://x.example/seen'] = JSON.stringify([u, c, configuration]); done(null, u, c); }`)
	code := w.browser().code("ada@example.com", "client_id", "reports", "redirect_uri", webURI)
	a := w.token("", "client_id", "reports", "client_secret", "reports secret, long", "grant_type", "authorization_code",
		"code", code, "redirect_uri", webURI, "code_verifier", verifies43)
	if a.status != http.StatusOK {
		t.Fatalf("got %d %s %s", a.status, a.body, w.log)
	}
	again := w.token("", "client_id", "reports", "client_secret", "reports secret, long", "grant_type", "refresh_token",
		"refresh_token", a.json()["refresh_token"].(string))
	for shows, answer := range map[string]answer{`"response_type":"code"`: a, `"grant_type":"refresh_token"`: again} {
		seen, _ := claimsOf(t, answer.json()["access_token"])["https://x.example/seen"].(string)
		if !strings.Contains(seen, shows) || !strings.Contains(seen, `"email":"ada@example.com"`) {
			t.Errorf("rules see %s", seen)
		}
		for _, secret := range []string{code, verifies43, "reports secret", "argon2", a.json()["refresh_token"].(string)} {
			if strings.Contains(seen, secret) {
				t.Errorf("rules see %s in %s", secret, seen)
			}
		}
	}
}

// Without rules nothing of them runs: not even that there is no way to run them matters.
func TestWithoutRulesNothingOfThemRuns(t *testing.T) {
	w := newRuledWorld(t)
	if err := w.server.Apply(t.Context(), Directory{Rules: []NewRule{{Name: "off", Source: "function (u, c, done) {}"}}}, nil); err != nil {
		t.Fatal(err)
	}
	w.server.Close()
	a := w.issued("ada@example.com")
	if a.status != http.StatusOK || w.refresh(a.json()["refresh_token"].(string)).status != http.StatusOK {
		t.Errorf("got %d %s", a.status, a.body)
	}
	if n := strings.Count(w.log.String(), "rules ran"); n > 0 {
		t.Error("rules ran")
	}
}

func TestRulesRunWhereAPersonIs(t *testing.T) {
	w := newRuledWorld(t, `function (u, c, done) { done(new UnauthorizedError('no')); }`)
	a := w.token("payroll:payroll secret, long", "grant_type", "client_credentials")
	if a.status != http.StatusOK {
		t.Errorf("a machine got %d %s", a.status, a.body)
	}
}

func TestRulesAreKeptInTheirOrder(t *testing.T) {
	w := newRuledWorld(t)
	put := func(list ...NewRule) {
		t.Helper()
		if err := w.server.Apply(t.Context(), Directory{Rules: list}, nil); err != nil {
			t.Fatal(err)
		}
	}
	rule := func(name string, enabled bool) NewRule {
		return NewRule{Name: name, Enabled: enabled, Source: `function (u, c, done) {
			const n = 'https://x.example/ran'; c.accessToken[n] = (c.accessToken[n] || '') + '` + name + `'; done(null, u, c); }`}
	}
	for _, step := range []struct {
		put  []NewRule
		want any
	}{
		{nil, nil},
		{[]NewRule{rule("a", true), rule("b", true), rule("c", false)}, "ab"},
		{[]NewRule{rule("c", true), rule("a", true)}, "cab"},
		{[]NewRule{rule("d", true)}, "dcab"},
		{[]NewRule{rule("c", false), rule("b", true)}, "bda"},
		{[]NewRule{rule("a", false), rule("b", false), rule("c", false), rule("d", false)}, nil},
	} {
		put(step.put...)
		if got := claimsOf(t, w.issued("ada@example.com").json()["access_token"])["https://x.example/ran"]; got != step.want {
			t.Errorf("%v ran, want %v", got, step.want)
		}
	}
	other := w.open() // another instance, or this one after a restart
	if len(other.policy.Load().rules) != 0 {
		t.Error("a rule that is off was read")
	}
}

func TestMistakesInRules(t *testing.T) {
	w := newRuledWorld(t)
	good := `function (u, c, done) { done(null, u, c); }`
	var many []NewRule
	for i := range maxRules + 1 {
		many = append(many, NewRule{Name: strconv.Itoa(i), Source: good})
	}
	for _, c := range []struct {
		name  string
		rules []NewRule
		want  string
	}{
		{"no name", []NewRule{{Source: good}}, "/rules/0/name: must be a name"},
		{"no source", []NewRule{{Name: "a"}}, "/rules/0/file: must hold a JavaScript function"},
		{"a large one", []NewRule{{Name: "a", Source: good + strings.Repeat(" ", maxRuleSource)}}, "/rules/0/file: must hold"},
		{"U+0000", []NewRule{{Name: "a", Source: good + "\x00"}}, "/rules/0/file: must hold"},
		{"twice", []NewRule{{Name: "a", Source: good}, {Name: "a", Source: good}}, "/rules/1/name: is given to two rules"},
		{"no JavaScript", []NewRule{{Name: "a", Source: good}, {Name: "b", Source: "function ("}}, "/rules/1/file: can't be used: it is no JavaScript function: SyntaxError: b: Line 2"},
		{"what the parser can't bear", []NewRule{{Name: "a", Source: strings.Repeat("(", 60_000)}}, "/rules/0/file: can't be used"},
		{"too many", many, "/rules: would make 51 rules"},
	} {
		err := w.server.Apply(t.Context(), Directory{Rules: c.rules}, nil)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
	if n := len(w.server.policy.Load().rules); n != 0 {
		t.Errorf("%d rules were kept", n)
	}
}
