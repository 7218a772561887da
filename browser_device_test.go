//go:build browser

package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"golang.org/x/oauth2"
)

func TestBrowserConnectsADevice(t *testing.T) {
	chromium := startChromium(t)
	for _, v := range views {
		t.Run(fmt.Sprintf("%s %d", v.scheme, v.width), func(t *testing.T) {
			issuer := exampleServer(t)
			terminal := oauth2.Config{
				ClientID: "timesheets-mobile", Endpoint: oauth2.Endpoint{DeviceAuthURL: issuer + "oauth/device/code"},
				Scopes: []string{"openid", "offline_access", "read:timesheets"},
			}
			first, err := terminal.DeviceAuth(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			p := openTab(t, chromium)
			p.as(v)
			suffix := fmt.Sprintf("-%s-%d", v.scheme, v.width)
			p.do(chromedp.Navigate(first.VerificationURI))
			p.looksRight("device" + suffix)
			p.fill("#user_code", "bbbb bbbb")
			p.submit("button.primary")
			p.looksRight("device-wrong" + suffix)
			p.do(chromedp.Navigate(first.VerificationURIComplete))
			p.looksRight("device-linked" + suffix)
			p.submit("button.primary")
			p.fill("#email", "ada@exampleco.com", "#password", examplePassword)
			p.submit("button.primary")
			p.looksRight("device-consent" + suffix)
			p.submit("button[value=allow]")
			p.looksRight("device-allowed" + suffix)

			second, err := terminal.DeviceAuth(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			p.do(chromedp.Navigate(second.VerificationURIComplete))
			p.submit("button.primary")
			p.looksRight("device-again" + suffix)
			p.submit("button[value=decline]")
			p.looksRight("device-declined" + suffix)
		})
	}
}
