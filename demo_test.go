package main

import (
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
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
