// Package lang holds the words of the pages and of the web app, one file per language: a file more is a language more.
package lang

import (
	"embed"
	"slices"
	"strings"
)

// Files are the catalogues, named by their language's tag (BCP 47): en.json, de.json.
//
//go:embed *.json
var Files embed.FS

// Tags are the languages that there are, by name.
var Tags = tags()

func tags() (all []string) {
	entries, err := Files.ReadDir(".")
	if err != nil {
		panic(err) // embedded
	}
	for _, e := range entries {
		all = append(all, strings.TrimSuffix(e.Name(), ".json"))
	}
	slices.Sort(all)
	return all
}
