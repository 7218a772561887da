package web

import (
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"punchcard/auth/lang"
	"punchcard/timesheets"
)

func (r *reader) readQuery(c *gin.Context, v reflect.Value, wrong *faults) error {
	raw := c.Request.URL.RawQuery
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
		case name == validateOnly && changesTime(c):
			rehearse(c, given, wrong)
		case !known:
			wrong.add(name, "is not a parameter of this path")
		case !text(strings.Join(given, "")):
			wrong.add(name, "must be UTF-8 text")
		default:
			if err := p.set(v.FieldByIndex(p.index), given); err != nil {
				wrong.note(name, *err)
			}
		}
	}
	slices.SortFunc(*wrong, func(a, b timesheets.FieldFault) int { return strings.Compare(a.Pointer, b.Pointer) })
	return nil
}

// text reports whether a database can store and compare it as text.
func text(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

var errRepeated = lang.Say("must not be given twice")

func wrongly(format string, args ...any) *lang.Sentence { return new(lang.Say(format, args...)) }

// A setter sets a field from a query parameter, and a valueSetter from one value of it, unless something is wrong with that.
type (
	setter      func(field reflect.Value, given []string) *lang.Sentence
	valueSetter func(field reflect.Value, given string) *lang.Sentence
)

// setterOf makes what sets a field of this type from a query parameter. An empty value is no value.
func setterOf(t reflect.Type) setter {
	if t == reflect.TypeFor[[]string]() {
		return func(field reflect.Value, given []string) *lang.Sentence {
			for _, s := range given {
				if s != "" {
					field.Set(reflect.Append(field, reflect.ValueOf(s)))
				}
			}
			return nil
		}
	}
	parse := parserOf(t)
	return func(field reflect.Value, given []string) *lang.Sentence {
		if len(given) > 1 {
			return &errRepeated
		}
		if given[0] == "" {
			return nil
		}
		return parse(field, given[0])
	}
}

// leastOf has a parameter's value refused that is smaller than its field's tag says.
func leastOf(f reflect.StructField, set setter) setter {
	least, err := strconv.ParseInt(f.Tag.Get("least"), 10, 64)
	if err != nil {
		return set
	}
	return func(field reflect.Value, given []string) *lang.Sentence {
		if err := set(field, given); err != nil {
			return err
		}
		if given[0] != "" && field.Int() < least {
			return wrongly("must be at least %d", least)
		}
		return nil
	}
}

func parserOf(t reflect.Type) valueSetter {
	switch t.Kind() {
	case reflect.Pointer:
		parse := parserOf(t.Elem())
		return func(field reflect.Value, s string) *lang.Sentence {
			field.Set(reflect.New(t.Elem()))
			return parse(field.Elem(), s)
		}
	case reflect.String:
		return func(field reflect.Value, s string) *lang.Sentence { field.SetString(s); return nil }
	case reflect.Int, reflect.Int64:
		return func(field reflect.Value, s string) *lang.Sentence {
			n, err := strconv.ParseInt(s, 10, t.Bits())
			if err != nil {
				return wrongly("must be an integer")
			}
			field.SetInt(n)
			return nil
		}
	case reflect.Bool:
		return func(field reflect.Value, s string) *lang.Sentence {
			if s != "true" && s != "false" {
				return wrongly("must be true or false")
			}
			field.SetBool(s == "true")
			return nil
		}
	}
	panic(fmt.Sprintf("a query parameter can't be read into %s", t))
}
