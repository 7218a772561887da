package rules

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const lingers = `function (u, c, done) { const until = Date.now() + 250; while (Date.now() < until); done(null, u, c); }`

// pid is the one idle process of an engine.
func pid(t *testing.T, e *Engine) int {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.idle) != 1 {
		t.Fatalf("there are %d idle processes", len(e.idle))
	}
	return e.idle[0].cmd.Process.Pid
}

// gone waits until there is no such process.
func gone(t *testing.T, pid int) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if syscall.Kill(pid, 0) != nil {
			return
		}
	}
	t.Errorf("process %d is still there", pid)
}

func TestNothingStartsBeforeTheFirstRun(t *testing.T) {
	before := runtime.NumGoroutine()
	e := New(Limits{})
	defer e.Close()
	if len(e.idle) != 0 || runtime.NumGoroutine() > before {
		t.Error("something runs already")
	}
}

func TestTheProcessHasNothingOfTheServers(t *testing.T) {
	t.Setenv("PUNCHCARD_TEST_PASSWORD", "secret")
	secret, err := os.CreateTemp(t.TempDir(), "secret")
	if err != nil {
		t.Fatal(err)
	}
	defer secret.Close()
	left, err := syscall.Dup(int(secret.Fd())) // unlike what Go opens, it stays open in programs that are started
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(left)
	e := newEngine(t)
	ran(t, e, calling(passes))
	proc := fmt.Sprintf("/proc/%d/", pid(t, e))
	if environment, err := os.ReadFile(proc + "environ"); err != nil || len(environment) > 0 {
		t.Errorf("its environment is %q, %v", environment, err)
	}
	files, err := os.ReadDir(proc + "fd")
	if err != nil {
		t.Fatal(err)
	}
	pipes := 0
	for _, file := range files {
		target, err := os.Readlink(proc + "fd/" + file.Name())
		switch {
		case err != nil:
		case strings.HasPrefix(target, "pipe:"):
			pipes++
		case strings.HasPrefix(target, "anon_inode:[event"), strings.HasPrefix(target, "/sys/fs/cgroup/"): // Go's own, of its scheduler
		default:
			t.Errorf("it has %s open", target)
		}
	}
	if pipes != 3 {
		t.Errorf("it has %d pipes", pipes)
	}
	limits, err := os.ReadFile(proc + "limits")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"Max file size 0 0 bytes", "Max core file size 0 0 bytes", "Max open files 16 16 files"} {
		if !strings.Contains(strings.Join(strings.Fields(string(limits)), " "), line) {
			t.Errorf("its limits are not %q: %s", line, limits)
		}
	}
}

func TestRulesReadNoFile(t *testing.T) {
	e := newEngine(t)
	ran(t, e, calling(passes+"\n//# sourceMappingURL=/etc/passwd"))
	ran(t, e, calling(`function (u, c, done) { eval("1\n//# sourceMappingURL=/etc/passwd"); done(null, u, c); }`))
}

func TestOneProcessServesManyRuns(t *testing.T) {
	e := newEngine(t)
	ran(t, e, calling(passes))
	first := pid(t, e)
	for range 20 {
		ran(t, e, calling(passes))
	}
	failure(t, e, calling(`function (u, c, done) { throw 1; }`))
	if pid(t, e) != first {
		t.Error("another process runs")
	}
}

// A process that was stopped, or grew, isn't used again.
func TestAStoppedProcessIsReplaced(t *testing.T) {
	e := New(Limits{Processes: 1, Time: 300 * time.Millisecond})
	t.Cleanup(e.Close)
	for name, source := range map[string]string{
		"late":  `function (u, c, done) { for (;;) {} }`,
		"large": `function (u, c, done) { const all = []; for (;;) all.push(new Array(1000).fill(1)); }`,
		"dead":  `function (u, c, done) { JSON.parse("[".repeat(5e6)); }`,
	} {
		ran(t, e, calling(passes))
		before := pid(t, e)
		failure(t, e, calling(passes, source))
		gone(t, before)
		if len(e.idle) != 0 {
			t.Errorf("%s: it is kept", name)
		}
	}
}

func TestTheRuleThatStoppedAProcessIsNamed(t *testing.T) {
	for _, c := range []struct {
		want, source string
		time         time.Duration
	}{
		{"it took too long", `function (u, c, done) { /^(?=a)(a+)+\1$/.test("a".repeat(40) + "!"); }`, 300 * time.Millisecond},
		{"it took more than 128 MiB of memory", `function (u, c, done) { const all = []; for (;;) all.push("x".repeat(2e7)); }`, 5 * time.Second},
		{"its process died: runtime: goroutine stack exceeds", `function (u, c, done) { JSON.parse("[".repeat(5e6)); }`, 5 * time.Second},
		{"its process died: (runtime|fatal error): out of memory", `function (u, c, done) { const all = []; for (;;) all.push(new ArrayBuffer(3e8)); }`, 5 * time.Second},
	} {
		e := New(Limits{Processes: 1, Time: c.time})
		r, err := e.Run(t.Context(), calling(passes, c.source, passes))
		failed, ok := errors.AsType[*Failed](err)
		if unlimited && strings.HasPrefix(c.want, "its process died") {
			c.want = "it took more than" // the race detector's own memory is seen before
		}
		if !ok || failed.Rule != "rule b" || !regexp.MustCompile("^"+c.want).MatchString(failed.Message) || len(r.Trace) == 0 || r.Trace[0].Rule != "rule a" {
			t.Errorf("got %v after %v, want %s", err, r.Trace, c.want)
		}
		e.Close()
	}
}

func TestAProcessThatDiedUnseenCostsNoRun(t *testing.T) {
	e := newEngine(t)
	ran(t, e, calling(passes))
	before := pid(t, e)
	if err := syscall.Kill(before, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	ran(t, e, calling(passes))
	if pid(t, e) == before {
		t.Error("it lives")
	}
}

// The process that a killed server leaves ends by itself, even if it is in the middle of a loop.
func TestTheProcessDiesWithTheServer(t *testing.T) {
	t.Parallel()
	if os.Getenv("RULES_TEST_SERVER") != "" {
		serveToBeKilled()
	}
	for _, rule := range []string{passes, `function (u, c, done) { for (;;) {} }`} {
		server, child := startServer(t, rule)
		if err := server.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		server.Wait()
		gone(t, child)
	}
}

func TestRunsWaitTheirTurn(t *testing.T) {
	e := New(Limits{Processes: 2, Queue: 2, Wait: 10 * time.Second, Time: 5 * time.Second})
	t.Cleanup(e.Close)
	var mu sync.Mutex
	var all sync.WaitGroup
	outcomes := map[error]int{}
	for range 8 {
		all.Go(func() {
			_, err := e.Run(t.Context(), calling(lingers))
			mu.Lock()
			defer mu.Unlock()
			outcomes[err]++
		})
	}
	all.Wait()
	if outcomes[nil] != 4 || outcomes[ErrBusy] != 4 || len(e.idle) > 2 {
		t.Errorf("got %v with %d processes", outcomes, len(e.idle))
	}
}

func TestWaitingEnds(t *testing.T) {
	e := New(Limits{Processes: 1, Wait: 20 * time.Millisecond})
	t.Cleanup(e.Close)
	ran(t, e, calling(passes))
	e.turns <- struct{}{} // somebody takes the only turn
	if _, err := e.Run(t.Context(), calling(passes)); err != ErrBusy {
		t.Errorf("got %v", err)
	}
	e.limits.Wait = time.Minute
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Run(ctx, calling(passes)); err != context.Canceled {
		t.Errorf("got %v", err)
	}
	<-e.turns
	ran(t, e, calling(passes))
}

// Who hangs up doesn't stop a process that the next one could use.
func TestARunThatHasBegunGoesOn(t *testing.T) {
	e := newEngine(t)
	ran(t, e, calling(passes))
	before := pid(t, e)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := e.Run(ctx, calling(lingers)); err != nil || pid(t, e) != before {
		t.Errorf("got %v", err)
	}
}

func TestCloseLeavesNothing(t *testing.T) {
	before := runtime.NumGoroutine()
	e := New(Limits{Processes: 2})
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() { ran(t, e, calling(lingers)) })
	}
	all.Wait()
	var pids []int
	for _, p := range e.idle {
		pids = append(pids, p.cmd.Process.Pid)
	}
	e.Close()
	e.Close()
	for _, pid := range pids {
		gone(t, pid)
	}
	if _, err := e.Run(t.Context(), calling(passes)); err != ErrClosed {
		t.Errorf("got %v", err)
	}
	for end := time.Now().Add(2 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
	if now := runtime.NumGoroutine(); now > before {
		t.Errorf("%d goroutines became %d", before, now)
	}
}

func TestCloseWaitsForWhatRuns(t *testing.T) {
	e := New(Limits{Processes: 1})
	ran(t, e, calling(passes))
	began, done := make(chan struct{}), make(chan error)
	go func() {
		close(began)
		_, err := e.Run(context.Background(), calling(lingers))
		done <- err
	}()
	<-began
	for len(e.turns) == 0 {
		time.Sleep(time.Millisecond)
	}
	go e.Close()
	if err := <-done; err != nil {
		t.Errorf("got %v", err)
	}
}

// A process that answers what it wasn't asked is not believed.
func TestFramesAreBounded(t *testing.T) {
	for name, text := range map[string]string{
		"too large": "\xff\xff\xff\xff", "cut off": "\x00\x00\x00\x05{}", "no length": "\x00", "no JSON": "\x00\x00\x00\x02xx",
	} {
		if err := readFrame(strings.NewReader(text), &report{}); err == nil {
			t.Errorf("%s: it was read", name)
		}
	}
	if err := writeFrame(&strings.Builder{}, slices.Repeat([]string{"x"}, maxFrame)); err == nil {
		t.Error("too much was written")
	}
}

func BenchmarkRun(b *testing.B) {
	e := newEngine(b)
	for b.Loop() {
		if _, err := e.Run(b.Context(), calling(passes)); err != nil {
			b.Fatal(err)
		}
	}
}
