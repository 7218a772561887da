package web

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"punchcard/auth"
)

const resourceAddress = "/.well-known/oauth-protected-resource"

type resourceDocument struct {
	Resource string   `json:"resource"`
	Servers  []string `json:"authorization_servers"`
	Scopes   []string `json:"scopes_supported"`
	Methods  []string `json:"bearer_methods_supported"`
}

func TestProtectedResource(t *testing.T) {
	c := newCompany(t)
	is := func(t *testing.T, path, audience string) {
		t.Helper()
		var d resourceDocument
		c.ask(t, "", "GET", path, "").json(t, &d)
		if d.Resource != audience || !slices.Equal(d.Servers, []string{testIssuer}) || !slices.Equal(d.Scopes, everyScope) ||
			!slices.Equal(d.Methods, []string{"header"}) {
			t.Errorf("%s: got %+v", path, d)
		}
	}
	audience := func(t *testing.T, name string) {
		t.Helper()
		if err := c.settings.Auth.Apply(t.Context(), auth.Directory{API: &auth.NewAPI{Audience: name}}, nil); err != nil {
			t.Fatal(err)
		}
	}
	challenged := func(t *testing.T, address string) {
		t.Helper()
		for _, token := range []string{"", "x"} {
			answer := c.ask(t, token, "GET", "/timesheets", "")
			if got := answer.Header.Get("WWW-Authenticate"); answer.StatusCode != 401 || !strings.HasSuffix(got, `, resource_metadata="`+address+`"`) {
				t.Errorf("the challenge is %s", got)
			}
		}
	}
	t.Run("B-23 the audience names another host", func(t *testing.T) {
		is(t, resourceAddress, testAudience)
		challenged(t, testIssuer[:len(testIssuer)-1]+resourceAddress)
	})
	t.Run("B-23 the audience has a path on this host", func(t *testing.T) {
		audience(t, testIssuer+"timesheets")
		is(t, resourceAddress, testIssuer+"timesheets")
		is(t, resourceAddress+"/timesheets", testIssuer+"timesheets")
		challenged(t, testIssuer[:len(testIssuer)-1]+resourceAddress+"/timesheets")
	})
	t.Run("B-23 no other path has an API", func(t *testing.T) {
		for _, path := range []string{"/", "/me", "/timesheets/", "/Timesheets", "//timesheets", "/timesheets/x", "/%74imesheets%2f"} {
			if answer := c.ask(t, "", "GET", resourceAddress+path, ""); answer.StatusCode != 404 {
				t.Errorf("%s: %d %s", path, answer.StatusCode, answer.body)
			}
		}
		audience(t, testAudience)
		if answer := c.ask(t, "", "GET", resourceAddress+"/timesheets", ""); answer.StatusCode != 404 {
			t.Errorf("that of another host: %d %s", answer.StatusCode, answer.body)
		}
	})
	t.Run("B-23 the path is an unusual one", func(t *testing.T) {
		audience(t, testIssuer+"time%20sheets/")
		challenged(t, testIssuer[:len(testIssuer)-1]+resourceAddress+"/time%20sheets/")
		answer := httptest.NewRecorder() // openapi.yaml can't describe a parameter with a slash
		c.handler.ServeHTTP(answer, httptest.NewRequest("GET", resourceAddress+"/time%20sheets/", nil))
		if answer.Code != 200 || !strings.Contains(answer.Body.String(), `"`+testIssuer+`time%20sheets/"`) {
			t.Errorf("got %d %s", answer.Code, answer.Body)
		}
	})
	t.Run("B-23 the audience is this host itself", func(t *testing.T) {
		audience(t, testIssuer)
		is(t, resourceAddress, testIssuer)
		challenged(t, testIssuer[:len(testIssuer)-1]+resourceAddress)
	})
}

func TestWhatIsPublishedCanBeKept(t *testing.T) {
	c := newCompany(t)
	for _, path := range []string{
		"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/.well-known/jwks.json", resourceAddress,
	} {
		t.Run("K-08 "+path, func(t *testing.T) {
			first := c.ask(t, "", "GET", path, "", "Origin", "https://stranger.example")
			tag := first.Header.Get("ETag")
			if first.StatusCode != 200 || tag == "" || first.Header.Get("Cache-Control") != "public, max-age=3600" ||
				first.Header.Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("got %d %v", first.StatusCode, first.Header)
			}
			for given, want := range map[string]int{tag: 304, "W/" + tag: 304, `"x", ` + tag: 304, "*": 304, `"x"`: 200, tag[1:]: 200} {
				again := c.ask(t, "", "GET", path, "", "If-None-Match", given)
				if again.StatusCode != want || again.Header.Get("ETag") != tag || again.Header.Get("Cache-Control") == "" || want == 304 && again.body != "" {
					t.Errorf("If-None-Match: %s got %d %q", given, again.StatusCode, again.body)
				}
			}
			if other := c.ask(t, "", "HEAD", path, ""); other.Header.Get("ETag") != tag || other.body != "" {
				t.Errorf("HEAD: %v", other.Header)
			}
		})
	}
	t.Run("K-08 another content has another tag", func(t *testing.T) {
		before := c.ask(t, "", "GET", resourceAddress, "").Header.Get("ETag")
		if err := c.settings.Auth.Apply(t.Context(), auth.Directory{API: &auth.NewAPI{Audience: testIssuer + "timesheets"}}, nil); err != nil {
			t.Fatal(err)
		}
		if answer := c.ask(t, "", "GET", resourceAddress, "", "If-None-Match", before); answer.StatusCode != 200 {
			t.Errorf("got %d", answer.StatusCode)
		}
	})
}
