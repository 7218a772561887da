package timesheets

import (
	"slices"
	"strings"
	"testing"
	"time"

	"punchcard/auth"
)

// shut sets the lock date.
func (h house) shut(until string) {
	h.t.Helper()
	n := NewLock{Until: &until, Reason: "the payroll has run"}
	if until == "" {
		n.Until = nil
	}
	must(ask(h.SetLock, root, n))
}

func TestOnlyAdministratorsSetTheLockDate(t *testing.T) {
	h := openHouse(t)
	for _, by := range []auth.Caller{ada, mia, payroll} {
		_, err := ask(h.SetLock, by, NewLock{Until: new("2026-08-31"), Reason: "so"})
		refused(t, err, Forbidden, "only an administrator")
	}
	if l := must(ask(h.Lock, ada, struct{}{})); l.UntilDay != nil || l.Number != 0 {
		t.Errorf("it is %+v", l)
	}
	for want, n := range map[string]NewLock{
		"/reason": {Until: new("2026-08-31"), Reason: " "}, "/until": {Until: new("2026-08-32"), Reason: "so"}, "/until /reason": {Until: new("")},
	} {
		if got := pointers(n.Validate()); got != want {
			t.Errorf("%+v: faults at %s", n, got)
		}
	}
	h.shut("2026-08-31")
	h.shut("2026-09-30")
	if l := must(ask(h.Lock, ada, struct{}{})); *l.UntilDay != "2026-09-30" || l.Number != 2 || l.ByUser != root.User || l.At.Location() != time.UTC {
		t.Errorf("it is %+v", l)
	}
}

func TestNothingHappensToClosedTime(t *testing.T) {
	h := openHouse(t)
	words := []string{"time until 8 March 2026 is closed (the payroll has run); an administrator can lift that"}
	var days []string
	for _, state := range []State{Draft, Submitted, Approved, Rejected} {
		days = append(days, h.as(state, "2026-03-0"+string('2'+rune(len(days)))).ID)
	}
	straddling := h.record(ada, h.hour("2026-03-09"))
	h.shut("2026-03-08")
	actions := []Action{Update, Delete, Submit, Withdraw, Approve, Reject}
	for _, id := range days {
		before := must(ask(h.Entry, ada, EntryRef{ID: id}))
		if len(before.AllowedActions) != 0 || before.LockedReason == nil || *before.LockedReason != words[0] {
			t.Errorf("%s: %v, %v", before.State, before.AllowedActions, before.LockedReason)
		}
		for _, action := range actions {
			for _, by := range []auth.Caller{ada, mia, root, payroll} {
				got := h.outcome(by, action, id)
				if !slices.Contains([]string{"period-closed", "forbidden", "self-approval"}, got) {
					t.Errorf("%s, when %s %ss it: %s", before.State, by.Subject(), action, got)
				}
			}
		}
		if after := must(ask(h.Entry, ada, EntryRef{ID: id})); after.Revision != before.Revision {
			t.Errorf("%s has changed", before.State)
		}
	}
	for _, by := range []auth.Caller{ada, root, payroll} {
		n := h.hour("2026-03-08")
		n.UserID = ada.User
		_, err := ask(h.Record, by, n)
		refused(t, err, PeriodClosed, append(words, "/date")...)
	}
	_, err := ask(h.Change, ada, EntryChange{ID: straddling.ID, Date: Patch[string]{true, new("2026-03-08")}})
	refused(t, err, PeriodClosed, words...)
	_, err = ask(h.Change, ada, EntryChange{ID: days[0], Date: Patch[string]{true, new("2026-03-09")}})
	refused(t, err, PeriodClosed, words...)
	h.shut("")
	must(ask(h.Change, ada, EntryChange{ID: days[0], Date: Patch[string]{true, new("2026-03-09")}}))
}

func TestNothingHappensToAClosedPeriod(t *testing.T) {
	h := openHouse(t)
	var all []Period
	for n, state := range []State{Open, Submitted, Approved, Rejected} {
		all = append(all, h.weekAs(state, n))
	}
	h.shut(all[3].End)
	for _, p := range all {
		for _, by := range []auth.Caller{ada, mia, root, payroll} {
			seen := must(ask(h.Period, by, PeriodRef{ID: p.ID}))
			if len(seen.AllowedActions) != 0 || !strings.Contains(*seen.LockedReason, "is closed (the payroll has run)") {
				t.Errorf("%s, %s is shown %v: %s", p.State, by.Subject(), seen.AllowedActions, *seen.LockedReason)
			}
			for _, action := range []Action{Submit, Withdraw, Approve, Reject, Reopen, RequestReopening} {
				if _, err := h.takes(by, p, action); err == nil {
					t.Errorf("%s, %s could %s it", p.State, by.Subject(), action)
				}
			}
		}
		_, err := h.takes(ada, p, Submit)
		refused(t, err, PeriodClosed, "can't submit the week of", "an administrator can lift that")
	}
	h.shut(dayAfter(all[3].End, -1))
	if p := must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: all[3].ID}})); p.State != Submitted {
		t.Errorf("a week that is open in part is %s", p.State)
	}
}
