package auth

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
)

// surface is a line of the house's route table, as its source has it.
type surface struct{ method, path, access string }

// scopes are those that let one in with an access token of the API, each by itself; none where no such token does.
func (r surface) scopes() (all []string) {
	if r.access == "identity" {
		return []string{"openid"}
	}
	if m := scopesOf.FindStringSubmatch(r.access); m != nil {
		all = slices.DeleteFunc(m[1:], func(scope string) bool { return scope == "" })
	}
	return all
}

var (
	routeLine   = regexp.MustCompile(`(?m)^\s*\{"([A-Z]+)", ("[^"]+"|importPath), ([^,]+), `)
	scopesOf    = regexp.MustCompile(`^scope\("([^"]+)"\)(?:\.or\("([^"]+)"\))?(?:\.fresh\(\))?$`)
	pathMembers = strings.NewReplacer(":id", "0199a5c2-7a30-7c1e-8f5b-1c2d3e4f5a6b", ":user", "0199a5c2-7a30-7c1e-8f5b-1c2d3e4f5a6b",
		":kid", "key_x", ":key", "KEY", ":name", "x", "*path", "x", ":date", "2026-03-04",
		"importPath", "/timesheets/import", `"`, "")
)

func surfaces(t *testing.T) (all []surface) {
	t.Helper()
	text, err := os.ReadFile("../web/routes.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range routeLine.FindAllStringSubmatch(string(text), -1) {
		all = append(all, surface{m[1], pathMembers.Replace(m[2]), m[3]})
	}
	if lines := strings.Count(string(text), "\t\t{\""); len(all) != lines || lines < 40 {
		t.Fatalf("%d of %d routes were read", len(all), lines)
	}
	return all
}

// public is what anybody may ask for: all of it is decided here, one by one.
var public = strings.Fields(`
	/authorize /oauth/token /oauth/revoke /oauth/par /oauth/device/code /oauth/introspect
	/.well-known/openid-configuration /.well-known/oauth-authorization-server /.well-known/jwks.json
	/.well-known/oauth-protected-resource /.well-known/oauth-protected-resource/x
	/oidc/logout /v2/logout /login /consent /device /activate /setup /reset-password /unsubscribe
	/ /app /app/x /sw.js /manifest.webmanifest /a/x /openapi.yaml /api/v2/openapi.yaml /problems/x /health`)

func TestConformanceEveryRouteIsGuarded(t *testing.T) {
	w := newHouse(t)
	routes := surfaces(t)
	timesheets, _ := w.tokens("root@example.com", "scope", allOfAPI)
	for _, r := range routes {
		if !slices.Contains([]string{"anyone", "signedIn"}, r.access) && !strings.HasPrefix(r.access, "manage(") && r.scopes() == nil {
			t.Fatalf("who may use %s %s isn't understood: %s", r.method, r.path, r.access)
		}
	}
	prove(t, "Z-27 nothing is open that wasn't meant to be", func(t *testing.T) {
		for _, r := range routes {
			name := r.method + " " + r.path
			switch a := w.ask(r.method, r.path, ""); {
			case r.access == "anyone":
				if !slices.Contains(public, r.path) {
					t.Errorf("%s is open to anyone: if that is meant, say so in this test", name)
				}
			case r.access == "signedIn":
				if a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/login?return_to=") {
					t.Errorf("%s got %d to %q", name, a.status, a.header.Get("Location"))
				}
			case strings.HasPrefix(r.access, "manage("):
				for _, a := range []answer{a, w.ask(r.method, r.path, "x"), w.ask(r.method, r.path, timesheets)} {
					if a.status != http.StatusUnauthorized || a.header.Get("WWW-Authenticate") == "" {
						t.Errorf("%s got %d %s", name, a.status, a.body)
					}
				}
			default:
				challenged(t, a, 401, "")
				challenged(t, w.ask(r.method, r.path, "x"), 401, "invalid_token")
				challenged(t, w.ask(r.method, r.path, "", "X-Original-URL", "/health", "X-HTTP-Method-Override", "GET",
					"X-Forwarded-For", "127.0.0.1"), 401, "")
			}
		}
		for _, path := range []string{"/debug/pprof/", "/debug/vars", "/metrics", "/admin", "/api", "/api/v1",
			"/.git/config", "/.env", "/actuator", "/status", "/swagger", "/graphql"} {
			if a := w.ask("GET", path, ""); a.status != http.StatusNotFound && a.status != http.StatusUnauthorized {
				t.Errorf("%s got %d", path, a.status)
			}
		}
	})
	prove(t, "Z-29 every route with every scope by every way to present a token", func(t *testing.T) {
		scopes := []string{"openid", "read:timesheets", "create:timesheets", "delete:timesheets", "approve:timesheets"}
		p := w.prover("ES256")
		b := w.browser()
		root := w.browser()
		plain, bound, admins := map[string]string{}, map[string]string{}, map[string]string{}
		for _, scope := range scopes {
			admins[scope] = w.redeem(root.code("root@example.com", "scope", scope)).json()["access_token"].(string)
			plain[scope] = w.redeem(b.code("mia@example.com", "scope", scope)).json()["access_token"].(string)
			bound[scope] = p.redeem(b.code("mia@example.com", "scope", scope)).json()["access_token"].(string)
		}
		tried := 0
		for _, r := range routes {
			ours := r.scopes()
			if ours == nil { // no token of this API lets anybody in there
				for _, scope := range scopes {
					if a := w.ask(r.method, r.path, plain[scope]); strings.HasPrefix(r.access, "manage(") &&
						a.status != http.StatusUnauthorized {
						t.Errorf("%s %s with %s: %d %s", r.method, r.path, scope, a.status, a.body)
					}
				}
				continue
			}
			for _, scope := range scopes {
				tried++
				byProof := w.ask(r.method, r.path, "", "Authorization", "DPoP "+bound[scope], "DPoP",
					p.proof(r.method, r.path[1:], bound[scope], nil, nil))
				for style, a := range map[string]answer{"Bearer": w.ask(r.method, r.path, plain[scope]), "DPoP": byProof} {
					if strings.Contains(a.body, `"detail":"only an administrator can `) { // so it is theirs to try
						a = w.ask(r.method, r.path, admins[scope])
					}
					if in := a.status != 401 && a.status != 403 && a.status < 500; in != slices.Contains(ours, scope) || !in &&
						a.status != 403 {
						t.Errorf("%s %s by %s with %s: %d %s", r.method, r.path, style, scope, a.status, a.body)
					}
				}
				query := r.path + "?access_token=" + plain[scope]
				for style, a := range map[string]answer{
					"Basic":       w.ask(r.method, r.path, "", "Authorization", "Basic "+plain[scope]),
					"the address": w.ask(r.method, query, ""),
					"a cookie":    w.ask(r.method, r.path, "", "Cookie", "access_token="+plain[scope]),
					"a session":   b.do(must(http.NewRequest(r.method, w.http.URL+r.path, nil))),
					"DPoP, unbound": w.ask(r.method, r.path, "", "Authorization", "DPoP "+plain[scope], "DPoP",
						p.proof(r.method, r.path[1:], plain[scope], nil, nil)),
					"Bearer, bound": w.ask(r.method, r.path, bound[scope]),
					"client credentials": w.ask(r.method, r.path, "", "Authorization",
						"Basic cGF5cm9sbDpwYXlyb2xsIHNlY3JldCwgbG9uZw=="),
				} {
					if a.status != 401 {
						t.Errorf("%s %s by %s with %s: %d %s", r.method, r.path, style, scope, a.status, a.body)
					}
				}
			}
		}
		if tried < 12*len(scopes) {
			t.Errorf("%d were tried", tried)
		}
	})
	prove(t, "Z-26 nothing tells a stored secret", func(t *testing.T) {
		b := w.browser()
		b.visit("/account", "root@example.com", password)
		issued := w.redeem(b.code("root@example.com", "scope", allOfAPI)).json()
		access, refresh := issued["access_token"].(string), issued["refresh_token"].(string)
		device, _ := w.device()
		secrets := []string{oneHash, "payroll secret, long", hashed("payroll secret, long"), refresh, hashed(refresh),
			hashed(device), password, "$argon2id$",
			`"d":`, hashed(b.cookies()["__Host-"+sessionCookie]), b.cookies()["__Host-"+sessionCookie], "PRIVATE KEY"}
		read := 0
		for _, r := range routes {
			if r.method != "GET" {
				continue
			}
			for _, a := range []answer{w.ask("GET", r.path, access), b.get(r.path)} {
				if a.status == http.StatusOK {
					read++
				}
				for i, secret := range secrets {
					if contains(html.UnescapeString(a.body), secret) {
						t.Errorf("%s tells secret %d", r.path, i)
					}
				}
			}
		}
		if read < 20 {
			t.Errorf("%d answers were read", read)
		}
	})
	prove(t, "Z-28 SQL in every parameter of every list", func(t *testing.T) {
		access, _ := w.tokens("ada@example.com")
		document, err := openapi3.NewLoader().LoadFromFile("../web/openapi.yaml")
		if err != nil {
			t.Fatal(err)
		}
		tried := 0
		for path, item := range document.Paths.Map() {
			if item.Get == nil || item.Get.Security == nil || len(*item.Get.Security) == 0 {
				continue
			}
			for _, parameter := range append(item.Get.Parameters, item.Parameters...) {
				for _, attack := range []string{"' OR '1'='1", "1; DROP TABLE users; --",
					"x') UNION SELECT password_hash FROM users --", "date; DELETE FROM users", "%27", "\\", "%", "_", "*", "\x00"} {
					at := path
					if parameter.Value.In == "query" {
						at += "?" + url.Values{parameter.Value.Name: {attack}}.Encode()
					} else {
						at = strings.ReplaceAll(at, "{"+parameter.Value.Name+"}", url.PathEscape(attack))
					}
					tried++
					if a := w.ask("GET", at, access); a.status >= 500 || contains(a.body, "argon2id") ||
						contains(strings.ToLower(a.body), "sqlite") {
						t.Errorf("%s got %d %s", at, a.status, a.body)
					}
				}
			}
		}
		var people int64
		if err := w.db.Read(t.Context()).Model(&Person{}).Count(&people).Error; err != nil || people != 4 || tried < 100 {
			t.Errorf("%d people are left after %d attacks, %v", people, tried, err)
		}
	})
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func TestConformanceWhatIsOthers(t *testing.T) {
	w := newHouse(t)
	project := w.project()
	entry := func(token, date string) string {
		t.Helper()
		a := w.send("POST", "/timesheets", token, fmt.Sprintf(`{"date":%q,"minutes":60,"project_id":%q}`, date, project))
		if a.status != http.StatusCreated {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		return a.json()["id"].(string)
	}
	maxes, _ := w.tokens("max@example.com", "scope", allOfAPI)
	adas, _ := w.tokens("ada@example.com", "scope", allOfAPI)
	prove(t, "Z-25 another person's ids lead nowhere", func(t *testing.T) {
		theirs := entry(maxes, "2026-01-05")
		entry(maxes, "2026-01-06")
		for method, path := range map[string]string{"GET": "", "DELETE": "", "PUT": "/submission", "PATCH": ""} {
			r := must(http.NewRequestWithContext(t.Context(), method, w.http.URL+"/timesheets/"+theirs+path,
				stringsReader(`{"minutes":1}`)))
			r.Header.Set("Authorization", "Bearer "+adas)
			r.Header.Set("If-Match", `"1"`)
			r.Header.Set("Content-Type", "application/json")
			if method == "GET" || method == "DELETE" || method == "PUT" {
				r.Body, r.ContentLength = http.NoBody, 0
			}
			if a := w.browser().do(r); a.status != http.StatusNotFound {
				t.Errorf("%s %s got %d %s", method, path, a.status, a.body)
			}
		}
		next := fmt.Sprint(w.ask("GET", "/timesheets?limit=1", maxes).header.Get("Link"))
		cursor := regexp.MustCompile(`cursor=([^&>]+)`).FindStringSubmatch(next)
		if cursor == nil {
			t.Fatalf("there is no further page: %s", next)
		}
		for _, forged := range []string{cursor[1], cursor[1][:len(cursor[1])-1], "A" + cursor[1][1:],
			strings.Repeat("A", 100), "WyIyMDI2LTAxLTAxIiwieCJd"} {
			if a := w.ask("GET", "/timesheets?limit=1&cursor="+forged, adas); a.status < 400 || a.status >= 500 {
				t.Errorf("a cursor of another's got %d %s", a.status, a.body)
			}
		}
		ada, max := w.browser(), w.browser()
		ada.visit("/account", "ada@example.com", password)
		max.visit("/account", "max@example.com", password)
		for _, a := range []answer{ada.send("/account/sessions/end", "session", max.sessionOf()),
			ada.send("/account/sessions/end", "session", "ses_x"),
			ada.send("/account/apps/revoke", "client_id", "reports"), ada.send("/account/apps/revoke", "client_id",
				"nobody")} {
			if a.status != http.StatusNotFound {
				t.Errorf("got %d %s", a.status, a.header.Get("Location"))
			}
		}
		asks(t, ada, ada.get(logoutOf("logout_hint", max.sessionOf())))
		if max.signedOut() || w.ask("GET", "/timesheets/"+theirs, maxes).status != http.StatusOK {
			t.Error("something of the other person is gone")
		}
	})
	prove(t, "Z-24 nobody makes more of themselves", func(t *testing.T) {
		before := func() (all []Person) {
			if err := w.db.Read(t.Context()).Order("id").Find(&all).Error; err != nil {
				t.Fatal(err)
			}
			for i := range all {
				all[i].PasswordHash, all[i].UpdatedAt = "", all[i].CreatedAt
			}
			return all
		}
		was := before()
		more := []string{"role", "admin", "roles", "admin", "email", "evil@example.com", "email_verified", "true",
			"is_admin", "true", "sub", "usr_x", "user_id", "usr_x",
			"manager_id", "", "blocked", "false", "name", "Root", "id", "usr_x"}
		b := w.browser()
		b.visit("/account", "ada@example.com", password)
		b.send("/account/password",
			append([]string{"current", password, "new", "a new password", "again", "a new password"}, more...)...)
		b.post("/login?return_to=%2Faccount&roles=admin", url.Values{"csrf": {"x"}, "roles": {"admin"}})
		adas, _ := tokensBy(w, b)
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
			if a := w.send(method, "/me", adas, `{"admin":true,"roles":["admin"],"email_verified":true,"sub":"usr_x"}`); a.status != http.StatusMethodNotAllowed {
				t.Errorf("%s /me got %d", method, a.status)
			}
		}
		w.send("POST", "/userinfo", adas, `{"email_verified":true}`)
		if diff := cmp.Diff(was, before()); diff != "" {
			t.Error(diff)
		}
		for _, body := range []string{`"state":"approved"`, `"approved_by":"usr_x"`, `"user_id":"` + was[0].ID + `"`,
			`"revision":7`, `"created_by":"usr_x"`, `"id":"x"`} {
			a := w.send("POST", "/timesheets", adas,
				fmt.Sprintf(`{"date":"2026-01-07","minutes":60,"project_id":%q,%s}`, project, body))
			if m := a.json(); a.status == http.StatusCreated &&
				(m["state"] != "draft" || m["user_id"] == was[0].ID || m["revision"] != 1.0 || m["id"] == "x" ||
					m["created_by"] == "usr_x") {
				if m["user_id"] == was[0].ID && claimsOf(t, adas)["sub"] == was[0].ID {
					continue // it is hers
				}
				t.Errorf("with %s got %s", body, a.body)
			}
		}
		var roles int64
		if err := w.db.Read(t.Context()).Model(&userRole{}).Count(&roles).Error; err != nil || roles != 4 {
			t.Errorf("%d roles, %v", roles, err)
		}
	})
}

// tokensBy are those of the person who is signed in in a browser.
func tokensBy(w *world, b *browser) (access, refresh string) {
	w.Helper()
	m := w.redeem(b.authorize("scope",
		allOfAPI[:len(allOfAPI)-len(" approve:timesheets")]).location().Query().Get("code")).json()
	access, _ = m["access_token"].(string)
	refresh, _ = m["refresh_token"].(string)
	return access, refresh
}
