package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"
)

// response is what is answered, as it can be kept to be answered again.
type response struct {
	Status int
	Header map[string]string
	Body   string // JSON; empty: none
}

// send answers. Who has what is asked for already isn't sent it again.
func (r response) send(c *gin.Context) {
	for name, value := range r.Header {
		c.Header(name, value)
	}
	tag := r.Header["ETag"]
	switch {
	case tag != "" && tagged(c, tag):
	case r.Body == "":
		c.Status(r.Status)
	default:
		c.Header("Content-Length", strconv.Itoa(len(r.Body)))
		c.Data(r.Status, "application/json", []byte(r.Body))
	}
}

// resourceOf shows one resource. Its entity tag is its revision, so that If-Match can name what the caller saw; that of a
// resource without one is made of what it says. One that shows something besides which changes without a revision more has
// that in its tag too.
func resourceOf(c *gin.Context, status int, out any) (response, error) {
	if put, ok := out.(interface{ Made() bool }); ok && put.Made() {
		status = http.StatusCreated
	}
	body, err := encode(out)
	if err != nil {
		return response{}, err
	}
	r := response{Status: status, Header: map[string]string{"ETag": etagOf(body)}, Body: string(body)}
	if one, ok := out.(interface{ Key() (string, int64) }); ok {
		id, revision := one.Key()
		r.Header["ETag"] = revisionTag(revision)
		if more, ok := out.(interface{ Uncounted() string }); ok {
			r.Header["ETag"] = wholeTag(revision, more.Uncounted())
		}
		if status == http.StatusCreated {
			r.Header["Location"] = locationOf(c, id)
		}
	}
	if part, ok := out.(interface{ Turn() (string, string) }); ok {
		if parameter, cursor := part.Turn(); cursor != "" {
			r.Header["Link"] = nextLink(c, parameter, cursor)
		}
	}
	return r, nil
}

// locationOf is where a new resource is: below where it was sent, or there.
func locationOf(c *gin.Context, id string) string {
	if c.Request.Method == http.MethodPut {
		return c.Request.URL.EscapedPath()
	}
	return c.Request.URL.Path + "/" + url.PathEscape(id)
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
