package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strconv"

	"github.com/gin-gonic/gin"

	"punchcard/auth"
)

// operation is what a route does for a caller.
type operation[In, Out any] = func(context.Context, auth.Caller, In) (Out, error)

// answer makes a handler of an operation: it reads the path, the query, If-Match and the body into In, calls the
// operation, and writes what that returns as JSON. An error is the problem's to tell.
func answer[In, Out any](status int, op operation[In, Out]) gin.HandlerFunc {
	read, paged := readerOf(reflect.TypeFor[In]()), isPage(reflect.TypeFor[Out]())
	return func(c *gin.Context) {
		var in In
		if err := read.into(c, &in); err != nil {
			fail(c, err)
			return
		}
		out, err := op(c.Request.Context(), caller(c), in)
		if err == nil && paged {
			err = writePage(c, status, reflect.ValueOf(out))
		} else if err == nil {
			err = writeOne(c, status, out)
		}
		if err != nil {
			fail(c, err)
		}
	}
}

// done makes a handler of an operation that leaves nothing to show.
func done[In any](op func(context.Context, auth.Caller, In) error) gin.HandlerFunc {
	read := readerOf(reflect.TypeFor[In]())
	return func(c *gin.Context) {
		var in In
		err := read.into(c, &in)
		if err == nil {
			err = op(c.Request.Context(), caller(c), in)
		}
		if err != nil {
			fail(c, err)
			return
		}
		c.Status(http.StatusNoContent)
	}
}

// writeOne writes one resource. Its entity tag is its revision, so that If-Match can name what the caller saw; that of a
// resource without one is made of what it says. One that shows something besides which changes without a revision more has
// that in its tag too.
func writeOne(c *gin.Context, status int, out any) error {
	one, hasRevision := out.(interface{ Key() (string, int64) })
	if hasRevision {
		id, revision := one.Key()
		if status == http.StatusCreated {
			c.Header("Location", c.Request.URL.Path+"/"+url.PathEscape(id))
		}
		tag := revisionTag(revision)
		if more, ok := out.(interface{ Uncounted() string }); ok {
			tag = wholeTag(revision, more.Uncounted())
		}
		if tagged(c, tag) {
			return nil
		}
	}
	body, err := encode(out)
	if err != nil {
		return err
	}
	if !hasRevision && tagged(c, etagOf(body)) {
		return nil
	}
	writeJSON(c, status, body)
	return nil
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode answer: %w", err)
	}
	return b.Bytes(), nil
}

func writeJSON(c *gin.Context, status int, body []byte) {
	c.Header("Content-Length", strconv.Itoa(len(body)))
	c.Data(status, "application/json", body)
}
