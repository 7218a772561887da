//go:build browser

package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// On the narrowest phone words stay whole, all can be read, and all that is touched is large enough.
func TestBrowserLeavesWordsWholeOnANarrowPhone(t *testing.T) {
	chromium, issuer := startChromium(t), exampleServer(t)
	p := openAdmin(t, chromium, view{"light", 360}, issuer, "/app/admin/projects")
	p.do(chromedp.EmulateViewport(360, 844, chromedp.EmulateMobile, chromedp.EmulateTouch))
	const broken = `[...document.querySelectorAll(".table td :is(a, bdi)")].filter((e) => e.children.length === 0 && !/[\s-]/.test(e.textContent) && e.getClientRects().length > 1).map((e) => e.textContent)`
	const small = `[...document.querySelectorAll(".bar a, .bar button, .table a, .table button, .table summary, .back, .admin-all")]
		.filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 44).map((e) => e.outerHTML.slice(0, 80))`
	for _, page := range []string{"projects", "roles", "people", "apis", "grants", "audit", "rules/new"} {
		p.visit("/app/admin/" + page)
		p.until(`document.querySelector(".table td, .back")`)
		if words := evaluate[[]string](p, broken); len(words) > 0 {
			t.Errorf("%s breaks %q", page, words)
		}
		if links := evaluate[[]string](p, small); len(links) > 0 {
			t.Errorf("%s has what is too small to touch: %q", page, links)
		}
		p.fits("narrow-" + strings.ReplaceAll(page, "/", "-"))
	}

	month := weekFromNow(-6)[:7]
	first, err := time.Parse(time.DateOnly, month+"-01")
	if err != nil {
		t.Fatal(err)
	}
	p.visit("/app/reports/calendar?month=" + month)
	p.until(`document.querySelector(".away li")`)
	told := evaluate[string](p, `[...document.querySelectorAll(".away li")].find((li) => li.textContent.includes("Ada Lovelace")).innerText`)
	missing := inApp[[]string](p, fmt.Sprintf(`const of = (await api.all("/missing-time?from=%s-01&to=%s")).find((one) => one.name === "Ada Lovelace");
		return of.periods.flatMap((one) => one.days).map((d) => d.date);`, month, first.AddDate(0, 1, -1).Format(time.DateOnly)))
	if last := strings.TrimLeft(missing[len(missing)-1][8:], "0"); len(missing) < 15 || !strings.Contains(told, last) {
		t.Errorf("of the days on which time is missing, up to %s, one reads %s", last, told)
	}

	p.do(chromedp.EmulateViewport(820, 844))
	p.until(`document.querySelector(".calendar td")`)
	if tall := evaluate[float64](p, `Math.max(...[...document.querySelectorAll(".calendar tr")].map((tr) => tr.getBoundingClientRect().height))`); tall > 60 {
		t.Errorf("the rows of the calendar are up to %v px tall on a tablet", tall)
	}
	p.do(chromedp.EmulateViewport(360, 844))

	p.do(chromedp.Navigate(issuer + "app/approvals"))
	p.click(".page-head .btn")
	p.until(`document.querySelector("#dlg-to_user_id")`)
	if over := evaluate[int](p, `(() => { const d = document.querySelector("dialog[open]"); return d.scrollWidth - d.clientWidth; })()`); over > 0 {
		t.Errorf("the dialog is %d px wider than the window", over)
	}
}
