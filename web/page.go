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

// pageOf shows a Page, whatever it holds, as a bare array. Where more follows, Link says where.
func pageOf(c *gin.Context, status int, page reflect.Value) (response, error) {
	items, next, total := page.FieldByName("Items"), page.FieldByName("Next").String(), page.FieldByName("Total")
	body := []byte("[]\n")
	if items.Len() > 0 {
		var err error
		if body, err = encode(items.Interface()); err != nil {
			return response{}, err
		}
	}
	r := response{Status: status, Header: map[string]string{}, Body: string(body)}
	said := string(body)
	if next != "" {
		r.Header["Link"] = nextLink(c, "cursor", next)
		said += r.Header["Link"]
	}
	if !total.IsNil() {
		r.Header["Total-Count"] = strconv.FormatInt(total.Elem().Int(), 10)
		said += r.Header["Total-Count"]
	}
	r.Header["ETag"] = etagOf([]byte(said)) // of all that the page tells, and not its items alone
	return r, nil
}

// nextLink is the address of what follows (RFC 8288), with the query as it was but for the cursor.
func nextLink(c *gin.Context, parameter, cursor string) string {
	query := c.Request.URL.Query()
	query.Set(parameter, cursor)
	return fmt.Sprintf(`<%s?%s>; rel="next"`, c.Request.URL.EscapedPath(), query.Encode())
}
