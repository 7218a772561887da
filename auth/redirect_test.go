package auth

import (
	"regexp"
	"testing"
)

// The clients of the tests below, and their redirect URIs put in another way: what may follow from the rule is any port,
// of a native app's own address of this machine.
var (
	nativeURIs = &Client{Type: "native", RedirectURIs: []string{appURI, "http://127.0.0.1/cb", "http://[::1]:9/cb?x=1"}}
	webURIs    = &Client{Type: "web", RedirectURIs: []string{webURI, "http://127.0.0.1/cb"}}
	nativeRule = regexp.MustCompile(`^(?:com\.example\.app:/callback|http://127\.0\.0\.1(?::[0-9]{1,5})?/cb|http://\[::1\](?::[0-9]{1,5})?/cb\?x=1)\z`)
	webRule    = regexp.MustCompile(`^(?:https://reports\.example\.com/callback|http://127\.0\.0\.1/cb)\z`)
)

// byTheRule checks that a redirect URI is taken if, and only if, it is a registered one byte for byte, or by its port.
func byTheRule(t *testing.T, uri string) {
	t.Helper()
	if got, want := nativeURIs.registered(uri), nativeRule.MatchString(uri); got != want {
		t.Errorf("%q is a native app's: %v", uri, got)
	}
	if got, want := webURIs.registered(uri), webRule.MatchString(uri); got != want {
		t.Errorf("%q is a web app's: %v", uri, got)
	}
}

func FuzzRedirectURI(f *testing.F) {
	for _, seed := range []string{appURI, webURI, "http://127.0.0.1:1/cb", "http://[::1]/cb?x=1",
		"http://127.0.0.1:80@evil/cb", "http://ok@evil", "http://127.0.0.1:123456/cb", ""} {
		f.Add(seed)
	}
	f.Fuzz(byTheRule)
}

func TestConformanceEveryChangeOfARedirectURI(t *testing.T) {
	holds(t, "Z-02")
	uris := append(append([]string{"http://127.0.0.1:65535/cb", "http://[::1]/cb?x=1"}, nativeURIs.RedirectURIs...),
		webURIs.RedirectURIs...)
	for _, uri := range uris {
		byTheRule(t, uri)
		for i := range len(uri) + 1 {
			byTheRule(t, uri[:i])
			if i < len(uri) {
				byTheRule(t, uri[:i]+uri[i+1:])
			}
			for _, b := range []byte("\x00\t\n\r !\"#$%&'*+,-./059:;<=>?@AZ[\\]^_`az{|}~\x7f\x80\xc3\xff") {
				byTheRule(t, uri[:i]+string([]byte{b})+uri[i:])
				if i < len(uri) {
					byTheRule(t, uri[:i]+string([]byte{b})+uri[i+1:])
				}
			}
			for _, more := range []string{"//", "..", "/../", "%2e", "@evil", "evil@", ":80", "\\@", "%00", "\u00e9",
				".evil.example"} {
				byTheRule(t, uri[:i]+more+uri[i:])
			}
		}
	}
}
