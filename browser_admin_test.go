//go:build browser

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// markup is a name that is markup and quotes in every language that it might be taken for.
const markup = `<img src=x onerror=alert(1)>"'` + "`${1}</script> \\"

// enter writes into a field as a person does, so that the app hears of it.
func (p tab) enter(selector, text string) {
	p.Helper()
	p.until(fmt.Sprintf("document.querySelector(%q)", selector))
	p.perform(`const e = document.querySelector(%s); e.focus();
		Object.getOwnPropertyDescriptor(Object.getPrototypeOf(e), "value").set.call(e, %s); e.dispatchEvent(new Event("input", {bubbles: true}))`, selector, text)
}

// perform runs statements with values in them.
func (p tab) perform(statements string, values ...string) {
	p.Helper()
	quoted := make([]any, len(values))
	for i, value := range values {
		raw, _ := json.Marshal(value)
		quoted[i] = string(raw)
	}
	evaluate[bool](p, fmt.Sprintf("(() => {"+statements+"; return true })()", quoted...))
}

// push presses the first of those elements of the page that have the text; all do if it is empty.
func (p tab) push(selector, text string) {
	p.Helper()
	found, _ := json.Marshal(text)
	p.until(fmt.Sprintf(`[...document.querySelectorAll(%q)].some(e => !e.disabled && e.textContent.includes(%s))`, selector, found))
	p.perform(`[...document.querySelectorAll(%s)].find(e => !e.disabled && e.textContent.includes(%s)).click()`, selector, text)
}

// labelled is the selector of the input that a label of the words names.
func (p tab) labelled(label string) string {
	p.Helper()
	words, _ := json.Marshal(label)
	return "#" + evaluate[string](p, fmt.Sprintf(`[...document.querySelectorAll("main label[for], dialog label[for]")].find(l => l.textContent.trim().startsWith(%s)).htmlFor`, words))
}

// visit moves on within the app.
func (p tab) visit(path string) {
	p.Helper()
	p.perform(`const a = document.createElement("a"); a.href = %s; document.body.append(a); a.click(); a.remove()`, path)
	p.settled(path)
}

// settled waits until the page at the path shows what it loads.
func (p tab) settled(path string) {
	p.Helper()
	raw, _ := json.Marshal(path)
	p.until(fmt.Sprintf(`location.pathname + location.search === %s && document.querySelector("main h1") && !document.querySelector("main .loading, main .alert")`, raw))
}

func openAdmin(t *testing.T, chromium context.Context, v view, issuer, path string) tab {
	t.Helper()
	p := openApp(t, chromium, v, issuer, "grace@exampleco.com", strings.Split(path, "?")[0])
	p.until(`document.querySelector(".admin")`) // back from where the token for administration is given
	p.visit(path)
	return p
}

// madeApp reads the page of an application that was just made.
func (p tab) madeApp() (id, secret string) {
	p.Helper()
	p.until(`/applications\/./.test(location.pathname) && document.querySelector(".facts code")`)
	id = evaluate[string](p, `document.querySelector(".facts code").textContent`)
	secret = evaluate[string](p, `document.querySelector("[data-secret]")?.textContent ?? ""`)
	return id, secret
}

func TestBrowserAnAdministratorConnectsAMachine(t *testing.T) {
	chromium, issuer := startChromium(t), exampleServer(t)
	p := openAdmin(t, chromium, views[0], issuer, "/app/admin/applications?new=1")
	p.push("input[value=non_interactive]", "")
	p.until(`document.querySelector("main form")`)
	p.enter(p.labelled("Name"), markup)
	p.push(`input[value="read:timesheets"]`, "")
	p.push("main form button", "Create the application")
	id, secret := p.madeApp()
	if heading := evaluate[string](p, `document.querySelector("h1").textContent`); heading != markup {
		t.Errorf("the heading is %q", heading)
	}
	if secret == "" {
		t.Fatal("the secret isn't shown")
	}
	p.fits("admin-made-machine")
	if width := evaluate[float64](p, `document.querySelector(".snippet").getBoundingClientRect().width`); width < 700 {
		t.Errorf("the lines to copy have %v px of the page's width", width)
	}

	machine := clientcredentials.Config{ClientID: id, ClientSecret: secret, TokenURL: issuer + "oauth/token"}
	if answer, err := machine.Client(t.Context()).Get(issuer + "timesheets?limit=1"); err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("with the secret that was shown: %v %v", answer, err)
	}
	for library, run := range map[string][]string{"curl": {"sh", "-c"}, "openid-client": {"node", "--input-type=module", "-e"}} {
		p.push(".libraries button", library)
		p.until(fmt.Sprintf(`document.querySelector(".libraries [aria-pressed=true]").textContent === %q`, library))
		command := exec.CommandContext(t.Context(), run[0], append(run[1:], evaluate[string](p, `document.querySelector(".snippet code").textContent`))...)
		command.Dir = ".ci/clients"
		command.Env = append(os.Environ(), "NODE_OPTIONS=--no-warnings")
		if out, err := command.CombinedOutput(); err != nil || strings.Contains(string(out), "problems/") || strings.TrimSpace(string(out)) == "" {
			t.Errorf("the lines for %s: %v %s", library, err, out)
		}
	}

	p.push("button", "Give it a new secret")
	p.until(`document.querySelector("dialog")`)
	p.fits("admin-rotate")
	p.push("dialog input[type=checkbox]", "")
	p.push("dialog button", "Make a new secret")
	p.until(fmt.Sprintf(`!document.querySelector("dialog") && document.querySelector("[data-secret]").textContent !== %q`, secret))
	_, second := p.madeApp()
	for _, c := range []struct {
		secret string
		works  bool
	}{{second, true}, {secret, false}} {
		machine.ClientSecret = c.secret
		if _, err := machine.Token(t.Context()); (err == nil) != c.works {
			t.Errorf("after the rotation a secret of %d characters works: %t (%v)", len(c.secret), err == nil, err)
		}
	}

	p.visit("/app/admin/applications")
	p.visit("/app/admin/applications/" + url.PathEscape(id))
	if evaluate[bool](p, `!!document.querySelector("[data-secret]")`) {
		t.Error("the secret is shown again")
	}
	p.push("main button", "Delete the application")
	p.until(`document.querySelector("dialog")`)
	if !evaluate[bool](p, `document.querySelector("dialog .btn.bad").disabled`) {
		t.Error("it can be deleted without typing its name")
	}
	p.enter("[data-confirm]", markup)
	p.push("dialog .btn.bad", "Delete")
	p.settled("/app/admin/applications")
	if evaluate[bool](p, `document.body.innerText.includes("onerror")`) {
		t.Error("it is listed still")
	}
}

func TestBrowserAnAdministratorConnectsAWebApp(t *testing.T) {
	chromium, issuer := startChromium(t), exampleServer(t)
	p := openAdmin(t, chromium, views[0], issuer, "/app/admin/applications?new=1")
	p.push("input[value=regular_web]", "")
	p.until(`document.querySelector("#callbacks")`)
	p.enter(p.labelled("Name"), "Invoices")
	for wrong, says := range map[string]string{
		"http://app.example.com/callback": "must begin with https://", "https://app.example.com/#x": "fragment", "https://*.example.com/cb": "wildcards",
		"com.example.app:/callback": "native apps", "https://me@app.example.com/": "user before the host", "callback": "absolute", "https://a.example.com/?code=1": "named code",
		"https://ä.example.com/": "ASCII",
	} {
		p.enter("#callbacks", wrong)
		p.until(fmt.Sprintf(`document.querySelector("#callbacks-wrong").textContent.includes(%q)`, says))
	}
	p.fits("admin-new-wrong")
	p.push("main form button", "Create the application")
	p.until(`document.querySelector("main .alert")`)

	redirectURI, codes := phoneApp(t)
	p.enter("#callbacks", redirectURI)
	p.until(`!document.querySelector("#callbacks-wrong").textContent`)
	p.push(`input[value="read:timesheets"]`, "")
	p.push("main form button", "Create the application")
	id, secret := p.madeApp()
	p.fits("admin-made-web")

	app, verifier := oauth2.Config{ClientID: id, ClientSecret: secret, RedirectURL: redirectURI, Scopes: []string{"openid", "read:timesheets"},
		Endpoint: oauth2.Endpoint{AuthURL: issuer + "authorize", TokenURL: issuer + "oauth/token"}}, oauth2.GenerateVerifier()
	ada := openTab(t, chromium)
	ada.do(chromedp.Navigate(app.AuthCodeURL("s", oauth2.S256ChallengeOption(verifier))))
	ada.fill("#email", "ada@exampleco.com", "#password", examplePassword)
	ada.submit("button.primary")
	ada.says("Invoices")
	ada.submit("button[value=allow]")
	var answer url.Values
	select {
	case answer = <-codes:
	case <-time.After(10 * time.Second):
		t.Fatal("the app was never called")
	}
	tokens, err := app.Exchange(t.Context(), answer.Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := app.Client(t.Context(), tokens).Get(issuer + "timesheets?limit=1"); err != nil || got.StatusCode != http.StatusOK {
		t.Errorf("with its token: %v %v", got, err)
	}

	p.visit("/app/admin/logs?client=" + id)
	p.until(`document.querySelector("table").innerText.includes("Tokens for an authorization code")`)
	p.visit("/app/admin/logs?type=s&person=ada%40exampleco.com")
	p.until(`document.querySelectorAll("tbody tr").length === 1 && document.querySelector("tbody tr").innerText.includes("Ada Lovelace")`)
	p.push("tbody button", "Somebody signed in")
	p.until(`document.querySelector("dialog")?.innerText.includes("Ada")`)
	p.fits("admin-log-details")

	ada.do(chromedp.Navigate(issuer + "authorize?client_id=nobody"))
	shown := evaluate[string](ada, `document.querySelector("dl.id code").textContent`)
	p.visit("/app/admin/logs")
	p.enter("[data-log-id]", shown)
	p.push("main form button", "Search")
	p.until(fmt.Sprintf(`location.search.includes(%q) && document.querySelectorAll("tbody tr").length === 1`, shown))

	p.visit("/app/admin/applications/" + id)
	p.until(`document.querySelector("main").innerText.includes("1 permission")`)
	p.enter(p.labelled("Description"), "For the books")
	p.until(`(() => { const e = new Event("beforeunload", {cancelable: true}); dispatchEvent(e); return e.defaultPrevented })()`)
	for _, away := range []string{`document.querySelector(".side a").click()`, "history.back()"} {
		p.perform(away)
		p.push("dialog button", "Stay here")
		p.until(`!document.querySelector("dialog")`)
		p.at("/app/admin/applications/" + id)
	}
	p.push("main form button", "Save")
	p.until(`document.querySelector(".facts").innerText.includes("For the books")`)
	p.visit("/app/admin/roles") // at once: what was just saved asks nothing
	p.perform("history.back()")
	p.settled("/app/admin/applications/" + id)
	for _, away := range []string{`document.querySelector(".side a[href$=keys]").click()`, "history.back()"} {
		p.enter(p.labelled("Description"), "For nobody")
		p.perform(away)
		p.until(`document.querySelector("dialog")`)
		p.fits("admin-unsaved")
		p.push("dialog button", "Leave without saving")
		p.until(fmt.Sprintf(`!document.querySelector("dialog") && !location.pathname.endsWith(%q)`, id))
		p.visit("/app/admin/applications/" + id)
	}
}

func TestBrowserAdministrationLooksRight(t *testing.T) {
	chromium, issuer := startChromium(t), exampleServer(t)
	for _, v := range views {
		t.Run(fmt.Sprintf("%s %d", v.scheme, v.width), func(t *testing.T) {
			suffix := fmt.Sprintf("-%s-%d", v.scheme, v.width)
			p := openAdmin(t, chromium, v, issuer, "/app/admin")
			p.fits("admin" + suffix)
			for _, page := range []string{"apis", "grants", "webhooks", "webhooks/new", "logs", "audit", "keys", "conformance"} {
				p.visit("/app/admin/" + page)
				p.fits("admin-" + strings.ReplaceAll(page, "/", "-") + suffix)
			}
			p.visit("/app/admin/apis")
			p.push("main td a", "Timesheets")
			p.until(`document.querySelector("main form")`)
			p.fits("admin-api" + suffix)
		})
	}
}

func TestBrowserAdministrationOfApplicationsLooksRight(t *testing.T) {
	chromium, issuer := startChromium(t), exampleServer(t)
	for _, v := range views {
		t.Run(fmt.Sprintf("%s %d", v.scheme, v.width), func(t *testing.T) {
			suffix := fmt.Sprintf("-%s-%d", v.scheme, v.width)
			p := openAdmin(t, chromium, v, issuer, "/app/admin/applications")
			p.fits("admin-applications" + suffix)
			p.visit("/app/admin/applications/punchcard")
			p.fits("admin-own" + suffix)
			p.visit("/app/admin/applications/reports")
			p.until(`document.querySelector(".scopes input")`)
			p.perform(`document.querySelector("details.more").open = true`)
			p.fits("admin-application" + suffix)
			p.visit("/app/admin/applications?new=1")
			p.push("input[value=spa]", "")
			p.until(`document.querySelector("#origins")`)
			p.fits("admin-new" + suffix)
		})
	}
}

func TestBrowserAdministrationIsForAdministrators(t *testing.T) {
	p := openApp(t, startChromium(t), views[0], exampleServer(t), "mia@exampleco.com", "/app/admin")
	p.says("Only administrators see these pages")
	if evaluate[bool](p, `!!document.querySelector(".nav a[href='/app/admin'], .side")`) {
		t.Error("a manager is led to administration")
	}
	p.fits("admin-manager")
}

func TestBrowserAnAdministratorSaysWhatAnAPIIs(t *testing.T) {
	p := openAdmin(t, startChromium(t), views[0], exampleServer(t), "/app/admin/apis")
	p.push("main button", "Add an API")
	p.until(`document.querySelector("dialog")`)
	p.enter(p.labelled("Name"), "Invoices")
	p.enter(p.labelled("Identifier"), "invoices")
	p.push("dialog form button", "Add an API")
	p.until(`document.querySelector("dialog .wrong")?.textContent.includes("absolute URI")`)
	p.enter(p.labelled("Identifier"), "https://api.example.com/invoices")
	p.push("dialog form button", "Add an API")
	p.until(`document.querySelector("h1").textContent === "Invoices" && document.querySelector("main form")`)
	p.push("main button", "Add a scope")
	p.enter("[data-scope]", "read:invoices")
	p.enter(p.labelled("Access tokens live"), "600")
	p.push("main form button", "Save")
	p.until(`document.querySelector(".toast")?.textContent.includes("Saved")`)

	p.visit("/app/admin/grants")
	p.push("main button", "Add a grant")
	p.until(`document.querySelector("dialog select")`)
	p.choose("Application", "Payroll export")
	p.choose("API", "Invoices")
	p.push(`dialog input[value="read:invoices"]`, "")
	p.fits("admin-new-grant")
	p.push("dialog form button", "Save")
	p.until(`!document.querySelector("dialog") && document.querySelector("main").innerText.includes("read:invoices")`)
}
