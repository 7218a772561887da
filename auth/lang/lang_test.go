package lang

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// texts are all of a catalogue by their keys, "week.copied.one".
func texts(t *testing.T, tag string) map[string]string {
	t.Helper()
	raw, err := Files.ReadFile(tag + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		t.Fatalf("%s.json: %v", tag, err)
	}
	all := map[string]string{}
	gather(all, "", tree)
	return all
}

func gather(all map[string]string, at string, node any) {
	if branch, ok := node.(map[string]any); ok {
		for name, below := range branch {
			gather(all, strings.TrimPrefix(at+"."+name, "."), below)
		}
		return
	}
	all[at] = fmt.Sprint(node)
}

var placeholder = regexp.MustCompile(`\{\w+\}`)

func TestEveryLanguageSaysAllThatEnglishSays(t *testing.T) {
	english := texts(t, "en")
	if len(english) < 30 {
		t.Fatalf("only %d texts were read", len(english))
	}
	for _, tag := range Tags {
		other := texts(t, tag)
		maps.DeleteFunc(other, func(key, _ string) bool { return strings.HasPrefix(key, "refusals.") }) // which have English as their keys
		if diff := cmp.Diff(slices.Sorted(maps.Keys(english)), slices.Sorted(maps.Keys(other))); diff != "" {
			t.Errorf("%s.json has other keys than en.json: %s", tag, diff)
		}
		for key, text := range other {
			if strings.TrimSpace(text) == "" && !strings.HasSuffix(key, ".#") {
				t.Errorf("%s.json says nothing for %s", tag, key)
			}
			want, got := placeholders(english[key]), placeholders(text)
			if !slices.Equal(want, got) && !strings.HasSuffix(key, ".one") {
				t.Errorf("%s.json fills %v into %s, en.json %v", tag, got, key, want)
			}
		}
	}
}

func placeholders(text string) []string {
	all := placeholder.FindAllString(text, -1)
	slices.Sort(all)
	return slices.Compact(all)
}

// What is one thing has one name, and what is two has two.
func TestGermanCallsThingsByOneName(t *testing.T) {
	german := texts(t, "de")
	for key, text := range german {
		if wrong := regexp.MustCompile(`(?i)access token|zugriffs-?token`).FindString(text); wrong != "" {
			t.Errorf("%s calls an Access-Token %q", key, wrong)
		}
	}
	if german["grants.title"] == german["app.approvals"] {
		t.Errorf("approvals and what applications may do are both called %s", german["grants.title"])
	}
}
