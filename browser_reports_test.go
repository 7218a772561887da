//go:build browser

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// minutesOf reads "7:30" as it is shown.
const minutesOf = `const minutesOf = (e) => { const [h, m] = e.textContent.trim().split(":").map(Number); return 60 * h + m; };`

func TestBrowserShowsReportsWhoseSumsAreThoseOfTheirRows(t *testing.T) {
	chromium := startChromium(t)
	for _, v := range views {
		t.Run(fmt.Sprintf("%s %d", v.scheme, v.width), func(t *testing.T) {
			issuer := exampleServer(t)
			p := openApp(t, chromium, v, issuer, "ada@exampleco.com", "/app/reports?time=this-year&by=project&then=task")
			p.fileTime()
			p.until(`document.querySelector(".report tfoot")`)
			p.do(chromedp.Click(chromedp.CSS(".report tbody .only-icon")))
			p.until(`document.querySelector(".report .sub")`)
			p.fits(fmt.Sprintf("reports-%s-%d", v.scheme, v.width))
			sums := evaluate[[]int](p, `(() => { `+minutesOf+` const all = (css) => [...document.querySelectorAll(css)].reduce((sum, e) => sum + minutesOf(e), 0);
				return [all(".report tbody tr:not(.sub) td:nth-child(3)"), all(".report tfoot td:nth-child(3)"), all(".figures div:first-child dd")]; })()`)
			if sums[0] == 0 || sums[0] != sums[1] || sums[0] != sums[2] {
				t.Errorf("the rows come to %d minutes, their sum to %d, the headline to %d", sums[0], sums[1], sums[2])
			}
			p.do(chromedp.Reload())
			p.until(`document.querySelector(".report tfoot")`)
			if got := evaluate[string](p, `location.search`); got != "?time=this-year&by=project&then=task" {
				t.Errorf("after loading it anew the report is about %s", got)
			}
			p.do(chromedp.Navigate(issuer + "app/reports/calendar"))
			p.until(`document.querySelector(".month")`)
			p.until(`document.querySelector(".calendar, .away")`)
			p.fits(fmt.Sprintf("calendar-%s-%d", v.scheme, v.width))
			p.do(chromedp.Navigate(issuer + "app/reports/import"))
			p.until(`document.querySelector(".drop")`)
			p.fits(fmt.Sprintf("import-%s-%d", v.scheme, v.width))
		})
	}
}

// fileTime files some time on this year's first working days, with words that try to be more than text.
func (p tab) fileTime() {
	p.Helper()
	inApp[bool](p, `const project = (await api.get("/projects?closed=false")).body.find((x) => x.name === "StoreZero"), year = new Date().getFullYear();
		for (const [i, task] of ["Build", "Review", "<img src=x onerror=alert(1)>"].entries())
			await api.post("/timesheets", { project_id: project.id, date: year + "-01-0" + (5 + i), minutes: 90 + i, task, note: "<script>alert(1)</script>" });
		return true;`)
	p.do(chromedp.Reload())
}

func TestBrowserDownloadsExportsAndTakesInAFile(t *testing.T) {
	chromium := startChromium(t)
	issuer := exampleServer(t)
	p := openApp(t, chromium, views[0], issuer, "ada@exampleco.com", "/app/reports?time=this-year")
	p.fileTime()
	p.until(`document.querySelector(".report tfoot")`)
	begins := evaluate[string](p, `new Promise((ok) => { const make = URL.createObjectURL; URL.createObjectURL = (blob) => { blob.slice(0, 5).text().then(ok); return make.call(URL, blob); };
		[...document.querySelectorAll("button")].find((b) => b.textContent.includes("PDF")).click(); })`)
	if begins != "%PDF-" {
		t.Errorf("the PDF begins with %q", begins)
	}

	p.do(chromedp.Navigate(issuer + "app/reports/import"))
	p.until(`document.querySelector(".drop input")`)
	file := filepath.Join(t.TempDir(), "time.csv")
	if err := os.WriteFile(file, []byte("date,project,hours,note\n2026-01-08,StoreZero,1.5,<b>imported</b>\n2026-01-09,StoreZero,2,again\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.do(chromedp.SetUploadFiles(chromedp.CSS(".drop input"), []string{file}))
	p.until(`document.body.innerText.includes("2 added, 0 there already, 0 refused")`)
	p.do(chromedp.Click(chromedp.CSS("section .btn.primary")))
	p.until(`document.body.innerText.includes("This came of it")`)
	p.do(chromedp.SetUploadFiles(chromedp.CSS(".drop input"), []string{file}))
	p.until(`document.body.innerText.includes("0 added, 2 there already")`)
}

func TestBrowserShowsHolidaysAndTakesAbsencesInTheCalendar(t *testing.T) {
	chromium := startChromium(t)
	p := openApp(t, chromium, views[0], exampleServer(t), "ada@exampleco.com", "/app/reports/calendar?month=2026-12")
	const grid = `document.querySelector(".calendar tbody")?.textContent`
	p.until(grid + `?.includes("Christmas Day")`)
	p.click(".page-head .btn.primary")
	p.write("dialog input[type=date]", "2026-12-28")
	p.write("dialog input[type=date][min]", "2026-12-29")
	p.write("dialog input[maxlength]", "<img src=x onerror=alert(1)>")
	p.click("dialog .form-foot .primary")
	p.until(grid + `?.match(/Vacation/g)?.length === 2`)
	p.until(`document.body.innerText.includes("<img src=x onerror=alert(1)>")`)
	p.fits("calendar-absence")
	p.click(".plain .btn.quiet")
	p.until(`!` + grid + `.includes("Vacation") && document.querySelector(".toast button")`)
	p.click(".toast button")
	p.until(grid + `?.match(/Vacation/g)?.length === 2`)
}

func TestBrowserShowsBudgetsToApprovers(t *testing.T) {
	chromium := startChromium(t)
	issuer := exampleServer(t)
	for _, v := range []view{{"light", 1280}, {"dark", 390}} {
		p := openApp(t, chromium, v, issuer, "mia@exampleco.com", "/app/reports?time=this-year")
		p.fileTime()
		p.until(`document.querySelector(".report tfoot") && document.querySelector(".budgets")?.innerText.includes(" of 1200:00")`)
		p.fits(fmt.Sprintf("budgets-%s-%d", v.scheme, v.width))
	}
	p := openApp(t, chromium, views[0], issuer, "ada@exampleco.com", "/app/reports?time=this-year")
	p.until(`document.querySelector(".report tfoot") || document.querySelector(".empty")`)
	if evaluate[bool](p, `!!document.querySelector(".budgets")`) {
		t.Error("somebody who approves nothing sees budgets")
	}
}
