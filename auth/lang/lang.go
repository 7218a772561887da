// Package lang holds the words of the pages and of the web app, one file per language: a file more is a language more.
package lang

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Files are the catalogues, named by their language's tag (BCP 47): en.json, de.json.
//
//go:embed *.json
var Files embed.FS

// Cookie is the language that somebody chose in the app.
const Cookie = "language"

// Catalogue is all that is said in one language.
type Catalogue struct {
	Tag   string // "de"
	tag   language.Tag
	texts map[string]string // by key; a text with forms by number has one more part: "account.minutes.one"
}

// What there is, English first: it is what those get who want anything else.
var (
	catalogues = readAll()
	Tags       = tags()
	matcher    = language.NewMatcher(languageTags())
)

// All are the catalogues of every language.
func All() []*Catalogue { return catalogues }

// Tagged is the catalogue of a language, "de"; of one that there isn't, English.
func Tagged(tag string) *Catalogue {
	for _, c := range catalogues {
		if c.Tag == tag {
			return c
		}
	}
	return catalogues[0]
}

// Of is the catalogue for a request: of the language that was chosen, or the best of those that the browser asks for.
func Of(r *http.Request) *Catalogue {
	if chosen, err := r.Cookie(Cookie); err == nil {
		for _, c := range catalogues {
			if c.Tag == chosen.Value {
				return c
			}
		}
	}
	asked := r.Header.Get("Accept-Language")
	if len(asked) > mostAsked {
		return catalogues[0]
	}
	wanted, _, err := language.ParseAcceptLanguage(asked)
	if err != nil {
		return catalogues[0]
	}
	_, found, _ := matcher.Match(wanted...)
	return catalogues[found]
}

// mostAsked is how long an Accept-Language header is read, in bytes.
const mostAsked = 500

// Has reports whether there is a text for the key.
func (c *Catalogue) Has(key string) bool {
	_, plain := c.texts[key]
	_, forms := c.texts[key+".other"]
	return plain || forms
}

// Text is what is said under a key, with the values in their places: Text("login.throttled", "n", 5) fills {n}, and where the
// text has forms by number, n chooses among them. A key that isn't there is a mistake of the program, and is shown as it is.
func (c *Catalogue) Text(key string, values ...any) string {
	text, ok := c.texts[key]
	if !ok {
		text, ok = c.form(key, values)
	}
	if !ok {
		return key
	}
	if len(values) == 0 {
		return text
	}
	pairs := make([]string, len(values))
	for i, v := range values {
		pairs[i] = fmt.Sprint(v)
		if i%2 == 0 {
			pairs[i] = "{" + pairs[i] + "}"
		}
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// formNames are what CLDR calls the forms of a noun by number.
var formNames = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
}

func (c *Catalogue) form(key string, values []any) (string, bool) {
	if at := slices.Index(values, any("n")); at >= 0 && at+1 < len(values) {
		if n, ok := values[at+1].(int); ok {
			if text, ok := c.texts[key+"."+formNames[plural.Cardinal.MatchPlural(c.tag, n, 0, 0, 0, 0)]]; ok {
				return text, true
			}
		}
	}
	text, ok := c.texts[key+".other"]
	return text, ok
}

func readAll() (all []*Catalogue) {
	entries, err := Files.ReadDir(".")
	if err != nil {
		panic(err) // embedded
	}
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".json")
		c := &Catalogue{Tag: name, tag: language.MustParse(name), texts: map[string]string{}}
		raw, err := Files.ReadFile(e.Name())
		var tree any
		if err == nil {
			err = json.Unmarshal(raw, &tree)
		}
		if err != nil {
			panic(fmt.Errorf("%s: %w", e.Name(), err)) // likewise: a test reads every file
		}
		c.gather("", tree)
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b *Catalogue) int { return first(a.Tag == "en") - first(b.Tag == "en") })
	return all
}

func first(so bool) int {
	if so {
		return 0
	}
	return 1
}

func (c *Catalogue) gather(at string, node any) {
	switch node := node.(type) {
	case map[string]any:
		for name, below := range node {
			c.gather(strings.TrimPrefix(at+"."+name, "."), below)
		}
	case string:
		c.texts[at] = node
	}
}

func tags() (all []string) {
	for _, c := range catalogues {
		all = append(all, c.Tag)
	}
	return all
}

func languageTags() (all []language.Tag) {
	for _, c := range catalogues {
		all = append(all, c.tag)
	}
	return all
}
