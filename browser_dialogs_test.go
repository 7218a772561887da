//go:build browser

package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// toast is what is said while a dialog is open: it is in the dialog, where nothing lies over it.
const toastOnTop = `(() => { const toast = document.querySelector("dialog[open] .toasts[role=status] .toast"); if (!toast || document.querySelectorAll(".toast").length !== 1) return false;
	const box = toast.getBoundingClientRect(), top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2); return toast.contains(top); })()`

func TestBrowserWhatIsSaidIsSeenOverDialogs(t *testing.T) {
	p := withRows(t, views[0], exampleServer(t))
	p.into(0, 0, "2")
	p.press("Enter")
	p.saved()
	p.into(0, 0, "2")
	p.press("Escape")
	p.press("n")
	p.until(`document.querySelector("dialog[open] .line")`)
	p.push("dialog .line button", "Delete")
	p.until(toastOnTop)
	p.fits("dialog-toast")
	p.do(chromedp.Click(chromedp.CSS(".toast button"))) // as a hand would: it is within reach
	p.until(`document.querySelector("dialog[open] .line") && !document.querySelector(".toast")`)
	p.push("dialog .line button", "Delete")
	p.until(toastOnTop)
	p.click("dialog header .only-icon")
	p.until(`!document.querySelector("dialog") && document.querySelector(".toasts .toast")`) // it stays as long as it takes to read
}

// asks waits for the question whether what isn't saved may go, and answers it.
func (p tab) asks(answer string) {
	p.Helper()
	p.until(`[...document.querySelectorAll("dialog[open] h2")].at(-1)?.innerText === "Leave without saving?"`)
	p.push("dialog:last-of-type .form-foot button", answer)
}

func TestBrowserADialogKeepsWhatIsTypedInIt(t *testing.T) {
	p := withRows(t, views[0], exampleServer(t))
	p.visitApp("/app/reports") // so that there is a way back
	p.visitApp("/app/week/" + weekFromNow(2))
	escape := func() { p.do(chromedp.KeyEvent(kb.Escape)) }
	p.into(0, 0, "2")
	p.press("Enter")
	p.saved()
	p.into(0, 0, "2")
	p.press("Escape")
	p.press("n")
	p.push("dialog .line button", "Edit")
	p.until(`document.activeElement.closest("form.line")`) // it begins there by itself
	note := func(want string) {
		t.Helper()
		p.until(`document.querySelectorAll("dialog[open]").length === 1`)
		if got := evaluate[string](p, `document.querySelector("dialog[open] textarea").value`); got != want {
			t.Errorf("the note is %q, want %q", got, want)
		}
	}
	p.write("dialog textarea", hostile)
	escape()
	p.asks("Stay here")
	note(hostile)
	if focused := evaluate[string](p, `document.activeElement.tagName`); focused != "TEXTAREA" {
		t.Errorf("who stays is in %s", focused)
	}
	p.do(chromedp.MouseClickXY(20, 400)) // beside it
	p.asks("Stay here")
	note(hostile)
	for range 4 { // a browser lets Esc be held back only once: it is asked again and again, and nothing is lost
		escape()
	}
	p.until(`document.querySelector("dialog[open] textarea")`)
	if evaluate[int](p, `document.querySelectorAll("dialog[open]").length`) == 2 {
		p.asks("Stay here")
	}
	note(hostile)
	p.push("dialog .seg button:last-child", "")
	p.asks("Stay here")
	note(hostile)
	evaluate[bool](p, `(history.back(), true)`) // nor by the way back
	p.asks("Stay here")
	note(hostile)
	p.fits("dialog-kept")
	p.push("dialog .line .form-foot button", "Save")
	p.until(`document.querySelector("dialog .note-text")`)
	escape()
	p.until(`!document.querySelector("dialog")`) // what is saved is not asked about
	p.saved()

	p.press("n")
	p.push("dialog .line button", "Edit")
	p.until(`document.querySelector("dialog textarea")`)
	escape()
	p.until(`!document.querySelector("dialog")`) // nor what was not touched
	p.press("n")
	p.push("dialog .line button", "Edit")
	p.until(`document.querySelector("dialog textarea")`)
	p.write("dialog textarea", "gone")
	p.click("dialog header .only-icon")
	p.asks("Leave without saving")
	p.until(`!document.querySelector("dialog")`)
	if kept := inApp[string](p, `return (await api.get("/timesheets?from=`+weekFromNow(2)+`", { cached: false })).body[0].note;`); kept != hostile {
		t.Errorf("the note is %q", kept)
	}

	p.push(".week-head .primary", "")
	p.until(`document.querySelector("dialog textarea")`)
	p.write("dialog textarea", "for Mia")
	escape()
	p.asks("Stay here")
	note("for Mia")
	p.push("dialog .form-foot button", "Cancel")
	p.until(`!document.querySelector("dialog")`) // who says so isn't asked
}

// Even the very first load, with nothing kept from before, ends with words and a way on.
func TestBrowserSaysSoWhenItHasNoWords(t *testing.T) {
	provisioning, err := exampleProvisioning()
	if err != nil {
		t.Fatal(err)
	}
	var down atomic.Bool
	_, issuer := serveBehind(t, t.TempDir(), provisioning, func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if down.Load() && strings.Contains(r.URL.Path, "/lang/") {
				http.Error(w, `{"title":"Unavailable"}`, http.StatusServiceUnavailable)
				return
			}
			h.ServeHTTP(w, r)
		})
	})
	down.Store(true)
	for _, v := range []view{views[0], phoneView} {
		p := openTab(t, startChromium(t))
		p.as(v)
		p.do(chromedp.Navigate(issuer + "app/"))
		p.until(`document.querySelector("main.failed [role=alert]")?.innerText.includes("Punchcard could not be loaded.")`)
		p.click("main.failed .btn")
		p.until(`document.querySelector("main.failed .btn:not(:disabled)")`) // as before
		p.fits(fmt.Sprintf("no-words-%s-%d", v.scheme, v.width))
		evaluate[bool](p, `(localStorage.setItem("language", "de"), true)`)
		p.do(chromedp.Reload())
		p.until(`document.querySelector("main.failed [role=alert]")?.innerText.includes("Punchcard konnte nicht geladen werden.")`)
	}
	p := openTab(t, startChromium(t))
	p.do(chromedp.Navigate(issuer + "app/"))
	p.until(`document.querySelector("main.failed .btn")`)
	down.Store(false)
	p.click("main.failed .btn")
	p.until(`location.pathname === "/login"`)
}

// Who works by keys goes on where they were: after a dialog at what opened it, after a removal at what took its place.
func TestBrowserTheFocusStaysWhereOneWorks(t *testing.T) {
	p := openAdmin(t, startChromium(t), views[0], exampleServer(t), "/app/admin/audit")
	p.until(`document.querySelectorAll(".table button.link").length > 3`)
	evaluate[bool](p, `(document.querySelectorAll(".table button.link")[2].focus(), true)`)
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(`document.querySelector("dialog[open]")`)
	p.do(chromedp.KeyEvent(kb.Escape))
	p.until(`!document.querySelector("dialog") && document.activeElement === document.querySelectorAll(".table button.link")[2]`)

	p.visit("/app/admin/projects")
	p.push(".who", "Care line")
	p.until(`document.querySelectorAll(".plain li").length === 6`)
	evaluate[bool](p, `(document.querySelectorAll(".plain li button")[1].focus(), true)`)
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(`document.querySelectorAll(".plain li").length === 5 && document.activeElement === document.querySelectorAll(".plain li button")[1]`)
	p.tells("Gustav Lind is no member any more.")
	p.click(".toast button") // Undo
	p.until(`document.querySelectorAll(".plain li").length === 6`)

	p.visit("/app/admin/organization")
	p.until(`document.querySelector(".plain li")`)
	p.enter(p.labelled("Year"), "2026")
	p.until(`document.querySelectorAll(".plain li button").length === 4`)
	evaluate[bool](p, `(document.querySelectorAll(".plain li button")[3].focus(), true)`)
	p.do(chromedp.KeyEvent(kb.Enter))
	p.until(`document.querySelectorAll(".plain li button").length === 3 && document.activeElement === document.querySelectorAll(".plain li button")[2]`)
	p.click(".toast button")
	p.until(`document.querySelectorAll(".plain li button").length === 4`)
}
