package web

import (
	"fmt"
	"strings"
	"testing"

	"punchcard/timesheets"
)

// id is a person's id.
func (c *company) idOf(t testing.TB, who string) string {
	t.Helper()
	var me timesheets.Person
	c.ask(t, c.token(t, who), "GET", "/me", "").json(t, &me)
	return me.ID
}

func TestExpectedTimeFromFirstToLast(t *testing.T) {
	c := newCompany(t)
	ada, mia, otto, payroll := c.token(t, "ada"), c.token(t, "mia"), c.token(t, "otto"), c.token(t, "payroll", "read:timesheets")
	adas := "/people/" + c.idOf(t, "ada")
	const week = `{"schedules":[{"valid_from":"2026-01-01","minutes":{"monday":480,"tuesday":480}}]}`
	entry, _ := c.record(t, "ada", "2026-01-05")
	var absence, holiday string
	for _, step := range []struct {
		name, token, method, path, body, media string
		status                                 int
		want                                   string // in the answer
	}{
		{"nothing is expected", ada, "GET", "/expected-hours", "", "", 200, `{"user_id":null,"schedules":[]}`},
		{"as a manager", mia, "PUT", "/expected-hours", week, "", 403, `forbidden`},
		{"no hours", otto, "PUT", "/expected-hours", `{}`, "", 422, `/schedules`},
		{"a day too long", otto, "PUT", "/expected-hours", strings.Replace(week, "480", "1441", 1), "", 422, `/schedules/0/minutes/monday`},
		{"hours for everybody", otto, "PUT", "/expected-hours", week, "", 200, `"monday":480`},
		{"in a period", mia, "GET", "/periods/" + entry.PeriodID, "", "", 200, `"expected_minutes":960,"missing_minutes":900`},
		{"hours for one", otto, "PUT", adas + "/expected-hours", strings.Replace(week, "480", "240", 2), "", 200, `"tuesday":240`},
		{"read one's", mia, "GET", adas + "/expected-hours", "", "", 200, `"tuesday":240`},
		{"read a stranger's", c.token(t, "ben"), "GET", adas + "/expected-hours", "", "", 404, `not-found`},
		{"a region", otto, "PUT", adas + "/region", `{"region":"DE-BY"}`, "", 200, `"region":"DE-BY"`},
		{"no region", otto, "PUT", adas + "/region", `{"region":null}`, "", 200, `"region":""`},
		{"neither", otto, "PUT", adas + "/region", `{}`, "", 422, `/region`},
		{"a holiday", otto, "POST", "/holidays", `{"date":"2026-01-06","name":"Epiphany"}`, "", 201, `"half":false`},
		{"the same", otto, "POST", "/holidays", `{"date":"2026-01-06","name":"Epiphany"}`, "", 422, `overlap`},
		{"holidays", ada, "GET", "/holidays?from=2026-01-01&to=2026-12-31&region=DE-BY&count=true", "", "", 200, `Epiphany`},
		{"a file that is none", otto, "POST", "/holidays/import", "", "", 422, `"/lines"`},
		{"a file as JSON", otto, "POST", "/holidays/import", `{}`, "application/json", 415, `text/csv or text/calendar`},
		{"a file in Latin-1", otto, "POST", "/holidays/import", "date,name\n", "text/csv; charset=latin1", 415, `unsupported`},
		{"holidays of a file", otto, "POST", "/holidays/import?dry_run=true", "date,name\n2026-12-25,Christmas\n", "text/csv; charset=UTF-8; header=present", 200,
			`{"dry_run":true,"added":1,"updated":0,"unchanged":0,"lines":[{"line":2,"outcome":"added","text":"2026-12-25 Christmas"}]}`},
		{"a broken file", otto, "POST", "/holidays/import", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:now\nEND:VEVENT\nEND:VCALENDAR\n", "text/calendar", 422, `"/lines/3"`},
		{"a file too large", otto, "POST", "/holidays/import", strings.Repeat("x", 1<<20+1), "text/csv", 413, `content-too-large`},
		{"an absence", ada, "POST", "/absences", `{"kind":"sick","from":"2026-01-05","note":"flu"}`, "", 201, `"kind":"sick"`},
		{"another on the day", ada, "POST", "/absences", `{"kind":"sick","from":"2026-01-05"}`, "", 422, `overlap`},
		{"of somebody else", c.token(t, "ben"), "POST", "/absences", `{"kind":"sick","from":"2026-01-05","user_id":"` + c.idOf(t, "ada") + `"}`, "", 422, `/user_id`},
		{"absences", mia, "GET", "/absences?from=2026-01-01&to=2026-01-31", "", "", 200, `"note":"flu"`},
		{"absences for an application", payroll, "GET", "/absences", "", "", 200, `"kind":null`},
		{"absences of a file", otto, "POST", "/absences/import?kind=vacation", "user,from\nada@example.com,2026-08-03\n", "text/csv", 200, `"added":1`},
		{"absences of a file, as a manager", mia, "POST", "/absences/import?kind=vacation", "user,from\nada@example.com,2026-08-04\n", "text/csv", 403, `forbidden`},
		{"in the period now", mia, "GET", "/periods/" + entry.PeriodID, "", "", 200, `"expected_minutes":0,"missing_minutes":0`},
		{"missing time", mia, "GET", "/missing-time?from=2026-01-05&to=2026-01-18", "", "", 200, `"days":[{"date":"2026-01-12","minutes":480},{"date":"2026-01-13","minutes":480}]`},
		{"missing when", mia, "GET", "/missing-time?to=2026-01-18", "", "", 422, `from`},
		{"teams", ada, "GET", "/teams", "", "", 200, `"name":"mia","size":2`},
		{"a person", ada, "GET", adas, "", "", 200, `"region":""`},
		{"no person", ada, "GET", "/people/usr_x", "", "", 404, `not-found`},
	} {
		headers := []string{}
		if step.media != "" {
			headers = []string{"Content-Type", step.media}
		}
		answer := c.ask(t, step.token, step.method, step.path, step.body, headers...)
		if answer.StatusCode != step.status || !strings.Contains(answer.body, step.want) {
			t.Errorf("%s: %d %.300s, want %d %s", step.name, answer.StatusCode, answer.body, step.status, step.want)
		}
		if step.name == "an absence" {
			absence = answer.Header.Get("Location")
		}
		if step.name == "a holiday" {
			var h timesheets.Holiday
			answer.json(t, &h)
			holiday = "/holidays/" + h.ID
		}
	}
	for _, c2 := range []struct {
		token, path string
		status      int
	}{{c.token(t, "ben"), absence, 404}, {mia, absence, 403}, {ada, absence, 204}, {ada, absence, 404}, {mia, holiday, 403}, {otto, holiday, 204}, {otto, holiday, 404}} {
		if answer := c.ask(t, c2.token, "DELETE", c2.path, ""); answer.StatusCode != c2.status {
			t.Errorf("DELETE %s: %d %s", c2.path, answer.StatusCode, answer.body)
		}
	}
}

// What is expected changes no revision, but the representation: who has the old one is sent the new one, and a decision upon
// the entity tag is about the revision all the same.
func TestAPeriodsTagTellsWhatIsExpected(t *testing.T) {
	c := newCompany(t)
	otto := c.token(t, "otto")
	entry, _ := c.record(t, "ada", "2026-01-05")
	path := "/periods/" + entry.PeriodID
	_, before := c.period(t, "ada", entry.PeriodID)
	c.ask(t, otto, "PUT", "/expected-hours", `{"schedules":[{"valid_from":"2026-01-01","minutes":{"monday":480}}]}`)
	p, after := c.period(t, "ada", entry.PeriodID)
	if before != `"1"` || after != `"1_480_420"` || p.Revision != 1 {
		t.Errorf("tagged %s, then %s", before, after)
	}
	for tag, want := range map[string]int{before: 200, after: 304} {
		if answer := c.ask(t, c.token(t, "ada"), "GET", path, "", "If-None-Match", tag); answer.StatusCode != want {
			t.Errorf("%s: %d", tag, answer.StatusCode)
		}
	}
	for _, wrong := range []string{`"2_480_420"`, `"_480"`, `"x_480"`, `"01_480"`} {
		if answer := c.ask(t, c.token(t, "ada"), "PUT", path+"/submission", "", "If-Match", wrong); answer.StatusCode != 412 {
			t.Errorf("%s: %d", wrong, answer.StatusCode)
		}
	}
	answer := c.ask(t, c.token(t, "ada"), "PUT", path+"/submission", "", "If-Match", after)
	tag := answer.Header.Get("ETag")
	body := fmt.Sprintf(`{"items":[{"period_id":%q,"etag":%q,"decision":"approved"}]}`, entry.PeriodID, tag)
	if answer := c.ask(t, c.token(t, "mia"), "POST", "/approvals", body); tag != `"2_480_420"` || !strings.Contains(answer.body, "1 approved") {
		t.Errorf("%s: %s", tag, answer.body)
	}
}

// Time never waits for somebody whose roles don't let them approve: whoever is above them decides.
func TestTimeOfAManagerWithoutTheRoleGoesFurtherUp(t *testing.T) {
	c := newCompany(t)
	mia, ben, otto := c.token(t, "mia"), c.token(t, "ben"), c.token(t, "otto")
	if answer := c.ask(t, otto, "PUT", "/people/"+c.idOf(t, "ben")+"/manager", `{"manager_id":"`+c.idOf(t, "ada")+`"}`); answer.StatusCode != 200 {
		t.Fatal(answer.body)
	}
	entry, _ := c.record(t, "ben", "2026-01-05")
	submitted := c.ask(t, ben, "PUT", "/timesheets/"+entry.ID+"/submission", "")
	if !strings.Contains(submitted.body, "waiting for mia") {
		t.Errorf("%d %s", submitted.StatusCode, submitted.body)
	}
	if answer := c.ask(t, mia, "PUT", "/timesheets/"+entry.ID+"/approval", ""); answer.StatusCode != 200 {
		t.Errorf("%d %s", answer.StatusCode, answer.body)
	}
}

// Whoever is above a blocked manager decides about the time of that one's people, also if they manage nobody else.
func TestTimeOfABlockedManagersPeopleIsDecidedAbove(t *testing.T) {
	c := newCompany(t)
	mia, ben, otto := c.token(t, "mia"), c.token(t, "ben"), c.token(t, "otto")
	idOfBen, idOfAda := c.idOf(t, "ben"), c.idOf(t, "ada")
	manage := func(manager string) {
		t.Helper()
		if answer := c.ask(t, otto, "PUT", "/people/"+idOfBen+"/manager", `{"manager_id":`+manager+`}`); answer.StatusCode != 200 {
			t.Fatal(answer.body)
		}
	}
	decides := func() int { return c.ask(t, mia, "GET", "/approvals", "").StatusCode }
	entry, _ := c.record(t, "ben", "2026-01-05")
	c.ask(t, ben, "PUT", "/timesheets/"+entry.ID+"/submission", "")
	manage(`"` + idOfAda + `"`)
	c.mustManage(t, 200, "PATCH", "users/"+idOfAda, `{"blocked": true}`)
	if answer := c.ask(t, mia, "PUT", "/timesheets/"+entry.ID+"/approval", ""); answer.StatusCode != 200 {
		t.Errorf("%d %s", answer.StatusCode, answer.body)
	}
	if manage("null"); decides() != 403 {
		t.Error("who has nobody left but a blocked one approves still")
	}
	c.mustManage(t, 200, "PATCH", "users/"+idOfAda, `{"blocked": false}`)
	if decides() != 200 {
		t.Error("who manages somebody again doesn't approve")
	}
}

// Who manages somebody can approve from the next call on, and who manages nobody any more can't, by the tokens that they have.
func TestTokensFollowWhoManagesWhom(t *testing.T) {
	c := newCompany(t)
	ada, mia, otto := c.token(t, "ada"), c.token(t, "mia"), c.token(t, "otto")
	ids := map[string]string{}
	for _, who := range []string{"ada", "ben", "mia", "otto"} {
		ids[who] = c.idOf(t, who)
	}
	manage := func(token, who, manager string) reply {
		t.Helper()
		return c.ask(t, token, "PUT", "/people/"+ids[who]+"/manager", `{"manager_id":`+manager+`}`)
	}
	quoted := func(who string) string { return `"` + ids[who] + `"` }
	approves := func(token string) bool { return c.ask(t, token, "GET", "/approvals", "").StatusCode == 200 }
	if !approves(mia) {
		t.Error("who manages two people can't approve")
	}
	for _, try := range []struct {
		name, token, who, manager string
		status                    int
		want                      string
	}{
		{"as a manager", mia, "ada", quoted("ben"), 403, "only an administrator"},
		{"without the scope", ada, "ben", quoted("ada"), 403, ""},
		{"themselves", otto, "ada", quoted("ada"), 422, "can't be the person's own"},
		{"nobody's id", otto, "ada", `"usr_x"`, 422, "is nobody's id"},
		{"not said", otto, "ada", `7`, 422, "/manager_id"},
		{"a circle of two", otto, "mia", quoted("ada"), 422, "is ada's, whom mia manages, directly or not; give ada another manager first"},
		{"of nobody", otto, "nobody", quoted("ada"), 404, ""},
	} {
		if answer := manage(try.token, try.who, try.manager); answer.StatusCode != try.status || !strings.Contains(answer.body, try.want) {
			t.Errorf("%s: %d %s", try.name, answer.StatusCode, answer.body)
		}
	}
	tried := c.ask(t, otto, "PUT", "/people/"+ids["ben"]+"/manager?validate_only=true", `{"manager_id":`+quoted("ada")+`}`)
	still := c.ask(t, otto, "GET", "/people/"+ids["ben"], "")
	if !strings.Contains(tried.body, `"manager_id":`+quoted("ada")) || !strings.Contains(still.body, `"manager_id":`+quoted("mia")) {
		t.Errorf("what was only tried: %d %s, and then %s", tried.StatusCode, tried.body, still.body)
	}
	if answer := manage(otto, "ben", quoted("ada")); answer.StatusCode != 200 || !strings.Contains(answer.body, `"manager_id":`+quoted("ada")) {
		t.Errorf("%d %s", answer.StatusCode, answer.body)
	}
	if answer := manage(otto, "mia", quoted("ben")); answer.StatusCode != 422 || !strings.Contains(answer.body, "directly or not; give ada another manager first") {
		t.Errorf("a circle of three: %d %s", answer.StatusCode, answer.body)
	}
	if answer := manage(otto, "ada", "null"); answer.StatusCode != 200 || approves(mia) {
		t.Errorf("%d, and who manages nobody approves: %t", answer.StatusCode, approves(mia))
	}
	if answer := manage(otto, "ada", quoted("mia")); answer.StatusCode != 200 || !approves(mia) {
		t.Errorf("%d, and who manages somebody again approves: %t", answer.StatusCode, approves(mia))
	}
	c.mustManage(t, 200, "PATCH", "users/"+ids["ben"], `{"blocked":true}`)
	if answer := manage(otto, "mia", quoted("ben")); answer.StatusCode != 422 || !strings.Contains(answer.body, "is blocked") {
		t.Errorf("who is blocked: %d %s", answer.StatusCode, answer.body)
	}
	refused := c.mustManage(t, 400, "PATCH", "users/"+ids["mia"], `{"manager_id":`+quoted("ada")+`}`)
	if !strings.Contains(refused.body, "whom mia manages") {
		t.Error(refused.body)
	}
}
