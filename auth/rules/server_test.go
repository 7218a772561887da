package rules

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// serveToBeKilled is a server that tells the id of its rules process and then runs what it was told to, until it is killed.
func serveToBeKilled() {
	e := New(Limits{Processes: 1, Time: time.Hour})
	if _, err := e.Run(context.Background(), calling(passes)); err != nil {
		panic(err)
	}
	fmt.Println("process", e.idle[0].cmd.Process.Pid)
	e.Run(context.Background(), calling(os.Getenv("RULES_TEST_SERVER")))
	select {}
}

// startServer starts such a server, and gives the id of its rules process.
func startServer(t *testing.T, rule string) (*exec.Cmd, int) {
	t.Helper()
	server := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTheProcessDiesWithTheServer$")
	server.Env = append(os.Environ(), "RULES_TEST_SERVER="+rule)
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	child, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(line, "process ")))
	if err != nil {
		t.Fatal(err)
	}
	return server, child
}
