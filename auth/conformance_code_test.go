package auth

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"strings"
	"testing"

	"gorm.io/gorm"
)

func TestConformanceTheTokenAnswer(t *testing.T) {
	w := newWorld(t)
	a := w.redeem(w.browser().code("ada@example.com"))
	prove(t, "T-01 T-18 P-08 all that was granted", func(t *testing.T) {
		m := a.json()
		if a.status != http.StatusOK || m["token_type"] != "Bearer" || m["expires_in"] != 7200.0 || m["scope"] != asking().Get("scope") {
			t.Errorf("got %d %s", a.status, a.body)
		}
		for _, token := range []string{"access_token", "id_token"} {
			jwtParts(t, m[token])
		}
		if refresh, _ := m["refresh_token"].(string); refresh == "" || a.header.Get("Content-Type") != "application/json; charset=utf-8" {
			t.Errorf("got %s %s", a.header.Get("Content-Type"), a.body)
		}
	})
	prove(t, "T-01 no more than was granted", func(t *testing.T) {
		m := w.redeem(w.browser().code("ada@example.com", "scope", "read:timesheets")).json()
		if m["id_token"] != nil || m["refresh_token"] != nil || m["scope"] != "read:timesheets" {
			t.Errorf("got %v", m)
		}
	})
	for _, grant := range []string{"password", "implicit", "foo", "urn:ietf:params:oauth:grant-type:jwt-bearer"} {
		prove(t, "T-03 "+grant, func(t *testing.T) {
			refused(t, w.token("app", "grant_type", grant, "username", "ada@example.com", "password", password), 400, "unsupported_grant_type")
		})
	}
	prove(t, "T-07 between public clients", func(t *testing.T) {
		w.registers(NewClient{ID: "copy", Name: "Copy", Type: "native", RedirectURIs: []string{appURI}, SkipConsent: true})
		code := w.browser().code("ada@example.com")
		for range 2 {
			refused(t, w.token("copy", "grant_type", "authorization_code", "code", code, "redirect_uri", appURI, "code_verifier", verifies43), 400, "invalid_grant")
		}
		if a := w.redeem(code); a.status != http.StatusOK {
			t.Errorf("its own client got %d %s", a.status, a.body)
		}
	})
	prove(t, "T-15 scope at the exchange widens nothing", func(t *testing.T) {
		m := w.redeem(w.browser().code("ada@example.com", "scope", "openid"), "scope", "openid read:timesheets offline_access").json()
		if m["scope"] != "openid" || m["refresh_token"] != nil {
			t.Errorf("got %v", m)
		}
	})
	prove(t, "X-16 the granted service may be named again, and no other", func(t *testing.T) {
		code := w.browser().code("ada@example.com", "resource", audience)
		refused(t, w.redeem(code, "resource", "https://elsewhere.example/"), 400, "invalid_target")
		tokens := w.redeem(code, "resource", audience)
		if tokens.status != http.StatusOK {
			t.Fatalf("got %d %s", tokens.status, tokens.body)
		}
		refresh := tokens.json()["refresh_token"].(string)
		refused(t, w.refresh(refresh, "resource", "https://elsewhere.example/"), 400, "invalid_target")
		again := w.refresh(refresh, "resource", audience)
		_, claims := jwtParts(t, again.json()["access_token"])
		if aud, _ := claims["aud"].([]any); len(aud) == 0 || aud[0] != audience {
			t.Errorf("got %v", claims)
		}
	})
	for _, resource := range []string{"timesheets", audience + "#x", "https://elsewhere.example/"} {
		prove(t, "X-15 at the token endpoint "+strings.TrimPrefix(resource, "https://"), func(t *testing.T) {
			refused(t, w.token(payroll, "grant_type", "client_credentials", "resource", resource), 400, "invalid_target")
		})
	}
}

func TestConformanceVerifiersOfCodes(t *testing.T) {
	w := newWorld(t)
	one, two := strings.Repeat("1", 43), strings.Repeat("2", 128)
	prove(t, "P-08 of 43 and of 128 characters", func(t *testing.T) {
		for _, v := range []string{one, two, "-._~" + one} {
			code := w.browser().code("ada@example.com", "code_challenge", challengeOf(v))
			if a := w.token("app", "grant_type", "authorization_code", "code", code, "redirect_uri", appURI, "code_verifier", v); a.status != 200 {
				t.Errorf("got %d %s", a.status, a.body)
			}
		}
	})
	prove(t, "P-12 that are too short or too long, though they match", func(t *testing.T) {
		for _, v := range []string{one[:42], two + "2", one + " ", one + "é", one + "+"} {
			code := w.browser().code("ada@example.com", "code_challenge", challengeOf(v))
			a := w.token("app", "grant_type", "authorization_code", "code", code, "redirect_uri", appURI, "code_verifier", v)
			refused(t, a, 400, "invalid_grant")
		}
	})
	prove(t, "P-14 P-13 the code of one session with the verifier of another", func(t *testing.T) {
		attacker := w.browser().code("mia@example.com", "code_challenge", challengeOf(one))
		w.browser().code("ada@example.com", "code_challenge", challengeOf(two))
		with := func(v string) answer {
			return w.token("app", "grant_type", "authorization_code", "code", attacker, "redirect_uri", appURI, "code_verifier", v)
		}
		refused(t, with(two), 400, "invalid_grant")
		refused(t, with(one), 400, "invalid_grant") // the try has burned it
	})
	prove(t, "P-11 P-10 for a code without a challenge, of a client that can't have asked for one", func(t *testing.T) {
		for _, v := range []string{verifies43, ""} {
			w := newWorld(t)
			code := w.browser().code("ada@example.com")
			if err := w.db.Write(t.Context(), func(tx *gorm.DB) error {
				return tx.Table("codes").Where("1 = 1").Update("code_challenge", "").Error
			}); err != nil {
				t.Fatal(err)
			}
			refused(t, w.token("app", "grant_type", "authorization_code", "code", code, "redirect_uri", appURI, "code_verifier", v), 400, "invalid_grant")
		}
	})
	prove(t, "P-16 the metadata", func(t *testing.T) {
		got, _ := w.browser().get("/.well-known/openid-configuration").json()["code_challenge_methods_supported"].([]any)
		if len(got) != 1 || got[0] != "S256" {
			t.Errorf("got %v", got)
		}
	})
}

// What is compared with a challenge is compared in constant time: by its source, since a clock sees too little.
func TestConformanceVerifiersAreComparedInConstantTime(t *testing.T) {
	holds(t, "P-15")
	file, err := parser.ParseFile(token.NewFileSet(), "grant_code.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	constant, plain := 0, 0
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Name.Name != "verifies" {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if n.Sel.Name == "ConstantTimeCompare" {
					constant++
				}
			case *ast.BinaryExpr:
				_, number := n.Y.(*ast.BasicLit)
				if (n.Op == token.EQL || n.Op == token.NEQ) && !number {
					plain++
				}
			}
			return true
		})
	}
	if constant != 1 || plain != 0 {
		t.Errorf("%d comparisons take constant time, %d don't", constant, plain)
	}
}

// A server that breaks down between spending a code and answering gives nothing for the code afterwards.
func TestConformanceACodeIsSpentBeforeTheAnswer(t *testing.T) {
	holds(t, "T-13")
	w := newWorld(t)
	code := w.browser().code("ada@example.com")
	a := w.server.policy.Load().timesheets()
	alg := a.SigningAlg
	a.SigningAlg = "no key signs with this"
	refused(t, w.redeem(code), 500, "server_error")
	a.SigningAlg = alg
	refused(t, w.redeem(code), 400, "invalid_grant")
}

func TestConformanceACodeOfSomebodyWhoIsGone(t *testing.T) {
	w := newWorld(t)
	prove(t, "T-14 the person was deleted", func(t *testing.T) {
		code := w.browser().code("max@example.com")
		err := w.server.change(t.Context(), func(tx *gorm.DB, n *news) error {
			if err := tx.Where("email = ?", "max@example.com").Delete(&Person{}).Error; err != nil {
				return err
			}
			return n.tell("people", "")
		})
		if err != nil {
			t.Fatal(err)
		}
		refused(t, w.redeem(code), 400, "invalid_grant")
	})
	prove(t, "T-14 C-14 the application was disabled", func(t *testing.T) {
		code := w.browser().code("ada@example.com")
		err := w.server.change(t.Context(), func(tx *gorm.DB, n *news) error {
			if err := tx.Model(&Client{}).Where("id = ?", "app").Update("disabled", true).Error; err != nil {
				return err
			}
			return n.tell("policy", "")
		})
		if err != nil {
			t.Fatal(err)
		}
		refused(t, w.redeem(code), 401, "invalid_client")
	})
}
