//go:build browser

package main

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Texts that would do harm wherever they were taken for anything but text.
const hostile = `<img src=x onerror="console.error('ran')">"'&{{7*7}} ` + "\u202etfel"

// weekFromNow is the Monday of the week that is so many weeks from this one, in UTC.
func weekFromNow(n int) string {
	now := time.Now().UTC()
	return now.AddDate(0, 0, -(int(now.Weekday())+6)%7+7*n).Format(time.DateOnly)
}

// into goes into a cell of the grid, row and day from 0, and types over what is there.
func (p tab) into(r, c int, text string) {
	p.Helper()
	evaluate[bool](p, fmt.Sprintf(`(() => { const i = document.querySelector('.grid input[data-r="%d"][data-c="%d"]'); i.focus(); i.select();
		i.value = %q; i.dispatchEvent(new InputEvent("input", {bubbles: true})); i.select(); return true; })()`, r, c, text))
}

// cells is a row of the grid as it is shown, and its total.
func (p tab) cells(r int) string {
	p.Helper()
	return evaluate[string](p, fmt.Sprintf(`[...document.querySelectorAll('.grid input[data-r="%d"]')].map((i) => i.value || "-").join(" ") + " = " +
		document.querySelector('.grid input[data-r="%d"]').closest("tr").querySelector(".rt").innerText`, r, r))
}

// hasCells waits for a row to be shown like this.
func (p tab) hasCells(r int, want string) {
	p.Helper()
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		got := p.cells(r)
		if got == want {
			return
		}
		if time.Now().After(end) {
			p.Fatalf("row %d is %s, want %s", r, got, want)
		}
	}
}

// saved waits until nothing is on its way.
func (p tab) saved() {
	p.Helper()
	p.until(`!document.querySelector('.grid [data-status="saving"], .grid [data-status="waiting"]')`)
}

// pick types into the combobox of an open dialog and takes the first of what is found.
func (p tab) pick(words string) {
	p.Helper()
	p.until(`document.querySelector("dialog[open] [role=combobox]") && document.querySelector("#choices > li")`)
	p.write("dialog [role=combobox]", words)
	p.until(`document.querySelector("#choices > li")`)
	p.press("Enter")
}

// write types into a field as a person would.
func (p tab) write(field, words string) {
	p.Helper()
	evaluate[bool](p, fmt.Sprintf(`(() => { const i = document.querySelector(%q); i.focus(); i.value = %q; i.dispatchEvent(new InputEvent("input", {bubbles: true})); return true; })()`, field, words))
}

// paste is what a spreadsheet has put on the clipboard.
func (p tab) paste(text string) {
	p.Helper()
	evaluate[bool](p, fmt.Sprintf(`(() => { const data = new DataTransfer(); data.setData("text/plain", %q);
		document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})); return true; })()`, text))
}

// api calls the API from within the page, as whoever is signed in there.
const apiOf = `const base = document.querySelector("script[type=module]").src.replace(/main\.js.*/, "");
	const { get, put } = await import(base + "lib/api.js"); `

func openWeek(t *testing.T, v view, issuer, email string, n int) tab {
	t.Helper()
	return openApp(t, startChromium(t), v, issuer, email, "/app/week/"+weekFromNow(n))
}

// withRows opens a week in which nothing was written and gives it two rows.
func withRows(t *testing.T, v view, issuer string) tab {
	t.Helper()
	p := openWeek(t, v, issuer, "ada@exampleco.com", 2)
	p.until(`document.querySelector(".week .first")`)
	p.click(".first .primary")
	p.pick("storezero review")
	p.until(`document.querySelector('.grid input[data-r="0"]') && !document.querySelector("dialog")`)
	p.click(".grid tfoot button")
	p.pick("ledg / Taxes " + hostile)
	p.until(`document.querySelector('.grid input[data-r="1"]') && !document.querySelector("dialog")`)
	return p
}

func TestBrowserWeekIsTypedIntoLikeASpreadsheet(t *testing.T) {
	issuer := exampleServer(t)
	p := withRows(t, views[0], issuer)
	for c, text := range []string{"2", "2.5", "2,5", "2h30", "1:30", "90m"} {
		p.into(0, c, text)
		p.press("Enter")
		if at := evaluate[string](p, `document.activeElement.dataset.r + document.activeElement.dataset.c`); at != fmt.Sprint("1", c) {
			t.Errorf("Enter after %s leads to cell %s", text, at)
		}
	}
	p.hasCells(0, "2:00 2:30 2:30 2:30 1:30 1:30 - = 12:30")
	p.saved()
	p.do(chromedp.Reload())
	p.until(`document.querySelector(".grid")`)
	p.hasCells(0, "2:00 2:30 2:30 2:30 1:30 1:30 - = 12:30")

	p.into(0, 6, "90")
	p.press("ArrowLeft")
	p.until(`document.querySelector(".why .refused")`)
	p.says("Did you mean 90m?")
	if kept := evaluate[string](p, `document.querySelector('.grid input[data-r="0"][data-c="6"]').value`); kept != "90" {
		t.Errorf("what was typed became %q", kept)
	}
	p.fits("week-refused")
	p.click(".why .btn")
	p.hasCells(0, "2:00 2:30 2:30 2:30 1:30 1:30 1:30 = 14:00")
	for _, step := range [][2]string{{"+0:30", "2:00 = 14:30"}, {"-45m", "1:15 = 13:45"}, {"+15m", "1:30 = 14:00"}} {
		p.into(0, 6, step[0])
		p.press("Enter")
		p.hasCells(0, "2:00 2:30 2:30 2:30 1:30 1:30 "+step[1])
	}
	p.into(0, 6, "-2")
	p.press("Enter")
	p.says("Saved is still 1:30.")
	p.saved() // the answer to what was saved before doesn't take it away
	p.hasCells(0, "2:00 2:30 2:30 2:30 1:30 1:30 -2 = 14:00")
	p.click(".why .refused .btn.quiet")
	p.into(0, 6, "24h")
	p.press("Escape")
	p.hasCells(0, "2:00 2:30 2:30 2:30 1:30 1:30 1:30 = 14:00")
	p.saved()
	p.into(0, 6, "")
	p.press("Enter")
	p.hasCells(0, "2:00 2:30 2:30 2:30 1:30 1:30 - = 12:30")
}

func TestBrowserWeekTakesBlocksOfCellsAndGivesThemBack(t *testing.T) {
	issuer := exampleServer(t)
	p := openWeek(t, views[0], issuer, "ada@exampleco.com", 2)
	p.until(`document.querySelector(".week .first")`)
	for r, words := range []string{"storezero review", "ledger build"} {
		p.press("/") // what is not understood is not entered
		p.until(`document.querySelector("dialog[open] .quick input")`)
		p.write(".quick input", "1h "+words+" "+weekFromNow(2)+" #spike “<b>bold</b>”")
		p.until(`document.querySelector(".quick .said.ready")`)
		p.press("Enter")
		p.until(fmt.Sprintf(`document.querySelectorAll('.grid input[data-c="0"]').length === %d`, r+1))
	}
	p.hasCells(0, "1:00 - - - - - - = 1:00")
	p.saved()
	p.into(0, 1, "")
	p.paste("1\t2,5\t90m\r\n0:45\t\tlunch\t90\r\n")
	p.hasCells(0, "1:00 1:00 2:30 1:30 - - - = 6:00")
	p.hasCells(1, "1:00 0:45 - lunch 90 - - = 1:45")
	p.says("Did you mean 90m?")
}

func TestBrowserWeekUndoesFillsAndCopies(t *testing.T) {
	issuer := exampleServer(t)
	p := withRows(t, views[0], issuer)
	p.into(0, 0, "")
	p.paste("1\t2\n3\t4\n")
	p.hasCells(0, "1:00 2:00 - - - - - = 3:00")
	p.hasCells(1, "3:00 4:00 - - - - - = 7:00")
	p.saved()
	p.into(0, 2, "")
	p.press("Escape")
	p.press("Control", "d")
	p.hasCells(0, "1:00 2:00 2:00 - - - - = 5:00")
	p.press("Control", "z")
	p.hasCells(0, "1:00 2:00 - - - - - = 3:00")

	p.into(0, 0, "1")
	p.press("Escape")
	p.press("Shift", "ArrowRight")
	p.press("Shift", "ArrowDown")
	const copied = `(() => { const data = new DataTransfer(); document.activeElement.dispatchEvent(new ClipboardEvent("copy", {clipboardData: data, bubbles: true, cancelable: true}));
		return data.getData("text/plain"); })()`
	if got := evaluate[string](p, copied); got != "1:00\t2:00\n3:00\t4:00" {
		t.Errorf("what was copied is %q", got)
	}
	p.press("Delete")
	p.until(`document.querySelector(".week .grand").innerText.startsWith("0:00")`)
	p.press("Control", "z")
	p.hasCells(1, "3:00 4:00 - - - - - = 7:00")
	p.press("Control", "z")
	p.until(`document.querySelector(".week .grand").innerText.startsWith("0:00")`)
	p.saved()
	if left := evaluate[int](p, `(async () => { `+apiOf+`return (await get("/timesheets?from=`+weekFromNow(2)+`")).body.length; })()`); left != 0 {
		t.Errorf("%d entries are left of what was undone", left)
	}
}

func TestBrowserWeekIsSubmittedWithdrawnAndSentBack(t *testing.T) {
	issuer := exampleServer(t)
	p := withRows(t, views[0], issuer)
	p.into(0, 0, "8")
	p.press("Tab")
	p.into(1, 1, "11")
	p.press("ArrowUp")
	p.press("ArrowRight") // to Tuesday, wherever the caret is
	p.saved()
	p.into(1, 1, "11")
	p.press("Escape")
	p.press("n")
	p.click("dialog .line footer .btn")
	const time, start, end, rest = 1, 2, 3, 4
	for _, wrong := range []struct {
		field int
		text  string
		want  string
	}{
		{time, "90", "Did you mean 90m?"}, {time, "much", "This is no time."}, {start, "08:00", "Give both start and end"},
		{end, "16:30", ""}, {rest, "30", "Did you mean 30m?"}, {rest, "soon", "This is no time."}, {rest, "9h", "the break shorter than both"},
	} {
		p.enter(fmt.Sprintf("dialog .fields label:nth-child(%d) input", wrong.field), wrong.text)
		if wrong.want != "" {
			p.click("dialog form .primary")
			p.until(fmt.Sprintf(`document.querySelector("dialog .alert")?.textContent.includes(%q)`, wrong.want))
		}
	}
	p.enter("dialog .fields label:nth-child(2) input", "")
	p.enter("dialog .fields label:nth-child(3) input", "")
	p.enter("dialog .fields label:nth-child(1) input", "11")
	p.write("dialog textarea", hostile)
	p.click("dialog form .primary")
	p.until(`document.querySelector("dialog .note-text")`)
	p.fits("week-lines")
	p.click("dialog header .btn")
	p.saved()
	p.click(".hint .btn") // what stands below is the cell's, and its button leads to the note
	p.until(`document.activeElement.matches("dialog textarea") && document.activeElement.value`)
	p.click("dialog header .btn")
	p.until(`!document.querySelector("dialog")`)

	p.press("Control", "Enter")
	p.until(`document.querySelector("dialog .facts") && document.querySelector("dialog").innerText.includes("More than 10 hours")`)
	p.fits("week-submit")
	p.click("dialog .form-foot .primary")
	p.until(`document.querySelector('.week-head .chip[data-s="submitted"]')`)
	if open := evaluate[int](p, `document.querySelectorAll(".grid input:read-write").length`); open != 0 {
		t.Errorf("%d cells of what was submitted can be written to", open)
	}
	p.says("waiting for Mia Chen")
	p.fits("week-submitted")
	p.click(".week-head .acts .btn:last-child")
	p.until(`document.querySelector('.week-head .chip[data-s="open"]')`)
	p.press("Control", "Enter")
	p.click("dialog .form-foot .primary")
	p.until(`document.querySelector('.week-head .chip[data-s="submitted"]')`)

	manager := openApp(t, startChromium(t), views[0], issuer, "mia@exampleco.com", "/app/reports")
	reject := `(async () => { ` + apiOf + `const [entry] = (await get("/timesheets?q=Taxes&from=` + weekFromNow(2) + `")).body;
		const period = await get("/periods/" + entry.period_id);
		await put("/periods/" + entry.period_id + "/approval", {decision: "rejected", comment: ` + fmt.Sprintf("%q", "All but Tuesday "+hostile) + `,
			lines: [{id: entry.id, comment: ` + fmt.Sprintf("%q", "Taxes? "+hostile) + `}]}, {headers: {"If-Match": period.etag}}); return true; })()`
	evaluate[bool](manager, reject)
	p.do(chromedp.Reload())
	p.until(`document.querySelector(".why .said")`)
	p.says("Taxes? " + hostile)
	p.says("All but Tuesday " + hostile)
	p.until(`document.body.innerText.includes("Mia Chen sent this back")`) // the name comes after the week
	for _, v := range views[:3] {
		p.as(v)
		p.fits(fmt.Sprintf("week-sent-back-%s-%d", v.scheme, v.width))
	}
	p.until(`document.querySelector(".days [aria-selected='true'].said")`) // a phone shows the day that came back
	p.click(".sent-back-banner .btn")
	p.until(`document.activeElement.matches(".entry .said .btn")`)
	p.click(".entry .said .btn")
	p.until(`document.activeElement.matches("dialog textarea")`)
	p.click("dialog header .btn")
	p.until(`!document.querySelector("dialog")`)
	p.as(views[0])
	row := evaluate[int](p, `Number(document.querySelector("td.sent-back input").dataset.r)`)
	p.into(row, 1, "6")
	p.press("Enter")
	p.saved()
	p.until(`document.querySelector(".grid .was")?.innerText === "was 11:00"`)
	p.as(views[2])
	p.until(`[...document.querySelectorAll(".entry")].some((e) => e.innerText.includes("was 11:00"))`)
	p.fits("week-changed-phone")
	p.click(".of-week .btn:last-child")
	p.until(`document.querySelector("dialog .timeline li")`)
	p.click("dialog header .btn")
	p.until(`!document.querySelector("dialog")`)
	p.as(views[0])
	p.until(`document.querySelector("td.locked input")`)
	evaluate[bool](p, `(document.querySelector("td.locked input").focus(), true)`)
	p.until(`document.querySelector(".hint").innerText.includes("waits for a decision by Mia Chen")`)
	p.click(".sent-back-banner .btn")
	p.until(`document.activeElement.dataset.r === "` + strconv.Itoa(row) + `"`)
	p.click(".sent-back-banner .btn:last-child")
	p.until(`document.querySelector("dialog .timeline li") && document.querySelector("dialog .diff .changed")`)
	p.says("11:00")
	p.fits("week-history")
	if images := evaluate[int](p, `document.images.length`); images != 0 {
		t.Errorf("others' words became %d pictures", images)
	}
}

func TestBrowserWeekSaysWhatIsMissingOfDaysThatAreShort(t *testing.T) {
	p := openWeek(t, views[0], exampleServer(t), "ada@exampleco.com", -1)
	p.until(`document.querySelector(".week .first") && document.querySelector(".sum .missing")`)
	// An hour less on the first day, half an hour more on the last one.
	day := inApp[string](p, `const week = await import(base + "lib/week.js"), { day } = await import(base + "lib/i18n.js"), [id] = week.projects.value.keys(), key = week.addRow({ project_id: id });
		const work = week.week.value.days.filter((d) => d.expected > 60);
		week.setCells(work.map((d, i) => ({ key, date: d.date, minutes: d.expected - (i === 0 ? 60 : 0) + (i === work.length - 1 ? 30 : 0) })));
		await week.settled(); return day(work[0].date, { weekday: "short" });`)
	p.until(`document.querySelector(".sum .missing").innerText === "0:30 missing on ` + day + `"`)
	if missing := inApp[int](p, `const { week } = await import(base + "lib/week.js"); return (await api.get("/periods/" + week.value.period.id, { cached: false })).body.missing_minutes;`); missing != 30 {
		t.Errorf("the API says that %d minutes are missing", missing)
	}
	p.as(views[1])
	inApp[bool](p, `const { shown } = await import(base + "lib/week/shown.js"); // where a holiday has a long word in its name
		shown.value = { ...shown.value, days: shown.value.days.map((d, i) => (i ? d : { ...d, holiday: { name: "Christmas Eve" } })) }; return true;`)
	p.until(`document.querySelector(".free-name")`)
	p.fits("week-holiday-820")
	if lines := evaluate[float64](p, `document.querySelector(".free-name").getBoundingClientRect().height / parseFloat(getComputedStyle(document.querySelector(".free-name")).lineHeight)`); lines > 2.5 {
		t.Errorf("the name of a holiday takes %.1f lines", lines)
	}
	if broken := evaluate[int](p, `(() => { const r = document.createRange(), text = document.querySelector(".free-name bdi").firstChild; r.setStart(text, 0); r.setEnd(text, "Christmas".length); return r.getClientRects().length; })()`); broken != 1 {
		t.Errorf("a word of a holiday's name is broken into %d", broken)
	}
	for _, v := range views[:2] {
		p.as(v)
		if off := evaluate[float64](p, `Math.abs(document.querySelector(".grid tfoot th svg").getBoundingClientRect().left - document.querySelector(".grid tbody th .dot, .grid tbody th i").getBoundingClientRect().left)`); off > 3 {
			t.Errorf("at %d px the way to add a row stands %.0f px beside the rows", v.width, off)
		}
	}
	p.as(views[2])
	p.until(`document.querySelectorAll(".days i.missing").length === 1 && document.querySelector(".days i.missing").innerText.includes("●")`)
	p.fits("week-short-phone")
}

// TestBrowserWeekIsQuick measures; what it asserts is far from what is usual.
func TestBrowserWeekIsQuick(t *testing.T) {
	issuer := exampleServer(t)
	p := openApp(t, startChromium(t), views[0], issuer, "ada@exampleco.com", "/app/")
	p.until(`document.querySelector(".week")`)
	p.do(chromedp.Navigate(issuer + "app/"))
	p.until(`document.querySelector(".week")`)
	const bytes = `performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
		.filter((e) => new URL(e.name).pathname.match(/^\/(a|app)\//)).reduce((n, e) => n + e.encodedBodySize, 0)`
	got := evaluate[int](p, bytes)
	t.Logf("the first load takes %d bytes", got)
	if got > 120<<10 || got < 20<<10 {
		t.Errorf("the first load takes %d bytes", got)
	}
	if _, err := chromedp.Call(p.ctx, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: 4}); err != nil {
		t.Fatal(err)
	}
	p.do(chromedp.Navigate(issuer + "app/"))
	p.until(`performance.getEntriesByName("week").length`)
	usable := evaluate[float64](p, `performance.getEntriesByName("week")[0].startTime`)
	t.Logf("with a fourth of the processor, the week can be used after %.0f ms", usable)
	if usable > 5000 {
		t.Errorf("the week can be used only after %.0f ms", usable)
	}
	if _, err := chromedp.Call(p.ctx, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: 1}); err != nil {
		t.Fatal(err)
	}
	const rows = `(async () => { const base = document.querySelector("script[type=module]").src.replace(/main\.js.*/, "");
		const week = await import(base + "lib/week.js"), project = [...week.projects.value.keys()][0];
		for (let i = 0; week.rows.value.length < 30; i++) week.addRow({project_id: project, task: "Task " + i}); return true; })()`
	evaluate[bool](p, rows)
	p.until(`document.querySelectorAll('.grid input[data-c="0"]').length >= 30`)
	const covered = `(() => { const seen = (e) => { const r = e.getBoundingClientRect(); return e.contains(document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2)); };
		const covered = [];
		for (const r of [29, 12, 0, 20]) { const cell = document.querySelector('.grid input[data-r="' + r + '"][data-c="3"]'); cell.focus();
			for (const e of [cell, ...document.querySelectorAll(".grid thead th, .grid tfoot td")]) if (!seen(e)) covered.push(r + " " + e.outerHTML.slice(0, 90)); }
		return covered.join("\n"); })()`
	if found := evaluate[string](p, covered); found != "" {
		t.Errorf("with 30 rows, the days, the totals or the cell written in are out of sight:\n%s", found)
	}
	const typed = `(async () => { const times = [], i = document.querySelector('.grid input[data-r="29"][data-c="3"]'); i.focus();
		for (let n = 1; n <= 20; n++) { const begun = performance.now(); i.value = "1:" + String(n).padStart(2, "0"); i.dispatchEvent(new InputEvent("input", {bubbles: true}));
			while (!i.closest("tr").querySelector(".rt").innerText.includes(i.value)) await new Promise(requestAnimationFrame);
			await new Promise(requestAnimationFrame); times.push(performance.now() - begun); }
		return times.sort((a, b) => a - b)[10]; })()`
	median := evaluate[float64](p, typed)
	t.Logf("a total follows what is typed within %.1f ms in 30 rows", median)
	if median > 250 {
		t.Errorf("a total follows what is typed only after %.1f ms", median)
	}
	if strings.Contains(evaluate[string](p, `document.body.innerText`), "week.") {
		t.Error("words are missing")
	}
}
