package timesheets

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"punchcard/auth"
)

// sees tells which projects somebody sees, by list and one by one.
func (h house) sees(t *testing.T, by auth.Caller, of ...Project) string {
	t.Helper()
	listed, shown := []string{}, []string{}
	for _, p := range must(ask(h.Projects, by, ProjectQuery{Paging: Paging{Limit: 200}})).Items {
		listed = append(listed, p.ID)
	}
	for _, p := range of {
		_, err := ask(h.Project, by, ProjectRef{ID: p.ID})
		if err == nil {
			shown = append(shown, p.Name)
		} else {
			refused(t, err, NotFound, "there is no such project, or it isn't yours to see")
		}
		if isListed := strings.Contains(strings.Join(listed, " "), p.ID); isListed != (err == nil) {
			t.Errorf("%s: %s is listed: %t, shown: %t", by.Subject(), p.Name, isListed, err == nil)
		}
	}
	return strings.Join(shown, " ")
}

func TestAProjectForMembersIsSeenByThemTheirManagersAndAdministrators(t *testing.T) {
	h := openHouse(t)
	open := h.make(NewProject{Name: "Open", Customer: "Acme"})
	secret := h.make(NewProject{Name: "Secret", Customer: "Hush", MembersOnly: true})
	add := func(by auth.Caller) { must(ask(h.AddMember, root, MemberRef{secret.ID, by.User})) }
	expect := func(when string, all bool, people ...auth.Caller) {
		t.Helper()
		for _, by := range people {
			want := "Open"
			if all {
				want = "Open Secret"
			}
			if got := h.sees(t, by, open, secret); got != want {
				t.Errorf("%s, %s sees %s", when, by.Subject(), got)
			}
			customers := must(ask(h.Customers, by, CustomerQuery{Q: "hush"})).Items
			if (len(customers) == 1) != all {
				t.Errorf("%s, %s sees the customers %v", when, by.Subject(), customers)
			}
		}
	}
	expect("without members", true, root, second, payroll)
	expect("without members", false, ada, bob, mia, eve, carl)
	add(ada)
	add(ada)
	expect("with Ada", true, ada, mia, root, payroll)
	expect("with Ada", false, bob, eve, carl)
	if err := h.RemoveMember(t.Context(), root, MemberRef{secret.ID, ada.User}); err != nil {
		t.Error(err)
	}
	expect("after Ada, who had no time there", false, ada, mia)
	add(ada)
	h.record(ada, NewEntry{Date: "2026-03-04", Minutes: new(60), ProjectID: secret.ID})
	if err := h.RemoveMember(t.Context(), root, MemberRef{secret.ID, ada.User}); err != nil {
		t.Error(err)
	}
	refused(t, h.RemoveMember(t.Context(), root, MemberRef{secret.ID, ada.User}), NotFound, "no member")
	expect("after Ada, who has time there", true, ada, mia)
	expect("after Ada, who has time there", false, bob, eve)
	h.record(bob, NewEntry{Date: "2026-03-04", Minutes: new(60), ProjectID: open.ID})
	must(ask(h.ChangeProject, root, ProjectChange{ID: open.ID, MembersOnly: patch(true)}))
	if got := h.sees(t, bob, open, secret) + h.sees(t, eve, open, secret); got != "Open" {
		t.Errorf("with time on it Bob, and without it Eve, see %s", got)
	}
}

func TestTimeOnAProjectForMembersIsTheirs(t *testing.T) {
	h := openHouse(t)
	secret := h.make(NewProject{Name: "Secret", MembersOnly: true, Closed: true})
	n := NewEntry{Date: "2026-03-04", Minutes: new(60), ProjectID: secret.ID}
	_, unknown := ask(h.Record, ada, NewEntry{Date: "2026-03-04", Minutes: new(60), ProjectID: "prj_none"})
	attacks := func(by auth.Caller) {
		t.Helper()
		_, err := ask(h.Record, by, n)
		if err == nil || err.Error() != unknown.Error() {
			t.Errorf("%s is told %v instead of %v", by.Subject(), err, unknown)
		}
		own := h.record(by, h.hour(n.Date))
		_, err = ask(h.Change, by, EntryChange{ID: own.ID, ProjectID: patch(secret.ID)})
		if err == nil || err.Error() != unknown.Error() {
			t.Errorf("%s, who moves time there, is told %v", by.Subject(), err)
		}
	}
	attacks(ada) // a closed one doesn't give away its name
	must(ask(h.ChangeProject, root, ProjectChange{ID: secret.ID, Closed: patch(false)}))
	attacks(ada)
	attacks(mia)
	n.UserID = ada.User
	for _, by := range []auth.Caller{root, payroll} {
		_, err := ask(h.Record, by, n)
		refused(t, err, ValidationFailed, "/project_id", "Secret takes time of its members alone, and Ada Lovelace is none")
	}
	n.UserID = ""
	must(ask(h.AddMember, root, MemberRef{secret.ID, ada.User}))
	attacks(mia) // whom a member doesn't let in
	e := h.record(ada, n)
	if err := h.RemoveMember(t.Context(), root, MemberRef{secret.ID, ada.User}); err != nil {
		t.Error(err)
	}
	_, err := ask(h.Record, ada, n)
	refused(t, err, ValidationFailed, "you are none any more; an administrator can add you")
	_, err = ask(h.Change, ada, EntryChange{ID: e.ID, Minutes: patch(61)})
	refused(t, err, ValidationFailed, "/project_id")
	must(ask(h.Change, ada, EntryChange{ID: e.ID, Minutes: patch(30), Note: patch("corrected")}))
	h.record(mia, NewEntry{Date: "2026-03-04", Minutes: new(5), ProjectID: h.project("Internal")})
}

func TestMembersAreShownToWhoSeesThemAmongPeople(t *testing.T) {
	h := openHouse(t)
	secret := h.make(NewProject{Name: "Secret", MembersOnly: true})
	for _, p := range []auth.Caller{eve, ada, bob, carl} {
		must(ask(h.AddMember, root, MemberRef{secret.ID, p.User}))
	}
	for _, c := range []struct {
		by   auth.Caller
		want string
	}{
		{ada, "ada"}, {mia, "ada bob"}, {eve, "eve"}, {root, "ada bob carl eve"}, {payroll, "ada bob carl eve"},
	} {
		q, names := MemberQuery{ID: secret.ID, Paging: Paging{Limit: 2, Count: true}}, []string{}
		for {
			page := must(ask(h.Members, c.by, q))
			for _, m := range page.Items {
				names = append(names, strings.TrimPrefix(m.UserID, "usr_"))
				if m.Name == "" || !m.AddedAt.Equal(h.instant()) {
					t.Errorf("%+v", m)
				}
			}
			if *page.Total != len(strings.Fields(c.want)) {
				t.Errorf("%s is told of %d", c.by.Subject(), *page.Total)
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%s sees %s, want %s", c.by.Subject(), got, c.want)
		}
	}
	_, err := ask(h.Members, second, MemberQuery{ID: "prj_none"})
	refused(t, err, NotFound)
	other := h.make(NewProject{Name: "Other", MembersOnly: true})
	_, err = ask(h.Members, ada, MemberQuery{ID: other.ID})
	refused(t, err, NotFound)
	cursor := must(ask(h.Members, root, MemberQuery{ID: secret.ID, Paging: Paging{Limit: 1}})).Next
	for _, by := range []auth.Caller{root, mia} {
		id := map[bool]string{true: other.ID, false: secret.ID}[by.User == root.User]
		_, err = ask(h.Members, by, MemberQuery{ID: id, Paging: Paging{Cursor: cursor}})
		refused(t, err, ValidationFailed, "cursor") // of another project, and of somebody who sees more
	}
	_, err = ask(h.AddMember, root, MemberRef{secret.ID, "usr_nobody"})
	refused(t, err, NotFound, "there is nobody with the id usr_nobody")
	_, err = ask(h.AddMember, root, MemberRef{"prj_none", ada.User})
	refused(t, err, NotFound)
}

func TestSetupSetsTheFieldsThatItNames(t *testing.T) {
	h := openHouse(t)
	setup := Setup{Projects: []NewProject{{Name: "Line", Tasks: []string{"Support"}, BudgetMinutes: new(60),
		Members: []string{"Ada@exampleco.com", "bob@exampleco.com"}, Unsaid: []string{"customer", "billable", "closed"}}}}
	h.apply(setup)
	id := h.project("Line")
	members := func() (names string) {
		for _, m := range must(ask(h.Members, root, MemberQuery{ID: id})).Items {
			names += m.UserID + " "
		}
		return names
	}
	if p := must(ask(h.Project, root, ProjectRef{ID: id})); !p.MembersOnly || p.Revision != 1 || members() != "usr_ada usr_bob " {
		t.Errorf("%+v of %s", p, members())
	}
	must(ask(h.AddMember, root, MemberRef{id, eve.User}))
	must(ask(h.ChangeProject, root, ProjectChange{ID: id, Customer: patch("Acme"), Closed: patch(true), BudgetMinutes: patch(90),
		BudgetPeriod: patch("month"), MembersOnly: patch(false)}))
	h.apply(setup)
	p := must(ask(h.Project, root, ProjectRef{ID: id}))
	if p.Customer != "Acme" || !p.Closed || *p.BudgetMinutes != 60 || *p.BudgetPeriod != "total" || !p.MembersOnly || p.Revision != 3 {
		t.Errorf("%+v", p)
	}
	if got := members(); got != "usr_ada usr_bob " {
		t.Errorf("the members are %s", got)
	}
	h.apply(setup)
	if again := must(ask(h.Project, root, ProjectRef{ID: id})); again.Revision != 3 {
		t.Errorf("what was so already was written again: %+v", again)
	}
	h.apply(Setup{Projects: []NewProject{{Name: "Line", Unsaid: []string{"customer", "billable", "tasks", "tasks_only", "closed", "members", "budget_minutes"}}}})
	if again := must(ask(h.Project, root, ProjectRef{ID: id})); again.Revision != 3 || members() != "usr_ada usr_bob " {
		t.Errorf("a name alone made it %+v of %s", again, members())
	}
	nobody := Setup{Projects: []NewProject{{Name: "Line", Members: []string{"ada@exampleco.com", "nobody@exampleco.com"}}}}
	err := h.db.Write(t.Context(), func(tx *gorm.DB) error { return h.Apply(t.Context(), tx, nobody) })
	if err == nil || !strings.Contains(err.Error(), "/projects/0/members/1: is nobody here") {
		t.Errorf("got %v", err)
	}
	h.apply(Setup{Projects: []NewProject{{Name: "Line", Members: []string{}}}})
	if p := must(ask(h.Project, eve, ProjectRef{ID: id})); p.MembersOnly || members() != "" {
		t.Errorf("no members left %+v of %s", p, members())
	}
}

// Of somebody who books time and an administrator who shuts them out, one is first, and time is never booked after that.
func TestNobodyBooksTimeOnAProjectThatIsTakenFromThem(t *testing.T) {
	h := openHouse(t)
	secret := h.make(NewProject{Name: "Secret", MembersOnly: true})
	must(ask(h.AddMember, root, MemberRef{secret.ID, ada.User}))
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			if i == 6 {
				if err := h.RemoveMember(t.Context(), root, MemberRef{secret.ID, ada.User}); err != nil {
					t.Error(err)
				}
				return
			}
			n := NewEntry{Date: fmt.Sprintf("2026-%02d-01", i%12+1), Minutes: new(5), ProjectID: secret.ID}
			if _, err := ask(h.Record, ada, n); err != nil {
				refused(t, err, ValidationFailed, "/project_id")
			}
		})
	}
	all.Wait()
	_, err := ask(h.Record, ada, NewEntry{Date: "2026-03-04", Minutes: new(5), ProjectID: secret.ID})
	refused(t, err, ValidationFailed, "/project_id")
	hasTime := len(must(ask(h.Entries, ada, EntryQuery{ProjectID: secret.ID})).Items) > 0
	if _, err := ask(h.Project, ada, ProjectRef{ID: secret.ID}); (err == nil) != hasTime {
		t.Errorf("with time there: %t, but %v", hasTime, err)
	}
}

func TestSeveralInstancesSetUpTheSameProjects(t *testing.T) {
	h := openHouse(t)
	setup := Setup{Projects: []NewProject{{Name: "One", Members: []string{"ada@exampleco.com"}}, {Name: "Two"}, {Name: "Internal", Billable: true}}}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := h.db.Write(t.Context(), func(tx *gorm.DB) error { return h.Apply(t.Context(), tx, setup) }); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for name, revision := range map[string]int64{"One": 1, "Two": 1, "Internal": 2} {
		if p := must(ask(h.Project, root, ProjectRef{ID: h.project(name)})); p.Revision != revision {
			t.Errorf("%+v", p)
		}
	}
}
