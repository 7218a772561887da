package auth

import (
	"net/http"
	"sync"
	"testing"
	"time"
)

func TestARefreshGivesANewTokenAndSpendsTheOld(t *testing.T) {
	w := newWorld(t)
	access, first := w.tokens("ada@example.com")
	a := w.refresh(first)
	second, _ := a.json()["refresh_token"].(string)
	if a.status != http.StatusOK || second == "" || second == first || a.json()["access_token"] == access {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	if a := w.refresh(second); a.status != http.StatusOK {
		t.Errorf("the successor got %d %s", a.status, a.body)
	}
}

// A lost answer, tabs that refresh at once: whoever repeats a refresh gets the same successor, and nobody is signed out.
func TestARepeatedRefreshGivesTheSameSuccessor(t *testing.T) {
	w := newWorld(t)
	_, first := w.tokens("ada@example.com")
	second := w.refresh(first).json()["refresh_token"]
	w.clock.move(refreshGrace)
	if again := w.refresh(first).json()["refresh_token"]; again != second {
		t.Errorf("got another successor")
	}
	if a := w.refresh(second.(string)); a.status != http.StatusOK {
		t.Errorf("the successor got %d %s", a.status, a.body)
	}
}

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

func TestAStolenRefreshTokenEndsTheFamily(t *testing.T) {
	for name, steal := range map[string]func(w *world, first, second string){
		"after the grace time": func(w *world, first, _ string) {
			w.clock.move(refreshGrace + time.Second)
			refused(w, w.refresh(first), 400, "invalid_grant")
		},
		"within it, when the successor was used": func(w *world, first, second string) {
			if a := w.refresh(second); a.status != http.StatusOK {
				w.Fatalf("got %d", a.status)
			}
			refused(w, w.refresh(first), 400, "invalid_grant")
		},
	} {
		t.Run(name, func(t *testing.T) {
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

func TestReuseIsDetectedAfterARestart(t *testing.T) {
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

func TestARefreshTokenOfAnotherClientStaysAsItIs(t *testing.T) {
	w := newWorld(t)
	_, token := w.tokens("ada@example.com")
	refused(t, w.token("spa", "grant_type", "refresh_token", "refresh_token", token), 400, "invalid_grant")
	refused(t, w.token("reports:reports secret, long", "grant_type", "refresh_token", "refresh_token", token), 400, "invalid_grant")
	if a := w.refresh(token); a.status != http.StatusOK {
		t.Errorf("got %d %s", a.status, a.body)
	}
}

func TestARefreshMayNarrowTheScopeAndNeverWidenIt(t *testing.T) {
	w := newWorld(t)
	_, token := w.tokens("ada@example.com", "scope", "openid offline_access read:timesheets create:timesheets")
	refused(t, w.refresh(token, "scope", "read:timesheets delete:timesheets"), 400, "invalid_scope")
	a := w.refresh(token, "scope", "read:timesheets")
	if a.json()["scope"] != "read:timesheets" || a.json()["id_token"] != nil {
		t.Fatalf("got %s", a.body)
	}
	if a = w.refresh(a.json()["refresh_token"].(string)); a.json()["scope"] != "openid offline_access read:timesheets create:timesheets" {
		t.Errorf("the refresh token lost scope: %s", a.body)
	}
}

func TestRefreshTokensExpire(t *testing.T) {
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

func TestARefreshAsksAnewWhatThePersonMayDo(t *testing.T) {
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

func TestOtherTokensAreNoRefreshTokens(t *testing.T) {
	w := newWorld(t)
	access, _ := w.tokens("ada@example.com")
	for _, token := range []string{access, "x", newSecret(), w.browser().code("ada@example.com")} {
		refused(t, w.refresh(token), 400, "invalid_grant")
	}
}
