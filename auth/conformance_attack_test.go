package auth

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Classes of attacks that succeeded against other authorization servers, each tried against this one.

// atRedirect asks with a redirect URI, and reports whether it would be led there.
func (b *browser) atRedirect(uri string, pairs ...string) (answer, bool) {
	b.Helper()
	a := b.authorize(append(pairs, "redirect_uri", uri, "prompt", "none")...)
	return a, a.header.Get("Location") != ""
}

func TestConformanceAttacksOnRedirects(t *testing.T) {
	w := newWorld(t)
	w.apply(NewClient{ID: "six", Name: "Six", Type: "native",
		RedirectURIs: []string{"http://[::1]/cb", "com.example.six:/cb"}})
	b := w.browser()
	stays := func(t *testing.T, client string, uris ...string) {
		t.Helper()
		for _, uri := range uris {
			if a, led := b.atRedirect(uri, "client_id", client); led || a.status != http.StatusBadRequest ||
				contains(a.body, "<script") {
				t.Errorf("%s: %q led to %d %q", client, uri, a.status, a.header.Get("Location"))
			}
		}
	}
	prove(t, "Z-01 users and hosts that are mistaken for each other", func(t *testing.T) {
		stays(t, "reports", "https://reports.example.com@evil.example/callback",
			"https://reports.example.com:443@evil.example/callback",
			"https://evil.example@reports.example.com/callback", "https://a@b@reports.example.com/callback",
			`https://reports.example.com\@evil.example/callback`,
			"https://evil.example#@reports.example.com/callback", "https://evil.example?@reports.example.com/callback",
			"https://@reports.example.com/callback",
			"https://reports.example.com%00.evil.example/callback", "https://reports.example.com%2f@evil.example/callback",
			"https://reports。example.com/callback",
			"https://reports.example.com:@evil.example/callback", "https:reports.example.com/callback",
			"//reports.example.com/callback")
		stays(t, "app", "http://127.0.0.1@evil.example/cb", "http://127.0.0.1:80@evil.example/cb",
			"http://127.0.0.1:1:2/cb", "http://evil@127.0.0.1/cb",
			`http://127.0.0.1\@evil.example/cb`, "http://127.0.0.1:/cb", "http://127.0.0.1:80.evil.example/cb",
			"http://127.0.0.1:123456/cb", "http://127.0.0.1:-1/cb",
			"http://127.0.0.1.evil.example/cb", "http://127.0.0.1:8o/cb")
	})
	prove(t, "Z-02 wildcards, prefixes, paths that are walked", func(t *testing.T) {
		stays(t, "reports", webURI+"/", webURI+"/../evil", webURI+"?x=1", webURI+"#x", webURI+"x", webURI+"%2f..%2fevil",
			"https://reports.example.com/..;/callback",
			"https://reports.example.com/x/../callback", "https://reports.example.com//callback",
			"https://reportsXexample.com/callback", "https://REPORTS.example.com/callback",
			"HTTPS://reports.example.com/callback", "https://reports.example.com/%63allback",
			"https://reports.example.com./callback", "https://reports.example.com:443/callback",
			"https://reports.example.com/callback\t", " "+webURI, webURI+"\n", "https://*.example.com/callback",
			url.QueryEscape(webURI), "https://reports.example.com.evil.example/callback",
			"http://reports.example.com/callback", "https://evil.reports.example.com/callback", ".*", "javascript:alert(1)",
			"data:text/html,x")
		stays(t, "app", "http://localhost/cb", "http://127.0.0.2/cb", "http://127.1/cb", "http://2130706433/cb",
			"http://0x7f.1/cb", "http://[::1]/cb", "https://127.0.0.1/cb",
			"http://127.0.0.1/cb/", "http://127.0.0.1/cb?x", "http://127.0.0.1:1/CB", "com.example.app:/callback/",
			"com.example.app://callback", "COM.example.app:/callback")
		stays(t, "six", "http://[::1%25lo]/cb", "http://[0:0:0:0:0:0:0:1]/cb", "http://[::ffff:127.0.0.1]/cb",
			"http://127.0.0.1/cb", "http://[::1]evil.example/cb")
		stays(t, "spa", "http://127.0.0.1/cb", "http://127.0.0.1:8080/cb")
		for client, uris := range map[string][]string{"app": {appURI, "http://127.0.0.1/cb", "http://127.0.0.1:1/cb",
			"http://127.0.0.1:65535/cb"},
			"six": {"http://[::1]/cb", "http://[::1]:8080/cb", "com.example.six:/cb"}, "reports": {webURI}} {
			for _, uri := range uris {
				if a, led := b.atRedirect(uri, "client_id", client); !led ||
					!strings.HasPrefix(a.header.Get("Location"), uri) {
					t.Errorf("%s: its own %q got %d", client, uri, a.status)
				}
			}
		}
	})
	prove(t, "Z-03 answers in which something stands twice", func(t *testing.T) {
		for _, kind := range []string{"native", "spa", "web"} {
			for _, parameter := range []string{"code=x", "state=x", "iss=x", "error=x", "a=b&code=x", "%63ode=x", "code",
				"a;code=x"} {
				if redirectMistake(kind, "https://app.example.com/cb?"+parameter) == nil {
					t.Errorf("a %s app can register ?%s", kind, parameter)
				}
			}
		}
		b := w.browser()
		code := b.code("ada@example.com", "client_id", "spa", "redirect_uri", spaURI, "state", "a&code=evil&iss=evil")
		if code == "" {
			t.Fatal("no code")
		}
		for _, mode := range []string{"query", "fragment", "form_post"} {
			for _, more := range [][]string{nil, {"prompt", "none login"}} {
				a := b.authorize(append(more, "client_id", "spa", "redirect_uri", spaURI, "state", "a&code=evil&iss=evil",
					"response_mode", mode)...)
				sent := a.location().Query()
				switch mode {
				case "fragment":
					_, text, _ := strings.Cut(a.header.Get("Location"), "#")
					sent, _ = url.ParseQuery(text)
				case "form_post":
					_, sent = formOf(t, a)
				}
				for name, values := range sent {
					if len(values) != 1 {
						t.Errorf("%s: %s is %v", mode, name, values)
					}
				}
				if sent.Get("state") != "a&code=evil&iss=evil" || sent.Get("iss") != issuer ||
					sent.Has("code") == sent.Has("error") {
					t.Errorf("%s: %v", mode, sent)
				}
			}
		}
	})
}

func TestConformanceAttacksWithStolenGrants(t *testing.T) {
	w := newHouse(t)
	prove(t, "Z-04 T-07 R-02 D-08 whatever one application was given, no other can use", func(t *testing.T) {
		code := w.browser().code("ada@example.com")
		_, refresh := w.tokens("ada@example.com")
		device, user := w.device()
		w.browser().settle(user, "ada@example.com", "allow")
		w.addNative("tv")
		for _, thief := range []string{"spa", "tv", asReports, "other:others secret, long", asPayroll, "nobody", "reports"} {
			for kind, pairs := range map[string][]string{
				"authorization_code": {"code", code, "redirect_uri", appURI, "code_verifier", verifies43},
				"refresh_token":      {"refresh_token", refresh},
				deviceGrant:          {"device_code", device},
			} {
				for _, more := range [][]string{nil, {"client_id", "app"}} { // also pretending to be its owner
					if contains(thief, ":") == false && more != nil {
						continue // it would be the owner
					}
					a := w.token(thief, slices.Concat(pairs, more, []string{"grant_type", kind})...)
					if a.status < 400 || a.status >= 500 || a.json()["access_token"] != nil {
						t.Errorf("%s with a %s of the app got %d %s", thief, kind, a.status, a.body)
					}
				}
			}
		}
		if a := w.redeem(code); a.status != http.StatusOK {
			t.Errorf("the thieves spent the code: %s", a.body)
		}
		if a := w.refresh(refresh); a.status != http.StatusOK {
			t.Errorf("the thieves spent the refresh token: %s", a.body)
		}
		if a := w.poll(device); a.status != http.StatusOK {
			t.Errorf("the thieves spent the device code: %s", a.body)
		}
	})
	prove(t, "Z-05 no way around PKCE", func(t *testing.T) {
		for _, client := range [][]string{nil, {"client_id", "spa", "redirect_uri", spaURI},
			{"client_id", "reports", "redirect_uri", webURI}} {
			for _, pairs := range [][]string{{"code_challenge", ""}, {"code_challenge", "", "code_challenge_method", ""},
				{"code_challenge_method", ""},
				{"code_challenge_method", "plain"}, {"code_challenge", verifies43[:42]},
				{"code_challenge", verifies43 + "="}, {"code_challenge", " "}} {
				sentBack(t, w.browser().authorize(append(pairs, client...)...), "invalid_request")
			}
		}
		b := w.browser()
		for _, pairs := range [][]string{{"code_verifier", ""}, {"code_verifier", asking().Get("code_challenge")},
			{"code_verifier", verifies43 + "a"},
			{"code_verifier", strings.Repeat("a", 128)}, {"code_verifier", strings.ToLower(verifies43)}} {
			code := b.code("ada@example.com")
			form := []string{"grant_type", "authorization_code", "code", code, "redirect_uri", appURI}
			refused(t, w.token("app", append(form, pairs...)...), 400, "invalid_grant")
			refused(t, w.redeem(code), 400, "invalid_grant") // nobody tries verifiers one by one
		}
		injected := w.browser().code("mia@example.com", "code_challenge", strings.Repeat("A", 43))
		refused(t, w.redeem(injected), 400, "invalid_grant")
	})
	prove(t, "Z-06 T-12 D-07 of 200 at once, one", func(t *testing.T) {
		code := w.browser().code("ada@example.com")
		device, user := w.device()
		w.browser().settle(user, "ada@example.com", "allow")
		for name, redeem := range map[string]func() answer{
			"code": func() answer { return w.redeem(code) }, "device code": func() answer { return w.poll(device) },
		} {
			var all sync.WaitGroup
			var won, lost atomic.Int32
			for range 200 {
				all.Go(func() {
					switch a := redeem(); {
					case a.status == http.StatusOK:
						won.Add(1)
					case a.status == http.StatusBadRequest:
						lost.Add(1)
					default:
						t.Errorf("%s: got %d %s", name, a.status, a.body)
					}
				})
			}
			all.Wait()
			if won.Load() != 1 || lost.Load() != 199 {
				t.Errorf("%s: %d won, %d lost", name, won.Load(), lost.Load())
			}
		}
	})
}

func TestConformanceAttacksOnSteps(t *testing.T) {
	w := newHouse(t)
	prove(t, "Z-10 who is half signed in gets nowhere", func(t *testing.T) {
		b := w.browser()
		b.code("ada@example.com")
		for name, start := range map[string]string{
			"the password is asked for again": "/authorize?" + asking("prompt", "login").Encode(),
			"the sign-in is too old":          "/authorize?" + asking("max_age", "0").Encode(),
			"another account is to be chosen": "/authorize?" + asking("prompt", "select_account").Encode(),
		} {
			login := b.get(start)
			path := login.location().RequestURI()
			if login.location().Path != "/login" {
				t.Fatalf("%s: got %d to %s", name, login.status, path)
			}
			csrf := csrfOf(t, b.get(path))
			consent := strings.Replace(path, "/login", "/consent", 1)
			for what, a := range map[string]answer{
				"the consent page":    b.get(consent),
				"its form":            b.post(consent, url.Values{"csrf": {csrf}, "decision": {"allow"}}),
				"its form, empty":     b.post(consent, url.Values{"csrf": {csrf}}),
				"the sign-in without": b.post(path, url.Values{"csrf": {csrf}}),
				"the sign-in, wrong": b.post(path,
					url.Values{"csrf": {csrf}, "email": {"ada@example.com"}, "password": {"wrong"}}),
				"the sign-in as nobody":  b.post(path, url.Values{"csrf": {csrf}, "email": {""}, "password": {""}}),
				"the address once more":  b.get(start),
				"another browser's page": w.browser().get(path),
			} {
				if q := a.location().Query(); q.Has("code") || contains(a.body, `name="code"`) {
					t.Errorf("%s: %s gave a code: %d %s", name, what, a.status, a.header.Get("Location"))
				}
			}
		}
		fresh := w.browser() // which has begun to sign in, and no more
		fresh.get(fresh.authorize().location().RequestURI())
		for _, path := range []string{"/account", "/account/apps", "/account/password", "/account/apps/revoke",
			"/account/sessions/end", "/account/sessions/end-all"} {
			for method, a := range map[string]answer{"GET": fresh.get(path),
				"POST": fresh.post(path, url.Values{"csrf": {"x"}})} {
				if a.location().Path != "/login" && a.status != http.StatusMethodNotAllowed {
					t.Errorf("%s %s got %d %s", method, path, a.status, a.header.Get("Location"))
				}
			}
		}
		_, user := w.device()
		if a := fresh.enter(user); a.location().Path != "/login" {
			t.Errorf("/device got %d %s", a.status, a.header.Get("Location"))
		}
		sentBack(t, fresh.authorize("prompt", "none"), "login_required")
		challenged(t, fresh.get("/me"), 401, "")
	})
	prove(t, "Z-11 no step without the one before, nor twice", func(t *testing.T) {
		b := w.browser()
		login := b.authorize("client_id", "spa", "redirect_uri", spaURI)
		path := login.location().RequestURI()
		csrf := csrfOf(t, b.get(path))
		consent := strings.Replace(path, "/login", "/consent", 1)
		for what, a := range map[string]answer{
			"an empty form":     b.post(path, url.Values{}),
			"consent, skipping": b.post(consent, url.Values{"decision": {"allow"}}),
			"no interaction":    b.post("/consent", url.Values{"csrf": {csrf}, "decision": {"allow"}}),
			"a made-up one": b.post("/consent?interaction="+newSecret(),
				url.Values{"csrf": {csrf}, "decision": {"allow"}}),
			"another one's token": b.post(path,
				url.Values{"csrf": {csrfOf(t, b.get(b.authorize().location().RequestURI()))}, "email": {"ada@example.com"},
					"password": {password}}),
			"setup without a link": b.post("/setup",
				url.Values{"csrf": {csrf}, "name": {"E"}, "email": {"e@example.com"}, "password": {password}}),
			"setup with another one": b.post("/setup?token="+newSecret(),
				url.Values{"csrf": {csrf}, "name": {"E"}, "email": {"e@example.com"}, "password": {password}}),
		} {
			if a.status != http.StatusBadRequest && a.status != http.StatusForbidden || a.header.Get("Location") != "" {
				t.Errorf("%s got %d to %q", what, a.status, a.header.Get("Location"))
			}
		}
		a := b.signIn(login, "ada@example.com", password)
		decision := csrfOf(t, b.get(a.location().RequestURI()))
		if a := b.post(a.location().RequestURI(), url.Values{"csrf": {decision}}); a.location().Query().Has("code") {
			t.Error("an empty decision allows")
		}
		a = b.decide(a, "allow")
		if !a.location().Query().Has("code") {
			t.Fatalf("got %d %s", a.status, a.header.Get("Location"))
		}
		for what, again := range map[string]answer{
			"the decision": b.post(consent, url.Values{"csrf": {decision}, "decision": {"allow"}}),
			"the sign-in":  b.post(path, url.Values{"csrf": {csrf}, "email": {"ada@example.com"}, "password": {password}}),
		} {
			if again.status != http.StatusBadRequest || again.header.Get("Location") != "" {
				t.Errorf("%s again got %d to %q", what, again.status, again.header.Get("Location"))
			}
		}
	})
	prove(t, "Z-21 forms of other sites", func(t *testing.T) {
		b := w.browser()
		b.code("ada@example.com")
		attackers := csrfOf(t, w.browser().get("/device"))
		login := b.authorize("prompt", "login").location().RequestURI()
		toConsent := b.authorize("client_id", "other", "redirect_uri", webURI).location().RequestURI()
		link := "/setup?token=" + newSecret()
		for _, csrf := range []string{"", "x", attackers, csrfOf(t, b.get("/device"))[:10]} {
			for path, form := range map[string]url.Values{
				login: {"email": {"ada@example.com"},
					"password": {password}}, toConsent: {"decision": {"allow"}}, "/device": {"user_code": {"BBBB-BBBB"}},
				"/activate": {"user_code": {"BBBB-BBBB"}}, link: {"name": {"E"}},
				"/account/password":    {"current": {password}, "new": {"a new password"}, "again": {"a new password"}},
				"/account/apps/revoke": {"client_id": {"app"}}, "/account/sessions/end": {"session": {b.sessionOf()}},
				"/account/sessions/end-all":   {},
				"/login?return_to=%2Faccount": {"email": {"mia@example.com"}, "password": {password}},
			} {
				form.Set("csrf", csrf)
				if a := b.post(path, form); a.status != http.StatusForbidden || a.header.Get("Location") != "" ||
					len(a.header.Values("Set-Cookie")) > 0 {
					t.Errorf("%s with %q got %d to %q", path, csrf, a.status, a.header.Get("Location"))
				}
			}
			asks(t, b, b.post("/oidc/logout", url.Values{"csrf": {csrf}}))
		}
		if b.signedOut() || w.redeem(b.code("ada@example.com")).status != http.StatusOK {
			t.Error("something changed")
		}
	})
	prove(t, "Z-22 L-14 a planted session is nobody's", func(t *testing.T) {
		b := w.browser()
		planted := newSecret()
		b.client.Jar.SetCookies(mustURL(b.url),
			[]*http.Cookie{{Name: "__Host-" + sessionCookie, Value: planted, Path: "/", Secure: true}})
		before := b.cookies()
		a := b.signIn(b.authorize(), "ada@example.com", password)
		for _, set := range a.header.Values("Set-Cookie") {
			name, attributes, _ := strings.Cut(set, "=")
			for _, want := range []string{"Path=/", "HttpOnly", "Secure", "SameSite=Lax"} {
				if !contains(attributes, "; "+want) {
					t.Errorf("%s lacks %s", name, want)
				}
			}
			if !strings.HasPrefix(name, "__Host-") || contains(attributes, "Domain") {
				t.Errorf("the cookie is %s", set)
			}
		}
		first := b.cookies()
		b.signIn(b.authorize("prompt", "login"), "ada@example.com", password)
		second := b.cookies()
		b.post("/oidc/logout", url.Values{"csrf": {csrfOf(t, b.get("/oidc/logout"))}})
		for when, stolen := range map[string]map[string]string{"planted": before, "before the step-up": first,
			"before the end": second} {
			thief := w.browser()
			for name, value := range stolen {
				thief.client.Jar.SetCookies(mustURL(b.url),
					[]*http.Cookie{{Name: name, Value: value, Path: "/", Secure: true}})
			}
			sentBack(t, thief.authorize("prompt", "none"), "login_required")
			if stolen["__Host-"+sessionCookie] == "" {
				t.Errorf("%s: there is no cookie", when)
			}
		}
		if first["__Host-"+sessionCookie] == planted || first["__Host-"+sessionCookie] == second["__Host-"+sessionCookie] {
			t.Error("the cookie stays the same")
		}
	})
}

// cookies are those that this browser would send.
func (b *browser) cookies() map[string]string {
	all := map[string]string{}
	for _, c := range b.client.Jar.Cookies(mustURL(b.url)) {
		all[c.Name] = c.Value
	}
	return all
}

func TestConformanceAttacksOnPasswords(t *testing.T) {
	// tries sends wrong passwords to the sign-in page of the account, and gives the last answer.
	tries := func(b *browser, n int, emails ...string) (last answer) {
		csrf := csrfOf(b, b.get("/login?return_to=%2Faccount"))
		for i := range n {
			last = b.post("/login?return_to=%2Faccount",
				url.Values{"csrf": {csrf}, "email": {emails[i%len(emails)]}, "password": {fmt.Sprint("wrong ", i)}})
		}
		return last
	}
	right := func(b *browser, email string) int { return b.signIn(b.get("/account"), email, password).status }
	prove(t, "Z-12 one count, however the e-mail is written", func(t *testing.T) {
		w := newHouse(t)
		tries(w.browser(), failuresPerPair, "ada@example.com", "ADA@EXAMPLE.COM", " Ada@example.com ", "aDa@Example.Com\t")
		for _, email := range []string{"ada@example.com", "ADA@example.com", " ada@example.com"} {
			if got := right(w.browser(), email); got != http.StatusTooManyRequests {
				t.Errorf("%q got %d", email, got)
			}
		}
		if got := right(w.browser(), "mia@example.com"); got != http.StatusSeeOther {
			t.Errorf("somebody else got %d", got)
		}
	})
	prove(t, "Z-12 one count for signing in, stepping up and changing the password", func(t *testing.T) {
		w := newHouse(t)
		b := w.browser()
		b.visit("/account", "ada@example.com", password)
		for range failuresPerPair / 2 {
			b.send("/account/password", "current", "wrong", "new", "a new password", "again", "a new password")
			b.signIn(b.authorize("prompt", "login"), "ada@example.com", "wrong")
		}
		if a := b.send("/account/password", "current", password, "new", "a new password", "again", "a new password"); a.status != http.StatusTooManyRequests {
			t.Errorf("the change got %d", a.status)
		}
		if a := b.signIn(b.authorize("prompt", "login"), "ada@example.com", password); a.status != http.StatusTooManyRequests {
			t.Errorf("the step-up got %d", a.status)
		}
	})
	prove(t, "Z-12 Z-13 from many networks, without locking the person out where they are", func(t *testing.T) {
		w := newWorld(t) // which believes X-Forwarded-For
		if got := right(w.browser().from(home), "ada@example.com"); got != http.StatusSeeOther {
			t.Fatalf("at home: %d", got)
		}
		for i := range failuresPerPerson / 5 {
			tries(w.browser().from(fmt.Sprintf("198.51.100.%d", i)), 5, "ada@example.com")
			for range 5 {
				w.server.throttle.failed("nobody@example.com", fmt.Sprintf("198.51.101.%d", i), w.clock.now())
			}
		}
		for _, email := range []string{"ada@example.com", "nobody@example.com"} {
			if got := right(w.browser().from("192.0.2.77"), email); got != http.StatusTooManyRequests {
				t.Errorf("%s from anywhere got %d", email, got)
			}
		}
		if got := right(w.browser().from(home), "ada@example.com"); got != http.StatusSeeOther {
			t.Errorf("at home: %d", got)
		}
		w.clock.move(throttleWindow)
		if got := right(w.browser().from("192.0.2.77"), "ada@example.com"); got != http.StatusSeeOther {
			t.Errorf("later: %d", got)
		}
	})
	prove(t, "Z-12 an IPv6 network is one address", func(t *testing.T) {
		w := newWorld(t)
		for i := range failuresPerPair {
			tries(w.browser().from(fmt.Sprint(street, i+1)), 1, "ada@example.com")
		}
		if got := right(w.browser().from(street+"ffff"), "ada@example.com"); got != http.StatusTooManyRequests {
			t.Errorf("got %d", got)
		}
	})
	prove(t, "Z-12 many at once are hardly more", func(t *testing.T) {
		w := newHouse(t)
		var all sync.WaitGroup
		var tried atomic.Int32
		for range 100 {
			all.Go(func() {
				if tries(w.browser(), 1, "ada@example.com").status == http.StatusUnprocessableEntity {
					tried.Add(1)
				}
			})
		}
		all.Wait()
		if most := failuresPerPair + cap(w.server.hashing); int(tried.Load()) > most {
			t.Errorf("%d passwords were tried, want %d at most", tried.Load(), most)
		}
	})
	prove(t, "Z-36 no header makes somebody else of an attacker", func(t *testing.T) {
		w := newHouse(t)
		for i := range failuresPerPair {
			b := w.browser()
			b.client.Transport = claiming(fmt.Sprintf("203.0.113.%d", i))
			tries(b, 1, "ada@example.com")
		}
		b := w.browser()
		b.client.Transport = claiming("127.0.0.1")
		if got := right(b, "ada@example.com"); got != http.StatusTooManyRequests {
			t.Errorf("got %d", got)
		}
		if contains(w.log.String(), "203.0.113.") {
			t.Error("the log believes it too")
		}
	})
	prove(t, "Z-14 who is known here", func(t *testing.T) {
		w := newHouse(t)
		pages := []string{}
		for _, email := range []string{"ada@example.com", "nob@example.com"} {
			a := tries(w.browser(), 1, email)
			text := regexpToken.ReplaceAllString(strings.ReplaceAll(a.body, email, ""), "")
			pages = append(pages, fmt.Sprint(a.status, len(a.header["Set-Cookie"]), text))
		}
		if diff := cmp.Diff(pages[0], pages[1]); diff != "" {
			t.Errorf("a person: %s", diff)
		}
		for _, path := range []string{"/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/par",
			"/oauth/device/code"} {
			known, unknown := w.client(path, "payroll:wrong", "token", "x"), w.client(path, "nobody:wrong", "token", "x")
			if known.status != 401 || known.body != unknown.body || known.status != unknown.status ||
				known.header.Get("WWW-Authenticate") != unknown.header.Get("WWW-Authenticate") {
				t.Errorf("a client at %s: %d %s, %d %s", path, known.status, known.body, unknown.status, unknown.body)
			}
		}
		known, unknown := w.browser().authorize("redirect_uri", "https://evil.example/"), w.browser().authorize("client_id",
			"nobody")
		id := func(a answer) string { return strings.ReplaceAll(a.body, a.header.Get("Request-Id"), "") }
		if known.status != 400 || unknown.status != 400 || id(known) != id(unknown) {
			t.Error("the page for an unknown client differs from that for an unknown address")
		}
	})
}

// claiming makes requests say that they come from elsewhere, in every way that some server believed.
type claiming string

func (c claiming) RoundTrip(r *http.Request) (*http.Response, error) {
	for _, name := range []string{"X-Forwarded-For", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP", "X-Client-IP",
		"X-Appengine-Remote-Addr", "Fly-Client-IP"} {
		r.Header.Set(name, string(c))
	}
	r.Header.Set("Forwarded", "for="+string(c))
	return http.DefaultTransport.RoundTrip(r)
}

func TestConformanceAttacksWithText(t *testing.T) {
	w := newHouse(t)
	w.apply(NewClient{ID: "evil", Name: hostile, Type: "web", Secret: strings.Repeat("s", 20),
		RedirectURIs: []string{"https://app.example.com/cb"}, Scopes: []string{"openid"}})
	w.update("ada@example.com", "name", hostile)
	harmless := func(t *testing.T, name string, a answer) {
		t.Helper()
		if !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
			return
		}
		for _, found := range []string{"<script>alert", "<img src=x", "onerror=alert(1)>", `href="javascript:`,
			`action="javascript:`} {
			if contains(a.body, found) {
				t.Errorf("%s holds %s", name, found)
			}
		}
		policy := a.header.Get("Content-Security-Policy")
		if !contains(policy, "default-src 'none'") || contains(policy, "unsafe") ||
			a.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: the policy is %s", name, policy)
		}
	}
	prove(t, "Z-19 markup in everything that a page may show", func(t *testing.T) {
		b := w.browser()
		ofEvil := []string{"client_id", "evil", "redirect_uri", "https://app.example.com/cb", "scope", "openid"}
		login := b.authorize(append(ofEvil, "login_hint", hostile, "ui_locales", hostile, "state", hostile, "nonce",
			hostile, "prompt", "consent")...)
		page := b.get(login.location().RequestURI())
		if !contains(page.body, "alert(1)") {
			t.Error("the sign-in page doesn't show the hint, so it proves nothing")
		}
		harmless(t, "the sign-in page", page)
		harmless(t, "a failed sign-in", b.signIn(login, hostile, "wrong"))
		consent := b.signIn(login, "ada@example.com", password)
		page = b.get(consent.location().RequestURI())
		if !contains(page.body, "alert(1)") {
			t.Error("the consent page doesn't show the names, so it proves nothing")
		}
		harmless(t, "the consent page", page)
		sent := b.decide(consent, "allow")
		if sent.location().Query().Get("state") != hostile || contains(sent.header.Get("Location"), "<") {
			t.Errorf("the state came back as %s", sent.header.Get("Location"))
		}
		for name, a := range map[string]answer{
			"form_post": b.authorize(append(ofEvil, "response_mode", "form_post", "state", hostile)...),
			"form_post, an error": b.authorize(append(ofEvil, "response_mode", "form_post", "state", hostile, "scope",
				hostile)...),
			"web_message": b.authorize("client_id", "spa", "redirect_uri", spaURI, "response_mode", "web_message",
				"state", hostile, "prompt", "none"),
			"an unknown client":  b.authorize("client_id", hostile),
			"an unknown address": b.authorize("redirect_uri", "javascript:"+hostile),
			"a wrong parameter":  b.get("/authorize?" + url.Values{hostile: {hostile}}.Encode()),
			"the device page":    b.get("/device?user_code=" + url.QueryEscape(hostile)),
			"a wrong user code":  b.enter(hostile),
			"the account":        b.get("/account?done=" + url.QueryEscape(hostile)),
			"the apps":           b.get("/account/apps?done=" + url.QueryEscape(hostile)),
			"logout":             b.get(logoutOf("state", hostile, "client_id", "evil", "logout_hint", hostile)),
			"a failed logout":    b.get(logoutOf("client_id", hostile, "post_logout_redirect_uri", "javascript:"+hostile)),
			"the setup page":     b.get("/setup?token=" + url.QueryEscape(hostile)),
			"the own sign-in":    w.browser().get("/login?return_to=" + url.QueryEscape("javascript:"+hostile)),
			"nothing":            b.get("/" + url.PathEscape(hostile)),
			"a problem's page":   b.get("/problems/" + url.PathEscape(hostile)),
		} {
			harmless(t, name, a)
			if contains(a.body, "<script>alert") {
				t.Errorf("%s repeats it", name)
			}
		}
		for _, a := range []answer{w.token(asReports, "grant_type", hostile), w.token(hostile),
			w.client("/oauth/device/code", "app", "scope", hostile)} {
			for _, r := range fmt.Sprint(a.json()["error"], a.json()["error_description"]) {
				if r == '"' || r == '\\' || r < ' ' || r > '~' {
					t.Errorf("the description holds %q: %s", r, a.body)
				}
			}
		}
	})
	prove(t, "Z-20 lines and addresses in an e-mail address", func(t *testing.T) {
		for _, email := range []string{"a@example.com\r\nBcc: all@example.com", "<a>@example.com",
			"a@example.com, b@example.com", "Ada <a@example.com>", "a@exa mple.com", "a\x00@example.com"} {
			if wrong := (Directory{People: []NewPerson{{Email: email, Name: "A"}}}).Check(testScopes); len(wrong) == 0 {
				t.Errorf("%q can be registered", email)
			}
			if setupMistake("Rosa", email, password) == nil {
				t.Errorf("%q can be the first administrator's", email)
			}
		}
	})
	prove(t, "Z-23 A-25 nothing is fetched that a request names", func(t *testing.T) {
		var fetched atomic.Int32
		inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { fetched.Add(1) }))
		defer inside.Close()
		for _, name := range []string{"request_uri", "jwks_uri", "logo_uri", "registration", "request",
			"sector_identifier_uri", "client_uri"} {
			w.browser().authorize(name, inside.URL+"/x")
			w.browser().authorize("client_id", inside.URL+"/x", name, inside.URL+"/x")
			w.client("/oauth/par", "app", name, inside.URL+"/x", "redirect_uri", inside.URL)
			w.token(asPayroll, "grant_type", "client_credentials", name, inside.URL+"/x")
		}
		if fetched.Load() != 0 {
			t.Errorf("%d requests went out", fetched.Load())
		}
	})
	prove(t, "Z-38 no log holds what was typed or sent, right or wrong", func(t *testing.T) {
		secret := func(name string) string { return "very-secret-" + name + "-0123456789abcdefghijklmnopqrstuvwxyz" }
		b := w.browser()
		code := b.code("mia@example.com")
		other := w.browser()
		csrf := csrfOf(t, other.get("/login?return_to=%2Faccount"))
		other.post("/login?return_to=%2Faccount",
			url.Values{"csrf": {csrf}, "email": {secret("typed as e-mail")}, "password": {secret("password")}})
		other.signIn(other.authorize(), secret("e-mail"), secret("password"))
		w.token("payroll:"+secret("client"), "grant_type", "client_credentials")
		w.token("app", "grant_type", "authorization_code", "code", secret("code"), "code_verifier", secret("verifier"),
			"redirect_uri", appURI)
		w.redeem(code, "code_verifier", secret("verifier"))
		w.refresh(secret("refresh"))
		w.poll(secret("device"))
		w.client("/oauth/revoke", "app", "token", secret("revoked"))
		w.introspect(asPayroll, "token", secret("introspected"))
		w.token("", "grant_type", "client_credentials", "client_assertion_type", jwtAssertion, "client_assertion",
			secret("assertion"))
		w.ask("GET", "/me", secret("bearer"))
		w.ask("GET", "/me?access_token="+secret("query"), "")
		w.browser().get("/setup?token=" + secret("setup"))
		w.browser().get(logoutOf("id_token_hint", secret("hint")))
		w.browser().get("/consent?interaction=" + secret("interaction"))
		w.browser().enter(secret("user code"))
		access, refresh := w.tokens("mia@example.com")
		log := w.log.String()
		if len(log) < 1000 {
			t.Fatalf("there is nothing to search: %s", log)
		}
		for _, found := range []string{"very-secret", code, access, refresh, password, csrf,
			b.cookies()["__Host-"+sessionCookie]} {
			if contains(log, found) {
				t.Errorf("the log holds %.30s…: %.300s", found, log[strings.Index(log, found)-100:])
			}
		}
	})
}

func TestConformanceAttacksByLoad(t *testing.T) {
	holds(t, "Z-30")
	w := newHouse(t)
	handler := w.http.Config.Handler
	for range cap(w.server.hashing) { // whoever hashed now would have to wait
		w.server.hashing <- struct{}{}
	}
	deep := `{"grant_type":"client_credentials","x":` + strings.Repeat("[", 30_000)
	for name, c := range map[string]struct{ path, kind, body string }{
		"a body without end": {"/oauth/token", "application/x-www-form-urlencoded", "a=" + strings.Repeat("a", 1<<20)},
		"100,000 scopes": {"/oauth/token", "application/x-www-form-urlencoded",
			"grant_type=client_credentials&client_id=payroll&scope=" + strings.Repeat("a+", 30_000)},
		"10,000 parameters": {"/oauth/token", "application/x-www-form-urlencoded", strings.Repeat("a=1&", 10_000)},
		"deep JSON":         {"/oauth/token", "application/json", deep},
		"a long password": {"/login?return_to=%2Faccount", "application/x-www-form-urlencoded",
			"email=ada@example.com&password=" + strings.Repeat("p", 60_000)},
		"a long assertion": {"/oauth/token", "application/x-www-form-urlencoded",
			"client_assertion_type=" + url.QueryEscape(jwtAssertion) + "&client_assertion=" + strings.Repeat(".", 60_000)},
		"an encrypted assertion": {"/oauth/token", "application/x-www-form-urlencoded",
			"client_assertion_type=" + url.QueryEscape(jwtAssertion) + "&client_assertion=eyJhbGciOiJQQkVTMi1IUzI1NitBMTI4S1ciLCJwMmMiOjIxNDc0ODM2NDd9.a.b.c.d"},
		"a long token": {"/oauth/introspect", "application/x-www-form-urlencoded",
			"client_id=payroll&client_secret=payroll+secret,+long&token=" + strings.Repeat(".", 60_000)},
		"a long user code": {"/device", "application/x-www-form-urlencoded",
			"user_code=" + strings.Repeat("B", 60_000)},
		"a long request": {"/authorize", "application/x-www-form-urlencoded",
			asking("scope", strings.Repeat("openid ", 8000)).Encode()},
		"a long hint": {"/authorize", "application/x-www-form-urlencoded",
			asking("id_token_hint", strings.Repeat(".", 15_000)).Encode()},
		"long claims": {"/authorize", "application/x-www-form-urlencoded",
			asking("claims", strings.Repeat("[", 15_000)).Encode()},
	} {
		r := httptest.NewRequest("POST", issuer+c.path[1:], stringsReader(c.body))
		r.Header.Set("Content-Type", c.kind)
		rw, began := httptest.NewRecorder(), time.Now()
		handler.ServeHTTP(rw, r)
		took := time.Since(began)
		if answered := rw.Code >= 400 && rw.Code < 500 || rw.Code == http.StatusSeeOther || rw.Code == http.StatusOK &&
			c.path == "/oauth/introspect"; !answered || took > time.Second {
			t.Errorf("%s got %d after %s: %s", name, rw.Code, took, rw.Body)
		}
	}
	for range cap(w.server.hashing) {
		<-w.server.hashing
	}
	access, _ := w.tokens("ada@example.com")
	for _, limit := range []string{"0", "-1", "201", "1000000000", "99999999999999999999", "1e3", "x"} {
		a := w.ask("GET", "/timesheets?limit="+limit, access)
		if a.status >= 500 || a.status == 200 && limit != "0" {
			t.Errorf("limit=%s got %d %s", limit, a.status, a.body)
		}
	}
	if long := strings.Repeat("p", maxPassword+1); passwordMistake(long) == nil {
		t.Error("a password may be of any length")
	}
}
