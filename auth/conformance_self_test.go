package auth

import (
	"slices"
	"strings"
	"testing"
)

// ended is a test that has come to its end as it says.
type ended struct {
	testing.TB
	name            string
	failed, skipped bool
	fatal           string
}

func (e *ended) Helper()                   {}
func (e *ended) Name() string              { return e.name }
func (e *ended) Failed() bool              { return e.failed }
func (e *ended) Skipped() bool             { return e.skipped }
func (e *ended) Cleanup(f func())          { f() }
func (e *ended) Fatalf(f string, _ ...any) { e.fatal = f }

func TestTheReportNoticesWhatIsNotProven(t *testing.T) {
	sections := readStatements("# First\nA-01\tM\tone\tRFC 1\nA-02\tM\ttwo\t\n# Second\nB-01\tP\tthree\t\tthere is no such thing\n")
	for name, c := range map[string]struct {
		tests []*ended
		ids   [][]string
		want  []string
	}{
		"all hold": {[]*ended{{name: "TestConformanceX/a"}}, [][]string{{"A-01", "A-02"}}, nil},
		"missing":  {[]*ended{{name: "TestConformanceX"}}, [][]string{{"A-01"}}, []string{"A-02: NOT PROVEN (two)"}},
		"failing": {[]*ended{{name: "TestConformanceX"}, {name: "TestConformanceY", failed: true}, {name: "TestConformanceZ"}},
			[][]string{{"A-01"}, {"A-02"}, {"A-02"}}, []string{"A-02: FAILS (two)"}},
		"failing once": {[]*ended{{name: "TestConformanceX/a", failed: true}, {name: "TestConformanceX/b"}},
			[][]string{{"A-01", "A-02"}, {"A-01", "A-02"}}, []string{"A-01: FAILS (one)", "A-02: FAILS (two)"}},
		"skipped": {[]*ended{{name: "TestConformanceX"}, {name: "TestConformanceX", skipped: true}},
			[][]string{{"A-01"}, {"A-02"}}, []string{"A-02: NOT PROVEN (two)"}},
		"unknown": {[]*ended{{name: "TestConformanceX"}}, [][]string{{"A-01", "A-02", "Q-77"}},
			[]string{"Q-77 is no statement, but [TestConformanceX] proves it"}},
		"said not to apply": {[]*ended{{name: "TestConformanceX"}}, [][]string{{"A-01", "A-02", "B-01"}},
			[]string{"B-01 is said not to apply, but TestConformanceX proves it"}},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger()
			for i, test := range c.tests {
				l.awaits(test, c.ids[i])
			}
			if got := l.faults(sections, l.report(sections)); !slices.Equal(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
			stale := strings.Replace(l.report(sections), "two", "2", 1)
			if got := l.faults(sections, stale); c.want == nil && (len(got) != 1 || !strings.Contains(got[0], "not current")) {
				t.Errorf("found %q in a report that is not current", got)
			}
		})
	}
	twice := readStatements("# First\nA-01\tM\tone\t\nA-01\tM\tone\t\n")
	l := newLedger()
	l.awaits(&ended{name: "TestConformanceX"}, []string{"A-01"})
	if got := l.faults(twice, l.report(twice)); !slices.Equal(got, []string{"A-01 is stated twice"}) {
		t.Errorf("found %q", got)
	}
}

func TestWhatProvesStatementsIsNamedSo(t *testing.T) {
	l, other := newLedger(), &ended{name: "TestX/A-01"}
	if l.awaits(other, []string{"A-01"}); other.fatal == "" {
		t.Error("a test that -run Conformance passes over was let prove a statement")
	}
	other.fatal = ""
	if l.awaits(other, nil); other.fatal != "" {
		t.Error("a test that proves nothing can't have its own name")
	}
}

func TestOnlyAWholeRunIsHeldAgainstTheReport(t *testing.T) {
	for _, c := range []struct {
		given map[string]string
		whole bool
	}{
		{nil, true}, {map[string]string{"run": "Conformance"}, true}, {map[string]string{"count": "2", "shuffle": "on"}, true},
		{map[string]string{"run": "ConformanceOfCodes"}, false}, {map[string]string{"run": "^$", "bench": "."}, false},
		{map[string]string{"run": "Conformance", "skip": "X"}, false}, {map[string]string{"list": "."}, false}, {map[string]string{"fuzz": "FuzzX"}, false},
	} {
		if got := isWhole(func(flag string) string { return c.given[flag] }); got != c.whole {
			t.Errorf("%v: %t", c.given, got)
		}
	}
}

func TestTheStatementsAreComplete(t *testing.T) {
	n, apart := 0, 0
	for _, section := range readStatements(statementList) {
		for i, s := range section.statements {
			n++
			if s.because != "" {
				apart++
			}
			if !strings.Contains("M S P", s.level) || s.says == "" || !idsFirst.MatchString(s.id+" ") || s.id[0] != section.statements[0].id[0] {
				t.Errorf("line %d of %s: %+v", i+1, section.title, s)
			}
		}
	}
	if n != 333 || apart >= 10 {
		t.Errorf("there are %d statements, of which %d do not apply", n, apart)
	}
}
