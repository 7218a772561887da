package web

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
)

// isPage reports whether a type is a timesheets.Page of anything.
func isPage(t reflect.Type) bool {
	return t.PkgPath() == "punchcard/timesheets" && strings.HasPrefix(t.Name(), "Page[")
}

// writePage writes a Page, whatever it holds, as a bare array. Where more follows, Link says where (RFC 8288), with the
// query as it was but for the cursor.
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
