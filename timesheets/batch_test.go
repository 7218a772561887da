package timesheets

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"punchcard/auth"
)

// batch does the operations and tells of each what came of it: the entry's state, "gone", or the kind of fault.
func (h house) batch(ctx context.Context, by auth.Caller, atomic bool, operations ...Operation) (told []string) {
	h.t.Helper()
	for _, o := range must(h.Batch(ctx, by, operations, atomic)) {
		switch {
		case o.Fault != nil:
			told = append(told, string(o.Fault.Kind))
		case o.Entry == nil:
			told = append(told, "gone")
		default:
			told = append(told, string(o.Entry.State))
		}
	}
	return told
}

func (h house) oneOfEach(t *testing.T) []Operation {
	changed, removed, restored := h.as(Draft, "2026-03-01"), h.as(Draft, "2026-03-02"), h.as(Deleted, "2026-03-03")
	submitted, locked := h.as(Submitted, "2026-03-04"), h.as(Approved, "2026-03-05")
	id, full := newID(), h.hour("2026-03-06")
	full.Minutes = new(1440)
	return []Operation{
		{Op: "create", ID: id, Entry: h.hour("2026-03-06")},
		{Op: "create", Entry: full}, // of which the operation before leaves no room
		{Op: "create", Entry: h.hour("2026-03-07")},
		{Op: "create", ID: id, Entry: NewEntry{Date: "never"}},
		{Op: "replace", ID: id, Revision: new(int64(1)), Entry: h.hour("2026-03-08")},
		{Op: "update", ID: changed.ID, Revision: new(int64(7)), Change: change(t, "", `{"note":"n"}`)},
		{Op: "update", ID: changed.ID, Revision: new(int64(1)), Change: change(t, "", `{"note":"n"}`)},
		{Op: "submit", ID: changed.ID},
		{Op: "withdraw", ID: submitted.ID},
		{Op: "delete", ID: removed.ID},
		{Op: "delete", ID: locked.ID},
		{Op: "restore", ID: restored.ID},
		{Op: "restore", ID: removed.ID},
		{Op: "delete", ID: "x"},
	}
}

var oneOfEachTold = []string{"draft", "day-limit-exceeded", "draft", "validation-failed", "draft", "precondition-failed", "draft",
	"submitted", "draft", "gone", "period-locked", "draft", "draft", "not-found"}

func TestABatchDoesEachOperationForItself(t *testing.T) {
	h := openHouse(t)
	operations := h.oneOfEach(t)
	before := h.rows(t)
	if diff := cmp.Diff(oneOfEachTold, h.batch(Rehearse(t.Context()), ada, false, operations...)); diff != "" {
		t.Errorf("tried: %s", diff)
	}
	if diff := cmp.Diff(before, h.rows(t)); diff != "" {
		t.Errorf("what was only tried is kept: %s", diff)
	}
	if diff := cmp.Diff(oneOfEachTold, h.batch(t.Context(), ada, false, operations...)); diff != "" {
		t.Errorf("done: %s", diff)
	}
	if e := must(ask(h.Entry, ada, EntryRef{ID: operations[0].ID})); e.Date != "2026-03-08" || e.Revision != 2 {
		t.Errorf("what it made and replaced is %+v", e)
	}
	h.soundPeriods(t)
}

func TestAnAtomicBatchIsDoneWhollyOrNotAtAll(t *testing.T) {
	h := openHouse(t)
	operations := h.oneOfEach(t)
	before := h.rows(t)
	want := []string{}
	for _, told := range oneOfEachTold {
		if told == "draft" || told == "submitted" || told == "gone" {
			told = "failed-dependency"
		}
		want = append(want, told)
	}
	if diff := cmp.Diff(want, h.batch(t.Context(), ada, true, operations...)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(before, h.rows(t)); diff != "" {
		t.Errorf("something was done: %s", diff)
	}
	good := []Operation{operations[0], operations[2], operations[4]}
	if diff := cmp.Diff([]string{"draft", "draft", "draft"}, h.batch(t.Context(), ada, true, good...)); diff != "" {
		t.Error(diff)
	}
}

func TestEachOperationNeedsItsScope(t *testing.T) {
	h := openHouse(t)
	for _, scope := range []string{createScope, deleteScope} {
		by := ada
		by.Scopes = []string{readScope, approveScope, scope}
		for op, needed := range Operations {
			fault := must(h.Batch(t.Context(), by, []Operation{{Op: op, ID: newID(), Entry: h.hour("2026-03-04")}}, false))[0].Fault
			if refused := fault != nil && fault.Kind == InsufficientScope; refused == (needed == scope) {
				t.Errorf("with %s, %s comes to %v", scope, op, fault)
			}
		}
	}
}

func TestABatchReachesNobodyElsesEntries(t *testing.T) {
	h := openHouse(t)
	theirs, gone := h.record(bob, h.hour("2026-03-04")), h.as(Deleted, "2026-03-04")
	before := h.rows(t)
	for op := range Operations {
		for _, by := range []auth.Caller{eve, ada} {
			for _, id := range []string{theirs.ID, gone.ID} {
				if by.User == ada.User && id == gone.ID && op == "restore" {
					continue // which is hers to do
				}
				o := must(h.Batch(t.Context(), by, []Operation{{Op: op, ID: id, Entry: h.hour("2026-03-05")}}, false))[0]
				if o.Fault == nil || o.Entry != nil || o.Fault.Kind != NotFound && (op != "create" || o.Fault.Kind != PreconditionFailed) {
					t.Errorf("%s of somebody else's: %v", op, o.Fault)
				}
			}
		}
	}
	if diff := cmp.Diff(before, h.rows(t)); diff != "" {
		t.Error(diff)
	}
}
