package web

import (
	"net/http"
	"strings"
	"testing"
)

// The answers are held against openapi.yaml on the way.
func TestADeviceAsksAndPolls(t *testing.T) {
	c := theCompany(t)
	var codes struct {
		Device string `json:"device_code"`
		User   string `json:"user_code"`
	}
	asked := c.ask(t, "", "POST", "/oauth/device/code", `{"client_id":"phone","scope":"openid read:timesheets"}`)
	asked.json(t, &codes)
	if asked.StatusCode != http.StatusOK || asked.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("got %d %s", asked.StatusCode, asked.body)
	}
	runSecrets.Store(codes.Device, "a device code")
	runSecrets.Store(codes.User, "a user code")
	poll := `{"grant_type":"urn:ietf:params:oauth:grant-type:device_code","client_id":"phone","device_code":"` + codes.Device + `"}`
	for _, want := range []string{"authorization_pending", "slow_down"} {
		if answer := c.ask(t, "", "POST", "/oauth/token", poll); answer.StatusCode != 400 || !strings.Contains(answer.body, want) {
			t.Errorf("got %d %s, want %s", answer.StatusCode, answer.body, want)
		}
	}
	for _, path := range []string{"/device", "/activate"} {
		if page := c.ask(t, "", "GET", path+"?user_code="+codes.User, ""); page.StatusCode != 200 || !strings.Contains(page.body, codes.User) {
			t.Errorf("%s: %d %s", path, page.StatusCode, page.body)
		}
	}
}

func TestDevicesAskByPostAlone(t *testing.T) {
	c := theCompany(t)
	for _, method := range []string{"GET", "HEAD", "PUT", "DELETE"} {
		if answer := c.ask(t, "", method, "/oauth/device/code", ""); answer.StatusCode != 405 || answer.Header.Get("Allow") != "POST" {
			t.Errorf("G-09 %s: %d, Allow: %q", method, answer.StatusCode, answer.Header.Get("Allow"))
		}
	}
}

func TestDeviceFormsAreBounded(t *testing.T) {
	c := theCompany(t)
	for _, path := range []string{"/device", "/activate", "/oauth/device/code"} {
		answer := c.ask(t, "", "POST", path, "user_code="+strings.Repeat("B", maxForm), "Content-Type", "application/x-www-form-urlencoded")
		if answer.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d", path, answer.StatusCode)
		}
	}
}
