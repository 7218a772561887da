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

// Worded is a scope of this server's own in the catalogue's words, which are under "scopes".
func Worded(name string) Scope {
	return Scope{Name: name, Title: scopeTold(lang.Tagged("en"), name, "title"), Detail: scopeTold(lang.Tagged("en"), name, "detail")}
}

func scopeTold(c *lang.Catalogue, name, part string) string {
	return c.Text("scopes." + name + "." + part)
}

// scopeWords are how a built-in scope is put to people. One of another API stays as its administrator put it, whatever its name.
func scopeWords(c *lang.Catalogue, name, part, known string) string {
	if known == scopeTold(lang.Tagged("en"), name, part) {
		return scopeTold(c, name, part)
	}
	return known
}
