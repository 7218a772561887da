package auth

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Bounds of the events that wait to be written: by time, in memory, and in one write, for which all others wait.
const (
	writeEventsEvery = 250 * time.Millisecond
	maxPending       = 4096
	maxEventsAtOnce  = 400
)

// pendingEvents are those that wait to be written, so that whoever asks for a token need not wait for a disk. When there are
// more than memory should hold, the newest are lost, and counted.
type pendingEvents struct {
	writing sync.Mutex // held by who writes, so that who flushes waits for all that came before

	mu   sync.Mutex
	list []event
	lost int
	full chan struct{} // gets something when it is half full; holds one
}

func (p *pendingEvents) put(e event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.list) >= maxPending {
		p.lost++
		return
	}
	p.list = append(p.list, e)
	if len(p.list) == maxPending/2 {
		select {
		case p.full <- struct{}{}:
		default:
		}
	}
}

// lose counts one that isn't kept.
func (p *pendingEvents) lose() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lost++
}

// take gives the oldest, and how many were lost once nothing waits before them.
func (p *pendingEvents) take() (list []event, lost int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := min(len(p.list), maxEventsAtOnce)
	list, p.list = p.list[:n:n], p.list[n:]
	if len(p.list) == 0 {
		lost, p.list, p.lost = p.lost, nil, 0
	}
	return list, lost
}

// putBack is for what could not be written. It stands before what came meanwhile.
func (p *pendingEvents) putBack(list []event, lost int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := append(list[:len(list):len(list)], p.list...)
	kept := min(len(all), maxPending)
	p.list, p.lost = all[:kept], p.lost+lost+len(all)-kept
}

// flush writes all events that were recorded before it was called.
func (s *Server) flush(ctx context.Context) error {
	s.pending.writing.Lock()
	defer s.pending.writing.Unlock()
	for range maxPending/maxEventsAtOnce + 1 {
		list, lost := s.pending.take()
		if len(list) == 0 && lost == 0 {
			return nil
		}
		rows := list
		if lost > 0 {
			rows = append(rows, s.lostEvents(ctx, lost))
		}
		err := s.db.Write(ctx, func(tx *gorm.DB) error { // one that was written when its answer was lost is there already
			return tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error
		})
		if err != nil {
			s.pending.putBack(list, lost)
			return fmt.Errorf("write events: %w", err)
		}
	}
	return nil
}

func (s *Server) lostEvents(ctx context.Context, lost int) event {
	e := event{Type: "events_lost", Description: "more events came than could be written", level: slog.LevelWarn}
	e = e.with("count", lost).dated(s.eventIDs.next(s.now()), s.now())
	s.write(ctx, e)
	return e
}

// keepEvents writes events as they come, until the context ends. Close writes the rest.
func (s *Server) keepEvents(ctx context.Context) {
	tick := time.NewTicker(writeEventsEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-s.pending.full:
		}
		if err := s.flush(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("events wait to be written", "error", err)
		}
	}
}
