package auth

import (
	_ "embed"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

const reportFile = "CONFORMANCE.md"

var update = flag.Bool("update", false, "write "+reportFile+" anew, after a whole run or with -run Conformance")

//go:embed testdata/conformance.tsv
var statementList string

// statement is one line of what standards and our own policy demand of this server.
type statement struct {
	id      string
	level   string // M is a must of the source, S a should, P our own policy
	says    string
	source  string // RFC or OpenID specification, and section
	because string // it does not apply, or empty
}

// section is a part of the report.
type section struct {
	title      string
	statements []statement
}

// readStatements reads lines of five columns: id, level, statement, source, why it does not apply. "# title" begins a section.
func readStatements(list string) (sections []section) {
	for line := range strings.Lines(list) {
		line = strings.TrimSuffix(line, "\n")
		if title, ok := strings.CutPrefix(line, "# "); ok {
			sections = append(sections, section{title: title})
			continue
		}
		c := append(strings.Split(line, "\t"), "", "", "", "")
		last := &sections[len(sections)-1]
		last.statements = append(last.statements, statement{c[0], c[1], c[2], c[3], c[4]})
	}
	return sections
}

// result is what a run says of a statement, and the tests that say it.
func (l *ledger) result(s statement) (result string, tests []string) {
	tests = slices.Sorted(maps.Keys(l.proofs[s.id]))
	worst := outcome(0)
	for _, end := range l.proofs[s.id] {
		worst = max(worst, end)
	}
	switch {
	case s.because != "":
		return "does not apply: " + s.because, tests
	case worst == passed:
		return "holds", tests
	case worst == failed:
		return "FAILS", tests
	}
	return "NOT PROVEN", tests
}

// faults is where a whole run doesn't bear out that every statement holds, and that the report says so.
func (l *ledger) faults(sections []section, report string) (found []string) {
	known := map[string]bool{}
	for _, section := range sections {
		for _, s := range section.statements {
			result, tests := l.result(s)
			switch {
			case known[s.id]:
				found = append(found, s.id+" is stated twice")
			case s.because != "" && len(tests) > 0:
				found = append(found, s.id+" is said not to apply, but "+strings.Join(tests, ", ")+" proves it")
			case s.because == "" && result != "holds":
				found = append(found, fmt.Sprintf("%s: %s (%s)", s.id, result, s.says))
			}
			known[s.id] = true
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.proofs)) {
		if !known[id] {
			found = append(found, fmt.Sprintf("%s is no statement, but %v proves it", id, slices.Sorted(maps.Keys(l.proofs[id]))))
		}
	}
	if len(found) == 0 && report != l.report(sections) {
		found = append(found, reportFile+" is not current: go test ./auth -run Conformance -update")
	}
	return found
}

const reportHead = `# Conformance of the authorization server

What standards and our own policy demand of Punchcard's authorization server, and the tests that prove it. ` + "`M`" + ` is a MUST of the
source, ` + "`S`" + ` a SHOULD, ` + "`P`" + ` our own, stricter policy. The statements are in ` + "`testdata/conformance.tsv`" + `; this file is written by

    go test ./auth -run Conformance -update

and a run of all tests of the package fails when it is not what they prove. ` + "`go test ./auth -run Conformance -v`" + ` tests all
statements, and lists them with their results at its end.

`

// report is CONFORMANCE.md.
func (l *ledger) report(sections []section) string {
	var b strings.Builder
	b.WriteString(reportHead)
	sum := map[string]int{}
	for _, section := range sections {
		for _, s := range section.statements {
			result, _ := l.result(s)
			sum[strings.SplitN(result, ":", 2)[0]]++
		}
	}
	for _, result := range slices.Sorted(maps.Keys(sum)) {
		fmt.Fprintf(&b, "- %s: %d\n", result, sum[result])
	}
	for _, section := range sections {
		fmt.Fprintf(&b, "\n## %s\n\n| id | level | statement | source | result | proven by |\n|---|---|---|---|---|---|\n", section.title)
		for _, s := range section.statements {
			result, tests := l.result(s)
			cells := []string{s.id, s.level, s.says, s.source, result, strings.Join(tests, ", ")}
			for i := range cells {
				cells[i] = markdown.Replace(cells[i])
			}
			fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | "))
		}
	}
	return b.String()
}

var markdown = strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`, "_", `\_`)

// isWhole reports whether a run with these flags is of all tests that prove statements.
func isWhole(given func(flag string) string) bool {
	return given("skip")+given("list")+given("fuzz") == "" && (given("run") == "" || given("run") == "Conformance")
}

// conclude is how TestMain ends: with the exit code of the tests, or another one where the report is not borne out.
// Only a run of all tests, or of all that prove statements, can tell.
func conclude(code int, proofs *ledger) int {
	given := func(name string) string { return flag.Lookup("test." + name).Value.String() }
	if !isWhole(given) || len(proofs.proofs) == 0 {
		return code
	}
	sections := readStatements(statementList)
	if testing.Verbose() && given("run") != "" {
		proofs.list(sections)
	}
	if *update && code == 0 {
		if err := os.WriteFile(reportFile, []byte(proofs.report(sections)), 0o644); err != nil {
			panic(err)
		}
	}
	committed, err := os.ReadFile(reportFile)
	if err != nil && !os.IsNotExist(err) {
		panic(err)
	}
	for _, fault := range proofs.faults(sections, string(committed)) {
		fmt.Fprintln(os.Stderr, "--- FAIL: conformance:", fault)
		code = max(code, 1)
	}
	return code
}

func (l *ledger) list(sections []section) {
	for _, section := range sections {
		fmt.Printf("\n%s\n", section.title)
		for _, s := range section.statements {
			result, tests := l.result(s)
			fmt.Printf("%s %s %s\n     %s %v\n", s.id, s.level, s.says, result, tests)
		}
	}
}
