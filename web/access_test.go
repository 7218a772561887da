package web

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

// refused asks for the caller's own page with a token, and tells what is wrong unless it is refused as invalid.
func refused(t *testing.T, c *company, name, token string) {
	t.Helper()
	answer := c.ask(t, token, "GET", "/me", "")
	if answer.StatusCode != http.StatusUnauthorized || answer.kind(t) != "invalid-token" ||
		!strings.Contains(answer.Header.Get("WWW-Authenticate"), `error="invalid_token"`) {
		t.Errorf("%s: %d %s", name, answer.StatusCode, answer.body)
	}
	if len(token) > 20 && strings.Contains(answer.body, token) {
		t.Errorf("%s: the answer repeats the token", name)
	}
}

func TestBrokenTokensAreRefused(t *testing.T) {
	c := theCompany(t)
	good := c.token(t, "ada")
	part := strings.Split(good, ".")
	for name, token := range map[string]string{
		"nothing after Bearer":   " ",
		"a word":                 "token",
		"one dot":                "a.b",
		"no JSON":                "a.b.c",
		"a part too many":        good + ".x",
		"a dot too many":         good + ".",
		"padded":                 good + "=",
		"a space within":         part[0] + " " + part[1] + "." + part[2],
		"another signature":      part[0] + "." + part[1] + "." + base64.RawURLEncoding.EncodeToString(make([]byte, 64)),
		"no signature":           part[0] + "." + part[1] + ".",
		"parts exchanged":        part[1] + "." + part[0] + "." + part[2],
		"a megabyte of dots":     strings.Repeat(".", 1_000_000),
		"a megabyte of letters":  strings.Repeat("a", 1_000_000),
		"quotes":                 `"` + good + `"`,
		"not ASCII":              good + "é",
		"what SQL might stumble": "'; DROP TABLE users; --",
	} {
		refused(t, c, name, token)
	}
}

// What can't be a token costs neither a hash nor a parser's time (CVE-2025-30204).
func TestWhatCannotBeATokenIsNotLookedAt(t *testing.T) {
	for token, want := range map[string]bool{
		"a.b.c": true, "a-._~+/=": true, strings.Repeat("a", maxToken): true,
		"": false, strings.Repeat(".", maxToken+1): false, "a b": false, "a\"b": false, "é": false, "a\x00": false, "a,b": false,
	} {
		if wellFormed(token) != want {
			t.Errorf("%.20q is well-formed: %v", token, !want)
		}
	}
}

func TestTruncatedTokensAreRefused(t *testing.T) {
	c := theCompany(t)
	good := c.token(t, "ada")
	for length := 1; length < len(good); length++ {
		refused(t, c, "truncated", good[:length])
	}
}

func TestForgedTokensAreRefused(t *testing.T) {
	c := theCompany(t)
	var claims jwt.MapClaims
	good, _, err := jwt.NewParser().ParseUnverified(c.token(t, "ada"), &claims)
	if err != nil {
		t.Fatal(err)
	}
	kid := good.Header["kid"].(string)
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	forge := func(method jwt.SigningMethod, key any, header map[string]any) string {
		token := jwt.NewWithClaims(method, claims)
		token.Header["typ"], token.Header["kid"] = "at+jwt", kid
		maps.Copy(token.Header, header)
		signed, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	for name, token := range map[string]string{
		"alg none":      forge(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil),
		"a foreign key": forge(jwt.SigningMethodES256, own, nil),
		"a foreign kid": forge(jwt.SigningMethodES256, own, map[string]any{"kid": "mine"}),
		"a path as kid": forge(jwt.SigningMethodES256, own, map[string]any{"kid": "../../dev/null"}),
		"SQL as kid":    forge(jwt.SigningMethodES256, own, map[string]any{"kid": "' OR 1=1 --"}),
		"an embedded key": forge(jwt.SigningMethodES256, own, map[string]any{"jwk": map[string]string{
			"kty": "EC", "crv": "P-256", "x": b64(own.X), "y": b64(own.Y)}}),
		"a key's address": forge(jwt.SigningMethodES256, own, map[string]any{"jku": "https://evil.example/jwks.json"}),
	} {
		refused(t, c, name, token)
	}
	for _, key := range publicKeys(t, c) {
		refused(t, c, "HS256 with the public key", forge(jwt.SigningMethodHS256, key, nil))
		refused(t, c, "HS512 with the public key", forge(jwt.SigningMethodHS512, key, nil))
	}
}

func b64(n *big.Int) string { return base64.RawURLEncoding.EncodeToString(n.Bytes()) }

// publicKeys are what anybody can read of the keys, in the forms that a careless verifier takes for a shared secret.
func publicKeys(t *testing.T, c *company) [][]byte {
	var set struct{ Keys []map[string]string }
	c.ask(t, "", "GET", "/.well-known/jwks.json", "").json(t, &set)
	if len(set.Keys) == 0 {
		t.Fatal("there are no keys")
	}
	keys := [][]byte{{}}
	for _, key := range set.Keys {
		whole, err := json.Marshal(key)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, whole)
		for _, member := range []string{"n", "x", "y"} {
			raw, _ := base64.RawURLEncoding.DecodeString(key[member])
			keys = append(keys, []byte(key[member]), raw)
		}
	}
	return keys
}

func TestOnlyAccessTokensAreAccessTokens(t *testing.T) {
	c := theCompany(t)
	tokens := c.signIn(t, "ada", []string{"openid", "offline_access", "read:timesheets"})
	refused(t, c, "an ID token", tokens.ID)
	refused(t, c, "a refresh token", tokens.Refresh)
	if answer := c.ask(t, tokens.Access, "GET", "/me", ""); answer.StatusCode != http.StatusOK {
		t.Errorf("the access token: %d", answer.StatusCode)
	}
}

// whereToLearn is how every challenge ends.
const whereToLearn = `resource_metadata="https://time.example.com/.well-known/oauth-protected-resource"`

func TestWhereATokenMayBe(t *testing.T) {
	c := theCompany(t)
	good := c.token(t, "ada")
	const none, twice = `Bearer realm="Punchcard", ` + whereToLearn, `Bearer realm="Punchcard", error="invalid_request"`
	bearer := http.Header{"Authorization": {"Bearer " + good}}
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	both := http.Header{"Content-Type": form["Content-Type"], "Authorization": bearer["Authorization"]}
	for _, q := range []struct {
		name, method, path, body string
		header                   http.Header
		status                   int
		challenge                string
	}{
		{"as it should be", "GET", "/me", "", bearer, 200, ""},
		{"in lower case", "GET", "/me", "", http.Header{"Authorization": {"bearer " + good}}, 200, ""},
		{"in upper case", "GET", "/me", "", http.Header{"Authorization": {"BEARER   " + good}}, 200, ""},
		{"by another scheme", "GET", "/me", "", http.Header{"Authorization": {"Basic " + good}}, 401, none},
		{"by DPoP", "GET", "/me", "", http.Header{"Authorization": {"DPoP " + good}}, 401, `DPoP realm="Punchcard", error="invalid_token"`},
		{"in a cookie", "GET", "/me", "", http.Header{"Cookie": {"access_token=" + good}}, 401, none},
		{"in the address alone", "GET", "/me?access_token=" + good, "", nil, 401, none},
		{"in the address too", "GET", "/me?access_token=" + good, "", bearer, 400, twice},
		{"in a form alone", "POST", "/timesheets", "access_token=" + good, form, 401, none},
		{"in a form too", "POST", "/timesheets", "access_token=" + good, both, 400, twice},
		{"twice", "GET", "/me", "", http.Header{"Authorization": {"Bearer " + good, "Bearer " + good}}, 400, twice},
		{"beside Basic", "GET", "/me", "", http.Header{"Authorization": {"Basic eDp5", "Bearer " + good}}, 400, twice},
	} {
		r, err := http.NewRequest(q.method, testIssuer[:len(testIssuer)-1]+q.path, strings.NewReader(q.body))
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(r.Header, q.header)
		answer := c.send(t, r)
		challenge, _, _ := strings.Cut(answer.Header.Get("WWW-Authenticate"), ", error_description")
		if answer.StatusCode != q.status || challenge != q.challenge {
			t.Errorf("a token %s: %d %s", q.name, answer.StatusCode, challenge)
		}
	}
}

func TestRevokedTokensDieAtTheNextCall(t *testing.T) {
	c := newCompany(t)
	token := c.token(t, "ada")
	if answer := c.ask(t, token, "GET", "/me", ""); answer.StatusCode != http.StatusOK {
		t.Fatalf("before: %d", answer.StatusCode)
	}
	form := url.Values{"token": {token}, "client_id": {"phone"}}
	revoked := c.ask(t, "", "POST", "/oauth/revoke", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	if revoked.StatusCode != http.StatusOK {
		t.Fatalf("revoke: %d %s", revoked.StatusCode, revoked.body)
	}
	refused(t, c, "revoked", token)
}
