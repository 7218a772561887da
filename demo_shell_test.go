//go:build shell

package main

import (
	"os/exec"
	"strings"
	"testing"
)

// The lines for the shell that the demo prints work as they are printed. That takes bash, curl and sed.
func TestShellLinesOfTheDemo(t *testing.T) {
	s := start(t, "demo", "--listen=localhost:0")
	read := printed(t, s, "/timesheets?limit=2")
	if answer := shell(t, read); !strings.HasPrefix(answer, `[{"id":`) || strings.Count(answer, `"user_id"`) != 2 {
		t.Errorf("%s\nanswered %s", read, answer)
	}
	exchange, _ := strings.CutSuffix(printed(t, s, "-d code=CODE"), "CODE")
	code := signIn(t, printed(t, s, "/authorize?"), "ada@exampleco.com").Get("code")
	if answer := shell(t, exchange+code); !strings.Contains(answer, `"access_token":"`) {
		t.Errorf("%s\nanswered %s", exchange, answer)
	}
}

func shell(t *testing.T, line string) string {
	t.Helper()
	answer, err := exec.CommandContext(t.Context(), "bash", "-c", line).Output()
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return string(answer)
}
