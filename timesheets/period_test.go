package timesheets

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"punchcard/auth"
)

// What comes of each action upon a period in each state, for the owner, the approver, an administrator, and an application
// that acts for itself: a state, or the kind of fault.
const periodOutcomes = `
open      submit             submitted           forbidden           forbidden           forbidden
open      withdraw           invalid-transition  forbidden           forbidden           forbidden
open      approve            self-approval       invalid-transition  forbidden           forbidden
open      reject             self-approval       invalid-transition  forbidden           forbidden
open      reopen             self-approval       invalid-transition  invalid-transition  forbidden
open      request_reopening  invalid-transition  forbidden           forbidden           forbidden
submitted submit             invalid-transition  forbidden           forbidden           forbidden
submitted withdraw           open                forbidden           forbidden           forbidden
submitted approve            self-approval       approved            forbidden           forbidden
submitted reject             self-approval       rejected            forbidden           forbidden
submitted reopen             self-approval       invalid-transition  invalid-transition  forbidden
submitted request_reopening  invalid-transition  forbidden           forbidden           forbidden
approved  submit             invalid-transition  forbidden           forbidden           forbidden
approved  withdraw           invalid-transition  forbidden           forbidden           forbidden
approved  approve            self-approval       invalid-transition  forbidden           forbidden
approved  reject             self-approval       invalid-transition  forbidden           forbidden
approved  reopen             self-approval       open                open                forbidden
approved  request_reopening  approved            forbidden           forbidden           forbidden
rejected  submit             submitted           forbidden           forbidden           forbidden
rejected  withdraw           invalid-transition  forbidden           forbidden           forbidden
rejected  approve            self-approval       invalid-transition  forbidden           forbidden
rejected  reject             self-approval       invalid-transition  forbidden           forbidden
rejected  reopen             self-approval       invalid-transition  invalid-transition  forbidden
rejected  request_reopening  invalid-transition  forbidden           forbidden           forbidden
`

// week is an entry of an hour in each week, and its period.
func (h house) week(by auth.Caller, n int) Period {
	h.t.Helper()
	e := h.record(by, h.hour(dayAfter("2020-01-06", 7*n)))
	return must(ask(h.Period, by, PeriodRef{ID: e.PeriodID}))
}

// weekAs brings a week of Ada's into a state.
func (h house) weekAs(state State, n int) Period {
	h.t.Helper()
	p := h.week(ada, n)
	if state == Open {
		return p
	}
	p = must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: p.ID}, Comment: "done"}))
	if state == Submitted {
		return p
	}
	return must(ask(h.DecidePeriod, mia, p.decided(state, "well")))
}

// decided is a decision about the period as it is seen here.
func (p Period) decided(decision State, comment string, lines ...Objection) PeriodDecision {
	return PeriodDecision{ID: p.ID, Revision: &p.Revision, Decision: decision, Comment: comment, Lines: lines}
}

// takes tries an action upon the period.
func (h house) takes(by auth.Caller, p Period, action Action) (Period, error) {
	ref := PeriodRef{ID: p.ID}
	switch action {
	case Submit:
		return ask(h.SubmitPeriod, by, PeriodSubmission{PeriodRef: ref})
	case Withdraw:
		return ask(h.WithdrawPeriod, by, ref)
	case Approve:
		return ask(h.DecidePeriod, by, p.decided(Approved, ""))
	case Reject:
		return ask(h.DecidePeriod, by, p.decided(Rejected, "no"))
	case Reopen:
		return ask(h.Reopen, by, Reopening{ref, "Friday"})
	default:
		return ask(h.RequestReopening, by, Reopening{ref, "Friday"})
	}
}

func TestEveryActionUponAPeriodInEveryStateByEveryone(t *testing.T) {
	h, n := openHouse(t), 0
	callers := []auth.Caller{ada, mia, root, payroll}
	for line := range strings.Lines(strings.TrimSpace(periodOutcomes)) {
		words := strings.Fields(line)
		state, action := State(words[0]), Action(words[1])
		for i, by := range callers {
			n++
			p, want := h.weekAs(state, n), words[2+i]
			seen := must(ask(h.Period, by, PeriodRef{ID: p.ID}))
			after, err := h.takes(by, p, action)
			got := string(after.State)
			if fault, ok := errors.AsType[*Fault](err); ok {
				got = string(fault.Kind)
			}
			if got != want {
				t.Errorf("%s, when %s %ss it: %s %v, want %s", state, by.Subject(), action, got, err, want)
			}
			possible := slices.Contains([]string{"open", "submitted", "approved", "rejected"}, want)
			if slices.Contains(seen.AllowedActions, action) != possible {
				t.Errorf("%s, %s is shown %v, but %s comes to %s", state, by.Subject(), seen.AllowedActions, action, got)
			}
			if again := must(ask(h.Period, ada, PeriodRef{ID: p.ID})); !possible && again.Revision != p.Revision {
				t.Errorf("%s, %s's %s has changed it", state, by.Subject(), action)
			}
		}
		n++
		p := h.weekAs(state, n)
		_, err := h.takes(eve, p, action)
		refused(t, err, NotFound)
	}
	h.soundPeriods(t)
}

func TestEveryTransitionIsInTheMatrices(t *testing.T) {
	for _, tr := range transitions {
		state := string(tr.from)
		if tr.of&entryThing != 0 && !strings.Contains(squeezed(outcomes), "\n"+state+" "+string(tr.action)+" ") {
			t.Errorf("no outcome of %s upon an entry that is %s", tr.action, state)
		}
		if tr.from == Draft {
			state = string(Open)
		}
		if tr.of&periodThing != 0 && !strings.Contains(squeezed(periodOutcomes), "\n"+state+" "+string(tr.action)+" ") {
			t.Errorf("no outcome of %s upon a period that is %s", tr.action, state)
		}
	}
}

func squeezed(table string) string {
	var b strings.Builder
	for line := range strings.Lines(table) {
		b.WriteString(strings.Join(strings.Fields(line), " ") + "\n")
	}
	return b.String()
}

func TestAPeriodsStateFollowsFromItsLines(t *testing.T) {
	for _, c := range []struct {
		name          string
		tally         tally
		live, settled bool
		want          State
	}{
		{"nothing", tally{}, false, false, Open},
		{"an empty one that was submitted", tally{}, true, false, Submitted},
		{"an empty one that was approved", tally{}, true, true, Approved},
		{"drafts", tally{Entries: 1, Drafts: 1}, false, false, Open},
		{"a draft in what was submitted", tally{Entries: 2, Drafts: 1, Submitted: 1}, true, false, Open},
		{"lines that were submitted one by one", tally{Entries: 2, Submitted: 2}, false, false, Open},
		{"lines that were approved one by one", tally{Entries: 2, Approved: 2}, false, false, Open},
		{"submitted", tally{Entries: 2, Submitted: 2}, true, false, Submitted},
		{"approved in part", tally{Entries: 2, Submitted: 1, Approved: 1}, true, false, Submitted},
		{"approved", tally{Entries: 2, Approved: 2}, true, true, Approved},
		{"approved line by line", tally{Entries: 2, Approved: 2}, true, false, Approved},
		{"rejected in part", tally{Entries: 3, Submitted: 1, Approved: 1, Rejected: 1}, true, false, Rejected},
		{"rejected before anything else", tally{Entries: 2, Drafts: 1, Rejected: 1}, false, false, Rejected},
	} {
		if got := c.tally.state(c.live, c.settled); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestAPeriodIsThereBeforeAnythingIsInIt(t *testing.T) {
	h := openHouse(t)
	p := must(ask(h.PeriodOn, mia, PeriodDay{ada.User, "2026-03-04"}))
	if p.ID != "per_2026-03-02_usr_ada" || p.State != Open || p.Revision != 0 || p.Minutes != 0 {
		t.Errorf("%+v", p)
	}
	again := must(ask(h.Period, ada, PeriodRef{ID: p.ID}))
	if again.Start != "2026-03-02" || again.End != "2026-03-08" {
		t.Errorf("by its id: %+v", again)
	}
	for _, id := range []string{"", "per_", "per_2026-03-02", "per_2026-03-03_usr_ada", "per_2026-03-02_usr_none", "per_2026-02-30_usr_ada",
		"2026-03-02_usr_ada", "per_9999-99-99_usr_ada", "\x00", "per_2026-03-02_usr_ada'"} {
		_, err := ask(h.Period, root, PeriodRef{ID: id})
		refused(t, err, NotFound)
	}
	for _, d := range []PeriodDay{{"usr_none", "2026-03-04"}, {ada.User, "2026-02-30"}, {ada.User, "submission"}, {ada.User, ""}} {
		_, err := ask(h.PeriodOn, root, d)
		refused(t, err, NotFound)
	}
	for _, by := range []auth.Caller{bob, eve} {
		_, err := ask(h.Period, by, PeriodRef{ID: p.ID})
		refused(t, err, NotFound)
		_, err = ask(h.PeriodOn, by, PeriodDay{ada.User, "2026-03-04"})
		refused(t, err, NotFound)
	}
}

func TestSubmittingTakesAllLinesAlongAndLocksThem(t *testing.T) {
	h := openHouse(t)
	e := h.record(ada, h.hour("2026-03-04"))
	other := h.record(ada, h.hour("2026-03-06"))
	p := must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: e.PeriodID}, Comment: " all of it "}))
	if p.State != Submitted || p.Minutes != 120 || p.BillableMinutes != 120 || p.Entries != 2 || p.Submission.Number != 1 ||
		p.Submission.Comment != "all of it" || p.Submission.Minutes != 120 || !strings.HasPrefix(p.Submission.Digest, "sha256:") ||
		!slices.Equal(p.Approvers, []string{mia.User}) || *p.LockedReason != "submitted on 19 November 2026, waiting for Mia Chen" {
		t.Errorf("%+v %+v", p, p.Submission)
	}
	for _, id := range []string{e.ID, other.ID} {
		if line := must(ask(h.Entry, ada, EntryRef{ID: id})); line.State != Submitted || line.Revision != 2 {
			t.Errorf("a line is %s at revision %d", line.State, line.Revision)
		}
	}
	words := []string{"the week of 2 March 2026 takes no more entries", "waiting for Mia Chen", "Ada Lovelace can withdraw it, Mia Chen can reject it"}
	for _, by := range []auth.Caller{ada, root, payroll} {
		n := h.hour("2026-03-05")
		n.UserID = ada.User
		_, err := ask(h.Record, by, n)
		refused(t, err, PeriodLocked, words...)
	}
	elsewhere := h.record(ada, h.hour("2026-03-09"))
	_, err := ask(h.Change, ada, EntryChange{ID: elsewhere.ID, Date: Patch[string]{true, new("2026-03-08")}})
	refused(t, err, PeriodLocked, words...)
	if after := must(ask(h.Period, ada, PeriodRef{ID: p.ID})); after.Revision != p.Revision {
		t.Errorf("what was refused has changed it")
	}
	p = must(ask(h.DecidePeriod, mia, p.decided(Approved, "fine")))
	_, err = ask(h.Record, ada, h.hour("2026-03-05"))
	refused(t, err, PeriodLocked, "approved by Mia Chen on 19 November 2026; Mia Chen or an administrator can reopen it")
	if p.LastDecision.Decision != Approved || p.LastDecision.By != mia.User || p.LastDecision.Comment != "fine" {
		t.Errorf("%+v", p.LastDecision)
	}
}

func TestSubmittingAPeriodThatIsNotOverOrEmptyIsMeant(t *testing.T) {
	h := openHouse(t) // on Friday, 20 November 2026, in Auckland
	submit := func(day string, n PeriodSubmission) error {
		n.ID = must(ask(h.PeriodOn, ada, PeriodDay{ada.User, day})).ID
		_, err := ask(h.SubmitPeriod, ada, n)
		return err
	}
	h.record(ada, h.hour("2026-11-18"))
	refused(t, submit("2026-11-18", PeriodSubmission{}), ValidationFailed, "early must be true", "over, on 2026-11-22")
	refused(t, submit("2026-11-10", PeriodSubmission{}), ValidationFailed, "/attest must be true")
	if err := submit("2026-11-18", PeriodSubmission{Early: true}); err != nil {
		t.Error(err)
	}
	if err := submit("2026-11-10", PeriodSubmission{Attest: true}); err != nil {
		t.Error(err)
	}
	p := must(ask(h.PeriodOn, mia, PeriodDay{ada.User, "2026-11-10"}))
	if p.State != Submitted {
		t.Fatalf("an empty week is %s before anybody decided", p.State)
	}
	rejected := must(ask(h.DecidePeriod, mia, p.decided(Rejected, "you were here")))
	if rejected.State != Open || rejected.LastDecision.Comment != "you were here" {
		t.Errorf("an empty week that was rejected is %+v", rejected)
	}
	if err := submit("2026-11-10", PeriodSubmission{Attest: true}); err != nil {
		t.Error(err)
	}
	p = must(ask(h.PeriodOn, mia, PeriodDay{ada.User, "2026-11-10"}))
	if p = must(ask(h.DecidePeriod, mia, p.decided(Approved, ""))); p.State != Approved {
		t.Errorf("an empty week that was approved is %s", p.State)
	}
	// Where it is Monday already, the week is over.
	h.record(ada, h.hour("2026-11-23"))
	h.now = func() time.Time { return time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC) }
	if err := submit("2026-11-23", PeriodSubmission{}); err != nil {
		t.Error(err)
	}
}

func TestARehearsalChangesNothing(t *testing.T) {
	h := openHouse(t)
	p := h.week(ada, 1)
	would := must(h.SubmitPeriod(Rehearse(t.Context()), ada, PeriodSubmission{PeriodRef: PeriodRef{ID: p.ID}}))
	if would.State != Submitted || len(would.Flags) == 0 {
		t.Errorf("it would be %+v", would)
	}
	is := must(ask(h.Period, ada, PeriodRef{ID: p.ID}))
	if is.State != Open || is.Revision != p.Revision || is.Submission != nil {
		t.Errorf("it is %+v", is)
	}
	if events := must(ask(h.Events, ada, EventQuery{ID: p.ID})).Items; len(events) != 0 {
		t.Errorf("it has happened: %+v", events)
	}
	_, err := h.SubmitPeriod(Rehearse(t.Context()), mia, PeriodSubmission{PeriodRef: PeriodRef{ID: p.ID}})
	refused(t, err, Forbidden)
}

func TestADecisionNamesTheLinesThatAreWrong(t *testing.T) {
	h := openHouse(t)
	good, bad := h.record(ada, h.hour("2026-03-04")), h.record(ada, h.hour("2026-03-05"))
	elsewhere := h.record(ada, h.hour("2026-03-10"))
	p := must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: good.PeriodID}}))
	for _, id := range []string{elsewhere.ID, "", "x"} {
		_, err := ask(h.DecidePeriod, mia, p.decided(Rejected, "", Objection{bad.ID, "wrong"}, Objection{id, "wrong"}))
		refused(t, err, ValidationFailed, "/lines/1/id is no submitted entry of this period")
	}
	after := must(ask(h.DecidePeriod, mia, p.decided(Rejected, "see Thursday", Objection{bad.ID, "split this"})))
	if after.State != Rejected || after.LastDecision.Comment != "see Thursday" {
		t.Errorf("%+v", after)
	}
	good, bad = must(ask(h.Entry, ada, EntryRef{ID: good.ID})), must(ask(h.Entry, ada, EntryRef{ID: bad.ID}))
	if good.State != Submitted || bad.State != Rejected || bad.Comment != "split this" {
		t.Errorf("%s, and %s: %q", good.State, bad.State, bad.Comment)
	}
	must(ask(h.Change, ada, EntryChange{ID: bad.ID, Minutes: Patch[int]{true, new(30)}}))
	added := h.record(ada, h.hour("2026-03-06"))
	again := must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: p.ID}}))
	if again.State != Submitted || again.Submission.Number != 2 || again.Submission.Digest == p.Submission.Digest {
		t.Errorf("%+v", again.Submission)
	}
	var edited []string
	for _, flag := range again.Flags {
		if flag.Code == editedAfterReview {
			edited = append(edited, flag.EntryID)
		}
	}
	if !slices.Equal(edited, []string{added.ID, bad.ID}) {
		t.Errorf("flagged as edited: %v", again.Flags)
	}
	diff := must(ask(h.Diff, mia, PeriodRef{ID: p.ID}))
	if diff.Since != 1 || len(diff.Added) != 1 || len(diff.Changed) != 1 || len(diff.Removed) != 0 || diff.MinutesBefore != 120 ||
		diff.Minutes != 150 || diff.Changed[0].Before.Minutes != 60 || diff.Changed[0].After.Minutes != 30 {
		t.Errorf("%+v", diff)
	}
	if p = must(ask(h.DecidePeriod, mia, again.decided(Approved, ""))); p.State != Approved {
		t.Errorf("it is %s", p.State)
	}
}

func TestADiffIsSinceTheLastSubmission(t *testing.T) {
	h := openHouse(t)
	p := h.weekAs(Submitted, 1)
	first := must(ask(h.Diff, mia, PeriodRef{ID: p.ID}))
	if first.Since != 0 || len(first.Added) != 1 {
		t.Errorf("at the first submission: %+v", first)
	}
	must(ask(h.WithdrawPeriod, ada, PeriodRef{ID: p.ID}))
	must(ask(h.removal, ada, EntryRef{ID: first.Added[0].ID}))
	diff := must(ask(h.Diff, ada, PeriodRef{ID: p.ID}))
	if diff.Since != 1 || len(diff.Removed) != 1 || diff.Minutes != 0 || diff.MinutesBefore != 60 {
		t.Errorf("after it was withdrawn: %+v", diff)
	}
	_, err := ask(h.Diff, eve, PeriodRef{ID: p.ID})
	refused(t, err, NotFound)
}

func TestADecisionIsWellFormed(t *testing.T) {
	for _, c := range []struct {
		d    PeriodDecision
		want string
	}{
		{PeriodDecision{Decision: Approved}, ""},
		{PeriodDecision{Decision: Rejected, Comment: "no"}, ""},
		{PeriodDecision{Decision: Rejected, Lines: []Objection{{"a", "no"}}}, ""},
		{PeriodDecision{}, "/decision"},
		{PeriodDecision{Decision: "Approved"}, "/decision"},
		{PeriodDecision{Decision: Rejected}, "/comment"},
		{PeriodDecision{Decision: Rejected, Lines: []Objection{{"a", "no"}, {"b", " "}}}, "/comment"},
		{PeriodDecision{Decision: Rejected, Comment: "no", Lines: []Objection{{"a", ""}, {"a", ""}}}, "/lines/1/id"},
		{PeriodDecision{Decision: Approved, Lines: []Objection{{"a", "no"}}}, "/lines"},
		{PeriodDecision{Decision: Rejected, Comment: "no", Lines: make([]Objection, 501)}, "many"},
	} {
		if got := pointers(c.d.Validate()); got != c.want && !(c.want == "many" && strings.HasPrefix(got, "/lines ")) {
			t.Errorf("%+v: faults at %q, want %q", c.d.Decision, got, c.want)
		}
	}
}

func TestWhatIsApprovedIsWhatWasSeen(t *testing.T) {
	h := openHouse(t)
	seen := h.weekAs(Submitted, 1)
	_, err := ask(h.DecidePeriod, mia, PeriodDecision{ID: seen.ID, Decision: Approved})
	refused(t, err, PreconditionRequired)
	lines := must(ask(h.Entries, ada, EntryQuery{From: seen.Start, To: seen.End})).Items
	must(ask(h.Withdraw, ada, EntryRef{ID: lines[0].ID}))
	must(ask(h.Change, ada, EntryChange{ID: lines[0].ID, Minutes: Patch[int]{true, new(600)}}))
	now := must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: seen.ID}}))
	for _, decision := range []State{Approved, Rejected} {
		_, err = ask(h.DecidePeriod, mia, seen.decided(decision, "as I saw it"))
		refused(t, err, StaleReview, "the week of 13 January 2020 changed since you saw it", "look at it again")
	}
	must(ask(h.DecidePeriod, mia, now.decided(Approved, "")))
	_, err = ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: h.week(ada, 2).ID, Revision: new(int64(99))}})
	refused(t, err, PreconditionFailed)
}

func TestARefusalSaysHowThePeriodStandsAndWhoCanHelp(t *testing.T) {
	h := openHouse(t)
	for n, c := range []struct {
		state  State
		action Action
		by     auth.Caller
		kind   Kind
		words  string
	}{
		{Open, RequestReopening, ada, InvalidTransition, "can't ask to reopen the week of 6 January 2020: not submitted yet"},
		{Submitted, Submit, ada, InvalidTransition, "submitted on 19 November 2026, waiting for Mia Chen"},
		{Submitted, Submit, mia, Forbidden, "only Ada Lovelace can submit the week of 20 January 2020"},
		{Submitted, Approve, root, Forbidden, "only Mia Chen can approve the week of 27 January 2020"},
		{Submitted, Approve, ada, SelfApproval, "nobody can approve their own time; the week of 3 February 2020 waits for Mia Chen"},
		{Approved, Withdraw, ada, InvalidTransition, "approved by Mia Chen on 19 November 2026"},
		{Approved, RequestReopening, mia, Forbidden, "only Ada Lovelace can ask to reopen the week of 17 February 2020"},
		{Rejected, Approve, mia, InvalidTransition, "rejected by Mia Chen on 19 November 2026"},
	} {
		_, err := h.takes(c.by, h.weekAs(c.state, n), c.action)
		refused(t, err, c.kind, c.words)
	}
}

func TestOneOfApprovingAndTakingBackWins(t *testing.T) {
	h := openHouse(t)
	for n := range 12 {
		p := h.weekAs(Submitted, n+1)
		line := must(ask(h.Entries, ada, EntryQuery{From: p.Start, To: p.End})).Items[0]
		var approved, edited error
		var both sync.WaitGroup
		both.Go(func() { _, approved = ask(h.DecidePeriod, mia, p.decided(Approved, "")) })
		both.Go(func() {
			if _, edited = ask(h.Withdraw, ada, EntryRef{ID: line.ID}); edited == nil {
				_, edited = ask(h.Change, ada, EntryChange{ID: line.ID, Minutes: Patch[int]{true, new(90)}})
			}
		})
		both.Wait()
		after := must(ask(h.Period, ada, PeriodRef{ID: p.ID}))
		switch {
		case approved == nil && edited != nil && after.State == Approved && after.Minutes == 60:
		case approved != nil && edited == nil && after.State == Open && after.Minutes == 90:
		default:
			t.Errorf("approve: %v, edit: %v, and it is %s with %d minutes", approved, edited, after.State, after.Minutes)
		}
	}
	h.soundPeriods(t)
}

func TestWhatIsReopenedIsDraftAgainAndItsHistoryStays(t *testing.T) {
	h := openHouse(t)
	p := h.weekAs(Approved, 1)
	ref := PeriodRef{ID: p.ID}
	_, err := ask(h.Reopen, mia, Reopening{PeriodRef: ref, Reason: " "})
	refused(t, err, ValidationFailed, "/reason")
	asked := must(ask(h.RequestReopening, ada, Reopening{PeriodRef: ref, Reason: "I forgot Friday"}))
	if asked.State != Approved || !slices.Contains(asked.Flags, Flag{Code: reopeningRequested}) {
		t.Errorf("%+v", asked)
	}
	queue := must(ask(h.Approvals, mia, ApprovalQuery{State: []string{"approved"}, Flag: reopeningRequested})).Items
	if len(queue) != 1 || queue[0].ID != p.ID {
		t.Errorf("Mia isn't told of it: %v", queue)
	}
	after := must(ask(h.Reopen, mia, Reopening{PeriodRef: ref, Reason: "Friday is missing"}))
	if after.State != Open || after.LockedReason != nil || len(after.Flags) != 0 {
		t.Errorf("%+v", after)
	}
	line := must(ask(h.Entries, ada, EntryQuery{From: p.Start, To: p.End})).Items[0]
	if line.State != Draft || line.Approved || line.ApprovedBy != nil {
		t.Errorf("a line is %+v", line)
	}
	var told []string
	for _, e := range must(ask(h.Events, ada, EventQuery{ID: p.ID})).Items {
		told = append(told, fmt.Sprint(e.Kind, " ", e.ByUser, " ", e.Submission, " ", e.Comment))
	}
	want := []string{"reopened usr_mia 1 Friday is missing", "reopening_requested usr_ada 1 I forgot Friday", "approved usr_mia 1 well",
		"submitted usr_ada 1 done"}
	if !slices.Equal(told, want) {
		t.Errorf("its history is %q", told)
	}
	if _, err := ask(h.Record, ada, h.hour(p.End)); err != nil {
		t.Error(err)
	}
}

func TestNobodyDecidesAboutAPeriodThatTheyEdited(t *testing.T) {
	h := openHouse(t)
	boss := mia // Mia as an administrator can also edit what she approves
	boss.Admin = true
	e := h.record(ada, h.hour("2026-03-04"))
	h.record(ada, h.hour("2026-03-05"))
	must(ask(h.Change, boss, EntryChange{ID: e.ID, Minutes: Patch[int]{true, new(90)}}))
	p := must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: e.PeriodID}}))
	if len(p.Approvers) != 0 || *p.LockedReason != "submitted on 19 November 2026, waiting for an administrator other than Mia Chen" {
		t.Errorf("%v: %s", p.Approvers, *p.LockedReason)
	}
	_, err := ask(h.DecidePeriod, boss, p.decided(Approved, ""))
	refused(t, err, SelfApproval, "you edited the week of 2 March 2026 last", "an administrator other than Mia Chen")
	if p = must(ask(h.DecidePeriod, root, p.decided(Approved, ""))); p.State != Approved {
		t.Errorf("it is %s", p.State)
	}
	h.record(root, h.hour("2026-04-01"))
	own := must(ask(h.PeriodOn, root, PeriodDay{root.User, "2026-04-01"}))
	own = must(ask(h.SubmitPeriod, root, PeriodSubmission{PeriodRef: PeriodRef{ID: own.ID}}))
	must(ask(h.DecidePeriod, second, own.decided(Approved, "")))
	_, err = ask(h.Reopen, root, Reopening{PeriodRef: PeriodRef{ID: own.ID}, Reason: "mine"})
	refused(t, err, SelfApproval, "nobody can reopen their own time")
}

// What anybody is shown, and what they are let do, is one and the same, whatever happened before.
func TestAllowedActionsAreThoseThatSucceed(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	chance, h := rand.New(rand.NewPCG(seed, 0)), openHouse(t)
	callers := []auth.Caller{ada, mia, root, second}
	all := []Action{Submit, Withdraw, Approve, Reject, Reopen, RequestReopening}
	for range 120 {
		by, action := callers[chance.IntN(len(callers))], all[chance.IntN(len(all))]
		owner := []auth.Caller{ada, mia, root}[chance.IntN(3)]
		period := must(ask(h.PeriodOn, root, PeriodDay{owner.User, dayAfter("2026-01-05", 7*chance.IntN(3))}))
		if chance.IntN(3) == 0 {
			ask(h.Record, owner, h.hour(period.Start))
		}
		seen, err := h.Period(t.Context(), by, PeriodRef{ID: period.ID})
		if err != nil {
			continue // not theirs to see
		}
		_, err = h.takes(by, seen, action)
		if slices.Contains(seen.AllowedActions, action) != (err == nil) && !(action == Submit && seen.Entries == 0) {
			t.Fatalf("%s is shown %v on %s of %s, and %s comes to %v", by.Name, seen.AllowedActions, seen.State, owner.Name, action, err)
		}
	}
	h.soundPeriods(t)
}
