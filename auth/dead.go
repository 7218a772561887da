package auth

import (
	"sync"
	"time"
)

// dead holds the keys of what was revoked and has not yet expired by itself.
type dead struct {
	mu      sync.RWMutex
	until   map[string]time.Time
	signals map[string]time.Time // the newest of each key that was heeded
}

func (d *dead) add(key string, until time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.until == nil {
		d.until = map[string]time.Time{}
	}
	d.until[key] = until
}

// any reports whether one of the keys is dead.
func (d *dead) any(keys ...string) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, key := range keys {
		if _, ok := d.until[key]; ok {
			return true
		}
	}
	return false
}

func (d *dead) see(row signal) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.signals == nil {
		d.signals = map[string]time.Time{}
	}
	d.signals[row.Key] = row.At
}

func (d *dead) seen(row signal) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	at, ok := d.signals[row.Key]
	return ok && row.At.Equal(at) // an instance whose clock is behind has news too
}

func (d *dead) sweep(now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for key, until := range d.until {
		if !until.After(now) {
			delete(d.until, key)
		}
	}
	for key, at := range d.signals {
		if at.Before(now.Add(-maxTokenLife)) {
			delete(d.signals, key)
		}
	}
}
