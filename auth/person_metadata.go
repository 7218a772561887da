package auth

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
)

// Metadata is what others keep about a person: a JSON object of at most 16 KiB.
type Metadata map[string]any

const maxMetadata = 16 << 10 // bytes of JSON

// Value writes it for the database.
func (m Metadata) Value() (driver.Value, error) {
	if m == nil {
		return "{}", nil
	}
	text, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("write metadata: %w", err)
	}
	return string(text), nil
}

// Scan reads it from the database.
func (m *Metadata) Scan(from any) error {
	var text []byte
	switch from := from.(type) {
	case string:
		text = []byte(from)
	case []byte:
		text = from
	default:
		return fmt.Errorf("read metadata: it is %T", from)
	}
	*m = nil
	return json.Unmarshal(text, m)
}

// GormDataType is how the database has it.
func (Metadata) GormDataType() string { return "text" }

// with is the metadata with the members of a change: each replaces the one of its name, and null takes that away. A change
// without members empties it.
func (m Metadata) with(change Metadata) Metadata {
	now := Metadata{}
	if len(change) == 0 {
		return now
	}
	for _, from := range []Metadata{m, change} {
		for name, value := range from {
			if now[name] = value; value == nil {
				delete(now, name)
			}
		}
	}
	return now
}

func (m Metadata) fits(member string) error {
	if text, err := json.Marshal(m); err != nil || len(text) > maxMetadata {
		return unfit("'%s' must be at most %d bytes of JSON", member, maxMetadata)
	}
	return nil
}
