package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const smallFile = `
api: {audience: "https://api.exampleco.com/timesheets"}
users:
  - {email: ada@exampleco.com, name: Ada Lovelace, password: correct horse battery, roles: [employee], manager: mia@exampleco.com}
  - {email: mia@exampleco.com, name: Mia Chen, roles: [manager]}
clients:
  - client_id: payroll
    type: machine
    client_secret: the secret of payroll
    grants: [{audience: "https://api.exampleco.com/timesheets", scopes: ["read:timesheets"]}]
projects:
  - {name: StoreZero, tasks: [Build]}
`

// provisioned starts with the file and gives what payroll then reads: people and projects.
func provisioned(t *testing.T, file string) (people, projects []map[string]any) {
	t.Helper()
	write(t, "punchcard.yaml", file)
	s := start(t, "--listen=localhost:0", "--provision=punchcard.yaml")
	defer s.stop()
	if strings.Contains(s.out.String(), "setup?token=") {
		t.Errorf("there are people, and yet it offers to make the first administrator:\n%s", s.out)
	}
	token := machineToken(t, s.url, "payroll", "the secret of payroll")
	return call[[]map[string]any](t, token, s.url+"people"), call[[]map[string]any](t, token, s.url+"projects")
}

func machineToken(t *testing.T, issuer, client, secret string, audience ...string) string {
	t.Helper()
	res, err := http.PostForm(issuer+"oauth/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {client}, "client_secret": {secret}, "audience": audience,
	})
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Token string `json:"access_token"`
	}
	if text := body(t, res); json.Unmarshal([]byte(text), &answer) != nil || answer.Token == "" {
		t.Fatalf("no token for %s: %s", client, text)
	}
	return answer.Token
}

// call gets a resource with an access token.
func call[T any](t *testing.T, token, url string) (answer T) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	text := body(t, res)
	if err := json.Unmarshal([]byte(text), &answer); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s answered %s: %s", url, res.Status, text)
	}
	return answer
}

func TestProvisioningIsAppliedAtEveryStart(t *testing.T) {
	t.Chdir(t.TempDir())
	people, projects := provisioned(t, smallFile)
	if len(people) != 2 || len(projects) != 1 {
		t.Fatalf("there are %d people and %d projects", len(people), len(projects))
	}
	againPeople, againProjects := provisioned(t, smallFile)
	if diff := cmp.Diff(people, againPeople); diff != "" {
		t.Errorf("the same file changed people: %s", diff)
	}
	if diff := cmp.Diff(projects, againProjects); diff != "" {
		t.Errorf("the same file changed projects: %s", diff)
	}
	changed, closed := provisioned(t, strings.NewReplacer("Ada Lovelace", "Ada King", "tasks: [Build]", "closed: true").Replace(smallFile))
	if changed[0]["name"] != "Ada King" || changed[0]["id"] != people[0]["id"] {
		t.Errorf("Ada became %v", changed[0])
	}
	if closed[0]["closed"] != true || closed[0]["id"] != projects[0]["id"] {
		t.Errorf("StoreZero became %v", closed[0])
	}
	kept, _ := provisioned(t, strings.Replace(smallFile, "  - {email: ada", "#", 1))
	if len(kept) != 2 {
		t.Errorf("who is named no more is gone: %v", kept)
	}
}

// A mistake that only the database shows is told with its line too, and nothing of the file is applied.
func TestNothingIsAppliedWhenAnythingIsWrong(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"a manager who isn't", "manager: mia@", "manager: max@", "punchcard.yaml:4: users[0].manager: is nobody's e-mail here"},
		{"a role that isn't", "[manager]", "[manager, boss]", "punchcard.yaml:5: users[1].roles[1]: is no role"},
		{"an API that isn't", `[{audience: "https://api.`, `[{audience: "https://other.`, "punchcard.yaml:10: clients[0].grants[0].audience: is no API's audience"},
		{"a mistake without the database", "StoreZero", `""`, "punchcard.yaml:12: projects[0].name: is needed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			write(t, "punchcard.yaml", strings.Replace(smallFile, c.old, c.new, 1))
			log := &screen{}
			args := []string{"--listen=localhost:0", "--provision=punchcard.yaml"}
			if status := run(t.Context(), args, terminal{io.Discard, log}); status != failed {
				t.Errorf("status %d", status)
			}
			want := "punchcard: nothing was applied, since the provisioning file has a mistake:\n" + c.want
			if !strings.HasPrefix(log.String(), want) {
				t.Errorf("it said %q, want %q", log, want)
			}
			if s := start(t, "--listen=localhost:0"); !strings.Contains(s.out.String(), "Nobody is here yet") {
				t.Error("somebody was made")
			}
		})
	}
}
