package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
)

// readBody reads a JSON object into the fields that have its members' names. No body is the same as {}.
func (r *reader) readBody(c *gin.Context, v reflect.Value, wrong *faults) error {
	if !takesBody(c.Request.Method) {
		return nil
	}
	data, err := io.ReadAll(c.Request.Body)
	if tooLong, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLong
	}
	if err != nil {
		return fault(malformed, "the body breaks off")
	}
	if len(data) == 0 {
		return nil
	}
	if err := isJSON(c); err != nil {
		return err
	}
	return r.body.parse(data, v, wrong)
}

// isJSON refuses a body that doesn't say that it is JSON. A page of another origin could send it without asking.
func isJSON(c *gin.Context) error {
	accepted := []string{"application/json"}
	if c.Request.Method == http.MethodPatch {
		accepted = append(accepted, "application/merge-patch+json")
	}
	if c.GetHeader("Content-Encoding") != "" {
		c.Header("Accept-Encoding", "identity")
		return fault(unsupported, "the body must not be compressed")
	}
	given, params, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	charset, hasCharset := params["charset"]
	for _, one := range accepted {
		if err == nil && given == one && (!hasCharset || strings.EqualFold(charset, "utf-8")) {
			return nil
		}
	}
	c.Header("Accept", strings.Join(accepted, ", "))
	return fault(unsupported, "the Content-Type must be "+strings.Join(accepted, " or "))
}

// parse reads a whole body: one object, and nothing after it.
func (s *shape) parse(data []byte, v reflect.Value, wrong *faults) error {
	if !utf8.Valid(data) {
		return fault(malformed, "the body is not UTF-8")
	}
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return faultf(malformed, "the body is not JSON: %s", position(data, err))
	}
	raw = bytes.TrimSpace(raw)
	if raw[0] != '{' {
		return fault(malformed, "the body must be a JSON object")
	}
	s.read(raw, "", v, wrong)
	return nil
}

func position(data []byte, err error) string {
	broken, ok := errors.AsType[*json.SyntaxError](err)
	if !ok {
		return "it can't be read"
	}
	before := data[:min(int(broken.Offset), len(data))]
	line := bytes.Count(before, []byte("\n")) + 1
	column := len(before) - (bytes.LastIndexByte(before, '\n') + 1)
	return "line " + strconv.Itoa(line) + ", column " + strconv.Itoa(column) + ": " + broken.Error()
}

// shape is how JSON is read into a type: member by member, element by element, or as a whole.
type shape struct {
	members  map[string]member // of an object
	element  *shape            // of an array
	optional *shape            // of a pointer
	nullable bool
	words    string // what the value must be
}

type member struct {
	index []int
	shape *shape
}

func shapeOf(t reflect.Type) *shape {
	s := &shape{words: wordsFor(t)}
	switch {
	case reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()):
		s.nullable = true
	case t.Kind() == reflect.Pointer:
		s.nullable, s.optional = true, shapeOf(t.Elem())
	case t.Kind() == reflect.Slice:
		s.element = shapeOf(t.Elem())
	case t.Kind() == reflect.Struct:
		s.members = map[string]member{}
		for _, f := range reflect.VisibleFields(t) {
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
				s.members[name] = member{f.Index, shapeOf(f.Type)}
			}
		}
	}
	return s
}

// read reads a value, which is JSON for certain, into v. What is wrong with it is told by its place in the body.
func (s *shape) read(data []byte, at string, v reflect.Value, wrong *faults) {
	null := string(data) == "null"
	switch {
	case null && !s.nullable, s.members != nil && data[0] != '{', s.element != nil && data[0] != '[':
		wrong.add(at, "must be "+s.words)
	case s.members != nil:
		s.readObject(data, at, v, wrong)
	case s.element != nil:
		s.readArray(data, at, v, wrong)
	case s.optional != nil && !null:
		v.Set(reflect.New(v.Type().Elem()))
		s.optional.read(data, at, v.Elem(), wrong)
	case holdsNUL(data):
		wrong.add(at, "must not hold the character U+0000")
	default:
		if err := json.Unmarshal(data, v.Addr().Interface()); err != nil {
			wrong.add(at, "must be "+s.words)
		}
	}
}

func (s *shape) readObject(data []byte, at string, v reflect.Value, wrong *faults) {
	seen := make(map[string]bool, len(s.members))
	d := json.NewDecoder(bytes.NewReader(data))
	d.Token() // {
	for d.More() {
		token, _ := d.Token()
		name, _ := token.(string)
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return
		}
		here := at + "/" + pointerEscape.Replace(name)
		m, known := s.members[name]
		switch {
		case !known:
			wrong.add(here, "is not a member of this")
		case seen[name]:
			wrong.add(here, "must not be given twice")
		default:
			seen[name] = true
			m.shape.read(value, here, v.FieldByIndex(m.index), wrong)
		}
	}
}

func (s *shape) readArray(data []byte, at string, v reflect.Value, wrong *faults) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.Token() // [
	list := reflect.MakeSlice(v.Type(), 0, 4)
	for i := 0; d.More(); i++ {
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return
		}
		element := reflect.New(v.Type().Elem()).Elem()
		s.element.read(value, at+"/"+strconv.Itoa(i), element, wrong)
		list = reflect.Append(list, element)
	}
	v.Set(list)
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

// holdsNUL reports whether a JSON value has a string with the character U+0000, which a database may not store.
func holdsNUL(data []byte) bool {
	for i := 0; ; {
		next := bytes.Index(data[i:], []byte(`\u0000`))
		if next < 0 {
			return false
		}
		before := data[:i+next]
		if escapes := len(before) - len(bytes.TrimRight(before, `\`)); escapes%2 == 0 {
			return true
		}
		i += next + len(`\u0000`)
	}
}

// wordsFor says what a value must be to be read into the type.
func wordsFor(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return wordsFor(t.Elem()) + " or null"
	case reflect.Slice:
		_, one, _ := strings.Cut(wordsFor(t.Elem()), " ")
		return "an array of " + one + "s"
	case reflect.Struct:
		if value, ok := t.FieldByName("Value"); ok && value.Type.Kind() == reflect.Pointer {
			return wordsFor(value.Type) // timesheets.Patch
		}
		return "an object"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "a number"
	case reflect.Int, reflect.Int64:
		return "an integer"
	}
	return "a string"
}
