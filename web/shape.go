package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"punchcard/auth/lang"
	"punchcard/timesheets"
)

// shape is how JSON is read into a type: member by member, element by element, or as a whole.
type shape struct {
	members  map[string]member // of an object
	element  *shape            // of an array
	optional *shape            // of a pointer
	nullable bool
	words    lang.Phrase // what the value must be
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
		wrong.add(at, "must be %s", s.words)
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
			wrong.add(at, "must be %s", s.words)
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
		here := at + "/" + timesheets.PointerPart(name)
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
func wordsFor(t reflect.Type) lang.Phrase {
	if t == reflect.TypeFor[json.RawMessage]() {
		return lang.Say("an object")
	}
	switch t.Kind() {
	case reflect.Pointer:
		return lang.Say("%s or null", wordsFor(t.Elem()))
	case reflect.Slice:
		return lang.Say("an array of %s", wordsForMany(t.Elem()))
	case reflect.Map:
		return lang.Say("an object of %s", wordsForMany(t.Elem()))
	case reflect.Struct:
		if value, ok := t.FieldByName("Value"); ok && value.Type.Kind() == reflect.Pointer {
			return wordsFor(value.Type) // timesheets.Patch
		}
		return lang.Say("an object")
	case reflect.Bool:
		return lang.Say("true or false")
	case reflect.Float64:
		return lang.Say("a number")
	case reflect.Int, reflect.Int64:
		return lang.Say("an integer")
	case reflect.String:
		return lang.Say("a string")
	case reflect.Interface:
		return lang.Say("a value")
	}
	panic(fmt.Sprintf("a member of a body can't be read into %s", t))
}

func wordsForMany(t reflect.Type) lang.Phrase {
	switch t.Kind() {
	case reflect.Pointer:
		return lang.Say("%s or null", wordsForMany(t.Elem()))
	case reflect.Bool:
		return lang.Say("true or false")
	case reflect.Int, reflect.Int64:
		return lang.Say("integers")
	case reflect.String:
		return lang.Say("strings")
	case reflect.Interface:
		return lang.Say("values")
	case reflect.Struct, reflect.Map:
		return lang.Say("objects")
	case reflect.Slice:
		return lang.Say("arrays")
	}
	panic(fmt.Sprintf("there are no words for many of %s", t))
}
