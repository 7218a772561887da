package rules

import (
	"errors"
	"testing"
	"time"
)

// Whatever a rule does, it ends without letting anybody in, or does no harm; and the next run is quick and as it should be.
func TestNoRuleHarmsTheNext(t *testing.T) {
	t.Parallel()
	hostile := map[string]string{
		"deep JSON":             `function (u, c, done) { try { JSON.parse("[".repeat(5e6)); } catch (e) {} for (;;) {} }`,
		"a backreference":       `function (u, c, done) { /^(?=a)(a+)+\1$/.test("a".repeat(40) + "!"); for (;;) {} }`,
		"a slow expression":     `function (u, c, done) { /^(a+)+(?!b)$/.test("a".repeat(60) + "!"); for (;;) {} }`,
		"a loop":                `function (u, c, done) { for (;;) {} }`,
		"a loop after":          `function (u, c, done) { done(null, u, c); for (;;) {} }`,
		"a loop that catches":   `function (u, c, done) { for (;;) { try { for (;;) {} } catch (e) {} finally { continue; } } }`,
		"a loop of promises":    `function (u, c, done) { (function again() { Promise.resolve().then(again); })(); }`,
		"a loop when compiled":  `(function () { for (;;) {} })()`,
		"a generator":           `function (u, c, done) { function* all() { for (;;) yield 1; } for (const x of all()) {} }`,
		"a long text":           `function (u, c, done) { const all = []; for (let i = 0; i < 100; i++) all.push("x".repeat(2 ** 28 + i)); for (;;) {} }`,
		"a doubled text":        `function (u, c, done) { let s = 'x'; for (;;) s += s; }`,
		"arrays":                `function (u, c, done) { const all = []; for (;;) all.push(new Array(1000).fill(1)); }`,
		"a huge array":          `function (u, c, done) { new Array(2 ** 31).fill(0); for (;;) {} }`,
		"bytes":                 `function (u, c, done) { const all = []; for (;;) all.push(new Uint8Array(1e8).fill(1)); }`,
		"recursion":             `function f(u, c, done) { f(u, c, done); }`,
		"native recursion":      `function (u, c, done) { (function f() { [1].map(f); })(); }`,
		"recursion of toString": `function (u, c, done) { const o = { toString() { return String(o); } }; String(o); }`,
		"deep parentheses":      `function (u, c, done) { eval("(".repeat(5e5) + "1" + ")".repeat(5e5)); for (;;) {} }`,
		"a deep expression":     `function (u, c, done) { new RegExp("(".repeat(1e6) + ")".repeat(1e6)); for (;;) {} }`,
		"a deep context":        `function (u, c, done) { let d = {}; for (let i = 0; i < 1e6; i++) d = { d }; done(null, u, d); }`,
		"a getter that loops":   `function (u, c, done) { Object.defineProperty(c, 'x', { enumerable: true, get() { for (;;) {} } }); done(null, u, c); }`,
		"a toJSON that loops":   `function (u, c, done) { c.toJSON = function () { for (;;) {} }; done(null, u, c); }`,
		"a message that loops":  `function (u, c, done) { done({ get message() { for (;;) {} } }); }`,
		"a proxy that loops":    `function (u, c, done) { throw new Proxy({}, { get() { for (;;) {} }, getPrototypeOf() { for (;;) {} } }); }`,
		"prototypes":            `function (u, c, done) { Object.prototype.passed = 'polluted'; Array.prototype.toJSON = function () { return 1; }; throw 1; }`,
		"replaced globals": `function (u, c, done) {
			JSON.parse = JSON.stringify = JSON = Array = Object = String = Error = UnauthorizedError = Promise = undefined; globalThis.passed = 1; throw 1; }`,
		"a buffer beyond measure":    `function (u, c, done) { const all = []; for (;;) all.push(Buffer.alloc(3e8)); }`,
		"digests of much":            `function (u, c, done) { const h = require('crypto').createHash('sha512'); for (;;) h.update(Buffer.alloc(2e7)) && h.digest(); }`,
		"a cycle for lodash":         `function (u, c, done) { c.c = c; require('lodash').cloneDeep(c); for (;;) {} }`,
		"a module that loads itself": `function (u, c, done) { Map.prototype.has = function () { return false; }; for (;;) require('lodash'); }`,
		"an address for ever":        `function (u, c, done) { for (;;) require('url').parse('http://' + '@'.repeat(1e5) + ':'.repeat(1e5)); }`,
		"an encoding that loops":     `function (u, c, done) { Buffer.from('x', { toString() { for (;;) {} } }); }`,
		"a console that loops":       `function (u, c, done) { for (;;) console.log('x'.repeat(1e5)); }`,
		"sorting without order":      `function (u, c, done) { new Array(1e6).fill(0).map((_, i) => i).sort(() => { for (;;) {} }); }`,
	}
	e := New(Limits{Processes: 1, Time: 200 * time.Millisecond})
	t.Cleanup(e.Close)
	for name, source := range hostile {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			r, err := e.Run(t.Context(), calling(source))
			if _, ok := errors.AsType[*Failed](err); !ok {
				t.Errorf("got %s, %v, want a failure", r.Context, err)
			}
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("it took %v", took)
			}
			began = time.Now()
			got := ran(t, e, calling(passes))
			if got["accessToken"].(map[string]any)["passed"] != true {
				t.Errorf("the next got %v", got)
			}
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("the next took %v", took)
			}
		})
	}
}

// What a rule leaves in its globals isn't there for the next, in the same run or in another.
func TestRulesShareNothing(t *testing.T) {
	e := newEngine(t)
	pollute := `function (u, c, done) {
		require('lodash').get = null; require('crypto').createHash = null; Buffer.from = null; global.kept = 1; Object.prototype.kept = 1; Array.prototype.push = null; Math.max = null; console.kept = 1;
		Object.getPrototypeOf(async function () {}).kept = 1; configuration.kept = 1; UnauthorizedError.prototype.message = 'kept';
		done(null, u, c); }`
	look := `function (u, c, done) {
		c.idToken = { seen: typeof kept, object: ({}).kept, push: typeof [].push, max: typeof Math.max, console: console.kept,
			async: (async function () {}).kept, configuration: configuration.kept,
			modules: [require('lodash').get, require('crypto').createHash, Buffer.from].filter(Boolean).length, message: UnauthorizedError.prototype.message };
		done(null, u, c); }`
	for _, call := range []Call{calling(pollute, look), calling(look)} {
		got := ran(t, e, call)["idToken"].(map[string]any)
		if len(got) != 5 || got["modules"] != 3. || got["seen"] != "undefined" || got["push"] != "function" || got["max"] != "function" || got["message"] != "" {
			t.Errorf("it sees %v", got)
		}
	}
}
