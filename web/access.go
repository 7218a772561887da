package web

import (
	"fmt"

	"github.com/gin-gonic/gin"

	"punchcard/auth"
)

// access is who may use a route.
type access struct{ scope string }

// anyone may use a page or an endpoint that needs no access token, or that checks who asks by itself.
var anyone = access{}

// scope lets those in whose access token holds it, as the application and the person stand at this moment.
func scope(name string) access { return access{name} }

// What the guard leaves for whoever answers.
const (
	callerKey   = "caller"
	metadataKey = "resource_metadata" // tells where a client learns how to get a token, for the challenge
)

// caller is who the guard let in.
func caller(c *gin.Context) auth.Caller {
	by, _ := c.Get(callerKey)
	return by.(auth.Caller)
}

// guard lets a request through that carries an access token with the scope (RFC 6750), and answers any other with the
// challenge of its §3 beside the problem.
func guard(a *auth.Server, scope string) gin.HandlerFunc {
	metadata := a.ResourceMetadata
	return func(c *gin.Context) {
		c.Header("Cache-Control", "no-store")
		c.Writer.Header().Add("Vary", "Authorization")
		c.Set(metadataKey, metadata)
		token, given, err := bearer(c.Request)
		if err != nil {
			challenge(c, "invalid_request", err.Error())
			fail(c, fault(malformed, err.Error()))
			return
		}
		if !given {
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
	if !wellFormed(token) {
		return auth.Caller{}, &auth.Error{Code: "invalid_token", Description: "The access token is malformed"}
	}
	return a.Verify(c.Request.Context(), token)
}
