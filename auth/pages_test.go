package auth

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"punchcard/auth/lang"
)

const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>{{.}}`

// shouted is hostile where a page says something.
var shouted = lang.Words{lang.Verbatim(hostile)}

const wrongPassword = "Wrong e-mail or password."

// hostilePages are all pages, full of what somebody might type to harm whoever reads them.
var hostilePages = map[string]any{
	"login.html": loginPage{App: hostile, Email: hostile, Alert: shouted, Action: "javascript:alert(1)//" + hostile, CSRF: hostile},
	"consent.html": consentPage{App: hostile, Initial: `"`, Person: hostile, Email: hostile, Host: hostile, CSRF: hostile, Widening: true,
		Device: &askingDevice{IP: hostile},
		Action: "/consent?interaction=" + hostile, Scopes: []consentScope{{Name: hostile, Title: hostile, Detail: hostile, New: true}}},
	"device.html":  devicePage{Code: hostile, Linked: true, Alert: shouted, Action: "javascript:alert(1)//" + hostile, CSRF: hostile},
	"notice.html":  noticePage{Tone: hostile, Name: hostile, Cause: shouted, Values: []any{"email", hostile}, ID: hostile, Link: "javascript:alert(1)", LinkName: hostile},
	"account.html": accountPage{Name: hostile, Email: hostile, Alert: shouted, Done: shouted, HasPassword: true, Session: hostile, CSRF: hostile},
	"apps.html": appsPage{Done: shouted, CSRF: hostile,
		Apps: []grantedApp{{ID: hostile, Name: hostile, Initial: `"`, Scopes: []Scope{{Name: hostile, Title: hostile}}, Since: &moment{hostile, shouted},
			LastUsed: &moment{hostile, shouted}, ByAdmin: true}},
		Sessions: []sessionRow{{ID: hostile, Device: shouted, IP: hostile, SignedIn: &moment{hostile, shouted}, Seen: &moment{hostile, shouted}, This: true}}},
	"reset.html":  resetPage{Email: hostile, Alert: shouted, Action: "/reset-password?ticket=" + hostile, CSRF: hostile},
	"logout.html": logoutPage{App: hostile, Person: hostile, Email: hostile, Fields: url.Values{hostile: {hostile}}, CSRF: hostile},
	"setup.html":  setupPage{Alert: shouted, Name: hostile, Email: hostile, Action: "/setup?token=" + hostile, CSRF: hostile},
}

func showHostile(t *testing.T, name string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	c, _ := gin.CreateTestContext(w)
	c.Request = httptest.NewRequest("GET", "/", nil)
	newTestServer(t).show(c, 200, name, "https://app.example.com", hostilePages[name])
	return w
}

func newTestServer(t *testing.T) *Server { return newWorld(t).server }

func TestWhatPeopleTypeStaysTextOnEveryPage(t *testing.T) {
	if len(hostilePages) != len(pages["en"]) {
		t.Fatalf("%d pages are tried, there are %d", len(hostilePages), len(pages["en"]))
	}
	for name := range pages["en"] {
		t.Run(name, func(t *testing.T) {
			body := showHostile(t, name).Body.String()
			if !contains(html.UnescapeString(body), "alert(1)</script>") {
				t.Fatal("the page doesn't show what was typed, so this proves nothing")
			}
			for _, found := range []string{"<script", "<img", `="javascript:`} {
				if contains(strings.ToLower(body), found) {
					t.Errorf("the page holds %s", found)
				}
			}
		})
	}
}

// The policy that pages are sent with would break them otherwise.
func TestConformancePagesNeedNoScriptAndNoInlineStyle(t *testing.T) {
	holds(t, "A-54")
	inline := regexp.MustCompile(`(?i)<script|<style|<[^>]+\s(style|on[a-z]+)\s*=|https?://`)
	names, err := pageFiles.ReadDir("pages")
	if err != nil || len(names) != len(pages["en"])+1 {
		t.Fatal(err, len(names))
	}
	for _, entry := range names {
		text, err := pageFiles.ReadFile("pages/" + entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		if found := inline.Find(text); found != nil {
			t.Errorf("%s holds %s", entry.Name(), found)
		}
	}
}

func TestConformanceEveryPageIsProtected(t *testing.T) {
	holds(t, "A-53", "A-54")
	for name := range pages["en"] {
		h := showHostile(t, name).Header()
		for header, want := range map[string]string{
			"X-Frame-Options": "DENY", "Cache-Control": "no-store", "Pragma": "no-cache", "X-Content-Type-Options": "nosniff",
			"Referrer-Policy": "same-origin", "Content-Type": "text/html; charset=utf-8",
		} {
			if h.Get(header) != want {
				t.Errorf("%s: %s is %q", name, header, h.Get(header))
			}
		}
		for _, rule := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self' https://app.example.com;"} {
			if !contains(h.Get("Content-Security-Policy"), rule) {
				t.Errorf("%s: the policy lacks %s", name, rule)
			}
		}
	}
}

func TestWhereAFormMayLead(t *testing.T) {
	for uri, want := range map[string]string{
		"https://app.example.com/cb?x=1":   "https://app.example.com",
		"http://127.0.0.1:8080/cb":         "http://127.0.0.1:8080",
		"http://[::1]:8080/cb":             "http:",
		"com.example.app:/callback":        "com.example.app:",
		"https://app.example.com:8443/a;b": "https://app.example.com:8443",
		"":                                 "",
	} {
		if got := formTarget(uri); got != want {
			t.Errorf("%s leads to %q, want %q", uri, got, want)
		}
	}
}

func TestAFormsTargetCannotAddToThePolicy(t *testing.T) {
	for _, target := range []string{"https://a;script-src", "https://a script-src", "https://a,default-src"} {
		h := http.Header{}
		PageHeaders(h, target)
		if policy := h.Get("Content-Security-Policy"); contains(policy, "https://a") || contains(policy, "script-src") {
			t.Errorf("%s made the policy %s", target, policy)
		}
	}
}

// pageText is a page as the template has it, with the white space made one.
func pageText(t *testing.T, name string, data any) string {
	t.Helper()
	var text strings.Builder
	err := pages["en"][name].ExecuteTemplate(&text, "layout.html", struct {
		Assets string
		Page   any
	}{"/a/0", data})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(text.String()), " ")
}

func TestConsentTellsNewFromAllowedBefore(t *testing.T) {
	see, file := consentScope{Title: "See hours"}, consentScope{Title: "File hours", New: true}
	const added, before = "New, on top of what you allowed before", "Allowed before"
	for what, c := range map[string]struct {
		page          consentPage
		shown, absent []string // shown in this order
	}{
		"the first time": {consentPage{App: "Planner", Scopes: []consentScope{see}},
			[]string{"<bdi><b>Planner</b></bdi> asks for access", "See hours"}, []string{added, before}},
		"more": {consentPage{App: "Planner", Widening: true, Scopes: []consentScope{see, file}},
			[]string{"asks for more access", added, "File hours", before, "See hours"}, nil},
		"other than before": {consentPage{App: "Planner", Widening: true, Scopes: []consentScope{file}},
			[]string{"asks for more access", added, "File hours"}, []string{before}},
		"the same again": {consentPage{App: "Planner", Widening: true, Scopes: []consentScope{see}},
			[]string{"asks for access", "All of this you allowed before", "See hours"}, []string{added, "more access"}},
	} {
		text := pageText(t, "consent.html", c.page)
		rest := text
		for _, want := range c.shown {
			_, after, found := strings.Cut(rest, want)
			if !found {
				t.Errorf("%s: %q is not shown where it should be in %s", what, want, text)
				break
			}
			rest = after
		}
		for _, unwanted := range c.absent {
			if contains(text, unwanted) {
				t.Errorf("%s: %q is shown", what, unwanted)
			}
		}
	}
}

func TestTheFirstEmptyFieldIsReady(t *testing.T) {
	focused := regexp.MustCompile(`<input id="([a-z]+)"[^>]* autofocus[ >]`)
	for want, page := range map[string]struct {
		name string
		data any
	}{
		"email of login":    {"login.html", loginPage{}},
		"password of login": {"login.html", loginPage{Email: "ada@example.com", Alert: lang.Words{"pages.login.wrong"}}},
		"name of setup":     {"setup.html", setupPage{Email: "ada@example.com"}},
		"email of setup":    {"setup.html", setupPage{Name: "Ada"}},
		"password of setup": {"setup.html", setupPage{Name: "Ada", Email: "ada@example.com"}},
	} {
		found := focused.FindAllStringSubmatch(pageText(t, page.name, page.data), -1)
		if len(found) != 1 || !strings.HasPrefix(want, found[0][1]+" ") {
			t.Errorf("%s: got %v", want, found)
		}
	}
}

func TestLabelsAndDescriptionsPointAtWhatIsThere(t *testing.T) {
	reference := regexp.MustCompile(` (?:for|aria-describedby|aria-labelledby)="([^"]+)"`)
	seen := 0
	for name, data := range hostilePages {
		text := pageText(t, name, data)
		for _, m := range reference.FindAllStringSubmatch(text, -1) {
			for id := range strings.FieldsSeq(m[1]) {
				if seen++; strings.Count(text, ` id="`+id+`"`) != 1 {
					t.Errorf("%s: %s points at no element, or at several", name, m[0])
				}
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d were looked at", seen)
	}
}
