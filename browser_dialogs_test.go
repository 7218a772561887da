//go:build browser

package main

import (
	"testing"

	"github.com/chromedp/chromedp"
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
