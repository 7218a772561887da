package main

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"punchcard/auth"
)

// yamlText is a YAML file while it is read: where its values stand, and what is wrong with them.
type yamlText struct {
	path     string
	lines    map[string]int // of every value, by its JSON Pointer
	unread   []string       // where a value is not what it must be
	mistakes []mistake
}

// mistake is one thing that is wrong, without any value of the file: it may be a secret.
type mistake struct {
	line   int
	at     string // a JSON Pointer; empty: the file itself
	detail string
}

func newYAMLText(path string) *yamlText {
	return &yamlText{path: path, lines: map[string]int{"": 1}}
}

func (t *yamlText) has(at string) bool { return t.lines[at] > 0 }

func (t *yamlText) wrongAt(line int, at, detail string) {
	t.mistakes = append(t.mistakes, mistake{line, at, detail})
}

// wrong finds the line by itself: that of the value or, when it is missing, of what it is missing from.
func (t *yamlText) wrong(at, detail string) {
	place := at
	for !t.has(place) {
		place = place[:max(0, strings.LastIndex(place, "/"))]
	}
	t.wrongAt(t.lines[place], at, detail)
}

// unreadable is wrong for a value of which nothing more can be said.
func (t *yamlText) unreadable(at, detail string) {
	t.unread = append(t.unread, at)
	t.wrong(at, detail)
}

// complain adds what the rooms below have against what the values say.
func (t *yamlText) complain(about []auth.Mistake) {
	for _, m := range about {
		if !t.has(m.Pointer) && t.has(m.Pointer+"_file") {
			m.Pointer += "_file"
		}
		if !slices.ContainsFunc(t.unread, func(at string) bool { return strings.HasPrefix(m.Pointer+"/", at+"/") }) {
			t.wrong(m.Pointer, m.Detail.String())
		}
	}
}

// err is every mistake with its line, in the order of the file; nil if there are none.
func (t *yamlText) err() error {
	if len(t.mistakes) == 0 {
		return nil
	}
	slices.SortStableFunc(t.mistakes, func(a, b mistake) int { return cmp.Compare(a.line, b.line) })
	found := "a mistake"
	if len(t.mistakes) > 1 {
		found = fmt.Sprintf("%d mistakes", len(t.mistakes))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "nothing was applied, since the provisioning file has %s:", found)
	for _, m := range t.mistakes {
		fmt.Fprintf(&b, "\n%s:%d: ", t.path, m.line)
		if m.at != "" {
			b.WriteString(asPath(m.at) + ": ")
		}
		b.WriteString(m.detail)
	}
	return errors.New(b.String())
}

var index = regexp.MustCompile(`/(\d+)`)

// asPath writes /clients/0/redirect_uris/1 as clients[0].redirect_uris[1].
func asPath(pointer string) string {
	return strings.ReplaceAll(strings.TrimPrefix(index.ReplaceAllString(pointer, "[$1]"), "/"), "/", ".")
}

func (t *yamlText) wrongKind(v value, wanted string) {
	detail := "must be " + wanted
	switch v.Type() {
	case ast.NullType:
		detail += ": give it a value or take it out"
	case ast.IntegerType, ast.FloatType, ast.BoolType, ast.InfinityType, ast.NanType:
		if wanted == "text" {
			detail += ": put it in quotation marks"
		}
	case ast.AnchorType, ast.AliasType, ast.TagType:
		detail += ", written out: anchors, aliases and tags are not read here"
	}
	t.unreadable(v.at, detail)
}

// unknown says that there is no such field, and which one was perhaps meant.
func unknown(name string, known []string) string {
	near := slices.MinFunc(known, func(a, b string) int { return cmp.Compare(distance(name, a), distance(name, b)) })
	if distance(name, near) <= max(2, len(near)/3) {
		return fmt.Sprintf("there is no field %.40q here; did you mean %s?", name, near)
	}
	return fmt.Sprintf("there is no field %.40q here, only %s", name, strings.Join(known, ", "))
}

// distance is how many letters must be added, taken away or replaced to make b of a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
