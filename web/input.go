package web

import (
	"reflect"
	"strings"

	"github.com/gin-gonic/gin"
)

// reader fills one type of input from requests. It is made of the type's field tags when a route is registered:
//
//	path:"id"           a part of the path
//	query:"from"        a query parameter; any that no field names is refused
//	match:"required"    the revision in If-Match; "optional": nil if there is none
//	json:"minutes"      a member of the body
//	media:"text/csv"    the body as it came, a timesheets.File of one of these media types, with a space between two
type reader struct {
	path     map[string][]int // index of the field by the parameter's name
	query    map[string]parameter
	revision []int // index of the field; nil if there is none
	required bool  // If-Match must be there
	body     *shape
	file     []int    // index of the field; nil if the body is JSON
	media    []string // that the file can be
}

type parameter struct {
	index []int
	set   func(field reflect.Value, given []string) error
}

func readerOf(t reflect.Type) *reader {
	r := &reader{path: map[string][]int{}, query: map[string]parameter{}, body: shapeOf(t)}
	for _, f := range reflect.VisibleFields(t) {
		if name, ok := f.Tag.Lookup("path"); ok {
			r.path[name] = f.Index
		}
		if name, ok := f.Tag.Lookup("query"); ok {
			r.query[name] = parameter{f.Index, setterOf(f.Type)}
		}
		if media, ok := f.Tag.Lookup("media"); ok {
			r.file, r.media = f.Index, strings.Fields(media)
		}
		if how, ok := f.Tag.Lookup("match"); ok {
			r.revision, r.required = f.Index, how == "required"
		}
	}
	return r
}

// into reads the request into the value that in points to. All values that are wrong are told at once.
func (r *reader) into(c *gin.Context, in any) error {
	v := reflect.ValueOf(in).Elem()
	for name, index := range r.path {
		id := c.Param(name)
		if !text(id) {
			return fault(notFound, "nothing is at this path")
		}
		v.FieldByIndex(index).SetString(id)
	}
	if r.revision != nil {
		revision, err := ifMatch(c, r.required)
		if err != nil {
			return err
		}
		v.FieldByIndex(r.revision).Set(reflect.ValueOf(revision))
	}
	var wrong faults
	if err := r.readQuery(c.Request.URL.RawQuery, v, &wrong); err != nil {
		return err
	}
	if err := r.readBody(c, v, &wrong); err != nil {
		return err
	}
	return wrong.and(in)
}
