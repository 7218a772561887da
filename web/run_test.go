package web

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
)

var (
	runFolder  string       // for the database that tests share
	runLog     lockedBuffer // of all companies of the run
	runSecrets sync.Map     // what it must not hold
)

// TestMain looks through the log of the whole run for what no log may hold.
func TestMain(m *testing.M) {
	var err error
	if runFolder, err = os.MkdirTemp("", "punchcard-web"); err != nil {
		panic(err)
	}
	code := m.Run()
	if shared != nil {
		shared.db.Close()
	}
	os.RemoveAll(runFolder)
	log := runLog.String()
	runSecrets.Range(func(secret, what any) bool {
		if strings.Contains(log, secret.(string)) {
			fmt.Fprintf(os.Stderr, "--- FAIL: the log holds %s\n", what)
			code = 1
		}
		return true
	})
	os.Exit(code)
}

// lockedBuffer is a log that many requests write at once.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
