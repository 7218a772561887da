package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"punchcard/timesheets"
)

// reader fills one type of input from requests. It is made of the type's field tags when a route is registered:
//
//	path:"id"           a part of the path
//	query:"from"        a query parameter; any that no field names is refused
//	match:"required"    the revision in If-Match; "optional": nil if there is none
//	json:"minutes"      a member of the body
type reader struct {
	path     map[string][]int // index of the field by the parameter's name
	query    map[string]parameter
	revision []int // index of the field; nil if there is none
	required bool  // If-Match must be there
	body     *shape
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

func (r *reader) readQuery(raw string, v reflect.Value, wrong *faults) error {
	if raw == "" {
		return nil
	}
	query, err := url.ParseQuery(raw)
	if err != nil {
		return fault(malformed, "the query string is not percent-encoded as it should be")
	}
	for name, given := range query {
		p, known := r.query[name]
		switch {
		case !known:
			wrong.add(name, "is not a parameter of this path")
		case !text(strings.Join(given, "")):
			wrong.add(name, "must be UTF-8 text")
		default:
			if err := p.set(v.FieldByIndex(p.index), given); err != nil {
				wrong.add(name, err.Error())
			}
		}
	}
	slices.SortFunc(*wrong, func(a, b timesheets.FieldFault) int { return strings.Compare(a.Pointer, b.Pointer) })
	return nil
}

// text reports whether a database can store and compare it as text.
func text(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

var errRepeated = errors.New("must not be given twice")

// setterOf makes what sets a field of this type from a query parameter. An empty value is no value.
func setterOf(t reflect.Type) func(reflect.Value, []string) error {
	if t == reflect.TypeFor[[]string]() {
		return func(field reflect.Value, given []string) error {
			for _, s := range given {
				if s != "" {
					field.Set(reflect.Append(field, reflect.ValueOf(s)))
				}
			}
			return nil
		}
	}
	parse := parserOf(t)
	return func(field reflect.Value, given []string) error {
		if len(given) > 1 {
			return errRepeated
		}
		if given[0] == "" {
			return nil
		}
		return parse(field, given[0])
	}
}

func parserOf(t reflect.Type) func(reflect.Value, string) error {
	switch t.Kind() {
	case reflect.Pointer:
		parse := parserOf(t.Elem())
		return func(field reflect.Value, s string) error {
			field.Set(reflect.New(t.Elem()))
			return parse(field.Elem(), s)
		}
	case reflect.String:
		return func(field reflect.Value, s string) error { field.SetString(s); return nil }
	case reflect.Int, reflect.Int64:
		return func(field reflect.Value, s string) error {
			n, err := strconv.ParseInt(s, 10, t.Bits())
			if err != nil {
				return errors.New("must be an integer")
			}
			field.SetInt(n)
			return nil
		}
	case reflect.Bool:
		return func(field reflect.Value, s string) error {
			if s != "true" && s != "false" {
				return errors.New("must be true or false")
			}
			field.SetBool(s == "true")
			return nil
		}
	}
	panic(fmt.Sprintf("a query parameter can't be read into %s", t))
}

// ifMatch is the revision that the caller saw; nil if any will do. Only one entity tag is taken, since there is one
// revision at a time, and by RFC 9110 §13.1.1 a weak one never matches.
func ifMatch(c *gin.Context, required bool) (*int64, error) {
	lines := c.Request.Header["If-Match"]
	tag := strings.TrimSpace(strings.Join(lines, ","))
	switch {
	case tag == "" && required:
		return nil, fault(preconditionRequired, "send If-Match with the ETag of what you read, or with * for whatever is there")
	case tag == "" || tag == "*":
		return nil, nil
	case strings.HasPrefix(tag, `W/"`):
		return nil, fault(stale, "a weak entity tag matches nothing; send the ETag as it was answered")
	case len(tag) < 2 || tag[0] != '"' || tag[len(tag)-1] != '"' || strings.Contains(tag[1:len(tag)-1], `"`):
		return nil, fault(malformed, `If-Match takes one entity tag in quotation marks, as in "7", or *`)
	}
	revision, err := strconv.ParseInt(tag[1:len(tag)-1], 10, 64)
	if err != nil {
		return nil, fault(stale, "this entity tag was never answered here")
	}
	return &revision, nil
}

// faults gathers what is wrong with the values of a request.
type faults []timesheets.FieldFault

func (f *faults) add(pointer, detail string) {
	*f = append(*f, timesheets.FieldFault{Pointer: pointer, Detail: detail})
}

func (f faults) covers(pointer string) bool {
	return slices.ContainsFunc(f, func(known timesheets.FieldFault) bool {
		return known.Pointer == pointer || strings.HasPrefix(known.Pointer, pointer+"/")
	})
}

// and adds what the input itself finds wrong with the values that could be read.
func (f faults) and(in any) error {
	var err error
	if input, ok := in.(interface{ Validate() error }); ok {
		err = input.Validate()
	}
	if len(f) == 0 {
		return err
	}
	if own, ok := errors.AsType[*timesheets.Fault](err); ok && own.Kind == invalid {
		for _, fault := range own.Fields {
			if !f.covers(fault.Pointer) {
				f = append(f, fault)
			}
		}
	}
	detail := "one value of the request is wrong"
	if len(f) > 1 {
		detail = fmt.Sprintf("%d values of the request are wrong", len(f))
	}
	return &timesheets.Fault{Kind: invalid, Detail: detail, Fields: f}
}

// takesBody reports whether a body means anything with the method.
func takesBody(method string) bool {
	return method == http.MethodPost || method == http.MethodPut || method == http.MethodPatch
}
