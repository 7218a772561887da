package web

import (
	"net/http"
	"testing"

	"punchcard/timesheets"
)

func TestPeopleAreRemindedByHTTP(t *testing.T) {
	c := newCompany(t)
	ada, _ := c.record(t, "ada", "2026-01-05")
	own, _ := c.record(t, "mia", "2026-01-05")
	body := `{"period_ids":["` + ada.PeriodID + `","` + own.PeriodID + `"]}`
	for _, q := range []struct {
		name, token, body string
		status            int
		kind, summary     string
	}{
		{"without the scope", c.token(t, "mia", "read:timesheets"), body, 403, "insufficient-scope", ""},
		{"an employee", c.token(t, "ada", everyScope...), body, 403, "insufficient-scope", ""},
		{"an application", c.token(t, "payroll", "read:timesheets"), body, 403, "insufficient-scope", ""},
		{"nobody", "", body, 401, "invalid-token", ""},
		{"none", c.token(t, "mia"), `{"period_ids":[]}`, 422, "validation-failed", ""},
		{"twice", c.token(t, "mia"), `{"period_ids":["a","a"]}`, 422, "validation-failed", ""},
		{"no list", c.token(t, "mia"), `{"period_ids":"all"}`, 422, "validation-failed", ""},
		{"by another name", c.token(t, "mia"), `{"ids":[]}`, 422, "validation-failed", ""},
		{"named", c.token(t, "mia"), body, 207, "", "1 reminded, 1 refused"},
		{"again", c.token(t, "mia"), body, 207, "", "1 reminded already, 1 refused"},
		{"all that are left", c.token(t, "mia"), "", 207, "", ""},
		{"all that are left, as null", c.token(t, "mia"), `{"period_ids":null}`, 422, "validation-failed", ""},
	} {
		answer := c.ask(t, q.token, "POST", "/approvals/reminders", q.body)
		if answer.StatusCode != q.status || q.kind != "" && answer.kind(t) != q.kind {
			t.Errorf("%s: %d %s", q.name, answer.StatusCode, answer.body)
		}
		var done timesheets.Reminded
		if answer.StatusCode == http.StatusMultiStatus {
			if answer.json(t, &done); done.Summary != q.summary {
				t.Errorf("%s: %s", q.name, answer.body)
			}
		}
	}
	var told []timesheets.Notification
	if c.ask(t, c.token(t, "ada"), "GET", "/notifications", "").json(t, &told); len(told) != 1 || told[0].Params.Stage != "asked" {
		t.Errorf("%+v", told)
	}
}
