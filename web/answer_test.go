package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"punchcard/timesheets"
)

// project is the id of the one that is open.
func (c *company) project(t testing.TB) string {
	t.Helper()
	var projects []timesheets.Project
	c.ask(t, c.token(t, "ada"), "GET", "/projects?closed=false", "").json(t, &projects)
	if len(projects) != 1 {
		t.Fatalf("open projects: %v", projects)
	}
	return projects[0].ID
}

// record adds an entry of an hour for somebody.
func (c *company) record(t testing.TB, who, date string) (timesheets.Entry, reply) {
	t.Helper()
	body := fmt.Sprintf(`{"date":%q,"minutes":60,"project_id":%q}`, date, c.project(t))
	answer := c.ask(t, c.token(t, who), "POST", "/timesheets", body)
	if answer.StatusCode != http.StatusCreated {
		t.Fatalf("record: %d %s", answer.StatusCode, answer.body)
	}
	var entry timesheets.Entry
	answer.json(t, &entry)
	return entry, answer
}

func TestAnEntryFromFirstToLast(t *testing.T) {
	c := theCompany(t)
	ada, mia := c.token(t, "ada"), c.token(t, "mia")
	entry, made := c.record(t, "ada", "2026-01-05")
	path := "/timesheets/" + entry.ID
	if made.Header.Get("Location") != path || made.Header.Get("ETag") != `"1"` {
		t.Errorf("made: Location %s, ETag %s", made.Header.Get("Location"), made.Header.Get("ETag"))
	}
	for _, step := range []struct {
		name, token, method, path, body, match string
		status                                 int
		kind, etag                             string
	}{
		{"read", ada, "GET", path, "", "", 200, "", `"1"`},
		{"change without If-Match", ada, "PATCH", path, `{"minutes":90}`, "", 428, "precondition-required", ""},
		{"change another revision", ada, "PATCH", path, `{"minutes":90}`, `"7"`, 412, "precondition-failed", ""},
		{"change a weak one", ada, "PATCH", path, `{"minutes":90}`, `W/"1"`, 412, "precondition-failed", ""},
		{"change what If-Match breaks", ada, "PATCH", path, `{"minutes":90}`, `1`, 400, "malformed-request", ""},
		{"change", ada, "PATCH", path, `{"minutes":90}`, `"1"`, 200, "", `"2"`},
		{"change whatever is there", ada, "PATCH", path, `{"note":"n"}`, `*`, 200, "", `"3"`},
		{"approve a draft", mia, "PUT", path + "/approval", "", "", 409, "invalid-transition", ""},
		{"submit", ada, "PUT", path + "/submission", "", "", 200, "", `"4"`},
		{"change what is submitted", ada, "PATCH", path, `{"minutes":5}`, `"4"`, 409, "period-locked", ""},
		{"withdraw another revision", ada, "DELETE", path + "/submission", "", `"3"`, 412, "precondition-failed", ""},
		{"withdraw", ada, "DELETE", path + "/submission", "", `"4"`, 200, "", `"5"`},
		{"submit with an empty object", ada, "PUT", path + "/submission", "{}", "", 200, "", `"6"`},
		{"approve what one saw before", mia, "PUT", path + "/approval", "", `"4"`, 412, "stale-review", ""},
		{"reject without words", mia, "PUT", path + "/approval", `{"decision":"rejected"}`, "", 422, "validation-failed", ""},
		{"reject", mia, "PUT", path + "/approval", `{"decision":"rejected","comment":"too long"}`, `"6"`, 200, "", `"7"`},
		{"submit again", ada, "PUT", path + "/submission", "", "", 200, "", `"8"`},
		{"approve, as old phones do", mia, "PUT", path + "/approval", "", "", 200, "", `"9"`},
		{"delete what is approved", ada, "DELETE", path, "", "", 409, "period-locked", ""},
	} {
		header := []string{"Content-Type", "application/json"}
		if step.match != "" {
			header = append(header, "If-Match", step.match)
		}
		answer := c.ask(t, step.token, step.method, step.path, step.body, header...)
		if answer.StatusCode != step.status || answer.Header.Get("ETag") != step.etag {
			t.Fatalf("%s: %d, ETag %s: %s", step.name, answer.StatusCode, answer.Header.Get("ETag"), answer.body)
		}
		if step.kind != "" && answer.kind(t) != step.kind {
			t.Errorf("%s: %s", step.name, answer.body)
		}
	}
}

func TestDeletedEntriesAreGone(t *testing.T) {
	c := theCompany(t)
	entry, _ := c.record(t, "ada", "2026-01-06")
	answer := c.ask(t, c.token(t, "ada"), "DELETE", "/timesheets/"+entry.ID, "")
	if answer.StatusCode != http.StatusNoContent || answer.body != "" {
		t.Errorf("delete: %d %q", answer.StatusCode, answer.body)
	}
	for _, method := range []string{"GET", "DELETE"} {
		if answer := c.ask(t, c.token(t, "ada"), method, "/timesheets/"+entry.ID, ""); answer.kind(t) != "not-found" {
			t.Errorf("%s again: %d", method, answer.StatusCode)
		}
	}
}

func TestNobodyApprovesTheirOwnTimeOverHTTP(t *testing.T) {
	c := theCompany(t)
	entry, _ := c.record(t, "mia", "2026-01-05")
	c.ask(t, c.token(t, "mia"), "PUT", "/timesheets/"+entry.ID+"/submission", "")
	answer := c.ask(t, c.token(t, "mia"), "PUT", "/timesheets/"+entry.ID+"/approval", "")
	if answer.kind(t) != "self-approval" || answer.StatusCode != http.StatusForbidden || answer.Header.Get("WWW-Authenticate") != "" {
		t.Errorf("got %d %s", answer.StatusCode, answer.body)
	}
}

func TestOthersEntriesAreNotFound(t *testing.T) {
	c := theCompany(t)
	entry, _ := c.record(t, "ada", "2026-01-07")
	for _, q := range []struct{ method, path, body string }{
		{"GET", "", ""}, {"PATCH", "", "{}"}, {"DELETE", "", ""}, {"PUT", "/submission", ""}, {"DELETE", "/submission", ""},
	} {
		answer := c.ask(t, c.token(t, "ben"), q.method, "/timesheets/"+entry.ID+q.path, q.body, "If-Match", "*")
		if answer.kind(t) != "not-found" {
			t.Errorf("%s %s: %d %s", q.method, q.path, answer.StatusCode, answer.body)
		}
	}
}

func TestWhatTheCallerHasIsNotSentAgain(t *testing.T) {
	c := theCompany(t)
	entry, _ := c.record(t, "ada", "2026-01-08")
	one, list := "/timesheets/"+entry.ID, "/timesheets?from=2026-01-08&to=2026-01-08&count=true"
	for _, path := range []string{one, list, "/projects", "/people", "/me"} {
		tag := c.ask(t, c.token(t, "ada"), "GET", path, "").Header.Get("ETag")
		for _, header := range []string{tag, "W/" + tag, `"x", ` + tag, "*"} {
			answer := c.ask(t, c.token(t, "ada"), "GET", path, "", "If-None-Match", header)
			if answer.StatusCode != http.StatusNotModified || answer.body != "" || answer.Header.Get("ETag") != tag {
				t.Errorf("%s with If-None-Match: %s is %d", path, header, answer.StatusCode)
			}
		}
		if answer := c.ask(t, c.token(t, "ada"), "GET", path, "", "If-None-Match", `"0"`); answer.StatusCode != http.StatusOK {
			t.Errorf("%s with another tag is %d", path, answer.StatusCode)
		}
	}
	before := c.ask(t, c.token(t, "ada"), "GET", list, "").Header.Get("ETag")
	c.record(t, "ada", "2026-01-08")
	if answer := c.ask(t, c.token(t, "ada"), "GET", list, "", "If-None-Match", before); answer.StatusCode != http.StatusOK {
		t.Errorf("a list that grew is %d", answer.StatusCode)
	}
}

func TestListsTurnPages(t *testing.T) {
	c := theCompany(t)
	var want []string
	for day := 9; day > 2; day-- {
		entry, _ := c.record(t, "ben", fmt.Sprintf("2026-02-%02d", day))
		want = append(want, entry.ID)
	}
	var got []string
	pages, path := 0, "/timesheets?from=2026-02-01&to=2026-02-28&limit=3&count=true&state=draft&state=submitted"
	for path != "" {
		answer := c.ask(t, c.token(t, "ben"), "GET", path, "")
		var page []timesheets.Entry
		answer.json(t, &page)
		for _, entry := range page {
			got = append(got, entry.ID)
		}
		if total := answer.Header.Get("Total-Count"); total != "7" {
			t.Errorf("Total-Count: %s", total)
		}
		pages, path = pages+1, ""
		if link := answer.Header.Get("Link"); link != "" {
			target, isNext := strings.CutSuffix(link, `>; rel="next"`)
			path = strings.TrimPrefix(target, "<")
			next, err := url.Parse(path)
			if err != nil || !isNext || next.Path != "/timesheets" || next.Query().Get("to") != "2026-02-28" ||
				len(next.Query()["state"]) != 2 {
				t.Fatalf("Link: %s", link)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || pages != 3 {
		t.Errorf("%d pages: %s", pages, diff)
	}
	answer := c.ask(t, c.token(t, "ben"), "GET", "/timesheets?from=1999-01-01&to=1999-01-02", "")
	if answer.body != "[]\n" || answer.Header.Get("Link") != "" || answer.Header.Get("Total-Count") != "" {
		t.Errorf("an empty list is %q, with %v", answer.body, answer.Header)
	}
}

func TestRequestsThatCannotBeRead(t *testing.T) {
	c := theCompany(t)
	large := `{"note":"` + strings.Repeat("n", maxBody) + `"}`
	for _, q := range []struct {
		name, method, path, body, contentType string
		status                                int
		kind                                  string
	}{
		{"broken JSON", "POST", "/timesheets", `{"date":`, "application/json", 400, "malformed-request"},
		{"two values", "POST", "/timesheets", `{}{}`, "application/json", 400, "malformed-request"},
		{"a form", "POST", "/timesheets", `date=2026-01-01`, "application/x-www-form-urlencoded", 415, "unsupported-media-type"},
		{"text", "POST", "/timesheets", `{}`, "text/plain", 415, "unsupported-media-type"},
		{"too large", "POST", "/timesheets", large, "application/json", 413, "content-too-large"},
		{"a query that is none", "GET", "/timesheets?from=%zz", "", "", 400, "malformed-request"},
		{"an unknown parameter", "GET", "/timesheets?form=2026-01-01", "", "", 422, "validation-failed"},
		{"an unknown parameter of one", "GET", "/me?verbose=1", "", "", 422, "validation-failed"},
		{"a word for a number", "GET", "/timesheets?limit=many", "", "", 422, "validation-failed"},
		{"a number that is too large", "GET", "/timesheets?limit=201", "", "", 422, "validation-failed"},
		{"a made-up cursor", "GET", "/timesheets?cursor=abc", "", "", 422, "validation-failed"},
		{"no body where one is needed", "POST", "/timesheets", "", "application/json", 422, "validation-failed"},
		{"an id of NUL", "GET", "/timesheets/%00", "", "", 404, "not-found"},
	} {
		answer := c.ask(t, c.token(t, "ada"), q.method, q.path, q.body, "Content-Type", q.contentType)
		if answer.StatusCode != q.status || answer.kind(t) != q.kind {
			t.Errorf("%s: %d %s", q.name, answer.StatusCode, answer.body)
		}
		if q.status == 415 && answer.Header.Get("Accept") != "application/json" {
			t.Errorf("%s: Accept: %s", q.name, answer.Header.Get("Accept"))
		}
	}
}

func TestAllMistakesOfARequestAreTold(t *testing.T) {
	c := theCompany(t)
	body := `{"date":"2026-02-30","minutes":"60","projectId":"x","task":null}`
	answer := c.ask(t, c.token(t, "ada"), "POST", "/timesheets?dry=1", body)
	want := []mistake{
		{Parameter: "dry", Detail: "is not a parameter of this path"},
		{Pointer: "/minutes", Detail: "must be an integer"},
		{Pointer: "/projectId", Detail: "is not a member of this"},
		{Pointer: "/task", Detail: "must be a string"},
		{Pointer: "/date", Detail: "must be a day such as 2026-03-04, in 1970 or later"},
		{Pointer: "/project_id", Detail: "is needed"},
	}
	p := answer.problem(t)
	if diff := cmp.Diff(want, p.Errors); diff != "" || p.Status != 422 {
		t.Errorf("%d %s", p.Status, diff)
	}
}

func TestEndlessMistakesAreToldInPart(t *testing.T) {
	members := map[string]int{}
	for i := range 1000 {
		members[fmt.Sprint("m", i)] = i
	}
	body, _ := json.Marshal(members)
	c := theCompany(t)
	p := c.ask(t, c.token(t, "ada"), "POST", "/timesheets", string(body)).problem(t)
	if len(p.Errors) != maxMistakes || p.Detail != "at least 100 values of the request are wrong" {
		t.Errorf("told %d mistakes: %s", len(p.Errors), p.Detail)
	}
}

func TestUserInfoTellsWhoSignedIn(t *testing.T) {
	c := theCompany(t)
	for _, method := range []string{"GET", "POST"} {
		var person map[string]any
		c.ask(t, c.token(t, "ada", "openid", "email"), method, "/userinfo", "").json(t, &person)
		if person["email"] != "ada@example.com" || person["sub"] == "" || person["name"] != nil {
			t.Errorf("%s: %v", method, person)
		}
	}
}
