package auth

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
)

// log gives what was recorded after the event with the id, the oldest first.
func (w *world) events(after string, types ...string) []event {
	w.Helper()
	if after == "" {
		after = firstEventID(time.Unix(0, 0))
	}
	list, err := w.server.events(w.Context(), EventQuery{From: after, Take: 100, Type: types})
	if err != nil {
		w.Fatal(err)
	}
	return list
}

func typesOf(list []event) []string {
	types := []string{}
	for _, e := range list {
		types = append(types, e.Type)
	}
	return types
}

func (w *world) idOf(email string) string {
	w.Helper()
	var p Person
	if err := w.db.Read(w.Context()).Where("email = ?", email).Take(&p).Error; err != nil {
		w.Fatal(err)
	}
	return p.ID
}

// Everything that happens is one row or two, and the last one says who, through which application, and the exact cause.
func TestConformanceTheLogTellsWhatHappened(t *testing.T) {
	w := newWorld(t)
	ada := w.idOf("ada@example.com")
	var refresh, access string
	for _, c := range []struct {
		name   string
		do     func()
		types  string // of all its events
		client string
		user   string
		cause  string // in the last one's description
	}{
		{"sign-in and code", func() { _, refresh = w.tokens("ada@example.com") }, "s authorized seacft", "app", ada, "tokens issued"},
		{"refresh", func() { refresh, _ = w.refresh(refresh).json()["refresh_token"].(string) }, "sertft", "app", ada, "tokens issued"},
		{"a refresh token that nobody has", func() { w.refresh("no-such-token") }, "fertft", "app", "", "no such refresh token"},
		{"a refresh that asks for more", func() { w.refresh(refresh, "scope", "delete:timesheets") }, "fertft", "app", ada, "wider"},
		{"revocation", func() { w.client("/oauth/revoke", "app", "token", refresh) }, "srrt", "app", ada, "revoked"},
		{"refresh after it", func() { w.refresh(refresh) }, "fertft", "app", ada, "was revoked"},
		{"an access token is revoked", func() {
			access, _ = w.tokens("ada@example.com")
			w.client("/oauth/revoke", "app", "token", access)
		}, "s authorized seacft token_revoked", "app", ada, "revoked"},
		{"a code that nobody has", func() { w.redeem("no-such-code") }, "feacft", "app", "", "no such code"},
		{"a code that comes twice", func() {
			code := w.browser().code("ada@example.com")
			w.redeem(code)
			w.redeem(code)
		}, "s authorized seacft code_reused", "app", ada, "the code was used before"},
		{"a wrong verifier", func() {
			w.token("app", "grant_type", "authorization_code", "code", w.browser().code("ada@example.com"), "redirect_uri", appURI,
				"code_verifier", strings.Repeat("x", 43))
		}, "s authorized feacft", "app", ada, "failed to verify code verifier"},
		{"a parameter twice", func() { w.refresh("x", "refresh_token", "y") }, "fertft", "", "", "more than once"},
		{"client credentials", func() { w.token("payroll:payroll secret, long", "grant_type", "client_credentials") }, "seccft", "payroll", "", "tokens issued"},
		{"a wrong secret", func() { w.token("payroll:guessed", "grant_type", "client_credentials") }, "feccft", "payroll", "", "client payroll gave a wrong secret"},
		{"an unknown client", func() { w.token("nobody:guessed", "grant_type", "client_credentials") }, "feccft", "", "", `client_id "nobody" is unknown`},
		{"a wrong secret elsewhere", func() { w.client("/oauth/introspect", "payroll:guessed", "token", "x") }, "client_refused", "payroll", "", "wrong secret"},
		{"a grant that there isn't", func() { w.token("payroll:payroll secret, long", "grant_type", "password") }, "refused", "payroll", "", "not supported"},
		{"no grants", func() { w.token("idle:idle secret, long", "grant_type", "client_credentials") }, "feccft", "idle", "", "not authorized to access"},
		{"introspection", func() { w.introspect("payroll:payroll secret, long", "token", "garbage") }, "token_inactive", "payroll", "", "inactive"},
		{"a pushed request", func() { w.push("reports:reports secret, long", "response_type", "token") }, "push_failed", "reports", "", ""},
		{"wrong password", func() { w.wrong("ada@example.com") }, "fp", "app", ada, "wrong password"},
		{"unknown e-mail", func() { w.wrong("nobody@example.com") }, "fu", "app", "", "nobody has the e-mail address"},
		{"A-62 a person who was disabled in a session gets no code", func() {
			b := w.browser()
			b.code("max@example.com")
			w.update("max@example.com", "blocked", true)
			b.authorize("prompt", "none")
			b.signIn(b.authorize(), "max@example.com", password)
		}, "s authorized fsa blocked", "app", w.idOf("max@example.com"), "blocked person"},
		{"somebody else than the application asks for", func() {
			b := w.browser()
			hint, _ := w.redeem(b.code("ada@example.com")).json()["id_token"].(string)
			other := w.browser()
			other.signIn(other.authorize("id_token_hint", hint), "root@example.com", password)
		}, "s authorized seacft f", "app", w.idOf("root@example.com"), "asks for somebody else"},
		{"an unknown callback", func() { w.browser().authorize("redirect_uri", "https://evil.example.com/") }, "f", "app", "", "came with redirect_uri"},
		{"no challenge", func() { w.browser().authorize("code_challenge", "") }, "f", "app", "", "code_challenge"},
		{"prompt=none, nobody there", func() { w.browser().authorize("prompt", "none") }, "fsa", "app", "", "Login required"},
		{"prompt=none", func() {
			b := w.browser()
			b.code("ada@example.com")
			b.authorize("prompt", "none")
		}, "s authorized ssa", "app", ada, "authorized"},
		{"consent", func() { w.browser().code("ada@example.com", "client_id", "reports", "redirect_uri", webURI) },
			"s consent_granted authorized", "reports", ada, "authorized"},
		{"consent declined", func() {
			b := w.browser()
			b.decide(b.signIn(b.authorize("client_id", "reports", "redirect_uri", webURI, "prompt", "consent"), "ada@example.com", password), "decline")
		}, "s consent_declined", "reports", ada, "did not authorize"},
		{"device", func() {
			device, user := w.device()
			w.poll(device)
			w.browser().settle(user, "ada@example.com", "allow")
			w.poll(device)
		}, "s consent_granted device_allowed sede", "app", ada, "tokens issued"},
		{"device declined", func() {
			device, user := w.device()
			w.browser().settle(user, "ada@example.com", "decline")
			w.poll(device)
		}, "s fdecc fede", "app", "", "cancelled"},
		{"a wrong user code", func() { w.browser().enter("BBBB-BBBB") }, "fdeac", "", "", "wrong user code"},
		{"a device that may not", func() { w.client("/oauth/device/code", "payroll:payroll secret, long") }, "fdeaz", "payroll", "", "not allowed"},
		{"logout", func() {
			b := w.browser()
			b.code("ada@example.com")
			b.get("/v2/logout?client_id=app")
		}, "s authorized slo", "app", ada, "signed out"},
		{"logout to nowhere", func() {
			w.browser().get(logoutOf("client_id", "app", "post_logout_redirect_uri", "https://evil.example.com/"))
		}, "flo", "", "", ""},
		{"access taken back", func() {
			b := w.browser()
			b.visit("/account", "ada@example.com", password)
			b.send("/account/apps/revoke", "client_id", "reports")
		}, "s consent_revoked", "reports", ada, "revoked by its person"},
		{"another session ended", func() {
			a, b := w.browser(), w.browser()
			a.visit("/account", "ada@example.com", password)
			b.visit("/account", "ada@example.com", password)
			b.send("/account/sessions/end", "session", a.sessionOf())
		}, "s s session_ended", "", ada, "another browser"},
		{"signed out everywhere", func() {
			b := w.browser()
			b.visit("/account", "ada@example.com", password)
			b.send("/account/sessions/end-all")
		}, "s signed_out_everywhere", "", ada, "everywhere"},
		{"a wrong present password", func() {
			b := w.browser()
			b.visit("/account", "ada@example.com", password)
			b.send("/account/password", "current", "wrong", "new", "another fine password", "again", "another fine password")
		}, "s fcp", "", ada, "current password is wrong"},
		{"a new password", func() {
			b := w.browser()
			b.visit("/account", "mia@example.com", password)
			b.send("/account/password", "current", password, "new", "another fine password", "again", "another fine password")
		}, "s scp", "", w.idOf("mia@example.com"), "password changed"},
		{"a form of another site", func() {
			b := w.browser()
			b.visit("/account", "ada@example.com", password)
			b.post("/account/sessions/end-all", url.Values{"csrf": {"forged"}})
		}, "s account_failed", "", ada, "CSRF"},
		{"setup with a link that is none", func() {
			b := w.browser()
			b.get("/setup?token=none")
		}, "setup_failed", "", "", "link for the first administrator"},
	} {
		prove(t, c.name, func(t *testing.T) {
			before := w.server.eventIDs.next(w.clock.now())
			c.do()
			list := w.events(before)
			if got := strings.Join(typesOf(list), " "); got != c.types {
				t.Fatalf("recorded %s, want %s", got, c.types)
			}
			last := list[len(list)-1]
			if last.ClientID != c.client || last.UserID != c.user || !strings.Contains(strings.ToLower(last.Description), strings.ToLower(c.cause)) {
				t.Errorf("recorded %+v", last)
			}
			if last.IP != "127.0.0.1" || last.RequestID != "req_test" || last.UserAgent != "Go-http-client/1.1" || !last.At.Equal(w.clock.now()) {
				t.Errorf("whence and when is %q %q %q %s", last.IP, last.RequestID, last.UserAgent, last.At)
			}
			for _, e := range list {
				if eventTypes[e.Type] == "" {
					t.Errorf("the type %s has no meaning", e.Type)
				}
			}
		})
	}
}

func (w *world) wrong(email string) answer {
	b := w.browser()
	return b.signIn(b.authorize(), email, "wrong")
}

func TestConformanceReuseOfARefreshTokenIsRecordedWithTheRevocation(t *testing.T) {
	w := newWorld(t)
	_, stolen := w.tokens("ada@example.com")
	next, _ := w.refresh(stolen).json()["refresh_token"].(string)
	w.refresh(next)
	prove(t, "R-05 reuse is an event", func(t *testing.T) {
		before := w.server.eventIDs.next(w.clock.now())
		refused(t, w.refresh(stolen), http.StatusBadRequest, "invalid_grant")
		var rows []event // not by a search, which would write what waits
		if err := w.db.Read(t.Context()).Where("id > ?", before).Find(&rows).Error; err != nil || len(rows) != 1 {
			t.Fatalf("got %v %v, want the event to be as durable as the revocation", rows, err)
		}
		e := rows[0]
		if e.Type != "ferrt" || e.UserID != w.idOf("ada@example.com") || e.ClientID != "app" || e.SessionID == "" || e.Details["authorization"] == nil ||
			!contains(e.Description, "reuse of a token") {
			t.Errorf("recorded %+v", e)
		}
		if list := w.events(before); len(list) != 1 {
			t.Errorf("it was recorded %d times", len(list))
		}
	})
}

func TestRulesThatDenyAreRecorded(t *testing.T) {
	w := newRuledWorld(t, `function (user, context, callback) { callback(new UnauthorizedError("not on a Sunday")) }`)
	b := w.browser()
	b.signIn(b.authorize(), "ada@example.com", password)
	if e := w.events("", "rule_denied"); len(e) != 1 || !contains(e[0].Description, "not on a Sunday") || e[0].UserID != w.idOf("ada@example.com") {
		t.Errorf("got %+v", e)
	}
}

// Whose token was stolen is told so where they look after their account, and nobody else.
func TestConformanceAPersonIsWarnedOfATheft(t *testing.T) {
	w := newWorld(t)
	_, stolen := w.tokens("ada@example.com")
	w.refresh(w.refresh(stolen).json()["refresh_token"].(string))
	w.refresh(stolen)
	prove(t, "R-05 the person is warned", func(t *testing.T) {
		const warning = "was cut off from your account just now"
		if page := w.browser().visit("/account", "ada@example.com", password); !contains(page.body, warning) {
			t.Errorf("got %s", page.body)
		}
		if page := w.browser().visit("/account", "mia@example.com", password); contains(page.body, "cut off") {
			t.Error("somebody else is warned")
		}
		w.clock.move(warnedFor + time.Hour)
		if page := w.browser().visit("/account", "ada@example.com", password); contains(page.body, "cut off") {
			t.Error("she is warned for ever")
		}
	})
}

func TestEachRunOfRulesLeavesATrace(t *testing.T) {
	w := newRuledWorld(t, `function (user, context, callback) { callback(null, user, context) }`,
		`function (user, context, callback) { callback(user.email[0] === "m" ? new Error("no") : null, user, context) }`)
	for email, want := range map[string]struct {
		kind  string
		steps []string
	}{
		"ada@example.com": {"rules_ran", []string{"passed", "passed"}},
		"mia@example.com": {"rule_failed", []string{"passed", "failed"}},
	} {
		before := w.server.eventIDs.next(w.clock.now())
		b := w.browser()
		b.signIn(b.authorize(), email, password)
		e := w.events(before, want.kind)
		if len(e) != 1 {
			t.Fatalf("%s: got %+v", email, e)
		}
		steps, _ := e[0].Details["rules"].([]any)
		for i, outcome := range want.steps {
			if len(steps) != len(want.steps) || !contains(fmt.Sprint(steps[i]), ": "+outcome+" in ") {
				t.Errorf("%s: the trace is %v", email, steps)
			}
		}
	}
}

func TestTheFirstAdministratorIsRecorded(t *testing.T) {
	w := newWorld(t)
	if err := w.db.Write(t.Context(), func(tx *gorm.DB) error { return tx.Exec("DELETE FROM users").Error }); err != nil {
		t.Fatal(err)
	}
	link, err := w.server.SetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	setUp(w, w.browser(), link)
	if e := w.events("", "setup"); len(e) != 1 || e[0].UserID == "" {
		t.Errorf("got %+v", e)
	}
	if secret := mustURL(link).Query().Get("token"); contains(fmt.Sprint(w.events("")), secret) || contains(w.log.String(), secret) {
		t.Error("the link is in the log")
	}
}

// One row tells that somebody has to wait, however often they try until then.
func TestWhoHasToWaitIsRecordedOnce(t *testing.T) {
	w := newWorld(t)
	for range failuresPerPair + 5 {
		w.wrong("ada@example.com")
		w.token("payroll:guessed", "grant_type", "client_credentials")
	}
	for want, types := range map[int][]string{failuresPerPair: {"fp"}, 1: {"limit_wc"}} {
		if got := len(w.events("", types...)); got != want {
			t.Errorf("%v was recorded %d times, want %d", types, got, want)
		}
	}
	if got := typesOf(w.events("", "client_throttled", "feccft")); len(got) != failuresPerPair+1 || got[failuresPerPair] != "client_throttled" {
		t.Errorf("of secrets %v was recorded", got)
	}
	w.clock.move(throttleWindow + time.Second)
	for range failuresPerPair + 2 {
		w.wrong("ada@example.com")
	}
	if got := len(w.events("", "limit_wc")); got != 2 {
		t.Errorf("a quarter of an hour later it was recorded %d times", got)
	}
}

var literal = regexp.MustCompile(`^[a-z_]+$`)

// Reads this package's own code: whatever is given as a type of event is in the list.
func TestEveryTypeOfEventHasAMeaning(t *testing.T) {
	used := []string{}
	note := func(e ast.Expr) {
		if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
			text, _ := strconv.Unquote(l.Value)
			used = append(used, text)
		}
	}
	names, _ := filepath.Glob("*.go")
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				called, _ := n.Fun.(*ast.SelectorExpr)
				plain, _ := n.Fun.(*ast.Ident)
				if called != nil && called.Sel.Name == "as" || plain != nil && plain.Name == "failsAs" {
					note(n.Args[0])
				}
			case *ast.AssignStmt:
				for i, left := range n.Lhs {
					if to, ok := left.(*ast.SelectorExpr); ok && to.Sel.Name == "Type" {
						note(n.Rhs[i])
					}
				}
			}
			return true
		})
	}
	for _, e := range exchanges {
		used = append(used, e.done, e.failed)
	}
	if len(used) < 40 {
		t.Fatalf("only %d types were found", len(used))
	}
	for _, kind := range used {
		if eventTypes[kind] == "" {
			t.Errorf("the type %q has no meaning", kind)
		}
	}
	for kind, meaning := range eventTypes {
		if !literal.MatchString(kind) || meaning == "" {
			t.Errorf("%q means %q", kind, meaning)
		}
	}
}

// A whole run, with everything that goes right and wrong, and then a search for every secret in all that was written down.
func TestConformanceTheLogHoldsNoSecret(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	secrets := map[string]string{"password": password, "client secret": "payroll secret, long"}
	keep := func(what string, value any) {
		if text, ok := value.(string); ok && len(text) >= 8 {
			secrets[what] = text
		}
	}
	keep("wrong password", "hunter2hunter2")
	b.signIn(b.authorize(), "ada@example.com", "hunter2hunter2")
	b.signIn(b.authorize(), "typed my password here", "hunter2hunter2") // in the wrong field
	keep("password in place of the e-mail", "typed my password here")
	for _, spelt := range []string{"ada@example.com pass phrase", "pass phrase <ada@example.com>", "\"pass phrase\"@"} {
		b.signIn(b.authorize(), spelt, "hunter2hunter2")
		keep(spelt, "pass phrase")
	}
	code := b.code("ada@example.com", "nonce", "a-nonce-that-is-long", "state", "a-state-that-is-long")
	keep("code", code)
	keep("verifier", verifies43)
	tokens := w.redeem(code).json()
	for _, name := range []string{"access_token", "refresh_token", "id_token"} {
		keep(name, tokens[name])
	}
	w.redeem(code) // a replay
	_, stolen := w.tokens("ada@example.com")
	keep("another refresh token", stolen)
	next, _ := w.refresh(stolen).json()["refresh_token"].(string)
	keep("its successor", next)
	w.refresh(next)
	w.refresh(stolen) // reuse
	for _, secret := range []string{"guessed-client-secret", "payroll secret, long"} {
		keep(secret, secret)
		w.token("payroll:"+secret, "grant_type", "client_credentials")
		w.token(secret+":payroll", "grant_type", "client_credentials") // the two exchanged
		w.client("/oauth/introspect", "payroll:"+secret, "token", tokens["access_token"].(string))
	}
	long := newSecret()
	keep("secret as client_id", long)
	w.token(long+":payroll", "grant_type", "client_credentials")
	w.client("/oauth/revoke", "app", "token", tokens["access_token"].(string))
	w.introspect("payroll:payroll secret, long", "token", next)
	w.client("/oauth/token", "", "grant_type", "client_credentials", "client_assertion_type", jwtAssertion, "client_assertion", tokens["id_token"].(string))
	device, user := w.device()
	keep("device code", device)
	keep("user code", user)
	w.browser().settle(user, "ada@example.com", "allow")
	keep("tokens of a device", w.poll(device).json()["refresh_token"])
	w.poll(device)
	b.send("/account/password", "current", "hunter2hunter2", "new", "a brand-new password", "again", "a brand-new password")
	keep("new password", "a brand-new password")
	for _, c := range b.client.Jar.(secureJar).Cookies(mustURL(b.url)) {
		keep("cookie "+c.Name, c.Value)
	}
	w.events("") // writes what waits
	var rows []map[string]any
	if err := w.db.Read(t.Context()).Table("events").Find(&rows).Error; err != nil {
		t.Fatal(err)
	}
	dump := fmt.Sprint(rows)
	if len(rows) < 25 || w.log.Len() < 2000 || len(secrets) < 20 {
		t.Fatalf("there is little to search: %d events, %d bytes of log, %d secrets", len(rows), w.log.Len(), len(secrets))
	}
	prove(t, "T-20 no secret is in the events nor in the log", func(t *testing.T) {
		for what, secret := range secrets {
			for place, text := range map[string]string{"events": dump, "log": w.log.String()} {
				if contains(text, secret) || contains(text, url.QueryEscape(secret)) || contains(text, hashed(secret)) {
					t.Errorf("the %s hold the %s", place, what)
				}
			}
		}
	})
	if contains(w.log.String(), "nobody@example.com") {
		t.Error("the server's own log holds an e-mail address that somebody typed")
	}
}

func TestTheTypedAddressIsKeptIfItIsOne(t *testing.T) {
	for typed, kept := range map[string]bool{
		"ada@example.com": true, "ada+x@example.com": true, "secret": false, "Ada <ada@example.com>": false, "a@b c": false, "": false,
		"ada@example.com\r\nX: y": false, "<script>@example.com": false, strings.Repeat("a", 250) + "@b.de": false,
	} {
		if _, ok := (event{}).typed(typed).Details["email"]; ok != kept {
			t.Errorf("%q is kept: %v", typed, ok)
		}
	}
}

func TestWhatStrangersWriteDoesNotBreakARow(t *testing.T) {
	w := newWorld(t)
	for _, hostile := range []string{
		"Mozilla\r\nlevel=ERROR msg=forged", "<script>alert(1)</script>", strings.Repeat("x", 100_000), "\xff\xfe\x00 nul", "\x1b[2J\u0085", `"}, {"type":"s"`,
		strings.Repeat("é", 400), "'; DROP TABLE events; --",
	} {
		w.log.Reset()
		before := w.server.eventIDs.next(w.clock.now())
		w.server.record(t.Context(), event{
			Type: "fp", Description: hostile, ClientID: hostile, UserID: hostile, UserAgent: hostile, IP: hostile, Scope: hostile,
			Details: map[string]any{"email": hostile, hostile: hostile},
		})
		list := w.events(before)
		if len(list) != 1 || list[0].Type != "fp" {
			t.Fatalf("%.40q made %d events", hostile, len(list))
		}
		e := list[0]
		for _, text := range []string{e.ClientID, e.UserID, e.UserAgent, e.IP, e.Scope} {
			if len(text) > maxEventText || !utf8.ValidString(text) || strings.ContainsAny(text, "\r\n\x00\x1b\u0085") {
				t.Errorf("%.40q is kept as %.60q", hostile, text)
			}
		}
		if text, err := json.Marshal(e.Details); err != nil || len(text) > maxEventDetails || len(e.Description) > maxEventStory {
			t.Errorf("%.40q has %d bytes of details, %d of description", hostile, len(text), len(e.Description))
		}
		if n := strings.Count(w.log.String(), "\n"); n != 1 {
			t.Errorf("%.40q is %d lines in the server's log", hostile, n)
		}
	}
	if diff := cmp.Diff("<b>x", plain("<b>x", maxEventText)); diff != "" {
		t.Error(diff)
	}
}

func TestIDsOfEventsSortAsTheyCame(t *testing.T) {
	var g eventIDs
	at := time.Date(2026, 3, 4, 9, 30, 0, 0, time.UTC)
	ids := []string{firstEventID(at)}
	for i := range 5000 { // more than one millisecond can count
		ids = append(ids, g.next(at.Add(time.Duration(i%2)*time.Microsecond)))
	}
	ids = append(ids, g.next(at.Add(-time.Second)), g.next(at.Add(time.Second)))
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Error("ids are not in order, or came twice")
	}
	for _, id := range ids {
		if !isEventID(id) || id[len(eventPrefix)+14] != '7' || !strings.ContainsAny(id[len(eventPrefix)+19:len(eventPrefix)+20], "89ab") {
			t.Fatalf("%s is no UUID of version 7", id)
		}
	}
	if back := g.next(at.Add(-time.Hour)); back >= ids[0] {
		t.Error("ids don't follow a clock that was set back")
	}
}
