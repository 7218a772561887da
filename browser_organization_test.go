//go:build browser

package main

import (
	"fmt"
	"strings"
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

// What the app takes for a week is what the report does, before the week begins otherwise, as it is cut short, and after.
func TestBrowserReportsGoByTheWeekOfTheOrganization(t *testing.T) {
	p := openApp(t, startChromium(t), views[0], exampleServer(t), "grace@exampleco.com", "/app/")
	monday := weekFromNow(0)
	inApp[bool](p, fmt.Sprintf(`const { addDays } = await import(base + "lib/time.js"), project = (await api.all("/projects")).find((x) => x.name === "StoreZero");
		const file = (date) => api.post("/timesheets", { project_id: project.id, date, minutes: 60 });
		await file(%q);
		await api.patch("/organization", {week_starts: "sunday"}, {headers: {"If-Match": "*"}});
		for (let i = -9; i < 25; i++) await file(addDays(%[1]q, i));
		return true;`, monday))
	for _, days := range []string{"this-week", "last-week"} {
		p.visitApp("/app/reports?time=" + days)
		p.until(`document.querySelector(".report tfoot, .report-head")`)
	}
	wrong := inApp[[]string](p, fmt.Sprintf(`const { addDays } = await import(base + "lib/time.js"), { weekOf } = await import(base + "lib/organization.js");
		const report = async (from, to) => (await api.get("/reports/summary?group_by=week&group_by=day&from=" + from + "&to=" + to)).body;
		const said = await report(addDays(%q, -9), addDays(%[1]q, 24)), wrong = [];
		for (const week of said.groups) for (const { key } of week.groups) if (weekOf(key)[0] !== week.key) wrong.push(key + " is in " + weekOf(key) + ", not in " + week.key);
		for (const week of said.groups.slice(1, -1)) if (weekOf(week.key)[1] !== week.groups.at(-1).key) wrong.push(week.key + " ends on " + weekOf(week.key)[1]);
		const { days } = await import(base + "views/reports/filters.js"), last = weekOf(%[1]q)[0];
		if (days()[1] !== addDays(last, -1) || days({ time: "this-week" }).join() !== weekOf((await import(base + "lib/time.js")).today()).join()) wrong.push("last week is " + days());
		if (said.groups.length < 5 || said.groups.filter((week) => week.groups.length === 6).length !== 1) wrong.push("the weeks are " + said.groups.map((week) => week.key));
		return wrong;`, monday))
	if len(wrong) > 0 {
		t.Error(strings.Join(wrong, "\n"))
	}
	p.visitApp("/app/reports?time=this-quarter&by=week")
	p.until(`/Week \d/.test(document.querySelector("main").innerText)`)
}

// visitApp moves on within the app, to a page that isn't administration.
func (p tab) visitApp(path string) {
	p.Helper()
	p.perform(`const a = document.createElement("a"); a.href = %s; document.body.append(a); a.click(); a.remove()`, path)
	p.until(fmt.Sprintf(`location.pathname + location.search === %q && !document.querySelector("main .loading")`, path))
}
