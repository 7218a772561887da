package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"punchcard/auth"
)

// nothing answers where there is nothing: a person with a page, a program with a problem.
func nothing(a *auth.Server) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Writer.Header().Add("Vary", "Accept")
		if byBrowser(c.Request) {
			a.Nowhere(c)
			return
		}
		fail(c, fault(notFound, "nothing is at this path"))
	}
}

// byBrowser reports whether a person looks at what is answered: browsers name HTML first, and everything else after it.
func byBrowser(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.HasPrefix(r.Header.Get("Accept"), "text/html")
}
