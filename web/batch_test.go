package web

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"punchcard/timesheets"
)

func newUUID() string { return uuid.Must(uuid.NewV7()).String() }

func TestAnEntryIsPut(t *testing.T) {
	c, id := theCompany(t), newUUID()
	ada, path, body := c.token(t, "ada"), "/timesheets/"+id, newEntryOn(c, t, "2024-06-03")
	longer := strings.Replace(body, "60", "90", 1)
	for _, step := range []struct {
		name, token, path, body string
		header                  []string
		status                  int
		etag                    string
	}{
		{"neither", ada, path, body, nil, 428, ""},
		{"both", ada, path, body, []string{"If-None-Match", "*", "If-Match", `"1"`}, 400, ""},
		{"if it is another", ada, path, body, []string{"If-None-Match", `"1"`}, 400, ""},
		{"under no UUIDv7", ada, "/timesheets/" + strings.ToUpper(id), body, []string{"If-None-Match", "*"}, 422, ""},
		{"replace nothing", ada, path, body, []string{"If-Match", "*"}, 404, ""},
		{"make", ada, path, body, []string{"If-None-Match", "*"}, 201, `"1"`},
		{"make again", ada, path, body, []string{"If-None-Match", "*"}, 200, `"1"`},
		{"make another", ada, path, longer, []string{"If-None-Match", "*"}, 412, ""},
		{"make over somebody else's", c.token(t, "ben"), path, body, []string{"If-None-Match", "*"}, 412, ""},
		{"replace somebody else's", c.token(t, "ben"), path, body, []string{"If-Match", "*"}, 404, ""},
		{"replace another", ada, path, longer, []string{"If-Match", `"2"`}, 412, ""},
		{"replace", ada, path, longer, []string{"If-Match", `"1"`}, 200, `"2"`},
		{"replace whatever is there", ada, path, body, []string{"If-Match", `*`}, 200, `"3"`},
	} {
		answer := c.ask(t, step.token, "PUT", step.path, step.body, step.header...)
		if answer.StatusCode != step.status || answer.Header.Get("ETag") != step.etag {
			t.Errorf("%s: %d %s %s", step.name, answer.StatusCode, answer.Header.Get("ETag"), answer.body)
		}
		if location := answer.Header.Get("Location"); (location == path) != (step.status == 201) {
			t.Errorf("%s: Location: %s", step.name, location)
		}
	}
}

func TestADeletedEntryIsRestoredOverHTTP(t *testing.T) {
	c := theCompany(t)
	e, _ := c.record(t, "ada", "2024-06-10")
	path := "/timesheets/" + e.ID
	c.ask(t, c.token(t, "ada"), "DELETE", path, "")
	for _, step := range []struct {
		who, match string
		status     int
	}{{"ben", "*", 404}, {"mia", "*", 403}, {"ada", `"1"`, 412}, {"ada", `"2"`, 200}, {"ada", "*", 409}} {
		if answer := c.ask(t, c.token(t, step.who), "POST", path+"/restoration", "", "If-Match", step.match); answer.StatusCode != step.status {
			t.Errorf("%s with %s: %d %s", step.who, step.match, answer.StatusCode, answer.body)
		}
	}
	if answer := c.ask(t, c.token(t, "ada"), "GET", path, ""); answer.Header.Get("ETag") != `"3"` {
		t.Errorf("%d %s", answer.StatusCode, answer.body)
	}
}

func TestABatchTellsEachResultAsItsRouteWould(t *testing.T) {
	c, id := theCompany(t), newUUID()
	good := newEntryOn(c, t, "2024-06-17")
	body := fmt.Sprintf(`{"operations":[
		{"op":"create","id":%[1]q,"body":%[2]s},
		{"op":"create","id":"X","body":{"minutes":"60","projectId":"p"}},
		{"op":"update","id":%[1]q,"body":{"note":"n"}},
		{"op":"update","id":%[1]q,"if_match":"\"1\"","body":{"note":1,"date":null}},
		{"op":"update","id":%[1]q,"if_match":"\"1\"","body":{"minutes":0}},
		{"op":"update","id":%[1]q,"if_match":"\"1\"","body":{"note":"n"}},
		{"op":"update","id":%[1]q,"if_match":"1","body":{}},
		{"op":"replace","id":%[1]q,"if_match":"*","body":null},
		{"op":"approve","id":%[1]q},
		{"op":"delete","id":%[1]q,"body":{}},
		{"op":"create","id":%[1]q,"if_match":"\"1\"","body":%[2]s},
		{"op":"delete","id":%[1]q,"if_match":"\"2\""},
		{"op":"restore","id":%[1]q}]}`, id, good)
	answer := c.ask(t, c.token(t, "ada"), "POST", "/timesheets/batch", body)
	var told struct{ Results []result }
	answer.json(t, &told)
	want := []string{`201 "1"`, "422 /operations/1/body/minutes /operations/1/body/projectId /operations/1/body/date /operations/1/body/project_id",
		"428", "422 /operations/3/body/note", "422 /operations/4/body/minutes", `200 "2"`, "400", "400", "422 /operations/8/op",
		"422 /operations/9/body", "422 /operations/10/if_match", "204", `200 "4"`}
	var got []string
	for i, r := range told.Results {
		words := []string{fmt.Sprint(r.Status)}
		if r.ETag != "" {
			words = append(words, r.ETag)
		}
		if r.Problem != nil {
			if r.Problem.Status != r.Status || r.Problem.Type == "" || r.Problem.Title == "" || r.Problem.Instance != "urn:uuid:"+answer.Header.Get("Request-Id") {
				t.Errorf("%d: the problem is %+v", i, r.Problem)
			}
			for _, m := range r.Problem.Errors {
				words = append(words, m.Pointer)
			}
		}
		got = append(got, strings.Join(words, " "))
	}
	if diff := cmp.Diff(want, got); diff != "" || answer.StatusCode != 207 {
		t.Errorf("%d: %s", answer.StatusCode, diff)
	}
}

func TestABatchHasBounds(t *testing.T) {
	c := theCompany(t)
	many := func(n int) string {
		text, _ := json.Marshal(map[string]any{"operations": make([]struct {
			Op string `json:"op"`
		}, n)})
		return string(text)
	}
	for body, status := range map[string]int{many(0): 422, many(201): 422, many(200): 207, "{}": 422, "": 422, `{"operations":{}}`: 422} {
		if answer := c.ask(t, c.token(t, "ada"), "POST", "/timesheets/batch", body); answer.StatusCode != status {
			t.Errorf("%.40s: %d %.200s", body, answer.StatusCode, answer.body)
		}
	}
}

func TestABatchIsLetInByEitherScope(t *testing.T) {
	c := theCompany(t)
	e, _ := c.record(t, "ada", "2024-06-24")
	body := fmt.Sprintf(`{"operations":[{"op":"submit","id":%[1]q},{"op":"withdraw","id":%[1]q},{"op":"delete","id":%[1]q}]}`, e.ID)
	for _, q := range []struct {
		scope string
		want  string
	}{{"create:timesheets", "200 200 403"}, {"delete:timesheets", "403 403 204"}} {
		var told struct{ Results []result }
		c.ask(t, c.token(t, "ada", q.scope), "POST", "/timesheets/batch", body).json(t, &told)
		var got []string
		for _, r := range told.Results {
			got = append(got, fmt.Sprint(r.Status))
		}
		if strings.Join(got, " ") != q.want {
			t.Errorf("%s: %v", q.scope, got)
		}
	}
	for _, scope := range []string{"read:timesheets", "approve:timesheets"} {
		if answer := c.ask(t, c.token(t, "mia", scope), "POST", "/timesheets/batch", body); answer.StatusCode != 403 {
			t.Errorf("%s: %d", scope, answer.StatusCode)
		}
	}
}

func TestAnAtomicBatchSaysWhatStandsInItsWay(t *testing.T) {
	c := theCompany(t)
	body := fmt.Sprintf(`{"operations":[{"op":"create","body":%s},{"op":"delete","id":"x"}]}`, newEntryOn(c, t, "2024-07-01"))
	var told struct{ Results []result }
	c.ask(t, c.token(t, "ada"), "POST", "/timesheets/batch?atomic=true", body).json(t, &told)
	if len(told.Results) != 2 || told.Results[0].Status != 424 || told.Results[1].Status != 404 {
		t.Errorf("%+v", told)
	}
	if n := c.count(t, "ada", "from=2024-07-01&to=2024-07-01"); n != "0" {
		t.Errorf("%s entries", n)
	}
}

func TestTheFeedIsFollowedOverHTTP(t *testing.T) {
	c := newCompany(t)
	for day := range 3 {
		c.record(t, "ada", fmt.Sprintf("2024-07-%02d", day+1))
	}
	gone, _ := c.record(t, "ada", "2024-07-09")
	c.ask(t, c.token(t, "ada"), "DELETE", "/timesheets/"+gone.ID, "")
	path, told := "/changes?limit=3", []timesheets.FeedChange{}
	for pages := 0; path != "" && pages < 5; pages++ {
		var f timesheets.Feed
		answer := c.ask(t, c.token(t, "ada"), "GET", path, "")
		answer.json(t, &f)
		told = append(told, f.Changes...)
		path = strings.TrimSuffix(strings.TrimPrefix(answer.Header.Get("Link"), "<"), `>; rel="next"`)
		if f.Cursor == "" || f.More != (path != "") || f.More != strings.Contains(path, "since=") {
			t.Fatalf("page %d: %+v, Link to %s", pages, f, path)
		}
	}
	if len(told) != 4 || !told[3].Deleted || told[3].ID != gone.ID || told[3].Revision != 2 || told[3].Entry != nil || told[0].Entry == nil {
		t.Errorf("%+v", told)
	}
	if answer := c.ask(t, c.token(t, "ben"), "GET", "/changes", ""); strings.Contains(answer.body, gone.ID) {
		t.Error("Ben is told of what Ada deleted")
	}
	if answer := c.ask(t, c.token(t, "ada"), "GET", "/changes?since=x", ""); answer.StatusCode != 422 {
		t.Errorf("%d", answer.StatusCode)
	}
}
