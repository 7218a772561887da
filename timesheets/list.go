package timesheets

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
)

// List is a few words in one column, as a JSON array.
type List []string

// MarshalJSON writes an array even when there are no words.
func (l List) MarshalJSON() ([]byte, error) { return json.Marshal(append([]string{}, l...)) }

// Value implements driver.Valuer.
func (l List) Value() (driver.Value, error) {
	text, err := json.Marshal(l)
	return string(text), err
}

// Scan implements sql.Scanner.
func (l *List) Scan(value any) error {
	switch text := value.(type) {
	case string:
		return json.Unmarshal([]byte(text), l)
	case []byte:
		return json.Unmarshal(text, l)
	}
	return fmt.Errorf("a list can't be read from %T", value)
}

// asList trims the words and drops those that were said before.
func asList(words []string) List {
	list, said := List{}, map[string]bool{}
	for _, word := range words {
		if word = strings.TrimSpace(word); !said[word] {
			said[word] = true
			list = append(list, word)
		}
	}
	return list
}

// element is how a word stands in the column, quotes and all.
func element(word string) string {
	text, _ := json.Marshal(word) // a string can always be written
	return string(text)
}
