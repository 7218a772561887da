package timesheets

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"punchcard/auth/lang"
)

func TestTheAppHasWordsForEveryDeed(t *testing.T) {
	raw, err := lang.Files.ReadFile("en.json")
	if err != nil {
		t.Fatal(err)
	}
	var words struct {
		Audit struct{ Actions map[string]map[string]string }
	}
	if err := json.Unmarshal(raw, &words); err != nil {
		t.Fatal(err)
	}
	var told []string
	for noun, done := range words.Audit.Actions {
		for what := range done {
			told = append(told, noun+"."+what)
		}
	}
	slices.Sort(told)
	if diff := cmp.Diff(deedNames(), told); diff != "" {
		t.Error(diff)
	}
}
