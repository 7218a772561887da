//go:build browser

package main

import (
	"fmt"
	"testing"

	cdpnetwork "github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

var phoneView = view{"light", 390}

// online gives the tab a network, or takes it away.
func (p tab) online(is bool) {
	p.Helper()
	all, workers := cdpnetwork.EmulateNetworkConditionsByRuleParams{}, !is
	all.EmulateOfflineServiceWorker = &workers
	all.MatchedNetworkConditions = []*cdpnetwork.Conditions{{DownloadThroughput: -1, UploadThroughput: -1, Offline: !is}}
	if _, err := chromedp.Call(p.ctx, cdpnetwork.EmulateNetworkConditionsByRule, all); err != nil {
		p.Fatal(err)
	}
	state := cdpnetwork.OverrideNetworkStateParams{Offline: !is, DownloadThroughput: -1, UploadThroughput: -1}
	if _, err := chromedp.Call(p.ctx, cdpnetwork.OverrideNetworkState, state); err != nil {
		p.Fatal(err)
	}
}

// openPhone opens the week on a phone, with a line on which nothing is written yet.
func openPhone(t *testing.T, v view, issuer string) tab {
	t.Helper()
	p := openApp(t, startChromium(t), v, issuer, "ada@exampleco.com", "/app/")
	p.until(`document.querySelector(".phone-week .dock")`)
	inApp[bool](p, `const week = await import(base + "lib/week.js"), project = [...week.projects.value.values()].find((x) => x.name === "StoreZero");
		week.addRow({ project_id: project.id, task: "Review" }); return true;`)
	p.until(`document.querySelector(".entry .chips")`)
	return p
}

// filed is all that the server has of Ada's time.
func (p tab) filed() []int {
	p.Helper()
	return inApp[[]int](p, `return (await api.all("/timesheets?limit=200", { cached: false })).map((e) => e.minutes);`)
}

// sent waits until nothing waits to be sent.
func (p tab) sent() {
	p.Helper()
	inApp[bool](p, `const { refused, waiting } = await import(base + "lib/outbox.js"), { settled } = await import(base + "lib/week.js");
		await Promise.race([settled(), new Promise((ok) => setTimeout(ok, 10000))]); // what was typed just now isn't in the outbox yet
		for (let i = 0; i < 500 && waiting.value.length + refused.value.length; i++) await new Promise((ok) => setTimeout(ok, 20));
		return true;`)
	p.until(`!document.querySelector(".unsent")`)
}

func TestBrowserFilesTimeOnAPhone(t *testing.T) {
	for _, v := range []view{{"light", 390}, {"dark", 360}} {
		t.Run(fmt.Sprintf("%s %d", v.scheme, v.width), func(t *testing.T) {
			p := openPhone(t, v, exampleServer(t))
			p.fits(fmt.Sprintf("phone-%s-%d", v.scheme, v.width))
			p.click(".entry .chips button:nth-child(3)") // two hours
			p.until(`document.querySelector(".entry .step input").value === "2:00"`)
			p.click(".entry .step button:last-child")
			p.until(`document.querySelector(".dock .big").innerText.startsWith("2:15") && !document.querySelector(".entry[data-status]:not([data-status=saved])")`)
			p.until(`document.querySelector(".days [aria-selected=true] i").innerText === "2:15"`)
			p.fits(fmt.Sprintf("phone-filed-%s-%d", v.scheme, v.width))
			p.sent()
			p.do(chromedp.Reload())
			p.until(`document.querySelector(".entry .step input")?.value === "2:15"`)
			if got := p.filed(); len(got) != 1 || got[0] != 135 {
				t.Errorf("the server has %v", got)
			}
		})
	}
}

func TestBrowserKeepsWhatIsWrittenWithoutANetwork(t *testing.T) {
	p := openPhone(t, phoneView, exampleServer(t))
	evaluate[bool](p, `navigator.serviceWorker.ready.then(() => true)`)
	p.do(chromedp.Reload()) // with what the worker keeps
	p.until(`document.querySelector(".phone-week .dock")`)
	inApp[bool](p, `const week = await import(base + "lib/week.js"), project = [...week.projects.value.values()].find((x) => x.name === "StoreZero");
		week.addRow({ project_id: project.id, task: "Review" }); return true;`)
	p.until(`navigator.serviceWorker.controller && document.querySelector(".entry .chips")`)

	p.online(false)
	p.click(".entry .chips button:nth-child(2)") // an hour
	p.until(`document.querySelector(".unsent")?.innerText.includes("1 not sent")`)
	p.click(".entry .step button:last-child")
	p.until(`document.querySelector(".entry .step input").value === "1:15"`)
	p.fits("phone-offline")
	p.do(chromedp.Reload())
	p.until(`document.querySelector(".entry .step input")?.value === "1:15" && document.querySelector(".unsent")`)
	p.fits("phone-offline-reloaded")

	p.online(true)
	evaluate[bool](p, `(dispatchEvent(new Event("online")), true)`)
	p.sent()
	p.do(chromedp.Reload())
	p.until(`document.querySelector(".entry .step input")?.value === "1:15"`)
	if got := p.filed(); len(got) != 1 || got[0] != 75 {
		t.Errorf("the server has %v, want 75 minutes once", got)
	}
}

func TestBrowserShowsBothSidesOfAConflict(t *testing.T) {
	p := openPhone(t, phoneView, exampleServer(t))
	p.click(".entry .chips button:nth-child(2)")
	p.until(`document.querySelector(".entry[data-status=saved], .entry:not([data-status])") && document.querySelector(".entry .step input").value === "1:00"`)
	p.until(`!document.querySelector(".unsent") && document.querySelector(".dock .big").innerText.startsWith("1:00")`)
	// Somebody else, or another app, changes the entry meanwhile.
	inApp[bool](p, `const { request } = await import(base + "lib/session.js"), [e] = (await api.get("/timesheets", { cached: false })).body;
		const r = await request("/timesheets/" + e.id, { method: "PATCH", body: JSON.stringify({ minutes: 480, note: "from elsewhere" }), headers: { "Content-Type": "application/json", "If-Match": '"' + e.revision + '"' } });
		if (!r.ok) throw new Error(await r.text()); return true;`)
	p.click(".entry .step button:last-child")
	p.until(`document.querySelector(".unsent.bad")`)
	if got := p.filed(); len(got) != 1 || got[0] != 480 {
		t.Errorf("the conflict was written over: %v", got)
	}
	p.click(".dock .unsent.bad")
	p.until(`document.querySelector("dialog[open] .sides")`)
	p.says("8:00")
	p.fits("phone-conflict")
	p.click("dialog .refusal .btn.primary")
	p.sent()
	if got := p.filed(); len(got) != 1 || got[0] != 75 {
		t.Errorf("one's own was kept as %v", got)
	}
}

func TestBrowserSigningOutLeavesNothingBehind(t *testing.T) {
	p := openPhone(t, phoneView, exampleServer(t))
	p.online(false)
	p.click(".entry .chips button:nth-child(2)")
	p.until(`document.querySelector(".unsent")`)
	p.click(".avatar")
	p.click("#account-menu > button")
	p.until(`document.querySelector("dialog[open]")`) // asks, since something is not sent
	p.fits("phone-leaving")
	p.online(true)
	p.sent()
	p.click("dialog[open] .btn.bad")
	p.until(`location.pathname === "/login"`)
	const kept = `new Promise((ok) => { const r = indexedDB.open("punchcard"); r.onsuccess = async () => {
		const stores = [...r.result.objectStoreNames], count = (s) => new Promise((done) => { const all = r.result.transaction(s).objectStore(s).getAllKeys(); all.onsuccess = () => done(s + ":" + all.result.join()); });
		ok((await Promise.all(stores.map(count))).join(" ")); } })`
	if got := evaluate[string](p, kept); got != "outbox: reads: revisions: session:" && got != "outbox: reads: revisions: session:key" {
		t.Errorf("the browser keeps %s", got)
	}
}

func TestBrowserPhoneKeepsWhatIsNoTimeAndSaysWhatMayBeMeant(t *testing.T) {
	p := openPhone(t, phoneView, exampleServer(t))
	enter := func(text string) {
		p.Helper()
		evaluate[bool](p, fmt.Sprintf(`(() => { const i = document.querySelector(".entry .step input"); i.focus(); i.value = %q; i.dispatchEvent(new Event("change", { bubbles: true })); return true; })()`, text))
	}
	enter("90")
	p.until(`document.querySelector(".entry .step input[aria-invalid=true]")?.value === "90" && document.querySelector(".entry .refused").innerText.includes("more than a day")`)
	p.fits("phone-no-time")
	day := evaluate[string](p, `document.querySelector(".days [aria-selected=true]").id`)
	p.click(".days [aria-selected=false]") // it stays while one looks at another day
	p.until(`document.querySelector(".entry .step input").value === ""`)
	p.click("#" + day)
	p.until(`document.querySelector(".entry .step input").value === "90"`)
	p.click(".entry .acts .btn:first-child") // did you mean 90m?
	p.until(`document.querySelector(".entry .step input").value === "1:30" && !document.querySelector(".entry .refused")`)
	enter("+0:30")
	p.until(`document.querySelector(".entry .step input").value === "2:00"`)
	enter("nonsense") // while two hours are on their way: their answer doesn't take it away
	p.until(`document.querySelector(".entry .refused")?.innerText.includes("2:00")`)
	inApp[bool](p, `await (await import(base + "lib/week.js")).settled(); return true;`)
	p.until(`document.querySelector(".entry .step input").value === "nonsense"`)
	p.click(".entry .acts .btn.quiet")
	p.until(`document.querySelector(".entry .step input").value === "2:00" && !document.querySelector(".entry .refused")`)
	p.sent()
	if got := p.filed(); len(got) != 1 || got[0] != 120 {
		t.Errorf("the server has %v", got)
	}

	p.click(".days button:last-child") // a swipe on its last day leads into the next week, and one back out of it again
	p.until(`document.querySelector(".days button:last-child").ariaSelected === "true"`)
	swipe := func(from, to int) {
		p.Helper()
		evaluate[bool](p, fmt.Sprintf(`(() => { const target = document.querySelector(".day-list h2"), at = (clientX) => [new Touch({ identifier: 1, target, clientX, clientY: 300 })];
			target.dispatchEvent(new TouchEvent("touchstart", { touches: at(%d), bubbles: true })); target.dispatchEvent(new TouchEvent("touchend", { changedTouches: at(%d), bubbles: true })); return true; })()`, from, to))
	}
	swipe(300, 100)
	p.until(`location.pathname.startsWith("/app/week/") && document.querySelector(".days button:first-child")?.ariaSelected === "true" && !document.querySelector(".phone-week").innerText.includes("Review")`)
	swipe(100, 300)
	p.until(`document.querySelector(".days button:last-child")?.ariaSelected === "true"`)
}
