package web

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
)

// published is a key as /.well-known/jwks.json has it.
type published struct{ Kid, Alg, Crv, X, Y string }

func (k published) public(t testing.TB) any {
	t.Helper()
	x, err := base64.RawURLEncoding.DecodeString(k.X)
	if err != nil {
		t.Fatal(err)
	}
	if k.Crv == "Ed25519" {
		return ed25519.PublicKey(x)
	}
	y, err := base64.RawURLEncoding.DecodeString(k.Y)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, x, y))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestIDTokensAreSignedAsAnAdministratorSays(t *testing.T) {
	c := newCompany(t)
	for _, alg := range []string{"ES256", "EdDSA"} {
		answer := c.manage(t, "PATCH", "clients/phone", `{"jwt_configuration": {"alg": "`+alg+`"}}`)
		if !strings.Contains(answer.body, `"jwt_configuration":{"alg":"`+alg+`","lifetime_in_seconds":3600}`) {
			t.Fatalf("%s is answered %d %s", alg, answer.StatusCode, answer.body)
		}
		var set struct{ Keys []published }
		c.ask(t, "", "GET", "/.well-known/jwks.json", "").json(t, &set)
		token, err := jwt.Parse(c.signIn(t, "ada", []string{"openid"}).ID, func(token *jwt.Token) (any, error) {
			for _, k := range set.Keys {
				if k.Kid == token.Header["kid"] {
					return k.public(t), nil
				}
			}
			return nil, jwt.ErrTokenUnverifiable
		}, jwt.WithValidMethods([]string{alg}), jwt.WithAudience("phone"))
		if err != nil {
			t.Errorf("%s: %v %v", alg, err, token)
		}
	}
	c.manage(t, "PATCH", "clients/phone", `{"name": "Phone", "jwt_configuration": {"alg": null}}`)
	if answer := c.manage(t, "GET", "clients/phone", ""); !strings.Contains(answer.body, `"alg":"EdDSA"`) {
		t.Errorf("what isn't given changed: %s", answer.body)
	}
	made := c.made(t, "clients", `{"name": "PS", "app_type": "native", "jwt_configuration": {"alg": "ES256", "lifetime_in_seconds": 3600}}`)
	if got := made["jwt_configuration"].(map[string]any)["alg"]; got != "ES256" {
		t.Errorf("made with ES256, it has %v", got)
	}
}

// What programs read here they send back, with one or another member changed.
func TestAnApplicationIsTakenBackAsItIsShown(t *testing.T) {
	c := newCompany(t)
	c.made(t, "clients", `{"name": "Web", "app_type": "regular_web", "client_id": "web", "callbacks": ["https://app.example.com/cb"],
		"require_pkce": false, "require_pushed_authorization_requests": true, "jwt_configuration": {"alg": "ES256"}, "client_metadata": {"team": "a"},
		"oidc_logout": {"backchannel_logout_urls": ["https://app.example.com/out"]}, "grant_types": ["authorization_code"]}`)
	c.made(t, "clients", `{"name": "Signs", "app_type": "non_interactive", "client_id": "signs", "jwks": {"keys": [{"kty": "EC", "crv": "P-256",
		"x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}}`)
	for _, id := range []string{"phone", "app", "payroll", "web", "signs"} {
		var before, patched, copied map[string]any
		c.manage(t, "GET", "clients/"+id, "").json(t, &before)
		forget(before, "client_id", "created_at", "updated_at")
		body, err := json.Marshal(before)
		if err != nil {
			t.Fatal(err)
		}
		answer := c.manage(t, "PATCH", "clients/"+id, string(body))
		answer.json(t, &patched)
		another := c.manage(t, "POST", "clients", string(body))
		another.json(t, &copied)
		if answer.StatusCode != http.StatusOK || another.StatusCode != http.StatusCreated {
			t.Fatalf("%s: %d %s, %d %s", id, answer.StatusCode, answer.body, another.StatusCode, another.body)
		}
		for _, after := range []map[string]any{patched, copied} {
			forget(after, "client_id", "client_secret", "created_at", "updated_at")
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("%s: %s", id, diff)
			}
		}
	}
}

func forget(of map[string]any, names ...string) {
	for _, name := range names {
		delete(of, name)
	}
}

func TestSettingsOfAnApplicationAreHeldToRules(t *testing.T) {
	c := newCompany(t)
	c.made(t, "clients", `{"name": "Web", "app_type": "regular_web", "client_id": "web", "callbacks": ["https://app.example.com/cb"],
		"require_pkce": false, "oidc_logout": {"backchannel_logout_urls": ["https://app.example.com/out"]}}`)
	for _, q := range []struct{ of, body, want string }{
		{"phone", `{"require_pkce": false}`, "'require_pkce' must be true for native"},
		{"app", `{"require_pkce": false}`, "'require_pkce' must be true for spa"},
		{"payroll", `{"require_pkce": false}`, "'require_pkce' must be true for machine"},
		{"web", `{"app_type": "spa"}`, "'require_pkce' must be true for spa"},
		{"payroll", `{"require_pushed_authorization_requests": true}`, "'require_pushed_authorization_requests' is not for machines"},
		{"web", `{"jwt_configuration": {"alg": "HS256"}}`, "'jwt_configuration/alg' must be one of"},
		{"web", `{"jwt_configuration": {"alg": ""}}`, "'jwt_configuration/alg' must be one of"},
		{"web", `{"jwt_configuration": {"alg": "none"}}`, "'jwt_configuration/alg' must be one of"},
		{"web", `{"jwt_configuration": {"lifetime_in_seconds": 36000}}`, "'jwt_configuration/lifetime_in_seconds' must be 3600"},
		{"web", `{"jwt_configuration": {"secret_encoded": true}}`, "'jwt_configuration/secret_encoded' is not a member"},
		{"web", `{"oidc_logout": {"backchannel_logout_urls": ["https://a.example/", "https://b.example/"]}}`, "must be one address"},
		{"web", `{"oidc_logout": {"backchannel_logout_urls": [""]}}`, "an empty list takes the one away"},
		{"web", `{"oidc_logout": {"backchannel_logout_urls": ["http://reports.example.com/out"]}}`, "'oidc_logout/backchannel_logout_urls/0' must"},
		{"web", `{"oidc_logout": {"backchannel_logout_urls": ["http://localhost:3000/out"]}}`, "'oidc_logout/backchannel_logout_urls/0' must begin with https"},
		{"web", `{"oidc_logout": {"backchannel_logout_urls": ["https://user@app.example.com/"]}}`, "'oidc_logout/backchannel_logout_urls/0'"},
		{"payroll", `{"oidc_logout": {"backchannel_logout_urls": ["https://app.example.com/"]}}`, "'oidc_logout/backchannel_logout_urls/0' is not for machines"},
		{"web", `{"refresh_token": {"rotation_type": "non-rotating"}}`, "the same for every application"},
		{"web", `{"refresh_token": {}}`, "the same for every application"},
		{"web", `{"is_first_party": false}`, "'is_first_party' must be true"},
		{"web", `{"oidc_conformant": false}`, "'oidc_conformant' must be true"},
		{"web", `{"logo_uri": "https://a.example/logo.png"}`, "'logo_uri' is not a member"},
	} {
		var before, after map[string]any
		c.manage(t, "GET", "clients/"+q.of, "").json(t, &before)
		answer := c.manage(t, "PATCH", "clients/"+q.of, q.body)
		if answer.StatusCode != http.StatusBadRequest || !strings.Contains(answer.body, q.want) {
			t.Errorf("%s: %d %s", q.body, answer.StatusCode, answer.body)
		}
		c.manage(t, "GET", "clients/"+q.of, "").json(t, &after)
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("%s was refused, but changed it: %s", q.body, diff)
		}
	}
	for body, want := range map[string]string{
		`{"oidc_logout": null}`: `"oidc_logout":{"backchannel_logout_urls":["https://app.example.com/out"]}`,
		`{"oidc_logout": {}}`:   `"oidc_logout":{"backchannel_logout_urls":["https://app.example.com/out"]}`,
	} {
		if answer := c.manage(t, "PATCH", "clients/web", body); !strings.Contains(answer.body, want) {
			t.Errorf("%s: %d %s", body, answer.StatusCode, answer.body)
		}
	}
	if answer := c.manage(t, "PATCH", "clients/web", `{"oidc_logout": {"backchannel_logout_urls": []}}`); !strings.Contains(answer.body, `{"backchannel_logout_urls":[]}`) {
		t.Errorf("an empty list: %d %s", answer.StatusCode, answer.body)
	}
}

// authorizeAs sends the plain request of an application without PKCE, and tells where it leads.
func (c *company) authorizeAs(t testing.TB, client, callback string) *url.URL {
	t.Helper()
	answer := c.ask(t, "", "GET", "/authorize?"+url.Values{"response_type": {"code"}, "client_id": {client}, "redirect_uri": {callback},
		"scope": {"openid"}, "nonce": {"n"}}.Encode(), "")
	location, err := answer.Location()
	if err != nil {
		t.Fatalf("%d %s", answer.StatusCode, answer.body)
	}
	return location
}

func TestWhatIsRequiredOfAnApplicationHoldsAtOnce(t *testing.T) {
	c := newCompany(t)
	const callback = "https://app.example.com/cb"
	c.made(t, "clients", `{"name": "Web", "app_type": "regular_web", "client_id": "web", "callbacks": ["`+callback+`"]}`)
	for _, step := range []struct{ body, want string }{
		{`{}`, "code_challenge"},
		{`{"require_pkce": false}`, ""},
		{`{"require_pushed_authorization_requests": true}`, "/oauth/par"},
		{`{"require_pushed_authorization_requests": false}`, ""},
		{`{"require_pkce": true}`, "code_challenge"},
	} {
		if answer := c.manage(t, "PATCH", "clients/web", step.body); answer.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s", step.body, answer.StatusCode, answer.body)
		}
		to := c.authorizeAs(t, "web", callback)
		says := to.Query().Get("error_description")
		refused := to.Query().Get("error") == "invalid_request" && strings.Contains(says, step.want)
		if step.want == "" && to.Path != "/login" || step.want != "" && !refused {
			t.Errorf("after %s it leads to %s", step.body, to)
		}
	}
}
