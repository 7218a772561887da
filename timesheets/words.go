package timesheets

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Words are a few words that one column keeps, as a JSON array.
type Words []string

// MarshalJSON writes an array even when there are no words.
func (w Words) MarshalJSON() ([]byte, error) { return json.Marshal(append([]string{}, w...)) }

// Value implements driver.Valuer.
func (w Words) Value() (driver.Value, error) {
	text, err := json.Marshal(w)
	return string(text), err
}

// Scan implements sql.Scanner.
func (w *Words) Scan(value any) error {
	switch text := value.(type) {
	case string:
		return json.Unmarshal([]byte(text), w)
	case []byte:
		return json.Unmarshal(text, w)
	}
	return fmt.Errorf("words can't be read from %T", value)
}

// distinct trims the words and drops those that were said before.
func distinct(words []string) Words {
	kept := Words{}
	for _, word := range words {
		if word = strings.TrimSpace(word); !slices.Contains(kept, word) {
			kept = append(kept, word)
		}
	}
	return kept
}

// element is how a word stands in the column, quotes and all.
func element(word string) string {
	text, _ := json.Marshal(word) // a string can always be written
	return string(text)
}
