package auth

import (
	"net/http"
	"sync"
	"testing"
	"time"
)

func TestAProofIsGoodOnce(t *testing.T) {
	w := newWorld(t)
	p := w.prover("ES256")
	access, _ := p.tokens()
	t.Run("X-10 at the token endpoint", func(t *testing.T) {
		proof := p.proof("POST", "oauth/token", "", nil, nil)
		if a := p.machine(proof); a.status != http.StatusOK {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		refused(t, p.machine(proof), 400, "invalid_dpop_proof")
	})
	t.Run("X-10 at the API, on another instance and after a restart", func(t *testing.T) {
		proof := p.proof("GET", "probe", access, nil, nil)
		if a := p.call(access, proof); a.status != http.StatusOK {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		refused(t, p.call(access, proof), 400, "invalid_dpop_proof")
		w.http.Config.Handler = w.routes(w.open())
		refused(t, p.call(access, proof), 400, "invalid_dpop_proof")
	})
	t.Run("X-10 the same jti in another proof", func(t *testing.T) {
		same := set{"jti": "again"}
		if a := p.call(access, p.proof("GET", "probe", access, nil, same)); a.status != http.StatusOK {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		refused(t, p.call(access, p.proof("GET", "probe", access, nil, same)), 400, "invalid_dpop_proof")
		other := w.prover("ES256")
		if a := other.machine(other.proof("POST", "oauth/token", "", nil, same)); a.status != http.StatusOK {
			t.Errorf("another key's got %d %s", a.status, a.body)
		}
	})
	t.Run("X-10 many at once", func(t *testing.T) {
		proof := p.proof("GET", "probe", access, nil, nil)
		var mu sync.Mutex
		var all sync.WaitGroup
		got := map[int]int{}
		for range 50 {
			all.Go(func() {
				a := p.call(access, proof)
				mu.Lock()
				defer mu.Unlock()
				got[a.status]++
			})
		}
		all.Wait()
		if got[200] != 1 || got[400] != 49 {
			t.Errorf("got %v", got)
		}
	})
}

func TestAProofNeedsANonceOfTheServer(t *testing.T) {
	w := newWorld(t)
	p := w.prover("EdDSA")
	code := w.browser().code("ada@example.com")
	t.Run("X-11 the first try, and the second with what it was told", func(t *testing.T) {
		a := p.redeem(code, p.proof("POST", "oauth/token", "", nil, set{"nonce": nil}))
		refused(t, a, 400, "use_dpop_nonce")
		if a = p.redeem(code, p.proof("POST", "oauth/token", "", nil, set{"nonce": a.header.Get("DPoP-Nonce")})); a.status != http.StatusOK {
			t.Fatalf("got %d %s", a.status, a.body)
		}
	})
	access, _ := p.tokens()
	for name, nonce := range map[string]any{"none": nil, "made up": "x", "made up, as long": newSecret(), "empty": ""} {
		t.Run("X-11 "+name, func(t *testing.T) {
			refused(t, p.machine(p.proof("POST", "oauth/token", "", nil, set{"nonce": nonce})), 400, "use_dpop_nonce")
			refused(t, p.call(access, p.proof("GET", "probe", access, nil, set{"nonce": nonce})), 400, "use_dpop_nonce")
		})
	}
	t.Run("X-11 every answer has it", func(t *testing.T) {
		for _, a := range []answer{p.machine(), p.machine("x"), w.token("app"), w.token("payroll:wrong"), p.call(access), p.call(access, "x")} {
			if a.header.Get("DPoP-Nonce") != w.server.DPoPNonce() {
				t.Errorf("%d %s came with %q", a.status, a.body, a.header.Get("DPoP-Nonce"))
			}
		}
	})
	t.Run("X-11 it is good for this window and the next, on every instance", func(t *testing.T) {
		w.clock.move(nonceWindow - time.Duration(w.clock.now().Unix()%int64(nonceWindow.Seconds()))*time.Second)
		nonce := set{"nonce": w.server.DPoPNonce()}
		w.clock.move(2*nonceWindow - time.Second)
		w.http.Config.Handler = w.routes(w.open())
		if a := p.machine(p.proof("POST", "oauth/token", "", nil, nonce)); a.status != http.StatusOK {
			t.Errorf("in the next window got %d %s", a.status, a.body)
		}
		w.clock.move(time.Second)
		refused(t, p.machine(p.proof("POST", "oauth/token", "", nil, nonce)), 400, "use_dpop_nonce")
	})
}

func TestUsedProofsAreSweptOut(t *testing.T) {
	w := newWorld(t)
	p := w.prover("ES256")
	p.machine()
	rows := func() (n int64) {
		if err := w.server.sweepSoon(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := w.db.Read(t.Context()).Model(&dpopProof{}).Count(&n).Error; err != nil {
			t.Fatal(err)
		}
		return n
	}
	w.clock.move(2 * nonceWindow)
	if n := rows(); n != 1 {
		t.Errorf("%d are left of 1 that could come again", n)
	}
	w.clock.move(time.Second)
	if n := rows(); n != 0 {
		t.Errorf("%d are left", n)
	}
}
