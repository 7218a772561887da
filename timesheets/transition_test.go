package timesheets

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"punchcard/auth"
)

// What comes of each action in each state, for the owner, the approver, an administrator, and an application that acts
// for itself: a state, or the kind of fault.
const outcomes = `
draft     update    draft               forbidden           draft          draft
draft     delete    not-found           forbidden           not-found      not-found
draft     submit    submitted           forbidden           forbidden      forbidden
draft     withdraw  invalid-transition  forbidden           forbidden      forbidden
draft     approve   self-approval       invalid-transition  forbidden      forbidden
draft     reject    self-approval       invalid-transition  forbidden      forbidden
submitted update    period-locked       forbidden           period-locked  period-locked
submitted delete    period-locked       forbidden           period-locked  period-locked
submitted submit    invalid-transition  forbidden           forbidden      forbidden
submitted withdraw  draft               forbidden           forbidden      forbidden
submitted approve   self-approval       approved            forbidden      forbidden
submitted reject    self-approval       rejected            forbidden      forbidden
approved  update    period-locked       forbidden           period-locked  period-locked
approved  delete    period-locked       forbidden           period-locked  period-locked
approved  submit    invalid-transition  forbidden           forbidden      forbidden
approved  withdraw  invalid-transition  forbidden           forbidden      forbidden
approved  approve   self-approval       invalid-transition  forbidden      forbidden
approved  reject    self-approval       invalid-transition  forbidden      forbidden
rejected  update    rejected            forbidden           rejected       rejected
rejected  delete    not-found           forbidden           not-found      not-found
rejected  submit    submitted           forbidden           forbidden      forbidden
rejected  withdraw  invalid-transition  forbidden           forbidden      forbidden
rejected  approve   self-approval       invalid-transition  forbidden      forbidden
rejected  reject    self-approval       invalid-transition  forbidden      forbidden
draft     restore   invalid-transition  forbidden           invalid-transition  invalid-transition
submitted restore   invalid-transition  forbidden           invalid-transition  invalid-transition
approved  restore   invalid-transition  forbidden           invalid-transition  invalid-transition
rejected  restore   invalid-transition  forbidden           invalid-transition  invalid-transition
deleted   restore   draft               forbidden           draft          draft
deleted   update    not-found           not-found           not-found      not-found
deleted   delete    not-found           not-found           not-found      not-found
deleted   submit    not-found           not-found           not-found      not-found
deleted   approve   not-found           not-found           not-found      not-found
`

func TestEveryActionInEveryStateByEveryone(t *testing.T) {
	h := openHouse(t)
	callers := []auth.Caller{ada, mia, root, payroll}
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for line := range strings.Lines(strings.TrimSpace(outcomes)) {
		words := strings.Fields(line)
		state, action := State(words[0]), Action(words[1])
		for i, by := range callers {
			day = day.AddDate(0, 0, 1)
			e := h.as(state, day.Format(time.DateOnly))
			seen, err := ask(h.Entry, by, EntryRef{ID: e.ID})
			if state == Deleted {
				refused(t, err, NotFound)
			}
			outcome, want := h.outcome(by, action, e.ID), words[2+i]
			if outcome != want {
				t.Errorf("%s, when %s %ss it: %s, want %s", state, by.Subject(), action, outcome, want)
			}
			if state == Deleted {
				continue // nobody is shown what could be done
			}
			possible := !strings.Contains(want, "-") && want != "forbidden" || want == "not-found"
			if slices.Contains(seen.AllowedActions, action) != possible {
				t.Errorf("%s, %s is shown %v, but %s comes to %s", state, by.Subject(), seen.AllowedActions, action, outcome)
			}
		}
		day = day.AddDate(0, 0, 1)
		e := h.as(state, day.Format(time.DateOnly))
		if outcome := h.outcome(eve, action, e.ID); outcome != "not-found" {
			t.Errorf("%s, when a stranger %ss it: %s", state, action, outcome)
		}
		if after := must(entryAmong(t.Context(), h.db.Read(t.Context()), withDeleted(h.db.Read(t.Context()), ada), e.ID)); after.Revision != e.Revision {
			t.Errorf("%s, a stranger's %s has changed it", state, action)
		}
	}
}

// outcome tries the action and tells the state that the entry is in then, or the fault.
func (h house) outcome(by auth.Caller, action Action, id string) string {
	ref := EntryRef{ID: id}
	operations := map[Action]func() (Entry, error){
		Update: func() (Entry, error) {
			return ask(h.Change, by, EntryChange{ID: id, Note: Patch[string]{true, new("n")}})
		},
		Delete:   func() (Entry, error) { return ask(h.removal, by, ref) },
		Submit:   func() (Entry, error) { return ask(h.Submit, by, ref) },
		Restore:  func() (Entry, error) { return ask(h.Restore, by, ref) },
		Withdraw: func() (Entry, error) { return ask(h.Withdraw, by, ref) },
		Approve:  func() (Entry, error) { return ask(h.Decide, by, Decision{ID: id}) },
		Reject:   func() (Entry, error) { return ask(h.Decide, by, Decision{ID: id, Decision: Rejected, Comment: "no"}) },
	}
	_, err := operations[action]()
	if fault, ok := errors.AsType[*Fault](err); ok {
		return string(fault.Kind)
	}
	if err != nil {
		return err.Error()
	}
	e, err := h.Entry(context.Background(), root, ref)
	if fault, ok := errors.AsType[*Fault](err); ok {
		return string(fault.Kind)
	}
	return string(e.State)
}

func TestTheTableCanBeReadAsADocument(t *testing.T) {
	table := TransitionTable()
	for _, row := range []string{
		"| what | that is | can be | by its | and is then |\n",
		"| an entry | draft | update | owner, administrator, application | draft |\n",
		"| an entry or a period | submitted | approve | approver | approved |\n",
		"| an entry | rejected | delete | owner, administrator, application | gone |\n",
		"| an entry | deleted | restore | owner, administrator, application | what it was |\n",
		"| a period | approved | reopen | approver, administrator | draft |\n",
	} {
		if !strings.Contains(table, row) {
			t.Errorf("no %q in\n%s", row, table)
		}
	}
	if rows := strings.Count(table, "\n"); rows != 2+len(transitions) {
		t.Errorf("%d rows", rows)
	}
}

func TestActionsThatTheTokenDoesNotReachAreNotShown(t *testing.T) {
	h := openHouse(t)
	e := h.as(Draft, "2026-03-04")
	for _, c := range []struct {
		scopes []string
		want   []Action
	}{
		{nil, []Action{}},
		{[]string{readScope}, []Action{}},
		{[]string{readScope, deleteScope}, []Action{Delete}},
		{[]string{readScope, createScope}, []Action{Update, Submit}},
	} {
		by := ada
		by.Scopes = c.scopes
		if seen := must(ask(h.Entry, by, EntryRef{ID: e.ID})); !slices.Equal(seen.AllowedActions, c.want) || seen.AllowedActions == nil {
			t.Errorf("with %v: %v, want %v", c.scopes, seen.AllowedActions, c.want)
		}
	}
}

func TestAnApproverIsNeverTheOwnerNorTheLastEditor(t *testing.T) {
	boss := mia // Mia as an administrator can also edit what she approves
	boss.Admin = true
	robot := payroll // no application is one, but if it were
	robot.Admin = true
	h := openHouse(t)
	for i, c := range []struct {
		name   string
		owner  auth.Caller
		editor auth.Caller // edits the draft; none: the owner alone
		by     auth.Caller
		want   string
		words  string
	}{
		{"the manager", ada, auth.Caller{}, mia, "approved", ""},
		{"somebody else's manager", eve, auth.Caller{}, mia, "not-found", ""},
		{"an administrator where there is a manager", ada, auth.Caller{}, root, "forbidden", "only Mia Chen can approve"},
		{"an administrator where there is none", mia, auth.Caller{}, root, "approved", ""},
		{"an administrator where the manager was blocked", carl, auth.Caller{}, root, "approved", ""},
		{"an administrator's own time", root, auth.Caller{}, root, "self-approval", "an administrator other than Root Admin"},
		{"an administrator's time by another", root, auth.Caller{}, second, "approved", ""},
		{"one's own time where there is no manager", mia, auth.Caller{}, mia, "self-approval", "their own time"},
		{"an administrator who edited it", mia, root, root, "self-approval", "you edited this entry last"},
		{"an administrator when another edited it", mia, root, second, "approved", ""},
		{"the manager when an administrator edited it", ada, root, mia, "approved", ""},
		{"the manager who edited it", ada, boss, boss, "self-approval", "an administrator other than Mia Chen"},
		{"an administrator when the manager edited it", ada, boss, root, "approved", ""},
		{"an application", ada, auth.Caller{}, payroll, "forbidden", "a person has to"},
		{"an application as administrator", mia, auth.Caller{}, robot, "forbidden", "a person has to"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := h.record(c.owner, h.hour(fmt.Sprintf("2026-03-%02d", i+1)))
			if c.editor.User != "" {
				e = must(ask(h.Change, c.editor, EntryChange{ID: e.ID, Minutes: Patch[int]{true, new(90)}}))
			}
			must(ask(h.Submit, c.owner, EntryRef{ID: e.ID}))
			for _, decision := range []State{Rejected, Approved} {
				after, err := ask(h.Decide, c.by, Decision{ID: e.ID, Decision: decision, Comment: "since"})
				if c.want == "approved" {
					if err != nil || after.State != decision {
						t.Fatalf("%s: %v, %v", decision, after.State, err)
					}
					if decision == Rejected {
						must(ask(h.Submit, c.owner, EntryRef{ID: e.ID}))
					}
					continue
				}
				refused(t, err, Kind(c.want))
				if decision == Approved {
					refused(t, err, Kind(c.want), c.words)
				}
			}
		})
	}
}

func TestWhoRecordsForSomebodyElseDoesNotApproveIt(t *testing.T) {
	h := openHouse(t)
	n := h.hour("2026-03-04")
	n.UserID = mia.User
	e := h.record(root, n)
	must(ask(h.Submit, mia, EntryRef{ID: e.ID}))
	_, err := ask(h.Decide, root, Decision{ID: e.ID})
	refused(t, err, SelfApproval, "you edited this entry last")
	must(ask(h.Decide, second, Decision{ID: e.ID}))
}

func TestAFaultSaysHowTheEntryStandsAndWhoCanHelp(t *testing.T) {
	h := openHouse(t)
	for i, c := range []struct {
		state  State
		action Action
		by     auth.Caller
		kind   Kind
		words  string
	}{
		{Approved, Update, ada, PeriodLocked, "can't update this entry: " +
			"approved by Mia Chen on 19 November 2026; once all of its period is approved, Mia Chen or an administrator can reopen that"},
		{Submitted, Delete, ada, PeriodLocked, "can't delete this entry: " +
			"submitted on 19 November 2026, waiting for Mia Chen; Ada Lovelace can withdraw it, Mia Chen can reject it"},
		{Draft, Update, mia, Forbidden, "only Ada Lovelace or an administrator can update this entry"},
		{Draft, Submit, root, Forbidden, "only Ada Lovelace can submit this entry"},
		{Draft, Approve, mia, InvalidTransition, "can't approve this entry: not submitted yet"},
		{Approved, Approve, mia, InvalidTransition, "can't approve this entry: approved by Mia Chen on 19 November 2026"},
		{Rejected, Withdraw, ada, InvalidTransition, "can't withdraw this entry: rejected by Mia Chen on 19 November 2026"},
	} {
		e := h.as(c.state, fmt.Sprintf("2026-03-%02d", i+1))
		e = must(entryOf(t.Context(), h.db.Read(t.Context()), c.by, e.ID))
		_, err := e.matter().after(c.action, c.by)
		refused(t, err, c.kind, c.words)
	}
	e := h.record(mia, h.hour("2026-03-04"))
	must(ask(h.Submit, mia, EntryRef{ID: e.ID}))
	_, err := ask(h.removal, mia, EntryRef{ID: e.ID})
	refused(t, err, PeriodLocked, "Mia Chen can withdraw it, an administrator other than Mia Chen can reject it")
	must(ask(h.Decide, root, Decision{ID: e.ID}))
	_, err = ask(h.removal, mia, EntryRef{ID: e.ID})
	refused(t, err, PeriodLocked, "approved by Root Admin on 19 November 2026; "+
		"once all of its period is approved, an administrator other than Mia Chen can reopen that")
}
