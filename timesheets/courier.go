package timesheets

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"
)

// courier delivers what waits in a table of the database, a few at once. Several instances share the table: claim gives
// nobody else what it gave, for as long as a lease.
type courier[T any] struct {
	claim   func(ctx context.Context, but []string) (*T, error) // nil: nothing is due, but for those targets
	deliver func(context.Context, *T)                           // and write down how it went
	target  func(*T) string                                     // to whom
	wake    chan struct{}                                       // holds one: look at once
	log     *slog.Logger
}

const (
	deliveriesAtOnce    = 8                // on this instance
	deliveriesPerTarget = 2                // of these, so that who hangs holds up nobody else
	deliveryLease       = time.Minute      // far longer than an attempt takes
	deliveryEvery       = time.Second      // how often it looks for what is due again, or what another instance left
	firstPause          = 5 * time.Second  // after the first failure; it doubles each time
	longestPause        = 90 * time.Minute // at most
)

// run delivers until ctx ends. What is under way then is broken off.
func (c courier[T]) run(ctx context.Context) {
	var underway sync.WaitGroup
	defer underway.Wait()
	look := time.NewTicker(deliveryEvery)
	defer look.Stop()
	done, busy, all := make(chan string, deliveriesAtOnce), map[string]int{}, 0
	for {
		select {
		case <-ctx.Done():
			return
		case target := <-done:
			busy[target]--
			all--
		case <-c.wake:
		case <-look.C:
		}
		for all < deliveriesAtOnce && ctx.Err() == nil {
			parcel, err := c.claim(ctx, full(busy))
			if err != nil && ctx.Err() == nil {
				c.log.Error("look for what is to be delivered", "error", err)
			}
			if err != nil || parcel == nil {
				break
			}
			target := c.target(parcel)
			busy[target]++
			all++
			underway.Go(func() {
				c.deliver(ctx, parcel)
				done <- target
			})
		}
	}
}

// full are the targets that get as many as they may at once. Those that get none are forgotten.
func full(busy map[string]int) []string {
	targets := []string{""} // nobody: a list in SQL can't be empty
	for target, n := range busy {
		switch {
		case n == 0:
			delete(busy, target)
		case n >= deliveriesPerTarget:
			targets = append(targets, target)
		}
	}
	return targets
}

// call has the courier look at once.
func (c courier[T]) call() {
	select {
	case c.wake <- struct{}{}:
	default: // it is going to look anyway
	}
}

// pauseAfter is how long to wait after so many failures: longer each time, and never quite as long as others wait that
// failed at the same moment.
func pauseAfter(attempts int, first, longest time.Duration) time.Duration {
	pause := longest
	if doublings := attempts - 1; doublings < 16 {
		pause = min(longest, first<<doublings)
	}
	return pause/2 + rand.N(pause/2)
}
