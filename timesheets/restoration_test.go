package timesheets

import (
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"punchcard/auth"
)

func textOf(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func TestADeletedEntryComesBackAsItWas(t *testing.T) {
	h := openHouse(t)
	for i, state := range []State{Draft, Rejected} {
		for j, by := range []auth.Caller{ada, root, payroll} {
			e := h.as(state, fmt.Sprintf("2026-03-%02d", 3*i+j+1))
			want := inJSON(t, must(ask(h.Entry, ada, EntryRef{ID: e.ID})))
			must(ask(h.removal, ada, EntryRef{ID: e.ID}))
			must(ask(h.Restore, by, EntryRef{ID: e.ID, Revision: new(e.Revision + 1)}))
			want["revision"] = float64(e.Revision + 2)
			if diff := cmp.Diff(want, inJSON(t, must(ask(h.Entry, ada, EntryRef{ID: e.ID})))); diff != "" {
				t.Errorf("%s: %s", state, diff)
			}
		}
	}
	h.soundPeriods(t)
}

func TestADeletedEntryComesBackWhereThereIsRoomForIt(t *testing.T) {
	for _, c := range []struct {
		name string
		kind Kind
		do   func(h house)
	}{
		{"its day is full", DayLimitExceeded, func(h house) {
			h.record(ada, NewEntry{Date: "2026-03-04", Minutes: new(1400), ProjectID: h.project("Internal")})
		}},
		{"its project was closed", ProjectClosed, func(h house) {
			h.apply(Setup{Projects: []NewProject{{Name: "StoreZero", Closed: true}}})
		}},
		{"its period was submitted", PeriodLocked, func(h house) {
			must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: "per_2026-03-02_usr_ada"}, Attest: true}))
		}},
		{"its time was closed", PeriodClosed, func(h house) {
			must(ask(h.SetLock, root, NewLock{Until: new("2026-03-31"), Reason: "payroll"}))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := openHouse(t)
			e := h.as(Deleted, "2026-03-04")
			c.do(h)
			_, err := ask(h.Restore, ada, EntryRef{ID: e.ID})
			refused(t, err, c.kind)
			_, err = ask(h.Entry, ada, EntryRef{ID: e.ID})
			refused(t, err, NotFound)
		})
	}
}

func TestWhatWasDeletedIsSeenByNobodyButToRestoreIt(t *testing.T) {
	h := openHouse(t)
	e := h.as(Deleted, "2026-03-04")
	_, err := ask(h.Restore, eve, EntryRef{ID: e.ID})
	refused(t, err, NotFound)
	_, err = ask(h.Restore, mia, EntryRef{ID: e.ID})
	refused(t, err, Forbidden, "only Ada Lovelace or an administrator can restore")
	_, err = ask(h.Restore, ada, EntryRef{ID: e.ID, Revision: new(int64(1))})
	refused(t, err, PreconditionFailed, "revision 1, now 2")
	_, err = ask(h.Restore, ada, EntryRef{ID: newID()})
	refused(t, err, NotFound)
	must(ask(h.Restore, ada, EntryRef{ID: e.ID}))
	_, err = ask(h.Restore, ada, EntryRef{ID: e.ID})
	refused(t, err, InvalidTransition, "it is not deleted")
}

// Of those who act upon what they saw at once, one wins, and the others are told.
func TestOneOfThoseWhoActAtOnceWins(t *testing.T) {
	h := openHouse(t)
	for round := range 6 {
		for name, c := range map[string]struct {
			state   State
			actions []Action
		}{
			"approve, withdraw": {Submitted, []Action{Approve, Withdraw, Reject, Approve}},
			"edit, delete":      {Draft, []Action{Update, Delete, Update, Delete}},
			"submit, edit":      {Draft, []Action{Submit, Update, Delete}},
			"restore":           {Deleted, []Action{Restore, Restore, Restore}},
		} {
			e := h.as(c.state, fmt.Sprintf("2026-%02d-%02d", round+1, len(name)))
			var won atomic.Int32
			var all sync.WaitGroup
			for _, action := range c.actions {
				all.Go(func() {
					if h.act(action, EntryRef{ID: e.ID, Revision: &e.Revision}) == nil {
						won.Add(1)
					}
				})
			}
			all.Wait()
			seen := must(entryAmong(t.Context(), h.db.Read(t.Context()), withDeleted(h.db.Read(t.Context()), root), e.ID))
			if won.Load() != 1 || seen.Revision != e.Revision+1 {
				t.Errorf("%s: %d won, and it is at revision %d from %d", name, won.Load(), seen.Revision, e.Revision)
			}
		}
	}
	h.soundPeriods(t)
}

// Without a revision, they come one after the other, and each sees what the one before it did.
func TestEditsDeletionsAndRestorationsAtOnceComeOneByOne(t *testing.T) {
	h := openHouse(t)
	e := h.as(Draft, "2026-03-04")
	var done atomic.Int64
	var all sync.WaitGroup
	for i := range 24 {
		all.Go(func() {
			if h.act([]Action{Update, Delete, Restore}[i%3], EntryRef{ID: e.ID}) == nil {
				done.Add(1)
			}
		})
	}
	all.Wait()
	seen := must(entryAmong(t.Context(), h.db.Read(t.Context()), withDeleted(h.db.Read(t.Context()), ada), e.ID))
	if seen.Revision != 1+done.Load() || done.Load() == 0 {
		t.Errorf("revision %d after %d acts", seen.Revision, done.Load())
	}
	h.soundPeriods(t)
}

// act does it as Ada or, where that isn't hers to do, as Mia.
func (h house) act(action Action, ref EntryRef) (err error) {
	switch action {
	case Approve, Reject:
		d := Decision{ID: ref.ID, Revision: ref.Revision, Decision: Approved, Comment: "so"}
		if action == Reject {
			d.Decision = Rejected
		}
		_, err = ask(h.Decide, mia, d)
	case Update:
		_, err = ask(h.Change, ada, EntryChange{ID: ref.ID, Revision: ref.Revision, Note: Patch[string]{true, new("n")}})
	case Delete:
		_, err = ask(h.removal, ada, ref)
	case Submit:
		_, err = ask(h.Submit, ada, ref)
	case Withdraw:
		_, err = ask(h.Withdraw, ada, ref)
	case Restore:
		_, err = ask(h.Restore, ada, ref)
	}
	if _, isFault := err.(*Fault); err != nil && !isFault {
		h.t.Errorf("%s: %v", action, err)
	}
	return err
}
