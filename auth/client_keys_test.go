package auth

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// keyHost is an application's own server, at which its keys are.
type keyHost struct {
	*httptest.Server
	calls atomic.Int32
	keys  atomic.Pointer[string] // nil: it is down
}

// newKeyHost makes one, and the machine "distant" in the world that has its keys there.
func newKeyHost(t *testing.T, w *world, keys ...*signingKey) *keyHost {
	t.Helper()
	h := &keyHost{}
	h.publish(keys...)
	h.Server = httptest.NewTLSServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		h.calls.Add(1)
		if text := h.keys.Load(); text != nil {
			io.WriteString(rw, *text)
			return
		}
		rw.WriteHeader(http.StatusBadGateway)
	}))
	t.Cleanup(h.Close)
	w.server.fetch = reaching(h.Server)
	w.apply(NewClient{ID: "distant", Name: "Distant", Type: "machine", JWKSURI: h.URL + "/jwks.json",
		Grants: []NewGrant{{Audience: audience, Scopes: []string{"read:timesheets"}}}})
	return h
}

func (h *keyHost) publish(keys ...*signingKey) {
	text := jwksOf(keys...)
	h.keys.Store(&text)
}

func TestConformanceKeysAtTheApplicationsAddress(t *testing.T) {
	k := signerKeys()
	ok := func(t *testing.T, w *world, alg string) {
		t.Helper()
		if a := w.asserted(w.assertion("distant", alg)); a.status != http.StatusOK {
			t.Errorf("got %d %s", a.status, a.body)
		}
	}
	no := func(t *testing.T, w *world, alg string) {
		t.Helper()
		refused(t, w.asserted(w.assertion("distant", alg)), 401, "invalid_client")
	}
	calls := func(t *testing.T, h *keyHost, want int32) {
		t.Helper()
		if got := h.calls.Load(); got != want {
			t.Errorf("the keys were fetched %d times, want %d", got, want)
		}
	}
	prove(t, "C-18 fetched once in five minutes", func(t *testing.T) {
		w := newWorld(t)
		h := newKeyHost(t, w, k["ES256"])
		for range 3 {
			ok(t, w, "ES256")
		}
		calls(t, h, 1)
		w.clock.move(keysFresh)
		ok(t, w, "ES256")
		calls(t, h, 2)
	})
	prove(t, "C-23 an unknown key is looked for once a minute", func(t *testing.T) {
		w := newWorld(t)
		h := newKeyHost(t, w, k["ES256"])
		ok(t, w, "ES256")
		h.publish(k["ES256"], k["EdDSA"])
		no(t, w, "EdDSA")
		no(t, w, "EdDSA")
		calls(t, h, 1)
		w.clock.move(keysAgain)
		ok(t, w, "EdDSA")
		calls(t, h, 2)
		for range 5 {
			no(t, w, "RS256")
		}
		calls(t, h, 2)
	})
	prove(t, "C-19 a key that was taken away is worth nothing after five minutes", func(t *testing.T) {
		w := newWorld(t)
		h := newKeyHost(t, w, k["ES256"])
		ok(t, w, "ES256")
		h.publish(k["EdDSA"])
		w.clock.move(keysFresh)
		no(t, w, "ES256")
	})
	prove(t, "C-23 while their host is down, what was fetched is good for its five minutes", func(t *testing.T) {
		w := newWorld(t)
		h := newKeyHost(t, w, k["ES256"])
		ok(t, w, "ES256")
		h.keys.Store(nil)
		w.clock.move(keysAgain)
		no(t, w, "EdDSA") // tries to fetch
		ok(t, w, "ES256")
		calls(t, h, 2)
		w.clock.move(keysFresh)
		no(t, w, "ES256")
		no(t, w, "ES256")
		calls(t, h, 3) // with a pause after the failure
		h.publish(k["ES256"])
		w.clock.move(keysPause)
		ok(t, w, "ES256")
	})
	prove(t, "C-23 what is no key set, or gives a private key away", func(t *testing.T) {
		w := newWorld(t)
		h := newKeyHost(t, w, k["ES256"])
		private := strings.Replace(jwksOf(k["ES256"]), `{"alg"`, `{"d":"AAAA","alg"`, 1)
		for _, text := range []string{"", "<html>", private, strings.Repeat(" ", maxFetch) + jwksOf(k["ES256"])} {
			h.keys.Store(&text)
			no(t, w, "ES256")
			w.clock.move(keysFresh)
		}
	})
	prove(t, "C-23 nothing is fetched for what can't be right", func(t *testing.T) {
		w := newWorld(t)
		h := newKeyHost(t, w, k["ES256"])
		for _, assertion := range []string{
			w.assertion("distant", "ES256", "aud", "https://evil.example/"), w.assertion("distant", "ES256", "jti", nil),
			w.assertion("distant", "ES256", "exp", w.clock.now().Unix()), w.assertion("distant", "ES256", "iss", "signer"),
		} {
			refused(t, w.asserted(assertion), 401, "invalid_client")
		}
		calls(t, h, 0)
	})
	prove(t, "C-23 many at once share a fetch", func(t *testing.T) {
		w := newWorld(t)
		h := newKeyHost(t, w, k["ES256"])
		var all sync.WaitGroup
		for range 10 {
			assertion := w.assertion("distant", "ES256")
			all.Go(func() {
				if a := w.asserted(assertion); a.status != http.StatusOK {
					t.Errorf("got %d %s", a.status, a.body)
				}
			})
		}
		all.Wait()
		calls(t, h, 1)
	})
	prove(t, "C-23 on this machine they are not fetched", func(t *testing.T) {
		w := newWorld(t)
		guarded := w.server.fetch
		h := newKeyHost(t, w, k["ES256"])
		w.server.fetch = guarded
		no(t, w, "ES256")
		calls(t, h, 0)
		if !contains(w.log.String(), "may be fetched from") {
			t.Error("the log doesn't tell why")
		}
	})
}

func TestRemoteKeysAreBounded(t *testing.T) {
	var r remoteKeys
	for i := range 2*mostKeySets + 1 {
		r.at(strings.Repeat("x", i))
	}
	if len(r.sets) > mostKeySets {
		t.Errorf("%d sets are remembered", len(r.sets))
	}
}

func TestConformanceGuessingClientSecrets(t *testing.T) {
	guess := func(w *world, client string) answer { return w.token(client, "grant_type", "client_credentials") }
	throttled := func(t *testing.T, a answer) {
		t.Helper()
		refused(t, a, 429, "slow_down")
		if a.header.Get("Retry-After") != "900" || a.header.Get("WWW-Authenticate") != "" {
			t.Errorf("got %v", a.header)
		}
	}
	prove(t, "C-16 too many wrong secrets for one client from one address", func(t *testing.T) {
		w := newWorld(t)
		for range failuresPerPair {
			refused(t, guess(w, "payroll:wrong"), 401, "invalid_client")
		}
		throttled(t, guess(w, "payroll:wrong"))
		throttled(t, guess(w, asPayroll))
		throttled(t, w.client("/oauth/introspect", asPayroll, "token", "x"))
		throttled(t, w.client("/oauth/revoke", "", "client_id", "payroll", "client_secret", "payroll secret, long", "token", "x"))
		if a := guess(w, "idle:idle secret, long"); a.status == http.StatusTooManyRequests {
			t.Error("another client is throttled too")
		}
		w.clock.move(throttleWindow)
		if a := guess(w, asPayroll); a.status != http.StatusOK {
			t.Errorf("later: %d %s", a.status, a.body)
		}
	})
	prove(t, "C-16 the right secret from another address still works", func(t *testing.T) {
		w := newWorld(t)
		from := func(ip, secret string) int {
			r := httptest.NewRequest("POST", "/oauth/token", stringsReader("grant_type=client_credentials&client_id=payroll&client_secret="+secret))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.RemoteAddr = ip + ":1234"
			answer := httptest.NewRecorder()
			w.routes(w.server).ServeHTTP(answer, r)
			return answer.Code
		}
		for range failuresPerPair {
			from("192.0.2.1", "wrong")
		}
		if got := from("192.0.2.1", "payroll+secret,+long"); got != 429 {
			t.Errorf("from the same: %d", got)
		}
		if got := from("192.0.2.2", "payroll+secret,+long"); got != 200 {
			t.Errorf("from another: %d", got)
		}
	})
	prove(t, "C-16 an unknown client is answered as a known one", func(t *testing.T) {
		w := newWorld(t)
		for range failuresPerPair {
			refused(t, guess(w, "nobody:wrong"), 401, "invalid_client")
		}
		throttled(t, guess(w, "nobody:wrong"))
	})
	prove(t, "C-16 the right secret forgets", func(t *testing.T) {
		w := newWorld(t)
		for range 3 {
			for range failuresPerPair - 1 {
				guess(w, "payroll:wrong")
			}
			if a := guess(w, asPayroll); a.status != http.StatusOK {
				t.Fatalf("got %d %s", a.status, a.body)
			}
		}
	})
	prove(t, "C-16 neither public clients nor assertions are counted", func(t *testing.T) {
		w := newSigners(t)
		for range failuresPerPair + 1 {
			refused(t, w.asserted("x"), 401, "invalid_client")
			refused(t, w.token("payroll", "grant_type", "client_credentials"), 401, "invalid_client")
			refused(t, w.refresh("x"), 400, "invalid_grant")
		}
		if a := w.asserted(w.assertion("signer", "ES256")); a.status != http.StatusOK {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
	prove(t, "C-16 sign-in is not slowed down by it", func(t *testing.T) {
		w := newWorld(t)
		for i := range failuresPerIP + 1 {
			guess(w, "nobody"+string(rune('a'+i%26))+string(rune('a'+i/26))+":x")
		}
		throttled(t, guess(w, asPayroll))
		w.browser().code("ada@example.com")
	})
}

func TestClientKeysTellTheirMistakes(t *testing.T) {
	inline, secret := jwksOf(signerKeys()["ES256"]), strings.Repeat("s", 20)
	for name, c := range map[string]struct {
		client NewClient
		want   string
	}{
		"keys":               {NewClient{Type: "machine", JWKS: inline}, ""},
		"an address":         {NewClient{Type: "machine", JWKSURI: "https://app.example.com/jwks.json"}, ""},
		"both":               {NewClient{Type: "machine", JWKS: inline, JWKSURI: "https://app.example.com/jwks.json"}, "/clients/0/jwks_uri"},
		"keys and a secret":  {NewClient{Type: "machine", JWKS: inline, Secret: secret}, "/clients/0/client_secret"},
		"neither":            {NewClient{Type: "machine"}, "/clients/0/client_secret"},
		"a phone's":          {NewClient{Type: "native", RedirectURIs: []string{appURI}, JWKS: inline}, "/clients/0/jwks"},
		"a browser's":        {NewClient{Type: "spa", RedirectURIs: []string{webURI}, JWKSURI: "https://app.example.com/"}, "/clients/0/jwks_uri"},
		"no keys":            {NewClient{Type: "machine", JWKS: "{}"}, "/clients/0/jwks"},
		"a private key":      {NewClient{Type: "machine", JWKS: strings.Replace(inline, `{"alg"`, `{"d":"AAAA","alg"`, 1)}, "/clients/0/jwks"},
		"too long":           {NewClient{Type: "machine", JWKS: inline + strings.Repeat(" ", maxFetch)}, "/clients/0/jwks"},
		"http":               {NewClient{Type: "machine", JWKSURI: "http://app.example.com/jwks.json"}, "/clients/0/jwks_uri"},
		"http, this machine": {NewClient{Type: "machine", JWKSURI: "http://localhost/jwks.json"}, "/clients/0/jwks_uri"},
		"a user in it":       {NewClient{Type: "machine", JWKSURI: "https://user@app.example.com/jwks.json"}, "/clients/0/jwks_uri"},
	} {
		c.client.ID, c.client.Name = "c", "C"
		wrong := Directory{Clients: []NewClient{c.client}}.Check(testScopes)
		if c.want == "" && len(wrong) > 0 || c.want != "" && (len(wrong) != 1 || wrong[0].Pointer != c.want) {
			t.Errorf("%s: got %v", name, wrong)
		}
	}
}
