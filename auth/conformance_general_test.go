package auth

import (
	"net/http"
	"testing"
)

func TestConformanceEndpointsOfClientsArePosted(t *testing.T) {
	w := newHouse(t)
	for _, path := range []string{"/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/device/code", "/oauth/par"} {
		for _, method := range []string{"GET", "PUT", "HEAD", "DELETE", "PATCH"} {
			prove(t, "G-09 "+method+" "+path, func(t *testing.T) {
				r, _ := http.NewRequestWithContext(t.Context(), method, w.http.URL+path+"?grant_type=client_credentials", nil)
				if a := w.browser().do(r); a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") != "POST" {
					t.Errorf("got %d, Allow: %q", a.status, a.header.Get("Allow"))
				}
			})
		}
	}
}
