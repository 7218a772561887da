package main

import (
	"context"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"punchcard/store"
)

func TestHowLongTheLogIsKept(t *testing.T) {
	day := 24 * time.Hour
	for given, want := range map[string]time.Duration{"90d": 90 * day, "1d": day, "36h": 36 * time.Hour, "1h": time.Hour, "90m": 90 * time.Minute} {
		var r retention
		if err := r.UnmarshalText([]byte(given)); err != nil || time.Duration(r) != want {
			t.Errorf("%s is %s, %v, want %s", given, time.Duration(r), err, want)
		}
	}
	for _, given := range []string{"", "0d", "59m", "-1h", "-90d", "90", "d", "1.5d", "ever", "99999999d", "65000d", "2562047h", "1d12h"} {
		var r retention
		if err := r.UnmarshalText([]byte(given)); err == nil || !strings.Contains(err.Error(), "at least 1h") {
			t.Errorf("%s is taken for %s, %v", given, time.Duration(r), err)
		}
	}
}

func TestAMistakeInTheRetentionIsTold(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("PUNCHCARD_LOG_RETENTION", "5m")
	out := &screen{}
	if status := run(t.Context(), []string{"serve", "--listen", "127.0.0.1:0"}, terminal{out, out}); status != misspelled {
		t.Errorf("it ended with %d", status)
	}
	if text := out.String(); !strings.Contains(text, "at least 1h") || !strings.Contains(text, "log-retention") {
		t.Errorf("it says %s", text)
	}
}

// Nothing that happened before an orderly end is missing afterwards.
func TestTheLogIsWholeAfterTheEnd(t *testing.T) {
	folder := t.TempDir()
	s := settings{DB: "sqlite:" + filepath.Join(folder, "punchcard.db"), SecretFile: filepath.Join(folder, "punchcard.secret")}
	h, err := build(t.Context(), s, "http://localhost:8080/", &provisioning{}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	const many = 20
	for range many {
		form := url.Values{"grant_type": {"client_credentials"}, "client_id": {"nobody"}, "client_secret": {"guessed"}}
		r := httptest.NewRequestWithContext(t.Context(), "POST", "http://localhost:8080/oauth/token", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		h.handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(context.Background(), s.DB)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var kept []string
	err = db.Read(t.Context()).Table("events").Where("request_id <> '' AND ip <> ''").Order("id").Pluck("type", &kept).Error
	if err != nil || len(kept) != 11 || kept[0] != "feccft" || kept[10] != "client_throttled" {
		t.Errorf("of %d refusals %v are kept, %v, want ten and that there were too many", many, kept, err)
	}
}

func TestTrustedProxiesAreNetworks(t *testing.T) {
	for given, want := range map[string]string{
		"10.1.2.3/8": "10.0.0.0/8", "192.0.2.7": "192.0.2.7/32", "2001:db8::7": "2001:db8::7/128", "2001:db8::/32": "2001:db8::/32",
		"": "", "proxy.example.com": "", "10.0.0.0/33": "", "10.0.0.0/8/8": "",
	} {
		var n network
		err := n.UnmarshalText([]byte(given))
		if want == "" {
			if err == nil || !strings.Contains(err.Error(), "must be an IP address such as") {
				t.Errorf("%q: %v %v", given, n, err)
			}
			continue
		}
		if got := (settings{TrustedProxies: []network{n}}).proxies(); err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("%q: %v %v, want %s", given, got, err, want)
		}
	}
	t.Setenv("PUNCHCARD_TRUSTED_PROXIES", "10.0.0.0/8,192.0.2.7")
	t.Chdir(t.TempDir())
	start(t, "--listen=127.0.0.1:0")
}
