package auth

import "time"

// wrongUserCodes may come from a network, or from who is signed in, in a quarter of an hour (RFC 8628 §5.1).
const wrongUserCodes = 5

// attempt counts a try before it is known whether it fails, so that many at once are no more than the limit. If that is
// reached for one of the keys, nothing is counted, and the answer is how long it takes until the next may be made.
func (t *throttle) attempt(limit int, now time.Time, keys ...string) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, key := range keys {
		wait = max(wait, t.left(t.failures[key], limit, now))
	}
	if wait == 0 {
		t.count(now, keys...)
	}
	return wait
}

// takeBack is for a try that did not fail. Those that failed before it still count, or a right code of one's own between
// the guesses would make room for more of them.
func (t *throttle) takeBack(keys ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, key := range keys {
		if f, ok := t.failures[key]; ok {
			f.count--
			t.failures[key] = f
		}
	}
}
