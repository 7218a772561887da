package auth

import (
	"net/http"
	"net/url"
	"testing"
	"time"
)

func TestABoundTokenIsNoBearerToken(t *testing.T) {
	w := newWorld(t)
	p, other := w.prover("ES256"), w.prover("ES256")
	access, _ := p.tokens()
	plain, _ := w.tokens("ada@example.com")
	t.Run("B-20 sent as Bearer", func(t *testing.T) {
		refused(t, w.probe(access), 401, "invalid_token")
		if a := p.call(access); a.status != http.StatusOK {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		refused(t, w.probe(access), 401, "invalid_token") // though it is remembered now
	})
	t.Run("B-20 an unbound token with a proof", func(t *testing.T) {
		refused(t, p.call(plain), 401, "invalid_token")
		if a := w.probe(plain); a.status != http.StatusOK {
			t.Errorf("as Bearer got %d %s", a.status, a.body)
		}
	})
	t.Run("X-12 a proof by another key", func(t *testing.T) { refused(t, other.call(access), 401, "invalid_token") })
	t.Run("X-12 a revoked token with a good proof", func(t *testing.T) {
		w.client("/oauth/revoke", "app", "token", access)
		refused(t, p.call(access), 401, "invalid_token")
	})
}

func TestRefreshTokensOfPublicClientsAreBound(t *testing.T) {
	w := newWorld(t)
	p, other := w.prover("ES256"), w.prover("ES256")
	next := func(a answer) string {
		t.Helper()
		token, _ := a.json()["refresh_token"].(string)
		if a.status != http.StatusOK || token == "" {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		return token
	}
	t.Run("X-13 another key, and none", func(t *testing.T) {
		_, refresh := p.tokens()
		refused(t, other.refresh(refresh), 400, "invalid_grant")
		refused(t, w.refresh(refresh), 400, "invalid_grant")
		refresh = next(p.refresh(refresh)) // which is still good for its own
		refused(t, other.refresh(refresh), 400, "invalid_grant")
		next(p.refresh(refresh))
	})
	t.Run("X-13 R-06 in the grace time", func(t *testing.T) {
		_, refresh := p.tokens()
		successor := next(p.refresh(refresh))
		w.clock.move(refreshGrace)
		if again := next(p.refresh(refresh)); again != successor {
			t.Error("the same key got another successor")
		}
		// A token that was spent and comes with another key was stolen.
		refused(t, other.refresh(refresh), 400, "invalid_grant")
		refused(t, p.refresh(successor), 400, "invalid_grant")
	})
	t.Run("X-13 a refresh with a proof binds what was not bound", func(t *testing.T) {
		_, refresh := w.tokens("ada@example.com")
		bound := next(p.refresh(refresh))
		refused(t, w.refresh(bound), 400, "invalid_grant")
		refused(t, other.refresh(bound), 400, "invalid_grant")
		next(p.refresh(bound))
	})
	t.Run("X-13 whoever binds a stolen one is found out", func(t *testing.T) {
		access, refresh := w.tokens("ada@example.com")
		stolen := next(other.refresh(refresh))
		refused(t, w.refresh(refresh), 400, "invalid_grant")
		refused(t, other.refresh(stolen), 400, "invalid_grant")
		refused(t, w.probe(access), 401, "invalid_token")
	})
	t.Run("X-13 a confidential client may change its key", func(t *testing.T) {
		form := url.Values{"client_id": {"reports"}, "client_secret": {"reports secret, long"}}
		with := func(pairs ...string) url.Values {
			all := url.Values{}
			for name := range form {
				all.Set(name, form.Get(name))
			}
			for i := 0; i < len(pairs); i += 2 {
				all.Set(pairs[i], pairs[i+1])
			}
			return all
		}
		code := w.browser().code("ada@example.com", "client_id", "reports", "redirect_uri", webURI, "dpop_jkt", p.thumbprint())
		refresh := next(p.ask(with("grant_type", "authorization_code", "code", code, "redirect_uri", webURI, "code_verifier", verifies43)))
		refresh = next(other.ask(with("grant_type", "refresh_token", "refresh_token", refresh)))
		next(w.token("reports:reports secret, long", "grant_type", "refresh_token", "refresh_token", refresh))
	})
}

func TestACodeCanBeBoundToAKey(t *testing.T) {
	w := newWorld(t)
	p, other := w.prover("ES256"), w.prover("ES256")
	bound := func() string { return w.browser().code("ada@example.com", "dpop_jkt", p.thumbprint()) }
	t.Run("X-14 its own key", func(t *testing.T) {
		if a := p.redeem(bound()); a.status != http.StatusOK || a.json()["token_type"] != "DPoP" {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
	t.Run("X-14 another key", func(t *testing.T) {
		code := bound()
		refused(t, other.redeem(code), 400, "invalid_grant")
		refused(t, p.redeem(code), 400, "invalid_grant") // it is spent
	})
	t.Run("X-14 no key", func(t *testing.T) { refused(t, w.redeem(bound()), 400, "invalid_grant") })
	t.Run("X-14 a bad proof spends nothing", func(t *testing.T) {
		code := bound()
		refused(t, p.redeem(code, "x"), 400, "invalid_dpop_proof")
		if a := p.redeem(code); a.status != http.StatusOK {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
	for _, wrong := range []string{"x", p.thumbprint() + "=", p.thumbprint()[1:] + "+"} {
		t.Run("X-14 no thumbprint: "+wrong, func(t *testing.T) {
			sentBack(t, w.browser().authorize("dpop_jkt", wrong), "invalid_request")
		})
	}
}

func TestDiscoveryTellsOfDPoP(t *testing.T) {
	w := newWorld(t)
	algs, _ := w.browser().get("/.well-known/openid-configuration").json()["dpop_signing_alg_values_supported"].([]any)
	for i, alg := range []string{"ES256", "EdDSA", "PS256", "RS256", "Ed25519"} {
		if len(algs) != 5 || algs[i] != alg {
			t.Fatalf("got %v", algs)
		}
	}
}

// The sign-in that a token came of goes with it, through refreshes too.
func TestATokenTellsWhenThePersonSignedIn(t *testing.T) {
	w := newWorld(t)
	began := w.clock.now()
	b := w.browser()
	first := w.redeem(b.code("mia@example.com")).json()
	w.clock.move(10 * time.Minute)
	authTime := func(a answer) time.Time {
		t.Helper()
		by, err := w.server.Verify(t.Context(), a.json()["access_token"].(string), Timesheets)
		if err != nil {
			t.Fatal(err)
		}
		return by.AuthTime
	}
	if at := authTime(w.refresh(first["refresh_token"].(string))); !at.Equal(began) {
		t.Errorf("X-20 a refresh makes it %s", at)
	}
	if at := authTime(w.redeem(b.code("mia@example.com", "max_age", "600"))); !at.Equal(began) {
		t.Errorf("X-20 within max_age it is %s", at)
	}
	if at := authTime(w.redeem(b.code("mia@example.com", "max_age", "300"))); !at.Equal(w.clock.now()) {
		t.Errorf("X-20 past max_age it is %s", at)
	}
	if by, err := w.server.Verify(t.Context(), w.token("payroll:payroll secret, long", "grant_type", "client_credentials").json()["access_token"].(string), Timesheets); err != nil || !by.AuthTime.IsZero() {
		t.Errorf("an application signed in at %s, %v", by.AuthTime, err)
	}
}

// A device that proves a key gets tokens bound to it, as every other application does.
func TestADevicesTokensAreBoundToo(t *testing.T) {
	w := newWorld(t)
	p := w.prover("ES256")
	device, user := w.device()
	w.browser().settle(user, "ada@example.com", "allow")
	a := p.ask(url.Values{"client_id": {"app"}, "grant_type": {deviceGrant}, "device_code": {device}})
	if a.json()["token_type"] != "DPoP" {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	access, refresh := a.json()["access_token"].(string), a.json()["refresh_token"].(string)
	if got := p.call(access); got.status != 200 {
		t.Errorf("with a proof it got %d %s", got.status, got.body)
	}
	refused(t, w.probe(access), 401, "invalid_token")
	refused(t, w.prover("ES256").refresh(refresh), 400, "invalid_grant")
}

func TestIntrospectionTellsOfTheKey(t *testing.T) {
	w := newWorld(t)
	p := w.prover("ES256")
	access, _ := p.tokens()
	a := w.client("/oauth/introspect", "payroll:payroll secret, long", "token", access)
	cnf, _ := a.json()["cnf"].(map[string]any)
	if a.json()["active"] != true || a.json()["token_type"] != "DPoP" || cnf["jkt"] != p.thumbprint() {
		t.Errorf("got %s", a.body)
	}
}
