package auth

import (
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"
)

func TestConformanceAccessTokens(t *testing.T) {
	w := newWorld(t)
	a := w.redeem(w.browser().code("ada@example.com", "scope", "openid profile email read:timesheets"))
	header, claims := jwtParts(t, a.json()["access_token"])
	prove(t, "J-01 the header", func(t *testing.T) {
		kid, _ := header["kid"].(string)
		jwk := published(t, w)[kid]
		if header["typ"] != "at+jwt" || jwk == nil || jwk["alg"] != header["alg"] || header["alg"] != "ES256" {
			t.Errorf("got %v, of the key %v", header, jwk)
		}
	})
	prove(t, "J-02 J-04 the claims", func(t *testing.T) {
		now := float64(w.clock.now().Unix())
		for name, want := range map[string]any{
			"iss": issuer, "client_id": "app", "iat": now, "exp": now + 7200, "scope": "openid profile email read:timesheets", "azp": "app",
		} {
			if claims[name] != want {
				t.Errorf("%s is %v, want %v", name, claims[name], want)
			}
		}
		if sub, _ := claims["sub"].(string); !strings.HasPrefix(sub, "usr_") || claims["jti"] == nil || claims["jti"] == "" {
			t.Errorf("got %v", claims)
		}
		if a.json()["scope"] != claims["scope"] {
			t.Errorf("the answer says %v, the token %v", a.json()["scope"], claims["scope"])
		}
	})
	prove(t, "J-03 the audience", func(t *testing.T) {
		if aud, _ := claims["aud"].([]any); len(aud) != 2 || aud[0] != audience || aud[1] != issuer+"userinfo" {
			t.Errorf("got %v", claims["aud"])
		}
		_, machine := jwtParts(t, w.token(payroll, "grant_type", "client_credentials").json()["access_token"])
		if aud, _ := machine["aud"].([]any); len(aud) != 1 || aud[0] != audience {
			t.Errorf("a machine's is %v", machine["aud"])
		}
	})
	prove(t, "J-05 the sign-in", func(t *testing.T) {
		amr, _ := claims["amr"].([]any)
		if claims["auth_time"] != float64(w.clock.now().Unix()) || len(amr) != 1 || amr[0] != "pwd" {
			t.Errorf("got %v", claims)
		}
		_, machine := jwtParts(t, w.token(payroll, "grant_type", "client_credentials").json()["access_token"])
		for _, name := range []string{"auth_time", "amr", "acr"} {
			if machine[name] != nil {
				t.Errorf("for a machine %s is %v", name, machine[name])
			}
		}
	})
	prove(t, "J-07 the jti", func(t *testing.T) {
		seen := map[any]bool{claims["jti"]: true}
		for range 20 {
			_, again := jwtParts(t, w.token(payroll, "grant_type", "client_credentials").json()["access_token"])
			if seen[again["jti"]] {
				t.Fatalf("%v came twice", again["jti"])
			}
			seen[again["jti"]] = true
		}
		for range 10_000 {
			jti := newJTI("")
			// 26 characters of an alphabet of 32 are 130 bits.
			if random := jti[strings.LastIndex(jti, ".")+1:]; seen[jti] || !regexp.MustCompile(`^[A-Z2-7]{26}$`).MatchString(random) {
				t.Fatalf("%q came twice, or is short", jti)
			}
			seen[jti] = true
		}
	})
	prove(t, "J-08 nothing personal", func(t *testing.T) {
		for _, name := range []string{"name", "email", "email_verified", "updated_at", "nickname", "picture"} {
			if claims[name] != nil {
				t.Errorf("%s is %v", name, claims[name])
			}
		}
	})
}

func TestConformanceRS256IsThere(t *testing.T) {
	holds(t, "J-06", "J-10")
	w := newWorld(t)
	m := w.browser().get("/.well-known/openid-configuration").json()
	algs, _ := m["id_token_signing_alg_values_supported"].([]any)
	rs := false
	for _, alg := range algs {
		if alg == "none" {
			t.Error("none is offered")
		}
		rs = rs || alg == "RS256"
	}
	if !rs {
		t.Errorf("the metadata lists %v", algs)
	}
	header, _ := jwtParts(t, w.redeem(w.browser().code("ada@example.com")).json()["id_token"])
	if kid, _ := header["kid"].(string); header["alg"] != "RS256" || published(t, w)[kid]["alg"] != "RS256" {
		t.Errorf("an ID token's header is %v", header)
	}
	if d := (Directory{API: &NewAPI{Audience: audience, SigningAlg: "none"}}); len(d.Check(testScopes)) == 0 {
		t.Error("an API can be told to take unsigned tokens")
	}
	if err := w.server.Apply(t.Context(), Directory{API: &NewAPI{Audience: audience, SigningAlg: "RS256"}}, nil); err != nil {
		t.Fatal(err)
	}
	if header, _ := jwtParts(t, w.redeem(w.browser().code("ada@example.com")).json()["access_token"]); header["alg"] != "RS256" {
		t.Errorf("an access token's header is %v", header)
	}
}

func TestConformanceIDTokens(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	id := func(t *testing.T, pairs ...string) (claims, answer map[string]any) {
		answer = w.redeem(b.code("ada@example.com", pairs...)).json()
		_, claims = jwtParts(t, answer["id_token"])
		return claims, answer
	}
	prove(t, "J-09 J-11 the claims", func(t *testing.T) {
		claims, answer := id(t)
		now := float64(w.clock.now().Unix())
		aud, _ := claims["aud"].([]any)
		sub, _ := claims["sub"].(string)
		if claims["iss"] != issuer || len(aud) != 1 || aud[0] != "app" || claims["azp"] != "app" || claims["iat"] != now || claims["exp"] != now+3600 {
			t.Errorf("got %v", claims)
		}
		if sub == "" || len(sub) > 255 || strings.ContainsFunc(sub, func(r rune) bool { return r < '!' || r > '~' }) {
			t.Errorf("sub is %q", sub)
		}
		sum := sha256.Sum256([]byte(answer["access_token"].(string)))
		if claims["at_hash"] != base64.RawURLEncoding.EncodeToString(sum[:16]) {
			t.Errorf("at_hash is %v", claims["at_hash"])
		}
		if _, access := jwtParts(t, answer["access_token"]); access["sub"] != sub {
			t.Errorf("the access token is of %v", access["sub"])
		}
	})
	for scope, want := range map[string]string{
		"openid": "", "openid profile": "name updated_at", "openid email": "email email_verified", "openid profile email": "name updated_at email email_verified",
	} {
		prove(t, "J-12 "+scope, func(t *testing.T) {
			claims, answer := id(t, "scope", scope)
			by, err := w.server.Verify(t.Context(), answer["access_token"].(string), Timesheets)
			if err != nil {
				t.Fatal(err)
			}
			info, err := w.server.UserInfo(t.Context(), by, struct{}{})
			if err != nil {
				t.Fatal(err)
			}
			told := map[string]bool{"name": info.Name != "", "updated_at": info.UpdatedAt != 0, "email": info.Email != "", "email_verified": info.EmailVerified != nil}
			for name, has := range told {
				_, inToken := claims[name]
				if wanted := contains(" "+want+" ", " "+name+" "); inToken != wanted || has != wanted {
					t.Errorf("%s: in the ID token %t, in UserInfo %t, want %t", name, inToken, has, wanted)
				}
			}
		})
	}
	prove(t, "J-13 email_verified is a boolean, and false until it is verified", func(t *testing.T) {
		claims, _ := id(t, "scope", "openid email")
		if claims["email_verified"] != false {
			t.Errorf("got %#v", claims["email_verified"])
		}
		w.update("ada@example.com", "email_verified", true)
		if claims, _ = id(t, "scope", "openid email"); claims["email_verified"] != true {
			t.Errorf("got %#v", claims["email_verified"])
		}
	})
}

func TestConformanceASubjectIsForEver(t *testing.T) {
	holds(t, "J-14")
	w := newWorld(t)
	sub := func(email string) any {
		_, claims := jwtParts(t, w.redeem(w.browser().code(email)).json()["id_token"])
		return claims["sub"]
	}
	first := sub("max@example.com")
	w.clock.move(365 * 24 * time.Hour)
	if err := w.server.Apply(t.Context(), exampleDirectory(t), nil); err != nil {
		t.Fatal(err)
	}
	if again := sub("max@example.com"); again != first {
		t.Errorf("a year later it is %v, not %v", again, first)
	}
	w.update("max@example.com", "email", "maximilian@example.com")
	if again := sub("maximilian@example.com"); again != first {
		t.Errorf("under another e-mail it is %v, not %v", again, first)
	}
	err := w.server.change(t.Context(), func(tx *gorm.DB, n *news) error {
		if err := tx.Where("email = ?", "maximilian@example.com").Delete(&Person{}).Error; err != nil {
			return err
		}
		return n.tell("people", "")
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.server.Apply(t.Context(), exampleDirectory(t), nil); err != nil {
		t.Fatal(err)
	}
	if other := sub("max@example.com"); other == first {
		t.Error("the sub of a deleted person was given to another")
	}
}
