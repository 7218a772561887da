package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"punchcard/auth"
	"punchcard/timesheets"
)

func (c *company) count(t testing.TB, who, query string) string {
	t.Helper()
	return c.ask(t, c.token(t, who), "GET", "/timesheets?count=true&"+query, "").Header.Get("Total-Count")
}

func TestARequestThatIsSentAgainIsAnsweredAsBefore(t *testing.T) {
	c := theCompany(t)
	body, key := newEntryOn(c, t, "2024-05-06"), uuid.NewString()
	first := c.ask(t, c.token(t, "ada"), "POST", "/timesheets", body, "Idempotency-Key", key)
	again := c.ask(t, c.token(t, "ada"), "POST", "/timesheets", body, "Idempotency-Key", key)
	for _, name := range []string{"ETag", "Location", "Content-Type", "Content-Length", "Cache-Control"} {
		if one, two := first.Header.Get(name), again.Header.Get(name); one == "" || one != two {
			t.Errorf("%s was %q and is %q", name, one, two)
		}
	}
	if first.StatusCode != 201 || again.StatusCode != 201 || first.body != again.body ||
		first.Header.Get("Idempotency-Replayed") != "" || again.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("%d %s, then %d %s %v", first.StatusCode, first.body, again.StatusCode, again.body, again.Header)
	}
	for name, other := range map[string][2]string{
		"another body": {"/timesheets", strings.Replace(body, "60", "61", 1)}, "another query": {"/timesheets?validate_only=false", body},
	} {
		answer := c.ask(t, c.token(t, "ada"), "POST", other[0], other[1], "Idempotency-Key", key)
		if answer.StatusCode != 422 || answer.kind(t) != "idempotency-mismatch" {
			t.Errorf("%s: %d %s", name, answer.StatusCode, answer.body)
		}
	}
	for i, elses := range []reply{
		c.ask(t, c.token(t, "ben"), "POST", "/timesheets", body, "Idempotency-Key", key),
		c.ask(t, c.token(t, "mia"), "POST", "/timesheets", body, "Idempotency-Key", key),
		c.ask(t, c.token(t, "ada"), "POST", "/timesheets", body),
		c.ask(t, c.token(t, "ada"), "POST", "/timesheets", body, "Idempotency-Key", key+"x"),
	} {
		if elses.StatusCode != 201 || elses.body == first.body || elses.Header.Get("Idempotency-Replayed") != "" {
			t.Errorf("%d: %d %s", i, elses.StatusCode, elses.body)
		}
	}
	// The guard comes first: who may not do it any more isn't told what they did.
	if answer := c.ask(t, c.token(t, "ada", "read:timesheets"), "POST", "/timesheets", body, "Idempotency-Key", key); answer.StatusCode != 403 {
		t.Errorf("without the scope: %d", answer.StatusCode)
	}
}

func TestAKeyIsSomePrintableCharacters(t *testing.T) {
	c := theCompany(t)
	for _, key := range []string{"", strings.Repeat("k", 256), "k\tk", "é", "k\x7f"} {
		answer := c.ask(t, c.token(t, "ada"), "POST", "/timesheets", newEntryOn(c, t, "2024-05-07"), "Idempotency-Key", key)
		if answer.StatusCode != 400 || answer.kind(t) != "malformed-request" || !strings.Contains(answer.body, "Idempotency-Key") {
			t.Errorf("%q: %d %s", key, answer.StatusCode, answer.body)
		}
	}
	for _, key := range []string{"k", strings.Repeat("k", 255), `" ~'; DROP TABLE replays; --`} {
		if answer := c.ask(t, c.token(t, "ada"), "POST", "/timesheets", newEntryOn(c, t, "2024-05-07"), "Idempotency-Key", key); answer.StatusCode != 201 {
			t.Errorf("%q: %d %s", key, answer.StatusCode, answer.body)
		}
	}
	r, err := http.NewRequest("POST", testIssuer+"timesheets", strings.NewReader(newEntryOn(c, t, "2024-05-07")))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"Authorization": {"Bearer " + c.token(t, "ada")}, "Content-Type": {"application/json"}, "Idempotency-Key": {"a", "b"}}
	if answer := c.send(t, r); answer.StatusCode != 400 {
		t.Errorf("two keys: %d", answer.StatusCode)
	}
}

func TestWhatFailedUnderAKeyCanBeSentAgain(t *testing.T) {
	c, key := theCompany(t), uuid.NewString()
	bad := strings.Replace(newEntryOn(c, t, "2024-05-08"), "60", "0", 1)
	for _, body := range []string{bad, bad, "{", newEntryOn(c, t, "2024-05-08")} {
		answer := c.ask(t, c.token(t, "ada"), "POST", "/timesheets", body, "Idempotency-Key", key)
		if good := !strings.HasPrefix(body, bad[:20]) || !strings.Contains(body, ":0"); answer.Header.Get("Idempotency-Replayed") != "" ||
			(answer.StatusCode == 201) != (good && body != "{") {
			t.Errorf("%s: %d %s", body, answer.StatusCode, answer.body)
		}
	}
	// And what was only tried uses no key up.
	tried := uuid.NewString()
	for range 2 {
		answer := c.ask(t, c.token(t, "ada"), "POST", "/timesheets?validate_only=true", newEntryOn(c, t, "2024-05-08"), "Idempotency-Key", tried)
		if answer.StatusCode != 201 || answer.Header.Get("Idempotency-Replayed") != "" {
			t.Errorf("tried: %d %v", answer.StatusCode, answer.Header)
		}
	}
}

func TestManyOfTheSameRequestAtOnceAreOne(t *testing.T) {
	c := theCompany(t)
	token, body, key := c.token(t, "ada"), newEntryOn(c, t, "2024-05-09"), uuid.NewString()
	var all sync.WaitGroup
	for range 30 {
		all.Go(func() {
			if answer := c.ask(t, token, "POST", "/timesheets", body, "Idempotency-Key", key); answer.StatusCode != 201 {
				t.Errorf("%d %s", answer.StatusCode, answer.body)
			}
		})
	}
	all.Wait()
	if n := c.count(t, "ada", "from=2024-05-09&to=2024-05-09"); n != "1" {
		t.Errorf("%s entries", n)
	}
}

// attempt is a request that would change something.
type attempt struct{ who, path, body, match string }

// attempts are good requests by each route that changes timesheets.
func (c *company) attempts(t *testing.T) map[string]attempt {
	for _, who := range []string{"ada", "ben", "mia", "otto"} {
		c.token(t, who) // so that nobody signs in later, which leaves rows
	}
	entry := func(who, date string) timesheets.Entry {
		e, _ := c.record(t, who, date)
		return e
	}
	do := func(who, method, path, body string, header ...string) {
		t.Helper()
		if answer := c.ask(t, c.token(t, who), method, path, body, header...); answer.StatusCode >= 300 {
			t.Fatalf("%s %s: %d %s", method, path, answer.StatusCode, answer.body)
		}
	}
	draft, gone, submitted := entry("ada", "2026-02-02"), entry("ada", "2026-02-03"), entry("ada", "2026-02-04")
	do("ada", "DELETE", "/timesheets/"+gone.ID, "")
	do("ada", "PUT", "/timesheets/"+submitted.ID+"/submission", "")
	open, waiting, approved := entry("ben", "2026-02-02").PeriodID, entry("ben", "2026-02-09").PeriodID, entry("ben", "2026-02-16").PeriodID
	asked := entry("ben", "2026-02-23").PeriodID
	for _, period := range []string{waiting, approved, asked} {
		do("ben", "PUT", "/periods/"+period+"/submission", "")
	}
	for _, period := range []string{approved, asked} {
		do("mia", "PUT", "/periods/"+period+"/approval", `{"decision":"approved"}`, "If-Match", `"2"`)
	}
	one, period := "/timesheets/"+draft.ID, "/periods/"
	return map[string]attempt{
		"POST /timesheets":       {"ada", "/timesheets", newEntryOn(c, t, "2026-02-05"), ""},
		"POST /timesheets/batch": {"ada", "/timesheets/batch", `{"operations":[{"op":"delete","id":"` + draft.ID + `"}]}`, ""},
		"PUT /timesheets/:id":    {"ada", one, newEntryOn(c, t, "2026-02-05"), `"1"`},
		"PATCH /timesheets/:id":  {"ada", one, `{"note":"n"}`, `"1"`}, "DELETE /timesheets/:id": {"ada", one, "", `"1"`},
		"POST /timesheets/:id/restoration":    {"ada", "/timesheets/" + gone.ID + "/restoration", "", `"2"`},
		"PUT /timesheets/:id/submission":      {"ada", one + "/submission", "", `"1"`},
		"DELETE /timesheets/:id/submission":   {"ada", "/timesheets/" + submitted.ID + "/submission", "", `"2"`},
		"PUT /timesheets/:id/approval":        {"mia", "/timesheets/" + submitted.ID + "/approval", "", `"2"`},
		"PUT /periods/:id/submission":         {"ben", period + open + "/submission", "", `"1"`},
		"DELETE /periods/:id/submission":      {"ben", period + waiting + "/submission", "", `"2"`},
		"PUT /periods/:id/approval":           {"mia", period + waiting + "/approval", `{"decision":"approved"}`, `"2"`},
		"POST /periods/:id/reopening":         {"mia", period + approved + "/reopening", `{"reason":"r"}`, `"3"`},
		"POST /periods/:id/reopening-request": {"ben", period + asked + "/reopening-request", `{"reason":"r"}`, `"3"`},
		"POST /approvals":                     {"mia", "/approvals", `{"items":[{"period_id":"` + waiting + `","etag":"\"2\"","decision":"approved"}]}`, ""},
		"POST /approvals/reminders":           {"mia", "/approvals/reminders", `{"period_ids":["` + open + `"]}`, ""},
		"POST /projects":                      {"otto", "/projects", `{"name":"Another"}`, ""},
		"PUT /lock-date":                      {"otto", "/lock-date", `{"until":"2020-01-31","reason":"r"}`, `"0"`},
	}
}

func TestWhatIsOnlyTriedIsAnsweredAndNotDone(t *testing.T) {
	c := newCompany(t)
	attempts := c.attempts(t)
	before := c.rows(t)
	for name, a := range attempts {
		method, _, _ := strings.Cut(name, " ")
		header := []string{"If-Match", a.match}
		if a.match == "" {
			header = nil
		}
		answer := c.ask(t, c.token(t, a.who), method, a.path+"?validate_only=true", a.body, header...)
		if answer.StatusCode >= 300 {
			t.Errorf("%s: %d %s", name, answer.StatusCode, answer.body)
		}
		if diff := cmp.Diff(before, c.rows(t)); diff != "" {
			t.Fatalf("%s changes something: %s", name, diff)
		}
		for _, query := range []string{"?validate_only=yes", "?validate_only=true&validate_only=true"} {
			if answer := c.ask(t, c.token(t, a.who), method, a.path+query, a.body, header...); answer.StatusCode != 422 || !strings.Contains(answer.body, `"validate_only"`) {
				t.Errorf("%s%s: %d %s", name, query, answer.StatusCode, answer.body)
			}
		}
	}
	for _, a := range []attempt{attempts["PATCH /timesheets/:id"], attempts["POST /periods/:id/reopening"]} { // the real thing would have
		method := map[string]string{"ada": "PATCH", "mia": "POST"}[a.who]
		if answer := c.ask(t, c.token(t, a.who), method, a.path, a.body, "If-Match", a.match); answer.StatusCode != 200 || cmp.Equal(before, c.rows(t)) {
			t.Errorf("%s: %d %s", a.path, answer.StatusCode, answer.body)
		}
	}
	if answer := c.ask(t, c.token(t, "ada"), "GET", "/timesheets?validate_only=true", ""); answer.StatusCode != 422 {
		t.Errorf("reading: %d", answer.StatusCode)
	}
}

// What is another now than it was seen is left as it is, by each route.
func TestEveryRouteThatChangesTimeMindsIfMatch(t *testing.T) {
	c := newCompany(t)
	attempts := c.attempts(t)
	before := c.rows(t)
	for name, a := range attempts {
		method, _, _ := strings.Cut(name, " ")
		if a.match == "" {
			continue
		}
		for match, status := range map[string]int{`"77"`: 412, `W/` + a.match: 412, `"x"`: 412, "7": 400, `"1", "2"`: 400} {
			if answer := c.ask(t, c.token(t, a.who), method, a.path, a.body, "If-Match", match); answer.StatusCode != status {
				t.Errorf("%s with If-Match: %s: %d %s", name, match, answer.StatusCode, answer.body)
			}
		}
		required := slices.Contains([]string{"PATCH /timesheets/:id", "PUT /timesheets/:id", "PUT /periods/:id/approval"}, name)
		answer := c.ask(t, c.token(t, a.who), method, a.path+"?validate_only=true", a.body)
		if required != (answer.StatusCode == 428) || !required && answer.StatusCode >= 300 {
			t.Errorf("%s without If-Match: %d %s", name, answer.StatusCode, answer.body)
		}
		if any := c.ask(t, c.token(t, a.who), method, a.path+"?validate_only=true", a.body, "If-Match", "*"); any.StatusCode >= 300 &&
			name != "PUT /periods/:id/approval" { // whose decider says what they saw
			t.Errorf("%s with If-Match: *: %d %s", name, any.StatusCode, any.body)
		}
	}
	if diff := cmp.Diff(before, c.rows(t)); diff != "" {
		t.Error(diff)
	}
}

func TestEveryPOSTOfTheTimesheetsIsDoneOnceUnderAKey(t *testing.T) {
	c, seen := newCompany(t), 0
	attempts := c.attempts(t)
	for _, r := range c.settings.routes() {
		a, known := attempts[r.method+" "+r.path]
		if !known || r.method != "POST" {
			continue
		}
		seen++
		first := c.ask(t, c.token(t, a.who), "POST", a.path, a.body, "Idempotency-Key", "the key")
		before := c.rows(t)
		again := c.ask(t, c.token(t, a.who), "POST", a.path, a.body, "Idempotency-Key", "the key")
		if first.StatusCode >= 300 || again.StatusCode != first.StatusCode || again.body != first.body || again.Header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("%s: %d %s, then %d %s", r.path, first.StatusCode, first.body, again.StatusCode, again.body)
		}
		if diff := cmp.Diff(before, c.rows(t)); diff != "" {
			t.Errorf("%s is done twice: %s", r.path, diff)
		}
	}
	if seen < 6 {
		t.Errorf("only %d of them", seen)
	}
	answer := c.ask(t, c.token(t, "operator", managementScopes...), "POST", "/api/v2/roles", `{"name":"r"}`, "Idempotency-Key", "k")
	if answer.StatusCode != 200 || answer.Header.Get("Idempotency-Replayed") != "" {
		t.Errorf("of another API: %d", answer.StatusCode)
	}
}

// rows is all that the database holds, as text.
func (c *company) rows(t testing.TB) (all []string) {
	t.Helper()
	tx := c.db.Read(t.Context())
	from := "SELECT name FROM sqlite_master WHERE type = 'table'"
	if tx.Name() == "postgres" {
		from = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
	}
	var tables []string
	if err := tx.Raw(from).Scan(&tables).Error; err != nil || !slices.Contains(tables, "entries") {
		t.Fatal(tables, err)
	}
	for _, table := range tables {
		var rows []map[string]any
		if err := c.db.Read(t.Context()).Table(table).Find(&rows).Error; err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			text, err := json.Marshal(row)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, table+" "+string(text))
		}
	}
	slices.Sort(all)
	return all
}

// What can be read of the timesheets has a tag, and isn't sent to who has it.
func TestEveryReadingRouteAnswers304(t *testing.T) {
	c, seen := newCompany(t), 0
	e, _ := c.record(t, "ben", "2026-02-02")
	for _, r := range c.settings.routes() {
		if r.method != "GET" || r.access.api != auth.Timesheets {
			continue
		}
		id := e.PeriodID
		if strings.HasPrefix(r.path, "/timesheets") {
			id = e.ID
		} else if strings.Contains(r.path, ":date") {
			id = e.UserID
		}
		path := strings.NewReplacer(":id", id, ":date", "2026-02-02").Replace(r.path)
		answer := c.ask(t, c.token(t, "mia"), "GET", path, "")
		if answer.StatusCode != 200 || answer.Header.Get("Content-Disposition") != "" { // a file is not kept for its tag
			continue
		}
		seen++
		tag := answer.Header.Get("ETag")
		again := c.ask(t, c.token(t, "mia"), "GET", path, "", "If-None-Match", tag)
		other := c.ask(t, c.token(t, "mia"), "GET", path, "", "If-None-Match", `"other"`)
		if tag == "" || again.StatusCode != 304 || other.StatusCode != 200 {
			t.Errorf("%s: %s, then %d and %d", path, tag, again.StatusCode, other.StatusCode)
		}
	}
	if seen < 14 {
		t.Errorf("only %d of them", seen)
	}
}

// The tag of a page stands for all of it: where it leads on, and how long the list is.
func TestAPagesTagCoversItsHeaders(t *testing.T) {
	c := newCompany(t)
	for _, query := range []string{"limit=1", "limit=1&count=true"} {
		for _, date := range []string{"2026-02-09", "2026-02-06"} { // the first page stays what it is
			path := "/timesheets?to=2026-02-09&" + query
			before := c.ask(t, c.token(t, "ada"), "GET", path, "")
			c.record(t, "ada", date)
			after := c.ask(t, c.token(t, "ada"), "GET", path, "", "If-None-Match", before.Header.Get("ETag"))
			said := before.Header.Get("Link")+before.Header.Get("Total-Count") == after.Header.Get("Link")+after.Header.Get("Total-Count")
			if after.StatusCode == 304 && !said || after.StatusCode == 200 && said && before.body == after.body {
				t.Errorf("%s after %s: %d", path, date, after.StatusCode)
			}
		}
	}
}

func TestALimitIsAtLeastOne(t *testing.T) {
	c := theCompany(t)
	for _, path := range []string{"/timesheets", "/periods", "/projects", "/people", "/changes", "/approvals"} {
		for limit, status := range map[string]int{"0": 422, "-1": 422, "201": 422, "1": 200, "200": 200, "": 200} {
			if answer := c.ask(t, c.token(t, "mia"), "GET", path+"?limit="+limit, ""); answer.StatusCode != status {
				t.Errorf("%s?limit=%s: %d %s", path, limit, answer.StatusCode, answer.body)
			}
		}
	}
}
