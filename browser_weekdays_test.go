//go:build browser

package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"punchcard/timesheets"
)

// seenAs holds what is on screen against what it must be in several windows, and goes back to the first.
func (p tab) seenAs(name string, as ...view) {
	p.Helper()
	for _, v := range as {
		p.as(v)
		p.until(fmt.Sprintf(`document.querySelector(%q)`, map[bool]string{true: ".phone-week", false: ".page.week"}[v.width < 768]))
		time.Sleep(250 * time.Millisecond) // colours change slowly
		p.fits(fmt.Sprintf("%s-%s-%d", name, v.scheme, v.width))
	}
	p.as(views[0])
	p.until(`document.querySelector(".page.week")`)
}

func day(monday string, n int) string {
	date, _ := time.Parse(time.DateOnly, monday)
	return date.AddDate(0, 0, n).Format(time.DateOnly)
}

func TestBrowserWeekShowsHolidaysLocksAndWhatOthersChanged(t *testing.T) {
	issuer, chromium := exampleServer(t), startChromium(t)
	monday := weekFromNow(-1)
	grace := openApp(t, chromium, views[0], issuer, "grace@exampleco.com", "/app/reports")
	inApp[bool](grace, fmt.Sprintf(`const add = (date, name, half) => api.post("/holidays", {date, name, half});
		await add(%q, %q, false); await add(%q, "Heiligabend und Donaudampfschifffahrtsgesellschaftsfeiertag", true);
		await api.put("/lock-date", {until: %q, reason: "The payroll of " + %q + " has run."}); return true;`, day(monday, 3), "Thanksgiving "+hostile, day(monday, 4), day(monday, 1), hostile))
	p := openApp(t, chromium, views[0], issuer, "ada@exampleco.com", "/app/week/"+monday)
	p.until(`document.querySelector(".week .first")`)
	inApp[bool](p, `const week = await import(base + "lib/week.js");
		for (const [name, task] of [["StoreZero", "Review"], ["StoreZero", "Build"]]) { const project = [...week.projects.value.values()].find((x) => x.name === name); week.addRow({ project_id: project.id, task }); } return true;`)
	p.until(`document.querySelector('.grid input[data-r="1"]')`)
	p.into(0, 2, "2")
	p.press("Enter")
	p.into(0, 3, "1")
	p.press("Enter")
	p.saved()
	if hatched := evaluate[int](p, `document.querySelectorAll(".grid thead th.free .free-name").length`); hatched != 2 {
		t.Errorf("%d holidays are hatched and named", hatched)
	}
	if image := evaluate[string](p, `getComputedStyle(document.querySelector(".grid td.free")).backgroundImage`); image == "none" {
		t.Error("a holiday's cells are not hatched")
	}
	p.says("Thanksgiving " + hostile)
	p.into(0, 0, "")
	p.says("Only an administrator can open it.")
	if open := evaluate[string](p, `[...document.querySelectorAll('.grid input[data-r="0"]')].map((i) => i.readOnly ? "x" : "-").join("")`); open != "xx-----" {
		t.Errorf("the closed days are %s", open)
	}
	p.seenAs("week-holiday", views[0], views[1], phoneView, views[3])

	// Another application changes what is being typed over.
	const elsewhere = `const { request } = await import(base + "lib/session.js"), e = (await api.get("/timesheets?limit=200", { cached: false })).body.find((e) => e.minutes === 120);
		const r = await request("/timesheets/" + e.id, { method: "PATCH", body: JSON.stringify({ minutes: 480, note: "from elsewhere", tags: ["onsite"] }), headers: { "Content-Type": "application/json", "If-Match": '"' + e.revision + '"' } });
		if (!r.ok) throw new Error(await r.text()); return true;`
	inApp[bool](p, elsewhere)
	p.into(0, 2, "3")
	p.press("Enter")
	p.until(`document.querySelector(".why .refused")?.innerText.includes("2:00 → 8:00") && document.querySelector(".why .refused").innerText.includes("Note")`)
	if kept := evaluate[string](p, `document.querySelector('.grid input[data-r="0"][data-c="2"]').value`); kept != "3" {
		t.Errorf("what was typed became %q", kept)
	}
	p.seenAs("week-changed-elsewhere", views[1], phoneView)
	p.do(chromedp.Reload()) // and it is still there, and still open
	p.until(`document.querySelector(".why .refused") && document.querySelector('.grid input[data-r="0"][data-c="2"]').value === "3:00"`)
	p.click(".why .btn")
	p.hasCells(0, "- - 3:00 1:00 - - - = 4:00")
	p.saved()
	p.until(`!document.querySelector(".why") && !document.querySelector(".unsent")`)
	if note := inApp[string](p, `return (await api.get("/timesheets?limit=200", { cached: false })).body.find((e) => e.minutes === 180).note;`); note != "from elsewhere" {
		t.Errorf("with one's own hours set, the other's note is %q", note)
	}
}

// serveCalendar is ExampleCo with other periods.
func serveCalendar(t *testing.T, folder string, change func(*timesheets.NewOrganization)) string {
	t.Helper()
	p, err := exampleProvisioning()
	if err != nil {
		t.Fatal(err)
	}
	change(p.setup.Organization)
	_, issuer := serveIn(t, folder, p)
	return issuer
}

func TestBrowserWeekOfWhoSubmitsByMonth(t *testing.T) {
	issuer := serveCalendar(t, t.TempDir(), func(o *timesheets.NewOrganization) { o.Period = "month" })
	// A week that two months share.
	first := time.Now().UTC().AddDate(0, 1, 1-time.Now().UTC().Day())
	for first.Weekday() == time.Monday {
		first = first.AddDate(0, 1, 0)
	}
	p := openApp(t, startChromium(t), views[0], issuer, "ada@exampleco.com", "/app/week/"+first.Format(time.DateOnly))
	p.until(`document.querySelector(".week .first")`)
	p.says("part of " + first.Format("January 2006"))
	inApp[bool](p, `const week = await import(base + "lib/week.js"), project = [...week.projects.value.values()].find((x) => x.name === "StoreZero"); week.addRow({ project_id: project.id, task: "Review" }); return true;`)
	p.into(0, 0, "2")
	p.press("Tab")
	p.into(0, 6, "3")
	p.press("Enter")
	p.saved()
	p.push(".week-head .primary", "Submit "+first.Format("January 2006"))
	p.until(`document.querySelector("dialog .facts")`)
	p.fits("week-monthly-submit")
	p.click("dialog .form-foot .primary")
	p.until(`document.querySelector('.week-head .chip[data-s="submitted"]')`)
	open := evaluate[string](p, `[...document.querySelectorAll('.grid input[data-r="0"]')].map((i) => i.readOnly ? "x" : "-").join("")`)
	want := ""
	for n := range 7 {
		if n < (int(first.Weekday())+6)%7 {
			want += "-"
		} else {
			want += "x"
		}
	}
	if open != want {
		t.Errorf("the submitted month has the cells %s of the week, want %s", open, want)
	}
	p.seenAs("week-monthly-submitted", views[1], phoneView)

	// Who decides sees it by weeks, against what is expected.
	mia := openApp(t, startChromium(t), views[0], issuer, "mia@exampleco.com", "/app/approvals")
	mia.until(`document.querySelectorAll(".ap-row .bars rect").length >= 5`)
	mia.until(`/missing .+ [–-] .+/.test(document.querySelector(".ap-row .flags")?.textContent)`)
	mia.click(".ap-row .who a")
	mia.until(`document.querySelector(".ap-lines li")`)
	weeks := 1
	for day := first.AddDate(0, 0, 1); day.Month() == first.Month(); day = day.AddDate(0, 0, 1) {
		if day.Weekday() == time.Monday {
			weeks++
		}
	}
	if got := evaluate[int](mia, `document.querySelectorAll(".ap-grid thead th").length - 3`); got != weeks {
		t.Errorf("the month is shown in %d columns, want %d weeks", got, weeks)
	}
	if expected := evaluate[string](mia, `document.querySelector(".ap-grid .expected")?.innerText ?? ""`); !strings.Contains(expected, "40:00") {
		t.Errorf("expected is %q", expected)
	}
	mia.fits("approval-month")
	if under := evaluate[float64](mia, `innerHeight - document.querySelector("dialog .steps").getBoundingClientRect().bottom`); under > 1 {
		t.Errorf("the panel goes on for %v px under its foot", under)
	}

	// Its weeks begin as the organization's do, for all that its periods are months.
	sundays := serveCalendar(t, t.TempDir(), func(o *timesheets.NewOrganization) { o.Period, o.WeekStarts = "month", "sunday" })
	p = openApp(t, startChromium(t), views[0], sundays, "ada@exampleco.com", "/app/week/2026-03-11")
	p.heading("March 8 – 14, 2026 · part of March 2026")
}

// heading is the week on screen: its days, and what is said of their period.
func (p tab) heading(want string) {
	p.Helper()
	p.until(fmt.Sprintf(`document.querySelector(".week-head .range")?.innerText === %q || (window.gotRange = document.querySelector(".week-head .range")?.innerText, false)`, want))
}

func TestBrowserWeekBeginsOnSundayFromTheNextOneOn(t *testing.T) {
	folder, chromium := t.TempDir(), startChromium(t)
	before := serveCalendar(t, folder, func(*timesheets.NewOrganization) {})
	p := openApp(t, chromium, views[0], before, "ada@exampleco.com", "/app/")
	inApp[bool](p, `const [project] = await api.all("/projects?limit=200"); await api.post("/timesheets", { project_id: project.id, date: "`+weekFromNow(0)+`", minutes: 60 }); return true;`)

	p = openApp(t, chromium, views[0], serveCalendar(t, folder, func(o *timesheets.NewOrganization) { o.WeekStarts = "sunday" }), "ada@exampleco.com", "/app/")
	monday := weekFromNow(1)
	words := func(from, to int) string {
		return evaluate[string](p, fmt.Sprintf(`new Intl.DateTimeFormat("en-US", {day: "numeric", month: "long", year: "numeric", timeZone: "UTC"}).formatRange(new Date(%q), new Date(%q))`, day(monday, from), day(monday, to)))
	}
	short := evaluate[string](p, fmt.Sprintf(`new Intl.DateTimeFormat("en-US", {day: "numeric", month: "short", timeZone: "UTC"}).formatRange(new Date(%q), new Date(%q))`, monday, day(monday, 5)))
	p.heading(words(-7, -1)) // this week is as it was
	p.press("]")
	p.heading(words(0, 6) + " · part of " + short) // six days, up to the first Sunday
	p.seenAs("week-cut-short", views[0], view{"light", 360})
	p.press("]")
	p.heading(words(6, 12))
	if first := evaluate[string](p, `document.querySelector(".first, .grid thead .of-day")?.innerText ?? ""`); first == "" {
		t.Error("nothing is shown of the first week from Sunday")
	}
	inApp[bool](p, `const week = await import(base + "lib/week.js"), project = [...week.projects.value.values()][0]; week.addRow({ project_id: project.id, task: "Review" }); return true;`)
	p.into(0, 0, "2")
	p.press("Enter")
	p.saved()
	if date := inApp[string](p, `return (await api.get("/timesheets?from=`+monday+`", { cached: false })).body[0].date;`); date != day(monday, 6) {
		t.Errorf("the first cell is of %s", date)
	}
	for _, back := range []string{words(-1, 5) + " · part of " + short, words(-7, -1)} { // and none is passed over on the way back
		p.press("[")
		p.heading(back)
	}
}
