package auth

import (
	"encoding/json"
	"errors"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever an application posts, it is read as parameters that are text, bounded and each there once, or refused with an
// error of its own making.
func FuzzBodyOfClient(f *testing.F) {
	for _, body := range []string{"a=b&c=%20", "a=b&a=c", "resource=x&resource=y", "=&&=", "a=%zz", "a=%ff", "a=%00",
		`{"a":"b"}`, `{"a":"b","a":"c"}`, `{"a":1,"b":null}`,
		`{"a":{"b":[1]}}`, `{"a":"\ud800"}`, `[]`, `{`, `{"a":"b"}{}`, "", "\xef\xbb\xbf{}"} {
		f.Add(body, true)
		f.Add(body, false)
	}
	f.Fuzz(func(t *testing.T, body string, asJSON bool) {
		r := httptest.NewRequest("POST", "/oauth/token?grant_type=password", strings.NewReader(body))
		r.Header.Set("Content-Type",
			map[bool]string{true: "application/json", false: "application/x-www-form-urlencoded"}[asJSON])
		p, err := readBody(r)
		if err != nil {
			if e, ok := errors.AsType[*Error](err); !ok || e.Status != 400 || e.Code != "invalid_request" ||
				e.Description != printable(e.Description) {
				t.Errorf("%q is refused by %v", body, err)
			}
			return
		}
		for name, value := range p.values {
			if value == "" || !utf8.ValidString(name+value) || len(value) > maxValue || name != "state" &&
				strings.Contains(value, "\x00") {
				t.Errorf("%q holds %q=%q", body, name, value)
			}
		}
		if !asJSON {
			want, err := url.ParseQuery(body)
			for name, values := range want {
				values = slices.DeleteFunc(values, func(v string) bool { return v == "" })
				if err == nil && len(values) > 1 && name != "resource" && p.once() == nil {
					t.Errorf("%q has %q %d times", body, name, len(values))
				}
			}
		} else if !json.Valid([]byte(body)) {
			t.Errorf("%q is no JSON", body)
		}
	})
}

// A scope parameter is a set of names of the characters that scopes may have, or refused, and says the same when it is
// written down and read again.
func FuzzScope(f *testing.F) {
	for _, s := range []string{"openid profile", "  a  b ", "a a", `a"b`, `a\b`, "a\tb", "\u00e9", "", "*", "a\u00a0b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !wellFormedScope(s) {
			return
		}
		read := parseScopes(s)
		if again := parseScopes(read.String()); !slices.Equal(again, read) {
			t.Errorf("%q is %q, and then %q", s, read, again)
		}
		for i, name := range read {
			if name == "" || slices.Contains(read[:i], name) ||
				strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }) {
				t.Errorf("%q holds %q", s, name)
			}
		}
		if len(read.without(read)) != 0 || !read.within(read) || !slices.Equal(read.and(read), read) {
			t.Errorf("%q is not within itself", s)
		}
	})
}
