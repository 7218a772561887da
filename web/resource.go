package web

import (
	"github.com/gin-gonic/gin"

	"punchcard/auth"
)

// protectedResource answers where RFC 9728 §3.1 has the metadata of an API looked for: below its well-known address, at the
// path that the API itself has. The bare address is the timesheet API's.
func protectedResource(a *auth.Server) gin.HandlerFunc {
	timesheets, management := a.ProtectedResource(auth.Timesheets), a.ProtectedResource(auth.Management)
	return func(c *gin.Context) {
		switch c.Param("path") {
		case "", a.ResourcePath(auth.Timesheets):
			timesheets(c)
		case a.ResourcePath(auth.Management):
			management(c)
		default:
			fail(c, fault(notFound, "there is no API at this path"))
		}
	}
}
