package web

import (
	"strings"
	"testing"

	"punchcard/timesheets"
)

func TestTheOrganizationOverHTTP(t *testing.T) {
	c := newCompany(t)
	ada, mia, otto := c.token(t, "ada"), c.token(t, "mia"), c.token(t, "otto")
	payroll := c.token(t, "payroll", everyScope[:3]...)
	const path, name = "/organization", `{"name":"ExampleCo"}`
	tag := c.ask(t, ada, "GET", path, "").Header.Get("ETag")
	for _, step := range []struct {
		name, token, method, body, match string
		status                           int
		want, etag                       string // in the answer; "any": one
	}{
		{"an employee reads", ada, "GET", "", "", 200, `"week_starts":"monday","period":"week"`, tag},
		{"an application reads", payroll, "GET", "", "", 200, `"calendar_from":null,"calendar_before":null`, tag},
		{"nobody reads", "", "GET", "", "", 401, "invalid-token", ""},
		{"without reading", c.token(t, "ada", "create:timesheets"), "GET", "", "", 403, "insufficient-scope", ""},

		{"nobody changes", "", "PATCH", name, "*", 401, "invalid-token", ""},
		{"an employee changes", ada, "PATCH", name, "*", 403, "insufficient-scope", ""},
		{"a manager changes", mia, "PATCH", name, "*", 403, "only an administrator", ""},
		{"an application changes", payroll, "PATCH", name, "*", 403, "insufficient-scope", ""},
		{"an administrator without the scope", c.token(t, "otto", "read:timesheets", "create:timesheets"), "PATCH", name, "*", 403, "insufficient-scope", ""},
		{"without If-Match", otto, "PATCH", name, "", 428, "precondition-required", ""},
		{"another revision", otto, "PATCH", name, `"77"`, 412, "precondition-failed", ""},
		{"a weak tag", otto, "PATCH", name, "W/" + tag, 412, "precondition-failed", ""},
		{"two tags", otto, "PATCH", name, tag + `, "77"`, 400, "malformed-request", ""},

		{"a member that isn't there", otto, "PATCH", `{"currency":"EUR"}`, tag, 422, "/currency", ""},
		{"its revision", otto, "PATCH", `{"revision":9}`, tag, 422, "/revision", ""},
		{"when it holds", otto, "PATCH", `{"calendar_from":"2020-01-01"}`, tag, 422, "/calendar_from", ""},
		{"its id", otto, "PATCH", `{"id":2}`, tag, 422, "/id", ""},
		{"no name", otto, "PATCH", `{"name":" "}`, tag, 422, "/name", ""},
		{"null for a name", otto, "PATCH", `{"name":null}`, tag, 422, "/name", ""},
		{"a name too long", otto, "PATCH", `{"name":"` + strings.Repeat("ä", 201) + `"}`, tag, 422, "at most 200 characters", ""},
		{"a name of two lines", otto, "PATCH", `{"name":"a\nb"}`, tag, 422, "/name", ""},
		{"a name that ends early", otto, "PATCH", `{"name":"a\u0000"}`, tag, 422, "/name", ""},
		{"a Friday", otto, "PATCH", `{"week_starts":"friday"}`, tag, 422, "/week_starts", ""},
		{"a Monday in capitals", otto, "PATCH", `{"week_starts":"Monday"}`, tag, 422, "/week_starts", ""},
		{"null for a day", otto, "PATCH", `{"week_starts":null}`, tag, 422, "/week_starts", ""},
		{"a year", otto, "PATCH", `{"period":"year"}`, tag, 422, "/period", ""},
		{"perhaps", otto, "PATCH", `{"submit_on_create":"yes"}`, tag, 422, "/submit_on_create", ""},
		{"null for yes or no", otto, "PATCH", `{"submit_on_create":null}`, tag, 422, "/submit_on_create", ""},
		{"too many days", otto, "PATCH", `{"submission_due_days":29,"remind_every_days":-1,"escalate_after_days":null}`, tag, 422, "3 values", ""},
		{"half a day", otto, "PATCH", `{"remind_every_days":0.5}`, tag, 422, "/remind_every_days", ""},
		{"all mistakes at once", otto, "PATCH", `{"name":"","period":"day"}`, tag, 422, "2 values", ""},
		{"as a list", otto, "PATCH", `[]`, tag, 400, "malformed-request", ""},

		{"as it was", ada, "GET", "", "", 200, `"name":"Punchcard","week_starts":"monday"`, tag},
		{"nothing", otto, "PATCH", `{}`, tag, 200, `"week_starts":"monday"`, tag},
		{"another name", otto, "PATCH", `{"name":"  <b>Ümläut & Söhne</b> "}`, tag, 200, `"name":"<b>Ümläut & Söhne</b>"`, "any"},
		{"by the old tag", otto, "PATCH", `{"period":"month"}`, tag, 412, "revision", ""},
		{"whatever there is", otto, "PATCH", `{"period":"month","submit_on_create":true}`, "*", 200, `"period":"month"`, "any"},
		{"for everybody", mia, "GET", "", "", 200, `"submit_on_create":true`, "any"},
	} {
		headers := []string{}
		if step.match != "" {
			headers = []string{"If-Match", step.match}
		}
		answer := c.ask(t, step.token, step.method, path, step.body, headers...)
		got := answer.Header.Get("ETag")
		if answer.StatusCode != step.status || !strings.Contains(answer.body, step.want) || (step.etag == "any") != (got != "" && got != tag) && step.etag != got {
			t.Errorf("%s: %d %s %.300s, want %d %s %s", step.name, answer.StatusCode, got, answer.body, step.status, step.etag, step.want)
		}
	}
	if answer := c.ask(t, otto, "DELETE", path, ""); answer.StatusCode != 405 {
		t.Errorf("deleted: %d", answer.StatusCode)
	}
}

// Before anything is changed it can be asked from which day on it would hold. What is filed stays where it is.
func TestAnotherWeekSaysWhenItHolds(t *testing.T) {
	c := newCompany(t)
	otto := c.token(t, "otto")
	entry, _ := c.record(t, "ada", "2026-01-05")
	var asked, done, now timesheets.OrganizationSettings
	change := func(query string, into any) {
		t.Helper()
		answer := c.ask(t, otto, "PATCH", "/organization"+query, `{"week_starts":"sunday"}`, "If-Match", "*", "Content-Type", "application/merge-patch+json")
		if answer.StatusCode != 200 {
			t.Fatalf("%d %s", answer.StatusCode, answer.body)
		}
		answer.json(t, into)
	}
	change("?validate_only=true", &asked)
	c.ask(t, otto, "GET", "/organization", "").json(t, &now)
	if now.CalendarFrom != nil || now.WeekStarts != "monday" || asked.CalendarFrom == nil || asked.CalendarBefore.WeekStarts != "monday" {
		t.Fatalf("asked it is %+v, and now %+v", asked, now)
	}
	change("", &done)
	if *done.CalendarFrom != *asked.CalendarFrom || done.Revision != asked.Revision {
		t.Errorf("it holds from %s, and %s was said", *done.CalendarFrom, *asked.CalendarFrom)
	}
	if p, _ := c.period(t, "ada", entry.PeriodID); p.Start != "2026-01-05" || p.End != "2026-01-11" || p.Minutes != 60 {
		t.Errorf("the week became %+v", p)
	}
	audit := c.ask(t, otto, "GET", "/audit?action=organization.updated", "").body
	for _, want := range []string{`"action":"organization.updated"`, `"calendar_from":null`, `"calendar_from":"` + *done.CalendarFrom + `"`, `"week_starts":"sunday"`} {
		if !strings.Contains(audit, want) {
			t.Errorf("the audit doesn't tell %s: %s", want, audit)
		}
	}
}
