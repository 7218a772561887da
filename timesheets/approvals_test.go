package timesheets

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"punchcard/auth"
)

// The queue is made by SQL and a decision is allowed by Go, which must be of one mind about every period and everybody.
func TestTheQueueIsWhatTheCallerMayDecide(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	chance, h := rand.New(rand.NewPCG(seed, 0)), openHouse(t)
	boss, owners := mia, []auth.Caller{ada, bob, mia, carl, eve, root}
	boss.Admin = true
	editors := []auth.Caller{boss, root, second, payroll}
	var all []Period
	for n := range 40 {
		by := owners[chance.IntN(len(owners))]
		p := h.week(by, n)
		if chance.IntN(2) == 0 {
			line := must(ask(h.Entries, root, EntryQuery{UserID: by.User, From: p.Start, To: p.End})).Items[0]
			editor := editors[chance.IntN(len(editors))]
			must(ask(h.Change, editor, EntryChange{ID: line.ID, Note: Patch[string]{true, new("mended")}}))
		}
		if chance.IntN(4) > 0 {
			p = must(ask(h.SubmitPeriod, by, PeriodSubmission{PeriodRef: PeriodRef{ID: p.ID}}))
		}
		all = append(all, p)
	}
	states := []string{"open", "submitted", "approved", "rejected"}
	for _, by := range []auth.Caller{ada, mia, boss, carl, eve, root, second} {
		var want, got []string
		open := 0
		for _, p := range all {
			if p.matter().isDecidedBy(by) {
				want = append(want, p.ID)
				if p.State == Open {
					open++
				}
			}
		}
		for _, p := range must(ask(h.Approvals, by, ApprovalQuery{State: states, Paging: Paging{Limit: 200}})).Items {
			got = append(got, p.ID)
			if p.UserID == by.User {
				t.Errorf("%s's own is in their queue", by.Name)
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", by.Name, diff)
		}
		counts := must(ask(h.CountApprovals, by, struct{}{}))
		if counts.Open != open || counts.Open+counts.Submitted != len(want) || counts.Approved+counts.Rejected != 0 {
			t.Errorf("%s: %+v of %d", by.Name, counts, len(want))
		}
		for _, p := range must(ask(h.Approvals, by, ApprovalQuery{Paging: Paging{Limit: 200}})).Items {
			if !slices.Contains(p.AllowedActions, Approve) {
				t.Errorf("%s is shown %s, and may do %v", by.Name, p.ID, p.AllowedActions)
			}
		}
	}
}

func TestFlagsSayWhatToLookAt(t *testing.T) {
	h := openHouse(t) // on Friday, 20 November 2026, in Auckland
	worked := func(day string, minutes int, project string) Entry {
		return h.record(ada, NewEntry{Date: day, Minutes: &minutes, ProjectID: h.project(project)})
	}
	worked("2026-11-11", 60, "StoreZero")
	late := worked("2026-11-10", 60, "StoreZero")
	long := worked("2026-11-18", 400, "StoreZero")
	worked("2026-11-18", 201, "StoreZero")
	worked("2026-11-19", 600, "StoreZero")
	weekend := worked("2026-11-21", 30, "Internal")
	edited := worked("2026-11-20", 60, "StoreZero")
	must(ask(h.Change, root, EntryChange{ID: edited.ID, Note: Patch[string]{true, new("mended")}}))

	for _, c := range []struct {
		period string
		want   []Flag
	}{
		{late.PeriodID, []Flag{
			{Code: madeLate, Date: "2026-11-10", EntryID: late.ID},
			{Code: madeLate, Date: "2026-11-11"},
			{Code: newProject, Date: "2026-11-10", EntryID: late.ID},
		}},
		{long.PeriodID, []Flag{
			{Code: dayOver10h, Date: "2026-11-18", Minutes: 601},
			{Code: weekendWork, Date: "2026-11-21", Minutes: 30},
			{Code: editedByOther, Date: "2026-11-20", EntryID: edited.ID},
			{Code: newProject, Date: "2026-11-21", EntryID: weekend.ID},
		}},
	} {
		if open := must(ask(h.Period, mia, PeriodRef{ID: c.period})); len(open.Flags) != 0 {
			t.Errorf("flagged before it is submitted: %v", open.Flags)
		}
		p := must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: c.period}, Early: true}))
		told := func(flags []Flag) (told []string) {
			for _, flag := range flags {
				if flag.Date != "2026-11-11" || flag.Code != madeLate { // whose id isn't at hand
					told = append(told, fmt.Sprint(flag))
				} else {
					told = append(told, flag.Code+" "+flag.Date)
				}
			}
			return told
		}
		if diff := cmp.Diff(told(c.want), told(p.Flags)); diff != "" {
			t.Error(diff)
		}
		for _, flag := range flagCodes {
			flagged := slices.ContainsFunc(c.want, func(f Flag) bool { return f.Code == flag })
			queue := must(ask(h.Approvals, mia, ApprovalQuery{Flag: flag})).Items
			if slices.ContainsFunc(queue, func(q Period) bool { return q.ID == p.ID }) != flagged {
				t.Errorf("%s is flagged as %s: %v", p.ID, flag, flagged)
			}
		}
	}
}

func TestDecidingAboutManyTellsWhatCameOfEach(t *testing.T) {
	h := openHouse(t)
	item := func(p Period, decision State) ItemDecision {
		return ItemDecision{PeriodID: p.ID, ETag: fmt.Sprintf("%q", fmt.Sprint(p.Revision)), Decision: decision, Comment: "since"}
	}
	first, second := h.weekAs(Submitted, 1), h.weekAs(Submitted, 2)
	done := must(ask(h.DecideMany, mia, ManyDecisions{Items: []ItemDecision{
		item(first, Approved), item(first, Approved), item(second, Rejected), item(h.week(ada, 3), Approved),
	}}))
	if done.Summary != "1 approved, 1 rejected, 2 refused" {
		t.Errorf("%s: %+v", done.Summary, done.Results)
	}
	for i, want := range []Kind{"", InvalidTransition, "", InvalidTransition} {
		if got := done.Results[i].Problem; (got == nil) != (want == "") || got != nil && *got != want {
			t.Errorf("item %d: %+v", i, done.Results[i])
		}
	}
	for _, m := range []ManyDecisions{
		{}, {Items: make([]ItemDecision, 201)}, {Items: []ItemDecision{{ETag: "7", Decision: Approved}}},
		{Items: []ItemDecision{{ETag: `"x"`, Decision: Approved}}}, {Items: []ItemDecision{{ETag: `"7"`, Decision: Rejected}}},
	} {
		if got := pointers(m.Validate()); !strings.HasPrefix(got, "/items") {
			t.Errorf("%d items: faults at %q", len(m.Items), got)
		}
	}
}

func TestPeriodsAreOnesOwnAndThoseOfOnesPeople(t *testing.T) {
	h := openHouse(t)
	for _, by := range []auth.Caller{ada, bob, mia, carl, eve} {
		h.week(by, 1)
	}
	for _, c := range []struct {
		by   auth.Caller
		of   string
		want string
	}{
		{ada, "", "ada"}, {ada, bob.User, ""}, {mia, "", "ada bob mia"}, {mia, bob.User, "bob"}, {mia, carl.User, ""},
		{root, "", "ada bob carl eve mia"}, {payroll, eve.User, "eve"},
	} {
		page := must(ask(h.Periods, c.by, PeriodQuery{UserID: c.of, Paging: Paging{Count: true}}))
		var owners []string
		for _, p := range page.Items {
			owners = append(owners, strings.TrimPrefix(p.UserID, "usr_"))
		}
		slices.Sort(owners)
		if got := strings.Join(owners, " "); got != c.want || *page.Total != len(owners) {
			t.Errorf("%s asks for those of %q: %s, want %s", c.by.Subject(), c.of, got, c.want)
		}
	}
	var starts []string
	for n := range 5 {
		h.week(eve, 2+n)
	}
	for q := (PeriodQuery{Paging: Paging{Limit: 2}, From: "2020-01-19", To: "2020-02-10", State: []string{"open"}}); ; {
		page := must(ask(h.Periods, eve, q))
		for _, p := range page.Items {
			starts = append(starts, p.Start)
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	if diff := cmp.Diff([]string{"2020-02-10", "2020-02-03", "2020-01-27", "2020-01-20", "2020-01-13"}, starts); diff != "" {
		t.Error(diff)
	}
	wrong := PeriodQuery{UserID: "\x00", From: "x", To: "1999-13-01", State: []string{"draft"}, Paging: Paging{Limit: -1}}
	if got := pointers(wrong.Validate()); got != "user_id from to to state limit" {
		t.Errorf("faults at %s", got)
	}
}
