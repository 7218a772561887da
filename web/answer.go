package web

import (
	"context"
	"net/http"
	"reflect"

	"github.com/gin-gonic/gin"

	"punchcard/auth"
)

// operation is what a route does for a caller.
type operation[In, Out any] = func(context.Context, auth.Caller, In) (Out, error)

// answer makes a handler of an operation: it reads the path, the query, If-Match and the body into In, calls the
// operation, and writes what that returns as JSON. An error is the problem's to tell.
func answer[In, Out any](status int, op operation[In, Out]) gin.HandlerFunc {
	paged := isPage(reflect.TypeFor[Out]())
	return handle(func(c *gin.Context, ctx context.Context, in In) (response, error) {
		out, err := op(ctx, caller(c), in)
		if err != nil {
			return response{}, err
		}
		if paged {
			return pageOf(c, status, reflect.ValueOf(out))
		}
		return resourceOf(c, status, out)
	})
}

// done makes a handler of an operation that leaves nothing to show.
func done[In any](op func(context.Context, auth.Caller, In) error) gin.HandlerFunc {
	return handle(func(c *gin.Context, ctx context.Context, in In) (response, error) {
		return response{Status: http.StatusNoContent}, op(ctx, caller(c), in)
	})
}

// handle makes a handler of what is done with a request once it is read. It may run several times, and only looks at c.
func handle[In any](do func(c *gin.Context, ctx context.Context, in In) (response, error)) gin.HandlerFunc {
	read := readerOf(reflect.TypeFor[In]())
	return func(c *gin.Context) {
		var in In
		key, err := idempotencyKey(c)
		if err == nil {
			err = read.into(c, &in)
		}
		var r response
		if err == nil {
			r, err = once(c, key, func(ctx context.Context) (response, error) { return do(c, ctx, in) })
		}
		if err != nil {
			fail(c, err)
			return
		}
		r.send(c)
	}
}
