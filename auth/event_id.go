package auth

import (
	"encoding/binary"
	"sync"
	"time"

	"github.com/google/uuid"
)

const eventPrefix = "log_"

// eventIDs makes ids that sort in the order in which this instance recorded, also within a millisecond: UUIDs of version 7
// whose twelve bits after the time count (RFC 9562 §6.2, method 1).
type eventIDs struct {
	mu   sync.Mutex
	last uint64          // milliseconds since 1970, and the count
	open map[string]bool // ids of events in writes that have not ended
}

const countBits = 12

// maxAhead is how far ids may run ahead of a clock that was set back. After that they follow it.
const (
	maxAheadTime = 10 * time.Second
	maxAhead     = uint64(maxAheadTime/time.Millisecond) << countBits
)

func (g *eventIDs) next(at time.Time) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.make(at)
}

// hold is next for an event that nobody can see before its write ends, and then release.
func (g *eventIDs) hold(at time.Time) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	id := g.make(at)
	if g.open == nil {
		g.open = map[string]bool{}
	}
	g.open[id] = true
	return id
}

func (g *eventIDs) release(ids []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, id := range ids {
		delete(g.open, id)
	}
}

// settled is an id before which this instance writes no more events than it has, but for those that wait in memory.
func (g *eventIDs) settled(at time.Time) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	first := g.make(at)
	for id := range g.open {
		first = min(first, id)
	}
	return first
}

// make is for who holds the lock.
func (g *eventIDs) make(at time.Time) string {
	now := uint64(at.UnixMilli()) << countBits
	if now <= g.last && g.last-now < maxAhead {
		now = g.last + 1
	}
	g.last = now
	return eventIDOf(now, uuid.New())
}

// firstEventID is before all ids of that millisecond, and after those before.
func firstEventID(at time.Time) string {
	return eventIDOf(uint64(max(0, at.UnixMilli()))<<countBits, uuid.UUID{8: 0x80})
}

func eventIDOf(stamp uint64, id uuid.UUID) string {
	var time [8]byte
	binary.BigEndian.PutUint64(time[:], stamp>>countBits)
	copy(id[:6], time[2:])
	id[6], id[7] = 0x70|byte(stamp>>8)&0x0f, byte(stamp)
	return eventPrefix + id.String()
}
