package web

import (
	"net/http"
	"reflect"

	"github.com/gin-gonic/gin"

	"punchcard/timesheets"
)

// streamed makes a handler of an operation whose answer is a document that is written bit by bit, to be kept in a file.
func streamed[In any](file string, op operation[In, timesheets.Document]) gin.HandlerFunc {
	read := readerOf(reflect.TypeFor[In]())
	return func(c *gin.Context) {
		var in In
		if err := read.into(c, &in); err != nil {
			fail(c, err)
			return
		}
		write, err := op(c.Request.Context(), caller(c), in)
		if err != nil {
			fail(c, err)
			return
		}
		c.Header("Content-Type", "application/json")
		c.Header("Content-Disposition", `attachment; filename="`+file+`"`)
		if c.Request.Method == http.MethodHead {
			c.Status(http.StatusOK)
			return
		}
		if err := write(c.Writer); err != nil {
			fail(c, err)
		}
	}
}
