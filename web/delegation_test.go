package web

import (
	"fmt"
	"testing"
	"time"

	"punchcard/auth"
)

// A delegate needs no role of their own: the token that is asked for while the delegation holds approves, until it ends.
func TestADelegateApprovesWhileItLasts(t *testing.T) {
	c := newCompany(t)
	mia, ada, ben := c.token(t, "mia"), c.token(t, "ada"), c.id(t, "ben")
	entry, _ := c.record(t, "ada", "2026-01-05")
	own, _ := c.record(t, "ben", "2026-01-05")
	for _, id := range []string{entry.ID, own.ID} {
		who := map[string]string{entry.ID: ada, own.ID: c.token(t, "ben")}[id]
		if answer := c.ask(t, who, "PUT", "/timesheets/"+id+"/submission", ""); answer.StatusCode != 200 {
			t.Fatal(answer.body)
		}
	}
	today, in := time.Now().UTC().Format(time.DateOnly), time.Now().UTC().AddDate(0, 0, 30).Format(time.DateOnly)
	body := func(to, starts string) string {
		return fmt.Sprintf(`{"to_user_id":%q,"starts_on":%q,"ends_on":%q,"reason":"on holiday"}`, to, starts, in)
	}
	for _, step := range []struct {
		token, body string
		status      int
		kind        string
	}{
		{ada, body(ben, today), 403, "insufficient-scope"},
		{mia, `{}`, 422, "validation-failed"},
		{mia, body(c.id(t, "mia"), today), 422, "validation-failed"},
		{c.token(t, "payroll", everyScope[:3]...), body(ben, today), 403, "insufficient-scope"},
		{mia, body(ben, today), 201, ""},
		{mia, body(c.id(t, "ada"), in), 422, "overlap"},
	} {
		answer := c.ask(t, step.token, "POST", "/delegations", step.body)
		if answer.StatusCode != step.status || step.kind != "" && answer.kind(t) != step.kind {
			t.Fatalf("%s: %d %s", step.body, answer.StatusCode, answer.body)
		}
	}
	var given []auth.Delegation
	c.ask(t, c.token(t, "ben"), "GET", "/delegations", "").json(t, &given)
	if len(given) != 1 || given[0].ToUserID != ben {
		t.Fatalf("Ben got %+v", given)
	}
	delegate := c.signIn(t, "ben", everyScope).Access
	for _, step := range []struct {
		method, path, body string
		status             int
	}{
		{"GET", "/approvals", "", 200},
		{"GET", "/timesheets/" + entry.ID, "", 200},
		{"PUT", "/timesheets/" + own.ID + "/approval", "", 403},
		{"POST", "/delegations", body(c.id(t, "ada"), today), 422}, // what he got isn't passed on
		{"PUT", "/timesheets/" + entry.ID + "/approval", "", 200},
		{"DELETE", "/delegations/dlg_none", "", 404},
		{"DELETE", "/delegations/" + given[0].ID, "", 204},
		{"GET", "/approvals", "", 403},
		{"GET", "/timesheets/" + entry.ID, "", 404},
		{"PUT", "/timesheets/" + entry.ID + "/approval", "", 403},
		{"DELETE", "/delegations/" + given[0].ID, "", 204}, // again, which changes nothing
	} {
		if answer := c.ask(t, delegate, step.method, step.path, step.body); answer.StatusCode != step.status {
			t.Errorf("%s %s: %d %s", step.method, step.path, answer.StatusCode, answer.body)
		}
	}
	if answer := c.ask(t, ada, "DELETE", "/delegations/"+given[0].ID, ""); answer.StatusCode != 404 {
		t.Errorf("Ada, whom it is none of: %d %s", answer.StatusCode, answer.body)
	}
}
