package lang

import (
	"fmt"
	"time"
)

// Words are what is said, whichever language it is said in: the key of a text and what is filled in, by pairs. A value may be
// a phrase itself. Those of somebody else, who speaks one language only, are Verbatim. None say nothing.
//
//	Words{"pages.login.throttled", "n", 5}
type Words []any

// Verbatim is what somebody else said, and the same in every language: Words{Verbatim(text)}.
type Verbatim string

// In puts the words in a language.
func (w Words) In(c *Catalogue) string {
	if len(w) == 0 {
		return ""
	}
	if text, ok := w[0].(Verbatim); ok {
		return string(text)
	}
	values := make([]any, len(w)-1)
	for i, v := range w[1:] {
		if inner, ok := v.(Phrase); ok {
			v = inner.In(c)
		}
		values[i] = v
	}
	return c.Text(w[0].(string), values...)
}

// Date is a day, as the time's own zone has it.
func Date(at time.Time) Words {
	return Words{"pages.date", "day", at.Day(), "month", Month(at), "year", at.Year()}
}

// Month is the name of the month, without the year.
func Month(at time.Time) Words { return Words{fmt.Sprintf("pages.months.%d", at.Month())} }

// Instant is a minute, as UTC has it.
func Instant(at time.Time) Words {
	at = at.UTC()
	return Words{"pages.instant", "date", Date(at), "time", at.Format("15:04")}
}
