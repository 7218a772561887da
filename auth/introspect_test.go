package auth

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"
)

const (
	asReports = "reports:reports secret, long"
	asPayroll = "payroll:payroll secret, long"
	asIdle    = "idle:idle secret, long"
)

func (w *world) introspect(client string, pairs ...string) answer {
	w.Helper()
	return w.client("/oauth/introspect", client, pairs...)
}

// reportsTokens signs a person in through the web app, which can keep a secret.
func (w *world) reportsTokens(email string) (access, refresh string) {
	w.Helper()
	code := w.browser().code(email, "client_id", "reports", "redirect_uri", webURI)
	a := w.token(asReports, "grant_type", "authorization_code", "code", code, "redirect_uri", webURI, "code_verifier", verifies43).json()
	access, _ = a["access_token"].(string)
	refresh, _ = a["refresh_token"].(string)
	if access == "" || refresh == "" {
		w.Fatalf("got %v, want tokens", a)
	}
	return access, refresh
}

// inactiveToken checks that nothing is told of a token, to the last byte.
func inactiveToken(t testing.TB, what string, a answer) {
	t.Helper()
	if a.status != http.StatusOK || a.body != `{"active":false}` {
		t.Errorf("%s: got %d %s", what, a.status, a.body)
	}
	if a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s: Cache-Control is %q", what, a.header.Get("Cache-Control"))
	}
}

func activeToken(t testing.TB, what string, a answer) map[string]any {
	t.Helper()
	if a.status != http.StatusOK || a.json()["active"] != true {
		t.Errorf("%s: got %d %s", what, a.status, a.body)
	}
	return a.json()
}

func TestConformanceIntrospection(t *testing.T) {
	w := newWorld(t)
	access, refresh := w.reportsTokens("ada@example.com")
	claims, err := w.server.parseAccess(access)
	if err != nil {
		t.Fatal(err)
	}
	prove(t, "N-01 an access token, to its client and to a machine that was granted its API", func(t *testing.T) {
		for _, client := range []string{asReports, asPayroll} {
			for _, hint := range []string{"", "access_token", "refresh_token", "what"} {
				m := activeToken(t, client, w.introspect(client, "token", access, "token_type_hint", hint))
				want := map[string]any{
					"active": true, "scope": claims.Scope, "client_id": "reports", "token_type": "Bearer", "sub": claims.Subject,
					"exp": float64(claims.ExpiresAt.Unix()), "iat": float64(claims.IssuedAt.Unix()), "iss": issuer, "jti": claims.ID,
					"acr": passwordACR, "auth_time": float64(claims.AuthTime.Unix()),
				}
				for name, value := range want {
					if m[name] != value {
						t.Errorf("%s is %v, want %v", name, m[name], value)
					}
				}
				if aud, _ := m["aud"].([]any); len(aud) != 2 || aud[0] != audience || len(m) != len(want)+1 {
					t.Errorf("got %v", m)
				}
			}
		}
	})
	prove(t, "N-01 a refresh token, which can't be taken for an access token", func(t *testing.T) {
		m := activeToken(t, "refresh", w.introspect(asReports, "token", refresh))
		if m["client_id"] != "reports" || m["sub"] != claims.Subject || m["aud"] != nil || m["token_type"] != nil ||
			!contains(m["scope"].(string), "offline_access") || int64(m["exp"].(float64)) != w.clock.now().Add(refreshIdle).Unix() {
			t.Errorf("got %v", m)
		}
	})
	prove(t, "N-01 a machine's own token", func(t *testing.T) {
		own := w.token(asPayroll, "grant_type", "client_credentials").json()["access_token"].(string)
		if m := activeToken(t, "own", w.introspect(asPayroll, "token", own)); m["sub"] != "payroll@clients" || m["scope"] != "read:timesheets create:timesheets" {
			t.Errorf("got %v", m)
		}
		inactiveToken(t, "a web client", w.introspect(asReports, "token", own))
	})
	prove(t, "N-02 what is no token", func(t *testing.T) {
		id := w.redeem(w.browser().code("ada@example.com")).json()["id_token"].(string)
		code := w.browser().code("ada@example.com", "client_id", "reports", "redirect_uri", webURI)
		for name, token := range map[string]string{
			"a word": "x", "a random one": newSecret(), "dots": strings.Repeat(".", 10_000), "changed": access[:len(access)-4] + "AAAA",
			"cut": access[:len(access)-1], "an ID token": id, "a code": code, "a hash": hashed(refresh), "two": access + "," + refresh,
		} {
			inactiveToken(t, name, w.introspect(asReports, "token", token))
		}
	})
	prove(t, "N-03 without credentials", func(t *testing.T) {
		for _, client := range []string{"", "reports", "reports:wrong", "nobody:x"} {
			a := w.introspect(client, "token", access)
			refused(t, a, 401, "invalid_client")
			if a.header.Get("WWW-Authenticate") == "" {
				t.Error("there is no challenge")
			}
		}
	})
	prove(t, "N-04 to others", func(t *testing.T) {
		for _, client := range []string{"other:others secret, long", asIdle} {
			inactiveToken(t, client+" of an access token", w.introspect(client, "token", access))
			inactiveToken(t, client+" of a refresh token", w.introspect(client, "token", refresh))
		}
		inactiveToken(t, "a machine of a refresh token", w.introspect(asPayroll, "token", refresh))
	})
	prove(t, "N-05 a token in the address is none", func(t *testing.T) {
		refused(t, w.client("/oauth/introspect?token="+access, asReports), 400, "invalid_request")
	})
	prove(t, "N-06 without a token", func(t *testing.T) {
		refused(t, w.introspect(asReports), 400, "invalid_request")
		refused(t, w.introspect(asReports, "token", access, "token", access), 400, "invalid_request")
	})
	prove(t, "N-08 a public client learns nothing, not even of its own token", func(t *testing.T) {
		own, _ := w.tokens("ada@example.com")
		refused(t, w.introspect("app", "token", own), 401, "invalid_client")
		refused(t, w.introspect("spa", "token", own), 401, "invalid_client")
	})
	prove(t, "G-10 as JSON", func(t *testing.T) {
		r, _ := http.NewRequestWithContext(t.Context(), "POST", w.http.URL+"/oauth/introspect",
			stringsReader(`{"client_id":"reports","client_secret":"reports secret, long","token":"`+access+`"}`))
		r.Header.Set("Content-Type", "application/json")
		activeToken(t, "JSON", w.browser().do(r))
	})
	prove(t, "N-02 once it expired", func(t *testing.T) {
		w.clock.move(2*time.Hour + time.Second)
		inactiveToken(t, "access", w.introspect(asReports, "token", access))
		activeToken(t, "refresh", w.introspect(asReports, "token", refresh))
		w.clock.move(refreshIdle)
		inactiveToken(t, "refresh", w.introspect(asReports, "token", refresh))
	})
}

// Whatever makes the API refuse a token makes this say so, at the next call.
func TestConformanceIntrospectionTellsWhatDied(t *testing.T) {
	disable := func(w *world, id string) {
		err := w.server.change(w.Context(), func(tx *gorm.DB, n *news) error {
			if err := tx.Model(&Client{}).Where("id = ?", id).Update("disabled", true).Error; err != nil {
				return err
			}
			return n.tell("policy", "")
		})
		if err != nil {
			w.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		kill    func(w *world, access, refresh string)
		refresh bool // lives on
	}{
		"N-07 the session ended: the access token dies, offline access stays": {func(w *world, _, _ string) { w.endSession() }, true},
		"N-07 the person was blocked":                                         {func(w *world, _, _ string) { w.update("ada@example.com", "blocked", true) }, false},
		"N-07 the family was revoked":                                         {func(w *world, _, refresh string) { w.client("/oauth/revoke", asReports, "token", refresh) }, false},
		"N-07 the access token was revoked":                                   {func(w *world, access, _ string) { w.client("/oauth/revoke", asReports, "token", access) }, true},
		"N-07 a refresh token was replayed": {func(w *world, _, refresh string) {
			next := w.token(asReports, "grant_type", "refresh_token", "refresh_token", refresh).json()["refresh_token"].(string)
			w.token(asReports, "grant_type", "refresh_token", "refresh_token", next)
			w.token(asReports, "grant_type", "refresh_token", "refresh_token", refresh)
		}, false},
	} {
		prove(t, name, func(t *testing.T) {
			w := newWorld(t)
			access, refresh := w.reportsTokens("ada@example.com")
			activeToken(t, "before", w.introspect(asPayroll, "token", access))
			c.kill(w, access, refresh)
			inactiveToken(t, "access", w.introspect(asPayroll, "token", access))
			inactiveToken(t, "access", w.introspect(asReports, "token", access))
			if a := w.introspect(asReports, "token", refresh); c.refresh {
				activeToken(t, "refresh", a)
			} else {
				inactiveToken(t, "refresh", a)
			}
		})
	}
	prove(t, "N-07 the application was disabled", func(t *testing.T) {
		w := newWorld(t)
		access, _ := w.reportsTokens("ada@example.com")
		disable(w, "reports")
		inactiveToken(t, "access", w.introspect(asPayroll, "token", access))
		refused(t, w.introspect(asReports, "token", access), 401, "invalid_client")
	})
	prove(t, "an exchanged refresh token is dead, its successor lives", func(t *testing.T) {
		w := newWorld(t)
		_, refresh := w.reportsTokens("ada@example.com")
		next := w.token(asReports, "grant_type", "refresh_token", "refresh_token", refresh).json()["refresh_token"].(string)
		inactiveToken(t, "old", w.introspect(asReports, "token", refresh))
		activeToken(t, "new", w.introspect(asReports, "token", next))
	})
}

func TestIntrospectionTellsWhatIsLeftOfTheScope(t *testing.T) {
	w := newWorld(t)
	access, _ := w.tokens("mia@example.com", "scope", "openid read:timesheets approve:timesheets")
	if m := activeToken(t, "a manager", w.introspect(asPayroll, "token", access)); m["scope"] != "openid read:timesheets approve:timesheets" {
		t.Errorf("got %v", m["scope"])
	}
	w.update("ada@example.com", "manager_id", nil)
	if m := activeToken(t, "who manages nobody any more", w.introspect(asPayroll, "token", access)); m["scope"] != "openid read:timesheets" {
		t.Errorf("got %v", m["scope"])
	}
	w.narrow("app", "openid", "profile")
	if m := activeToken(t, "of an application that may ask for less", w.introspect(asPayroll, "token", access)); m["scope"] != "openid" {
		t.Errorf("got %v", m["scope"])
	}
	machine := w.token(asPayroll, "grant_type", "client_credentials").json()["access_token"].(string)
	grants := func(change func(tx *gorm.DB) error) {
		t.Helper()
		err := w.server.change(t.Context(), func(tx *gorm.DB, n *news) error {
			if err := change(tx.Where("client_id = ?", "payroll")); err != nil {
				return err
			}
			return n.tell("policy", "")
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	grants(func(tx *gorm.DB) error { return tx.Model(&clientGrant{}).Update("scopes", `["read:timesheets"]`).Error })
	if m := activeToken(t, "a narrower grant", w.introspect(asPayroll, "token", machine)); m["scope"] != "read:timesheets" {
		t.Errorf("got %v", m["scope"])
	}
	grants(func(tx *gorm.DB) error { return tx.Delete(&clientGrant{}).Error })
	inactiveToken(t, "no grant", w.introspect(asPayroll, "token", machine))
	inactiveToken(t, "no grant, another's token", w.introspect(asPayroll, "token", access))
}

// narrow leaves an application these scopes to ask people for.
func (w *world) narrow(client string, left ...string) {
	w.Helper()
	err := w.server.change(w.Context(), func(tx *gorm.DB, n *news) error {
		err := tx.Model(&Client{ID: client}).Select("scopes").Updates(&Client{Scopes: left}).Error
		return errors.Join(err, n.tell("policy", ""))
	})
	if err != nil {
		w.Fatal(err)
	}
}
