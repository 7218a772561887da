//go:build browser

package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

const hostileName = `<img src=x onerror=alert(1)> Rosa`

// A new administrator is led through what a company needs; who is added sets a password by the link and files time.
func TestBrowserAnAdministratorAddsAPersonWhoThenSignsIn(t *testing.T) {
	chromium, issuer := startChromium(t), exampleServer(t)
	p := openAdmin(t, chromium, views[0], issuer, "/app/admin/people")
	p.click(".page-head .btn.primary")
	p.until(`document.activeElement.matches("dialog[open] .field:nth-of-type(1) input")`) // who types at once types the name
	p.enter("dialog .field:nth-of-type(1) input", hostileName)
	p.enter("dialog .field:nth-of-type(2) input", "rosa@exampleco.com")
	p.click("dialog form .btn.primary")
	p.until(`location.pathname.startsWith("/app/admin/people/usr_") && document.querySelector("h1")?.innerText.includes("Rosa")`)
	if n := evaluate[int](p, `document.images.length`); n != 0 {
		t.Errorf("a name became %d pictures", n)
	}
	p.push("main label.check", "employee")
	p.until(`document.querySelector(".toast")?.innerText.includes("employee")`)
	p.push("main button", "Make a link")
	p.until(`document.querySelector(".secret code")`)
	p.fits("admin-person-link")
	link := evaluate[string](p, `document.querySelector(".secret code").textContent`)

	rosa := openTab(t, chromium)
	rosa.do(chromedp.Navigate(link))
	rosa.fill("#new", "a password of hers", "#again", "a password of hers")
	rosa.submit("button.primary")
	rosa.says("Your password is set")
	rosa.do(chromedp.Click(chromedp.CSS("a.btn.primary")))
	rosa.until(`document.querySelector("#email")`)
	rosa.fill("#email", "rosa@exampleco.com", "#password", "a password of hers")
	rosa.do(chromedp.Click(chromedp.CSS("button.primary")))
	rosa.until(`document.querySelector(".week")`)

	p.push("main button", "Block")
	p.until(`document.querySelector(".toast")?.innerText.includes("blocked")`)
	if status := inApp[int](rosa, `const { request } = await import(base + "lib/session.js"); return request("/me").then((r) => r.status, () => 401);`); status != 401 {
		t.Errorf("who is blocked gets %d", status)
	}
}

func TestBrowserARuleIsTriedBeforeItRuns(t *testing.T) {
	p := openAdmin(t, startChromium(t), views[0], exampleServer(t), "/app/admin/rules/new")
	p.until(`document.querySelector("#rule-script")`)
	p.enter("main .field input", "add a claim")
	p.enter("#rule-script", `function (user, context, callback) { console.log("saw " + user.email); context.idToken["https://example.com/who"] = "<b>" + user.email; callback(null, user, context); }`)
	p.push("main button", "Try it")
	p.until(`document.querySelector(".tried")?.innerText.includes("https://example.com/who") && document.querySelector(".tried").innerText.includes("saw ada@exampleco.com")`)
	p.fits("admin-rule-tried")
	p.push("main button", "Save")
	p.until(`/rul_/.test(location.pathname) && document.querySelector("h1")?.innerText === "add a claim"`)
	p.push("main button", "Delete")
	p.until(`document.querySelector("dialog[open]")?.innerText.includes("add a claim")`)
	p.push("dialog button.bad", "Delete")
	p.until(`location.pathname === "/app/admin/rules"`)
}

func TestBrowserPeopleAndWorkLookRight(t *testing.T) {
	chromium, issuer := startChromium(t), exampleServer(t)
	for _, v := range views {
		t.Run(fmt.Sprintf("%s %d", v.scheme, v.width), func(t *testing.T) {
			suffix := fmt.Sprintf("-%s-%d", v.scheme, v.width)
			p := openAdmin(t, chromium, v, issuer, "/app/admin/start")
			for _, page := range []string{"start", "people", "roles", "projects", "organization", "rules"} {
				p.visit("/app/admin/" + page)
				p.fits("admin-" + page + suffix)
			}
			p.visit("/app/admin/people")
			p.click(".who")
			p.until(`document.querySelectorAll(".cards > .card").length === 5`)
			p.fits("admin-person" + suffix)
		})
	}
}
