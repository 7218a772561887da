package timesheets

import (
	"strings"
	"testing"
)

func TestADecisionIsApprovedUnlessItSaysOtherwise(t *testing.T) {
	for _, c := range []struct {
		decision Decision
		want     Action
		at       string
	}{
		{Decision{}, Approve, ""},
		{Decision{Decision: Approved, Comment: "fine"}, Approve, ""},
		{Decision{Decision: Rejected, Comment: "no"}, Reject, ""},
		{Decision{Decision: Rejected}, Reject, "/comment"},
		{Decision{Decision: Rejected, Comment: " \n"}, Reject, "/comment"},
		{Decision{Decision: "Approved"}, Reject, "/decision"},
		{Decision{Decision: Draft, Comment: strings.Repeat("x", 2001)}, Reject, "/decision /comment"},
	} {
		if got := pointers(c.decision.Validate()); got != c.at || c.decision.action() != c.want {
			t.Errorf("%+v: %s, faults at %q", c.decision, c.decision.action(), got)
		}
	}
}

func TestADecisionIsMadeOnce(t *testing.T) {
	h := openHouse(t)
	e := h.as(Approved, "2026-03-04")
	_, err := ask(h.Decide, mia, Decision{ID: e.ID})
	refused(t, err, InvalidTransition, "approved by Mia Chen on 19 November 2026")
	_, err = ask(h.Decide, mia, Decision{ID: e.ID, Decision: Rejected, Comment: "after all"})
	refused(t, err, InvalidTransition)
	if after := must(ask(h.Entry, ada, EntryRef{ID: e.ID})); after.State != Approved || after.Revision != e.Revision {
		t.Errorf("it is %s at revision %d", after.State, after.Revision)
	}
}
