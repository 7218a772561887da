package auth

import (
	"fmt"
	"html"
	"html/template"

	"punchcard/auth/lang"
)

// speaking are the functions by which templates say things in a language.
func speaking(c *lang.Catalogue) template.FuncMap {
	return template.FuncMap{
		"t":       c.Text,
		"has":     c.Has,
		"say":     func(w lang.Words) string { return w.In(c) },
		"words":   func(key string, values []any) lang.Words { return append(lang.Words{key}, values...) },
		"rich":    func(key string, values ...any) template.HTML { return rich(c, key, values) },
		"scope":   func(name, part, known string) string { return scopeWords(c, name, part, known) },
		"instant": lang.Instant,
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
