package rules

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"
)

//go:embed prelude.js
var preludeSource string

var prelude = goja.MustCompile("prelude.js", preludeSource, false)

// machine is the virtual machine in which one rule runs once, and what was kept of it before the rule could change it.
type machine struct {
	*goja.Runtime
	parse, write, denies, message, reason, stack goja.Callable

	modules *goja.Object             // those of Node, once the rule asked for one
	hide    func() *strings.Replacer // takes out what the configuration has
}

// prepare makes the machine's globals.
func (m *machine) prepare(call Call, trace *Trace) error {
	m.SetMaxCallStackSize(maxCalls)
	m.SetParserOptions(parser.WithDisableSourceMaps)
	began := time.Now()
	m.SetTimeSource(func() time.Time { return call.Now.UTC().Add(time.Since(began)) })
	say := func(c goja.FunctionCall) goja.Value {
		if len(trace.Said) < maxLines {
			trace.Said = append(trace.Said, m.bounded(c.Argument(0).String(), maxLine))
		}
		return goja.Undefined()
	}
	m.hide = sync.OnceValue(func() *strings.Replacer { return hiding(call.Configuration) })
	made, err := m.made(prelude, m.ToValue(say), m.ToValue(m.load))
	if err != nil {
		return err
	}
	for name, into := range map[string]*goja.Callable{
		"parse": &m.parse, "write": &m.write, "denies": &m.denies, "message": &m.message, "reason": &m.reason, "stack": &m.stack,
	} {
		*into, _ = goja.AssertFunction(made.ToObject(m.Runtime).Get(name))
	}
	configuration, err := m.parse(goja.Undefined(), m.ToValue(string(call.Configuration)))
	if err != nil {
		return err
	}
	return m.Set("configuration", configuration)
}

// minHidden is how long, in bytes, what the configuration has must be to be taken for a secret: "on" is none, and would be
// found in every line.
const minHidden = 4

// hiding takes the values of the configuration out of a text, also as they stand in JSON.
func hiding(configuration json.RawMessage) *strings.Replacer {
	var all map[string]any
	var pairs []string
	if json.Unmarshal(configuration, &all) != nil {
		return strings.NewReplacer()
	}
	keys := slices.Collect(maps.Keys(all))
	length := func(key string) int { value, _ := all[key].(string); return len(value) }
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(length(b), length(a)), cmp.Compare(a, b)) })
	for _, key := range keys { // the longest first: one may hold another
		value, _ := all[key].(string)
		if len(value) < minHidden {
			continue
		}
		var quoted strings.Builder
		e := json.NewEncoder(&quoted)
		e.SetEscapeHTML(false)
		if e.Encode(value) == nil {
			pairs = append(pairs, strings.TrimSuffix(quoted.String(), "\"\n")[1:], "["+key+"]")
		}
		pairs = append(pairs, value, "["+key+"]")
	}
	return strings.NewReplacer(pairs...)
}

// bounded is a text for the administrator, without what the configuration has.
func (m *machine) bounded(text string, most int) string { return bounded(m.hide().Replace(text), most) }

// text asks the prelude about a value; empty if that fails.
func (m *machine) text(ask goja.Callable, value goja.Value) string {
	answer, err := ask(goja.Undefined(), value)
	if err != nil {
		return "it gave an error that can't be read"
	}
	return answer.String()
}

func (m *machine) is(ask goja.Callable, value goja.Value) bool {
	answer, err := ask(goja.Undefined(), value)
	return err == nil && answer.ToBoolean()
}

// json is the JSON of what the rule gave back, or, where it gave nothing, of what it was given and may have changed.
func (m *machine) json(name string, given, before goja.Value) (json.RawMessage, error) {
	if goja.IsUndefined(given) || goja.IsNull(given) {
		given = before
	}
	written, err := m.write(goja.Undefined(), given)
	if exception, ok := errors.AsType[*goja.Exception](err); ok {
		return nil, fmt.Errorf("its %s can't be written as JSON: %s", name, m.text(m.message, exception.Value()))
	}
	if err != nil {
		return nil, err
	}
	text := written.String()
	if len(text) > maxObject {
		return nil, fmt.Errorf("its %s is larger than %d KiB", name, maxObject>>10)
	}
	return json.RawMessage(text), nil
}
