package auth

import (
	"crypto"
	"encoding/base64"
	"net/http"
	"slices"
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

// idOf reads an ID token by the published keys alone, as an application does.
func idOf(t *testing.T, w *world, token, alg string) jwt.MapClaims {
	t.Helper()
	var claims jwt.MapClaims
	_, err := jwt.NewParser(jwt.WithValidMethods([]string{alg}), jwt.WithTimeFunc(w.clock.now)).ParseWithClaims(token, &claims, func(tok *jwt.Token) (any, error) {
		kid, _ := tok.Header["kid"].(string)
		if published(t, w)[kid]["alg"] != alg {
			t.Errorf("the key %q is published for %v", kid, published(t, w)[kid]["alg"])
		}
		return w.server.keys.find(kid).private.Public(), nil
	})
	if err != nil {
		t.Fatalf("%v: %s", err, token)
	}
	return claims
}

func (w *world) webTokens(pairs ...string) answer {
	w.Helper()
	code := w.browser().code("ada@example.com", append([]string{"client_id", "reports", "redirect_uri", webURI}, pairs...)...)
	return w.token("reports:reports secret, long", "grant_type", "authorization_code", "code", code, "redirect_uri", webURI, "code_verifier", verifies43)
}

func TestIDTokensAreSignedAsTheApplicationAsks(t *testing.T) {
	w := newWorld(t)
	register := func(alg string) {
		c := exampleDirectory(t).Clients[2]
		c.IDTokenAlg = alg
		w.apply(c)
	}
	for alg, hash := range map[string]crypto.Hash{"RS256": crypto.SHA256, "PS256": crypto.SHA256, "ES256": crypto.SHA256, "EdDSA": crypto.SHA512} {
		t.Run("J-10 "+alg, func(t *testing.T) {
			register(alg)
			a := w.webTokens().json()
			claims := idOf(t, w, a["id_token"].(string), alg)
			h := hash.New()
			h.Write([]byte(a["access_token"].(string)))
			if want := base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:hash.Size()/2]); claims["at_hash"] != want {
				t.Errorf("at_hash is %v, want %s", claims["at_hash"], want)
			}
			b := w.browser()
			b.code("ada@example.com", "client_id", "reports", "redirect_uri", webURI)
			hint := b.authorize("client_id", "reports", "redirect_uri", webURI, "prompt", "none", "id_token_hint", a["id_token"].(string))
			if hint.location().Query().Get("code") == "" {
				t.Errorf("as a hint it got %s", hint.header.Get("Location"))
			}
			refused(t, w.probe(a["id_token"].(string)), 401, "invalid_token")
		})
	}
	t.Run("J-10 RS256 unless registered otherwise", func(t *testing.T) {
		register("")
		idOf(t, w, w.webTokens().json()["id_token"].(string), "RS256")
	})
	t.Run("J-10 none is no algorithm", func(t *testing.T) {
		for _, alg := range []string{"none", "HS256", "RS512", "Ed25519"} {
			err := w.server.Apply(t.Context(), Directory{Clients: []NewClient{{ID: "x", Name: "X", Type: "spa", RedirectURIs: []string{"https://x.example/"}, IDTokenAlg: alg}}}, nil)
			if m, ok := err.(*Mistake); !ok || m.Pointer != "/clients/0/id_token_signed_response_alg" {
				t.Errorf("%s: got %v", alg, err)
			}
		}
	})
	t.Run("J-06 RS256 is among those that the metadata lists, each of which works", func(t *testing.T) {
		told := w.browser().get("/.well-known/openid-configuration").json()["id_token_signing_alg_values_supported"].([]any)
		if len(told) != len(algorithms) || !slices.Contains(told, any("RS256")) {
			t.Errorf("got %v", told)
		}
	})
}

// RFC 9864 gave EdDSA by Ed25519 a name of its own, by which newer libraries sign.
func TestOthersMayCallEdDSAByItsNewerName(t *testing.T) {
	w := newSigners(t)
	k := signerKeys()["EdDSA"]
	p := w.prover("EdDSA")
	named := map[string]any{"alg": "Ed25519"}
	t.Run("K-04 a proof", func(t *testing.T) {
		if a := p.machine(p.proof("POST", "oauth/token", "", named, nil)); a.status != http.StatusOK || a.json()["token_type"] != "DPoP" {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
	assertion := func() string {
		return forge(t, jwt.SigningMethodEdDSA, k.private, map[string]any{"typ": "JWT", "kid": k.ID, "alg": "Ed25519"}, w.asserting("signer"))
	}
	t.Run("K-04 an assertion", func(t *testing.T) {
		if a := w.asserted(assertion()); a.status != http.StatusOK {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
	t.Run("K-04 a key", func(t *testing.T) {
		jwk := k.jwk()
		jwk["alg"] = "Ed25519"
		set := `{"keys":[{"kty":"OKP","crv":"Ed25519","alg":"Ed25519","kid":"` + k.ID + `","x":"` + jwk["x"] + `"}]}`
		w.apply(NewClient{ID: "signer", Name: "Signer", Type: "machine", JWKS: set, Grants: []NewGrant{{Audience: audience, Scopes: []string{"read:timesheets"}}}})
		for _, a := range []answer{w.asserted(assertion()), w.asserted(w.assertion("signer", "EdDSA"))} {
			if a.status != http.StatusOK {
				t.Errorf("got %d %s", a.status, a.body)
			}
		}
	})
	t.Run("K-04 but a key of another kind signs nothing by that name", func(t *testing.T) {
		es := signerKeys()["ES256"]
		refused(t, w.asserted(forge(t, jwt.SigningMethodES256, es.private, map[string]any{"typ": "JWT", "kid": es.ID, "alg": "Ed25519"}, w.asserting("signer"))), 401, "invalid_client")
		q := w.prover("ES256")
		refused(t, q.machine(q.proof("POST", "oauth/token", "", named, nil)), 400, "invalid_dpop_proof")
	})
	t.Run("K-04 and the metadata lists both names", func(t *testing.T) {
		m := w.browser().get("/.well-known/openid-configuration").json()
		for _, list := range []string{"dpop_signing_alg_values_supported", "token_endpoint_auth_signing_alg_values_supported"} {
			for _, name := range []any{"EdDSA", "Ed25519"} {
				if !slices.Contains(m[list].([]any), name) {
					t.Errorf("%s lacks %s", list, name)
				}
			}
		}
	})
}
