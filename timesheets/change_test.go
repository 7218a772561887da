package timesheets

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// change reads a merge patch as the API does.
func change(t *testing.T, id, patch string) EntryChange {
	c := EntryChange{ID: id}
	if err := json.Unmarshal([]byte(patch), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAPatchChangesWhatItNames(t *testing.T) {
	h := openHouse(t)
	other := h.project("Internal")
	for _, c := range []struct {
		patch string
		want  map[string]any // members that are different afterwards
		at    string         // the fault's pointers
	}{
		{`{}`, nil, ""},
		{`{"note":"n","task":" t ","tags":["x","x"]}`, map[string]any{"note": "n", "task": "t", "tags": []any{"x"}}, ""},
		{`{"note":null,"task":null,"tags":null}`, map[string]any{"note": "", "task": "", "tags": []any{}}, ""},
		{`{"date":"2026-03-09"}`, map[string]any{"date": "2026-03-09", "period_id": "per_2026-03-09_usr_ada"}, ""},
		{`{"project_id":"` + other + `"}`, map[string]any{"project_id": other}, ""},
		{`{"project_id":"` + other + `","billable":null}`, map[string]any{"project_id": other, "billable": false}, ""},
		{`{"billable":false}`, map[string]any{"billable": false}, ""},
		{`{"end":"13:45"}`, map[string]any{"end": "13:45", "minutes": 270.0, "hours": 4.5}, ""},
		{`{"break_minutes":null}`, map[string]any{"break_minutes": 0.0, "minutes": 225.0, "hours": 3.75}, ""},
		{`{"start":null,"end":null}`, map[string]any{"start": nil, "end": nil}, ""},
		{`{"start":null,"end":null,"hours":2}`, map[string]any{"start": nil, "end": nil, "minutes": 120.0, "hours": 2.0}, ""},
		{`{"start":"10:00","minutes":150}`, map[string]any{"start": "10:00", "minutes": 150.0, "hours": 2.5}, ""},
		{`{"minutes":null}`, nil, ""}, // start and end still say it
		{`{"minutes":90}`, nil, "/minutes"},
		{`{"hours":1.5}`, nil, "/hours"},
		{`{"minutes":null,"start":null,"end":null}`, nil, "/minutes"},
		{`{"start":null}`, nil, "/start"},
		{`{"date":null,"project_id":null,"note":"` + strings.Repeat("n", 2001) + `"}`, nil, "/date /project_id /note"},
		{`{"project_id":"prj_none"}`, nil, "/project_id"},
		{`{"tags":["a,b"]}`, nil, "/tags/0"},
	} {
		t.Run(c.patch[:min(len(c.patch), 60)], func(t *testing.T) {
			h := h
			h.t = t
			before := h.record(ada, NewEntry{
				Date: "2026-03-04", Start: new("09:00"), End: new("12:45"), BreakMinutes: 15,
				ProjectID: h.project("StoreZero"), Task: "task", Tags: []string{"tag"}, Note: "note",
			})
			defer h.Remove(t.Context(), ada, EntryRef{ID: before.ID})
			after, err := ask(h.Change, ada, change(t, before.ID, c.patch))
			if got := pointers(err); got != c.at {
				t.Fatalf("faults at %q, want %q", got, c.at)
			}
			want := inJSON(t, before)
			if err == nil {
				want["revision"] = 2.0
				for name, value := range c.want {
					want[name] = value
				}
				if diff := cmp.Diff(want, inJSON(t, after)); diff != "" {
					t.Errorf("answered:\n%s", diff)
				}
			}
			if diff := cmp.Diff(want, inJSON(t, must(ask(h.Entry, ada, EntryRef{ID: before.ID})))); diff != "" {
				t.Errorf("kept:\n%s", diff)
			}
		})
	}
}

func TestAPatchOfTheWrongTypeSaysWhere(t *testing.T) {
	for patch, field := range map[string]string{
		`{"minutes":"90"}`: "minutes", `{"tags":["a",1]}`: "tags", `{"billable":"yes"}`: "billable", `{"minutes":1.5}`: "minutes",
	} {
		var c EntryChange
		err := json.Unmarshal([]byte(patch), &c)
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); !ok || !strings.HasPrefix(wrong.Field, field) {
			t.Errorf("%s: %v", patch, err)
		}
	}
}

func TestARejectedEntryIsMendedAndSubmittedAgain(t *testing.T) {
	h := openHouse(t)
	e := h.as(Rejected, "2026-03-04")
	later := h.instant().Add(time.Hour)
	h.now = func() time.Time { return later }
	e = must(ask(h.Change, ada, change(t, e.ID, `{"minutes":30}`)))
	if !e.UpdatedAt.Equal(later) || !e.CreatedAt.Before(later) {
		t.Errorf("created at %s, mended at %s", e.CreatedAt, e.UpdatedAt)
	}
	if e.State != Rejected || e.Comment != "well" {
		t.Errorf("once mended it is %s, and the manager said %q", e.State, e.Comment)
	}
	e = must(ask(h.Submit, ada, EntryRef{ID: e.ID}))
	if e.State != Submitted || e.Comment != "" {
		t.Errorf("once submitted it is %s, and the manager said %q", e.State, e.Comment)
	}
	e = must(ask(h.Withdraw, ada, EntryRef{ID: e.ID}))
	if e.State != Draft || e.LockedReason != nil {
		t.Errorf("once withdrawn it is %s, locked since %v", e.State, e.LockedReason)
	}
	if want := int64(6); e.Revision != want {
		t.Errorf("revision %d after %d writes", e.Revision, want)
	}
}

func TestAChangedDayStillHas24Hours(t *testing.T) {
	h := openHouse(t)
	n := h.hour("2026-03-04")
	n.Minutes = new(1400)
	h.record(ada, n)
	small := h.record(ada, NewEntry{Date: "2026-03-05", Minutes: new(41), ProjectID: n.ProjectID})
	_, err := ask(h.Change, ada, change(t, small.ID, `{"date":"2026-03-04"}`))
	refused(t, err, DayLimitExceeded, "2026-03-04 has 23:20 of 24 hours already, so at most 0:40 can be added, not 0:41")
	must(ask(h.Change, ada, change(t, small.ID, `{"date":"2026-03-04","minutes":40}`)))
	must(ask(h.Change, ada, change(t, small.ID, `{"minutes":39}`))) // its own 40 minutes aren't counted against it
	_, err = ask(h.Change, ada, change(t, small.ID, `{"minutes":41}`))
	refused(t, err, DayLimitExceeded)
}

func TestAClosedProjectTakesNoMoreTime(t *testing.T) {
	h := openHouse(t)
	e := h.record(ada, h.hour("2026-03-04"))
	h.apply(Setup{Projects: []NewProject{{Name: "StoreZero", Closed: true}}})
	_, err := ask(h.Change, ada, change(t, e.ID, `{"minutes":61}`))
	refused(t, err, ProjectClosed, "StoreZero is closed")
	must(ask(h.Change, ada, change(t, e.ID, `{"minutes":59,"note":"less is fine"}`)))
	must(ask(h.Change, ada, change(t, e.ID, `{"project_id":"`+h.project("Internal")+`"}`)))
	_, err = ask(h.Change, ada, change(t, e.ID, `{"project_id":"`+e.ProjectID+`"}`))
	refused(t, err, ProjectClosed)
	must(ask(h.Submit, ada, EntryRef{ID: e.ID}))
}

func TestAnOldRevisionIsRefused(t *testing.T) {
	h := openHouse(t)
	e := h.as(Submitted, "2026-03-04")
	old, now := e.Revision-1, e.Revision
	_, err := ask(h.Decide, mia, Decision{ID: e.ID, Revision: &old})
	refused(t, err, StaleReview, "look at it again")
	_, err = ask(h.Withdraw, ada, EntryRef{e.ID, &old})
	refused(t, err, PreconditionFailed)
	e = must(ask(h.Withdraw, ada, EntryRef{e.ID, &now}))
	for _, revision := range []int64{0, -1, e.Revision - 1, e.Revision + 1} {
		_, err = ask(h.Change, ada, EntryChange{ID: e.ID, Revision: &revision})
		refused(t, err, PreconditionFailed, "read it again")
		_, err = ask(h.Submit, ada, EntryRef{e.ID, &revision})
		refused(t, err, PreconditionFailed)
		_, err = ask(h.removal, ada, EntryRef{e.ID, &revision})
		refused(t, err, PreconditionFailed)
	}
	must(ask(h.removal, ada, EntryRef{e.ID, &e.Revision}))
}

func TestWhatWasSeenIsWhatIsApproved(t *testing.T) {
	h := openHouse(t)
	seen := h.as(Submitted, "2026-03-04")
	must(ask(h.Withdraw, ada, EntryRef{ID: seen.ID}))
	must(ask(h.Change, ada, change(t, seen.ID, `{"minutes":600}`)))
	must(ask(h.Submit, ada, EntryRef{ID: seen.ID}))
	_, err := ask(h.Decide, mia, Decision{ID: seen.ID, Revision: &seen.Revision})
	refused(t, err, StaleReview, "revision 2, now 5")
}

func TestOfTwoAtOnceOneWins(t *testing.T) {
	h := openHouse(t)
	race := func(name string, acts ...func() error) {
		errs := make([]error, len(acts))
		var all sync.WaitGroup
		for i, act := range acts {
			all.Go(func() { errs[i] = act() })
		}
		all.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if _, ok := errors.AsType[*Fault](err); !ok {
				t.Errorf("%s: %v", name, err)
			}
		}
		if won != 1 {
			t.Errorf("%s: %d won: %v", name, won, errs)
		}
	}
	for range 5 {
		e := h.as(Submitted, "2026-03-04")
		approve := func() error { _, err := ask(h.Decide, mia, Decision{ID: e.ID}); return err }
		reject := func() error {
			_, err := ask(h.Decide, mia, Decision{ID: e.ID, Decision: Rejected, Comment: "no"})
			return err
		}
		withdraw := func() error { _, err := ask(h.Withdraw, ada, EntryRef{ID: e.ID}); return err }
		race("approve, approve, reject, withdraw", approve, approve, reject, withdraw)

		draft := h.as(Draft, "2026-03-05")
		edit := func() error {
			_, err := ask(h.Change, ada, EntryChange{ID: draft.ID, Revision: &draft.Revision, Note: Patch[string]{true, new("mine")}})
			return err
		}
		submit := func() error { _, err := ask(h.Submit, ada, EntryRef{draft.ID, &draft.Revision}); return err }
		race("edit, edit, submit", edit, edit, submit)
	}
}

func TestWhatIsDeletedIsGoneForEveryone(t *testing.T) {
	h := openHouse(t)
	e := h.as(Draft, "2026-03-04")
	must(ask(h.removal, ada, EntryRef{ID: e.ID}))
	for _, action := range []Action{Update, Delete, Submit, Withdraw} {
		if outcome := h.outcome(ada, action, e.ID); outcome != "not-found" {
			t.Errorf("%s: %s", action, outcome)
		}
	}
	if page := must(ask(h.Entries, root, EntryQuery{})); len(page.Items) != 0 {
		t.Errorf("%d entries are listed", len(page.Items))
	}
	var rows int
	if err := h.db.Read(t.Context()).Raw("SELECT COUNT(*) FROM entries").Scan(&rows).Error; err != nil || rows != 1 {
		t.Errorf("%d rows are kept, %v", rows, err)
	}
}
