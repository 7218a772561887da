package main

import (
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"punchcard/auth"
	"punchcard/timesheets"
)

func TestExampleCoHasWhatATourNeeds(t *testing.T) {
	p, err := exampleProvisioning()
	if err != nil {
		t.Fatal(err)
	}
	types, managers, reports := map[string]bool{}, 0, map[string]int{}
	for _, c := range p.directory.Clients {
		types[c.Type] = true
	}
	for _, person := range p.directory.People {
		reports[person.Manager]++
		if slices.Contains(person.Roles, "manager") {
			managers++
		}
	}
	for _, kind := range []string{"native", "spa", "web", "machine"} {
		if !types[kind] {
			t.Errorf("there is no application of the type %s", kind)
		}
	}
	if len(p.directory.People) < 13 || managers != 2 || reports["mia@exampleco.com"] < 5 || reports["noah@exampleco.com"] < 5 {
		t.Errorf("%d people, %d managers, teams of %v", len(p.directory.People), managers, reports)
	}
	if len(p.setup.Projects) != 8 {
		t.Errorf("%d projects", len(p.setup.Projects))
	}
}

// told is an entry without what differs from start to start.
type told struct {
	Person, Date, Project, Task, Note, Comment, Source string
	Minutes                                            int
	State                                              timesheets.State
}

// entriesOf builds ExampleCo as of now and reads all its entries, by person, day and order.
func entriesOf(t *testing.T, now time.Time) []told {
	t.Helper()
	p, err := exampleProvisioning()
	if err != nil {
		t.Fatal(err)
	}
	h, err := buildExample(t.Context(), t.TempDir(), "http://localhost:8080/", p, now, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	payroll := auth.Caller{Client: "payroll"}
	names := map[string]string{}
	people, err := h.timesheets.People(t.Context(), payroll, timesheets.PersonQuery{})
	if err != nil {
		t.Fatal(err)
	}
	for _, person := range people.Items {
		names[person.ID] = person.Name
	}
	projects, err := h.timesheets.Projects(t.Context(), payroll, timesheets.ProjectQuery{})
	if err != nil {
		t.Fatal(err)
	}
	for _, project := range projects.Items {
		names[project.ID] = project.Name
	}
	var all []told
	query := timesheets.EntryQuery{Paging: timesheets.Paging{Limit: 200}}
	for more := true; more; more = query.Cursor != "" {
		page, err := h.timesheets.Entries(t.Context(), payroll, query)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Items {
			all = append(all, told{names[e.UserID], e.Date, names[e.ProjectID], e.Task, e.Note, e.Comment, e.Source, e.Minutes, e.State})
		}
		query.Cursor = page.Next
	}
	slices.SortStableFunc(all, func(a, b told) int { return strings.Compare(a.Person+a.Date, b.Person+b.Date) })
	return all
}

// On a Monday morning there is little of the week, on its Sunday night all of it; at any time there is something in every
// state, and the weeks before are the same.
func TestExampleCosWeeks(t *testing.T) {
	monday := time.Date(2026, 3, 2, 7, 0, 0, 0, time.FixedZone("", 3600))
	morning, night := entriesOf(t, monday), entriesOf(t, monday.Add(6*24*time.Hour+16*time.Hour))
	believable(t, morning, "2026-03-02", "2026-03-02")
	believable(t, night, "2026-03-02", "2026-03-06")
	before := func(all []told) []told {
		return slices.DeleteFunc(all, func(e told) bool { return e.Date >= "2026-03-02" })
	}
	if diff := cmp.Diff(before(morning), before(night)); diff != "" {
		t.Errorf("another start tells of other weeks: %s", diff)
	}
}

// believable checks the entries of the weeks up to the one that began on monday, of which the last day is given.
func believable(t *testing.T, all []told, monday, last string) {
	t.Helper()
	start, err := time.Parse(time.DateOnly, monday)
	if err != nil {
		t.Fatal(err)
	}
	lastWeek := start.AddDate(0, 0, -7).Format(time.DateOnly)
	days, states, sources := map[string]int{}, map[timesheets.State]int{}, map[string]int{}
	for _, e := range all {
		days[e.Person+" "+e.Date] += e.Minutes
		states[e.State]++
		sources[e.Source]++
		day, err := time.Parse(time.DateOnly, e.Date)
		if err != nil || day.Weekday() == time.Saturday || day.Weekday() == time.Sunday || e.Date > last {
			t.Errorf("time on no working day so far: %+v", e)
		}
		switch {
		case e.Date >= monday && e.State != timesheets.Draft,
			e.Date < lastWeek && e.State != timesheets.Approved,
			(e.State == timesheets.Rejected) != (e.Comment != ""):
			t.Errorf("not in the state that it should be in: %+v", e)
		}
	}
	if first := start.AddDate(0, 0, -7*(exampleWeeks-1)).Format(time.DateOnly); !slices.ContainsFunc(all, func(e told) bool { return e.Date == first }) {
		t.Errorf("nothing on %s, the first day", first)
	}
	for day, minutes := range days {
		if minutes < 3*60 || minutes > 12*60 {
			t.Errorf("%s has %d minutes", day, minutes)
		}
	}
	if len(all) < 800 || states[timesheets.Draft] == 0 || states[timesheets.Rejected] == 0 ||
		states[timesheets.Submitted] < 10*states[timesheets.Rejected] || sources["import-job"] == 0 {
		t.Errorf("%d entries, %v, from %v", len(all), states, sources)
	}
}

// Little of what ExampleCo expects is missing, and nothing on days on which nobody works.
func TestExampleCoMissesLittleTime(t *testing.T) {
	p, err := exampleProvisioning()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 5, 15, 18, 0, 0, 0, time.UTC)
	h, err := buildExample(t.Context(), t.TempDir(), "http://localhost:8080/", p, now, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	missing, err := h.timesheets.MissingTime(t.Context(), auth.Caller{Client: "payroll"},
		timesheets.MissingQuery{From: "2026-03-30", To: "2026-05-10"})
	if err != nil {
		t.Fatal(err)
	}
	var minutes, days int
	for _, person := range missing.Items {
		minutes += person.MissingMinutes
		for _, p := range person.Periods {
			for _, day := range p.Days {
				if days++; day.Date == "2026-05-01" {
					t.Errorf("%s misses %s", person.Name, day.Date)
				}
			}
		}
	}
	const all = 13 * 29 // people and days, about
	if len(missing.Items) != 15 || days == 0 || days > all/10 || minutes > all*480/10 {
		t.Errorf("of %d people, %d days and %d minutes are missing", len(missing.Items), days, minutes)
	}
}

// What the demo prints is so: everybody can sign in, and nothing is left of it.
func TestTheDemoIsAsItSays(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	s := start(t, "demo", "--listen=localhost:0")
	for _, line := range []string{"Mia Chen", "ada@exampleco.com", "payroll-secret-of-the-demo-only", "each with the password: " + examplePassword} {
		if !strings.Contains(s.out.String(), line) {
			t.Errorf("it doesn't print %q", line)
		}
	}
	for _, email := range []string{"ada@exampleco.com", "mia@exampleco.com", "grace@exampleco.com", "tom@walsh-it.example"} {
		if answer := signIn(t, printed(t, s, "/authorize?"), email); answer.Get("code") == "" {
			t.Errorf("%s: %v", email, answer)
		}
	}
	if status := s.stop(); status != 0 {
		t.Errorf("status %d: %s", status, s.log)
	}
	if left := names(t, os.TempDir()); left != "" {
		t.Errorf("it left %s", left)
	}
}

func TestExampleCoIsAdministeredFromAShell(t *testing.T) {
	issuer := exampleServer(t)
	token := machineToken(t, issuer, "admin-cli", "admin-secret-of-the-demo-only", issuer+"api/v2/")
	found := call[[]struct{ Email string }](t, token, issuer+"api/v2/users?q=name:ada*")
	if len(found) != 1 || found[0].Email != "ada@exampleco.com" {
		t.Errorf("found %v", found)
	}
}

// Each application can do what demo.yaml grants it, and nothing else.
func TestExampleCosMachinesDoWhatTheyWereGranted(t *testing.T) {
	issuer := exampleServer(t)
	secrets := map[string]string{"payroll": "payroll-secret-of-the-demo-only", "import-job": "import-secret-of-the-demo-only"}
	for _, c := range []struct {
		client, method string
		status         int
	}{
		{"payroll", http.MethodGet, http.StatusOK},
		{"payroll", http.MethodPost, http.StatusForbidden},
		{"import-job", http.MethodGet, http.StatusForbidden},
		{"import-job", http.MethodPost, http.StatusUnprocessableEntity}, // of an empty entry: it got past the guard
	} {
		req, err := http.NewRequestWithContext(t.Context(), c.method, issuer+"timesheets", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+machineToken(t, issuer, c.client, secrets[c.client]))
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if text := body(t, res); res.StatusCode != c.status {
			t.Errorf("%s %s: got %s, want %d: %s", c.client, c.method, res.Status, c.status, text)
		}
	}
}

func TestTheDemoListensOnThisMachineAlone(t *testing.T) {
	for address, alone := range map[string]bool{
		"localhost:0": true, "127.0.0.1:0": true, "127.1.2.3:0": true,
		":0": false, "0.0.0.0:0": false, "[::]:0": false, "192.0.2.1:0": false,
	} {
		listener, err := demo{Listen: address}.listen()
		if alone != (err == nil) {
			t.Errorf("%s: %v", address, err)
		}
		if err == nil {
			if !listener.Addr().(*net.TCPAddr).IP.IsLoopback() {
				t.Errorf("%s: it listens on %s", address, listener.Addr())
			}
			listener.Close()
		}
	}
}

// printed is the first line of what the demo said that holds the words.
func printed(t *testing.T, s running, words string) string {
	t.Helper()
	for line := range strings.SplitSeq(s.out.String(), "\n") {
		if strings.Contains(line, words) {
			return strings.TrimSpace(line)
		}
	}
	t.Fatalf("the demo doesn't print %q", words)
	return ""
}
