package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/alecthomas/kong"
)

// asMain makes the test binary the program itself, for what can't be seen from within a process: signals, exit statuses.
const asMain = "PUNCHCARD_TEST_AS_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asMain) != "" {
		main()
		return
	}
	for _, flag := range flags() {
		for _, name := range flag.Envs {
			os.Unsetenv(name) // what is set on this machine is nothing to the tests
		}
	}
	status := m.Run()
	for _, end := range afterTests {
		end()
	}
	os.Exit(status)
}

// afterTests end what all tests share.
var afterTests []func()

// running is a server that was started as from the command line.
type running struct {
	url      string
	out, log *screen
	stop     func() (status int)
}

var place = regexp.MustCompile(`(?m)^\w+ is at (https?://\S+/)`)

// start runs a command that serves, until the test ends or stop is called.
func start(t *testing.T, args ...string) running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r := running{out: &screen{}, log: &screen{}}
	status := make(chan int, 1)
	go func() { status <- run(ctx, args, terminal{r.out, r.log}) }()
	r.stop = sync.OnceValue(func() int { cancel(); return <-status })
	t.Cleanup(func() { r.stop() })
	for {
		if found := place.FindStringSubmatch(r.out.String()); found != nil {
			r.url = found[1]
			return r
		}
		select {
		case s := <-status:
			status <- s
			t.Fatalf("it ended with status %d: %s", s, r.log)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// screen is a terminal's, which can be read while it is written to.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// get answers a GET, whose body is read.
func get(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	return res, body(t, res)
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func flags() []*kong.Flag {
	model := kong.Must(&commands{}, kong.DefaultEnvars("PUNCHCARD")).Model
	var all []*kong.Flag
	for _, command := range model.Children {
		all = append(all, command.Flags...)
	}
	return all
}

func TestEveryFlagHasAVariable(t *testing.T) {
	for _, flag := range flags() {
		want := "PUNCHCARD_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_"))
		if len(flag.Envs) != 1 || flag.Envs[0] != want {
			t.Errorf("--%s has the variables %v, want %s", flag.Name, flag.Envs, want)
		}
		if flag.Help == "" {
			t.Errorf("--%s has no help", flag.Name)
		}
	}
}

func TestVariablesSetFlags(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("PUNCHCARD_LISTEN", "127.0.0.1:0")
	t.Setenv("PUNCHCARD_DB", "sqlite:by-variable.db")
	start(t)
	if _, err := os.Stat("by-variable.db"); err != nil {
		t.Error(err)
	}
}

func TestSignalsEndItCleanly(t *testing.T) {
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		t.Run(signal.String(), func(t *testing.T) {
			folder, out := t.TempDir(), &screen{}
			command := exec.CommandContext(t.Context(), os.Args[0], "--listen=localhost:0")
			command.Dir, command.Stdout, command.Env = folder, out, append(os.Environ(), asMain+"=1")
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			for !place.MatchString(out.String()) {
				time.Sleep(2 * time.Millisecond)
			}
			if err := command.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if err := command.Wait(); err != nil {
				t.Error(err)
			}
			if left := names(t, folder); left != "punchcard.db punchcard.secret" {
				t.Errorf("it left %s behind: the write-ahead log must be folded into the database", left)
			}
		})
	}
}

// names are the files of a folder.
func names(t *testing.T, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return strings.Join(list, " ")
}
