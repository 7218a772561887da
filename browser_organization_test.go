//go:build browser

package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestBrowserAnAdministratorSetsTheOrganization(t *testing.T) {
	chromium, issuer := startChromium(t), exampleServer(t)
	p := openAdmin(t, chromium, views[0], issuer, "/app/admin/organization")
	monday := weekFromNow(1)
	inApp[bool](p, fmt.Sprintf(`const project = (await api.all("/projects")).find((x) => x.name === "StoreZero"); await api.post("/timesheets", { project_id: project.id, date: %q, minutes: 60 }); return true;`, weekFromNow(0)))
	inWords := evaluate[string](p, fmt.Sprintf(`new Intl.DateTimeFormat("en-US", {dateStyle: "full", timeZone: "UTC"}).format(new Date(%q))`, monday))
	p.choose("The week begins on", "Sunday")
	p.until(fmt.Sprintf(`document.querySelector(".cards .note")?.innerText.startsWith("This will hold from " + %q)`, inWords))
	if now := inApp[string](p, `const { body } = await api.get("/organization"); return body.week_starts + body.calendar_from;`); now != "mondaynull" {
		t.Errorf("only by asking, it became %s", now)
	}
	p.fits("admin-organization-asked")

	p.push(".side a", "Projects") // what isn't saved isn't left behind unasked
	p.until(`document.querySelector("dialog[open]")?.innerText.includes("Leave without saving?")`)
	p.push("dialog button", "Stay here")
	p.until(`!document.querySelector("dialog")`)

	inApp[bool](p, `const { etag } = await api.get("/organization");
		await api.patch("/organization", {name: "Theirs <b>", submission_due_days: 5, period: "month"}, {headers: {"If-Match": etag}}); return true;`)
	p.push(".cards form button", "Save")
	p.until(`document.querySelector(".cards .alert")?.innerText.includes("Name of the organization is now: Theirs <b>.")`)
	for _, told := range []string{"Somebody else changed this", "What is submitted together is now: A month.", "Days until time is due is now: 5."} {
		p.says(told)
	}
	p.choose("What is submitted together", "A week")
	p.push(".cards form button", "Save")
	p.until(`document.querySelector(".toast")?.textContent.includes("Saved") && !document.querySelector(".cards .alert")`)
	p.until(fmt.Sprintf(`document.querySelector(".cards .note")?.innerText.startsWith("From " + %q)`, inWords))
	p.says("by the week, which begins on Sunday")
	if now := inApp[string](p, `const { body: o } = await api.get("/organization"); return [o.name, o.week_starts, o.period, o.calendar_from, o.submission_due_days].join();`); now != "Theirs <b>,sunday,week,"+monday+",5" {
		t.Errorf("it became %s", now)
	}

	p.enter(p.labelled("Name of the organization"), " ")
	p.push(".cards form button", "Save")
	p.until(`document.querySelector(".cards .alert")?.innerText.includes("/name")`)
	p.enter(p.labelled("Name of the organization"), "Theirs <b>")

	p.enter(p.labelled("Last closed day"), "2020-01-31")
	p.enter(p.labelled("Reason"), "Mine")
	inApp[bool](p, `await api.put("/lock-date", {until: "2020-02-29", reason: "Theirs"}); return true;`)
	p.push(".cards section:nth-of-type(2) form button", "Save")
	p.until(`document.querySelector(".cards section:nth-of-type(2) .alert")?.innerText.includes("Last closed day is now: February 29, 2020.")`)
	p.push(".cards section:nth-of-type(2) form button", "Save")
	p.until(`document.querySelector(".cards section:nth-of-type(2)").innerText.includes("Closed until January 31, 2020.")`)
	for _, v := range views[1:] {
		p.as(v)
		p.fits(fmt.Sprintf("admin-organization-%s-%d", v.scheme, v.width))
	}
	p.as(views[0])
	p.do(chromedp.Reload())
	p.until(fmt.Sprintf(`document.querySelector(".cards .note")?.innerText.startsWith("From " + %q)`, inWords))
}
