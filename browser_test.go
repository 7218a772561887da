//go:build browser

package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// These tests drive a real Chromium. They also need axe-core, which npm ci puts under .ci/clients. With PUNCHCARD_SHOTS
// set, a picture of every page is left in that folder.

// startChromium gives the browser that all tests share, each with profiles of its own. It fails where there is none.
func startChromium(t *testing.T) context.Context {
	t.Helper()
	ctx, err := chromium()
	if err != nil {
		t.Fatal(err)
	}
	return ctx
}

var chromium = sync.OnceValues(func() (context.Context, error) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return nil, err
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-background-networking", true))...)
	ctx, quit := chromedp.NewContext(allocator)
	afterTests = append(afterTests, func() { quit(); stop() })
	return ctx, chromedp.Do(ctx)
})

// tab is a page in a browser profile of its own. What its console complains of fails the test.
type tab struct {
	*testing.T
	ctx context.Context
}

func openTab(t *testing.T, chromium context.Context) tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext())
	ctx, stop := context.WithTimeout(ctx, 30*time.Second)
	p := tab{t, ctx}
	p.do()
	console, done := chromedp.Console(ctx), make(chan struct{})
	go func() {
		defer close(done)
		for m, err := range console {
			if err != nil {
				return
			}
			// Chromium calls it an error when a page comes with a status from 400 on, which some of ours rightly do.
			// Nor can it be quiet where there is no network, or a test has the server be unavailable or break off.
			expected := strings.Contains(m.Text, "the server responded with a status of 4") || strings.Contains(m.Text, "a status of 503") ||
				strings.Contains(m.Text, "net::ERR_INTERNET_DISCONNECTED") || strings.Contains(m.Text, "net::ERR_EMPTY_RESPONSE")
			if (m.IsException() || m.Type == "error") && !expected {
				t.Errorf("console: %s", m)
			}
		}
	}()
	t.Cleanup(func() { stop(); cancel(); <-done })
	return p
}

func (p tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.Fatal(err)
	}
}

func evaluate[T any](p tab, script string) T {
	p.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatal(err)
	}
	return v
}

// submit presses a button and waits for the page that comes.
func (p tab) submit(button string) {
	p.Helper()
	if _, err := chromedp.RunResponse(p.ctx, chromedp.Click(chromedp.CSS(button))); err != nil {
		p.Fatal(err)
	}
}

func (p tab) fill(pairs ...string) {
	p.Helper()
	for i := 0; i < len(pairs); i += 2 {
		p.do(chromedp.SetValue(chromedp.CSS(pairs[i]), pairs[i+1]))
	}
}

// looksRight holds a page against what every page must be, and takes its picture.
func (p tab) looksRight(name string) {
	p.Helper()
	evaluate[bool](p, `document.fonts.ready.then(() => true)`)
	if over := evaluate[int](p, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
		p.Errorf("%s is %d px wider than the window", name, over)
	}
	if n := evaluate[int](p, `document.scripts.length + document.querySelectorAll("[style]").length`); n > 0 {
		p.Errorf("%s has %d scripts or inline styles", name, n)
	}
	if font := evaluate[bool](p, `document.fonts.check("16px Inter") && [...document.fonts].some(f => f.status === "loaded")`); !font {
		p.Errorf("%s is shown without its font", name)
	}
	p.lookedAt(name, chromedp.FullScreenshot(100))
}

// lookedAt has axe look at a page and takes its picture; in the other scheme too where the name says in which this is.
func (p tab) lookedAt(name string, picture chromedp.Action[[]byte]) {
	p.Helper()
	p.axe(name, "{}")
	p.shoot(name, picture)
	for scheme, other := range map[string]string{"light": "dark", "dark": "light"} {
		before, width, found := strings.Cut(name, "-"+scheme+"-")
		if !found {
			continue
		}
		name := before + "-" + other + "-" + width
		p.scheme(other)
		p.axe(name, `{runOnly: ["color-contrast"]}`)
		p.shoot(name, picture)
		p.scheme(scheme)
	}
}

func (p tab) shoot(name string, picture chromedp.Action[[]byte]) {
	p.Helper()
	folder := os.Getenv("PUNCHCARD_SHOTS")
	if folder == "" {
		return
	}
	shot, err := chromedp.Run(p.ctx, picture)
	if err != nil {
		p.Fatal(err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		p.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), shot, 0o644); err != nil {
		p.Fatal(err)
	}
}

// axe fails the test for whatever axe-core finds.
func (p tab) axe(name, options string) {
	p.Helper()
	if !evaluate[bool](p, "!!window.axe") {
		script, err := os.ReadFile(".ci/clients/node_modules/axe-core/axe.min.js")
		if err != nil {
			p.Fatal(err)
		}
		p.do(chromedp.Evaluate[chromedp.Void](string(script) + "; void 0"))
	}
	for _, violation := range evaluate[[]string](p, `axe.run(`+options+`).then(r => r.violations.map(v => v.impact + " " + v.id + ": " + v.nodes[0].html))`) {
		p.Errorf("%s: axe: %s", name, violation)
	}
}

type view struct {
	scheme string
	width  int64
}

// views are what pages are looked at in, and in the other scheme as well.
var views = []view{{"light", 1280}, {"light", 820}, {"dark", 390}, {"light", 360}}

func (p tab) as(v view) {
	p.Helper()
	p.do(chromedp.EmulateViewport(v.width, 844))
	p.scheme(v.scheme)
}

func (p tab) scheme(scheme string) {
	p.Helper()
	params := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, params); err != nil {
		p.Fatal(err)
	}
	evaluate[bool](p, `document.getAnimations().forEach(a => a instanceof CSSTransition && a.finish()), true`) // colours change slowly
}

// phoneApp is where the phone app waits for its code, as RFC 8252 §7.3 has it.
func phoneApp(t *testing.T) (redirectURI string, codes <-chan url.Values) {
	answers := make(chan url.Values, 1)
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/callback" {
			answers <- r.URL.Query()
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<!doctype html><link rel="icon" href="data:,"><title>App</title>You can close this window.`)
	}))
	t.Cleanup(app.Close)
	return app.URL + "/callback", answers
}

func TestBrowserSignsInConsentsAndReturnsToTheApp(t *testing.T) {
	chromium := startChromium(t)
	for _, v := range views {
		t.Run(fmt.Sprintf("%s %d", v.scheme, v.width), func(t *testing.T) {
			issuer := exampleServer(t)
			redirectURI, codes := phoneApp(t)
			p := openTab(t, chromium)
			p.as(v)
			suffix := fmt.Sprintf("-%s-%d", v.scheme, v.width)

			p.do(chromedp.Navigate(issuer))
			p.looksRight("home" + suffix)

			ask := url.Values{
				"response_type": {"code"}, "client_id": {"timesheets-mobile"}, "redirect_uri": {redirectURI}, "state": {"s"}, "prompt": {"consent"},
				"scope":          {"openid profile email offline_access read:timesheets create:timesheets approve:timesheets"},
				"code_challenge": {exampleChallenge}, "code_challenge_method": {"S256"},
			}
			p.do(chromedp.Navigate(issuer + "authorize?" + ask.Encode()))
			p.looksRight("login" + suffix)
			p.fill("#email", "mia@exampleco.com", "#password", "wrong")
			p.submit("button.primary")
			p.looksRight("login-wrong" + suffix)
			p.fill("#password", examplePassword)
			p.submit("button.primary")
			p.looksRight("consent" + suffix)
			consent := evaluate[string](p, "location.href")
			p.submit("button[value=allow]")
			select {
			case answer := <-codes:
				if answer.Get("code") == "" || answer.Get("state") != "s" || answer.Get("iss") != issuer {
					t.Errorf("the app was sent %v", answer)
				}
			case <-time.After(10 * time.Second):
				t.Error("the app was never called")
			}

			p.do(chromedp.Navigate(consent))
			p.looksRight("used" + suffix)
			ask.Set("redirect_uri", "https://evil.example/")
			p.do(chromedp.Navigate(issuer + "authorize?" + ask.Encode()))
			p.looksRight("error" + suffix)
		})
	}
}

func TestBrowserMakesTheFirstAdministrator(t *testing.T) {
	chromium := startChromium(t)
	for _, v := range views {
		t.Run(fmt.Sprintf("%s %d", v.scheme, v.width), func(t *testing.T) {
			h, _ := serveHouse(t, &provisioning{})
			link, err := h.auth.SetupLink(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			p := openTab(t, chromium)
			p.as(v)
			suffix := fmt.Sprintf("-%s-%d", v.scheme, v.width)
			p.do(chromedp.Navigate(link))
			p.looksRight("setup" + suffix)
			p.fill("#name", "Rosa <b>Root</b>", "#email", "rosa@example.com", "#password", "correct horse battery")
			p.submit("button.primary")
			p.looksRight("setup-done" + suffix)
			p.do(chromedp.Navigate(link))
			p.looksRight("setup-used" + suffix)
		})
	}
}

// grantApps lets two applications act for Ada, from two browsers, and gives the phone app its refresh token.
func grantApps(t *testing.T, issuer string) {
	t.Helper()
	ask := url.Values{
		"response_type": {"code"}, "client_id": {"reports"}, "redirect_uri": {"http://localhost:4000/callback"},
		"scope":          {"openid profile offline_access read:timesheets"},
		"code_challenge": {exampleChallenge}, "code_challenge_method": {"S256"},
	}
	signIn(t, issuer+"authorize?"+ask.Encode(), "ada@exampleco.com")
	const app, callback = "timesheets-mobile", "http://127.0.0.1/callback"
	ask.Set("client_id", app)
	ask.Set("redirect_uri", callback)
	ask.Set("scope", "openid profile email offline_access read:timesheets create:timesheets delete:timesheets")
	answer, err := http.PostForm(issuer+"oauth/token", url.Values{
		"grant_type": {"authorization_code"}, "client_id": {app}, "redirect_uri": {callback}, "code_verifier": {exampleVerifier},
		"code": {signIn(t, issuer+"authorize?"+ask.Encode(), "ada@exampleco.com").Get("code")},
	})
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatal(answer, err)
	}
	answer.Body.Close()
}

// at checks at which path the browser is, and says what its page tells.
func (p tab) at(path string) {
	p.Helper()
	if got := evaluate[string](p, "location.pathname"); got != path {
		p.Errorf("the page is %s, want %s", got, path)
	}
}

func (p tab) says(text string) {
	p.Helper()
	p.until(fmt.Sprintf("document.body.innerText.includes(%q)", text))
}

// stealRefreshToken has a refresh token of Ada's phone come again after its successor was used.
func stealRefreshToken(t *testing.T, issuer string) {
	t.Helper()
	app := adasPhone(issuer)
	stolen := app.signIn(t)
	second, err := app.refresh(t.Context(), stolen)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = app.refresh(t.Context(), second.RefreshToken); err != nil {
		t.Fatal(err)
	}
	if _, err = app.refresh(t.Context(), stolen); err == nil {
		t.Fatal("the first token was taken again")
	}
}

func TestBrowserShowsTheAccountAndSignsOut(t *testing.T) {
	chromium := startChromium(t)
	for _, v := range views {
		t.Run(fmt.Sprintf("%s %d", v.scheme, v.width), func(t *testing.T) {
			issuer := exampleServer(t)
			p := openTab(t, chromium)
			p.as(v)
			suffix := fmt.Sprintf("-%s-%d", v.scheme, v.width)

			p.do(chromedp.Navigate(issuer + "account/apps"))
			p.looksRight("account-login" + suffix)
			p.fill("#email", "ada@exampleco.com", "#password", examplePassword)
			p.submit("button.primary")
			p.at("/account/apps")
			p.looksRight("apps-none" + suffix)
			grantApps(t, issuer)
			p.do(chromedp.Navigate(issuer + "account/apps"))
			p.says("Clearview Reports")
			p.looksRight("apps" + suffix)
			p.submit("li:last-child > form[action='/account/sessions/end'] button")
			p.says("That session is signed out.")
			p.submit("button[aria-label$='Clearview Reports']")
			p.says("has no access any more")
			p.looksRight("apps-revoked" + suffix)

			p.do(chromedp.Navigate(issuer + "account"))
			p.looksRight("account" + suffix)
			stealRefreshToken(t, issuer)
			p.do(chromedp.Reload())
			p.says("was cut off from your account just now")
			p.looksRight("account-warned" + suffix)
			change := func(current string) {
				p.fill("#current", current, "#new", "a new password", "#again", "a new password")
				p.submit("form[action='/account/password'] button")
				p.at("/account" + map[bool]string{true: "/password"}[current != examplePassword])
			}
			change("wrong")
			p.looksRight("account-wrong" + suffix)
			change(examplePassword)
			p.says("Your password is changed.")
			p.looksRight("account-done" + suffix)

			p.do(chromedp.Navigate(issuer + "oidc/logout?client_id=reports"))
			p.looksRight("logout" + suffix)
			p.submit("button.primary")
			p.says("You are signed out")
			p.looksRight("logged-out" + suffix)
			p.do(chromedp.Navigate(issuer + "oidc/logout?id_token_hint=x"))
			p.looksRight("logout-wrong" + suffix)
		})
	}
}
