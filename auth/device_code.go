package auth

import (
	"crypto/rand"
	"math/big"
	"strings"
	"unicode"
)

// The letters of user codes (RFC 8628 §6.1): no vowels, so that they spell nothing, and none that is taken for another one
// or for a digit.
const (
	userCodeLetters = "BCDFGHJKLMNPQRSTVWXZ"
	userCodeLength  = 8
)

// newUserCode is one of 20^8 codes, as it is shown: "WDJB-MJHT".
func newUserCode() string {
	code := make([]byte, userCodeLength)
	for i := range code {
		n, _ := rand.Int(rand.Reader, big.NewInt(int64(len(userCodeLetters)))) // crypto/rand's Reader never fails
		code[i] = userCodeLetters[n.Int64()]
	}
	return asShown(string(code))
}

func asShown(letters string) string { return letters[:4] + "-" + letters[4:] }

// readUserCode is a code as it is shown, from what a person typed: in upper or lower case, with dashes and spaces anywhere.
// It is empty if that can't be a code.
func readUserCode(typed string) string {
	letters := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Dash, r):
			return -1
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, typed)
	if len(letters) != userCodeLength || strings.Trim(letters, userCodeLetters) != "" {
		return ""
	}
	return asShown(letters)
}

// userCodeMAC is how a user code is kept. It takes a key, since all codes could be tried against a bare hash in seconds.
func (s *Server) userCodeMAC(code string) string { return mac(s.secrets.userCodes, code) }
