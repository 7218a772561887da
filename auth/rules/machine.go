package rules

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
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
}

// prepare makes the machine's globals.
func (m *machine) prepare(call Call, trace *Trace) error {
	m.SetMaxCallStackSize(maxCalls)
	m.SetParserOptions(parser.WithDisableSourceMaps)
	began := time.Now()
	m.SetTimeSource(func() time.Time { return call.Now.UTC().Add(time.Since(began)) })
	say := func(c goja.FunctionCall) goja.Value {
		if len(trace.Said) < maxLines {
			trace.Said = append(trace.Said, bounded(c.Argument(0).String(), maxLine))
		}
		return goja.Undefined()
	}
	made, err := m.RunProgram(prelude)
	if err != nil {
		return err
	}
	furnish, _ := goja.AssertFunction(made)
	if made, err = furnish(goja.Undefined(), m.ToValue(say)); err != nil {
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
