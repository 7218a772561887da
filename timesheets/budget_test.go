package timesheets

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"punchcard/auth"
)

func TestABudgetIsShownAndBlocksNothing(t *testing.T) {
	h := openHouse(t)
	total := h.make(NewProject{Name: "Total", BudgetMinutes: new(90)})
	month := h.make(NewProject{Name: "Month", BudgetMinutes: new(7), BudgetPeriod: "month"})
	for _, day := range []string{"2026-10-31", "2026-11-01", "2026-11-30", "2026-12-01"} {
		for _, p := range []Project{total, month} {
			h.record(ada, NewEntry{Date: day, Minutes: new(33), ProjectID: p.ID})
		}
	}
	for _, c := range []struct {
		id   string
		want Budget
	}{
		{total.ID, Budget{Minutes: 90, Period: "total", UsedMinutes: 132, LeftMinutes: -42, Percent: 146}},
		{month.ID, Budget{Minutes: 7, Period: "month", Month: new("2026-11"), UsedMinutes: 66, LeftMinutes: -59, Percent: 942}},
	} {
		if diff := cmp.Diff(&c.want, must(ask(h.Project, mia, ProjectRef{ID: c.id})).Budget); diff != "" {
			t.Error(diff)
		}
	}
	listed := must(ask(h.Projects, mia, ProjectQuery{Budget: true})).Items
	if listed[2].Budget.UsedMinutes != 66 || listed[4].Budget.UsedMinutes != 132 || listed[0].Budget != nil {
		t.Errorf("%+v", listed)
	}
	if unasked := must(ask(h.Projects, mia, ProjectQuery{})).Items; unasked[2].Budget != nil || *unasked[2].BudgetMinutes != 7 {
		t.Errorf("%+v", unasked)
	}
}

func TestBudgetsAreForThoseWhoApproveOrAdminister(t *testing.T) {
	h := openHouse(t)
	id := h.make(NewProject{Name: "Harbor", BudgetMinutes: new(90), BudgetPeriod: "month"}).ID
	without := func(by auth.Caller) auth.Caller {
		by.Scopes = []string{readScope, createScope, deleteScope}
		return by
	}
	for _, c := range []struct {
		by   auth.Caller
		sees bool
	}{
		{without(ada), false}, {without(mia), false}, {mia, true}, {without(root), true}, {without(payroll), true},
	} {
		one := must(ask(h.Project, c.by, ProjectRef{ID: id}))
		listed := must(ask(h.Projects, c.by, ProjectQuery{Q: "harbor", Budget: true})).Items[0]
		for _, p := range []Project{one, listed} {
			if p.Budget != nil != c.sees || p.BudgetMinutes != nil != c.sees || p.BudgetPeriod != nil != c.sees {
				t.Errorf("%s with %v sees %+v", c.by.Subject(), c.by.Scopes, p)
			}
		}
	}
}

// Whatever several people do at once, what is used is the sum of what there is.
func TestWhatIsUsedIsTheSumOfTheTimeThatThereIs(t *testing.T) {
	h := openHouse(t)
	total := h.make(NewProject{Name: "Total", BudgetMinutes: new(1000)}).ID
	month := h.make(NewProject{Name: "Month", BudgetMinutes: new(1000), BudgetPeriod: "month"}).ID
	projects := []string{total, month, h.project("Internal")}
	var all sync.WaitGroup
	for who, by := range []auth.Caller{ada, bob, eve} {
		all.Go(func() {
			chance := rand.New(rand.NewPCG(uint64(who), 24))
			day := func() string { return fmt.Sprintf("2026-%02d-%02d", 10+chance.IntN(3), 1+chance.IntN(28)) }
			project := func() string { return projects[chance.IntN(len(projects))] }
			var ids []string
			for range 30 {
				var err error
				switch n := chance.IntN(6); {
				case n < 3 || len(ids) == 0:
					var e Entry
					e, err = ask(h.Record, by, NewEntry{Date: day(), Minutes: new(1 + chance.IntN(90)), ProjectID: project()})
					ids = append(ids, e.ID)
				case n < 5:
					_, err = ask(h.Change, by, EntryChange{ID: ids[chance.IntN(len(ids))], Date: patch(day()), Minutes: patch(1 + chance.IntN(90)),
						ProjectID: patch(project())})
				default:
					last := len(ids) - 1
					_, err = ask(h.removal, by, EntryRef{ID: ids[last]})
					ids = ids[:last]
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	used := map[string]int{}
	for q := (EntryQuery{Paging: Paging{Limit: 200}}); ; {
		page := must(ask(h.Entries, root, q))
		for _, e := range page.Items {
			if e.ProjectID != month || e.Date[:7] == "2026-11" {
				used[e.ProjectID] += e.Minutes
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	for _, id := range []string{total, month} {
		b := must(ask(h.Project, root, ProjectRef{ID: id})).Budget
		if b.UsedMinutes != used[id] || b.UsedMinutes == 0 || b.LeftMinutes != 1000-used[id] {
			t.Errorf("%+v, but the time comes to %d", b, used[id])
		}
	}
}
