package auth

import (
	"encoding/json"
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

// Whatever rules leave behind, whoever reads the token finds in it what the server said.
func FuzzRulesChangeNoProtectedClaim(f *testing.F) {
	f.Add(`{"accessToken":{"scope":["a"],"SUB":"x","https://x.example/y":{"z":[1]}},"idToken":{"n":null}}`)
	f.Add(`{"accessToken":{"scope":" a  b","\u017fcope":"x","client_\u0131d":1}}`)
	f.Add(`{"accessToken":null,"idToken":[]}`)
	f.Fuzz(func(t *testing.T, context string) {
		e, err := readEffect(json.RawMessage(context))
		if err != nil {
			return
		}
		said := accessClaims{RegisteredClaims: jwt.RegisteredClaims{Subject: "usr_1", ID: "aut_1.x"}, ClientID: "app", Scope: "read:timesheets", more: e.access}
		written, err := json.Marshal(said)
		if err != nil {
			t.Fatalf("%s: %v", context, err)
		}
		var read accessClaims
		if err := json.Unmarshal(written, &read); err != nil {
			t.Fatalf("%s: %v", written, err)
		}
		if read.Subject != "usr_1" || read.ID != "aut_1.x" || read.ClientID != "app" || read.Scope != "read:timesheets" || read.GrantTy != "" ||
			read.SID != "" || read.ExpiresAt != nil || read.AMR != nil || read.AuthTime != nil || read.Issuer != "" || read.Audience != nil {
			t.Errorf("%s is read as %+v", written, read)
		}
	})
}
