package rules

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	passes = `function (user, context, callback) { context.accessToken.passed = true; callback(null, user, context); }`
	ada    = `{"user_id":"usr_1","email":"ada@example.com","email_verified":true,"created_at":"2024-05-01T08:00:00Z"}`
	signIn = `{"protocol":"oidc-basic-profile","clientID":"app","clientName":"Phone app","stats":{"loginsCount":1},
		"authorization":{"roles":["employee"]},"accessToken":{"scope":["openid","read:timesheets","approve:timesheets"]},"idToken":{}}`
	nowhere = `{}`
)

var wednesday = time.Date(2026, 3, 4, 9, 30, 0, 0, time.UTC)

// newEngine is an engine with one process, which ends with the test.
func newEngine(t testing.TB) *Engine {
	e := New(Limits{Processes: 1})
	t.Cleanup(e.Close)
	return e
}

func calling(sources ...string) Call {
	c := Call{User: []byte(ada), Context: []byte(signIn), Configuration: []byte(nowhere), Now: wednesday}
	for i, source := range sources {
		c.Rules = append(c.Rules, Rule{Name: "rule " + string(rune('a'+i)), Source: source})
	}
	return c
}

// ran is the context after a run that went well.
func ran(t *testing.T, e *Engine, c Call) map[string]any {
	t.Helper()
	r, err := e.Run(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return object(t, r.Context)
}

func object(t *testing.T, text []byte) (m map[string]any) {
	t.Helper()
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return m
}

// failure is how a run fails that must.
func failure(t *testing.T, e *Engine, c Call) *Failed {
	t.Helper()
	r, err := e.Run(t.Context(), c)
	failed, ok := errors.AsType[*Failed](err)
	if !ok {
		t.Fatalf("got %s, %v, want a failure", r.Context, err)
	}
	return failed
}

func TestEachRuleSeesWhatThoseBeforeChanged(t *testing.T) {
	e := newEngine(t)
	got := ran(t, e, calling(
		`function (user, context, callback) { user.seen = 1; context.idToken.a = [1]; callback(null, user, context); }`,
		`function (user, context, callback) { context.idToken.b = user.seen + 1; callback(); }`,
		`(user, context, callback) => callback(null, user, { idToken: Object.assign({ c: 3 }, context.idToken) })`,
	))
	if diff := cmp.Diff(map[string]any{"idToken": map[string]any{"a": []any{1.}, "b": 2., "c": 3.}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestARunIsTraced(t *testing.T) {
	e := newEngine(t)
	r, err := e.Run(t.Context(), calling(
		`function (u, c, done) { console.log('a', 1, {b: [null]}, undefined); console.error(function x() {}); done(null, u, c); }`,
		`function (u, c, done) { for (let i = 0; i < 100; i++) console.log('ä'.repeat(1000)); done(new UnauthorizedError('no')); }`,
		passes,
	))
	if denied, ok := errors.AsType[*Denied](err); !ok || *denied != (Denied{Rule: "rule b", Message: "no"}) {
		t.Errorf("got %v", err)
	}
	if len(r.Trace) != 2 || r.Trace[0].Outcome != Passed || r.Trace[1].Outcome != Denial || r.Trace[0].Took <= 0 {
		t.Fatalf("got %+v", r.Trace)
	}
	if diff := cmp.Diff([]string{`a 1 {"b":[null]} undefined`, "function x() {}"}, r.Trace[0].Said); diff != "" {
		t.Error(diff)
	}
	if said := r.Trace[1].Said; len(said) != maxLines || len(said[0]) > maxLine || !strings.HasSuffix(said[0], "ä…") {
		t.Errorf("%d lines: %s", len(said), said[0])
	}
	if r.Context != nil || r.User != nil {
		t.Error("a denied run gives a context")
	}
}

func TestWhatDoesntEndWellFails(t *testing.T) {
	e := newEngine(t)
	for _, c := range []struct{ name, source, want string }{
		{"a throw", `function (u, c, done) { throw new TypeError('odd'); }`, "TypeError: odd"},
		{"an error to the callback", `function (u, c, done) { done(new Error('database is down')); }`, "Error: database is down"},
		{"a text", `function (u, c, done) { throw 'text'; }`, "text"},
		{"a number", `function (u, c, done) { done(7); }`, "7"},
		{"an object", `function (u, c, done) { throw {code: 1}; }`, `{"code":1}`},
		{"nothing", `function (u, c, done) { throw undefined; }`, "undefined"},
		{"a symbol", `function (u, c, done) { throw Symbol('s'); }`, "Symbol(s)"},
		{"null", `function (u, c, done) { throw null; }`, "null"},
		{"an error that can't be read", `function (u, c, done) { throw { get message() { throw this; } }; }`, "can't be read"},
		{"an unknown name", "function (u, c, done) {\n  nonsense();\n}", "ReferenceError: nonsense is not defined"},
		{"no callback", `function (u, c, done) {}`, "it never called callback"},
		{"a promise that never comes", `async function (u, c, done) { await new Promise(function () {}); done(null, u, c); }`, "never called callback"},
		{"a callback after a throw", `async function (u, c, done) { await null; throw new Error('late'); }`, "Error: late"},
		{"a throw after the callback", `function (u, c, done) { done(null, u, c); throw new Error('then'); }`, "Error: then"},
		{"a rejection after the callback", `async function (u, c, done) { done(null, u, c); throw new Error('then'); }`, "Error: then"},
		{"two callbacks", `function (u, c, done) { done(null, u, c); done(null, u, c); }`, "it called callback 2 times"},
		{"an error after a callback", `function (u, c, done) { done(null, u, c); done(new Error('no')); }`, "Error: no"},
		{"no function", `({})`, "it is no function"},
		{"no JavaScript", "function (u, c, done) {\n  if (\n}", "it is no JavaScript function: SyntaxError: rule a: Line 3"},
		{"no source", ``, "it is no JavaScript function"},
		{"a context that is none", `function (u, c, done) { done(null, u, 'context'); }`, "its context can't be written as JSON: TypeError: it must be an object"},
		{"a list for the user", `function (u, c, done) { done(null, [], c); }`, "its user can't be written"},
		{"a function for the user", `function (u, c, done) { done(null, done, c); }`, "its user can't be written"},
		{"a cycle", `function (u, c, done) { c.self = c; done(null, u, c); }`, "its context can't be written as JSON: TypeError: Converting circular structure to JSON"},
		{"a big integer", `function (u, c, done) { c.n = 10n; done(null, u, c); }`, "its context can't be written as JSON"},
		{"a large context", `function (u, c, done) { c.x = 'x'.repeat(300000); done(null, u, c); }`, "its context is larger than 256 KiB"},
		{"recursion", `function f(u, c, done) { return f(u, c, done) + 1; }`, "it calls itself too deeply"},
		{"request", `function (u, c, done) { var request = require('request'); done(null, u, c); }`, "require('request') is not available"},
		{"request of a version", `function (u, c, done) { require('request@2.88.2'); done(null, u, c); }`, "require('request@2.88.2') is not available"},
		{"axios", `async function (u, c, done) { const axios = require('axios'); await axios.get('https://x.example'); done(null, u, c); }`, "require('axios') is not available"},
		{"files", `function (u, c, done) { require('node:fs').readFileSync('/etc/passwd'); }`, "require('node:fs') is not available"},
		{"a module of a prototype", `function (u, c, done) { require('__proto__'); require('constructor'); }`, "require('__proto__') is not available"},
		{"what lodash has elsewhere", `function (u, c, done) { require('lodash').template('<%= u %>'); }`, "lodash.template is not available"},
		{"chains", `function (u, c, done) { require('lodash')([1]).map(String).value(); }`, "lodash's chains, _(list), are not available"},
		{"what crypto has elsewhere", `function (u, c, done) { require('crypto').randomBytes(8); }`, "crypto.randomBytes is not available"},
		{"an unknown digest", `function (u, c, done) { require('crypto').createHash('crc').update('x').digest('hex'); }`, "crypto has no digest crc"},
		{"an unknown encoding", `function (u, c, done) { Buffer.from('x', 'ebcdic'); }`, "Unknown encoding: ebcdic"},
		{"bytes of nothing", `function (u, c, done) { Buffer.from(7); }`, "Buffer.from takes a text or bytes"},
		{"the network", `function (u, c, done) { fetch('https://x.example').then(done); }`, "fetch is not available"},
		{"a timer", `function (u, c, done) { setTimeout(function () { done(null, u, c); }, 1); }`, "setTimeout is not available"},
		{"writing to a person", `function (u, c, done) { auth0.users.updateAppMetadata(u.user_id, {}).then(done); }`, "auth0.users.updateAppMetadata is not available"},
		{"the management API", `function (u, c, done) { console.log(auth0.accessToken); done(null, u, c); }`, "auth0.accessToken is not available"},
		{"the process", `function (u, c, done) { done(null, u, process.env); }`, "process is not available"},
	} {
		t.Run(c.name, func(t *testing.T) {
			failed := failure(t, e, calling(c.source))
			if !strings.Contains(failed.Message, c.want) || failed.Rule != "rule a" {
				t.Errorf("got %+v, want %s", failed, c.want)
			}
		})
	}
}

func TestAFailureTellsItsLine(t *testing.T) {
	e := newEngine(t)
	failed := failure(t, e, calling("function check(user, context, callback) {\n  var a;\n  a.b.c = 1;\n}"))
	if !strings.Contains(failed.Stack, "rule a:3") {
		t.Errorf("the stack is %q", failed.Stack)
	}
}

func TestADenialIsOneHoweverItIsGiven(t *testing.T) {
	e := newEngine(t)
	for name, source := range map[string]string{
		"to the callback":       `function (u, c, done) { done(new UnauthorizedError('no')); }`,
		"thrown":                `function (u, c, done) { throw new UnauthorizedError('no'); }`,
		"rejected":              `async function (u, c, done) { throw new UnauthorizedError('no'); }`,
		"before a pass":         `function (u, c, done) { done(new UnauthorizedError('no')); done(null, u, c); }`,
		"after a pass":          `function (u, c, done) { done(null, u, c); done(new UnauthorizedError('no')); }`,
		"after a global is set": `function (u, c, done) { var U = UnauthorizedError; UnauthorizedError = null; done(new U('no')); }`,
		"of a class of its own": `function (u, c, done) { class Mine extends UnauthorizedError {} done(new Mine('no')); }`,
	} {
		_, err := e.Run(t.Context(), calling(source))
		if denied, ok := errors.AsType[*Denied](err); !ok || denied.Message != "no" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestTheClockIsTheCallersAndInUTC(t *testing.T) {
	e := newEngine(t)
	got := ran(t, e, calling(`function (u, c, done) { var d = new Date(); c.idToken = { at: d.toISOString().slice(0, 16), hours: d.getHours() }; done(null, u, c); }`))
	if diff := cmp.Diff(map[string]any{"at": "2026-03-04T09:30", "hours": 9.}, got["idToken"]); diff != "" {
		t.Error(diff)
	}
}

func TestRulesThatTenantsWrote(t *testing.T) {
	e := newEngine(t)
	const ns = "https://exampleco.com/"
	for _, c := range []struct {
		file    string
		change  func(user, context map[string]any)
		access  map[string]any
		id      map[string]any
		refused string
	}{
		{file: "add-email.js", access: map[string]any{ns + "email": "ada@example.com", ns + "email_verified": true}},
		{file: "add-roles.js", access: map[string]any{ns + "roles": []any{"employee"}}, id: map[string]any{ns + "roles": []any{"employee"}}},
		{file: "deny-domain.js"},
		{file: "deny-domain.js", change: func(user, _ map[string]any) { user["email"] = "eve@example.com.evil.example" }, refused: "Sign in with the address"},
		{file: "deny-unverified.js"},
		{file: "deny-unverified.js", change: func(user, _ map[string]any) { user["email_verified"] = false }, refused: "Please verify"},
		{file: "weekdays-only.js"},
		{file: "approve-for-managers.js", access: map[string]any{"scope": []any{"openid", "read:timesheets"}}},
		{file: "scope-by-group.js", access: map[string]any{"scope": "openid read:timesheets create:timesheets"}},
		{file: "code-flow-only.js", access: map[string]any{ns + "fresh": true}},
		{file: "code-flow-only.js", change: func(_, context map[string]any) { context["protocol"] = "oauth2-refresh-token" }},
		{file: "count-logins.js", id: map[string]any{ns + "logins": 1., ns + "first": true}},
		{file: "deny-client.js"},
		{file: "deny-client.js", change: func(_, context map[string]any) { context["clientID"] = "reports" }, refused: "Phone app is closed for the audit."},
		{file: "nickname.js", id: map[string]any{"nickname": "ada", ns + "since": 2024.}},
	} {
		t.Run(c.file, func(t *testing.T) {
			source, err := os.ReadFile(filepath.Join("testdata", c.file))
			if err != nil {
				t.Fatal(err)
			}
			call := calling(string(source))
			user, context := object(t, call.User), object(t, call.Context)
			if c.change != nil {
				c.change(user, context)
			}
			call.User, _ = json.Marshal(user)
			call.Context, _ = json.Marshal(context)
			r, err := e.Run(t.Context(), call)
			if denied, ok := errors.AsType[*Denied](err); ok || c.refused != "" {
				if !ok || !strings.HasPrefix(denied.Message, c.refused) || c.refused == "" {
					t.Errorf("got %v, want %q", err, c.refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			access := context["accessToken"].(map[string]any)
			for name, value := range c.access {
				access[name] = value
			}
			if c.id != nil {
				context["idToken"] = c.id
			}
			if diff := cmp.Diff(context, object(t, r.Context)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWeekdaysOnly(t *testing.T) {
	e := newEngine(t)
	source, err := os.ReadFile("testdata/weekdays-only.js")
	if err != nil {
		t.Fatal(err)
	}
	call := calling(string(source))
	for day := range 7 {
		call.Now = wednesday.AddDate(0, 0, day)
		_, err := e.Run(t.Context(), call)
		_, denied := errors.AsType[*Denied](err)
		if weekend := call.Now.Weekday() == time.Saturday || call.Now.Weekday() == time.Sunday; denied != weekend {
			t.Errorf("%s: %v", call.Now.Weekday(), err)
		}
	}
}
