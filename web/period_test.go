package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"punchcard/timesheets"
)

// period is the period of an entry, as somebody sees it.
func (c *company) period(t testing.TB, who, id string) (timesheets.Period, string) {
	t.Helper()
	var p timesheets.Period
	answer := c.ask(t, c.token(t, who), "GET", "/periods/"+id, "")
	answer.json(t, &p)
	return p, answer.Header.Get("ETag")
}

func TestAPeriodFromFirstToLast(t *testing.T) {
	c := newCompany(t)
	ada, mia, otto := c.token(t, "ada"), c.token(t, "mia"), c.token(t, "otto")
	entry, _ := c.record(t, "ada", "2026-01-05")
	c.record(t, "ada", "2026-01-06")
	path := "/periods/" + entry.PeriodID
	line := fmt.Sprintf(`{"decision":"rejected","lines":[{"id":%q,"comment":"which project?"}]}`, entry.ID)
	for _, step := range []struct {
		name, token, method, path, body, match string
		status                                 int
		kind, etag                             string
	}{
		{"read", ada, "GET", path, "", "", 200, "", `"2"`},
		{"find by a day", mia, "GET", "/periods/" + entry.UserID + "/2026-01-11", "", "", 200, "", `"2"`},
		{"find by no day", mia, "GET", "/periods/" + entry.UserID + "/2026-01-32", "", "", 404, "not-found", ""},
		{"decide about what is open", mia, "PUT", path + "/approval", `{"decision":"approved"}`, `"2"`, 409, "invalid-transition", ""},
		{"submit somebody else's", mia, "PUT", path + "/submission", "", "", 403, "forbidden", ""},
		{"try", ada, "PUT", path + "/submission?validate_only=true", "", "", 200, "", `"3"`},
		{"submit what one saw before", ada, "PUT", path + "/submission", "", `"1"`, 412, "precondition-failed", ""},
		{"submit", ada, "PUT", path + "/submission", `{"comment":"all of it"}`, `"2"`, 200, "", `"3"`},
		{"withdraw", ada, "DELETE", path + "/submission", "", "", 200, "", `"4"`},
		{"submit again", ada, "PUT", path + "/submission", "", "", 200, "", `"5"`},
		{"add to what is submitted", ada, "POST", "/timesheets", newEntryOn(c, t, "2026-01-07"), "", 409, "period-locked", ""},
		{"approve unseen", mia, "PUT", path + "/approval", `{"decision":"approved"}`, "", 428, "precondition-required", ""},
		{"approve whatever it is", mia, "PUT", path + "/approval", `{"decision":"approved"}`, "*", 428, "precondition-required", ""},
		{"approve what one saw before", mia, "PUT", path + "/approval", `{"decision":"approved"}`, `"3"`, 412, "stale-review", ""},
		{"decide nothing", mia, "PUT", path + "/approval", "", `"5"`, 422, "validation-failed", ""},
		{"approve one's report's as an administrator", otto, "PUT", path + "/approval", `{"decision":"approved"}`, `"5"`, 403, "forbidden", ""},
		{"reject a line", mia, "PUT", path + "/approval", line, `"5"`, 200, "", `"6"`},
		{"submit once more", ada, "PUT", path + "/submission", "", "", 200, "", `"7"`},
		{"approve", mia, "PUT", path + "/approval", `{"decision":"approved"}`, `"7"`, 200, "", `"8"`},
		{"ask to reopen", ada, "POST", path + "/reopening-request", `{"reason":"I forgot Friday"}`, "", 200, "", `"9"`},
		{"reopen without words", mia, "POST", path + "/reopening", `{}`, "", 422, "validation-failed", ""},
		{"reopen", mia, "POST", path + "/reopening", `{"reason":"Friday is missing"}`, `"9"`, 200, "", `"10"`},
		{"read the history", ada, "GET", path + "/events?limit=3&count=true", "", "", 200, "", "any"},
		{"read the difference", mia, "GET", path + "/diff", "", "", 200, "", "any"},
		{"list", mia, "GET", "/periods?state=open&state=approved&from=2026-01-01&to=2026-01-31&user_id=" + entry.UserID, "", "", 200, "", "any"},
		{"list what isn't", mia, "GET", "/periods?state=draft", "", "", 422, "validation-failed", ""},
	} {
		var header []string
		if step.match != "" {
			header = append(header, "If-Match", step.match)
		}
		answer := c.ask(t, step.token, step.method, step.path, step.body, header...)
		if tag := answer.Header.Get("ETag"); answer.StatusCode != step.status || tag != step.etag && step.etag != "any" {
			t.Fatalf("%s: %d, ETag %s: %s", step.name, answer.StatusCode, tag, answer.body)
		}
		if step.kind != "" && answer.kind(t) != step.kind {
			t.Errorf("%s: %s", step.name, answer.body)
		}
	}
}

func newEntryOn(c *company, t testing.TB, date string) string {
	return fmt.Sprintf(`{"date":%q,"minutes":60,"project_id":%q}`, date, c.project(t))
}

func TestOthersPeriodsAreNotFound(t *testing.T) {
	c := theCompany(t)
	entry, _ := c.record(t, "ada", "2025-03-04")
	for _, q := range []struct{ method, path, body string }{
		{"GET", "/periods/" + entry.PeriodID, ""}, {"GET", "/periods/" + entry.UserID + "/2025-03-04", ""},
		{"GET", "/periods/" + entry.PeriodID + "/events", ""}, {"GET", "/periods/" + entry.PeriodID + "/diff", ""},
		{"PUT", "/periods/" + entry.PeriodID + "/submission", ""}, {"DELETE", "/periods/" + entry.PeriodID + "/submission", ""},
		{"POST", "/periods/" + entry.PeriodID + "/reopening-request", `{"reason":"mine"}`},
	} {
		if answer := c.ask(t, c.token(t, "ben"), q.method, q.path, q.body); answer.StatusCode != http.StatusNotFound || answer.kind(t) != "not-found" {
			t.Errorf("%s %s: %d %s", q.method, q.path, answer.StatusCode, answer.body)
		}
	}
	if p, _ := c.period(t, "ada", entry.PeriodID); p.State != timesheets.Open || p.Revision != 1 {
		t.Errorf("it has changed: %+v", p)
	}
}

func TestAManagersQueueIsDecidedAboutAtOnce(t *testing.T) {
	c := newCompany(t)
	mia := c.token(t, "mia")
	var items []string
	for i, who := range []string{"ada", "ben", "ada"} {
		entry, _ := c.record(t, who, fmt.Sprintf("2026-01-%02d", 5+7*i))
		c.ask(t, c.token(t, who), "PUT", "/periods/"+entry.PeriodID+"/submission", "")
		_, etag := c.period(t, "mia", entry.PeriodID)
		items = append(items, fmt.Sprintf(`{"period_id":%q,"etag":%q,"decision":"approved"}`, entry.PeriodID, etag))
		if i == 2 { // which changes after it was seen
			c.ask(t, c.token(t, who), "DELETE", "/periods/"+entry.PeriodID+"/submission", "")
			c.ask(t, c.token(t, who), "PUT", "/periods/"+entry.PeriodID+"/submission", "")
		}
	}
	own, _ := c.record(t, "mia", "2026-01-05")
	c.ask(t, mia, "PUT", "/periods/"+own.PeriodID+"/submission", "")
	items = append(items, fmt.Sprintf(`{"period_id":%q,"etag":"\"2\"","decision":"approved"}`, own.PeriodID))

	var queue []timesheets.Period
	c.ask(t, mia, "GET", "/approvals", "").json(t, &queue)
	var counts timesheets.ApprovalCounts
	c.ask(t, mia, "GET", "/approvals/counts", "").json(t, &counts)
	if len(queue) != 3 || counts.Submitted != 3 || counts.Flagged != 3 || counts.Open != 0 {
		t.Errorf("%d in the queue, of %+v", len(queue), counts)
	}
	answer := c.ask(t, mia, "POST", "/approvals", `{"items":[`+strings.Join(items, ",")+`]}`)
	var done timesheets.ManyDecided
	answer.json(t, &done)
	if answer.StatusCode != http.StatusMultiStatus || done.Summary != "2 approved, 1 changed meanwhile, 1 refused" {
		t.Errorf("%d %s", answer.StatusCode, answer.body)
	}
	for i, want := range []timesheets.Kind{"", "", timesheets.StaleReview, timesheets.SelfApproval} {
		result := done.Results[i]
		if want == "" && (result.Period == nil || result.Period.State != timesheets.Approved) ||
			want != "" && (result.Problem == nil || *result.Problem != want || result.Detail == "") {
			t.Errorf("item %d: %+v", i, result)
		}
	}
	for _, body := range []string{`{}`, `{"items":[{"period_id":"x","etag":"7","decision":"approved"}]}`,
		`{"items":[{"period_id":"x","etag":"\"7\"","decision":"rejected"}]}`, `{"items":[` + strings.Repeat(items[0]+",", 200) + items[0] + `]}`} {
		if answer := c.ask(t, mia, "POST", "/approvals", body); answer.kind(t) != "validation-failed" {
			t.Errorf("%.80s: %s", body, answer.body)
		}
	}
	for _, q := range []string{"?flag=none", "?state=draft"} {
		if answer := c.ask(t, mia, "GET", "/approvals"+q, ""); answer.kind(t) != "validation-failed" {
			t.Errorf("%s: %s", q, answer.body)
		}
	}
}

func TestWhateverApprovesTakesAFreshSignInWhereOneIsAsked(t *testing.T) {
	seen := 0
	for _, r := range theCompany(t).settings.routes() {
		decides := r.access.scope == "approve:timesheets" && r.method != "GET" && strings.Contains(r.path, "approval")
		if decides && r.path != "/approvals/reminders" { // which decides nothing
			seen++
			if !r.access.recent {
				t.Errorf("%s %s doesn't", r.method, r.path)
			}
		}
	}
	if seen != 3 {
		t.Errorf("%d routes approve", seen)
	}
}

func TestTimeIsClosedByAnAdministrator(t *testing.T) {
	c := newCompany(t)
	entry, _ := c.record(t, "ada", "2026-01-05")
	for _, step := range []struct {
		name, who, method, path, body string
		status                        int
		kind                          string
	}{
		{"before anybody set it", "ada", "GET", "/lock-date", "", 200, ""},
		{"by a manager", "mia", "PUT", "/lock-date", `{"until":"2026-01-31","reason":"mine"}`, 403, "forbidden"},
		{"without a reason", "otto", "PUT", "/lock-date", `{"until":"2026-01-31"}`, 422, "validation-failed"},
		{"until no day", "otto", "PUT", "/lock-date", `{"until":"January","reason":"payroll"}`, 422, "validation-failed"},
		{"by an administrator", "otto", "PUT", "/lock-date", `{"until":"2026-01-31","reason":"payroll"}`, 200, ""},
		{"read", "ada", "GET", "/lock-date", "", 200, ""},
		{"add", "ada", "POST", "/timesheets", newEntryOn(c, t, "2026-01-06"), 409, "period-closed"},
		{"delete", "ada", "DELETE", "/timesheets/" + entry.ID, "", 409, "period-closed"},
		{"submit", "ada", "PUT", "/periods/" + entry.PeriodID + "/submission", "", 409, "period-closed"},
		{"lift", "otto", "PUT", "/lock-date", `{"until":null,"reason":"a mistake in January"}`, 200, ""},
		{"submit after all", "ada", "PUT", "/periods/" + entry.PeriodID + "/submission", "", 200, ""},
	} {
		answer := c.ask(t, c.token(t, step.who), step.method, step.path, step.body)
		if answer.StatusCode != step.status || step.kind != "" && answer.kind(t) != step.kind {
			t.Errorf("%s: %d %s", step.name, answer.StatusCode, answer.body)
		}
	}
}
