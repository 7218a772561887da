package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"punchcard/auth"
)

// access is who may use a route.
type access struct{ scope string }

// anyone may use a page or an endpoint that needs no access token, or that checks who asks by itself.
var anyone = access{}

// scope lets those in whose access token holds it, as the application and the person stand at this moment.
func scope(name string) access { return access{name} }

// Longer than any token that is issued here. What is longer is refused before it costs a hash.
const maxToken = 8 << 10 // bytes

const callerKey = "caller"

// caller is who the guard let in.
func caller(c *gin.Context) auth.Caller {
	by, _ := c.Get(callerKey)
	return by.(auth.Caller)
}

// guard lets a request through that carries an access token with the scope (RFC 6750), and answers any other with the
// challenge of its §3 beside the problem.
func guard(a *auth.Server, scope string) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Header("Cache-Control", "no-store")
		c.Writer.Header().Add("Vary", "Authorization")
		token, err := bearer(c)
		if err != nil {
			challenge(c, "invalid_request", err.Error())
			fail(c, fault(malformed, err.Error()))
			return
		}
		if token == "" {
			challenge(c, "", "")
			fail(c, fault(invalidToken, "this needs an access token: send Authorization: Bearer and the token"))
			return
		}
		by, err := verify(c, a, token)
		if err != nil {
			fail(c, fmt.Errorf("verify access token: %w", err))
			return
		}
		c.Set(callerKey, by)
		if !by.May(scope) {
			detail := "this needs the scope " + scope
			challenge(c, "insufficient_scope", detail, "scope", scope)
			fail(c, fault(insufficientScope, detail))
		}
	}
}

func verify(c *gin.Context, a *auth.Server, token string) (auth.Caller, error) {
	if len(token) > maxToken || strings.ContainsFunc(token, notToken68) {
		return auth.Caller{}, &auth.Error{Code: "invalid_token", Description: "The access token is malformed"}
	}
	return a.Verify(c.Request.Context(), token)
}

var errTwoTokens = errors.New("the request has more than one access token; send one, in the Authorization header")

// bearer is the token of the Authorization header; empty if there is none. A token anywhere else is no token: addresses
// end up in logs and histories. One here and one there is refused (RFC 6750 §2).
func bearer(c *gin.Context) (string, error) {
	credentials := c.Request.Header["Authorization"]
	if len(credentials) > 1 {
		return "", errTwoTokens
	}
	if len(credentials) == 0 {
		return "", nil
	}
	scheme, token, _ := strings.Cut(credentials[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", nil
	}
	if tokenElsewhere(c.Request) {
		return "", errTwoTokens
	}
	token = strings.TrimLeft(token, " ")
	if token == "" {
		token = "." // said to be a token, and none
	}
	return token, nil
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

// notToken68 finds what cannot be in a token: RFC 9110 §11.2.
func notToken68(r rune) bool {
	letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	return !letter && !strings.ContainsRune("-._~+/=", r)
}

// challenge says in the words of RFC 6750 §3 what is missing. Who sent no token at all is told no error code (§3.1).
func challenge(c *gin.Context, code, description string, more ...string) {
	params := append([]string{"realm", "Punchcard", "error", code, "error_description", description}, more...)
	var b strings.Builder
	for i := 0; i < len(params); i += 2 {
		if params[i+1] != "" {
			fmt.Fprintf(&b, `, %s="%s"`, params[i], quotable.Replace(params[i+1]))
		}
	}
	c.Header("WWW-Authenticate", "Bearer "+b.String()[2:])
}

var quotable = strings.NewReplacer(`"`, `'`, `\`, `'`, "\r", " ", "\n", " ")
