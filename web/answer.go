package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"

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

// writeOne writes one resource. Its entity tag is its revision, so that If-Match can name what the caller saw.
func writeOne(c *gin.Context, status int, out any) error {
	if one, ok := out.(interface{ Key() (string, int64) }); ok {
		id, revision := one.Key()
		if status == http.StatusCreated {
			c.Header("Location", c.Request.URL.Path+"/"+url.PathEscape(id))
		}
		if tagged(c, `"`+strconv.FormatInt(revision, 10)+`"`) {
			return nil
		}
	}
	body, err := encode(out)
	if err != nil {
		return err
	}
	writeJSON(c, status, body)
	return nil
}

// isPage reports whether a type is a timesheets.Page of anything.
func isPage(t reflect.Type) bool {
	return t.PkgPath() == "punchcard/timesheets" && strings.HasPrefix(t.Name(), "Page[")
}

// writePage writes a list as a bare array. Where more follows, Link says where (RFC 8288), with the query as it was but
// for the cursor.
func writePage(c *gin.Context, status int, page reflect.Value) error {
	items, next, total := page.FieldByName("Items"), page.FieldByName("Next").String(), page.FieldByName("Total")
	body := []byte("[]\n")
	if items.Len() > 0 {
		var err error
		if body, err = encode(items.Interface()); err != nil {
			return err
		}
	}
	if next != "" {
		query := c.Request.URL.Query()
		query.Set("cursor", next)
		c.Header("Link", fmt.Sprintf(`<%s?%s>; rel="next"`, c.Request.URL.EscapedPath(), query.Encode()))
	}
	if !total.IsNil() {
		c.Header("Total-Count", strconv.FormatInt(total.Elem().Int(), 10))
	}
	if !tagged(c, etagOf(body)) {
		writeJSON(c, status, body)
	}
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

// tagged sets the entity tag, and reports whether it answered 304 since the caller has what it stands for.
func tagged(c *gin.Context, tag string) bool {
	c.Header("ETag", tag)
	if !matches(c, tag) {
		return false
	}
	c.Status(http.StatusNotModified)
	return true
}

// matches reports whether a reading request has the tagged representation already (If-None-Match, RFC 9110 §13.1.2).
func matches(c *gin.Context, tag string) bool {
	if c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead {
		return false
	}
	for _, list := range c.Request.Header["If-None-Match"] {
		for had := range strings.SplitSeq(list, ",") {
			if had = strings.TrimSpace(had); had == "*" || strings.TrimPrefix(had, "W/") == tag {
				return true
			}
		}
	}
	return false
}

func etagOf(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + `"`
}
