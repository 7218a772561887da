package web

import (
	"net/http"
	"strings"
	"testing"

	"punchcard/timesheets"
)

func TestAProjectOverHTTP(t *testing.T) {
	c := newCompany(t)
	otto, mia, ada := c.token(t, "otto"), c.token(t, "mia"), c.token(t, "ada", "read:timesheets", "create:timesheets")
	var me timesheets.Person
	c.ask(t, ada, "GET", "/me", "").json(t, &me)
	made := c.ask(t, otto, "POST", "/projects", `{"name":"Harbor","customer":"Acme","members_only":true,"tasks":["Build"],"budget_minutes":90}`)
	path := made.Header.Get("Location")
	if made.StatusCode != http.StatusCreated || !strings.HasPrefix(path, "/projects/prj_") || made.Header.Get("ETag") != `"1_0"` {
		t.Fatalf("made: %d, Location %s, ETag %s: %s", made.StatusCode, path, made.Header.Get("ETag"), made.body)
	}
	member := path + "/members/" + me.ID
	entry := `{"date":"2026-03-02","minutes":60,"project_id":"` + strings.TrimPrefix(path, "/projects/") + `"}`
	for _, step := range []struct {
		name, token, method, path, body, match string
		status                                 int
		kind, etag                             string
	}{
		{"an employee makes one", c.token(t, "ada", "approve:timesheets"), "POST", "/projects", `{"name":"Mine"}`, "", 403, "insufficient-scope", ""},
		{"a manager makes one", mia, "POST", "/projects", `{"name":"Mine"}`, "", 403, "forbidden", ""},
		{"an application makes one", c.token(t, "payroll", everyScope[:3]...), "POST", "/projects", `{"name":"Mine"}`, "", 403, "insufficient-scope", ""},
		{"without approving", c.token(t, "otto", "read:timesheets", "create:timesheets"), "POST", "/projects", `{"name":"Mine"}`, "", 403, "insufficient-scope", ""},
		{"the same name again", otto, "POST", "/projects", `{"name":"Harbor"}`, "", 422, "validation-failed", ""},
		{"a stranger reads", ada, "GET", path, "", "", 404, "not-found", ""},
		{"a stranger reads members", ada, "GET", path + "/members", "", "", 404, "not-found", ""},
		{"a stranger has time", ada, "POST", "/timesheets", entry, "", 422, "validation-failed", ""},
		{"somebody joins by herself", mia, "PUT", member, "", "", 403, "forbidden", ""},
		{"nobody joins", otto, "PUT", path + "/members/usr_nobody", "", "", 404, "not-found", ""},
		{"she joins", otto, "PUT", member, "", "", 200, "", "any"},
		{"a member reads", ada, "GET", path, "", "", 200, "", `"1"`},
		{"a member reads members", ada, "GET", path + "/members", "", "", 200, "", "any"},
		{"a member has time", ada, "POST", "/timesheets", entry, "", 201, "", `"1"`},
		{"her manager reads", mia, "GET", path, "", "", 200, "", `"1_60"`},
		{"an application reads", c.token(t, "payroll", everyScope[:3]...), "GET", path, "", "", 200, "", `"1_60"`},
		{"change without If-Match", otto, "PATCH", path, `{"billable":true}`, "", 428, "precondition-required", ""},
		{"change another revision", otto, "PATCH", path, `{"billable":true}`, `"7_60"`, 412, "precondition-failed", ""},
		{"a member changes", c.token(t, "mia"), "PATCH", path, `{"members_only":false}`, `*`, 403, "forbidden", ""},
		{"change, whatever was used meanwhile", otto, "PATCH", path, `{"tasks_only":true}`, `"1_0"`, 200, "", `"2_60"`},
		{"another task", ada, "POST", "/timesheets", strings.Replace(entry, "{", `{"task":"Talk",`, 1), "", 422, "validation-failed", ""},
		{"close", otto, "PATCH", path, `{"closed":true,"budget_period":"month"}`, `"2"`, 200, "", "any"},
		{"time on a closed one", ada, "POST", "/timesheets", entry, "", 422, "project-closed", ""},
		{"delete with time", otto, "DELETE", path, "", "", 409, "project-in-use", ""},
		{"a manager deletes", mia, "DELETE", path, "", "", 403, "forbidden", ""},
		{"she leaves", otto, "DELETE", member, "", "", 204, "", ""},
		{"she leaves again", otto, "DELETE", member, "", "", 404, "not-found", ""},
		{"all projects", otto, "GET", "/projects?budget=true&q=harb&customer=Acme", "", "", 200, "", "any"},
		{"customers", otto, "GET", "/customers?q=ac&count=true", "", "", 200, "", "any"},
		{"tags", otto, "GET", "/tags?limit=5", "", "", 200, "", "any"},
		{"an unknown member of the body", otto, "POST", "/projects", `{"name":"A","members":["x"]}`, "", 422, "validation-failed", ""},
		{"null for a name", otto, "PATCH", path, `{"name":null}`, `*`, 422, "validation-failed", ""},
	} {
		var header []string
		if step.match != "" {
			header = []string{"If-Match", step.match}
		}
		answer := c.ask(t, step.token, step.method, step.path, step.body, header...)
		tag := answer.Header.Get("ETag")
		if answer.StatusCode != step.status || tag != step.etag && (step.etag != "any" || tag == "") {
			t.Errorf("%s: %d, ETag %s: %s", step.name, answer.StatusCode, tag, answer.body)
		}
		if step.kind != "" && answer.kind(t) != step.kind {
			t.Errorf("%s: %s", step.name, answer.body)
		}
	}
}

func TestWhatIsUsedOfABudgetIsSentAgainWhenItChanged(t *testing.T) {
	c := newCompany(t)
	otto := c.token(t, "otto")
	path := c.ask(t, otto, "POST", "/projects", `{"name":"Harbor","budget_minutes":90}`).Header.Get("Location")
	read := func(tag string) reply { return c.ask(t, otto, "GET", path, "", "If-None-Match", tag) }
	before := read("").Header.Get("ETag")
	if answer := read(before); answer.StatusCode != http.StatusNotModified {
		t.Errorf("nothing changed: %d", answer.StatusCode)
	}
	body := `{"date":"2026-03-02","minutes":60,"project_id":"` + strings.TrimPrefix(path, "/projects/") + `"}`
	c.ask(t, c.token(t, "ada"), "POST", "/timesheets", body)
	if answer := read(before); answer.StatusCode != http.StatusOK || !strings.Contains(answer.body, `"used_minutes":60`) {
		t.Errorf("an hour more: %d %s", answer.StatusCode, answer.body)
	}
}
