package web

import (
	"encoding/json"
	"io"
	"slices"

	"punchcard/auth/lang"
)

// The sections of a catalogue that the app's first page says, and those that only the server says: on its pages, in mails and
// when it refuses something. All others come with the first view that says them.
var (
	firstWords  = []string{"app", "states", "week", "phone", "outbox", "notifications"}
	serverWords = []string{"home", "pages", "mails", "refusals"}
)

// loadWords adds the app's words in two files for each language: /lang/de.json for its first page, /lang/de.more.json.
func (a *Assets) loadWords(sum io.Writer) error {
	for _, tag := range lang.Tags {
		body, err := lang.Files.ReadFile(tag + ".json")
		if err != nil {
			return err
		}
		var sections map[string]json.RawMessage
		if err := json.Unmarshal(body, &sections); err != nil {
			return err
		}
		first, more := map[string]json.RawMessage{}, map[string]json.RawMessage{}
		for name, words := range sections {
			switch {
			case slices.Contains(firstWords, name):
				first[name] = words
			case !slices.Contains(serverWords, name):
				more[name] = words
			}
		}
		for i, part := range []map[string]json.RawMessage{first, more} { // in their order, since the hash goes by it
			if body, err = json.Marshal(part); err != nil {
				return err
			}
			a.add("/lang/"+tag+[]string{".json", ".more.json"}[i], mediaTypes[".json"], body, sum)
		}
	}
	return nil
}
