package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"gorm.io/gorm"
)

const (
	maxBatch = 512                    // writes that are committed at once, at most
	patience = 250 * time.Millisecond // after which a write looks whether it waits for itself
)

// writer commits the writes that wait at the same time together, and only then answers them.
//
// The caller that finds the connection free leads: it opens a transaction, runs its fn, hands the connection to each that
// waits in turn, commits when nobody waits any more, and tells them how it ended. Each runs its fn on its own goroutine
// and in a savepoint of its own, so an error, a panic or a runtime.Goexit is the caller's alone. A caller that is alone
// waits for nobody.
type writer struct {
	pool *sql.DB
	conn *conn
	gorm *gorm.DB

	mu      sync.Mutex
	led     bool // somebody leads
	waiting []*pending
	ran     chan struct{} // a turn is over
}

// pending is a call of Write that waits for its turn, and then for the commit.
type pending struct {
	turn    chan role     // handed over, so it is either taken or left
	left    chan struct{} // closed by a caller that no longer waits
	outcome chan error    // of the commit; holds one
}

type role bool

const (
	follow role = false
	lead   role = true
)

func (w *writer) write(ctx context.Context, fn func(tx *gorm.DB) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p, free := w.join()
	if free {
		return w.lead(ctx, fn)
	}
	stalled := time.NewTimer(patience)
	defer stalled.Stop()
	for {
		select {
		case r := <-p.turn:
			if r == lead {
				return w.lead(ctx, fn)
			}
			return w.follow(ctx, p, fn)
		case err := <-p.outcome: // the transaction was lost before the turn came
			return err
		case <-ctx.Done():
			close(p.left)
			return ctx.Err()
		case <-stalled.C:
			if nested() {
				close(p.left)
				return errNested
			}
		}
	}
}

// join takes the lead if nobody has it, and else waits in line.
func (w *writer) join() (p *pending, free bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.led {
		w.led = true
		return nil, true
	}
	p = &pending{turn: make(chan role), left: make(chan struct{}), outcome: make(chan error, 1)}
	w.waiting = append(w.waiting, p)
	return p, false
}

// lead runs fn, then everyone's that waits, and commits. The deferred part is also for a panic, which goes on after it.
func (w *writer) lead(ctx context.Context, fn func(tx *gorm.DB) error) (err error) {
	w.conn.begin()
	defer func() {
		batch := w.serve()
		failed := w.conn.commit()
		for _, p := range batch {
			p.outcome <- failed
		}
		w.handOver()
		if failed != nil {
			err = failed
		}
	}()
	return w.take(ctx, fn)
}

// follow runs fn in its turn, and waits for the commit even if fn panics.
func (w *writer) follow(ctx context.Context, p *pending, fn func(tx *gorm.DB) error) (err error) {
	defer func() {
		w.ran <- struct{}{}
		if failed := <-p.outcome; failed != nil {
			err = failed
		}
	}()
	return w.take(ctx, fn)
}

// take runs fn with the connection, in a savepoint.
func (w *writer) take(ctx context.Context, fn func(tx *gorm.DB) error) (err error) {
	if w.conn.savepoint(); w.conn.lost != nil {
		return w.conn.lost
	}
	t := &turn{conn: w.conn}
	keep := false
	defer func() {
		t.end()
		w.conn.settle(keep, err)
	}()
	tx := session(context.WithoutCancel(ctx), w.gorm)
	tx.Statement.ConnPool = t
	err = call(fn, tx)
	keep = err == nil
	return err
}

// serve hands the connection to everyone that waits, and to those that come meanwhile. If the transaction is lost they only
// get to hear of it.
func (w *writer) serve() (batch []*pending) {
	for len(batch) < maxBatch {
		p := w.next(false)
		if p == nil {
			break
		}
		batch = append(batch, p)
		select {
		case p.turn <- follow:
			<-w.ran
		case <-p.left:
		}
	}
	return batch
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

// handOver makes the next one lead who waits, if there is one.
func (w *writer) handOver() {
	for {
		p := w.next(true)
		if p == nil {
			return
		}
		select {
		case p.turn <- lead:
			return
		case <-p.left:
		}
	}
}

// close is called when no write is under way.
func (w *writer) close() error {
	w.conn.forget()
	return errors.Join(w.conn.Close(), w.pool.Close())
}
