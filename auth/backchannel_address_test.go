package auth

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"punchcard/store/storetest"
)

// rsaOf is a public key as its JWK has it.
func rsaOf(t *testing.T, jwk map[string]any) *rsa.PublicKey {
	t.Helper()
	number := func(name string) *big.Int {
		text, _ := jwk[name].(string)
		b, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil || len(b) == 0 {
			t.Fatalf("the key %v has no %s", jwk, name)
		}
		return new(big.Int).SetBytes(b)
	}
	return &rsa.PublicKey{N: number("n"), E: int(number("e").Int64())}
}

func TestConformanceWhereAnApplicationCanBeTold(t *testing.T) {
	holds(t, "L-13")
	for address, ok := range map[string]bool{
		"https://reports.example.com/out": true, "https://reports.example.com:8443/out?tenant=7": true, "https://10.0.0.7/out": true,
		"http://localhost:3000/out": true, "http://127.0.0.1/out": true, "http://[::1]:3000/out": true,
		"http://reports.example.com/out": false, "http://10.0.0.7/out": false, "http://169.254.169.254/latest": false, "http://localhost.example.com/": false,
		"http://127.0.0.1.nip.io/": false, "HTTP://localhost/": false, "http://localhost@evil.example/": false, "http://user@localhost/": false,
		"https://reports.example.com/out#x": false, "http://localhost/#x": false, "https://user:secret@reports.example.com/": false,
		"//reports.example.com/out": false, "/out": false, "ftp://reports.example.com/": false, "javascript:alert(1)": false, "https:///out": false,
		"https://reports.example.com/a b": false, `https://reports.example.com\@evil.example/`: false, "http://localhost:3000\r\nHost: x/": false,
	} {
		if mistake := backchannelMistake(address); (mistake == nil) != ok {
			t.Errorf("%q: %q", address, mistake)
		}
	}
	w := newWorld(t)
	for name, c := range map[string]struct {
		client  NewClient
		pointer string
	}{
		"http, where the issuer is not this machine": {reportsAt("http://localhost:3000/out"), "/clients/0/backchannel_logout_uri"},
		"no address":           {reportsAt("reports"), "/clients/0/backchannel_logout_uri"},
		"a machine":            {NewClient{ID: "m", Name: "M", Type: "machine", Secret: "a secret that is long", BackchannelLogoutURI: "https://x.example/"}, "/clients/0/backchannel_logout_uri"},
		"sessions for nothing": {NewClient{ID: "s", Name: "S", Type: "spa", RedirectURIs: []string{"https://x.example/"}, BackchannelLogoutSessionRequired: true}, "/clients/0/backchannel_logout_session_required"},
	} {
		prove(t, "L-13 refused: "+name, func(t *testing.T) {
			err := w.server.Apply(t.Context(), Directory{Clients: []NewClient{c.client}}, nil)
			if m, ok := errors.AsType[*Mistake](err); !ok || m.Pointer != c.pointer {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Whoever registers an application must not reach by it what only this machine or its network reaches.
func TestConformanceLogoutTokensGoToTheInternetAlone(t *testing.T) {
	holds(t, "L-13")
	var calls atomic.Int32
	inside := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	defer inside.Close()
	_, port, _ := net.SplitHostPort(inside.Listener.Addr().String())
	w := newWorld(t)
	reach := reaching(inside)
	if status, _, err := reach.post(t.Context(), inside.URL, url.Values{}); status != 200 || err != nil {
		t.Fatalf("got %d, %v, so the cases below prove nothing", status, err)
	}
	calls.Store(0)
	for _, host := range []string{
		"127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port, "[::ffff:127.0.0.1]:" + port, "0.0.0.0:" + port, "[::]:" + port,
		"169.254.169.254", "10.0.0.1", "192.168.0.1", "172.16.0.1", "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "[fe80::1]", "100.100.100.200",
	} {
		prove(t, "L-13 "+host, func(t *testing.T) {
			w.apply(reportsAt("https://" + host + "/out"))
			w.ended()
			d, err := w.server.claimLogout(t.Context(), []string{""})
			if d == nil || err != nil {
				t.Fatal(d, err)
			}
			w.server.deliverLogout(t.Context(), d)
			if d.State != "waiting" || !contains(d.LastError, "may be fetched from") {
				t.Errorf("it is %s: %s", d.State, d.LastError)
			}
		})
	}
	if calls.Load() != 0 {
		t.Error("the server inside was reached")
	}
}

func TestConformancePrivateTargets(t *testing.T) {
	holds(t, "L-13")
	for address, want := range map[string]bool{
		"8.8.8.8": true, "2606:4700:4700::1111": true, "10.0.0.1": true, "172.16.0.1": true, "192.168.1.1": true, "fd12:3456::1": true,
		"127.0.0.1": false, "::1": false, "0.0.0.0": false, "::": false, "169.254.169.254": false, "fe80::1": false, "fd12::1%eth0": false,
		"fd00:ec2::254": false, "fd20:ce::254": false, "fd00:42::42": false, "fd00:c1::a9fe:a9fe": false, "100.100.100.200": false, "100.64.0.1": false,
		"::ffff:10.0.0.1": false, "::ffff:127.0.0.1": false, "::ffff:169.254.169.254": false, "64:ff9b::a00:1": false, "224.0.0.1": false, "198.18.0.1": false,
	} {
		if got := companyAddress(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s may be reached: %v", address, got)
		}
	}
	for _, reached := range []bool{false, true} {
		s := openAs(t, issuer, reached)
		s.fetch.client.Timeout = 100 * time.Millisecond // nothing is there; what counts is whether it was tried
		_, _, err := s.fetch.post(t.Context(), "https://10.255.255.255:1/out", url.Values{})
		if tried := err == nil || !contains(err.Error(), "may be fetched from"); tried != reached {
			t.Errorf("with PrivateTargets %v: %v", reached, err)
		}
	}
}

// openAs is a server of an issuer on a database of its own.
func openAs(t *testing.T, issuer string, private bool) *Server {
	t.Helper()
	s, err := New(t.Context(), storetest.Open(t), Settings{
		Issuer: issuer, Secret: bytes.Repeat([]byte("s"), 32), Scopes: testScopes, PrivateTargets: private, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestConformanceApplicationsOnTheSameMachineWhileOneDevelops(t *testing.T) {
	var calls atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1); r.URL.Path == "/away" {
			http.Redirect(w, r, "/out", http.StatusTemporaryRedirect)
		}
	}))
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	send := func(s *Server, address string) *logoutDelivery {
		if err := s.Apply(t.Context(), Directory{Clients: []NewClient{reportsAt(address)}}, nil); err != nil {
			t.Fatal(err)
		}
		err := s.change(t.Context(), func(_ *gorm.DB, n *news) error {
			return n.sendLogouts([]logoutDelivery{{ClientID: "reports", UserID: "usr_1", SessionID: "ses_1"}})
		})
		if err != nil {
			t.Fatal(err)
		}
		d, err := s.claimLogout(t.Context(), []string{""})
		if d == nil || err != nil {
			t.Fatal(d, err)
		}
		s.deliverLogout(t.Context(), d)
		return d
	}
	for _, issuer := range []string{"http://localhost:8080/", "http://127.0.0.1:8080/", "http://[::1]:8080/"} {
		prove(t, "L-13 "+issuer, func(t *testing.T) {
			s := openAs(t, issuer, false)
			calls.Store(0)
			for _, host := range []string{"localhost:", "127.0.0.1:"} {
				if d := send(s, "http://"+host+port+"/out"); d.State != "delivered" {
					t.Errorf("%s is %s: %s", host, d.State, d.LastError)
				}
			}
			if d := send(s, "http://127.0.0.1:"+port+"/away"); d.State != "waiting" || calls.Load() != 3 {
				t.Errorf("a redirect is %s after %d calls", d.State, calls.Load())
			}
			if err := logOutAt(s, "http://localhost:"+port+"/out"); err != nil {
				t.Error(err)
			}
			// What is not this machine is guarded as anywhere.
			if d := send(s, "https://10.0.0.1/out"); d.State != "waiting" || !contains(d.LastError, "may be fetched from") {
				t.Errorf("it is %s: %s", d.State, d.LastError)
			}
			if s.fetcherOf("https://example.com/") != s.fetch || s.fetcherOf("https://localhost.example.com/") != s.fetch {
				t.Error("other hosts are taken for this machine")
			}
		})
	}
	for _, issuer := range []string{"http://time.example.com/", "https://localhost:8080/", "https://time.example.com/"} {
		prove(t, "L-13 not with "+issuer, func(t *testing.T) {
			s := openAs(t, issuer, true)
			calls.Store(0)
			if err := s.Apply(t.Context(), Directory{Clients: []NewClient{reportsAt("http://localhost:" + port + "/out")}}, nil); err == nil {
				t.Error("it can be registered")
			}
			if err := logOutAt(s, "http://localhost:"+port+"/out"); err == nil {
				t.Error("it can be registered by the management API")
			}
			if d := send(s, "https://localhost:"+port+"/out"); d.State != "waiting" || !contains(d.LastError, "may be fetched from") || calls.Load() != 0 {
				t.Errorf("it is %s after %d calls: %s", d.State, calls.Load(), d.LastError)
			}
		})
	}
}

// logOutAt has an administrator register an application with the address.
func logOutAt(s *Server, address string) error {
	n := NewApplication{}
	name, kind := "Local", "native"
	n.Name, n.AppType, n.Logout = &name, &kind, &logoutSettings{URLs: []string{address}}
	_, err := s.CreateApplication(context.Background(), Caller{}, n)
	return err
}
