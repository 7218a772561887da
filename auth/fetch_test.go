package auth

import (
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestConformanceOnlyAddressesOfTheInternetArePublic(t *testing.T) {
	holds(t, "C-23", "Z-23")
	for address, want := range map[string]bool{
		"8.8.8.8": true, "93.184.215.14": true, "2606:4700:4700::1111": true, "2a00:1450:4001:80b::200e": true,

		"127.0.0.1": false, "127.255.255.254": false, "::1": false, "0.0.0.0": false, "0.1.2.3": false, "::": false,
		"10.0.0.1": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false, "100.64.0.1": false,
		"169.254.169.254": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd00:ec2::254": false,
		"::ffff:127.0.0.1": false, "::ffff:8.8.8.8": false, "::ffff:169.254.169.254": false, "::127.0.0.1": false,
		"64:ff9b::7f00:1": false, "64:ff9b:1::1": false, "2002:7f00:1::": false, "2001::1": false, "2001:db8::1": false, "3fff::1": false,
		"100::1": false, "5f00::1": false, "fec0::1": false,
		"224.0.0.1": false, "239.255.255.255": false, "ff02::1": false, "255.255.255.255": false, "240.0.0.1": false,
		"192.0.0.1": false, "192.0.2.1": false, "192.88.99.1": false, "198.18.0.1": false, "198.51.100.1": false, "203.0.113.1": false,
	} {
		if got := publicAddress(netip.MustParseAddr(address)); got != want {
			t.Errorf("C-23 %s is public: %v", address, got)
		}
	}
	if publicAddress(netip.Addr{}) {
		t.Error("no address is public")
	}
}

// reaching is a fetcher that may also reach a test's server.
func reaching(server *httptest.Server) *fetcher {
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return newFetcher(func(netip.Addr) bool { return true }, roots)
}

func TestConformanceFetchIsGuarded(t *testing.T) {
	var calls atomic.Int32
	slow := make(chan struct{})
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		switch r.URL.Path {
		case "/ok":
			w.Write([]byte(strings.Repeat("x", maxFetch)))
		case "/long":
			w.Write([]byte(strings.Repeat("x", maxFetch+1)))
		case "/away":
			http.Redirect(w, r, "/ok", http.StatusFound)
		case "/slow":
			<-slow
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	defer close(slow)
	f := reaching(server)
	if body, err := f.get(t.Context(), server.URL+"/ok"); err != nil || len(body) != maxFetch {
		t.Fatalf("got %d bytes, %v, so the cases below prove nothing", len(body), err)
	}
	for name, path := range map[string]string{"C-23 longer than 64 KiB": "/long", "C-23 a redirect": "/away", "C-23 no answer of use": "/missing"} {
		prove(t, name, func(t *testing.T) {
			before := calls.Load()
			if body, err := f.get(t.Context(), server.URL+path); err == nil || calls.Load() != before+1 {
				t.Errorf("got %d bytes, %v, after %d calls", len(body), err, calls.Load()-before)
			}
		})
	}
	prove(t, "C-23 five seconds at most", func(t *testing.T) {
		hasty := reaching(server)
		if hasty.client.Timeout != 5*time.Second {
			t.Errorf("it waits for %s", hasty.client.Timeout)
		}
		hasty.client.Timeout = 50 * time.Millisecond
		began := time.Now()
		if _, err := hasty.get(t.Context(), server.URL+"/slow"); err == nil || time.Since(began) > 3*time.Second {
			t.Errorf("got %v after %s", err, time.Since(began))
		}
	})
	prove(t, "C-23 what a browser here reaches is not reached", func(t *testing.T) {
		guarded := newFetcher(publicAddress, nil)
		_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
		before := calls.Load()
		for _, address := range []string{
			server.URL + "/ok", "https://localhost:" + port + "/ok", "https://[::ffff:127.0.0.1]:" + port + "/ok", "https://0.0.0.0:" + port + "/ok",
			"https://[::]:" + port + "/ok", "https://169.254.169.254/latest", "https://[::1]:" + port + "/ok", "https://10.0.0.1/",
		} {
			if _, err := guarded.get(t.Context(), address); err == nil || !contains(err.Error(), "may be fetched from") {
				t.Errorf("%s: %v", address, err)
			}
		}
		if calls.Load() != before {
			t.Error("the server was reached")
		}
	})
	prove(t, "C-23 only https", func(t *testing.T) {
		for _, address := range []string{
			"http://example.com/", "http://127.0.0.1/", "http://localhost/", "ftp://example.com/", "file:///etc/passwd", "//example.com/", "https:///x",
			"https://user@example.com/", "https://example.com/#x", "https://example.com/a b", `https://example.com\@evil.example/`, "", "gopher://x",
		} {
			if fetchMistake(address) == nil {
				t.Errorf("%q may be fetched", address)
			}
			if _, err := f.get(t.Context(), address); err == nil {
				t.Errorf("%q was fetched", address)
			}
		}
	})
	prove(t, "C-23 no proxy", func(t *testing.T) {
		if f.client.Transport.(*http.Transport).Proxy != nil {
			t.Error("a proxy would resolve the name by itself")
		}
	})
	prove(t, "C-23 a name that resolves elsewhere the second time", func(t *testing.T) {
		var asked []netip.Addr
		refuse := newFetcher(func(a netip.Addr) bool { asked = append(asked, a); return false }, nil)
		if _, err := refuse.get(t.Context(), strings.Replace(server.URL, "127.0.0.1", "localhost", 1)); err == nil || len(asked) == 0 || !asked[0].IsLoopback() {
			t.Errorf("the guard saw %v: %v", asked, err)
		}
	})
	if _, err := newFetcher(func(netip.Addr) bool { return true }, nil).get(t.Context(), server.URL+"/ok"); err == nil {
		t.Error("a certificate that nobody vouches for is trusted")
	} else if _, ok := errors.AsType[x509.UnknownAuthorityError](err); !ok {
		t.Errorf("got %v", err)
	}
}
