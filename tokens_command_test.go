package main

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTokensAreRevokedWhileTheServerRuns(t *testing.T) {
	t.Parallel()
	p, err := exampleProvisioning()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	_, issuer := serveIn(t, folder, p)
	command := func(args ...string) (int, string) {
		out, log := &screen{}, &screen{}
		args = append([]string{"tokens", "revoke", "--db=sqlite:" + filepath.Join(folder, "punchcard.db")}, args...)
		status := run(context.Background(), args, terminal{out, log})
		return status, out.String() + log.String()
	}
	token := machineToken(t, issuer, "payroll", "payroll-secret-of-the-demo-only")
	status := func() int {
		req, _ := http.NewRequestWithContext(t.Context(), "GET", issuer+"timesheets", nil)
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	for _, wrong := range [][]string{{}, {"--user=nobody@example.com"}, {"--client=nothing"}, {"--client=payroll", "--all"}, {"--user="}} {
		if ended, said := command(wrong...); ended == 0 || strings.Contains(said, "goroutine") {
			t.Errorf("%q ended with %d: %s", wrong, ended, said)
		}
	}
	time.Sleep(600 * time.Millisecond) // a signal that one of these had written by mistake would be heard by now
	if got := status(); got != http.StatusOK {
		t.Fatalf("got %d before", got)
	}
	if ended, said := command("--client=payroll"); ended != 0 || !strings.Contains(said, "payroll") {
		t.Fatalf("ended with %d: %s", ended, said)
	}
	for end := time.Now().Add(3 * time.Second); status() == http.StatusOK && time.Now().Before(end); {
		time.Sleep(50 * time.Millisecond)
	}
	if got := status(); got != http.StatusUnauthorized {
		t.Errorf("the token still gets %d", got)
	}
}
