package auth

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// claims are more claims of a token, by name.
type claims map[string]json.RawMessage

// maxClaims keeps tokens well below maxToken, which is all that Verify reads.
const maxClaims = 4 << 10 // bytes

// protectedClaims are those by which tokens are judged, here or elsewhere: the server alone states them.
var protectedClaims = []string{
	"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "scope", "permissions", "client_id", "azp", "sid", "auth_time", "amr", "acr",
	"cnf", "nonce", "at_hash", "c_hash", "s_hash", "typ", "gty", "email_verified", "phone_number_verified", "act", "may_act",
	"events", "authorization_details", "sub_jwk", "_claim_names", "_claim_sources",
}

// isProtected compares as encoding/json does when it reads a token into a struct: "SUB" and "ſub" are sub to it.
func isProtected(name string) bool {
	return slices.ContainsFunc(protectedClaims, func(known string) bool { return strings.EqualFold(name, known) })
}

// allowed are the claims that may be added to a token, and the names of those that may not. A claim of null says nothing.
func (c claims) allowed() (may claims, ignored []string) {
	may = claims{}
	for _, name := range sortedNames(c) {
		switch {
		case isProtected(name) || name == "" || len(name) > 200:
			ignored = append(ignored, name)
		case string(c[name]) != "null":
			may[name] = c[name]
		}
	}
	return may, ignored
}

func (c claims) size() int {
	n := 0
	for name, value := range c {
		n += len(name) + len(value) + len(`"":,`)
	}
	return n
}

// addTo is the JSON of a token's own claims, with these added. What the token says itself stays so.
func (c claims) addTo(own any) ([]byte, error) {
	written, err := json.Marshal(own)
	if err != nil || len(c) == 0 {
		return written, err
	}
	all := claims{}
	if err := json.Unmarshal(written, &all); err != nil {
		return nil, fmt.Errorf("add claims: %w", err)
	}
	for name, value := range c {
		if !slices.ContainsFunc(sortedNames(all), func(has string) bool { return strings.EqualFold(has, name) }) {
			all[name] = value
		}
	}
	return json.Marshal(all)
}

// MarshalJSON adds what rules said.
func (c accessClaims) MarshalJSON() ([]byte, error) {
	type own accessClaims
	return c.more.addTo(own(c))
}

// MarshalJSON adds what rules said.
func (c idClaims) MarshalJSON() ([]byte, error) {
	type own idClaims
	return c.more.addTo(own(c))
}
