package timesheets

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"punchcard/auth"
)

func TestPeopleAreOneselfOnesManagerAndOnesPeople(t *testing.T) {
	h := openHouse(t)
	for _, c := range []struct {
		by   auth.Caller
		want string
	}{
		{ada, "ada mia"},
		{mia, "ada bob mia"},
		{eve, "eve"},
		{carl, "carl gone"},
		{root, "ada bob carl eve gone mia root second"},
		{payroll, "ada bob carl eve gone mia root second"},
	} {
		q, names := PersonQuery{Paging{Limit: 3, Count: true}}, []string{}
		for {
			page := must(ask(h.People, c.by, q))
			for _, p := range page.Items {
				names = append(names, strings.TrimPrefix(p.ID, "usr_"))
			}
			if *page.Total != len(strings.Fields(c.want)) {
				t.Errorf("%s sees %d people", c.by.Subject(), *page.Total)
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%s sees %s, want %s", c.by.Subject(), got, c.want)
		}
	}
}

func TestAPersonSaysNothingSecret(t *testing.T) {
	h := openHouse(t)
	people := must(ask(h.People, ada, PersonQuery{})).Items
	want := map[string]any{"id": "usr_ada", "name": "Ada Lovelace", "email": "ada@exampleco.com", "manager_id": "usr_mia", "manages": 0.0, "region": ""}
	if diff := cmp.Diff(want, inJSON(t, people[0])); diff != "" {
		t.Error(diff)
	}
	want = map[string]any{"id": "usr_mia", "name": "Mia Chen", "email": "mia@exampleco.com", "manager_id": nil, "manages": 2.0, "region": ""}
	if diff := cmp.Diff(want, inJSON(t, people[1])); diff != "" {
		t.Error(diff)
	}
}

func TestMeIsTheCallerWithTheirScopes(t *testing.T) {
	h := openHouse(t)
	by := mia
	by.Scopes = []string{readScope, approveScope}
	me := inJSON(t, must(ask(h.Me, by, struct{}{})))
	want := map[string]any{"id": "usr_mia", "name": "Mia Chen", "email": "mia@exampleco.com", "manager_id": nil, "manages": 2.0, "region": "",
		"scopes": []any{readScope, approveScope}}
	if diff := cmp.Diff(want, me); diff != "" {
		t.Error(diff)
	}
	_, err := ask(h.Me, payroll, struct{}{})
	refused(t, err, NotFound, "an application that acts for itself is no person")
	_, err = ask(h.Me, person("nobody", "Nobody"), struct{}{})
	refused(t, err, NotFound)
}

func TestOnlyManagersAreAskedToLetAnApplicationApprove(t *testing.T) {
	for i, name := range []string{"read:timesheets", "create:timesheets", "delete:timesheets", "approve:timesheets"} {
		s := Scopes[i]
		if s.Name != name || s.Title == "" || s.Detail == "" || s.ManagersOnly != (i == 3) {
			t.Errorf("%+v", s)
		}
	}
}
