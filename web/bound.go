package web

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

const (
	maxBody   = 1 << 20  // bytes of a body for the API
	maxForm   = 64 << 10 // bytes of a body for a page or an OAuth endpoint
	maxImport = 16 << 20 // bytes of a file of time
)

// importPath takes files of time.
const importPath = "/timesheets/import"

// forms are the first segments of the paths of those.
var forms = map[string]bool{
	"authorize": true, "oauth": true, "userinfo": true, "login": true, "consent": true, "setup": true,
	"device": true, "activate": true,
	"oidc": true, "v2": true, "account": true, "unsubscribe": true,
}

// bound refuses bodies that are too large: before anything is read where the length is told, else while it is read.
func bound(c *gin.Context) {
	limit := int64(maxBody)
	switch path := c.Request.URL.Path; {
	case forms[firstSegment(path)]:
		limit = maxForm
	case path == importPath:
		limit = maxImport
	}
	if c.Request.ContentLength > limit {
		fail(c, &http.MaxBytesError{Limit: limit})
		return
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, limit)
}
