package auth

import (
	"regexp"
	"strings"
	"sync"
	"testing"
)

// ledger is what the tests of a run said of the statements in testdata/conformance.tsv.
type ledger struct {
	mu     sync.Mutex
	proofs map[string]map[string]outcome // by the statement's id and the test's top-level name
}

// outcome of a test. A worse one replaces a better one, as a test can take part in many proofs of a statement.
type outcome int

const (
	passed outcome = iota + 1
	skipped
	failed
)

func newLedger() *ledger { return &ledger{proofs: map[string]map[string]outcome{}} }

// proofs are those of this run.
var proofs = newLedger()

// A name that proves statements begins with their ids: "D-04 D-05 faster than an interval that grows".
var idsFirst = regexp.MustCompile(`^([A-Z]-\d\d[ :]+)+`)

// prove runs a subtest that proves the statements whose ids its name begins with, if any.
func prove(t *testing.T, name string, test func(t *testing.T)) bool {
	t.Helper()
	return t.Run(name, func(t *testing.T) {
		ids := strings.FieldsFunc(idsFirst.FindString(name+" "), func(r rune) bool { return r == ' ' || r == ':' })
		proofs.awaits(t, ids)
		test(t)
	})
}

// holds says that a whole test proves statements.
func holds(t testing.TB, ids ...string) {
	t.Helper()
	proofs.awaits(t, ids)
}

// awaits enters how the test ends. It comes first in a test, so that the outcome is known when its clean-up is called.
func (l *ledger) awaits(t testing.TB, ids []string) {
	t.Helper()
	top, _, _ := strings.Cut(t.Name(), "/")
	if len(ids) > 0 && !strings.HasPrefix(top, "TestConformance") {
		t.Fatalf("%s proves %v, so its name must begin with TestConformance", top, ids)
	}
	t.Cleanup(func() {
		end := passed
		switch {
		case t.Failed():
			end = failed
		case t.Skipped():
			end = skipped
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, id := range ids {
			if l.proofs[id] == nil {
				l.proofs[id] = map[string]outcome{}
			}
			l.proofs[id][top] = max(l.proofs[id][top], end)
		}
	})
}
