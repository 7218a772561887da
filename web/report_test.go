package web

import "testing"

func TestReportsOverHTTP(t *testing.T) {
	c := newCompany(t)
	c.record(t, "ada", "2026-01-05")
	c.record(t, "ben", "2026-02-06")
	for _, step := range []struct {
		who, query string
		status     int
		minutes    int
	}{
		{"mia", "group_by=user&group_by=month&from=2026-01-01&to=2026-12-31", 200, 120},
		{"ada", "group_by=user&group_by=month&from=2026-01-01&to=2026-12-31", 200, 60},
		{"otto", "group_by=period&from=2026-02-01&to=2026-02-28", 200, 60},
		{"ada", "group_by=day", 200, 0},
		{"ada", "", 422, 0},
		{"ada", "group_by=user,month", 422, 0},
		{"ada", "group_by=user&from=2026-01-01", 422, 0},
		{"ada", "group_by=user&cursor=x", 422, 0},
	} {
		answer := c.ask(t, c.token(t, step.who), "GET", "/reports/summary?"+step.query, "")
		if answer.StatusCode != step.status {
			t.Errorf("%s asks for %s: %d %s, want %d", step.who, step.query, answer.StatusCode, answer.body, step.status)
			continue
		}
		if step.status != 200 {
			continue
		}
		var report struct{ Minutes int }
		answer.json(t, &report)
		if report.Minutes != step.minutes {
			t.Errorf("%s asks for %s: %s", step.who, step.query, answer.body)
		}
		again := c.ask(t, c.token(t, step.who), "GET", "/reports/summary?"+step.query, "", "If-None-Match", answer.Header.Get("ETag"))
		if again.StatusCode != 304 {
			t.Errorf("%s asks for %s again: %d", step.who, step.query, again.StatusCode)
		}
	}
}
