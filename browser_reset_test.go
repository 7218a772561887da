//go:build browser

package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"punchcard/auth"
)

func TestBrowserSetsANewPassword(t *testing.T) {
	chromium := startChromium(t)
	for _, v := range views {
		t.Run(fmt.Sprintf("%s %d", v.scheme, v.width), func(t *testing.T) {
			example, err := exampleProvisioning()
			if err != nil {
				t.Fatal(err)
			}
			h, _ := serveHouse(t, example)
			ticket, err := h.auth.CreatePasswordTicket(t.Context(), auth.Caller{Client: "operator"}, auth.TicketRequest{Email: "ada@exampleco.com"})
			if err != nil {
				t.Fatal(err)
			}
			p := openTab(t, chromium)
			p.as(v)
			suffix := fmt.Sprintf("-%s-%d", v.scheme, v.width)
			p.do(chromedp.Navigate(ticket.URL))
			p.looksRight("reset" + suffix)
			p.fill("#new", "a fresh password", "#again", "another one")
			p.submit("button.primary")
			p.looksRight("reset-wrong" + suffix)
			p.fill("#new", "a fresh password", "#again", "a fresh password")
			p.submit("button.primary")
			p.looksRight("reset-done" + suffix)
			p.do(chromedp.Navigate(ticket.URL))
			p.looksRight("reset-used" + suffix)
		})
	}
}
