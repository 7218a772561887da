package web

import (
	"github.com/gin-gonic/gin"

	"punchcard/auth"
)

// protectedResource answers where RFC 9728 §3.1 has the metadata of the API looked for: below its well-known address, at
// the path that the API itself has. Any other path would be another API's.
func protectedResource(a *auth.Server) gin.HandlerFunc {
	tell := a.ProtectedResource()
	return func(c *gin.Context) {
		if path := c.Param("path"); path != "" && path != a.ResourcePath() {
			fail(c, fault(notFound, "there is no API at this path"))
			return
		}
		tell(c)
	}
}
