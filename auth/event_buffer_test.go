package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"
)

func (w *world) kept() (n int64) {
	w.Helper()
	if err := w.db.Read(w.Context()).Model(&event{}).Count(&n).Error; err != nil {
		w.Fatal(err)
	}
	return n
}

// The database's one writer is held for as long as the request takes.
func TestATokenDoesNotWaitForTheLog(t *testing.T) {
	w := newWorld(t)
	held, done := make(chan struct{}), make(chan struct{})
	var writing sync.WaitGroup
	writing.Go(func() {
		w.db.Write(context.Background(), func(tx *gorm.DB) error {
			close(held)
			<-done
			return errors.New("nothing to keep")
		})
	})
	<-held
	a := w.token("payroll:payroll secret, long", "grant_type", "client_credentials")
	close(done)
	writing.Wait()
	if a.status != http.StatusOK {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	if n := w.kept(); n != 0 {
		t.Errorf("%d events were written before anybody asked", n)
	}
	if got := typesOf(w.events("")); len(got) != 1 || got[0] != "seccft" {
		t.Errorf("a search finds %v", got)
	}
}

func TestRunWritesEventsSoonAndEnds(t *testing.T) {
	w := newWorld(t)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { w.server.Run(ctx) })
	w.server.record(ctx, event{Type: "s"})
	began := time.Now()
	for w.kept() == 0 {
		if time.Since(began) > 10*time.Second {
			t.Fatal("it was never written")
		}
		time.Sleep(5 * time.Millisecond) // the ticker of Run is a real one
	}
	stop()
	running.Wait() // hangs if anything that Run began goes on
}

func TestCloseWritesWhatWaits(t *testing.T) {
	w := newWorld(t)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { w.server.Run(ctx) })
	const many = 3 * maxEventsAtOnce
	for i := range many {
		w.server.record(ctx, event{Type: "s", Description: fmt.Sprint(i)})
	}
	stop()
	running.Wait()
	w.server.record(t.Context(), event{Type: "slo"}) // of a request that was still under way
	w.server.Close()
	if n := w.kept(); n != many+1 {
		t.Errorf("%d events are kept, want %d", n, many+1)
	}
}

// A flood while nothing can be written stays within bounds, and afterwards the log says how many it lost.
func TestAFloodOfEventsIsBounded(t *testing.T) {
	w := newWorld(t)
	const beyond = 321
	for range maxPending + beyond {
		w.server.pending.put(event{Type: "fp"}.dated(w.server.eventIDs.next(w.clock.now()), w.clock.now()))
	}
	if n := len(w.server.pending.list); n != maxPending {
		t.Fatalf("%d events wait in memory, want %d at most", n, maxPending)
	}
	if err := w.server.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := w.kept(); n != maxPending+1 {
		t.Errorf("%d events are kept", n)
	}
	lost := w.events("", "events_lost")
	if len(lost) != 1 || fmt.Sprint(lost[0].Details["count"]) != fmt.Sprint(beyond) || !contains(w.log.String(), "events_lost") {
		t.Errorf("of what was lost the log says %+v", lost)
	}
	w.server.record(t.Context(), event{Type: "s"})
	if got := w.events(lost[0].ID); len(got) != 1 || got[0].Type != "s" {
		t.Errorf("after the flood %v is recorded", got)
	}
}

func TestWhatCouldNotBeWrittenWaits(t *testing.T) {
	w := newWorld(t)
	for i := range 2 * maxEventsAtOnce {
		w.server.record(t.Context(), event{Type: "fp", Description: fmt.Sprint(i)})
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	if err := w.server.flush(gone); err == nil || w.kept() != 0 {
		t.Fatalf("got %v and %d events, want none to be written", err, w.kept())
	}
	w.server.record(t.Context(), event{Type: "s"})
	if err := w.server.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	var all []event
	if err := w.db.Read(t.Context()).Order("id").Find(&all).Error; err != nil {
		t.Fatal(err)
	}
	if len(all) != 2*maxEventsAtOnce+1 || all[0].Description != "0" || all[len(all)-1].Type != "s" {
		t.Errorf("%d events are kept, from %q to %q", len(all), all[0].Description, all[len(all)-1].Type)
	}
}

// The buffer is put back whole, or the newest go.
func TestWhatIsPutBackIsBounded(t *testing.T) {
	var p pendingEvents
	for i := range maxPending {
		p.put(event{ID: fmt.Sprint(i)})
	}
	list, lost := p.take()
	for range maxEventsAtOnce + 5 {
		p.put(event{ID: "new"})
	}
	p.putBack(list, lost)
	if len(p.list) != maxPending || p.list[0].ID != "0" || p.lost != 5+maxEventsAtOnce {
		t.Errorf("%d wait, the first is %s, %d are lost", len(p.list), p.list[0].ID, p.lost)
	}
}

func TestManyRecordAndSearchAtOnce(t *testing.T) {
	w := newWorld(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 25 {
				w.server.record(t.Context(), event{Type: "s"})
				if _, err := w.server.events(t.Context(), EventQuery{Take: 1}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if n := w.kept(); n != 200 {
		t.Errorf("%d events are kept", n)
	}
}

// Who reads on from the last id that they saw sees each event once, while others are recorded in both ways.
func TestReadingOnMissesNothing(t *testing.T) {
	w := newWorld(t)
	const each = 60
	var writers sync.WaitGroup
	writers.Go(func() {
		for range each {
			w.server.record(t.Context(), event{Type: "s"})
		}
	})
	writers.Go(func() {
		for range each {
			err := w.server.change(t.Context(), func(_ *gorm.DB, n *news) error { return n.record(event{Type: "srrt"}) })
			if err != nil {
				t.Error(err)
			}
		}
	})
	ended := make(chan struct{})
	go func() { writers.Wait(); close(ended) }()
	seen, last := 0, firstEventID(time.Unix(0, 0))
	for over := false; !over; {
		select {
		case <-ended:
			over = true
		default:
		}
		for list := w.events(last); len(list) > 0; list = w.events(last) {
			seen, last = seen+len(list), list[len(list)-1].ID
		}
	}
	if seen != 2*each {
		t.Errorf("read %d of %d events", seen, 2*each)
	}
}

func TestAChangeThatFailsRecordsNothing(t *testing.T) {
	w := newWorld(t)
	sorry := errors.New("sorry")
	err := w.server.change(t.Context(), func(_ *gorm.DB, n *news) error { return errors.Join(n.record(event{Type: "scp"}), sorry) })
	if !errors.Is(err, sorry) || w.kept() != 0 || contains(w.log.String(), "scp") {
		t.Errorf("got %v, %d events, and in the log %s", err, w.kept(), w.log)
	}
}

func TestOldEventsAreSweptOut(t *testing.T) {
	w := newWorld(t)
	old := make([]event, 2*sweepBite+1)
	for i := range old {
		old[i] = event{Type: "s"}.dated(w.server.eventIDs.next(w.clock.now()), w.clock.now())
	}
	if err := w.db.Write(t.Context(), func(tx *gorm.DB) error { return tx.CreateInBatches(old, sweepBite).Error }); err != nil {
		t.Fatal(err)
	}
	w.clock.move(usualRetention - time.Minute)
	w.server.record(t.Context(), event{Type: "slo"})
	for range 2 {
		if err := w.server.sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(w.events("", "slo")) != 1 {
			t.Error("a young event is gone")
		}
		if got := len(w.events("", "s")); got != 100 {
			t.Errorf("%d events are left of those that are to be kept", got)
		}
	}
	w.clock.move(2 * time.Minute)
	if err := w.server.sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := w.kept(); n != 1 {
		t.Errorf("%d events are left, want the young one", n)
	}
	short := w.server
	short.retention = time.Hour
	w.clock.move(2 * time.Hour)
	if err := short.sweep(t.Context()); err != nil || w.kept() != 0 {
		t.Errorf("%v, %d events are left of a server that keeps them for an hour", err, w.kept())
	}
}
