package timesheets

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
)

// Those of the staffed house besides.
var (
	dora  = person("dora", "Dora Deputy")   // stands in for Mia
	above = person("max", "Max Above")      // manages Mia
	pat   = person("pat", "Pat Project")    // approves time on Bridge, and nothing else
	fred  = person("fred", "Fred Former")   // stood in for Mia until yesterday
	nora  = person("nora", "Nora Next")     // will from tomorrow on
	dean  = person("dean", "Dean Declined") // would, but ended it
)

// staffedHouse is a house with everybody who can have to do with Ada's time. Today is 19 November in UTC.
func staffedHouse(t *testing.T) house {
	h := openHouse(t)
	h.write(func(tx *gorm.DB) error {
		for _, p := range []auth.Caller{dora, above, pat, fred, nora, dean} {
			h.hire(tx, p, "")
		}
		h.delegated(tx, mia, dora, "2026-11-19", "2026-11-19")
		h.delegated(tx, mia, fred, "2026-11-01", "2026-11-18")
		h.delegated(tx, mia, nora, "2026-11-20", "2026-11-30")
		declined := h.delegated(tx, mia, dean, "2026-11-19", "2026-11-30")
		return errors.Join(tx.Exec("UPDATE users SET manager_id = ? WHERE id = ?", above.User, mia.User).Error,
			tx.Exec("UPDATE delegations SET ended_at = ? WHERE id = ?", h.instant(), declined.ID).Error)
	})
	h.apply(Setup{Projects: []NewProject{{Name: "Bridge", Approver: "Pat@exampleco.com"}}})
	return h
}

// manage gives somebody another manager; "" none.
func (h house) manage(p auth.Caller, manager string) {
	h.t.Helper()
	h.write(func(tx *gorm.DB) error {
		var id *string
		if manager != "" {
			id = &manager
		}
		return tx.Exec("UPDATE users SET manager_id = ? WHERE id = ?", id, p.User).Error
	})
}

func (h house) block(people ...auth.Caller) {
	h.t.Helper()
	h.write(func(tx *gorm.DB) (err error) {
		for _, p := range people {
			err = errors.Join(err, tx.Exec("UPDATE users SET blocked = TRUE WHERE id = ?", p.User).Error)
		}
		return err
	})
}

// The tables of outcomes hold for everybody who decides in the manager's place as for the manager, and who doesn't, can't.
func TestEveryActionInEveryStateByThoseWhoDecideInstead(t *testing.T) {
	h := staffedHouse(t)
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for line := range strings.Lines(strings.TrimSpace(outcomes)) {
		words := strings.Fields(line)
		state, action, byApprover := State(words[0]), Action(words[1]), words[3]
		for _, c := range []struct {
			project string
			by      auth.Caller
			want    string
		}{
			{"StoreZero", dora, byApprover}, {"StoreZero", above, "forbidden"}, {"StoreZero", pat, "not-found"},
			{"StoreZero", fred, "not-found"}, {"StoreZero", nora, "not-found"}, {"StoreZero", dean, "not-found"},
			{"Bridge", pat, byApprover}, {"Bridge", mia, "forbidden"}, {"Bridge", dora, "forbidden"}, {"Bridge", above, "forbidden"},
			{"Bridge", fred, "not-found"},
		} {
			if c.by.User == pat.User && (state == Draft || action == Restore) {
				c.want = "not-found" // it is none of a project's business until it is submitted, nor once it is deleted
			}
			if state == Deleted && action != Restore {
				c.want = "not-found"
			}
			day = day.AddDate(0, 0, 1)
			e, by := h.on(c.project, state, day.Format(time.DateOnly)), h.calls(c.by)
			seen, err := ask(h.Entry, by, EntryRef{ID: e.ID})
			if action != Restore && state != Deleted && (err != nil) != (c.want == "not-found") {
				t.Fatalf("%s on %s is seen by %s: %v", state, c.project, by.Name, err)
			}
			if got := h.outcome(by, action, e.ID); got != c.want {
				t.Errorf("%s on %s, when %s %ss it: %s, want %s", state, c.project, by.Name, action, got, c.want)
			}
			if possible := slices.Contains([]string{"approved", "rejected"}, c.want); slices.Contains(seen.AllowedActions, action) != possible {
				t.Errorf("%s on %s, %s is shown %v", state, c.project, by.Name, seen.AllowedActions)
			}
		}
	}
}

// on brings a new entry of Ada's on a project into a state.
func (h house) on(project string, state State, day string) Entry {
	h.t.Helper()
	e := h.record(ada, NewEntry{Date: day, Minutes: new(60), ProjectID: h.project(project)})
	switch state {
	case Draft:
	case Deleted:
		must(ask(h.removal, ada, EntryRef{ID: e.ID}))
	default:
		e = must(ask(h.Submit, ada, EntryRef{ID: e.ID}))
	}
	if state == Approved || state == Rejected {
		by := map[bool]auth.Caller{true: pat, false: mia}[project == "Bridge"]
		e = must(ask(h.Decide, h.calls(by), Decision{ID: e.ID, Decision: state, Comment: "well"}))
	}
	return e
}

func TestEveryActionUponAPeriodByThoseWhoDecideInstead(t *testing.T) {
	h, n := staffedHouse(t), 0
	for line := range strings.Lines(strings.TrimSpace(periodOutcomes)) {
		words := strings.Fields(line)
		state, action, byApprover := State(words[0]), Action(words[1]), words[3]
		for _, c := range []struct {
			by   auth.Caller
			want string
		}{
			{dora, byApprover}, {above, "forbidden"}, {pat, "not-found"}, {fred, "not-found"}, {nora, "not-found"}, {dean, "not-found"},
		} {
			n++
			p := h.weekAs(state, n)
			after, err := h.takes(h.calls(c.by), p, action)
			got := string(after.State)
			if fault, ok := errors.AsType[*Fault](err); ok {
				got = string(fault.Kind)
			}
			if got != c.want {
				t.Errorf("%s, when %s %ss it: %s %v, want %s", state, c.by.Name, action, got, err, c.want)
			}
		}
	}
	h.soundPeriods(t)
}

func TestWhoDecidesInstead(t *testing.T) {
	entrust := func(people ...auth.Caller) func(house) {
		return func(h house) { h.write(func(tx *gorm.DB) error { h.entrust(tx, people...); return nil }) }
	}
	for _, c := range []struct {
		name      string
		change    func(h house)
		editor    auth.Caller // of Ada's draft; none: nobody
		approvers string
		words     string // how it stands, after "submitted on 19 November 2026, "
	}{
		{"the manager and who stands in", func(house) {}, auth.Caller{}, "mia dora", "waiting for Mia Chen or Dora Deputy"},
		{"not who stands in for a manager who was blocked", func(h house) { h.block(mia) }, auth.Caller{}, "max", "waiting for Max Above"},
		{"who stands in, when the manager edited it", func(house) {}, mia, "dora", "waiting for Dora Deputy"},
		{"the manager, when who stands in edited it", func(house) {}, dora, "mia", "waiting for Mia Chen"},
		{"the manager's manager, when neither can", func(h house) { h.block(mia, dora) }, auth.Caller{}, "max", "waiting for Max Above"},
		{"who stands in for that one", func(h house) {
			h.block(mia, dora)
			h.write(func(tx *gorm.DB) error { h.delegated(tx, above, eve, "2026-11-19", "2026-11-19"); return nil })
		}, above, "eve", "waiting for Eve Stranger"},
		{"nobody to whom it was passed on", func(h house) {
			h.write(func(tx *gorm.DB) error { h.delegated(tx, dora, eve, "2026-11-19", "2026-11-19"); return nil })
		}, mia, "dora", "waiting for Dora Deputy"},
		{"not the owner in place of the manager", func(h house) {
			h.write(func(tx *gorm.DB) error {
				return tx.Exec("UPDATE delegations SET to_user_id = ? WHERE to_user_id = ?", ada.User, dora.User).Error
			})
		}, mia, "max", "waiting for Max Above"},
		{"administrators, where the chain ends", func(h house) { h.block(mia, dora, above) }, auth.Caller{}, "root second",
			"waiting for an administrator other than Ada Lovelace"},
		{"administrators, where the chain goes round", func(h house) { h.manage(above, ada.User); h.block(mia, dora, above) }, auth.Caller{},
			"root second", "waiting for an administrator other than Ada Lovelace"},
		{"administrators, where there is no manager", func(h house) { h.manage(ada, "") }, root, "second",
			"waiting for an administrator other than Ada Lovelace"},
		{"the manager's manager, when the manager has no role for it, nor so who stands in", entrust(above),
			auth.Caller{}, "max", "waiting for Max Above"},
		{"who stands in needs no role", entrust(mia), auth.Caller{}, "mia dora",
			"waiting for Mia Chen or Dora Deputy"},
		{"the manager and who stands in, by a permission without a role", func(h house) {
			entrust()(h)
			h.write(func(tx *gorm.DB) error {
				return tx.Exec("INSERT INTO user_permissions (user_id, api_id, scope) VALUES (?, 'timesheets', 'approve:timesheets')", mia.User).Error
			})
		}, auth.Caller{}, "mia dora", "waiting for Mia Chen or Dora Deputy"},
		{"the manager, when roles don't count", func(h house) {
			entrust()(h)
			h.write(func(tx *gorm.DB) error { return tx.Exec("UPDATE apis SET enforce_policies = FALSE").Error })
		}, auth.Caller{}, "mia dora", "waiting for Mia Chen or Dora Deputy"},
		{"administrators, when nobody of the chain has a role for it", entrust(), auth.Caller{}, "root second",
			"waiting for an administrator other than Ada Lovelace"},
		{"nobody, for want of a role", func(h house) { h.manage(mia, ""); h.block(second); entrust()(h) }, root, "",
			"but nobody is left who may approve it: Mia Chen has no role that lets them approve, Root Admin edited it last; " +
				"an administrator can give Ada Lovelace another manager"},
		{"nobody", func(h house) { h.manage(ada, ""); h.block(second) }, root, "",
			"but nobody is left who may approve it: Ada Lovelace has no manager, Root Admin edited it last; " +
				"an administrator can give Ada Lovelace another manager"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := staffedHouse(t)
			e := h.record(ada, h.hour("2026-03-04"))
			if c.editor.User != "" {
				editor := c.editor
				editor.Admin = true // as they were then
				must(ask(h.Change, editor, EntryChange{ID: e.ID, Minutes: Patch[int]{true, new(90)}}))
			}
			must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: e.PeriodID}}))
			c.change(h)
			p := must(ask(h.Period, h.calls(ada), PeriodRef{ID: e.PeriodID}))
			var approvers []string
			for _, id := range p.Approvers {
				approvers = append(approvers, strings.TrimPrefix(id, "usr_"))
			}
			want := strings.Fields(c.approvers)
			if !slices.Equal(approvers, want) || *p.LockedReason != "submitted on 19 November 2026, "+c.words {
				t.Errorf("%v: %s", approvers, *p.LockedReason)
			}
			if line := must(ask(h.Entry, h.calls(ada), EntryRef{ID: e.ID})); *line.LockedReason != *p.LockedReason {
				t.Errorf("its line is %s", *line.LockedReason)
			}
			for _, by := range []auth.Caller{ada, bob, mia, dora, above, pat, fred, nora, dean, eve, root, second} {
				if isBlocked(h, by) {
					continue
				}
				can := slices.Contains(want, strings.TrimPrefix(by.User, "usr_"))
				queue := must(ask(h.Approvals, h.calls(by), ApprovalQuery{})).Items
				if (len(queue) == 1) != can {
					t.Errorf("%s has %d in the queue", by.Name, len(queue))
				}
				if !can {
					if _, err := ask(h.DecidePeriod, h.calls(by), p.decided(Approved, "")); err == nil {
						t.Errorf("%s could approve it", by.Name)
					}
				}
			}
			if len(want) > 0 {
				last := person(want[len(want)-1], "")
				last.Admin = last.User == root.User || last.User == second.User
				if p = must(ask(h.DecidePeriod, h.calls(last), p.decided(Approved, ""))); p.State != Approved {
					t.Errorf("it is %s", p.State)
				}
			}
		})
	}
}

func TestWhatIsDecidedInSomebodysPlaceSaysSo(t *testing.T) {
	h := staffedHouse(t)
	p := h.weekAs(Submitted, 1)
	p = must(ask(h.DecidePeriod, h.calls(dora), p.decided(Approved, "")))
	line := h.linesOf(p)[0]
	events := must(ask(h.Events, ada, EventQuery{ID: p.ID})).Items
	if *p.LastDecision.OnBehalfOf != mia.User || p.LastDecision.By != dora.User || *line.OnBehalfOf != mia.User ||
		*line.ApprovedBy != dora.User || *events[0].OnBehalfOf != mia.User || events[1].OnBehalfOf != nil {
		t.Errorf("%+v, %+v, %+v", p.LastDecision, line, events)
	}
	p = must(ask(h.Reopen, h.calls(dora), Reopening{PeriodRef{ID: p.ID}, "Friday"}))
	if line := h.linesOf(p)[0]; line.OnBehalfOf != nil {
		t.Errorf("a draft was decided for %s", *line.OnBehalfOf)
	}
	e := h.as(Submitted, "2026-03-04")
	if e = must(ask(h.Decide, h.calls(dora), Decision{ID: e.ID, Decision: Rejected, Comment: "no"})); *e.OnBehalfOf != mia.User {
		t.Errorf("%+v", e)
	}
	if e = must(ask(h.Submit, ada, EntryRef{ID: e.ID})); e.OnBehalfOf != nil {
		t.Errorf("submitted again: %+v", e)
	}
	if e = must(ask(h.Decide, mia, Decision{ID: e.ID})); e.OnBehalfOf != nil {
		t.Errorf("by Mia herself: %+v", e)
	}
}

func TestWhoStandsInDecidesNeitherTheirOwnNorTheGiversTime(t *testing.T) {
	h := staffedHouse(t)
	h.manage(dora, mia.User)
	for _, owner := range []auth.Caller{dora, mia} {
		e := h.record(owner, h.hour("2026-03-04"))
		p := must(ask(h.SubmitPeriod, owner, PeriodSubmission{PeriodRef: PeriodRef{ID: e.PeriodID}}))
		_, err := ask(h.DecidePeriod, h.calls(dora), p.decided(Approved, ""))
		refused(t, err, map[string]Kind{dora.User: SelfApproval, mia.User: NotFound}[owner.User])
		_, err = ask(h.Decide, h.calls(dora), Decision{ID: e.ID})
		refused(t, err, map[string]Kind{dora.User: SelfApproval, mia.User: NotFound}[owner.User])
	}
	if queue := must(ask(h.Approvals, h.calls(dora), ApprovalQuery{})).Items; len(queue) != 0 {
		t.Errorf("Dora's queue: %v", queue)
	}
}

func TestWhoStandsInSeesThatTimeWhileItLasts(t *testing.T) {
	h := staffedHouse(t)
	e := h.week(ada, 1)
	h.week(dora, 1)
	for i, day := range []string{"2026-11-18", "2026-11-19", "2026-11-20"} {
		h.now = func() time.Time { return must(time.Parse(time.DateOnly, day)).Add(time.Duration(i) * 11 * time.Hour) }
		by, lasts := h.calls(dora), day == "2026-11-19"
		seen := map[string]bool{}
		_, err := ask(h.Period, by, PeriodRef{ID: e.ID})
		seen["period"] = err == nil
		_, err = ask(h.PeriodOn, by, PeriodDay{ada.User, e.Start})
		seen["day"] = err == nil
		_, err = ask(h.Diff, by, PeriodRef{ID: e.ID})
		seen["diff"] = err == nil
		seen["entries"] = len(must(ask(h.Entries, by, EntryQuery{})).Items) == 2
		seen["entries by name"] = len(must(ask(h.Entries, by, EntryQuery{UserID: ada.User})).Items) == 1
		seen["periods"] = len(must(ask(h.Periods, by, PeriodQuery{})).Items) == 2
		seen["queue"] = len(must(ask(h.Approvals, by, ApprovalQuery{State: []string{"open"}})).Items) == 1
		seen["people"] = len(must(ask(h.People, by, PersonQuery{})).Items) == 4 // Dora, Mia, Ada, Bob
		for what, got := range seen {
			if got != lasts {
				t.Errorf("on %s, %s: %v", day, what, got)
			}
		}
	}
}

func TestTimeOnAProjectIsItsApproversToDecide(t *testing.T) {
	h := staffedHouse(t)
	mine := h.record(ada, h.hour("2026-03-03"))
	theirs := h.record(ada, NewEntry{Date: "2026-03-04", Minutes: new(60), ProjectID: h.project("Bridge")})
	submit := func() Period {
		return must(ask(h.SubmitPeriod, h.calls(ada), PeriodSubmission{PeriodRef: PeriodRef{ID: mine.PeriodID}}))
	}
	queued := func(by auth.Caller) int { return len(must(ask(h.Approvals, h.calls(by), ApprovalQuery{})).Items) }
	p := submit()
	if !slices.Equal(p.Approvers, []string{mia.User, dora.User, pat.User}) ||
		!strings.HasSuffix(*p.LockedReason, "waiting for Mia Chen or Dora Deputy, and Pat Project") {
		t.Errorf("%v: %s", p.Approvers, *p.LockedReason)
	}
	seen := must(ask(h.Entries, h.calls(pat), EntryQuery{})).Items
	if len(seen) != 1 || seen[0].ID != theirs.ID || queued(pat) != 1 || queued(mia) != 1 {
		t.Errorf("Pat sees %v", seen)
	}
	_, err := ask(h.Diff, h.calls(pat), PeriodRef{ID: p.ID})
	refused(t, err, Forbidden, "only a part")
	_, err = ask(h.Decide, h.calls(pat), Decision{ID: mine.ID})
	refused(t, err, NotFound)
	_, err = ask(h.Decide, h.calls(mia), Decision{ID: theirs.ID})
	refused(t, err, Forbidden, "only Pat Project can approve this entry")
	_, err = ask(h.DecidePeriod, h.calls(mia), p.decided(Rejected, "", Objection{mine.ID, "no"}, Objection{theirs.ID, "no"}))
	refused(t, err, Forbidden, "/lines/1/id only Pat Project can reject this entry")
	_, err = ask(h.DecidePeriod, h.calls(pat), p.decided(Rejected, "no", Objection{mine.ID, ""}))
	refused(t, err, Forbidden, "/lines/0/id only Mia Chen or Dora Deputy can reject this entry")

	p = must(ask(h.DecidePeriod, h.calls(mia), p.decided(Approved, "")))
	if p.State != Submitted || !slices.Equal(p.Approvers, []string{pat.User}) || queued(mia) != 0 || queued(pat) != 1 {
		t.Errorf("after Mia approved it is %s, for %v", p.State, p.Approvers)
	}
	_, err = ask(h.DecidePeriod, h.calls(mia), p.decided(Approved, ""))
	refused(t, err, Forbidden, "only Pat Project can approve")
	if p = must(ask(h.DecidePeriod, h.calls(pat), p.decided(Approved, ""))); p.State != Approved {
		t.Errorf("after Pat approved it is %s", p.State)
	}
	_, err = ask(h.Reopen, h.calls(pat), Reopening{PeriodRef{ID: p.ID}, "mine"})
	refused(t, err, Forbidden)
	must(ask(h.Reopen, h.calls(mia), Reopening{PeriodRef{ID: p.ID}, "so"}))

	for i, change := range []func(){
		func() { h.block(pat) },
		func() {
			h.write(func(tx *gorm.DB) error { h.delegated(tx, pat, eve, "2026-11-19", "2026-11-19"); return nil })
		},
		func() {
			h.write(func(tx *gorm.DB) error {
				return tx.Model(&auth.Person{}).Where("id = ?", pat.User).Update("blocked", false).Error
			})
		},
		func() { h.write(func(tx *gorm.DB) error { h.entrust(tx, mia); return nil }) },
	} {
		change()
		p = submit()
		want := [][]string{{mia.User, dora.User}, {mia.User, dora.User}, {mia.User, dora.User, pat.User, eve.User},
			{mia.User, dora.User}}[i]
		if !slices.Equal(p.Approvers, want) {
			t.Errorf("after change %d of who Pat is: %v, want %v", i, p.Approvers, want)
		}
		must(ask(h.WithdrawPeriod, ada, PeriodRef{ID: p.ID}))
	}
	own := h.record(eve, NewEntry{Date: "2026-03-04", Minutes: new(60), ProjectID: h.project("Bridge")})
	own = must(ask(h.Submit, h.calls(eve), EntryRef{ID: own.ID}))
	_, err = ask(h.Decide, h.calls(eve), Decision{ID: own.ID})
	refused(t, err, SelfApproval)
}

// Rights that are read anew before the write is kept would be the old ones, and be remembered.
func TestRightsAreReadAnewOnceWhatChangesThemIsKept(t *testing.T) {
	h := staffedHouse(t)
	h.write(func(tx *gorm.DB) error { return tx.Exec("DELETE FROM delegations").Error })
	var kept []int64
	h.retell = func(...string) {
		var n int64
		if err := h.db.Read(t.Context()).Table("delegations").Count(&n).Error; err != nil {
			t.Error(err)
		}
		kept = append(kept, n)
	}
	n := NewDelegation{ToUserID: dora.User, StartsOn: "2026-11-19", EndsOn: "2026-11-30"}
	once := func(ctx context.Context, key string, fail error) error {
		_, _, err := h.Once(ctx, mia, Key{"POST /delegations", key, "x"}, func(ctx context.Context) (string, error) {
			_, err := h.Delegate(ctx, mia, n)
			return "", cmp.Or(err, fail)
		})
		return err
	}
	late := errors.New("what comes after it fails")
	if err := once(t.Context(), "fails", late); !errors.Is(err, late) || kept != nil {
		t.Errorf("%v, and rights were read anew of what isn't kept: %v", err, kept)
	}
	if err := once(Rehearse(t.Context()), "only tried", nil); err != nil || kept != nil {
		t.Errorf("%v, and rights were read anew of what was only tried: %v", err, kept)
	}
	for range 2 {
		if err := once(t.Context(), "done", nil); err != nil || !slices.Equal(kept, []int64{1}) {
			t.Errorf("%v, and rights were read anew with so many delegations: %v", err, kept)
		}
	}
}

func TestDelegationsAreGivenAndEndedByThoseWhoMay(t *testing.T) {
	h := staffedHouse(t)
	h.write(func(tx *gorm.DB) error { return tx.Exec("DELETE FROM delegations").Error })
	var told []string
	h.retell = func(people ...string) { told = append(told, people...) }
	n := NewDelegation{ToUserID: dora.User, StartsOn: "2026-11-19", EndsOn: "2026-11-30", Reason: " on leave "}
	given := must(ask(h.Delegate, mia, n))
	if given.FromUserID != mia.User || given.Reason != "on leave" || given.CreatedBy != mia.User || !slices.Equal(told, []string{dora.User}) {
		t.Errorf("%+v, told %v", given, told)
	}
	with := func(change func(n *NewDelegation)) NewDelegation {
		n := NewDelegation{ToUserID: eve.User, StartsOn: "2026-12-01", EndsOn: "2026-12-31"}
		change(&n)
		return n
	}
	nothing := func(*NewDelegation) {}
	for i, c := range []struct {
		by    auth.Caller
		n     NewDelegation
		kind  Kind
		words string
	}{
		{payroll, with(nothing), Forbidden, "a person has to"},
		{dora, with(nothing), ValidationFailed, "/from_user_id manages nobody"}, // what she got isn't passed on
		{ada, with(nothing), ValidationFailed, "/from_user_id manages nobody"},
		{dora, with(func(n *NewDelegation) { n.FromUserID = mia.User }), Forbidden, "only an administrator"},
		{root, with(func(n *NewDelegation) { n.FromUserID = "usr_none" }), ValidationFailed, "/from_user_id is nobody here"},
		{root, with(func(n *NewDelegation) { n.FromUserID = ada.User }), ValidationFailed, "/from_user_id manages nobody"},
		{mia, with(func(n *NewDelegation) { n.ToUserID = mia.User }), ValidationFailed, "/to_user_id must be somebody else"},
		{mia, with(func(n *NewDelegation) { n.ToUserID = "usr_none" }), ValidationFailed, "/to_user_id is nobody here"},
		{mia, with(func(n *NewDelegation) { n.ToUserID = "usr_gone" }), ValidationFailed, "can't sign in any more"},
		{mia, with(func(n *NewDelegation) { n.StartsOn, n.EndsOn = "2026-11-01", "2026-11-18" }), ValidationFailed, "/ends_on must not be over"},
		{mia, with(func(n *NewDelegation) { n.StartsOn = "2026-11-30" }), Overlap, "/starts_on another delegation holds from 2026-11-19"},
		{root, with(func(n *NewDelegation) { n.FromUserID, n.StartsOn = mia.User, "2026-11-01" }), Overlap, "/starts_on"},
		{mia, with(func(n *NewDelegation) { n.EndsOn = "2027-12-02" }), ValidationFailed, "/ends_on must be at most a year"},
		{mia, with(func(n *NewDelegation) { n.EndsOn = "2026-11-30" }), ValidationFailed, "/ends_on must not be before"},
		{mia, with(func(n *NewDelegation) { n.StartsOn, n.EndsOn = "2028-12-01", "2028-12-02" }), ValidationFailed, "/starts_on must be within a year"},
		{mia, NewDelegation{StartsOn: "x", EndsOn: "y", Reason: "\x00"}, ValidationFailed, "/to_user_id is needed; /starts_on"},
	} {
		_, err := ask(h.Delegate, h.calls(c.by), c.n)
		refused(t, err, c.kind, c.words)
		if count := len(must(ask(h.Delegations, root, DelegationQuery{})).Items); count != 1 {
			t.Fatalf("%d: there are %d delegations", i, count)
		}
	}
	later := must(ask(h.Delegate, mia, with(func(n *NewDelegation) { n.EndsOn = "2027-12-01" })))
	of := must(ask(h.Delegate, root, with(func(n *NewDelegation) { n.FromUserID, n.ToUserID = pat.User, dora.User }))) // of a project
	for _, c := range []struct {
		by   auth.Caller
		want int
	}{{mia, 2}, {dora, 2}, {eve, 1}, {pat, 1}, {ada, 0}, {root, 3}, {payroll, 3}} {
		page := must(ask(h.Delegations, c.by, DelegationQuery{Paging: Paging{Count: true, Limit: 1}}))
		if *page.Total != c.want {
			t.Errorf("%s sees %d", c.by.Subject(), *page.Total)
		}
	}
	for _, c := range []struct {
		by   auth.Caller
		id   string
		kind Kind // none: it ends
	}{
		{ada, given.ID, NotFound}, {above, given.ID, NotFound}, {payroll, given.ID, Forbidden}, {mia, "dlg_none", NotFound}, {mia, "\x00", NotFound},
		{mia, of.ID, NotFound}, {mia, given.ID, ""}, {mia, given.ID, ""}, {eve, later.ID, ""}, {root, of.ID, ""},
	} {
		told = nil
		_, err := ask(h.ending, c.by, DelegationRef{c.id})
		if c.kind != "" {
			refused(t, err, c.kind)
		} else if err != nil {
			t.Errorf("%s: %v", c.by.Name, err)
		}
	}
	for _, d := range must(ask(h.Delegations, root, DelegationQuery{})).Items {
		by := map[string]string{given.ID: mia.User, later.ID: eve.User, of.ID: root.User}[d.ID]
		if d.EndedAt == nil || *d.EndedBy != by || d.EndedAt.Location() != time.UTC {
			t.Errorf("%+v, want it ended by %s", d, by)
		}
	}
	if by := h.calls(dora); len(by.StandsInFor) != 0 {
		t.Errorf("Dora stands in for %v still", by.StandsInFor)
	}
	must(ask(h.Delegate, mia, n)) // whose days are free again
}

// ending is EndDelegation in the form of the other operations.
func (h house) ending(ctx context.Context, by auth.Caller, ref DelegationRef) (auth.Delegation, error) {
	return auth.Delegation{}, h.EndDelegation(ctx, by, ref)
}

func TestAProjectsApproverIsSomebodyHere(t *testing.T) {
	h := openHouse(t)
	err := h.db.Write(t.Context(), func(tx *gorm.DB) error {
		return h.Apply(t.Context(), tx, Setup{Projects: []NewProject{{Name: "A"}, {Name: "Bridge", Approver: "nobody@exampleco.com"}}})
	})
	mistake, ok := errors.AsType[*auth.Mistake](err)
	if !ok || mistake.Pointer != "/projects/1/approver" {
		t.Errorf("%v", err)
	}
	if got := fmt.Sprint(Setup{Projects: []NewProject{{Name: "A", Approver: "a\x00"}}}.Check()); !strings.Contains(got, "/projects/0/approver") {
		t.Errorf("mistakes: %s", got)
	}
}

func TestAdministratorsSayWhoApprovesTimeOnAProject(t *testing.T) {
	h := staffedHouse(t)
	var told []string
	h.retell = func(people ...string) { told = append(told, people...) }
	made := must(ask(h.CreateProject, root, NewProject{Name: "Tunnel", ApproverID: &pat.User}))
	if *made.ApproverID != pat.User || !slices.Equal(told, []string{pat.User}) {
		t.Errorf("%+v, told %v", made, told)
	}
	told = nil
	change := func(by auth.Caller, id *string) (Project, error) {
		return ask(h.ChangeProject, by, ProjectChange{ID: made.ID, ApproverID: Patch[string]{true, id}})
	}
	for _, id := range []string{"usr_none", "usr_gone", "\x00"} {
		_, err := change(root, &id)
		refused(t, err, ValidationFailed, "/approver_id")
		_, err = ask(h.CreateProject, root, NewProject{Name: "Tower", ApproverID: &id})
		refused(t, err, ValidationFailed, "/approver_id")
	}
	_, err := change(pat, &pat.User)
	refused(t, err, Forbidden)
	if changed := must(change(root, &eve.User)); *changed.ApproverID != eve.User || !slices.Equal(told, []string{pat.User, eve.User}) {
		t.Errorf("%+v, told %v", changed, told)
	}
	if changed := must(change(root, nil)); changed.ApproverID != nil {
		t.Errorf("%+v", changed)
	}
}
