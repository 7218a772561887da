//go:build browser

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
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

// Who is signed in to the app isn't asked who they are, sees the device in their account, and can cut it off there.
func TestBrowserWhoUsesTheAppConnectsADeviceAndRevokesIt(t *testing.T) {
	issuer := exampleServer(t)
	p := openApp(t, startChromium(t), views[0], issuer, "ada@exampleco.com", "/app/")
	terminal := oauth2.Config{
		ClientID: "timesheets-mobile", Endpoint: oauth2.Endpoint{DeviceAuthURL: issuer + "oauth/device/code"},
		Scopes: []string{"openid", "offline_access", "read:timesheets"},
	}
	asked, err := terminal.DeviceAuth(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	token := func(form url.Values) (status int, refresh string) {
		t.Helper()
		form.Set("client_id", terminal.ClientID)
		answer, err := http.PostForm(issuer+"oauth/token", form)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		var body struct {
			RefreshToken string `json:"refresh_token"`
		}
		if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, body.RefreshToken
	}
	p.do(chromedp.Navigate(asked.VerificationURI))
	p.fill("#user_code", asked.UserCode)
	p.submit("button.primary")
	p.until(`location.pathname === "/consent" && document.querySelector("button[value=allow]")`) // without a password
	p.says("Ada Lovelace")
	p.submit("button[value=allow]")
	status, refresh := token(url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {asked.DeviceCode}})
	if status != http.StatusOK || refresh == "" {
		t.Fatalf("the device is told %d", status)
	}

	p.do(chromedp.Navigate(issuer + "app/"))
	p.until(`document.querySelector(".bar")`)
	p.click(".avatar")
	p.click(`#account-menu a[href="/account/apps"]`)
	p.until(`location.pathname === "/account/apps" && document.readyState === "complete"`)
	p.says("ExampleCo Timesheets for phones")
	p.looksRight("apps-device")
	p.submit("button[aria-label$='ExampleCo Timesheets for phones']")
	p.says("has no access any more")
	if status, _ = token(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}}); status != http.StatusBadRequest {
		t.Errorf("a device that was cut off is told %d", status)
	}
	p.do(chromedp.Navigate(issuer + "app/")) // which goes on
	p.until(`document.querySelector(".week-head") && !document.querySelector(".again")`)
}
