package auth

import (
	"cmp"
	"sync"
	"time"
)

// A person may fail ten times in a quarter of an hour from one address, and an address a hundred times in all. Counting
// the two together keeps somebody who guesses from locking the person out elsewhere.
const (
	throttleWindow  = 15 * time.Minute
	failuresPerPair = 10
	failuresPerIP   = 100
	mostThrottled   = 50_000
)

// throttle counts failed sign-ins, in memory and bounded.
type throttle struct {
	window   time.Duration // 0: throttleWindow
	mu       sync.Mutex
	failures map[string]failures
}

type failures struct {
	count int
	since time.Time
	told  bool // that they have to wait
}

// wait is how long it takes until the next attempt may be made; zero if it may be made now.
func (t *throttle) wait(email, ip string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	pair, all := t.failures[email+" "+ip], t.failures[ip]
	return max(t.left(pair, failuresPerPair, now), t.left(all, failuresPerIP, now))
}

// brake is the type of event of somebody who has to wait, by the address alone or by the two together, and whether it is the
// first time that they are told to.
func (t *throttle) brake(email, ip string) (event string, first bool) {
	if t.once(failuresPerIP, ip) {
		return "limit_mu", true
	}
	return "limit_wc", t.once(failuresPerPair, email+" "+ip)
}

// once reports whether one of the keys has reached the limit and nobody asked since. The log keeps no more than that of
// somebody who goes on and on.
func (t *throttle) once(limit int, keys ...string) (first bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, key := range keys {
		if f := t.failures[key]; f.count >= limit && !f.told {
			f.told, first = true, true
			t.failures[key] = f
		}
	}
	return first
}

func (t *throttle) left(f failures, limit int, now time.Time) time.Duration {
	if f.count < limit {
		return 0
	}
	return max(0, f.since.Add(cmp.Or(t.window, throttleWindow)).Sub(now))
}

func (t *throttle) failed(email, ip string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count(now, email+" "+ip, ip)
}

// count is for who holds the lock.
func (t *throttle) count(now time.Time, keys ...string) {
	if t.failures == nil || len(t.failures) >= mostThrottled {
		t.failures = map[string]failures{}
	}
	for _, key := range keys {
		f := t.failures[key]
		if f.count == 0 || now.Sub(f.since) >= cmp.Or(t.window, throttleWindow) {
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
