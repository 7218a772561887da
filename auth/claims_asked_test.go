package auth

import (
	"encoding/json"
	"html"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// about is what UserInfo tells the bearer of a token, less the sub.
func (w *world) about(access string) map[string]any {
	w.Helper()
	by, err := w.server.Verify(w.Context(), access, Timesheets)
	if err != nil {
		w.Fatal(err)
	}
	info, err := w.server.UserInfo(w.Context(), by, struct{}{})
	if err != nil {
		w.Fatal(err)
	}
	return w.aboutPerson(info)
}

func (w *world) aboutPerson(claims any) map[string]any {
	w.Helper()
	text, err := json.Marshal(claims)
	var all map[string]any
	if err == nil {
		err = json.Unmarshal(text, &all)
	}
	if err != nil {
		w.Fatal(err)
	}
	told := map[string]any{}
	for name := range scopeOfClaim {
		if all[name] != nil {
			told[name] = true
		}
	}
	return told
}

func TestSingleClaimsAreToldWhereTheyWereAskedFor(t *testing.T) {
	w := newWorld(t)
	tells := func(names ...string) map[string]any {
		told := map[string]any{}
		for _, name := range names {
			told[name] = true
		}
		return told
	}
	for name, c := range map[string]struct {
		scope, claims string
		info, id      map[string]any
	}{
		"A-50 essential, at UserInfo":         {"openid", `{"userinfo":{"name":{"essential":true}}}`, tells("name"), tells()},
		"A-50 voluntary, in the ID token":     {"openid", `{"id_token":{"email":null,"email_verified":{}}}`, tells(), tells("email", "email_verified")},
		"A-50 both, beside a scope":           {"openid email", `{"userinfo":{"updated_at":null},"id_token":{"name":null}}`, tells("email", "email_verified", "updated_at"), tells("email", "email_verified", "name")},
		"A-50 what there isn't":               {"openid", `{"userinfo":{"phone_number":{"essential":true},"password_hash":null}}`, tells(), tells()},
		"A-50 without openid there is nobody": {"read:timesheets", `{"userinfo":{"name":null}}`, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			check := func(a map[string]any) {
				t.Helper()
				if c.id == nil {
					if a["id_token"] != nil {
						t.Errorf("got %v", a)
					}
					return
				}
				if diff := cmp.Diff(c.info, w.about(a["access_token"].(string))); diff != "" {
					t.Errorf("UserInfo (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(c.id, w.aboutPerson(idOf(t, w, a["id_token"].(string), "RS256"))); diff != "" {
					t.Errorf("ID token (-want +got):\n%s", diff)
				}
			}
			first := w.redeem(w.browser().code("ada@example.com", "scope", c.scope+" offline_access", "claims", c.claims)).json()
			check(first)
			check(w.refresh(first["refresh_token"].(string)).json()) // by the same authorization
		})
	}
}

func TestAClaimTakesThePermissionOfItsScope(t *testing.T) {
	w := newWorld(t)
	phone := exampleDirectory(t).Clients[0]
	scopes := phone.Scopes
	const asked = `{"userinfo":{"email":null,"name":null},"id_token":{"email":{"essential":true}}}`
	tokens := func() map[string]any {
		t.Helper()
		return w.redeem(w.browser().code("ada@example.com", "scope", "openid offline_access", "claims", asked)).json()
	}
	t.Run("A-50 of the application, silently", func(t *testing.T) {
		phone.Scopes = []string{"openid", "profile", "offline_access"}
		w.apply(phone)
		a := tokens()
		if got := w.about(a["access_token"].(string)); len(got) != 1 || got["name"] == nil {
			t.Errorf("got %v", got)
		}
		if got := w.aboutPerson(idOf(t, w, a["id_token"].(string), "RS256")); len(got) != 0 {
			t.Errorf("got %v", got)
		}
	})
	t.Run("A-50 and loses it with that", func(t *testing.T) {
		phone.Scopes = scopes
		w.apply(phone)
		a := tokens()
		if got := w.about(a["access_token"].(string)); len(got) != 2 {
			t.Errorf("got %v", got)
		}
		phone.Scopes = []string{"openid", "profile", "offline_access"}
		w.apply(phone)
		if got := w.about(a["access_token"].(string)); len(got) != 1 {
			t.Errorf("got %v", got)
		}
		again := w.refresh(a["refresh_token"].(string)).json()
		if got := w.aboutPerson(idOf(t, w, again["id_token"].(string), "RS256")); len(got) != 0 {
			t.Errorf("got %v", got)
		}
	})
	t.Run("A-50 and a token that was narrowed is narrow in claims too", func(t *testing.T) {
		phone.Scopes = scopes
		w.apply(phone)
		a := w.redeem(w.browser().code("ada@example.com", "scope", "openid email offline_access", "claims", asked)).json()
		narrow := w.refresh(a["refresh_token"].(string), "scope", "openid").json()
		if got := w.about(narrow["access_token"].(string)); len(got) != 1 || got["name"] == nil {
			t.Errorf("got %v", got)
		}
		if got := w.aboutPerson(idOf(t, w, narrow["id_token"].(string), "RS256")); len(got) != 0 {
			t.Errorf("got %v", got)
		}
	})
	t.Run("A-50 of the person, who is asked as for the scope", func(t *testing.T) {
		b := w.browser()
		if a := toConsent(b, "scope", "openid"); !b.decide(a, "allow").location().Query().Has("code") {
			t.Fatal("no code")
		}
		const claims = `{"userinfo":{"email":null}}`
		sentBack(t, toConsent(b, "scope", "openid", "claims", claims, "prompt", "none"), "consent_required")
		a := toConsent(b, "scope", "openid", "claims", claims)
		page := html.UnescapeString(b.get(a.location().RequestURI()).body)
		if !strings.Contains(page, "See your e-mail address") {
			t.Fatalf("the page is %s", page)
		}
		if a := b.decide(a, "allow"); !a.location().Query().Has("code") {
			t.Errorf("got %d", a.status)
		}
		if a := toConsent(b, "scope", "openid", "claims", claims); !a.location().Query().Has("code") {
			t.Errorf("asked again: %s", a.header.Get("Location"))
		}
	})
}

func TestTheClaimSubSaysWhoMaySignIn(t *testing.T) {
	w := newWorld(t)
	ada, mia := w.person("ada@example.com"), w.person("mia@example.com")
	b := w.browser()
	hint := w.redeem(b.code("ada@example.com")).json()["id_token"].(string)
	for name, c := range map[string]struct{ claims, hint, want string }{
		"A-50 that person":                    {`{"id_token":{"sub":{"value":"` + ada + `"}}}`, "", ""},
		"A-50 one of some":                    {`{"userinfo":{"sub":{"values":["` + mia + `","` + ada + `"]}}}`, "", ""},
		"A-50 null is anybody":                {`{"id_token":{"sub":{"value":null}}}`, "", ""},
		"A-50 another":                        {`{"id_token":{"sub":{"value":"` + mia + `"}}}`, "", "login_required"},
		"A-50 another than the hint's":        {`{"id_token":{"sub":{"value":"` + mia + `"}}}`, hint, "login_required"},
		"A-50 two in two places":              {`{"id_token":{"sub":{"value":"` + ada + `"}},"userinfo":{"sub":{"value":"` + mia + `"}}}`, "", "login_required"},
		"A-50 nobody who could be":            {`{"id_token":{"sub":{"value":7}}}`, "", "login_required"},
		"A-50 nobody, as who they are called": {`{"id_token":{"sub":{"value":"` + noPerson + `"}}}`, "", "login_required"},
	} {
		t.Run(name, func(t *testing.T) {
			a := b.authorize("claims", c.claims, "id_token_hint", c.hint, "prompt", "none")
			if c.want != "" {
				sentBack(t, a, c.want)
			} else if !a.location().Query().Has("code") {
				t.Errorf("got %s", a.header.Get("Location"))
			}
		})
	}
	t.Run("A-50 who signs in must be that person", func(t *testing.T) {
		a := b.authorize("claims", `{"id_token":{"sub":{"value":"`+mia+`"}}}`)
		if wrong := b.signIn(a, "ada@example.com", password); wrong.status != http.StatusUnprocessableEntity {
			t.Errorf("another got %d", wrong.status)
		}
		if right := b.signIn(a, "mia@example.com", password); !right.location().Query().Has("code") {
			t.Errorf("got %d %s", right.status, right.header.Get("Location"))
		}
	})
}

// A way to sign in that there isn't is no error unless it is essential, and the tokens say which one it was.
func TestTokensTellHowThePersonSignedIn(t *testing.T) {
	w := newWorld(t)
	for name, pairs := range map[string][]string{
		"A-63 nothing asked":            nil,
		"A-63 acr_values that we lack":  {"acr_values", "urn:mace:incommon:iap:silver 2"},
		"A-63 a voluntary acr we lack":  {"claims", `{"id_token":{"acr":{"value":"urn:high"}}}`},
		"A-63 an essential one we have": {"claims", `{"id_token":{"acr":{"essential":true,"values":["` + passwordACR + `"]}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			a := w.redeem(w.browser().code("ada@example.com", pairs...)).json()
			access, err := w.server.parseAccess(a["access_token"].(string))
			if err != nil {
				t.Fatal(err)
			}
			id := idOf(t, w, a["id_token"].(string), "RS256")
			if id["acr"] != passwordACR || cmp.Diff(id["amr"], []any{"pwd"}) != "" {
				t.Errorf("the ID token says %v", id)
			}
			if access.ACR != passwordACR || cmp.Diff(access.AMR, passwordAMR) != "" || float64(access.AuthTime.Unix()) != id["auth_time"] {
				t.Errorf("J-05 the access token says %+v", access)
			}
			again := w.refresh(a["refresh_token"].(string)).json()
			if later, err := w.server.parseAccess(again["access_token"].(string)); err != nil || later.ACR != passwordACR {
				t.Errorf("after a refresh it says %+v, %v", later, err)
			}
		})
	}
	t.Run("J-05 a machine didn't sign in", func(t *testing.T) {
		claims, err := w.server.parseAccess(w.machine())
		if err != nil || claims.ACR != "" || claims.AMR != nil || claims.AuthTime != nil {
			t.Errorf("got %+v, %v", claims, err)
		}
	})
	t.Run("A-63 the metadata lists what there is", func(t *testing.T) {
		m := w.browser().get("/.well-known/openid-configuration").json()
		if cmp.Diff(m["acr_values_supported"], []any{passwordACR}) != "" || m["claims_parameter_supported"] != true {
			t.Errorf("got %v, %v", m["acr_values_supported"], m["claims_parameter_supported"])
		}
	})
}
