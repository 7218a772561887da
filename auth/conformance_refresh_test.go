package auth

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
)

// refreshAsReports is what the web app does with its refresh token.
func (w *world) refreshAsReports(token string, pairs ...string) answer {
	w.Helper()
	return w.token(asReports, append([]string{"grant_type", "refresh_token", "refresh_token", token}, pairs...)...)
}

func TestConformanceWhatARefreshAnswers(t *testing.T) {
	w := newWorld(t)
	prove(t, "R-01 a new access token, and a new refresh token for every kind of client", func(t *testing.T) {
		_, ofApp := w.tokens("ada@example.com")
		_, ofReports := w.reportsTokens("ada@example.com")
		for token, a := range map[string]answer{ofApp: w.refresh(ofApp), ofReports: w.refreshAsReports(ofReports)} {
			got := a.json()
			if a.status != http.StatusOK || got["token_type"] != "Bearer" || got["expires_in"] == nil ||
				got["scope"] == "" ||
				got["refresh_token"] == nil || got["refresh_token"] == token {
				t.Errorf("got %d %s", a.status, a.body)
			}
			if a.header.Get("Cache-Control") != "no-store" || a.header.Get("Pragma") != "no-cache" {
				t.Errorf("it could be stored: %v", a.header)
			}
			if a := w.probe(got["access_token"].(string)); a.status != http.StatusOK {
				t.Errorf("the new access token got %d", a.status)
			}
		}
	})
	prove(t, "R-03 without a refresh token", func(t *testing.T) {
		refused(t, w.refresh(""), 400, "invalid_request")
		refused(t, w.refreshAsReports(""), 400, "invalid_request")
	})
	prove(t, "R-04 what is no refresh token, or none any more", func(t *testing.T) {
		a := w.redeem(w.browser().code("ada@example.com")).json()
		revoked := a["refresh_token"].(string)
		w.client("/oauth/revoke", "app", "token", revoked)
		device, _ := w.device()
		for name, token := range map[string]string{
			"unknown": newSecret(), "a word": "x", "an access token": a["access_token"].(string),
			"an ID token": a["id_token"].(string),
			"a code":      w.browser().code("ada@example.com"), "a device code": device, "revoked": revoked,
			"a stored hash": hashed(revoked),
		} {
			if a := w.refresh(token); a.json()["error_description"] != unknownRefreshToken {
				t.Errorf("%s: got %s", name, a.body)
			} else {
				refused(t, a, 400, "invalid_grant")
			}
		}
	})
	prove(t, "R-13 a confidential client authenticates, or its token stays as it is", func(t *testing.T) {
		_, token := w.reportsTokens("ada@example.com")
		for _, client := range []string{"reports", "reports:wrong", "", "other:wrong"} {
			a := w.token(client, "grant_type", "refresh_token", "refresh_token", token)
			refused(t, a, 401, "invalid_client")
			if a.header.Get("WWW-Authenticate") == "" {
				t.Errorf("%q is not told how", client)
			}
		}
		if a := w.refreshAsReports(token); a.status != http.StatusOK {
			t.Errorf("others' attempts spent the token: %d %s", a.status, a.body)
		}
	})
	prove(t, "R-18 only with offline_access, and never for a machine", func(t *testing.T) {
		if a := w.redeem(w.browser().code("ada@example.com", "scope", "openid read:timesheets")); a.status != 200 ||
			a.json()["refresh_token"] != nil {
			t.Errorf("got %d %s", a.status, a.body)
		}
		if a := w.token(asPayroll, "grant_type", "client_credentials"); a.status != 200 || a.json()["refresh_token"] != nil {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
	prove(t, "R-16 R-20 the ID token is about the same sign-in", func(t *testing.T) {
		first := w.redeem(w.browser().code("ada@example.com", "nonce", "n-1")).json()
		w.clock.move(time.Minute)
		refused(t, w.refreshAsReports(first["refresh_token"].(string)), 400, "invalid_grant")
		next := w.refresh(first["refresh_token"].(string)).json()
		was, is := claimsOf(t, first["id_token"]), claimsOf(t, next["id_token"])
		for _, name := range []string{"iss", "sub", "aud", "azp", "auth_time", "sid"} {
			if diff := cmp.Diff(was[name], is[name]); was[name] == nil || diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		if was["nonce"] != "n-1" || is["nonce"] != nil || is["iat"].(float64) != was["iat"].(float64)+60 ||
			is["at_hash"] != atHash("RS256", next["access_token"].(string)) {
			t.Errorf("it was %v and is %v", was, is)
		}
	})
}

func TestConformanceARefreshThatIsRepeated(t *testing.T) {
	w := newWorld(t)
	prove(t, "R-06 within the grace time by its own client alone", func(t *testing.T) {
		_, first := w.tokens("ada@example.com")
		second := w.refresh(first).json()["refresh_token"].(string)
		for _, client := range []string{"spa", asReports} {
			refused(t, w.token(client, "grant_type", "refresh_token", "refresh_token", first), 400, "invalid_grant")
		}
		w.clock.move(refreshGrace)
		if again := w.refresh(first).json(); again["refresh_token"] != second || again["access_token"] == nil {
			t.Errorf("got %v", again)
		}
		if a := w.refresh(second); a.status != http.StatusOK {
			t.Errorf("the successor got %d %s", a.status, a.body)
		}
	})
	prove(t, "R-05 later the family dies, the theft is logged, and no other family suffers", func(t *testing.T) {
		access, first := w.tokens("ada@example.com")
		other, _ := w.tokens("ada@example.com")
		second := w.refresh(first).json()
		w.clock.move(refreshGrace + time.Microsecond)
		before := w.log.Len()
		refused(t, w.refresh(first), 400, "invalid_grant")
		if !contains(w.log.String()[before:], "level=WARN msg=event type=ferrt ") {
			t.Error("the log doesn't tell")
		}
		refused(t, w.refresh(second["refresh_token"].(string)), 400, "invalid_grant")
		for _, dead := range []string{access, second["access_token"].(string)} {
			refused(t, w.probe(dead), 401, "invalid_token")
		}
		if a := w.probe(other); a.status != http.StatusOK {
			t.Errorf("another family got %d", a.status)
		}
	})
	prove(t, "R-08 eight at once, and once more because the answer was lost", func(t *testing.T) {
		_, first := w.tokens("ada@example.com")
		var all sync.WaitGroup
		var mu sync.Mutex
		successors := map[any]int{}
		for range 8 {
			all.Go(func() {
				a := w.refresh(first)
				mu.Lock()
				defer mu.Unlock()
				successors[a.json()["refresh_token"]]++
			})
		}
		all.Wait()
		successors[w.refresh(first).json()["refresh_token"]]++
		for next, times := range successors {
			if times != 9 || next == nil {
				t.Fatalf("got %v", successors)
			}
			if a := w.refresh(next.(string)); a.status != http.StatusOK {
				t.Errorf("the successor got %d %s", a.status, a.body)
			}
		}
	})
	prove(t, "R-12 one that asks for more spends nothing", func(t *testing.T) {
		_, token := w.tokens("ada@example.com", "scope", "openid offline_access read:timesheets")
		for _, wider := range []string{"read:timesheets create:timesheets", "delete:timesheets", "approve:timesheets",
			"profile", "everything"} {
			refused(t, w.refresh(token, "scope", wider), 400, "invalid_scope")
		}
		var rows []refreshToken
		if err := w.db.Read(t.Context()).Where("hash = ?", hashed(token)).Find(&rows).Error; err != nil ||
			len(rows) != 1 || rows[0].UsedAt != nil {
			t.Errorf("the token is %+v, %v", rows, err)
		}
		prove(t, "R-11 narrower, and the full scope again", func(t *testing.T) {
			a := w.refresh(token, "scope", "read:timesheets")
			if a.json()["scope"] != "read:timesheets" ||
				claimsOf(t, a.json()["access_token"])["scope"] != "read:timesheets" {
				t.Fatalf("got %s", a.body)
			}
			if a = w.refresh(a.json()["refresh_token"].(string)); a.json()["scope"] != "openid offline_access read:timesheets" {
				t.Errorf("got %s", a.body)
			}
		})
	})
}

// What changed since the sign-in holds at the very next refresh.
func TestConformanceARefreshHeedsWhatChanged(t *testing.T) {
	const asked = "openid offline_access read:timesheets create:timesheets"
	account := func(path string, pairs ...string) func(*world) {
		return func(w *world) {
			b := w.browser()
			b.visit("/account", "ada@example.com", password)
			b.send(path, pairs...)
		}
	}
	app := func(change func(*NewClient)) func(*world) {
		return func(w *world) {
			c := exampleDirectory(w).Clients[0]
			change(&c)
			w.apply(c)
		}
	}
	for name, c := range map[string]struct {
		change func(*world)
		status int
		want   string // the error, or the scope that is left
	}{
		"R-14 Z-07 the person is blocked": {func(w *world) { w.update("ada@example.com", "blocked", true) }, 400,
			"invalid_grant"},
		"R-14 Z-07 consent is withdrawn": {account("/account/apps/revoke", "client_id", "app"), 400, "invalid_grant"},
		"R-14 Z-07 another password": {account("/account/password", "current", password, "new", "a new password",
			"again", "a new password"), 400, "invalid_grant"},
		"R-14 Z-07 signed out everywhere": {account("/account/sessions/end-all"), 400, "invalid_grant"},
		"R-14 Z-07 the client is gone":    {func(w *world) { w.disable("app") }, 401, "invalid_client"},
		"R-14 Z-07 the client lost a scope": {app(func(c *NewClient) {
			c.Scopes = []string{"openid", "offline_access",
				"read:timesheets"}
		}),
			200, "openid offline_access read:timesheets"},
		"R-14 Z-07 the client lost offline_access": {app(func(c *NewClient) {
			c.Scopes = []string{"openid",
				"read:timesheets"}
		}), 400, "invalid_grant"},
		"R-14 Z-07 a role is lost": {func(w *world) {
			if err := w.db.Write(w.Context(), deleteRoles); err != nil {
				w.Fatal(err)
			}
			w.update("ada@example.com", "name", "Ada")
		}, 200, "openid offline_access"},
	} {
		prove(t, name, func(t *testing.T) {
			w := newWorld(t)
			_, token := w.tokens("ada@example.com", "scope", asked)
			c.change(w)
			a := w.refresh(token)
			if c.status != http.StatusOK {
				refused(t, a, c.status, c.want)
			} else if a.status != http.StatusOK || a.json()["scope"] != c.want ||
				claimsOf(t, a.json()["access_token"])["scope"] != c.want {
				t.Errorf("got %d %s, want %s", a.status, a.body, c.want)
			}
		})
	}
}

func TestConformanceNothingIsRefreshedAfterARevocation(t *testing.T) {
	w := newWorld(t)
	prove(t, "V-09 a refresh that races with it", func(t *testing.T) {
		for range 5 {
			_, first := w.tokens("ada@example.com")
			var revoked atomic.Bool
			var racer sync.WaitGroup
			racer.Go(func() {
				for token := first; ; {
					late := revoked.Load()
					a := w.refresh(token)
					if late && a.status == http.StatusOK {
						t.Error("it was refreshed after the answer to its revocation")
					}
					next, ok := a.json()["refresh_token"].(string)
					if late || !ok {
						return
					}
					token = next
				}
			})
			if a := w.client("/oauth/revoke", "app", "token", first); a.status != http.StatusOK || a.body != "" {
				t.Errorf("got %d %s", a.status, a.body)
			}
			revoked.Store(true)
			racer.Wait()
		}
	})
}

func deleteRoles(tx *gorm.DB) error { return tx.Where("1 = 1").Delete(&userRole{}).Error }
