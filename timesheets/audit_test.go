package timesheets

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"punchcard/auth"
)

func (h house) verified() Verification {
	h.t.Helper()
	return must(h.VerifyAudit(context.Background(), nil))
}

// sound wants every chain to be as it was written, and the sums of days within their limit.
func (h house) sound() {
	h.t.Helper()
	if v := h.verified(); !v.OK || v.Broken != nil {
		h.t.Errorf("the audit is broken: %v", v.Broken)
	}
	var over int
	err := h.db.Read(context.Background()).Raw(`SELECT COUNT(*) FROM (SELECT 1 FROM entries WHERE deleted_at IS NULL
		GROUP BY user_id, date HAVING SUM(minutes) > 1440) AS days`).Scan(&over).Error
	if err != nil || over > 0 {
		h.t.Errorf("%d days have more than 24 hours, %v", over, err)
	}
}

// deeds are the actions about somebody, the first first.
func (h house) deeds(chain string) string {
	h.t.Helper()
	var actions []string
	for _, r := range must(ask(h.Audit, root, AuditQuery{UserID: chain})).Items {
		actions = append([]string{r.Action}, actions...)
	}
	return strings.Join(actions, " ")
}

func TestEveryDeedLeavesARecordOfItsOwn(t *testing.T) {
	h := openHouse(t)
	e := h.record(ada, h.hour("2026-03-04"))
	ref := EntryRef{ID: e.ID}
	must(ask(h.Change, ada, EntryChange{ID: e.ID, Note: Patch[string]{true, new("more")}}))
	must(ask(h.Submit, ada, ref))
	must(ask(h.Withdraw, ada, ref))
	must(ask(h.Submit, ada, ref))
	must(ask(h.Decide, mia, Decision{ID: e.ID, Decision: Rejected, Comment: "why?"}))
	must(ask(h.Submit, ada, ref))
	must(ask(h.Decide, mia, Decision{ID: e.ID}))
	must(ask(h.removal, ada, EntryRef{ID: h.record(ada, h.hour("2026-03-05")).ID}))
	week := PeriodRef{ID: e.PeriodID}
	must(h.SubmitPeriod(Rehearse(t.Context()), ada, PeriodSubmission{PeriodRef: week})) // which is no deed
	must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: week}))
	must(ask(h.RequestReopening, ada, Reopening{week, "a mistake"}))
	must(ask(h.Reopen, mia, Reopening{week, "mend it"}))
	must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: week}))
	must(ask(h.WithdrawPeriod, ada, week))
	must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: week}))
	revision := must(ask(h.Period, mia, week)).Revision
	must(ask(h.DecidePeriod, mia, PeriodDecision{ID: week.ID, Revision: &revision, Decision: Rejected, Comment: "no"}))
	want := "timesheet.created timesheet.updated timesheet.submitted timesheet.withdrawn timesheet.submitted timesheet.rejected " +
		"timesheet.submitted timesheet.approved timesheet.created timesheet.deleted period.submitted period.reopening_requested " +
		"period.reopened period.submitted period.withdrawn period.submitted period.rejected"
	if diff := cmp.Diff(want, h.deeds(ada.User)); diff != "" {
		t.Error(diff)
	}
	h.apply(Setup{Organization: &NewOrganization{Name: "ExampleCo"}, Projects: []NewProject{{Name: "Internal", Customer: "Us"}, {Name: "New"}}})
	h.apply(Setup{Organization: &NewOrganization{Name: "ExampleCo"}, Projects: []NewProject{{Name: "Internal", Customer: "Us"}}}) // as it is
	must(ask(h.SetLock, root, NewLock{Until: new("2026-01-31"), Reason: "payroll"}))
	want = "project.created project.created project.created organization.updated project.updated project.created lock_date.set"
	if diff := cmp.Diff(want, h.deeds("organization")); diff != "" {
		t.Error(diff)
	}
	h.sound()
}

func TestARecordSaysWhoDidWhatByWhichTokenAndWhatWasBefore(t *testing.T) {
	h := openHouse(t)
	e := h.record(ada, h.hour("2026-03-04"))
	by := root
	by.Token, by.RequestID = "jti_7", "req_7"
	must(ask(h.Change, by, EntryChange{ID: e.ID, Note: Patch[string]{true, new("<b>&")}}))
	page := must(ask(h.Audit, root, AuditQuery{Object: e.ID})).Items
	r, made := page[0], page[1]
	got := []any{r.Chain, r.Number, r.Actor, r.Client, r.TokenID, r.RequestID, r.Action, r.Object, r.Erased, r.At.Equal(h.instant())}
	want := []any{ada.User, int64(2), root.User, "phone", "jti_7", "req_7", "timesheet.updated", e.ID, false, true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if string(made.Before) != "null" || r.PrevHash != made.Hash || made.PrevHash != "" {
		t.Errorf("the first is %+v", made)
	}
	var before, after map[string]any
	if err := json.Unmarshal(r.Before, &before); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(r.After, &after); err != nil {
		t.Fatal(err)
	}
	shown := inJSON(t, must(ask(h.Entry, ada, EntryRef{ID: e.ID})))
	delete(shown, "locked_reason") // which depends on who looks, and when
	delete(shown, "allowed_actions")
	if diff := cmp.Diff(shown, after); diff != "" {
		t.Error(diff)
	}
	if before["note"] != "" || after["note"] != "<b>&" {
		t.Errorf("the note was %q and is %q", before["note"], after["note"])
	}
}

func TestARecordOfAPeriodTellsHowEachOfItsLinesStands(t *testing.T) {
	h := openHouse(t)
	e := h.record(ada, h.hour("2026-03-04"))
	must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: e.PeriodID}}))
	revision := must(ask(h.Period, mia, PeriodRef{ID: e.PeriodID})).Revision
	must(ask(h.DecidePeriod, mia, PeriodDecision{ID: e.PeriodID, Revision: &revision, Decision: Rejected,
		Lines: []Objection{{e.ID, "which?"}}}))
	r := must(ask(h.Audit, root, AuditQuery{Action: "period.rejected"})).Items[0]
	lines := func(side json.RawMessage) (lines []keptLine) {
		var p struct{ Lines *[]keptLine }
		p.Lines = &lines
		if err := json.Unmarshal(side, &p); err != nil {
			t.Fatal(err)
		}
		return lines
	}
	if diff := cmp.Diff([]keptLine{{e.ID, Submitted, "", 2}}, lines(r.Before)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]keptLine{{e.ID, Rejected, "which?", 3}}, lines(r.After)); diff != "" {
		t.Error(diff)
	}
}

func TestARecordOfAPeriodTellsWhatIsExpectedBeforeAsAfter(t *testing.T) {
	h := openHouse(t)
	h.expectHours()
	e := h.record(ada, h.hour("2026-03-04"))
	must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: e.PeriodID}}))
	r := must(ask(h.Audit, root, AuditQuery{Action: "period.submitted"})).Items[0]
	for name, side := range map[string]json.RawMessage{"before": r.Before, "after": r.After} {
		var p Period
		if err := json.Unmarshal(side, &p); err != nil {
			t.Fatal(err)
		}
		if p.ExpectedMinutes != 480 || p.MissingMinutes != 420 {
			t.Errorf("%s: %d minutes expected, %d missing", name, p.ExpectedMinutes, p.MissingMinutes)
		}
	}
}

func TestTheAuditIsFilteredAndTurnedPageByPage(t *testing.T) {
	h := openHouse(t)
	clock := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	h.now = func() time.Time { return clock }
	var ids []string
	for i, by := range []auth.Caller{ada, bob, ada, payroll, ada} {
		clock = clock.Add(time.Minute)
		n := h.hour("2026-03-04")
		if n.UserID = by.User; by.Machine() {
			n.UserID = bob.User
		}
		ids = append(ids, h.record(by, n).ID)
		if i == 2 {
			must(ask(h.Submit, ada, EntryRef{ID: ids[2]}))
		}
	}
	for _, c := range []struct {
		name string
		q    AuditQuery
		want int
	}{
		{"a person's", AuditQuery{UserID: ada.User}, 4},
		{"the organization's", AuditQuery{UserID: "organization"}, 3},
		{"an actor's", AuditQuery{Actor: "payroll@clients"}, 1},
		{"the server's", AuditQuery{Actor: "provisioning"}, 3},
		{"an action", AuditQuery{Action: "timesheet.created"}, 5},
		{"a thing", AuditQuery{Object: ids[2]}, 2},
		{"from", AuditQuery{From: "2026-11-20T12:03:00Z"}, 4},
		{"until", AuditQuery{From: "2026-11-20T12:00:00Z", To: "2026-11-20T14:03:00+02:00"}, 2},
		{"together", AuditQuery{UserID: bob.User, Actor: bob.User, Action: "timesheet.created", To: "2026-11-20T12:03:00Z"}, 1},
		{"nobody's", AuditQuery{UserID: "usr_none"}, 0},
	} {
		q, found := c.q, map[string]bool{}
		q.Limit, q.Count = 2, true
		for last := "~"; ; {
			page := must(ask(h.Audit, root, q))
			for _, r := range page.Items {
				if r.ID >= last || found[r.ID] {
					t.Errorf("%s: %s comes after %s", c.name, r.ID, last)
				}
				last, found[r.ID] = r.ID, true
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				if len(found) != c.want || *page.Total != c.want {
					t.Errorf("%s: %d of %d, want %d", c.name, len(found), *page.Total, c.want)
				}
				break
			}
		}
	}
	err := AuditQuery{From: "yesterday", To: "now", UserID: "a\n", Paging: Paging{Limit: 999}}.Validate()
	if got := pointers(err); got != "user_id from to limit" {
		t.Errorf("faults at %s", got)
	}
}

func TestTheAuditIsForAdministratorsAlone(t *testing.T) {
	h := openHouse(t)
	for _, by := range []auth.Caller{ada, mia, payroll} {
		_, err := ask(h.Audit, by, AuditQuery{UserID: by.User})
		refused(t, err, Forbidden, "only an administrator")
		_, err = ask(h.AuditVerification, by, struct{}{})
		refused(t, err, Forbidden, "only an administrator")
	}
	if v := must(ask(h.AuditVerification, root, struct{}{})); !v.OK || v.Chains != 1 || v.Records != 3 {
		t.Errorf("%+v", v)
	}
}

// Whatever many do at once, in whatever order: each chain is as it was written, and no day has more than 24 hours.
func TestTheAuditHoldsWhateverIsDone(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			h := openHouse(t)
			people := []auth.Caller{ada, bob, mia, root, payroll}
			project := h.project("StoreZero")
			var all sync.WaitGroup
			for worker := range uint64(4) {
				chance := rand.New(rand.NewPCG(seed, worker))
				all.Go(func() {
					for range 30 {
						h.something(chance, people[chance.IntN(len(people))], project)
					}
				})
			}
			all.Wait()
			h.sound()
			if v := h.verified(); v.Records < 10 {
				t.Errorf("only %d records", v.Records)
			}
		})
	}
}

// something is done by a caller, or refused them.
func (h house) something(chance *rand.Rand, by auth.Caller, project string) {
	day := fmt.Sprintf("2026-03-%02d", 2+chance.IntN(3))
	owner := []string{ada.User, bob.User}[chance.IntN(2)]
	page := must(ask(h.Entries, root, EntryQuery{UserID: owner, From: day, To: day}))
	var e Entry
	if len(page.Items) > 0 {
		e = page.Items[chance.IntN(len(page.Items))]
	}
	week := PeriodRef{ID: "per_2026-03-02_" + owner}
	var err error
	switch chance.IntN(10) {
	case 0, 1, 2:
		if by.User == ada.User || by.User == bob.User {
			owner = by.User
		}
		_, err = ask(h.Record, by, NewEntry{UserID: owner, Date: day, Minutes: new(1 + chance.IntN(700)), ProjectID: project})
	case 3:
		_, err = ask(h.Change, by, EntryChange{ID: e.ID, Revision: &e.Revision, Minutes: Patch[int]{true, new(1 + chance.IntN(1440))}})
	case 4:
		_, err = ask(h.removal, by, EntryRef{ID: e.ID})
	case 5:
		_, err = ask(h.Submit, by, EntryRef{ID: e.ID})
	case 6:
		_, err = ask(h.Decide, by, Decision{ID: e.ID, Decision: Rejected, Comment: "no"})
	case 7:
		_, err = ask(h.SubmitPeriod, by, PeriodSubmission{PeriodRef: week})
	case 8:
		_, err = ask(h.WithdrawPeriod, by, week)
	case 9:
		_, err = ask(h.Reopen, by, Reopening{week, "again"})
	}
	if _, refused := err.(*Fault); err != nil && !refused {
		h.t.Errorf("%v", err)
	}
}

func TestWhatIsTakenBackLeavesNoRecord(t *testing.T) {
	h := openHouse(t)
	before := h.verified()
	err := h.db.Write(t.Context(), func(tx *gorm.DB) error {
		if err := h.note(tx, ada, deed{Action: "timesheet.created", Owner: ada.User, Object: "x"}); err != nil {
			return err
		}
		return fault(Forbidden, "after all")
	})
	refused(t, err, Forbidden)
	if diff := cmp.Diff(*before.Digest, *h.verified().Digest); diff != "" {
		t.Error(diff)
	}
}

// On PostgreSQL who writes about one person waits for nobody who writes about another, nor makes them begin anew.
func TestChainsDoNotStandInEachOthersWay(t *testing.T) {
	h := openHouse(t)
	if h.db.Read(t.Context()).Name() != "postgres" {
		return // where one writes at a time
	}
	noted := func(owner auth.Caller, tries *int, meanwhile func()) error {
		return h.db.Write(t.Context(), func(tx *gorm.DB) error {
			*tries++
			err := h.note(tx, owner, deed{Action: "timesheet.updated", Owner: owner.User, Object: "x"})
			meanwhile()
			return err
		})
	}
	var once, nested int
	for range 2 { // when the chains are new, and when they are not
		once, nested = 0, 0
		err := noted(ada, &once, func() {
			done := make(chan error)
			go func() { done <- noted(bob, &nested, func() {}) }()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
		if err != nil || once != 1 || nested != 1 {
			t.Errorf("%v after %d and %d tries", err, once, nested)
		}
	}
	h.sound()
}
