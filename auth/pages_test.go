package auth

import (
	"html"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
)

const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>{{.}}`

// hostilePages are all pages, full of what somebody might type to harm whoever reads them.
var hostilePages = map[string]any{
	"login.html": loginPage{App: hostile, Email: hostile, Alert: hostile, Action: "javascript:alert(1)//" + hostile, CSRF: hostile},
	"consent.html": consentPage{App: hostile, Initial: `"`, Person: hostile, Email: hostile, Host: hostile, CSRF: hostile, Widening: true,
		Action: "/consent?interaction=" + hostile, Scopes: []consentScope{{Title: hostile, Detail: hostile, New: true}}},
	"notice.html": noticePage{Tone: hostile, Heading: hostile, Detail: hostile, Hint: hostile, ID: hostile, Link: "javascript:alert(1)", LinkText: hostile},
	"setup.html":  setupPage{Alert: hostile, Name: hostile, Email: hostile, Action: "/setup?token=" + hostile, CSRF: hostile},
}

func showHostile(t *testing.T, name string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	c, _ := gin.CreateTestContext(w)
	newTestServer(t).show(c, 200, name, "https://app.example.com", hostilePages[name])
	return w
}

func newTestServer(t *testing.T) *Server { return newWorld(t).server }

func TestWhatPeopleTypeStaysTextOnEveryPage(t *testing.T) {
	if len(hostilePages) != len(pages) {
		t.Fatalf("%d pages are tried, there are %d", len(hostilePages), len(pages))
	}
	for name := range pages {
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
func TestPagesNeedNoScriptAndNoInlineStyle(t *testing.T) {
	inline := regexp.MustCompile(`(?i)<script|<style|<[^>]+\s(style|on[a-z]+)\s*=|https?://`)
	names, err := pageFiles.ReadDir("pages")
	if err != nil || len(names) != len(pages)+1 {
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

func TestEveryPageIsProtected(t *testing.T) {
	for name := range pages {
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
	} {
		if got := formTarget(uri); got != want {
			t.Errorf("%s leads to %q, want %q", uri, got, want)
		}
	}
}
