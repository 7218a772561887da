package timesheets

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"punchcard/auth"
)

func TestEverybodySeesProjectsThatAreNotForMembers(t *testing.T) {
	h := openHouse(t)
	for _, by := range []auth.Caller{eve, root, payroll} {
		for _, c := range []struct {
			closed *bool
			want   []string
		}{
			{nil, []string{"Apollo", "Internal", "StoreZero"}},
			{new(true), []string{"Apollo"}},
			{new(false), []string{"Internal", "StoreZero"}},
		} {
			page := must(ask(h.Projects, by, ProjectQuery{Closed: c.closed, Paging: Paging{Count: true}}))
			var names []string
			for _, p := range page.Items {
				names = append(names, p.Name)
			}
			if diff := cmp.Diff(c.want, names); diff != "" || *page.Total != len(names) {
				t.Errorf("%s: %s", by.Subject(), diff)
			}
		}
	}
	zero := must(ask(h.Projects, ada, ProjectQuery{Closed: new(false)})).Items[1]
	want := map[string]any{
		"id": zero.ID, "name": "StoreZero", "customer": "Acme", "billable": true, "tasks": []any{"Build", "Review"}, "closed": false,
		"approver_id": nil,
		"tasks_only":  false, "members_only": false, "budget_minutes": nil, "budget_period": nil, "budget": nil, "revision": 1.0,
	}
	if diff := cmp.Diff(want, inJSON(t, zero)); diff != "" {
		t.Error(diff)
	}
}

func TestProjectsAreLeafedThroughByName(t *testing.T) {
	h := openHouse(t)
	var named []NewProject
	for i := range 20 {
		named = append(named, NewProject{Name: fmt.Sprintf("P%02d", (i*7)%20)})
	}
	h.apply(Setup{Projects: named})
	q, names := ProjectQuery{Paging: Paging{Limit: 4}}, map[string]int{}
	for {
		page := must(ask(h.Projects, ada, q))
		for _, p := range page.Items {
			names[p.Name]++
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	if len(names) != 23 {
		t.Errorf("%d projects: %v", len(names), names)
	}
	for name, times := range names {
		if times != 1 {
			t.Errorf("%s was shown %d times", name, times)
		}
	}
	_, err := ask(h.Projects, ada, ProjectQuery{Paging: Paging{Limit: -1}})
	refused(t, err, ValidationFailed, "limit must be between 1 and 200")
	_, err = ask(h.Projects, ada, ProjectQuery{Paging: Paging{Cursor: "x"}})
	refused(t, err, ValidationFailed, "cursor")
}

func TestSetupMakesAndUpdatesByNameAndLeavesTheRest(t *testing.T) {
	h := openHouse(t)
	before := must(ask(h.Projects, root, ProjectQuery{})).Items
	h.apply(Setup{
		Organization: &NewOrganization{Name: "ExampleCo", Period: "month"},
		Projects:     []NewProject{{Name: "Internal", Customer: "Us", Billable: true, Tasks: []string{"Talk"}}, {Name: "New"}},
	})
	after := must(ask(h.Projects, root, ProjectQuery{})).Items
	want := append([]Project{}, before...)
	want[1].Customer, want[1].Billable, want[1].Tasks = "Us", true, Words{"Talk"}
	want[1].Revision++
	if diff := cmp.Diff(want[:2], after[:2]); diff != "" {
		t.Error(diff)
	}
	if len(after) != 4 || after[2].Name != "New" || after[2].Tasks == nil || !cmp.Equal(after[3], before[2]) {
		t.Errorf("%+v", after)
	}
	h.apply(Setup{Organization: &NewOrganization{WeekStarts: "sunday", SubmitOnCreate: new(true)}})
	organization := must(ask(h.Organization, ada, struct{}{})).Organization
	if want := (Organization{1, "ExampleCo", "sunday", "month", true, 2, 3, 5, 2}); organization != want {
		t.Errorf("%+v, want %+v", organization, want)
	}
	h.apply(Setup{})
	if again := must(ask(h.Organization, ada, struct{}{})).Organization; again != organization {
		t.Errorf("a setup that names nothing made it %+v", again)
	}
}

func TestAnOrganizationThatNobodySetUpHasDefaults(t *testing.T) {
	h := openHouse(t)
	organization := must(ask(h.Organization, ada, struct{}{}))
	want := OrganizationSettings{Organization: Organization{1, "Punchcard", "monday", "week", false, 2, 3, 5, 0}}
	if organization != want {
		t.Errorf("%+v", organization)
	}
}

func TestASetupSaysAllThatIsWrongWithIt(t *testing.T) {
	setup := Setup{
		Organization: &NewOrganization{Name: "a\nb", WeekStarts: "Monday", Period: "day"},
		Projects: []NewProject{
			{Name: "StoreZero", Tasks: []string{"fine", "", "two\nlines"}},
			{Name: " "},
			{Name: "StoreZero", Customer: "\x00"},
			{Name: " Apollo"},
		},
	}
	want := []string{
		"/organization/name", "/organization/week_starts", "/organization/period",
		"/projects/0/tasks/1", "/projects/0/tasks/2", "/projects/1/name", "/projects/1/name",
		"/projects/2/customer", "/projects/2/name", "/projects/3/name",
	}
	var at []string
	for _, m := range setup.Check() {
		at = append(at, m.Pointer)
	}
	if diff := cmp.Diff(want, at); diff != "" {
		t.Error(diff)
	}
	if mistakes := (Setup{}).Check(); mistakes != nil {
		t.Errorf("nothing is wrong with nothing: %v", mistakes)
	}
}

func TestASetupThatFailsLaterIsNotAppliedAtAll(t *testing.T) {
	h := openHouse(t)
	err := h.db.Write(t.Context(), func(tx *gorm.DB) error {
		if err := h.Apply(t.Context(), tx, Setup{Projects: []NewProject{{Name: "Lost"}}}); err != nil {
			return err
		}
		return fault(Forbidden, "something else is wrong")
	})
	refused(t, err, Forbidden)
	if page := must(ask(h.Projects, root, ProjectQuery{})); len(page.Items) != 3 {
		t.Errorf("%+v", page.Items)
	}
}
