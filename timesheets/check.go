package timesheets

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"punchcard/auth/lang"
)

// check gathers all that is wrong with a request, so that it is said at once.
type check struct{ fields []FieldFault }

// that notes a fault at the pointer unless ok holds.
func (c *check) that(ok bool, pointer, detail string, args ...any) {
	if !ok {
		c.note(pointer, lang.Say(detail, args...))
	}
}

// note notes a fault that was found elsewhere.
func (c *check) note(pointer string, detail lang.Sentence) {
	c.fields = append(c.fields, FieldFault{Pointer: pointer, Detail: detail})
}

// day wants a civil day such as "2026-03-04".
func (c *check) day(day, pointer string) {
	_, err := time.Parse(time.DateOnly, day)
	c.that(err == nil && day >= "1970", pointer, "must be a day such as 2026-03-04, in 1970 or later")
}

// states wants a filter of some of the states.
func (c *check) states(given []string, known ...State) {
	names := make([]string, len(known))
	for i, state := range known {
		names[i] = string(state)
	}
	isNone := func(name string) bool { return !slices.Contains(names, name) }
	c.that(len(given) <= len(known) && !slices.ContainsFunc(given, isNone), "state",
		"must be some of %s, each at most once", strings.Join(names, ", "))
}

// line wants text of at most limit characters without line breaks.
func (c *check) line(text, pointer string, limit int) {
	c.that(utf8.RuneCountInString(text) <= limit, pointer, "must have at most %d characters", limit)
	c.that(printable(text), pointer, "must be text on one line, without control characters")
}

// lines wants text of at most limit characters, on any number of lines.
func (c *check) lines(text, pointer string, limit int) {
	c.that(utf8.RuneCountInString(text) <= limit, pointer, "must have at most %d characters", limit)
	c.that(printable(lineBreaks.Replace(text)), pointer, "must be text without control characters")
}

var lineBreaks = strings.NewReplacer("\n", "", "\r", "", "\t", "")

// printable reports whether text is good UTF-8 without control characters. PostgreSQL takes no other, nor NUL.
func printable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// fault is nil when nothing was wrong.
func (c *check) fault() error {
	switch len(c.fields) {
	case 0:
		return nil
	case 1:
		return &Fault{Kind: ValidationFailed, Detail: lang.Say("one value of the request is wrong"), Fields: c.fields}
	default:
		return &Fault{Kind: ValidationFailed, Detail: lang.Say("%d values of the request are wrong", len(c.fields)), Fields: c.fields}
	}
}
