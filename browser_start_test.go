//go:build browser

package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// choose takes the option with those words of the select that the label names, once it is there.
func (p tab) choose(label, option string) {
	p.Helper()
	of := p.labelled(label)
	p.until(fmt.Sprintf(`[...document.querySelector(%q).options].some(o => o.textContent === %q)`, of, option))
	p.perform(`const e = document.querySelector(%s); e.value = [...e.options].find(o => o.textContent === %s).value; e.dispatchEvent(new Event("change", {bubbles: true}))`, of, option)
}

// signIn fills in the page to sign in at, and waits for the app.
func (p tab) signIn(email, password, shows string) {
	p.Helper()
	p.until(`location.pathname === "/login" && document.querySelector("#password")`)
	p.fill("#email", email, "#password", password)
	p.do(chromedp.Click(chromedp.CSS("button.primary")))
	p.until(fmt.Sprintf("document.querySelector(%q)", shows))
}

// stepShown waits for a step of the guide.
func (p tab) stepShown(title string) {
	p.Helper()
	p.until(fmt.Sprintf(`document.querySelector("#step-title")?.textContent === %q && !document.querySelector("main .loading")`, title))
}

// onwardIn waits until one can type into the field that the label names, which is empty.
func (p tab) onwardIn(label string) {
	p.Helper()
	p.until(fmt.Sprintf(`document.activeElement.matches(%q) && document.activeElement.value === ""`, p.labelled(label)))
}

// From an empty folder to the first hour that is filed: the link, the steps, a person, their password, their week.
func TestBrowserAnEmptyServerBecomesACompany(t *testing.T) {
	chromium := startChromium(t)
	h, issuer := serveHouse(t, &provisioning{})
	link, err := h.auth.SetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p := openTab(t, chromium)
	p.as(views[0])
	p.do(chromedp.Navigate(link))
	p.fill("#name", "Rosa Root", "#email", "rosa@example.com", "#password", examplePassword)
	p.submit("button.primary")
	p.says("You are the administrator")
	p.do(chromedp.Click(chromedp.CSS(`a[href="/app/admin/start"]`)))
	p.signIn("rosa@example.com", examplePassword, ".path")

	p.stepShown("What holds for everybody")
	if evaluate[bool](p, `[...document.querySelectorAll(".form > :empty")].some((e) => getComputedStyle(e).position !== "absolute" && getComputedStyle(e).display !== "none")`) {
		t.Error("what says nothing yet takes room in the form")
	}
	p.enter(p.labelled("Name of the organization"), "Rosa & Co")
	p.choose("The week begins on", "Sunday")
	p.until(`document.querySelector(".cards .note")?.innerText.includes("from the beginning")`)
	p.fits("start-organization")
	p.push(".cards form button", "Save")
	p.until(`document.querySelector(".toast")?.textContent.includes("Saved") && !document.querySelector(".cards .note")`)
	p.enter(p.labelled("Day"), fmt.Sprint(weekFromNow(0)[:4], "-12-25"))
	p.enter("main .two-fields input:not([type=date])", "Christmas Day")
	p.push(".cards form button", "Add")
	p.until(`document.querySelector(".cards").innerText.includes("Christmas Day")`)
	p.push(".cards button", "New hours")
	p.push(".cards section:nth-of-type(2) form button", "Save")
	p.until(`document.querySelector(".cards section:nth-of-type(2)").innerText.includes("From") && !document.querySelector(".weekdays")`)
	p.push(".step-foot button", "Next")

	p.stepShown("Who works with you")
	p.until(`document.activeElement.id === "step-title" && document.querySelector("[data-state=done]")`)
	p.enter(p.labelled("Name"), hostileName)
	p.enter(p.labelled("E-mail"), "ada@example.com")
	p.choose("Who approves", "Rosa Root")
	p.push(".step form button", "Add a person")
	p.until(`document.querySelector(".made code")`)
	p.onwardIn("Name") // of the next person
	p.fits("start-people")
	invitation := evaluate[string](p, `document.querySelector(".made code").textContent`)
	if evaluate[int](p, `document.images.length + document.querySelectorAll(".made .wrong").length`) != 0 {
		t.Error("the person was not added as they should be")
	}

	p.do(chromedp.Reload()) // as if the browser had been closed: it goes on where one was
	p.stepShown("Who works with you")
	p.visit("/app/admin/start")
	p.stepShown("What time is filed on")
	p.enter(p.labelled("Name"), "Website")
	p.push(".step form button", "Add a project")
	p.until(`document.querySelector(".made")?.innerText.includes("Website")`)
	p.onwardIn("Name")
	p.push(".step-foot button", "Next")
	p.stepShown("What else shall be connected")
	p.fits("start-applications")
	p.push(".step-foot button", "Skip for now")
	p.until(`document.querySelector(".ready") && document.querySelectorAll("[data-state=done]").length === 3 && document.querySelectorAll("[data-state=skipped]").length === 1`)
	p.until(`document.activeElement.matches(".ready h2")`)
	p.fits("start-ready")

	ada := openTab(t, chromium)
	ada.as(views[0])
	ada.do(chromedp.Navigate(invitation))
	ada.fill("#new", "a password of hers", "#again", "a password of hers")
	ada.submit("button.primary")
	ada.do(chromedp.Navigate(issuer + "app/"))
	ada.signIn("ada@example.com", "a password of hers", ".week .first")
	ada.click(".first .primary")
	ada.pick("website")
	ada.until(`document.querySelector('.grid input[data-r="0"]') && !document.querySelector("dialog")`)
	ada.into(0, 0, "7h30")
	ada.press("Enter")
	ada.saved()
	if filed := inApp[int](ada, `return (await api.all("/timesheets")).reduce((sum, e) => sum + e.minutes, 0);`); filed != 450 {
		t.Errorf("she filed %d minutes", filed)
	}
}
