package auth

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"punchcard/auth/lang"
)

func TestTheAppHasWordsForEveryTypeOfEvent(t *testing.T) {
	raw, err := lang.Files.ReadFile("en.json")
	if err != nil {
		t.Fatal(err)
	}
	var words struct {
		Logs struct{ Types map[string]string }
	}
	if err := json.Unmarshal(raw, &words); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(eventTypes)), slices.Sorted(maps.Keys(words.Logs.Types))); diff != "" {
		t.Error(diff)
	}
}
