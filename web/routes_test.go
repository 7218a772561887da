package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"punchcard/auth"
)

// example is a route's path with something in its parameters' places.
func (r route) example() string {
	return strings.NewReplacer(":id", "0199a5c2-7a30-7c1e-8f5b-1c2d3e4f5a6b", ":kid", "key_x", ":key", "KEY", ":name", "not-found", "*path", "nothing",
		":date", "2026-03-04").
		Replace(r.path)
}

// methods are those by which a route is reached.
func (r route) methods() []string {
	if r.method == http.MethodGet {
		return []string{http.MethodGet, http.MethodHead}
	}
	return []string{r.method}
}

// caller is who has the scopes of a route's API, and all scopes that there are.
func (a access) caller() (who string, scopes []string) {
	if a.api == auth.Management {
		return "operator", managementScopes
	}
	return "mia", append([]string{"openid"}, everyScope...)
}

func (a access) whereToLearn() string {
	if a.api == auth.Management {
		return strings.TrimSuffix(whereToLearn, `"`) + `/api/v2/"`
	}
	return whereToLearn
}

func TestGuardedRoutesRefuseCallersWithoutAToken(t *testing.T) {
	c := theCompany(t)
	for _, r := range c.settings.routes() {
		if r.access.scope == "" {
			continue
		}
		for _, method := range r.methods() {
			answer := c.ask(t, "", method, r.example(), "")
			got := []string{http.StatusText(answer.StatusCode), answer.Header.Get("WWW-Authenticate"), answer.Header.Get("Cache-Control")}
			want := []string{"Unauthorized", `Bearer realm="Punchcard", ` + r.access.whereToLearn(), "no-store"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s %s: %s", method, r.path, diff)
			}
		}
	}
}

func TestGuardedRoutesRefuseTokensWithoutTheirScope(t *testing.T) {
	c := theCompany(t)
	for _, r := range c.settings.routes() {
		if r.access.scope == "" {
			continue
		}
		var others []string
		who, all := r.access.caller()
		for _, scope := range all {
			if !slices.Contains(r.access.scopes(), scope) {
				others = append(others, scope)
			}
		}
		token := c.token(t, who, others...)
		for _, method := range r.methods() {
			answer := c.ask(t, token, method, r.example(), "")
			want := `Bearer realm="Punchcard", error="insufficient_scope", error_description="this needs the scope ` +
				strings.Join(r.access.scopes(), " or ") + `", scope="` + strings.Join(r.access.scopes(), " ") + `", ` +
				r.access.whereToLearn()
			if got := answer.Header.Get("WWW-Authenticate"); answer.StatusCode != http.StatusForbidden || got != want {
				t.Errorf("%s %s: %d %s", method, r.path, answer.StatusCode, got)
			}
		}
	}
}

func TestGuardedRoutesLetTokensWithTheirScopeThrough(t *testing.T) {
	c := theCompany(t)
	for _, r := range c.settings.routes() {
		if r.access.scope == "" {
			continue
		}
		who, _ := r.access.caller()
		for _, scope := range r.access.scopes() {
			for _, method := range r.methods() {
				answer := c.ask(t, c.token(t, who, scope), method, r.example(), "")
				if forAdministrators := answer.StatusCode == http.StatusForbidden &&
					(method == http.MethodHead || strings.Contains(answer.body, `"detail":"only an administrator can `)); forAdministrators {
					answer = c.ask(t, c.token(t, "otto", scope), method, r.example(), "")
				}
				if answer.StatusCode == http.StatusUnauthorized || answer.StatusCode == http.StatusForbidden || answer.StatusCode >= 500 {
					t.Errorf("%s %s: %d %s", method, r.path, answer.StatusCode, answer.body)
				}
			}
		}
	}
}

func TestPagesOfTheSignedInTakeOthersToTheSignInPage(t *testing.T) {
	c, seen := theCompany(t), 0
	for _, r := range c.settings.routes() {
		if r.access != signedIn {
			continue
		}
		seen++
		for _, method := range r.methods() {
			answer := c.ask(t, "", method, r.example(), "")
			if to := answer.Header.Get("Location"); answer.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, "/login?return_to=%2Faccount") {
				t.Errorf("%s %s: %d to %s", method, r.path, answer.StatusCode, to)
			}
			if answer.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s %s: the answer could be kept", method, r.path)
			}
		}
	}
	if seen == 0 {
		t.Error("there are none")
	}
}

func TestFormsOfTheSignedInCarryTheirToken(t *testing.T) {
	c := theCompany(t)
	browser := c.browser(t)
	page := get(t, browser, testIssuer+"account")
	form := url.Values{"csrf": {csrfField.FindStringSubmatch(page.body)[1]}, "email": {"ben@example.com"}, "password": {testPassword}}
	if answer, err := browser.PostForm(page.Request.URL.String(), form); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("sign in: %v %v", answer, err)
	}
	for _, r := range c.settings.routes() {
		if r.access != signedIn || r.method == http.MethodGet {
			continue
		}
		answer, err := browser.PostForm(testIssuer+r.example()[1:], url.Values{"csrf": {"x"}})
		if err != nil || answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s %s: %d %v", r.method, r.path, answer.StatusCode, err)
		}
	}
}

func TestHeadAnswersAsGetDoes(t *testing.T) {
	c := theCompany(t)
	for _, r := range c.settings.routes() {
		if r.method != http.MethodGet || strings.HasSuffix(r.path, "*path") {
			continue
		}
		token := c.token(t, "mia", "openid", "read:timesheets")
		if r.access.api == auth.Management {
			token = c.token(t, "operator", r.access.scope)
		}
		get, head := c.ask(t, token, "GET", r.example(), ""), c.ask(t, token, "HEAD", r.example(), "")
		after := c.ask(t, token, "GET", r.example(), "") // what goes by the time of day may turn in between, once
		if get.StatusCode != head.StatusCode || head.StatusCode >= 500 || head.body != "" {
			t.Errorf("%s: GET %d, HEAD %d %q", r.path, get.StatusCode, head.StatusCode, head.body)
		}
		for _, name := range []string{"Content-Type", "ETag", "Cache-Control"} {
			if got := head.Header.Get(name); got != get.Header.Get(name) && got != after.Header.Get(name) {
				t.Errorf("%s: %s differs: %q, %q", r.path, name, get.Header.Get(name), head.Header.Get(name))
			}
		}
	}
}

func TestWhatIsNoRouteIsAProblem(t *testing.T) {
	c := theCompany(t)
	for _, q := range []struct{ method, path, kind, allow string }{
		{"GET", "/nothing", "not-found", ""},
		{"GET", "/timesheets/", "not-found", ""},
		{"GET", "/timesheets/x/y/z", "not-found", ""},
		{"GET", "//timesheets", "not-found", ""},
		{"GET", "/Timesheets", "not-found", ""},
		{"GET", "/problems/of-mine", "not-found", ""},
		{"PUT", "/timesheets", "method-not-allowed", "GET, HEAD, POST"},
		{"POST", "/timesheets/x", "method-not-allowed", "GET, HEAD, PATCH, DELETE, PUT"},
		{"GET", "/oauth/token", "method-not-allowed", "POST"},
		{"HEAD", "/oauth/token", "method-not-allowed", "POST"},
		{"DELETE", "/oauth/revoke", "method-not-allowed", "POST"},
		{"GET", "/oauth/introspect", "method-not-allowed", "POST"},
		{"BREW", "/me", "method-not-allowed", "GET, HEAD"},
		{"OPTIONS", "/authorize", "method-not-allowed", "GET, HEAD, POST"},
	} {
		answer := c.ask(t, c.token(t, "ada"), q.method, q.path, "")
		if q.method == "HEAD" {
			if answer.StatusCode != http.StatusMethodNotAllowed {
				t.Errorf("HEAD %s: %d", q.path, answer.StatusCode)
			}
			continue
		}
		if kind := answer.kind(t); kind != q.kind || answer.Header.Get("Allow") != q.allow {
			t.Errorf("%s %s: %s, Allow: %s", q.method, q.path, kind, answer.Header.Get("Allow"))
		}
	}
}

func TestNobodyWithoutATokenLearnsWhatThereIs(t *testing.T) {
	c := theCompany(t)
	for _, q := range []struct {
		method, path string
		with         int // a token that has no scope of the API
	}{
		{"GET", "/timesheets/x/y/z", 404}, {"GET", "/timesheets/", 404}, {"HEAD", "/projects/x/secret", 404}, {"OPTIONS", "/people", 405},
		{"PUT", "/timesheets", 405}, {"DELETE", "/me", 405}, {"BREW", "/me", 405}, {"DELETE", "/userinfo", 405}, {"GET", "/userinfo/x", 404},
	} {
		for _, token := range []string{"", "x.y.z"} {
			answer := c.ask(t, token, q.method, q.path, "")
			if answer.StatusCode != http.StatusUnauthorized || answer.Header.Get("WWW-Authenticate") == "" || answer.Header.Get("Allow") != "" {
				t.Errorf("%s %s with the token %q: %d, Allow %q", q.method, q.path, token, answer.StatusCode, answer.Header.Get("Allow"))
			}
		}
		if answer := c.ask(t, c.token(t, "ada", "openid"), q.method, q.path, ""); answer.StatusCode != q.with {
			t.Errorf("%s %s with a token: %d", q.method, q.path, answer.StatusCode)
		}
	}
	for path, status := range map[string]int{"/nothing": 404, "/timesheetsx": 404, "/oauth/nothing": 404, "/problems/of-mine": 404} {
		if answer := c.ask(t, "", "GET", path, ""); answer.StatusCode != status {
			t.Errorf("%s: %d", path, answer.StatusCode)
		}
	}
}
