//go:build browser

package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestBrowserAnAdministratorKeepsWebhooks(t *testing.T) {
	p := openAdmin(t, startChromium(t), views[0], exampleServer(t), "/app/admin/webhooks/new")
	p.enter(p.labelled("Address"), "http://10.0.0.7/hook")
	p.push("main form button", "Add a webhook")
	p.until(`document.querySelector("main .alert")?.innerText.includes("/url")`)
	p.enter(p.labelled("Address"), "https://hooks.example.com/punchcard")
	p.enter(p.labelled("Description"), markup)
	p.perform(`document.querySelectorAll("input[name=events]")[1].click()`)
	p.until(`document.querySelectorAll(".nouns details").length === 12`)
	p.push("main form button", "Add a webhook")
	p.until(`document.querySelector("[data-secret]")?.textContent.startsWith("whsec_") && document.querySelector("h1").textContent.includes("onerror")`)
	p.push("main button", "Send a test")
	p.until(`document.querySelector("tbody")?.innerText.includes("A test")`)
	p.until(`document.querySelector("tbody").innerText.includes("1 attempt")`) // nobody listens there
	p.push("tbody button", "Send again")
	p.until(`document.querySelector(".toast")?.textContent.includes("sent once more")`)
	p.fits("admin-webhook-made")

	inApp[bool](p, `const { body: [w] } = await api.get("/webhooks"), { etag } = await api.get("/webhooks/" + w.id);
		await api.patch("/webhooks/" + w.id, {description: "Payroll of Noah's"}, {headers: {"If-Match": etag}}); return true;`)
	p.push(".nouns summary", "Projects")
	p.perform(`[...document.querySelectorAll(".nouns details")].find(d => d.textContent.includes("Projects")).querySelector("input").click()`)
	p.push("main form button", "Save")
	p.until(`document.querySelector("main .alert")?.innerText.includes("Description is now: Payroll of Noah's.")`)
	p.push("main form button", "Save")
	p.until(`document.querySelector("h1").textContent === "Payroll of Noah's" && document.querySelector(".toast")?.textContent.includes("Saved")`)
	if events := inApp[string](p, `return (await api.get("/webhooks")).body[0].events.join(" ");`); events != "timesheet.* period.* project.*" {
		t.Errorf("it is told of %s", events)
	}
	for _, step := range []struct{ button, name, now string }{
		{"Give it a new secret", "rotate", `document.querySelector("[data-secret]")`},
		{"Switch off", "disable", `document.querySelector(".standing").innerText.includes("Off") && document.querySelector("tbody").innerText.includes("Given up")`},
	} {
		p.push("main .danger button", step.button)
		p.until(`document.querySelector("dialog")`)
		p.fits("admin-webhook-" + step.name)
		p.perform(`document.querySelector("dialog .form-foot .btn:last-child").click()`)
		p.until(`!document.querySelector("dialog") && ` + step.now)
	}
	p.push("main .danger button", "Switch on")
	p.until(`document.querySelector(".standing").innerText.includes("On")`)
	p.push("main .danger button", "Delete the webhook")
	p.enter("[data-confirm]", "Payroll of Noah's")
	p.push("dialog .btn.bad", "Delete")
	p.settled("/app/admin/webhooks")
	p.says("Nobody is told yet")
}

func TestBrowserAnAdministratorReadsTheAudit(t *testing.T) {
	p := openAdmin(t, startChromium(t), views[0], exampleServer(t), "/app/admin/audit")
	p.push("main button", "Verify the chains")
	p.until(`document.querySelector(".verification .alert.ok")?.innerText.includes("Whole.")`)
	inApp[bool](p, `for (let i = 0; i < 60; i++) await api.post("/holidays", {date: "2030-03-" + String(1 + i % 30).padStart(2, "0"), name: "Day " + i}); return true;`)
	p.push("main button", "Look again")
	p.until(`document.querySelectorAll("tbody tr").length === 50`)
	p.push(".pager button", "More")
	p.until(`document.querySelectorAll("tbody tr").length > 60`)
	inApp[bool](p, `const [w] = await api.all("/projects?limit=200"), { etag } = await api.get("/projects/" + w.id);
		await api.patch("/projects/" + w.id, {customer: "<b>Ledgers</b>"}, {headers: {"If-Match": etag}}); return true;`)
	p.perform(`const e = document.querySelector("#audit-action"); e.value = "project.updated"; e.dispatchEvent(new Event("change", {bubbles: true}))`)
	p.push("main form button", "Search")
	p.until(`location.search === "?action=project.updated" && document.querySelectorAll("tbody tr").length === 1`)
	p.push("tbody button", "Project changed")
	p.until(`document.querySelector("dialog .diff ins")?.textContent === "<b>Ledgers</b>"`)
	if row := evaluate[string](p, `[...document.querySelectorAll("dialog .diff tr")].map(r => r.firstChild.textContent).join(" ")`); row[:14] != "Field customer" {
		t.Errorf("the differences are of %s", row)
	}
	p.push("dialog a", "All about this thing")
	p.until(`location.search.startsWith("?object=prj_") && !document.querySelector("dialog") && document.querySelectorAll("tbody tr").length > 1`)
}

func TestBrowserHolidaysAndAbsencesComeFromFiles(t *testing.T) {
	p := openAdmin(t, startChromium(t), views[0], exampleServer(t), "/app/admin/organization")
	folder := t.TempDir()
	take := func(name, content string) {
		t.Helper()
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		p.do(chromedp.SetUploadFiles(chromedp.CSS("dialog input[type=file]"), []string{file}))
	}
	p.push("main button", "From a file")
	p.until(`document.querySelector("dialog .drop")`)
	take("days.csv", "date,name,half\n2026-10-31,Reformation Day,maybe\n")
	p.until(`document.querySelector("dialog .alert")?.innerText.includes("Line 2 half")`)
	p.fits("admin-import-wrong")
	take("days.csv", "date,name\n2026-10-31,Reformation <b>Day</b>\n2026-12-25,Christmas Day\n")
	p.until(`document.querySelector("dialog .outcome")?.innerText.includes("1 new, 0 changed, 1 there already")`)
	p.fits("admin-import")
	if evaluate[bool](p, `document.querySelector("main .cards .plain").innerText.includes("Reformation")`) {
		t.Error("what was only looked through is kept")
	}
	p.push("dialog .outcome button", "Take over 1 line")
	p.until(`document.querySelector("dialog .outcome").innerText.includes("Taken over") && document.querySelector("main .cards .plain").innerText.includes("Reformation <b>Day</b>")`)
	p.push("dialog header button", "")

	p.until(`!document.querySelector("dialog")`)
	p.perform(`[...document.querySelectorAll("main button")].filter(b => b.textContent === "From a file").at(-1).click()`)
	p.until(`document.querySelector("dialog .drop")`)
	take("away.ics", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20270802\r\nDTEND;VALUE=DATE:20270807\r\nATTENDEE:mailto:ada@exampleco.com\r\nCATEGORIES:VACATION\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
	p.push("dialog .outcome button", "Take over 1 line")
	p.until(`document.querySelector("dialog .outcome").innerText.includes("Taken over")`)
	if n := inApp[int](p, `return (await api.get("/absences?from=2027-08-02&to=2027-08-06")).body.length;`); n != 1 {
		t.Errorf("there are %d absences", n)
	}
}

// Somebody else changes a project while an administrator has it open.
func TestBrowserAnAdministratorIsToldWhatSomebodyElseChanged(t *testing.T) {
	p := openAdmin(t, startChromium(t), views[0], exampleServer(t), "/app/admin/projects")
	p.push("tbody a", "StoreZero")
	p.until(`document.querySelector("main form #project-tasks")`)
	p.enter(p.labelled("Customer"), "Mine")
	inApp[bool](p, `const path = location.pathname.replace("/app/admin", ""), { etag } = await api.get(path);
		await api.patch(path, {customer: "Theirs", billable: false, name: "StoreOne"}, {headers: {"If-Match": etag}}); return true;`)
	p.push("main form button", "Save")
	p.until(`document.querySelector("main .alert")?.innerText.includes("Customer is now: Theirs.")`)
	p.says("Somebody else changed this")
	p.says("is now: StoreOne.")
	if has := evaluate[string](p, fmt.Sprintf(`document.querySelector(%q).value`, p.labelled("Customer"))); has != "Mine" {
		t.Errorf("what was typed became %q", has)
	}
	p.fits("admin-project-meanwhile")
	p.push("main form button", "Save")
	p.until(`document.querySelector("h1").textContent === "StoreOne" && document.querySelector(".toast")?.textContent.includes("Saved")`)
	if is := inApp[string](p, `const { body } = await api.get(location.pathname.replace("/app/admin", "")); return body.customer + body.billable;`); is != "Minefalse" {
		t.Errorf("after both it is %s", is)
	}
	p.visit("/app/admin/people") // nothing is unsaved
}

func TestBrowserNobodyManagesTheirManager(t *testing.T) {
	p := openAdmin(t, startChromium(t), views[0], exampleServer(t), "/app/admin/people")
	p.push("tbody a", "Mia Chen")
	p.until(`document.querySelectorAll(".cards select option").length > 3`)
	const managed = `return (await api.get(location.pathname.replace("/app/admin", ""))).body.manager_id;`
	before := inApp[string](p, managed)
	p.choose("Who approves", "Ada Lovelace")
	p.push(".cards section:nth-of-type(3) form button", "Save")
	p.until(`document.querySelector("main .alert")?.innerText.includes("Mia Chen manages Ada Lovelace")`)
	p.fits("admin-circle")
	if now := inApp[string](p, managed); now != before {
		t.Errorf("Mia is managed by %s", now)
	}
}

func TestBrowserAnAdministratorRevokesAKeyAndDisablesAnApplication(t *testing.T) {
	p := openAdmin(t, startChromium(t), views[0], exampleServer(t), "/app/admin/keys")
	p.until(`document.querySelector("tbody tr")`)
	kid := evaluate[string](p, `[...document.querySelectorAll("tbody tr")].find(r => r.querySelector("[data-s=approved]")).querySelector(".id").textContent`)
	p.push(".page-head button", "Rotate")
	p.until(`document.querySelector("dialog select")`)
	p.fits("admin-key-rotate")
	p.push("dialog form button", "Make the next key")
	p.until(`!document.querySelector("dialog") && document.querySelector("[data-s=submitted]")`)
	p.perform(`[...document.querySelectorAll("tbody tr")].find(r => r.textContent.includes(%s)).querySelector("button").click()`, kid)
	p.until(`document.querySelector("dialog [data-confirm]")`)
	p.fits("admin-key-revoke")
	p.enter("[data-confirm]", kid)
	p.push("dialog .btn.bad", "Revoke")
	p.until(fmt.Sprintf(`!document.querySelector("dialog") && !document.querySelector("main table").textContent.includes(%q)`, kid))
	if evaluate[bool](p, fmt.Sprintf(`fetch("/.well-known/jwks.json").then(r => r.text()).then(t => t.includes(%q))`, kid)) {
		t.Error("the revoked key is published still")
	}

	p.visit("/app/admin/applications/reports")
	p.push(".danger button", "Disable")
	p.until(`document.querySelector("dialog")`)
	p.fits("admin-disable")
	p.push("dialog .btn.bad", "Disable")
	p.until(`!document.querySelector("dialog") && document.querySelector(".page-head .chip")?.textContent === "Disabled"`)
	ask := url.Values{"client_id": {"reports"}, "response_type": {"code"}, "redirect_uri": {"http://localhost:3000/callback"}}
	if answer, page := get(t, strings.Split(evaluate[string](p, "location.href"), "app/")[0]+"authorize?"+ask.Encode()); answer.StatusCode < 400 {
		t.Errorf("a disabled application is served: %d %s", answer.StatusCode, page)
	}
	p.push(".danger button", "Enable")
	p.until(`!document.querySelector(".page-head .chip")`)
}

// Every dialog of administration, wide and light, narrow and dark.
func TestBrowserDialogsOfAdministrationLookRight(t *testing.T) {
	chromium, issuer := startChromium(t), exampleServer(t)
	for _, v := range []view{{"light", 1280}, {"dark", 390}} {
		t.Run(fmt.Sprintf("%s %d", v.scheme, v.width), func(t *testing.T) {
			suffix := fmt.Sprintf("-%s-%d", v.scheme, v.width)
			p := openAdmin(t, chromium, v, issuer, "/app/admin/people")
			for _, d := range []struct{ path, button, name string }{
				{"people", "Add a person", "person"}, {"roles", "Add a role", "role"}, {"projects", "Add a project", "project"},
				{"apis", "Add an API", "api"}, {"organization", "From a file", "holidays"}, {"keys", "Rotate", "rotate"},
			} {
				p.visit("/app/admin/" + d.path)
				p.push("main button", d.button)
				p.until(`document.querySelector("dialog[open]")`)
				p.fits("dialog-" + d.name + suffix)
				p.perform(`document.querySelector("dialog header button").click()`)
				p.until(`!document.querySelector("dialog")`)
			}
		})
		t.Run(fmt.Sprintf("%s %d, what is watched", v.scheme, v.width), func(t *testing.T) {
			suffix := fmt.Sprintf("-%s-%d", v.scheme, v.width)
			p := openAdmin(t, chromium, v, issuer, "/app/admin/audit")
			p.push("main button", "Verify the chains")
			p.until(`document.querySelector(".verification .alert.ok")`)
			p.fits("admin-audit-whole" + suffix)
			p.push("tbody button", "")
			p.until(`document.querySelector("dialog .diff")`)
			p.fits("dialog-record" + suffix)
			id := inApp[string](p, `return (await api.post("/webhooks", {url: "https://hooks.example.com/" + "long".repeat(40), events: ["project.*", "lock_date.set"], enabled: false})).body.id;`)
			p.perform(`document.querySelector("dialog header button").click()`)
			p.visit("/app/admin/webhooks/" + id)
			p.until(`document.querySelectorAll(".nouns details").length === 12`)
			p.fits("admin-webhook" + suffix)
			p.push("main .danger button", "Delete the webhook")
			p.until(`document.querySelector("dialog")`)
			p.fits("dialog-webhook-delete" + suffix)
			p.perform(`document.querySelector("dialog header button").click()`)
			for _, step := range []string{"organization", "people", "applications"} {
				p.visit("/app/admin/start?step=" + step)
				p.until(`document.querySelector("#step-title")`)
				p.fits("start-" + step + suffix)
			}
		})
	}
}
