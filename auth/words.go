package auth

import (
	"fmt"
	"html"
	"html/template"
	"time"

	"punchcard/auth/lang"
)

// words are what a page says, whichever language it is shown in: the key of a text and what is filled in, by pairs. Those of
// somebody else, who speaks one language only, are verbatim. None say nothing.
type words []any

type verbatim string

// in puts the words in a language.
func (w words) in(c *lang.Catalogue) string {
	if len(w) == 0 {
		return ""
	}
	if text, ok := w[0].(verbatim); ok {
		return string(text)
	}
	values := make([]any, len(w)-1)
	for i, v := range w[1:] {
		if inner, ok := v.(words); ok {
			v = inner.in(c)
		}
		values[i] = v
	}
	return c.Text("pages."+w[0].(string), values...)
}

// speaking are the functions by which templates say things in a language.
func speaking(c *lang.Catalogue) template.FuncMap {
	return template.FuncMap{
		"t":       c.Text,
		"has":     c.Has,
		"say":     func(w words) string { return w.in(c) },
		"words":   func(key string, values words) words { return append(words{key}, values...) },
		"rich":    func(key string, values ...any) template.HTML { return rich(c, key, values) },
		"scope":   func(name, part, known string) string { return scopeWords(c, name, part, known) },
		"instant": instant,
	}
}

// rich is a text in which the values stand out, and keep their own direction.
func rich(c *lang.Catalogue, key string, values []any) template.HTML {
	marked := make([]any, len(values))
	for i, v := range values {
		if marked[i] = v; i%2 == 1 {
			marked[i] = "<bdi><b>" + html.EscapeString(fmt.Sprint(v)) + "</b></bdi>"
		}
	}
	return template.HTML(c.Text(key, marked...)) // the text is the catalogue's, the values are escaped
}

// scopeWords are how a built-in scope is put to people; those of other APIs stay as their administrator put them.
func scopeWords(c *lang.Catalogue, name, part, known string) string {
	if key := "scopes." + name + "." + part; c.Has(key) {
		return c.Text(key)
	}
	return known
}

// date is a day as UTC has it.
func date(at time.Time) words {
	at = at.UTC()
	return words{"date", "day", at.Day(), "month", words{"months." + fmt.Sprint(int(at.Month()))}, "year", at.Year()}
}

// instant is a minute as UTC has it.
func instant(at time.Time) words {
	return words{"instant", "date", date(at), "time", at.UTC().Format("15:04")}
}
