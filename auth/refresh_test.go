package auth

import (
	"net/http"
	"sync"
	"testing"
	"time"
)

func TestManyRefreshesAtOnceEndWithOneSuccessor(t *testing.T) {
	w := newWorld(t)
	_, first := w.tokens("ada@example.com")
	var mu sync.Mutex
	var all sync.WaitGroup
	successors := map[any]int{}
	for range 200 {
		all.Go(func() {
			a := w.refresh(first)
			mu.Lock()
			defer mu.Unlock()
			successors[a.json()["refresh_token"]]++
		})
	}
	all.Wait()
	var rows int64
	if err := w.db.Read(t.Context()).Model(&refreshToken{}).Where("used_at IS NULL").Count(&rows).Error; err != nil {
		t.Fatal(err)
	}
	if len(successors) != 1 || rows != 1 {
		t.Fatalf("got %d successors and %d live rows", len(successors), rows)
	}
	for next := range successors {
		if a := w.refresh(next.(string)); a.status != http.StatusOK {
			t.Errorf("the successor got %d %s", a.status, a.body)
		}
	}
}

func TestConformanceAStolenRefreshTokenEndsTheFamily(t *testing.T) {
	for name, steal := range map[string]func(w *world, first, second string){
		"R-05 R-19 after the grace time": func(w *world, first, _ string) {
			w.clock.move(refreshGrace + time.Second)
			refused(w, w.refresh(first), 400, "invalid_grant")
		},
		"R-07 R-19 within it, when the successor was used": func(w *world, first, second string) {
			if a := w.refresh(second); a.status != http.StatusOK {
				w.Fatalf("got %d", a.status)
			}
			refused(w, w.refresh(first), 400, "invalid_grant")
		},
	} {
		prove(t, name, func(t *testing.T) {
			w := newWorld(t)
			access, first := w.tokens("ada@example.com")
			other, otherRefresh := w.tokens("ada@example.com")
			second := w.refresh(first).json()
			steal(w, first, second["refresh_token"].(string))
			refused(t, w.refresh(second["refresh_token"].(string)), 400, "invalid_grant")
			refused(t, w.probe(access), 401, "invalid_token")
			refused(t, w.probe(second["access_token"].(string)), 401, "invalid_token")
			// The person's other phone is another family.
			if w.probe(other).status != http.StatusOK || w.refresh(otherRefresh).status != http.StatusOK {
				t.Error("another device was signed out too")
			}
		})
	}
}

func TestConformanceReuseIsDetectedAfterARestart(t *testing.T) {
	holds(t, "R-09", "Z-08")
	w := newWorld(t)
	access, first := w.tokens("ada@example.com")
	second := w.refresh(first).json()["refresh_token"].(string)
	w.clock.move(time.Minute)
	w.http.Config.Handler = w.routes(w.open())
	refused(t, w.refresh(first), 400, "invalid_grant")
	refused(t, w.refresh(second), 400, "invalid_grant")
	w.http.Config.Handler = w.routes(w.open())
	refused(t, w.probe(access), 401, "invalid_token")
}

func TestConformanceARefreshTokenOfAnotherClientStaysAsItIs(t *testing.T) {
	holds(t, "R-02", "R-20")
	w := newWorld(t)
	_, token := w.tokens("ada@example.com")
	refused(t, w.token("spa", "grant_type", "refresh_token", "refresh_token", token), 400, "invalid_grant")
	refused(t, w.token("reports:reports secret, long", "grant_type", "refresh_token", "refresh_token", token), 400, "invalid_grant")
	if a := w.refresh(token); a.status != http.StatusOK {
		t.Errorf("got %d %s", a.status, a.body)
	}
}

func TestConformanceRefreshTokensExpire(t *testing.T) {
	holds(t, "R-17")
	t.Run("idle", func(t *testing.T) {
		w := newWorld(t)
		_, token := w.tokens("ada@example.com")
		w.clock.move(refreshIdle)
		refused(t, w.refresh(token), 400, "invalid_grant")
	})
	t.Run("absolutely, however often they are used", func(t *testing.T) {
		w := newWorld(t)
		_, token := w.tokens("ada@example.com")
		for range 3 {
			w.clock.move(offlineLife/3 - time.Hour)
			token = w.refresh(token).json()["refresh_token"].(string)
		}
		w.clock.move(3*time.Hour + time.Second)
		refused(t, w.refresh(token), 400, "invalid_grant")
	})
}

func TestConformanceARefreshAsksAnewWhatThePersonMayDo(t *testing.T) {
	holds(t, "R-15")
	w := newWorld(t)
	_, token := w.tokens("mia@example.com", "scope", "offline_access read:timesheets approve:timesheets")
	w.update("ada@example.com", "manager_id", nil)
	a := w.refresh(token)
	if a.json()["scope"] != "offline_access read:timesheets" {
		t.Errorf("who manages nobody any more got %s", a.body)
	}
	w.update("mia@example.com", "blocked", true)
	refused(t, w.refresh(a.json()["refresh_token"].(string)), 400, "invalid_grant")
}
