package auth

import (
	"net/http"
	"testing"
	"time"

	"gorm.io/gorm"
)

func (w *world) revokeBefore(whose Holders, at time.Time) error {
	return w.server.change(w.Context(), func(tx *gorm.DB, n *news) error { return revokeBefore(tx, n, whose, at) })
}

func (w *world) machine() string {
	w.Helper()
	a := w.token("payroll:payroll secret, long", "grant_type", "client_credentials")
	if a.status != http.StatusOK {
		w.Fatalf("got %d %s", a.status, a.body)
	}
	return a.json()["access_token"].(string)
}

// A person's, an application's or everybody's tokens end together, and nobody else's do; what is issued later is good.
func TestTokensFromBeforeAnInstantAreRefused(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada@example.com")
	for name, c := range map[string]struct {
		whose               Holders
		ada, mia, spa, self bool // whether they go on
	}{
		"R-21 a person's":              {Holders{User: ada}, false, true, false, true},
		"R-21 an application's":        {Holders{Client: "app"}, false, false, true, true},
		"R-21 a machine's":             {Holders{Client: "payroll"}, true, true, true, false},
		"R-21 those of whom there are": {Holders{Everybody: true}, false, false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			browser, spaBrowser := w.browser(), w.browser()
			first := w.redeem(browser.code("ada@example.com")).json()
			mia, _ := w.tokens("mia@example.com")
			inSPA := func() string {
				return w.token("spa", "grant_type", "authorization_code", "code_verifier", verifies43, "redirect_uri", "https://spa.example.com/cb?x=1",
					"code", spaBrowser.code("ada@example.com", "client_id", "spa", "redirect_uri", "https://spa.example.com/cb?x=1")).json()["access_token"].(string)
			}
			spa, self := inSPA(), w.machine()
			unused := browser.code("ada@example.com")
			other := w.open()
			w.clock.move(time.Second)
			if err := w.revokeBefore(c.whose, w.clock.now()); err != nil {
				t.Fatal(err)
			}
			for token, on := range map[string]bool{first["access_token"].(string): c.ada, mia: c.mia, spa: c.spa, self: c.self} {
				if got := w.probe(token).status == http.StatusOK; got != on {
					t.Errorf("a token goes on: %t, want %t", got, on)
				}
				if err := other.listen(t.Context()); err != nil {
					t.Fatal(err)
				}
				if _, err := other.Verify(t.Context(), token, Timesheets); (err == nil) != on {
					t.Errorf("at another instance: %v, want to go on: %t", err, on)
				}
				if _, err := w.open().Verify(t.Context(), token, Timesheets); (err == nil) != on {
					t.Errorf("after a restart: %v, want to go on: %t", err, on)
				}
			}
			if got := w.refresh(first["refresh_token"].(string)).status == http.StatusOK; got != c.ada {
				t.Errorf("a refresh goes on: %t", got)
			}
			if got := w.redeem(unused).status == http.StatusOK; got != c.ada {
				t.Errorf("a code is good: %t", got)
			}
			if got := browser.authorize().location().Path != "/login"; got != (c.ada || c.whose.Client != "") {
				t.Errorf("the session goes on: %t", got)
			}
			told := w.client("/oauth/introspect", "payroll:payroll secret, long", "token", first["access_token"].(string)).json()["active"]
			if told != c.ada {
				t.Errorf("introspection says %v", told)
			}
			again, refresh := w.tokens("ada@example.com")
			if w.probe(again).status != http.StatusOK || w.refresh(refresh).status != http.StatusOK || w.probe(w.machine()).status != http.StatusOK {
				t.Error("what was issued afterwards is refused")
			}
		})
	}
}

func TestTheNewestInstantCounts(t *testing.T) {
	w := newWorld(t)
	ada := Holders{User: w.person("ada@example.com")}
	start := w.clock.now()
	w.clock.move(time.Hour)
	token, _ := w.tokens("ada@example.com")
	w.clock.move(time.Minute)
	if err := w.revokeBefore(ada, start); err != nil {
		t.Fatal(err)
	}
	if w.probe(token).status != http.StatusOK {
		t.Error("R-21 a token of after the instant is refused")
	}
	for _, at := range []time.Time{w.clock.now(), start} { // the older one comes last
		if err := w.revokeBefore(ada, at); err != nil {
			t.Fatal(err)
		}
		refused(t, w.probe(token), 401, "invalid_token")
	}
	if err := w.revokeBefore(ada, w.clock.now().Add(time.Second)); err == nil {
		t.Error("what isn't issued yet was revoked")
	}
	for _, whose := range []Holders{{}, {User: ada.User, Client: "app"}, {Client: "app", Everybody: true}} {
		if err := w.revokeBefore(whose, w.clock.now()); err == nil {
			t.Errorf("%+v says whose tokens to revoke", whose)
		}
	}
	w.clock.move(2*maxTokenLife + time.Second)
	if err := w.server.sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	var rows int64
	if err := w.db.Read(t.Context()).Model(&notBefore{}).Count(&rows).Error; err != nil || rows != 0 {
		t.Errorf("%d instants are kept of which no token can be alive, %v", rows, err)
	}
}

// person is the id of the one with the e-mail.
func (w *world) person(email string) string {
	w.Helper()
	var p Person
	if err := w.db.Read(w.Context()).Where("email = ?", email).Take(&p).Error; err != nil {
		w.Fatal(err)
	}
	return p.ID
}
