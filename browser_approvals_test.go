//go:build browser

package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// submittedWeek writes this week, and a line of the week before, so that its project is no new one, and submits it as whoever
// uses the tab. It gives the period. The words in it are hostile.
const submittedWeek = `const me = (await api.get("/me")).body, project = (await api.get("/projects")).body.find((p) => p.name === "Company") ?? (await api.get("/projects")).body[0];
	const time = await import(base + "lib/time.js"), monday = time.weekStart(time.today());
	const write = (date, note) => api.post("/timesheets", {date, minutes: 480, project_id: project.id, note, tags: ["<i>tag</i>"], task: "\u202Eksat<script>"});
	await write(time.addDays(monday, -7), "before");
	for (let i = 0; i < 5; i++) await write(time.addDays(monday, i), "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>" + i);
	const period = (await api.get("/periods/" + me.id + "/" + monday)).body;
	return (await api.put("/periods/" + period.id + "/submission?early=true", {comment: "<b onclick=alert(1)>Done</b>"})).body;`

type seenPeriod struct{ ID, State string }

func submitWeek(t *testing.T, chromium context.Context, issuer, email string) (tab, seenPeriod) {
	t.Helper()
	p := openApp(t, chromium, views[0], issuer, email, "/app/reports")
	return p, inApp[seenPeriod](p, submittedWeek)
}

// hotkey types where nothing is being written.
func (p tab) hotkey(key string) {
	p.Helper()
	evaluate[bool](p, `(document.activeElement?.matches("input, textarea") && document.activeElement.blur(), true)`)
	p.press(key)
}

func (p tab) tells(text string) {
	p.Helper()
	p.until(fmt.Sprintf("document.body.innerText.includes(%q)", text))
}

const readPeriod = `return (await api.get("/periods/%s")).body;`

func TestBrowserRejectsALineWithWordsAndApprovesTheOthers(t *testing.T) {
	chromium, issuer := startChromium(t), exampleServer(t)
	ada, period := submitWeek(t, chromium, issuer, "ada@exampleco.com")
	mia := openApp(t, chromium, views[0], issuer, "mia@exampleco.com", "/app/periods/"+period.ID) // as mails lead there
	mia.until(`document.querySelectorAll(".ap-lines li").length === 5`)
	mia.tells("<img src=x onerror=")
	mia.hotkey("r")
	mia.tells("Say what to change.")
	mia.until(`document.activeElement.id === "decision-words"`)

	mia.click(".ap-lines li:nth-child(2) button")
	mia.until(`document.activeElement.matches(".ap-lines .input")`)
	mia.hotkey("r")
	mia.tells("Say what to change in each line")
	mia.do(chromedp.SendKeys(chromedp.CSS(".ap-lines .input"), "Which <b>customer</b>?"))
	mia.click(".decide .check input")
	mia.hotkey("r")
	mia.tells("1 line sent back")
	mia.click(".held .btn:last-child") // Undo
	mia.until(`document.querySelector(".ap-lines .input")?.value === "Which <b>customer</b>?" && !localStorage.getItem("decisions")`)
	mia.hotkey("r")
	mia.click(".held .btn:first-child") // Send now
	mia.until(`!document.querySelector(".held-one")`)

	if got := inApp[seenPeriod](ada, fmt.Sprintf(readPeriod, period.ID)); got.State != "rejected" {
		t.Errorf("the period is %s", got.State)
	}
	lines := inApp[[]struct{ State, Comment string }](ada, `return (await api.get("/timesheets?limit=5")).body.map(({state, comment}) => ({state, comment})).sort((a, b) => a.state < b.state ? -1 : 1);`)
	for i, line := range lines {
		want := map[bool]string{true: "rejected Which <b>customer</b>?", false: "approved "}[i == 4]
		if got := line.State + " " + line.Comment; got != want {
			t.Errorf("line %d is %q, want %q", i, got, want)
		}
	}
	ada.visit("/app/notifications")
	ada.tells("Mia Chen approved 4 lines of") // as one, so that what is to be changed isn't lost among them
	ada.until(`document.querySelectorAll(".feed li").length === 2 && document.querySelector(".feed .asks + div").innerText.includes("change")`)
	ada.visit("/app/week/2020-01-06")
	ada.click(".elsewhere .btn")
	ada.until(`document.querySelector(".sent-back-banner") && !document.querySelector(".elsewhere")`)
	ada.click(".sent-back-banner .btn:last-child")
	ada.until(`document.querySelectorAll("dialog .timeline > li").length === 3`)
	ada.tells("Which <b>customer</b>?")
	if title := evaluate[string](mia, "document.title"); strings.Contains(title, "taken") {
		t.Error("a note ran as a script")
	}
}

// Of a sheet of which one line was sent back, the others can be approved at any time.
func TestBrowserApprovesTheLinesThatStillWait(t *testing.T) {
	chromium, issuer := startChromium(t), exampleServer(t)
	ada, period := submitWeek(t, chromium, issuer, "ada@exampleco.com")
	mia := openApp(t, chromium, views[0], issuer, "mia@exampleco.com", "/app/approvals/"+period.ID)
	mia.click(".ap-lines li:nth-child(2) button")
	mia.until(`document.activeElement.matches(".ap-lines .input")`)
	mia.do(chromedp.SendKeys(chromedp.CSS(".ap-lines .input"), "Which customer?"))
	mia.hotkey("r")
	mia.click(".held .btn:first-child") // Send now
	mia.until(`!document.querySelector(".held-one") && !localStorage.getItem("decisions")`)
	mia.do(chromedp.Navigate(issuer + "app/approvals/" + period.ID + "?tab=rejected"))
	mia.tells("Approve the 4 lines that wait")
	mia.hotkey("a")
	mia.tells("the remaining 4 lines approved")
	mia.click(".held .btn:last-child") // Undo
	mia.until(`!document.querySelector(".held-one") && !localStorage.getItem("decisions")`)
	mia.tells("Approve the 4 lines that wait")
	mia.hotkey("a")
	mia.click(".held .btn:first-child")
	mia.until(`!document.querySelector(".held-one") && !localStorage.getItem("decisions")`)
	states := inApp[map[string]int](ada, `return (await api.get("/timesheets?limit=5")).body.reduce((n, e) => ({...n, [e.state]: (n[e.state] ?? 0) + 1}), {})`)
	if states["approved"] != 4 || states["rejected"] != 1 {
		t.Errorf("the lines are %v", states)
	}
	mia.do(chromedp.Navigate(issuer + "app/approvals/" + period.ID + "?tab=rejected"))
	mia.until(`document.querySelectorAll(".timeline li").length === 3`) // what was approved together is one
	mia.tells("(4 lines: Mon, Wed, Thu, Fri) · Mia Chen")
}

// unsubmittedWeek writes a line of last week, as whoever uses the tab, and gives its period.
const unsubmittedWeek = `const time = await import(base + "lib/time.js"), monday = time.addDays(time.weekStart(time.today()), -7);
	const project = (await api.get("/projects")).body[0], me = (await api.get("/me")).body;
	await api.post("/timesheets", {date: monday, minutes: 60, project_id: project.id});
	return (await api.get("/periods/" + me.id + "/" + monday)).body;`

func TestBrowserRemindsWhoHasNotSubmitted(t *testing.T) {
	chromium, issuer := startChromium(t), exampleServer(t)
	ada := openApp(t, chromium, views[0], issuer, "ada@exampleco.com", "/app/reports")
	hers := inApp[seenPeriod](ada, unsubmittedWeek)
	mia := openApp(t, chromium, views[0], issuer, "mia@exampleco.com", "/app/approvals?tab=open")
	mia.until(`document.querySelectorAll(".ask .btn").length > 2`) // hers, and of those who have written nothing at all
	mia.tells("nothing entered")
	row := fmt.Sprintf(`.ap-row:has(a[href*="%s"]) .ask`, hers.ID)
	mia.click(row + " .btn")
	mia.until(fmt.Sprintf(`document.querySelector(%q)?.innerText.trim() === "Reminded"`, row))
	mia.tells("Ada Lovelace is reminded.")

	// In the sheet as in its row; and whom somebody else reminded meanwhile nobody reminds again.
	for _, c := range []struct{ before, says, toast string }{
		{``, "Reminded", "is reminded."},
		{`await api.post("/approvals/reminders", {period_ids: [location.pathname.split("/").pop()]});`, "Reminded already", "was reminded in the last 24 hours."},
	} {
		mia.push(".ap-row:has(.ask .btn) .who a", "")
		mia.until(`document.querySelector("dialog .ap-idle .ask .btn")`)
		mia.tells("This time isn't submitted yet")
		inApp[any](mia, c.before)
		mia.fits("approvals-panel-remind-" + c.toast[:2])
		mia.click("dialog .ap-idle .ask .btn")
		mia.until(fmt.Sprintf(`document.querySelector("dialog .ap-idle .ask")?.innerText.trim() === %q && document.querySelector("dialog .toast").innerText.includes(%q)`, c.says, c.toast))
		mia.click("dialog header .only-icon")
		mia.until(fmt.Sprintf(`!document.querySelector("dialog") && [...document.querySelectorAll(".ap-row .ask")].some((e) => e.innerText.trim() === %q)`, c.says))
	}

	other := evaluate[string](mia, `document.querySelector(".ap-row:has(.ask .btn) .who a").pathname.split("/").pop()`)
	inApp[any](mia, fmt.Sprintf(`return (await api.post("/approvals/reminders", {period_ids: [%q]})).body`, other)) // as from another window
	n := evaluate[int](mia, `document.querySelectorAll(".ask .btn").length`)
	mia.tells(fmt.Sprintf("Remind all %d", n))
	mia.click(".page-head .primary")
	mia.until(fmt.Sprintf(`document.querySelectorAll(".sure li").length === %d`, n))
	mia.click("dialog .primary")
	mia.tells(fmt.Sprintf("%d reminded, 1 was already reminded", n-1))
	mia.until(`!document.querySelector(".ask .btn") && document.querySelector(".page-head .primary").disabled`)
	mia.fits("approvals-reminded")

	ada.do(chromedp.Navigate(issuer + "app/notifications"))
	ada.tells("Mia Chen asks you to submit your time of")
}

func TestBrowserSendsManyBackWithTheSameWords(t *testing.T) {
	chromium, issuer := startChromium(t), exampleServer(t)
	ada, period := submitWeek(t, chromium, issuer, "ada@exampleco.com")
	ben, other := submitWeek(t, chromium, issuer, "ben@exampleco.com")
	mia := openApp(t, chromium, views[0], issuer, "mia@exampleco.com", "/app/approvals")
	mia.until(`document.querySelectorAll(".pick input:not(:disabled)").length === 2`)
	if there := evaluate[bool](mia, `!!document.querySelector(".page-head .bad")`); there {
		t.Error("what nobody chose can be sent back")
	}
	mia.hotkey("j")
	mia.press("x")
	mia.hotkey("j")
	mia.press("x")
	mia.tells("Request changes in 2")
	inApp[seenPeriod](ben, fmt.Sprintf(`await api.del("/periods/%[1]s/submission"); return (await api.put("/periods/%[1]s/submission?early=true", {})).body;`, other.ID))
	mia.click(".page-head .bad")
	mia.until(`document.querySelectorAll(".sure li").length === 2`)
	mia.click("dialog .form-foot .bad")
	mia.tells("Say what to change.")
	mia.until(`document.activeElement.id === "many-words"`)
	mia.do(chromedp.SendKeys(chromedp.CSS("#many-words"), "Which <b>customer</b>?"))
	mia.click("dialog .phrases .btn") // Save as a phrase
	mia.until(`document.querySelector("dialog .phrase")?.innerText === "Which <b>customer</b>?"`)
	mia.click("dialog .form-foot .btn") // Cancel
	mia.click(".page-head .bad")
	mia.until(`document.querySelector("#many-words")?.value === "Which <b>customer</b>?"`)
	mia.fits("approvals-reject-many")
	mia.click("dialog .form-foot .bad")
	mia.tells("1 sent back, 1 changed meanwhile")
	if got := inApp[seenPeriod](ada, fmt.Sprintf(readPeriod, period.ID)); got.State != "rejected" {
		t.Errorf("the period is %s", got.State)
	}
	words := inApp[string](ada, fmt.Sprintf(`return (await api.get("/periods/%s")).body.last_decision.comment`, period.ID))
	if words != "Which <b>customer</b>?" {
		t.Errorf("the words are %q", words)
	}
}

func TestBrowserUndoesApprovesByKeysAndReopens(t *testing.T) {
	chromium, issuer := startChromium(t), exampleServer(t)
	ada, first := submitWeek(t, chromium, issuer, "ada@exampleco.com")
	submitWeek(t, chromium, issuer, "ben@exampleco.com")
	mia := openApp(t, chromium, views[0], issuer, "mia@exampleco.com", "/app/approvals")
	mia.until(`document.querySelectorAll(".ap-row").length === 2 && document.querySelector(".nav .count")?.textContent === "2"`)
	mia.hotkey("j")
	mia.until(`document.activeElement.matches(".ap-row:first-child a")`)
	evaluate[bool](mia, `(document.activeElement.click(), true)`)
	mia.until(`document.querySelector(".ap-lines li")`)
	at := evaluate[string](mia, `location.pathname`)
	mia.hotkey("j")
	mia.until(fmt.Sprintf(`location.pathname !== %q && document.querySelector(".ap-lines li")`, at))
	mia.hotkey("k")
	mia.until(fmt.Sprintf(`location.pathname === %q && document.querySelector(".ap-lines li")`, at))
	mia.hotkey("c")
	mia.until(`document.activeElement.id === "decision-words"`)
	mia.hotkey("a")
	mia.until(`document.querySelector(".held-one")`)
	mia.click(".held .btn:last-child")
	mia.until(fmt.Sprintf(`!document.querySelector(".held-one") && location.pathname === %q && document.querySelector(".ap-lines li")`, at))
	if got := inApp[int](mia, `return (await api.get("/approvals/counts")).body.submitted`); got != 2 {
		t.Errorf("%d wait after what was undone, want 2", got)
	}

	mia.hotkey("a") // and then one closes the page: what was decided is sent when the app is opened next
	mia.until(`document.querySelector(".held-one")`)
	mia.do(chromedp.Navigate(issuer + "app/reports"))
	mia.until(`document.querySelector(".bar") && !localStorage.getItem("decisions")`)
	if got := inApp[int](mia, `return (await api.get("/approvals/counts")).body.approved`); got != 1 {
		t.Errorf("%d are approved, want 1", got)
	}

	if got := inApp[seenPeriod](ada, fmt.Sprintf(readPeriod, first.ID)); got.State != "approved" {
		mia.do(chromedp.Navigate(issuer + "app/approvals/" + first.ID))
		mia.until(`document.querySelector(".ap-lines li")`)
		mia.hotkey("a")
		mia.click(".held .btn:first-child")
		mia.until(`!document.querySelector(".held-one")`)
	}
	mia.do(chromedp.Navigate(issuer + "app/approvals/" + first.ID))
	mia.until(`document.querySelector(".decide")`)
	mia.click(".decide .btn")
	mia.tells("Say what to change.")
	mia.do(chromedp.SendKeys(chromedp.CSS("#decision-words"), "Friday is missing"))
	mia.click(".decide .btn")
	mia.tells("Reopened")
	if got := inApp[seenPeriod](ada, fmt.Sprintf(readPeriod, first.ID)); got.State != "open" {
		t.Errorf("the period is %s", got.State)
	}
}

func TestBrowserApprovesManyAndTellsWhichChanged(t *testing.T) {
	example, err := exampleProvisioning()
	if err != nil {
		t.Fatal(err)
	}
	for i := range example.directory.People {
		example.directory.People[i].Name += ` <img src=x onerror="document.title='taken'">`
	}
	_, issuer := serveHouse(t, example)
	chromium := startChromium(t)
	submitWeek(t, chromium, issuer, "ada@exampleco.com")
	ben, period := submitWeek(t, chromium, issuer, "ben@exampleco.com")
	mia := openApp(t, chromium, views[0], issuer, "mia@exampleco.com", "/app/approvals")
	mia.tells("Approve 2 without warnings")
	inApp[seenPeriod](ben, fmt.Sprintf(`await api.del("/periods/%[1]s/submission"); return (await api.put("/periods/%[1]s/submission?early=true", {})).body;`, period.ID))
	mia.click(".page-head .primary")
	mia.until(`document.querySelectorAll(".sure li").length === 2 && document.querySelector("dialog").innerText.includes("80:00")`)
	mia.fits("approvals-many")
	mia.click("dialog .primary")
	mia.tells("1 approved, 1 changed meanwhile")
	mia.until(fmt.Sprintf(`document.querySelector('.ap-result a[href="/app/approvals/%s"]')`, period.ID))
	mia.until(`document.querySelectorAll(".ap-row").length === 1`)
	if title := evaluate[string](mia, "document.title"); strings.Contains(title, "taken") {
		t.Error("a name ran as a script")
	}
}

func TestBrowserAsksForAFreshSignInAndKeepsTheDecision(t *testing.T) {
	example, err := exampleProvisioning()
	if err != nil {
		t.Fatal(err)
	}
	example.directory.API.MaxAuthAgeForApproval = 4
	_, issuer := serveHouse(t, example)
	chromium := startChromium(t)
	ada, period := submitWeek(t, chromium, issuer, "ada@exampleco.com")
	ben, other := submitWeek(t, chromium, issuer, "ben@exampleco.com")
	mia := openApp(t, chromium, views[0], issuer, "mia@exampleco.com", "/app/approvals/"+period.ID)
	mia.until(`document.querySelector(".ap-lines li")`)
	time.Sleep(4500 * time.Millisecond)
	mia.hotkey("a")
	mia.click(".held .btn:first-child")
	mia.tells("Yours is kept")
	mia.click(".held .primary")
	mia.until(`location.pathname === "/login" && document.querySelector("#password")`)
	mia.fill("#email", "mia@exampleco.com", "#password", examplePassword)
	mia.do(chromedp.Click(chromedp.CSS("button.primary")))
	mia.until(`location.pathname.startsWith("/app/approvals")`)
	mia.click(".held .again") // Send again
	mia.until(`!document.querySelector(".held-one") && !localStorage.getItem("decisions")`)
	if got := inApp[seenPeriod](ada, fmt.Sprintf(readPeriod, period.ID)); got.State != "approved" {
		t.Errorf("the period is %s", got.State)
	}

	mia.do(chromedp.Navigate(issuer + "app/approvals")) // and of many at once
	mia.click(".pick input:not(:disabled)")
	mia.click(".page-head .bad")
	mia.do(chromedp.SendKeys(chromedp.CSS("#many-words"), "Which customer?"))
	time.Sleep(4500 * time.Millisecond)
	mia.click("dialog .form-foot .bad")
	mia.click("dialog .form-foot .primary") // Sign in
	mia.until(`location.pathname === "/login" && document.querySelector("#password")`)
	mia.fill("#email", "mia@exampleco.com", "#password", examplePassword)
	mia.do(chromedp.Click(chromedp.CSS("button.primary")))
	mia.until(`document.querySelector("#many-words")?.value === "Which customer?"`)
	mia.click("dialog .form-foot .bad")
	mia.tells("1 sent back")
	if got := inApp[seenPeriod](ben, fmt.Sprintf(readPeriod, other.ID)); got.State != "rejected" {
		t.Errorf("the period is %s", got.State)
	}
}

func TestBrowserDelegatesAndEndsIt(t *testing.T) {
	chromium, issuer := startChromium(t), exampleServer(t)
	_, period := submitWeek(t, chromium, issuer, "ada@exampleco.com")
	mia := openApp(t, chromium, views[0], issuer, "mia@exampleco.com", "/app/approvals")
	mia.click(".page-head .btn")
	mia.until(`document.querySelector("#dlg-to_user_id")`)
	evaluate[bool](mia, `(() => { const s = document.querySelector("#dlg-to_user_id"); s.value = [...s.options].find((o) => o.text === "Noah Brandt").value; return s.dispatchEvent(new Event("input", {bubbles: true})); })()`)
	mia.do(chromedp.SendKeys(chromedp.CSS("#dlg-reason"), "<b>On holiday</b>"))
	mia.click("dialog .primary")
	mia.until(`document.querySelector(".given")?.innerText.includes("<b>On holiday</b>")`)
	mia.fits("approvals-delegations")

	noah := openApp(t, chromium, views[0], issuer, "noah@exampleco.com", "/app/approvals")
	noah.tells("for Mia Chen until")
	mia.click(".given .btn")
	mia.tells("Nobody decides in your place.")
	noah.do(chromedp.Navigate(issuer + "app/approvals/" + period.ID))
	noah.until(`document.querySelector("dialog .alert")`)
}

// Nobody decides about their own time, whoever they are.
func TestBrowserExplainsFourEyes(t *testing.T) {
	chromium, issuer := startChromium(t), exampleServer(t)
	mia, period := submitWeek(t, chromium, issuer, "mia@exampleco.com")
	mia.do(chromedp.Navigate(issuer + "app/approvals/" + period.ID))
	mia.tells("This is your own time. Grace Okafor decides about it.")
	mia.hotkey("a")
	if held := evaluate[bool](mia, `!!document.querySelector(".held-one")`); held {
		t.Error("one's own time can be approved")
	}
}

func TestBrowserTellsWhatHappened(t *testing.T) {
	chromium, issuer := startChromium(t), exampleServer(t)
	submitWeek(t, chromium, issuer, "ada@exampleco.com")
	mia := openApp(t, chromium, views[0], issuer, "mia@exampleco.com", "/app/notifications")
	mia.until(`document.querySelector(".bell .count")?.textContent === "1"`)
	mia.tells("Ada Lovelace submitted")
	mia.click(".feed button")
	mia.until(`!document.querySelector(".bell .count") && !document.querySelector(".feed .unread")`)
	mia.click(".switches td input")
	mia.tells("Saved")
	if on := inApp[bool](mia, `return (await api.get("/me/notifications")).body.kinds[0].in_app`); on {
		t.Error("the switch was not kept")
	}
}

func TestBrowserShowsApprovalsInEveryLook(t *testing.T) {
	chromium, issuer := startChromium(t), exampleServer(t)
	ada, _ := submitWeek(t, chromium, issuer, "ada@exampleco.com")
	inApp[seenPeriod](ada, unsubmittedWeek)
	_, bens := submitWeek(t, chromium, issuer, "ben@exampleco.com")
	mia := openApp(t, chromium, views[0], issuer, "mia@exampleco.com", "/app/reports")
	inApp[any](mia, fmt.Sprintf(`const p = (await api.get("/periods/%[1]s")).body, [line] = (await api.get("/timesheets?user_id=" + p.user_id + "&from=" + p.start)).body;
		return (await api.put("/periods/%[1]s/approval", {decision: "rejected", lines: [{id: line.id, comment: "Which customer?"}]}, {headers: {"If-Match": '"' + p.revision + '"'}})).body`, bens.ID))
	for _, v := range views {
		t.Run(fmt.Sprintf("%s %d", v.scheme, v.width), func(t *testing.T) {
			p := openApp(t, chromium, v, issuer, "mia@exampleco.com", "/app/approvals")
			suffix := fmt.Sprintf("-%s-%d", v.scheme, v.width)
			p.until(`document.querySelector(".ap-row .bars path")`)
			p.fits("approvals" + suffix)
			p.click(".ap-row .who a")
			p.until(`document.querySelector(".ap-lines li")`)
			p.fits("approval" + suffix)
			p.click(".ap-lines li button")
			p.fits("approval-line" + suffix)
			p.do(chromedp.Navigate(issuer + "app/approvals"))
			p.click(".pick input")
			p.click(".page-head .bad")
			p.click("dialog .form-foot .bad")
			p.until(`document.querySelector("#many-wanting.error")`)
			p.fits("approvals-reject-many" + suffix)
			p.do(chromedp.Navigate(issuer + "app/approvals/" + bens.ID + "?tab=rejected"))
			p.until(`document.querySelector(".decide .primary") && document.querySelector(".ap-lines li")`)
			p.fits("approvals-rest" + suffix)
			p.do(chromedp.Navigate(issuer + "app/approvals?tab=open"))
			p.until(`document.querySelectorAll(".ask .btn").length > 2`)
			p.fits("approvals-open" + suffix)
			p.click(".page-head .primary")
			p.until(`document.querySelector("dialog .sure")`)
			p.fits("approvals-remind" + suffix)
			p.do(chromedp.Navigate(issuer + "app/approvals?tab=rejected"))
			p.until(`document.querySelector(".ap-row")`)
			p.fits("approvals-rejected" + suffix)
			p.click(".page-head .btn")
			p.until(`document.querySelector("#dlg-to_user_id")`)
			p.fits("approvals-delegate" + suffix)
			p.do(chromedp.Navigate(issuer + "app/notifications"))
			p.until(`document.querySelector(".switches table")`)
			p.fits("notifications" + suffix)
			p.at("/app/notifications")
		})
	}
}
