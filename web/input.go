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
//	match:"none"        whether If-None-Match is *, which will do instead of If-Match
//	least:"1"           the smallest that a query parameter can be
//	json:"minutes"      a member of the body
//	media:"text/csv"    the body as it came, a timesheets.File of one of these media types, with a space between two
type reader struct {
	path     map[string][]int // index of the field by the parameter's name
	query    map[string]parameter
	revision []int // index of the field; nil if there is none
	required bool  // If-Match must be there
	absent   []int // index of the field that says that there must be nothing yet; nil if there is none
	body     *shape
	file     []int    // index of the field; nil if the body is JSON
	media    []string // that the file can be
}

type parameter struct {
	index []int
	set   setter
}

func readerOf(t reflect.Type) *reader {
	r := &reader{path: map[string][]int{}, query: map[string]parameter{}, body: shapeOf(t)}
	for _, f := range reflect.VisibleFields(t) {
		if name, ok := f.Tag.Lookup("path"); ok {
			r.path[name] = f.Index
		}
		if name, ok := f.Tag.Lookup("query"); ok {
			r.query[name] = parameter{f.Index, leastOf(f, setterOf(f.Type))}
		}
		if media, ok := f.Tag.Lookup("media"); ok {
			r.file, r.media = f.Index, strings.Fields(media)
		}
		if how, ok := f.Tag.Lookup("match"); how == "none" {
			r.absent = f.Index
		} else if ok {
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
	if err := r.readMatch(c, v); err != nil {
		return err
	}
	var wrong faults
	if err := r.readQuery(c, v, &wrong); err != nil {
		return err
	}
	if err := r.readBody(c, v, &wrong); err != nil {
		return err
	}
	return wrong.and(in)
}

// readMatch reads If-Match, and If-None-Match where that says something of a write.
func (r *reader) readMatch(c *gin.Context, v reflect.Value) error {
	if r.revision == nil {
		return nil
	}
	if r.absent != nil {
		absent, err := ifNoneMatch(c)
		if err != nil || absent {
			v.FieldByIndex(r.absent).SetBool(absent)
			return err
		}
	}
	revision, err := ifMatch(c, r.required)
	if err != nil {
		return err
	}
	v.FieldByIndex(r.revision).Set(reflect.ValueOf(revision))
	return nil
}
