package auth

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// However many bring a refresh token at once, to whichever instance, they are given the same successor.
func TestParallelRefreshesAtTwoInstancesHaveOneSuccessor(t *testing.T) {
	w := newWorld(t)
	_, first := w.tokens("ada@example.com")
	other := *w
	other.log = &bytes.Buffer{} // each instance locks its own
	other.server = other.open()
	other.http = httptest.NewServer(w.routes(other.server))
	defer other.http.Close()
	const callers = 200
	answers := make([]answer, callers)
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() { answers[i] = []*world{w, &other}[i%2].refresh(first) })
	}
	all.Wait()
	successors, statuses := map[any]bool{}, map[int]int{}
	for _, a := range answers {
		statuses[a.status]++
		successors[a.json()["refresh_token"]] = true
	}
	if len(successors) != 1 || statuses[http.StatusOK] != callers {
		t.Fatalf("R-10 there are %d successors; the answers are %v", len(successors), statuses)
	}
	var rows int64
	if err := w.db.Read(t.Context()).Model(&refreshToken{}).Count(&rows).Error; err != nil || rows != 2 {
		t.Errorf("R-10 there are %d rows, want the token and its successor; %v", rows, err)
	}
	for next := range successors {
		if a := other.refresh(fmt.Sprint(next)); a.status != http.StatusOK {
			t.Errorf("R-10 somebody was signed out: %d %s", a.status, a.body)
		}
	}
}

// What was written before a crash holds after it, though nobody had the answer.
func TestAnAnswerThatACrashSwallowedCanBeHadAgain(t *testing.T) {
	w := newWorld(t)
	restart := func() { w.http.Config.Handler = w.routes(w.open()) }
	first := w.redeem(w.browser().code("ada@example.com")).json()
	t.Run("R-09 of a refresh, within the grace time", func(t *testing.T) {
		swallowed := w.refresh(first["refresh_token"].(string)).json()["refresh_token"]
		restart()
		w.clock.move(refreshGrace - time.Second)
		again := w.refresh(first["refresh_token"].(string))
		if again.status != http.StatusOK || again.json()["refresh_token"] != swallowed {
			t.Fatalf("got %d %s", again.status, again.body)
		}
		restart()
		if a := w.refresh(swallowed.(string)); a.status != http.StatusOK {
			t.Errorf("the successor got %d %s", a.status, a.body)
		}
		restart()
		refused(t, w.refresh(first["refresh_token"].(string)), 400, "invalid_grant") // its successor was used: this one is stolen
		refused(t, w.refresh(swallowed.(string)), 400, "invalid_grant")
	})
	t.Run("T-13 of a code, never", func(t *testing.T) {
		code := w.browser().code("ada@example.com")
		swallowed := w.redeem(code).json()
		restart()
		refused(t, w.redeem(code), 400, "invalid_grant")
		refused(t, w.probe(swallowed["access_token"].(string)), 401, "invalid_token")
		refused(t, w.refresh(swallowed["refresh_token"].(string)), 400, "invalid_grant")
	})
}
