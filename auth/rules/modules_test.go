package rules

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// expressions are JavaScript and the JSON that it should come to.
func expressions(t *testing.T, before string, of [][2]string) {
	t.Helper()
	e := newEngine(t)
	var list []string
	for _, c := range of {
		list = append(list, "function () { return "+c[0]+"; }")
	}
	call := calling(fmt.Sprintf(`function (u, c, done) { %s; c.idToken = {};
		[%s].forEach(function (f, i) { try { c.idToken[i] = f(); } catch (e) { c.idToken[i] = String(e); } if (c.idToken[i] === undefined) c.idToken[i] = 'undefined'; });
		done(null, u, c); }`, before, strings.Join(list, ",\n")))
	got := ran(t, e, call)["idToken"].(map[string]any)
	for i, c := range of {
		var want any
		if err := json.Unmarshal([]byte(c[1]), &want); err != nil {
			t.Fatalf("%s: %v", c[1], err)
		}
		if diff := cmp.Diff(want, got[fmt.Sprint(i)]); diff != "" {
			t.Errorf("%s: %s", c[0], diff)
		}
	}
}

func TestLodash(t *testing.T) {
	expressions(t, `const _ = require('lodash@4.17.21'), people = [{n: 'a', age: 2, m: {x: 1}}, {n: 'b', age: 1, m: {x: 2}}, {n: 'c', age: 2}]`, [][2]string{
		{`_.get({a: [{b: 7}]}, 'a[0].b')`, `7`},
		{`_.get({a: null}, 'a.b', 'none')`, `"none"`},
		{`_.get({'https://x.example/y': 1}, 'https://x.example/y')`, `1`},
		{`_.get(null, ['a'])`, `"undefined"`},
		{`_.has({a: {b: undefined}}, 'a.b') && !_.has({}, 'toString')`, `true`},
		{`_.set({}, 'a.list[1].b', 1)`, `{"a":{"list":[null,{"b":1}]}}`},
		{`_.set({}, '__proto__.polluted', 1) && ({}).polluted`, `"undefined"`},
		{`_.merge({}, JSON.parse('{"__proto__":{"polluted":1}}')) && ({}).polluted`, `"undefined"`},
		{`_.pick({a: 1, b: {c: 2, d: 3}, e: 4}, ['a', 'b.c'], 'x')`, `{"a":1,"b":{"c":2}}`},
		{`_.omit({a: 1, b: 2, c: 3}, ['a', 'c'])`, `{"b":2}`},
		{`_.omitBy({a: 1, b: null}, _.isNil)`, `{"a":1}`},
		{`_.uniq([1, 2, 1, '1'])`, `[1,2,"1"]`},
		{`_.uniqBy(people, 'age').length`, `2`},
		{`_.union([1, 2], [2, 3], 'x')`, `[1,2,3]`},
		{`_.intersection(['a', 'b', 'a'], ['a', 'c'], ['a'])`, `["a"]`},
		{`_.difference([1, 2, 3], [2], [3])`, `[1]`},
		{`_.without([1, 2, 1], 1)`, `[2]`},
		{`[_.includes([1, 2], 2), _.includes('text', 'ex'), _.includes({a: 5}, 5), _.includes(undefined, 1), _.contains([1], 1)]`, `[true,true,true,false,true]`},
		{`[{}, [], '', null, 7, new Set()].every(_.isEmpty) && ![{a: 1}, [0], 'x', new Map([[1, 2]])].some(_.isEmpty)`, `true`},
		{`_.map(people, 'n')`, `["a","b","c"]`},
		{`_.map({a: 1}, (value, key) => key + value)`, `["a1"]`},
		{`_.map(null, 'n')`, `[]`},
		{`_.map(_.filter(people, {age: 2}), 'n')`, `["a","c"]`},
		{`_.map(_.reject(people, ['n', 'b']), 'n')`, `["a","c"]`},
		{`_.find(people, (p) => p.age < 2).n + _.find(people, {m: {x: 1}}).n`, `"ba"`},
		{`_.find(people, {n: 'x'})`, `"undefined"`},
		{`_.findIndex(people, 'm.x')`, `0`},
		{`_.some(people, {n: 'c'}) && !_.every(people, 'm')`, `true`},
		{`_.map(_.sortBy(people, ['age', 'n']), 'n').join('')`, `"bac"`},
		{`_.mapValues(_.groupBy(people, 'age'), 'length')`, `{"1":1,"2":2}`},
		{`_.keyBy(people, 'n').b.age`, `1`},
		{`_.reduce({a: 1, b: 2}, (sum, x) => sum + x, 10) + _.reduce([1, 2], (a, b) => a + b)`, `16`},
		{`_.isEqual({a: [1, {b: 2}]}, {a: [1, {b: 2}]}) && !_.isEqual([1], {0: 1}) && !_.isEqual({a: undefined}, {b: undefined})`, `true`},
		{`_.merge({a: {b: 1}}, {a: {c: [1]}}, null)`, `{"a":{"b":1,"c":[1]}}`},
		{`_.defaults({a: 1}, {a: 2, b: 3})`, `{"a":1,"b":3}`},
		{`_.flatten([1, [2, [3]]]).length + _.flattenDeep([1, [2, [3]]]).length`, `6`},
		{`[_.compact([0, 1, '']), _.first([7]), _.last([7, 8]), _.size({a: 1}), _.toLower(null), _.startsWith('abc', 'ab')]`, `[[1],7,8,1,"",true]`},
		{`(() => { const a = {x: [1]}, b = _.cloneDeep(a); b.x.push(2); return a; })()`, `{"x":[1]}`},
		{`_.isPlainObject({}) && !_.isPlainObject(new Date()) && _.isString('') && _.isFunction(_.noop) && _.isNil(undefined)`, `true`},
	})
}

// The digests are those of the tests in RFC 1321, RFC 3174, RFC 6234 and RFC 4231, the encodings those of RFC 4648.
func TestCryptoAndBytes(t *testing.T) {
	expressions(t, `const crypto = require('crypto')`, [][2]string{
		{`crypto.createHash('md5').update('abc').digest('hex')`, `"900150983cd24fb0d6963f7d28e17f72"`},
		{`crypto.createHash('sha1').update('a').update('bc').digest('hex')`, `"a9993e364706816aba3e25717850c26c9cd0d89d"`},
		{`crypto.createHash('SHA256').update('abc').digest('base64')`, `"ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="`},
		{`crypto.createHash('sha256').update('ü').digest().toString('hex') === crypto.createHash('sha256').update(Buffer.from('c3bc', 'hex')).digest('hex')`, `true`},
		{`crypto.createHmac('sha256', 'Jefe').update('what do ya want for nothing?').digest('hex')`, `"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"`},
		{`Buffer.from('foob').toString('base64') + new Buffer('Zm9vYg==', 'base64').toString() + Buffer('666f', 'hex')`, `"Zm9vYg==foobfo"`},
		{`Buffer.from('_-8', 'base64').equals(Buffer.from('/+8=', 'base64url')) && Buffer.from([255, 239]).toString('base64url')`, `"_-8"`},
		{`Buffer.from([104, 255]).toString() + Buffer.from('é', 'latin1').toString('hex') + Buffer.from([233]).toString('binary')`, `"h\ufffde9é"`},
		{`Buffer.concat([Buffer.from('a'), Buffer.alloc(1)]).length + Buffer.byteLength('é')`, `4`},
		{`JSON.parse(JSON.stringify(Buffer.from('x'))).data[0] + (Buffer.from('abc').slice(1).toString() === 'bc') + Buffer.isBuffer(require('buffer').Buffer.from(''))`, `122`},
		{`JSON.parse(Buffer.from('eyJzdWIiOiJ4In0', 'base64').toString('utf8')).sub`, `"x"`},
	})
}

func TestAddresses(t *testing.T) {
	expressions(t, `const url = require('url'), host = (x) => url.parse(x).hostname`, [][2]string{
		{`url.parse('https://Ada:s@Time.example.com:8443/a/b?x=1&y=#top')`, `{"protocol":"https:","slashes":true,"auth":"Ada:s","host":"time.example.com:8443",
			"port":"8443","hostname":"time.example.com","hash":"#top","search":"?x=1&y=","query":"x=1&y=","pathname":"/a/b","path":"/a/b?x=1&y=",
			"href":"https://Ada:s@time.example.com:8443/a/b?x=1&y=#top"}`},
		{`url.parse('/cb?a=1&a=2&b=x+y%20z&c', true).query`, `{"a":["1","2"],"b":"x y z","c":""}`},
		{`[host('https://good.example\\@evil.example/'), host('https://good.example@evil.example'), host('https://evil.example?@good.example'), host('https://evil.example#@good.example')]`,
			`["good.example","evil.example","evil.example","evil.example"]`},
		{`[host('https://a@b@evil.example/'), host('http://[::1]:8080/x'), host('com.example.app:/callback'), host('')]`, `["evil.example","::1",null,null]`},
		{`url.parse('https://x.example').pathname + url.parse('com.example.app:/callback').protocol`, `"/com.example.app:"`},
		{`url.format({protocol: 'https', host: 'x.example', pathname: '/y', query: {a: 'b c', d: [1, 2]}})`, `"https://x.example/y?a=b%20c&d=1&d=2"`},
		{`require('querystring').stringify({a: 'é', b: null})`, `"a=%C3%A9&b="`},
	})
}

func TestTheConfigurationIsInNoTrace(t *testing.T) {
	e := newEngine(t)
	const secret = `s3cret "key" with \ and ` + "\n" + `end"`
	run := func(source string) (Result, error) {
		call := calling(source)
		call.Configuration, _ = json.Marshal(map[string]string{"API_KEY": secret, "LONGER": "a " + secret, "MODE": "on"})
		return e.Run(t.Context(), call)
	}
	r, err := run(`function (u, c, done) { console.log('key', configuration.API_KEY, configuration.LONGER, configuration.MODE);
		console.log(configuration, [configuration.API_KEY]); c.idToken.key = configuration.API_KEY; done(null, u, c); }`)
	if err != nil || object(t, r.Context)["idToken"].(map[string]any)["key"] != secret {
		t.Fatalf("got %s, %v", r.Context, err)
	}
	want := []string{"key [API_KEY] [LONGER] on", `{"API_KEY":"[API_KEY]","LONGER":"[LONGER]","MODE":"on"} ["[API_KEY]"]`}
	if diff := cmp.Diff(want, r.Trace[0].Said); diff != "" {
		t.Error(diff)
	}
	for _, source := range []string{
		`function (u, c, done) { throw new Error('with ' + configuration.API_KEY); }`,
		`function (u, c, done) { done({key: configuration.API_KEY}); }`,
		`function (u, c, done) { const e = new Error('x'); e.stack = configuration.API_KEY; throw e; }`,
	} {
		r, err := run(source)
		failed, ok := errors.AsType[*Failed](err)
		if !ok || strings.Contains(fmt.Sprint(failed, r.Trace), "s3cret") || !strings.Contains(failed.Error(), "[API_KEY]") {
			t.Errorf("%s: %v %v", source, err, r.Trace)
		}
	}
}
