package auth

import (
	"crypto/rand"
	"net/http"
	"strings"
	"testing"
)

// What the API answers to a proof that isn't good: the challenge of RFC 9449 §7.1.
func TestConformanceTheAPITakesGoodProofsAlone(t *testing.T) {
	w := newHouse(t)
	p, other := w.prover("ES256"), w.prover("ES256")
	access, _ := p.tokens()
	call := func(scheme string, proofs ...string) answer {
		r, _ := http.NewRequestWithContext(t.Context(), "GET", w.http.URL+"/me", nil)
		r.Header.Set("Authorization", scheme+" "+access)
		r.Header["Dpop"] = proofs
		return w.browser().do(r)
	}
	good := p.proof("GET", "me", access, nil, set{"jti": rand.Text()})
	if a := call("DPoP", good); a.status != http.StatusOK {
		t.Fatalf("a good one got %d %s", a.status, a.body)
	}
	for name, c := range map[string]struct {
		proofs []string
		code   string
	}{
		"X-12 none":                      {nil, "invalid_dpop_proof"},
		"X-12 without the token's hash":  {[]string{p.proof("GET", "me", "", nil, nil)}, "invalid_dpop_proof"},
		"X-12 the hash of another token": {[]string{p.proof("GET", "me", "x", nil, nil)}, "invalid_dpop_proof"},
		"X-12 another key":               {[]string{other.proof("GET", "me", access, nil, nil)}, "invalid_token"},
		"X-12 X-10 again":                {[]string{good}, "invalid_dpop_proof"},
		"X-11 no nonce":                  {[]string{p.proof("GET", "me", access, nil, set{"nonce": nil})}, "use_dpop_nonce"},
	} {
		prove(t, name, func(t *testing.T) {
			a := call("DPoP", c.proofs...)
			told := a.header.Get("WWW-Authenticate")
			if a.status != http.StatusUnauthorized || !strings.HasPrefix(told, "DPoP ") || !contains(told, `error="`+c.code+`"`) || !contains(told, `algs="`) ||
				a.header.Get("DPoP-Nonce") == "" {
				t.Errorf("got %d %s", a.status, told)
			}
		})
	}
	prove(t, "B-20 as Bearer", func(t *testing.T) {
		if a := call("Bearer"); a.status != http.StatusUnauthorized || !contains(a.header.Get("WWW-Authenticate"), `error="invalid_token"`) {
			t.Errorf("got %d %s", a.status, a.header.Get("WWW-Authenticate"))
		}
	})
}
