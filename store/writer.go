package store

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"gorm.io/gorm"
)

const (
	maxBatch = 512                    // writes that are committed at once, at most
	patience = 250 * time.Millisecond // after which a write looks whether it waits for itself
)

// writer commits the writes that wait at the same time together, and only then answers them.
//
// The caller that finds the connection free leads: it opens a transaction, runs its own fn and those of all that wait, each
// in a savepoint, commits when nobody waits any more, and tells everyone how it ended. So a caller that is alone waits for
// nobody, not even for another goroutine.
type writer struct {
	path string
	pool *sql.DB
	conn *conn
	gorm *gorm.DB

	mu      sync.Mutex
	led     bool // somebody leads
	waiting []*pending
}

// pending is a call of Write on its way.
type pending struct {
	ctx     context.Context
	fn      func(tx *gorm.DB) error
	claimed atomic.Bool  // by who leads, or by its caller, who no longer waits
	told    chan verdict // holds one
	err     error        // of fn, or of the transaction
	thrown  any          // what fn panicked with
}

type verdict int

const (
	ended verdict = iota
	lead
)

func (p *pending) claim() bool { return p.claimed.CompareAndSwap(false, true) }

// result is for the caller, on its own goroutine.
func (p *pending) result() error {
	if p.thrown != nil {
		panic(p.thrown)
	}
	return p.err
}

func (w *writer) write(ctx context.Context, fn func(tx *gorm.DB) error) error {
	p := &pending{ctx: ctx, fn: fn, told: make(chan verdict, 1)}
	if w.join(p) {
		w.lead(p)
		return p.result()
	}
	stalled := time.NewTimer(patience)
	defer stalled.Stop()
	cancelled := ctx.Done()
	for {
		select {
		case v := <-p.told:
			if v == lead {
				w.lead(p)
			}
			return p.result()
		case <-cancelled:
			if p.claim() {
				return ctx.Err()
			}
			cancelled = nil // it is being run, and how that ends is what counts
		case <-stalled.C:
			if nested() && p.claim() {
				return errNested
			}
		}
	}
}

// join puts p in line, unless the connection is free: then p leads.
func (w *writer) join(p *pending) (free bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.led {
		w.led = true
		return true
	}
	w.waiting = append(w.waiting, p)
	return false
}

// lead runs own and all that wait in one transaction.
func (w *writer) lead(own *pending) {
	batch := []*pending{own}
	defer func() { // even if an fn has ended the goroutine
		lost := w.conn.commit()
		for _, p := range batch {
			if lost != nil {
				p.err = lost
			}
			p.told <- ended
		}
		w.handOver()
	}()
	w.conn.begin()
	w.run(own)
	for len(batch) <= maxBatch {
		p := w.next(false)
		if p == nil {
			break
		}
		if p.claim() {
			batch = append(batch, p)
			w.run(p)
		}
	}
}

// run runs the fn of p in a savepoint.
func (w *writer) run(p *pending) {
	if p.err = p.ctx.Err(); p.err != nil {
		return
	}
	if w.conn.savepoint(); w.conn.lost != nil {
		return
	}
	t := &turn{conn: w.conn}
	tx := session(context.WithoutCancel(p.ctx), w.gorm)
	tx.Statement.ConnPool = t
	p.err = errEnded
	defer func() {
		if p.thrown = recover(); p.thrown != nil {
			// The caller gets what was thrown, but can't see from where.
			slog.ErrorContext(p.ctx, "write panicked", "stack", string(debug.Stack()))
		}
		t.end()
		w.conn.settle(p.err)
	}()
	p.err = call(p.fn, tx)
}

// next takes the first out of the line. When there is none, and the leader is done, the connection is free.
func (w *writer) next(done bool) *pending {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.waiting) == 0 {
		w.led = !done
		return nil
	}
	p := w.waiting[0]
	w.waiting = w.waiting[1:]
	return p
}

// handOver lets the next one lead who waits, if there is one.
func (w *writer) handOver() {
	for p := w.next(true); p != nil; p = w.next(true) {
		if p.claim() {
			p.told <- lead
			return
		}
	}
}

// close is called when no write is under way.
func (w *writer) close() error {
	w.conn.forget()
	return errors.Join(w.conn.Close(), w.pool.Close())
}
