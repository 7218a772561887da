//go:build browser

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// openApp signs a person of ExampleCo in to the app and waits until the path is shown.
func openApp(t *testing.T, chromium context.Context, v view, issuer, email, path string) tab {
	t.Helper()
	p := openTab(t, chromium)
	p.as(v)
	p.do(chromedp.Navigate(issuer + strings.TrimPrefix(path, "/")))
	p.until(`location.pathname === "/login" && document.querySelector("#password")`)
	p.fill("#email", email, "#password", examplePassword)
	p.do(chromedp.Click(chromedp.CSS("button.primary")))
	where, err := url.Parse(path)
	if err != nil {
		t.Fatal(err)
	}
	p.until(fmt.Sprintf(`location.pathname === %q && document.querySelector(".bar") && !document.querySelector("main .loading")`, where.Path))
	return p
}

// until waits for what a script says to be so. It fails after ten seconds, and says what the page tells then.
func (p tab) until(script string) {
	p.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if so, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("!!("+script+")")); err == nil && so {
			return
		}
	}
	at, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string]("location.href + '\\n' + document.body.innerText.slice(0, 1500)"))
	p.Fatalf("it never came to this: %s\nthe page is %s", script, at)
}

// click waits for an element, and clicks on it.
func (p tab) click(css string) {
	p.Helper()
	p.until(fmt.Sprintf("document.querySelector(%q) && !document.querySelector(%[1]q).disabled", css))
	p.do(chromedp.Click(chromedp.CSS(css)))
}

// inApp runs a script with the app's own client of the API, and gives what it returns.
func inApp[T any](p tab, script string) T {
	p.Helper()
	text := evaluate[string](p, `(async () => { const base = document.querySelector('script[src$="main.js"]').src.replace("main.js", "");
		const api = await import(base + "lib/api.js");
		try { return JSON.stringify(await (async () => { `+script+` })() ?? null); } catch (e) { return "failed: " + e.message + JSON.stringify(e.body ?? e.stack); } })()`)
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		p.Fatal(text)
	}
	return v
}

// press types a key, as "Enter", with those that are held down: press("Control", "z").
func (p tab) press(keys ...string) {
	p.Helper()
	last := keys[len(keys)-1]
	script := fmt.Sprintf(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: %q, bubbles: true, cancelable: true,
		ctrlKey: %t, shiftKey: %t, altKey: %t}))`, last, holds(keys, "Control"), holds(keys, "Shift"), holds(keys, "Alt"))
	evaluate[bool](p, script)
}

func holds(keys []string, key string) bool {
	for _, k := range keys[:len(keys)-1] {
		if k == key {
			return true
		}
	}
	return false
}

// fits holds a view of the app against what every one must be, and takes its picture.
func (p tab) fits(name string) {
	p.Helper()
	evaluate[bool](p, `document.fonts.ready.then(() => true)`)
	evaluate[bool](p, `Promise.allSettled(document.getAnimations().filter((a) => a.effect.getComputedTiming().iterations < 9).map((a) => a.finished)).then(() => true)`)
	if over := evaluate[int](p, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
		p.Errorf("%s is %d px wider than the window", name, over)
	}
	picture := chromedp.FullScreenshot(100)
	if evaluate[bool](p, `!!document.querySelector("dialog[open]")`) { // what lies behind it can't be scrolled to
		picture = chromedp.CaptureScreenshot()
	}
	p.lookedAt(name, picture)
}

func TestBrowserSignsInToTheAppAndOut(t *testing.T) {
	chromium := startChromium(t)
	issuer := exampleServer(t)
	p := openApp(t, chromium, views[0], issuer, "ada@exampleco.com", "/app/reports")
	p.says("Reports")

	// What a script that gets hold of the browser's database can take away.
	const stored = `new Promise((ok) => { const r = indexedDB.open("punchcard"); r.onsuccess = () => {
		const s = r.result.transaction("session").objectStore("session"), keys = s.getAllKeys(), values = s.getAll();
		values.onsuccess = () => ok(JSON.stringify(keys.result.map((k, i) => [k, values.result[i]?.privateKey?.extractable ?? typeof values.result[i]]))); } })`
	if got, want := evaluate[string](p, stored), `[["hint","string"],["key",false],["refresh-timesheets","string"],["sub","string"]]`; got != want {
		t.Errorf("the browser keeps %s, want %s", got, want)
	}
	if kept := evaluate[int](p, `Object.keys(localStorage).filter(k => k !== "hues").length + sessionStorage.length`); kept != 0 {
		t.Errorf("%d things lie where any script reads them", kept)
	}
	p.do(chromedp.Reload())
	p.until(`document.querySelector(".bar")`)
	p.at("/app/reports")

	p.do(chromedp.Click(chromedp.CSS(".avatar")))
	p.do(chromedp.Click(chromedp.CSS("#account-menu > button")))
	p.until(`location.pathname === "/login"`)
	if got := evaluate[string](p, stored); got != "[]" && !strings.HasPrefix(got, `[["key",false]`) {
		t.Errorf("after signing out the browser keeps %s", got)
	}
}

// zoomed is a window of 1280 by 800 at 200 %, which has half of that to show (WCAG 1.4.10).
func (p tab) zoomed() {
	p.Helper()
	p.do(chromedp.EmulateViewport(640, 400, chromedp.EmulateScale(2)))
}

func TestBrowserFitsAtTwiceTheSize(t *testing.T) {
	chromium, issuer := startChromium(t), exampleServer(t)
	p := openApp(t, chromium, views[0], issuer, "ada@exampleco.com", "/app/")
	p.zoomed()
	p.line("Review")
	p.chip("Review", 1)
	p.saved()
	p.fits("zoom-week")
	p.click(".phone-week .day-list > header .btn")
	p.until(`document.querySelector("dialog[open] .line")`)
	p.fits("zoom-lines")
	for _, page := range []struct{ email, path, name, shown string }{
		{"mia@exampleco.com", "/app/approvals", "approvals", "main .page"}, {"mia@exampleco.com", "/app/reports", "reports", "main .page"},
		{"mia@exampleco.com", "/app/notifications", "notifications", "main .page"}, {"grace@exampleco.com", "/app/admin", "admin", "main h1"},
	} {
		p := openApp(t, chromium, views[0], issuer, page.email, page.path)
		p.zoomed()
		p.until(fmt.Sprintf(`document.querySelector(%q) && !document.querySelector("main .loading")`, page.shown))
		p.fits("zoom-" + page.name)
	}
}

func TestBrowserSignsInAtTwiceTheSize(t *testing.T) {
	issuer := exampleServer(t)
	p := openTab(t, startChromium(t))
	p.zoomed()
	p.do(chromedp.Navigate(issuer + "account"))
	p.fits("zoom-login")
	p.fill("#email", "ada@exampleco.com", "#password", examplePassword)
	p.submit("button.primary")
	p.at("/account")
	p.fits("zoom-account")
	ask := url.Values{
		"response_type": {"code"}, "client_id": {"reports"}, "redirect_uri": {"http://localhost:4000/callback"},
		"scope": {"openid profile offline_access read:timesheets"}, "code_challenge": {exampleChallenge}, "code_challenge_method": {"S256"},
	}
	for name, path := range map[string]string{"zoom-consent": "authorize?" + ask.Encode(), "zoom-apps": "account/apps", "zoom-device": "device"} {
		p.do(chromedp.Navigate(issuer + path))
		p.fits(name)
	}
}
