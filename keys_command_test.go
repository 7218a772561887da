package main

import (
	"context"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// An administrator exchanges and ends keys while the server runs.
func TestKeysAreRotatedAndRevokedWhileTheServerRuns(t *testing.T) {
	t.Parallel()
	p, err := exampleProvisioning()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	_, issuer := serveIn(t, folder, p)
	command := func(args ...string) (int, string) {
		out, log := &screen{}, &screen{}
		files := []string{"--db=sqlite:" + filepath.Join(folder, "punchcard.db"), "--secret-file=" + filepath.Join(folder, "punchcard.secret")}
		status := run(context.Background(), append(append([]string{"keys"}, args...), files...), terminal{out, log})
		return status, out.String() + log.String()
	}
	_, list := command("list")
	signing := regexp.MustCompile(`(?m)^(key_\w+)\s+ES256\s+signs`).FindStringSubmatch(list)
	if signing == nil || strings.Count(list, "key_") != 2 {
		t.Fatalf("the list is %s", list)
	}
	token := machineToken(t, issuer, "payroll", "payroll-secret-of-the-demo-only")
	bearer := func() int {
		req, _ := http.NewRequestWithContext(t.Context(), "GET", issuer+"timesheets", nil)
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	if got := bearer(); got != http.StatusOK {
		t.Fatalf("got %d", got)
	}
	if status, said := command("rotate"); status != 0 || !strings.Contains(said, "signs from") {
		t.Errorf("rotate ended with %d: %s", status, said)
	}
	if status, said := command("revoke", signing[1]); status != 0 {
		t.Fatalf("revoke ended with %d: %s", status, said)
	}
	for range 40 {
		if bearer() == http.StatusUnauthorized {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if got := bearer(); got != http.StatusUnauthorized {
		t.Errorf("two seconds later the key's token still gets %d", got)
	}
	token = machineToken(t, issuer, "payroll", "payroll-secret-of-the-demo-only")
	if got := bearer(); got != http.StatusOK {
		t.Errorf("a new token gets %d", got)
	}
	for _, wrong := range [][]string{{"revoke", "key_none"}, {"rotate", "--alg=HS256"}, {"revoke"}} {
		if status, said := command(wrong...); status == 0 || strings.Contains(said, "goroutine") {
			t.Errorf("%v ended with %d: %s", wrong, status, said)
		}
	}
	if status, said := (func() (int, string) {
		log := &screen{}
		return run(context.Background(), []string{"keys", "list", "--secret-file=" + filepath.Join(folder, "none")}, terminal{&screen{}, log}), log.String()
	})(); status == 0 || !strings.Contains(said, "--secret-file") {
		t.Errorf("without a secret file it ended with %d: %s", status, said)
	}
}
