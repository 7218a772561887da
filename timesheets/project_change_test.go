package timesheets

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"punchcard/auth"
)

// patch is a member of a change with a value.
func patch[T any](value T) Patch[T] { return Patch[T]{Set: true, Value: &value} }

// make makes a project.
func (h house) make(n NewProject) Project { return must(ask(h.CreateProject, root, n)) }

func TestAProjectFromFirstToLast(t *testing.T) {
	h := openHouse(t)
	made := h.make(NewProject{Name: "Harbor", Customer: " Northwind ", Tasks: []string{"Build", "Build "}, BudgetMinutes: new(600)})
	want := Project{
		ID: made.ID, Name: "Harbor", Customer: "Northwind", Tasks: Words{"Build"}, BudgetMinutes: new(600), BudgetPeriod: new("total"),
		Budget: &Budget{Minutes: 600, Period: "total", LeftMinutes: 600}, Revision: 1, CreatedAt: h.instant(), UpdatedAt: h.instant(),
	}
	if diff := cmp.Diff(want, made); diff != "" || !strings.HasPrefix(made.ID, "prj_") {
		t.Error(diff)
	}
	changed := must(ask(h.ChangeProject, root, ProjectChange{ID: made.ID, Revision: new(int64(1)), Name: patch("Harbour"),
		Closed: patch(true), Customer: Patch[string]{Set: true}, BudgetPeriod: patch("month")}))
	want.Name, want.Closed, want.Customer, want.BudgetPeriod, want.Revision = "Harbour", true, "", new("month"), 2
	want.Budget = &Budget{Minutes: 600, Period: "month", Month: new("2026-11"), LeftMinutes: 600}
	if diff := cmp.Diff(want, changed); diff != "" {
		t.Error(diff)
	}
	if read := must(ask(h.Project, root, ProjectRef{ID: made.ID})); !cmp.Equal(read, changed) {
		t.Error(cmp.Diff(changed, read))
	}
	opened := must(ask(h.ChangeProject, root, ProjectChange{ID: made.ID, Closed: patch(false), BudgetMinutes: Patch[int]{Set: true}}))
	if opened.Closed || opened.BudgetMinutes != nil || opened.BudgetPeriod != nil || opened.Budget != nil {
		t.Errorf("%+v", opened)
	}
	_, err := ask(h.ChangeProject, root, ProjectChange{ID: made.ID, Revision: new(int64(2)), Name: patch("Port")})
	refused(t, err, PreconditionFailed, "revision 2, now 3")
	refused(t, h.DeleteProject(t.Context(), root, ProjectRef{made.ID, new(int64(2))}), PreconditionFailed)
	if err := h.DeleteProject(t.Context(), root, ProjectRef{made.ID, new(int64(3))}); err != nil {
		t.Error(err)
	}
	_, err = ask(h.Project, root, ProjectRef{ID: made.ID})
	refused(t, err, NotFound)
}

func TestOnlyAdministratorsWriteProjects(t *testing.T) {
	h := openHouse(t)
	id := h.make(NewProject{Name: "Harbor"}).ID
	secret := h.make(NewProject{Name: "Secret", MembersOnly: true}).ID
	for _, by := range []auth.Caller{ada, mia, eve, payroll} {
		for _, id := range []string{id, secret, "prj_none"} { // so that nobody learns what there is
			_, err := ask(h.CreateProject, by, NewProject{Name: "Mine"})
			refused(t, err, Forbidden, "only an administrator can make projects")
			_, err = ask(h.ChangeProject, by, ProjectChange{ID: id, Closed: patch(true)})
			refused(t, err, Forbidden, "only an administrator can change projects")
			refused(t, h.DeleteProject(t.Context(), by, ProjectRef{ID: id}), Forbidden, "only an administrator can delete projects")
			_, err = ask(h.AddMember, by, MemberRef{id, by.User})
			refused(t, err, Forbidden, "only an administrator")
			refused(t, h.RemoveMember(t.Context(), by, MemberRef{id, by.User}), Forbidden, "only an administrator")
		}
	}
	if page := must(ask(h.Projects, root, ProjectQuery{})); len(page.Items) != 5 || page.Items[1].Revision != 1 {
		t.Errorf("%+v", page.Items)
	}
}

func TestWhatIsWrongWithAProjectIsTold(t *testing.T) {
	h := openHouse(t)
	id := h.make(NewProject{Name: "Harbor"}).ID
	for _, c := range []struct {
		name  string
		n     NewProject
		words string
	}{
		{"nothing", NewProject{}, "/name is needed"},
		{"a name that is taken", NewProject{Name: "StoreZero"}, "/name is the name of another project"},
		{"spaces", NewProject{Name: "Port "}, "/name must not begin or end with a space"},
		{"a budget of nothing", NewProject{Name: "Port", BudgetMinutes: new(0)}, "/budget_minutes must be between 1"},
		{"an endless budget", NewProject{Name: "Port", BudgetMinutes: new(1 << 40)}, "/budget_minutes must be between 1"},
		{"a budget of a week", NewProject{Name: "Port", BudgetMinutes: new(5), BudgetPeriod: "week"}, "/budget_period must be total or month"},
		{"the period of no budget", NewProject{Name: "Port", BudgetPeriod: "month"}, "/budget_period is that of a budget"},
		{"many tasks", NewProject{Name: "Port", Tasks: make([]string, 201)}, "/tasks must be at most 200 tasks"},
		{"an empty task", NewProject{Name: "Port", Tasks: []string{"a", " "}}, "/tasks/1 must not be empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ask(h.CreateProject, root, c.n)
			refused(t, err, ValidationFailed, c.words)
			change := ProjectChange{ID: id, Name: patch(c.n.Name), Tasks: patch(c.n.Tasks)}
			if c.n.BudgetMinutes != nil {
				change.BudgetMinutes = patch(*c.n.BudgetMinutes)
			}
			if c.n.BudgetPeriod != "" {
				change.BudgetPeriod = patch(c.n.BudgetPeriod)
			}
			_, err = ask(h.ChangeProject, root, change)
			refused(t, err, ValidationFailed, c.words)
		})
	}
	if p := must(ask(h.Project, root, ProjectRef{ID: id})); p.Revision != 1 {
		t.Errorf("a change that failed left %+v", p)
	}
}

func TestAProjectWithTimeIsNotDeleted(t *testing.T) {
	h := openHouse(t)
	e := h.record(ada, h.hour("2026-03-04"))
	refused(t, h.DeleteProject(t.Context(), root, ProjectRef{ID: e.ProjectID}), ProjectInUse, "there is time on StoreZero", "close it instead")
	must(ask(h.removal, ada, EntryRef{ID: e.ID})) // deleted time can come back
	refused(t, h.DeleteProject(t.Context(), root, ProjectRef{ID: e.ProjectID}), ProjectInUse, "perhaps deleted since")
}

func TestTimeOnAClosedProjectStays(t *testing.T) {
	h := openHouse(t)
	e := h.record(ada, h.hour("2026-03-04"))
	must(ask(h.ChangeProject, root, ProjectChange{ID: e.ProjectID, Closed: patch(true)}))
	_, err := ask(h.Record, ada, h.hour("2026-03-05"))
	refused(t, err, ProjectClosed, "/project_id", "StoreZero is closed")
	if got := must(ask(h.Entry, ada, EntryRef{ID: e.ID})); got.Minutes != 60 {
		t.Errorf("%+v", got)
	}
	must(ask(h.ChangeProject, root, ProjectChange{ID: e.ProjectID, Closed: patch(false)}))
	h.record(ada, h.hour("2026-03-05"))
}

func TestAProjectCanTakeItsOwnTasksAlone(t *testing.T) {
	h := openHouse(t)
	n := h.hour("2026-03-04")
	n.Task = "Chat"
	before := h.record(ada, n)
	must(ask(h.ChangeProject, root, ProjectChange{ID: n.ProjectID, TasksOnly: patch(true)}))
	_, err := ask(h.Record, ada, n)
	refused(t, err, ValidationFailed, "/task must be one of the tasks of StoreZero, or left out: Build, Review")
	for _, task := range []string{"", "Build", " Review "} {
		n.Task = task
		h.record(ada, n)
	}
	must(ask(h.Change, ada, EntryChange{ID: before.ID, Note: patch("as it was")}))
	_, err = ask(h.Change, ada, EntryChange{ID: before.ID, Task: patch("Talk")})
	refused(t, err, ValidationFailed, "/task")
	elsewhere := h.record(bob, NewEntry{Date: n.Date, Minutes: new(5), ProjectID: h.project("Internal"), Task: "Chat"})
	_, err = ask(h.Change, bob, EntryChange{ID: elsewhere.ID, ProjectID: patch(n.ProjectID)})
	refused(t, err, ValidationFailed, "/task")
	must(ask(h.ChangeProject, root, ProjectChange{ID: n.ProjectID, Tasks: Patch[[]string]{Set: true}}))
	_, err = ask(h.Record, ada, NewEntry{Date: n.Date, Minutes: new(5), ProjectID: n.ProjectID, Task: "Build"})
	refused(t, err, ValidationFailed, "/task must be left out: StoreZero has no tasks")
}
