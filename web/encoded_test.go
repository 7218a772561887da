package web

import (
	"net/http"
	"strings"
	"testing"
)

// However a path is written, it isn't taken for one that has other rules: it is the route itself, or nothing, and below the
// paths of an API that is only told to who has a token.
func TestPathsThatAreWrittenOtherwiseGetAroundNothing(t *testing.T) {
	c := theCompany(t)
	operator := c.token(t, "operator", managementScopes...)
	for _, q := range []struct {
		method, path string
		status       int // without a token, and
		known        int // with one
	}{
		{"GET", "/api%2Fv2/clients", 401, 404},
		{"GET", "/%61pi/v2/clients", 401, 404},
		{"GET", "/api/v2%2Fclients", 401, 404},
		{"GET", "/api/v2/%63lients", 401, 404},
		{"GET", "/api/v2/../v2/clients", 401, 404},
		{"GET", "//api/v2/clients", 404, 404},
		{"GET", "/api//v2/clients", 401, 404},
		{"GET", "/api/v2/clients/", 401, 404},
		{"GET", "/api/v2/clients/phone%2F..%2Fapp", 401, 404},
		{"GET", "/api/v2/clients/%2E%2E", 401, 404},
		{"GET", "/api/v2/clients/%00", 401, 404},
		{"GET", "/api/v2/clients/%FF", 401, 404},
		{"HEAD", "/api/v2/clients", 401, 200},
		{"OPTIONS", "/api/v2/clients", 401, 405},
		{"TRACE", "/api/v2/clients", 401, 405},
		{"PUT", "/api/v2/clients", 401, 405},
		{"GET", "/%61uthorize", 404, 404},
		{"POST", "/oauth%2Ftoken", 404, 404},
		{"GET", "/a/..%2F..%2Fgo.mod", 404, 404},
	} {
		for token, want := range map[string]int{"": q.status, operator: q.known} {
			answer := c.ask(t, token, q.method, q.path, "")
			if answer.StatusCode != want {
				t.Errorf("%s %s, token: %t: %d %s, want %d", q.method, q.path, token != "", answer.StatusCode, answer.body, want)
			}
			if token == "" && answer.Header.Get("Allow") != "" && strings.HasPrefix(q.path, "/api") {
				t.Errorf("%s %s tells its methods: %s", q.method, q.path, answer.Header.Get("Allow"))
			}
		}
	}
}

// Scripts of an origin that no application registered may read nothing of the management API, not even that there is one.
func TestTheManagementAPIIsForRegisteredOriginsAlone(t *testing.T) {
	c := theCompany(t)
	for origin, want := range map[string]string{testOrigin: testOrigin, "https://evil.example": "", "null": ""} {
		for _, path := range []string{"/api/v2/clients", "/api%2Fv2/clients", "/api/v2/openapi.yaml"} {
			for _, method := range []string{http.MethodGet, http.MethodOptions} {
				answer := c.ask(t, "", method, path, "", "Origin", origin, "Access-Control-Request-Method", "DELETE")
				h := answer.Header
				if h.Get("Access-Control-Allow-Origin") != want || h.Get("Access-Control-Allow-Credentials") != "" ||
					!strings.Contains(strings.Join(h.Values("Vary"), ","), "Origin") {
					t.Errorf("%s %s for %s: %v", method, path, origin, h)
				}
			}
		}
	}
}
