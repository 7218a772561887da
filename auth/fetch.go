package auth

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"punchcard/auth/lang"
)

const (
	fetchTime = 5 * time.Second
	maxFetch  = 64 << 10 // bytes of an answer
	maxBegin  = 4 << 10  // likewise, where the status says it all
)

// fetcher calls addresses that others named, which could as well name something that only this machine or its network
// reaches: a database, a printer, the metadata of a cloud. So it speaks https alone, to the addresses alone that are allowed,
// which is checked when the connection is made and the name has been resolved for good; it follows no redirect, uses no proxy
// and waits for nothing long.
type fetcher struct {
	client *http.Client
	plain  bool // speaks http as well, with this same machine
}

// newFetcher makes one that connects to what is allowed and trusts the roots; nil are those of the system.
func newFetcher(allowed func(netip.Addr) bool, roots *x509.CertPool) *fetcher {
	dialer := &net.Dialer{Timeout: fetchTime, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil || !allowed(to.Addr()) {
			return fmt.Errorf("%s is no address that may be fetched from", address)
		}
		return nil
	}}
	return &fetcher{client: &http.Client{
		Timeout:       fetchTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: dialer.DialContext, DisableKeepAlives: true, DisableCompression: true, TLSHandshakeTimeout: fetchTime,
			MaxResponseHeaderBytes: maxFetch, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		},
	}}
}

// newNearFetcher makes one that connects to this same machine alone, for a server that itself is reached from nowhere else.
func newNearFetcher() *fetcher {
	f := newFetcher(netip.Addr.IsLoopback, nil)
	f.plain = true
	return f
}

// fetcherOf is the one for an address: while Punchcard is being developed against, at http://localhost, applications may
// have theirs on the same machine.
func (s *Server) fetcherOf(address string) *fetcher {
	if u, err := url.Parse(address); err == nil && s.near != nil && loopbackHost(u.Hostname()) {
		return s.near
	}
	return s.fetch
}

// get fetches what is at an address. Anything but 200 and at most maxFetch bytes is an error.
func (f *fetcher) get(ctx context.Context, address string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	r.Header.Set("Accept", "application/json")
	status, body, err := f.do(r, maxFetch+1)
	switch {
	case err != nil:
		return nil, err
	case len(body) > maxFetch:
		return nil, fmt.Errorf("fetch %s: it is longer than 64 KiB", r.URL.Redacted())
	case status != http.StatusOK:
		return nil, fmt.Errorf("%s answered %d", address, status)
	}
	return body, nil
}

// post sends a form to an address, and gives the status of the answer, whatever it is, with how it begins.
func (f *fetcher) post(ctx context.Context, address string, form url.Values) (status int, begin []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, nil, fmt.Errorf("fetch: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return f.do(r, maxBegin)
}

// do sends a request and reads the answer up to so many bytes, whatever its status. It must not be called while writing.
func (f *fetcher) do(r *http.Request, most int64) (status int, body []byte, err error) {
	mistake := fetchMistake
	if f.plain {
		mistake = backchannelMistake
	}
	if wrong := mistake(r.URL.String()); wrong != nil {
		return 0, nil, fmt.Errorf("%s %s", r.URL.Redacted(), wrong)
	}
	answer, err := f.client.Do(r)
	if err != nil {
		return 0, nil, fmt.Errorf("fetch: %w", err)
	}
	defer answer.Body.Close()
	if body, err = io.ReadAll(io.LimitReader(answer.Body, most)); err != nil {
		return 0, nil, fmt.Errorf("fetch %s: %w", r.URL.Redacted(), err)
	}
	return answer.StatusCode, body, nil
}

// fetchMistake says why nothing is fetched from an address, as far as its text tells; empty if it may be tried.
func fetchMistake(address string) *lang.Sentence {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Scheme != "https" || u.Hostname() == "":
		return wrongly("must begin with https:// and a host")
	case u.User != nil || strings.Contains(address, "#"):
		return wrongly("must have neither a user before the host nor a fragment (the part from #)")
	case strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' }):
		return wrongly("must be in ASCII, percent-encoded, without spaces")
	}
	return nil
}
