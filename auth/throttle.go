package auth

import (
	"sync"
	"time"
)

// A person may fail ten times in a quarter of an hour from one network, and a network a hundred times in all. Counting
// the two together keeps somebody who guesses from locking the person out elsewhere. Who guesses from many networks at once
// may fail a hundred times in all, which closes those alone from which the person did not sign in before.
const (
	throttleWindow    = 15 * time.Minute
	failuresPerPair   = 10
	failuresPerIP     = 100
	failuresPerPerson = 100
	mostThrottled     = 50_000
)

// throttle counts failed sign-ins, in memory and bounded.
type throttle struct {
	mu       sync.Mutex
	failures map[string]failures
}

type failures struct {
	count int
	since time.Time
}

// wait is how long it takes until the next attempt may be made; zero if it may be made now.
func (t *throttle) wait(email, ip string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	pair, all := t.failures[email+" "+ip], t.failures[ip]
	return max(pair.left(failuresPerPair, now), all.left(failuresPerIP, now))
}

// waitAnywhere is that for attempts at a person, wherever they come from.
func (t *throttle) waitAnywhere(email string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failures[email+anywhere].left(failuresPerPerson, now)
}

const anywhere = " anywhere"

func (f failures) left(limit int, now time.Time) time.Duration {
	if f.count < limit {
		return 0
	}
	return max(0, f.since.Add(throttleWindow).Sub(now))
}

func (t *throttle) failed(email, ip string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count(now, email+" "+ip, ip, email+anywhere)
}

// count is for who holds the lock.
func (t *throttle) count(now time.Time, keys ...string) {
	if t.failures == nil || len(t.failures) >= mostThrottled {
		t.failures = map[string]failures{}
	}
	for _, key := range keys {
		f := t.failures[key]
		if f.count == 0 || now.Sub(f.since) > throttleWindow {
			f = failures{since: now}
		}
		f.count++
		t.failures[key] = f
	}
}

func (t *throttle) forget(email, ip string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.failures, email+" "+ip)
}
