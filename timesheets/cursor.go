package timesheets

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"punchcard/auth"
)

// A cursor says after which row a page begins: the row's sort keys, behind a signature that binds them to the list, its
// filters and the caller. So rows may come and go meanwhile, and nobody can make a cursor or use somebody else's.

var cursorText = base64.RawURLEncoding.Strict()

// cursor is the place after the row with these sort keys. filters is the query without what only turns pages.
func (s *Service) cursor(by auth.Caller, filters any, keys ...string) string {
	place, _ := json.Marshal(keys) // strings can always be written
	return cursorText.EncodeToString(append(s.cursorMAC(by, filters, place), place...))
}

// place is the sort keys of a cursor, none for the first page.
func (s *Service) place(by auth.Caller, filters any, cursor string) (keys []string, err error) {
	if cursor == "" {
		return nil, nil
	}
	text, err := cursorText.DecodeString(cursor)
	if err == nil && len(text) > sha256.Size {
		mac, place := text[:sha256.Size], text[sha256.Size:]
		if hmac.Equal(mac, s.cursorMAC(by, filters, place)) {
			err := json.Unmarshal(place, &keys)
			return keys, err
		}
	}
	return nil, invalid(ValidationFailed, "cursor", "is not a cursor of this list with these filters; begin again without it")
}

func (s *Service) cursorMAC(by auth.Caller, filters any, place []byte) []byte {
	bound, _ := json.Marshal([]any{by.Subject(), fmt.Sprintf("%T", filters), filters}) // plain values
	mac := hmac.New(sha256.New, s.cursorKey)
	fmt.Fprintf(mac, "%d %s%s", len(bound), bound, place)
	return mac.Sum(nil)
}
