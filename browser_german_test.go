//go:build browser

package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// english finds what a page in German says, or tells a screen reader, that the catalogue has in English alone.
const english = `(async () => {
	const assets = document.getElementById("app").dataset.assets;
	const texts = (node) => typeof node === "string" ? [node] : Object.values(node).flatMap(texts);
	const file = async (name) => texts(await (await fetch(assets + "/lang/" + name + ".json")).json());
	const of = async (tag) => [...await file(tag), ...await file(tag + ".more")];
	const german = new Set(await of("de")), quoted = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
	const patterns = (await of("en")).filter((text) => !german.has(text) && text.replace(/\{\w+\}/g, "").match(/[a-z]/gi)?.length > 3)
		.map((text) => new RegExp("^" + text.split(/\{\w+\}/).map(quoted).join(".+") + "$", "s"));
	const said = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let node = walker.nextNode(); node; node = walker.nextNode())
		if (!node.parentElement.closest("[lang=en], bdi, script, code, option[value^=prj_]")) said.push(node.data.trim());
	for (const name of ["aria-label", "placeholder", "title", "alt"])
		for (const e of document.querySelectorAll("[" + name + "]")) said.push(e.getAttribute(name).trim());
	return JSON.stringify([document.documentElement.lang, said.length, ...said.filter((text) => text && patterns.some((one) => one.test(text)))]);
})()`

// shut closes what lies over the page, as a person does: a made-up event wouldn't.
func (p tab) shut() {
	p.Helper()
	p.do(chromedp.KeyEvent(kb.Escape))
	p.until(`!document.querySelector("dialog[open], :popover-open")`)
}

// German words are longer than English ones: each page of the app has room for them, and says all in German.
func TestBrowserSaysAllInGerman(t *testing.T) {
	chromium, issuer := startChromium(t), exampleServer(t)
	for _, v := range []view{{"light", 1280}, {"light", 360}} {
		p := openApp(t, chromium, v, issuer, "grace@exampleco.com", "/app/")
		p.click("[popovertarget=account-menu]")
		p.click("#account-menu [lang=de]")
		p.until(`document.documentElement.lang === "de"`)
		p.shut()
		if v.width > 1000 {
			p.press("?")
			p.until(`document.querySelector("dialog .week-help")`)
			if keys := evaluate[string](p, `[...document.querySelectorAll(".week-help kbd, .week-foot kbd")].map((k) => k.innerText).join(" ")`); !strings.Contains(keys, "Strg Z") || !strings.Contains(keys, "Entf") || strings.Contains(keys, "Ctrl") {
				t.Errorf("the keys are called %s", keys)
			}
			p.shut()
		}
		for _, page := range []string{
			"", "week/" + weekFromNow(1), "approvals", "reports", "reports/calendar", "reports/import", "notifications",
			"admin/start", "admin/people", "admin/roles", "admin/projects", "admin/organization", "admin/applications", "admin/applications?new=1",
			"admin/apis", "admin/grants", "admin/rules", "admin/rules/new", "admin/webhooks", "admin/webhooks/new", "admin/logs", "admin/audit",
			"admin/keys", "admin/conformance", "nowhere",
		} {
			p.visitApp("/app/" + page)
			p.until(`document.querySelector("main h1")`)
			name := strings.NewReplacer("/", "-", "?", "-", "=", "-").Replace("german-" + page)
			p.fits(fmt.Sprintf("%s-%s-%d", strings.Trim(name, "-"), v.scheme, v.width))
			found := inApp[[]any](p, "return JSON.parse(await "+english+")")
			if found[0] != "de" || found[1].(float64) < 10 || len(found) > 2 {
				t.Errorf("/app/%s at %d px: %q", page, v.width, found)
			}
		}
		if mails := inApp[string](p, `return (await api.get("/me/language")).body.language`); mails != "de" {
			t.Errorf("mails come in %q", mails)
		}
	}
}
