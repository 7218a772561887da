package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"punchcard/auth/lang"
)

// sayers are the functions that make a lang.Sentence, with the place of its format among their arguments.
var sayers = map[string]int{
	"Say": 0, "fault": 1, "invalid": 2, "that": 2, "add": 1, "wrongly": 0, "wrong": 1, "remark": 0, "unreadable": 0, "onlyAdministrators": 1,
	"unfit": 0, "mistaken": 1, "unsearchable": 0, "noSearch": 0, "noManager": 0, "denied": 2, "taken": 0, "unknown": 1,
}

// Every sentence that a refusal can have is in every language's catalogue, and no other is; with the same values to fill in.
func TestRefusalsAreSaidInEveryLanguage(t *testing.T) {
	said := map[string]string{} // where it is, by its format
	for _, room := range []string{"auth", "timesheets", "web"} {
		err := filepath.WalkDir(room, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
				collectSentences(t, path, said)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, always := range []string{"%s or %s", "%s, and %s", "%s, %s"} { // of package lang itself
		said[always] = "auth/lang"
	}
	if len(said) < 150 {
		t.Fatalf("only %d sentences were found", len(said))
	}
	for _, tag := range lang.Tags {
		if tag == "en" {
			continue
		}
		raw, err := lang.Files.ReadFile(tag + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var catalogue struct{ Refusals map[string]string }
		if err := json.Unmarshal(raw, &catalogue); err != nil {
			t.Fatal(err)
		}
		for _, english := range slices.Sorted(maps.Keys(said)) {
			own, ok := catalogue.Refusals[english]
			if !ok {
				t.Errorf("%s.json doesn't say %q, of %s", tag, english, said[english])
			} else if want, got := filled(english), filled(own); !slices.Equal(want, got) {
				t.Errorf("%s.json fills %v into %q, English %v", tag, got, english, want)
			}
		}
		for english := range catalogue.Refusals {
			if said[english] == "" {
				t.Errorf("%s.json says %q, which nothing says in English", tag, english)
			}
		}
	}
}

var (
	verb    = regexp.MustCompile(`%(?:\[(\d)\])?([.\d]*[a-zA-Z])`)
	letters = regexp.MustCompile(`\pL`)
)

// filled is which of the values a format fills in, and how: "1d", "2s".
func filled(format string) (values []string) {
	next := 1
	for _, m := range verb.FindAllStringSubmatch(format, -1) {
		if m[1] != "" {
			next, _ = strconv.Atoi(m[1])
		}
		values = append(values, strconv.Itoa(next)+m[2])
		next++
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// collectSentences finds what the calls in a file say. A format that isn't written where it is said is one of a constant's or a
// parameter's, which is found there.
func collectSentences(t *testing.T, path string, said map[string]string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		name := ""
		switch f := call.Fun.(type) {
		case *ast.Ident:
			name = f.Name
		case *ast.SelectorExpr:
			name = f.Sel.Name
		}
		if at, ok := sayers[name]; ok && len(call.Args) > at {
			if format, ok := literal(call.Args[at]); ok && letters.MatchString(verb.ReplaceAllString(format, "")) {
				said[format] = path
			}
		}
		return true
	})
}

// literal is a text that is written out, perhaps in parts.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		left, ok := literal(e.X)
		right, also := literal(e.Y)
		return left + right, ok && also && e.Op == token.ADD
	}
	return "", false
}
