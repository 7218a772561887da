package web

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"punchcard/auth"
	"punchcard/auth/lang"
)

// Longer than any token that is issued here. What is longer is refused before it costs a hash.
const maxToken = 8 << 10 // bytes

var errTwoTokens = lang.Say("the request has more than one access token; send one, in the Authorization header")

// presented is an access token as a request brought it.
type presented struct {
	scheme string // bearerScheme or dpopScheme; empty: there is no token
	token  string
}

// The ways to present a token, by itself or with the proof of a key.
const (
	bearerScheme = "Bearer"
	dpopScheme   = "DPoP"
)

// credentials is the token of the Authorization header, if one is given. A token anywhere else is no token: addresses end up
// in logs and histories. One here and one there is refused (RFC 6750 §2).
func credentials(r *http.Request) (presented, error) {
	fields := r.Header["Authorization"]
	if len(fields) == 0 {
		return presented{}, nil
	}
	if len(fields) > 1 {
		return presented{}, errTwoTokens
	}
	name, token, _ := strings.Cut(fields[0], " ")
	scheme := schemeOf(name)
	if scheme == "" {
		return presented{}, nil
	}
	if tokenElsewhere(r) {
		return presented{}, errTwoTokens
	}
	return presented{scheme, strings.TrimLeft(token, " ")}, nil
}

func schemeOf(name string) string {
	for _, scheme := range []string{bearerScheme, dpopScheme} {
		if strings.EqualFold(name, scheme) {
			return scheme
		}
	}
	return ""
}

// tokenElsewhere looks for a second token, in the address and in a form. The form stays to be read, and refused.
func tokenElsewhere(r *http.Request) bool {
	if r.URL.RawQuery != "" && r.URL.Query().Has("access_token") {
		return true
	}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return false
	}
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return false // and reading on will fail again
	}
	r.Body = io.NopCloser(bytes.NewReader(data))
	form, _ := url.ParseQuery(string(data))
	return form.Has("access_token")
}

// token68 is what a token is made of: RFC 9110 §11.2.
var token68 = func() (allowed [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=") {
		allowed[c] = true
	}
	return allowed
}()

// wellFormed reports whether a token is worth a look: neither empty nor longer than any, and of the right characters.
func wellFormed(token string) bool {
	if token == "" || len(token) > maxToken {
		return false
	}
	for i := range len(token) {
		if !token68[token[i]] {
			return false
		}
	}
	return true
}

// challenge says in the words of RFC 6750 §3 what is missing, by the scheme that the request came with. Who sent no token at
// all is told no error code (§3.1), and that there are two schemes (RFC 9449 §7.2).
func challenge(c *gin.Context, code, description string, more ...string) {
	params := append([]string{"realm", "Punchcard", "error", code, "error_description", description}, more...)
	if metadata, ok := c.Get(metadataKey); ok {
		params = append(params, "resource_metadata", metadata.(func() string)()) // RFC 9728 §5.1
	}
	var b strings.Builder
	for i := 0; i < len(params); i += 2 {
		if params[i+1] != "" {
			fmt.Fprintf(&b, `, %s="%s"`, params[i], quotable.Replace(params[i+1]))
		}
	}
	algs := `algs="` + strings.Join(auth.ProofAlgs(), " ") + `"`
	name, _, _ := strings.Cut(c.GetHeader("Authorization"), " ")
	if schemeOf(name) == dpopScheme {
		c.Header("WWW-Authenticate", "DPoP "+b.String()[2:]+", "+algs)
		return
	}
	c.Header("WWW-Authenticate", "Bearer "+b.String()[2:])
	if code == "" || code == "invalid_token" {
		c.Writer.Header().Add("WWW-Authenticate", "DPoP "+algs)
	}
}

var quotable = strings.NewReplacer(`"`, `'`, `\`, `'`, "\r", " ", "\n", " ")
