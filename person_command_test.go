package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"
)

// onFolder runs a command on the database of a folder.
func onFolder(folder string, args ...string) (status int, said string) {
	out, log := &screen{}, &screen{}
	status = run(context.Background(), append(args, "--db=sqlite:"+filepath.Join(folder, "punchcard.db")), terminal{out, log})
	return status, out.String() + log.String()
}

// as is an application in which somebody signed in.
func as(t *testing.T, issuer, email string) *http.Client {
	t.Helper()
	app := oauth2.Config{
		ClientID: "timesheets-mobile", RedirectURL: "http://127.0.0.1:50123/callback",
		Endpoint: oauth2.Endpoint{AuthURL: issuer + "authorize", TokenURL: issuer + "oauth/token"},
		Scopes:   []string{"openid", "offline_access", "read:timesheets", "create:timesheets"},
	}
	verifier := oauth2.GenerateVerifier()
	code := signIn(t, app.AuthCodeURL("s", oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("login_hint", email)), email).Get("code")
	tokens, err := app.Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	return oauth2.NewClient(t.Context(), oauth2.StaticTokenSource(tokens))
}

// Somebody who takes the whole file, its log and all, finds no trace of who was erased while the server runs.
func TestNothingIsLeftOfAnErasedPerson(t *testing.T) {
	t.Parallel()
	p, err := exampleProvisioning()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	h, issuer := serveIn(t, folder, p)
	ada := as(t, issuer, "ada@exampleco.com")
	projects := call[[]map[string]any](t, machineToken(t, issuer, "payroll", "payroll-secret-of-the-demo-only"), issuer+"projects")
	open := slices.IndexFunc(projects, func(p map[string]any) bool { return p["name"] == "StoreZero" })
	entry := `{"date":"2026-03-04","minutes":60,"note":"visited the cardiologist","project_id":"` + projects[open]["id"].(string) + `"}`
	post := func(path, media, text string) {
		t.Helper()
		req, err := http.NewRequest(http.MethodPost, issuer+path, strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", media)
		req.Header.Set("Idempotency-Key", "cardiologist of "+path)
		if res, err := ada.Do(req); err != nil || res.StatusCode >= http.StatusMultipleChoices {
			t.Fatalf("%s: %v %v", path, res, err)
		}
	}
	post("timesheets", "application/json", entry)
	post("timesheets/import", "text/csv", "date,project,hours,note\n2026-03-05,StoreZero,1,cardiologist again\n2026-03-06,StoreZero,1,\n")
	post("absences", "application/json", `{"kind":"sick","from":"2026-03-09","note":"the cardiologist said so"}`)
	if _, err := http.Get(issuer + "authorize?login_hint=ada@exampleco.com&client_id=timesheets-mobile&response_type=code"); err != nil {
		t.Fatal(err)
	}
	res, err := ada.Get(issuer + "me/export")
	if err != nil {
		t.Fatal(err)
	}
	if export := body(t, res); !strings.Contains(export, "cardiologist") || !strings.Contains(export, "ada@exampleco.com") {
		t.Errorf("her export has %s", export)
	}
	secrets := []string{"Ada Lovelace", "ada@exampleco.com", "cardiologist"}
	if found := traces(t, folder, secrets); len(found) != len(secrets) {
		t.Fatalf("before, there are only %v: the search finds nothing", found)
	}
	if status, said := onFolder(folder, "person", "erase", "ada@exampleco.com"); status != 0 || !strings.Contains(said, "3 entries") ||
		!strings.Contains(said, "--yes") || len(traces(t, folder, secrets)) != len(secrets) {
		t.Errorf("without --yes it ended with %d: %s", status, said)
	}
	for end := time.Now().Add(3 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		var waiting int // until what the server logs of her is written
		h.db.Read(t.Context()).Raw("SELECT COUNT(*) FROM events WHERE type = 'seacft'").Scan(&waiting)
		if waiting > 0 {
			break
		}
	}
	if status, said := onFolder(folder, "person", "erase", "ada@exampleco.com", "--yes"); status != 0 {
		t.Fatalf("it ended with %d: %s", status, said)
	}
	if found := traces(t, folder, secrets); len(found) > 0 {
		t.Errorf("the files still have %v", found)
	}
	status := 0
	for end := time.Now().Add(3 * time.Second); status != http.StatusUnauthorized && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		res, err := ada.Get(issuer + "me")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		status = res.StatusCode
	}
	if status != http.StatusUnauthorized {
		t.Errorf("her token still gets %d", status)
	}
	if status, said := onFolder(folder, "audit", "verify"); status != 0 {
		t.Errorf("the audit is broken: %s", said)
	}
	if status, said := onFolder(folder, "person", "erase", "grace@exampleco.com", "--yes"); status != failed || !strings.Contains(said, "last administrator") {
		t.Errorf("the last administrator: %d %s", status, said)
	}
	if status, said := onFolder(folder, "person", "erase", "ada@exampleco.com", "--yes"); status != failed || !strings.Contains(said, "nobody has") {
		t.Errorf("nobody: %d %s", status, said)
	}
}

// traces are those of the words that a file of the folder has, in whatever form.
func traces(t *testing.T, folder string, words []string) (found []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "punchcard.db*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var all []byte
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, bytes.ToLower(content)...)
	}
	for _, word := range words {
		if bytes.Contains(all, []byte(strings.ToLower(word))) {
			found = append(found, word)
		}
	}
	return found
}
