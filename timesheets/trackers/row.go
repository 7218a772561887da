package trackers

import (
	"strings"

	"punchcard/auth/lang"
)

// columns is where in a line which value stands, by the names in this package.
type columns map[string]column

type column struct {
	index int
	name  string // as the file calls it
}

// row is one line while it is read.
type row struct {
	number   int
	columns  columns
	values   []string
	order    string
	mistakes []Mistake
	remarks  []lang.Sentence
}

// get is a value without spaces around it; empty if the file has none.
func (r *row) get(name string) string {
	c, ok := r.columns[name]
	if !ok || c.index >= len(r.values) {
		return ""
	}
	return strings.TrimSpace(r.values[c.index])
}

func (r *row) wrong(name, detail string, args ...any) {
	r.mistakes = append(r.mistakes, Mistake{r.number, r.columns[name].name, lang.Say(detail, args...)})
}

func (r *row) remark(text string, args ...any) {
	r.remarks = append(r.remarks, lang.Say(text, args...))
}

// line is what all formats have in common.
func (r *row) line() Line {
	l := Line{
		Number: r.number, Email: r.get("email"), Person: r.get("person"), Date: r.date("date"),
		Project: r.get("project"), Customer: r.get("customer"), Task: r.get("task"), Note: r.get("note"),
		Tags: tagsOf(r.get("tags")), Billable: r.yesOrNo("billable"),
	}
	if l.Person == "" {
		l.Person = strings.TrimSpace(r.get("first name") + " " + r.get("last name"))
	}
	return l
}

func (c columns) has(name string) bool { _, ok := c[name]; return ok }

// tagsOf splits a list of tags.
func tagsOf(text string) (tags []string) {
	for tag := range strings.SplitSeq(text, ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			tags = append(tags, tag)
		}
	}
	return tags
}

// yesOrNo reads what may be said of a line or not; nil if it isn't.
func (r *row) yesOrNo(name string) *bool {
	switch strings.ToLower(r.get(name)) {
	case "":
		return nil
	case "yes", "true", "1", "y", "ja", "billable":
		return new(true)
	case "no", "false", "0", "n", "nein", "non-billable":
		return new(false)
	}
	r.wrong(name, "must be yes or no")
	return nil
}
