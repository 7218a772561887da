package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"punchcard/auth"
)

// What scripts of other origins may send, and may read beside the body.
const (
	sharedMethods = "GET, HEAD, POST, PUT, PATCH, DELETE"
	sendable      = "Authorization, Content-Type, If-Match, If-None-Match, DPoP, Auth0-Client, Idempotency-Key"
	readable      = "Content-Disposition, ETag, Link, Location, Total-Count, WWW-Authenticate, Request-Id, Retry-After, DPoP-Nonce, " +
		"Idempotency-Replayed"
)

// audience is whose scripts may read what lies under a path's first segment.
type audience int

const (
	ownOrigin         audience = iota // pages
	registeredOrigins                 // those that an application was registered with
	everyOrigin                       // what is public and the same for all
)

// audiences tells it for each first segment. Those that take a token come from the route table.
func audiences(routes []route) map[string]audience {
	all := map[string]audience{
		"oauth": registeredOrigins, ".well-known": everyOrigin, "openapi.yaml": everyOrigin, "problems": everyOrigin,
	}
	for _, r := range routes {
		if r.access.scope != "" {
			all[firstSegment(r.path)] = registeredOrigins
		}
	}
	return all
}

func firstSegment(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first
}

// share is CORS. It goes by the path, so that a preflight, a method that isn't offered and an error are answered as the
// route itself would be. There is no Access-Control-Allow-Credentials: cookies are for pages alone.
func share(a *auth.Server, routes []route) gin.HandlerFunc {
	all := audiences(routes)
	return func(c *gin.Context) {
		whose := all[firstSegment(c.Request.URL.Path)]
		if whose == ownOrigin {
			return
		}
		h, origin := c.Writer.Header(), c.GetHeader("Origin")
		allowed := whose == everyOrigin
		if allowed {
			h.Set("Access-Control-Allow-Origin", "*")
		} else {
			h.Add("Vary", "Origin")
			// "null" is the origin of every sandboxed frame and local file, so it is nobody's.
			if allowed = origin != "" && origin != "null" && a.AllowedOrigin(origin); allowed {
				h.Set("Access-Control-Allow-Origin", origin)
			}
		}
		if allowed {
			h.Set("Access-Control-Expose-Headers", readable)
		}
		if origin != "" && c.Request.Method == http.MethodOptions && c.GetHeader("Access-Control-Request-Method") != "" {
			preflight(c, allowed)
		}
	}
}

func preflight(c *gin.Context, allowed bool) {
	if allowed {
		c.Header("Access-Control-Allow-Methods", sharedMethods)
		c.Header("Access-Control-Allow-Headers", sendable)
		c.Header("Access-Control-Max-Age", "600")
	}
	c.Writer.Header().Del("Allow") // the router took it for a method that isn't offered
	c.Status(http.StatusNoContent)
	c.Abort()
}
