package auth

import (
	"net/http"
	"strings"
	"testing"
)

func TestConformanceRevocation(t *testing.T) {
	w := newWorld(t)
	revoke := func(client string, pairs ...string) answer { return w.client("/oauth/revoke", client, pairs...) }

	access, refresh := w.tokens("ada@example.com")
	prove(t, "V-02 V-07 V-08 an access token alone, whatever the hint", func(t *testing.T) {
		if a := revoke("app", "token", access, "token_type_hint", "refresh_token"); a.status != http.StatusOK || a.body != "" {
			t.Errorf("got %d %q", a.status, a.body)
		}
		refused(t, w.probe(access), 401, "invalid_token")
		next := w.refresh(refresh).json()
		access, refresh = next["access_token"].(string), next["refresh_token"].(string)
		if a := w.probe(access); a.status != http.StatusOK {
			t.Errorf("the refresh token died too: %d", a.status)
		}
	})
	prove(t, "V-03 what is no token of ours", func(t *testing.T) {
		for _, token := range []string{"x", newSecret(), strings.Repeat(".", 100), access + "x"} {
			if a := revoke("app", "token", token); a.status != http.StatusOK {
				t.Errorf("got %d %s", a.status, a.body)
			}
		}
	})
	prove(t, "V-04 another client's", func(t *testing.T) {
		for _, token := range []string{access, refresh} {
			refused(t, revoke("reports:reports secret, long", "token", token), 400, "invalid_request")
			if a := revoke("spa", "token", token); a.status != http.StatusOK {
				t.Errorf("a public client got %d", a.status)
			}
		}
		if a := w.probe(access); a.status != http.StatusOK {
			t.Errorf("another client revoked it: %d", a.status)
		}
	})
	prove(t, "V-05 without authentication", func(t *testing.T) {
		refused(t, revoke("reports:wrong", "token", refresh), 401, "invalid_client")
		refused(t, revoke("", "token", refresh), 401, "invalid_client")
	})
	prove(t, "V-06 without a token", func(t *testing.T) {
		refused(t, revoke("app"), 400, "invalid_request")
		refused(t, revoke(asReports, "token_type_hint", "refresh_token"), 400, "invalid_request")
	})
	prove(t, "V-01 V-03 V-08 a refresh token with all its family", func(t *testing.T) {
		if a := revoke("app", "token", refresh); a.status != http.StatusOK || a.body != "" {
			t.Errorf("got %d %q", a.status, a.body)
		}
		refused(t, w.refresh(refresh), 400, "invalid_grant")
		refused(t, w.probe(access), 401, "invalid_token")
		if a := revoke("app", "token", refresh); a.status != http.StatusOK {
			t.Errorf("revoking twice got %d", a.status)
		}
	})
}

func TestUserInfoTellsWhatTheScopesCover(t *testing.T) {
	w := newWorld(t)
	for scope, want := range map[string]string{
		"openid":               "",
		"openid profile":       "Ada Lovelace",
		"openid profile email": "Ada Lovelace ada@example.com",
	} {
		access, _ := w.tokens("ada@example.com", "scope", scope)
		by, err := w.server.Verify(t.Context(), access, Timesheets)
		if err != nil {
			t.Fatal(err)
		}
		info, err := w.server.UserInfo(t.Context(), by, struct{}{})
		if err != nil || info.Subject != by.User || !strings.HasPrefix(info.Subject, "usr_") {
			t.Errorf("got %+v %v", info, err)
		}
		if got := strings.TrimSpace(info.Name + " " + info.Email); got != want {
			t.Errorf("%s told %q, want %q", scope, got, want)
		}
		if info.EmailVerified != nil && *info.EmailVerified {
			t.Error("nobody verified the e-mail")
		}
	}
}

func TestMetadataTellsWhatThereIs(t *testing.T) {
	w := newWorld(t)
	m := w.browser().get("/.well-known/openid-configuration").json()
	if m["issuer"] != issuer || m["token_endpoint"] != issuer+"oauth/token" || m["authorization_response_iss_parameter_supported"] != true {
		t.Errorf("got %v", m)
	}
	if got := m["code_challenge_methods_supported"].([]any); len(got) != 1 || got[0] != "S256" {
		t.Errorf("got %v", got)
	}
	for _, g := range m["grant_types_supported"].([]any) {
		if a := w.token("app", "grant_type", g.(string)); a.json()["error"] == "unsupported_grant_type" {
			t.Errorf("%s is advertised and not supported", g)
		}
	}
	for _, sc := range testScopes {
		if !contains(w.browser().get("/.well-known/openid-configuration").body, sc.Name) {
			t.Errorf("%s is not advertised", sc.Name)
		}
	}
}
