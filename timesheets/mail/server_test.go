package mail

import (
	"fmt"
	"strings"
	"testing"
)

const sender = "Punchcard <time@example.com>"

func TestAddressesOfMailServers(t *testing.T) {
	for address, want := range map[string]string{
		"smtp://mail.example.com":                         "mail.example.com:587 starttls",
		"smtp://user:se%20cret@mail.example.com:2525":     "mail.example.com:2525 starttls user/se cret",
		"smtps://user:secret@mail.example.com":            "mail.example.com:465 tls user/secret",
		"smtp://localhost:1025?tls=none":                  "localhost:1025 none",
		"smtp://127.0.0.1:1025/?tls=none":                 "127.0.0.1:1025 none",
		"smtp://[::1]:1025?tls=none":                      "[::1]:1025 none",
		"smtp://relay:25?tls=none&network=trusted":        "relay:25 none",
		"smtp://mail.example.com:25?tls=none":             "network=trusted",
		"smtp://127.0.0.1.example.com?tls=none":           "network=trusted",
		"smtps://localhost?tls=none":                      "options",
		"smtp://localhost?tls=maybe":                      "options",
		"smtp://localhost?tls=none&tls=none":              "options",
		"smtp://mail.example.com?network=trusted":         "options",
		"smtp://mail.example.com?starttls=off":            "options",
		"smtp://mail.example.com?tls=%zz":                 "percent-encoded",
		"smtp://user@mail.example.com":                    "both a user and a password",
		"smtp://:secret@mail.example.com":                 "both a user and a password",
		"mail.example.com:587":                            "must look like",
		"localhost:1025":                                  "must look like",
		"smtp://":                                         "must look like",
		"smtp://mail.example.com/inbox":                   "must look like",
		"smtp://user:secret/with/slash@mail.example.com":  "must look like",
		"smtp://user:secret%@mail.example.com":            "must look like",
		"https://mail.example.com":                        "must begin with smtp://",
		"smtp://mail.example.com:0":                       "port",
		"smtp://mail.example.com:99999":                   "port",
		"smtp://user:secret@mail.example.com:587\r\nX: y": "must look like",
		"smtp://user:secret@mail.example.com#fragment":    "must look like",
		"": "must look like",
		"smtp://user:secret@mail.example.com?password=secret2": "options",
	} {
		s, err := NewServer(address, sender)
		got := fmt.Sprint(err)
		if err == nil {
			got = s.String() + " " + map[encryption]string{startTLS: "starttls", wholeTLS: "tls", none: "none"}[s.encryption]
			if s.user != "" {
				got += " " + s.user + "/" + s.password
			}
			if got != want {
				t.Errorf("%s is read as %s", address, got)
			}
			if told := fmt.Sprintf("%s %v %+v %#v", s, s, s, s); s.password != "" && strings.Contains(told, s.password) {
				t.Errorf("%s tells the password: %s", address, told)
			}
			continue
		}
		if !strings.Contains(got, want) || strings.Contains(got, "secret") || strings.Contains(want, ":587 ") {
			t.Errorf("%s: %s", address, got)
		}
	}
}

func TestSendersOfMails(t *testing.T) {
	for from, good := range map[string]bool{
		sender: true, "time@example.com": true, `"Time, Inc." <time@example.com>`: true,
		"": false, "Punchcard": false, "a@example.com, b@example.com": false, "Punchcard <time@example.com>\r\nBcc: x@example.com": false,
		"Punchcard\r\n <time@example.com>": false,
	} {
		if _, err := NewServer("smtp://localhost", from); (err == nil) != good {
			t.Errorf("%q: %v", from, err)
		}
	}
}
