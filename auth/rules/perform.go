package rules

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"
)

// Bounds of what a rule gives back.
const (
	maxMessage = 300       // bytes
	maxStack   = 4 << 10   // bytes
	maxObject  = 256 << 10 // bytes of JSON
	maxLines   = 20
	maxLine    = 256 // bytes
	maxCalls   = 1000
)

// compile compiles a rule. The parser would read a source map that a comment names from the disk, so it is told not to.
func compile(r Rule) (*goja.Program, error) {
	source := strings.TrimRight(strings.TrimPrefix(r.Source, "\ufeff"), "; \t\r\n")
	tree, err := goja.Parse(r.Name, "("+source+"\n)", parser.WithDisableSourceMaps)
	if err != nil {
		return nil, fmt.Errorf("it is no JavaScript function: %w", err)
	}
	return goja.CompileAST(tree, false)
}

// errLate is given to a machine to end it.
var errLate = errors.New("late")

// perform runs a rule on a state, within the time that is left, and gives the state after it.
func perform(name string, program *goja.Program, call Call, state end, left time.Duration, trace *Trace) end {
	m := &machine{Runtime: goja.New()}
	timer := time.AfterFunc(left, func() { m.Interrupt(errLate) })
	defer timer.Stop()
	after, err := m.perform(program, call, state, trace)
	if err == nil {
		return after
	}
	// Whatever was thrown is looked at by JavaScript: it may have getters that never end, for which the same time holds.
	if denied, ok := errors.AsType[*refusal](err); ok && m.is(m.denies, denied.value) {
		return end{Denied: &Denied{Rule: name, Message: bounded(m.text(m.reason, denied.value), maxMessage)}}
	}
	return m.failure(name, err)
}

// refusal is what a rule gave to its callback, or threw.
type refusal struct{ value goja.Value }

func (*refusal) Error() string { return "the rule gave an error" }

// failure says what went wrong. It never lets goja describe what was thrown, which would run the rule's code unguarded.
func (m *machine) failure(name string, err error) end {
	failed := &Failed{Rule: name}
	late := func() end {
		failed.Message = "it took too long"
		return end{Failed: failed, Spent: true}
	}
	if interrupted, ok := errors.AsType[*goja.InterruptedError](err); ok {
		failed.Stack = m.bounded(interrupted.String(), maxStack)
		return late()
	}
	if _, ok := errors.AsType[*goja.StackOverflowError](err); ok {
		failed.Message = "it calls itself too deeply"
		return end{Failed: failed}
	}
	failed.Message = m.bounded(err.Error(), maxMessage)
	if thrown, ok := errors.AsType[*refusal](err); ok {
		failed.Message = m.bounded(m.text(m.message, thrown.value), maxMessage)
		failed.Stack = m.bounded(m.text(m.stack, thrown.value), maxStack)
	}
	return end{Failed: failed}
}

// answered is what a rule gave to its callback.
type answered struct {
	times         int
	err           goja.Value // the first that counts as true, as Node's callbacks have it
	user, context goja.Value
}

func (a *answered) callback(c goja.FunctionCall) goja.Value {
	if a.times++; a.times == 1 {
		a.user, a.context = c.Argument(1), c.Argument(2)
	}
	if err := c.Argument(0); a.err == nil && err.ToBoolean() {
		a.err = err
	}
	return goja.Undefined()
}

func (m *machine) perform(program *goja.Program, call Call, state end, trace *Trace) (end, error) {
	if err := m.prepare(call, trace); err != nil {
		return end{}, err
	}
	user, err := m.parse(goja.Undefined(), m.ToValue(string(state.User)))
	if err != nil {
		return end{}, err
	}
	context, err := m.parse(goja.Undefined(), m.ToValue(string(state.Context)))
	if err != nil {
		return end{}, err
	}
	a := answered{}
	if err := m.call(program, &a, user, context); err != nil {
		return end{}, err
	}
	var after end
	if after.User, err = m.json("user", a.user, user); err != nil {
		return end{}, err
	}
	after.Context, err = m.json("context", a.context, context)
	return after, err
}

// call calls the rule. It has no timers, so whatever it waits for has come when its function and the promises that it made
// are through: a callback that wasn't called by then never will be.
func (m *machine) call(program *goja.Program, a *answered, user, context goja.Value) error {
	var rejected []*goja.Promise
	m.SetPromiseRejectionTracker(func(p *goja.Promise, operation goja.PromiseRejectionOperation) {
		if len(rejected) < maxLines && operation == goja.PromiseRejectionReject {
			rejected = append(rejected, p)
		}
		for i := range rejected {
			if rejected[i] == p && operation == goja.PromiseRejectionHandle {
				rejected[i] = nil
			}
		}
	})
	value, err := m.RunProgram(program)
	if err != nil {
		return thrown(err)
	}
	rule, ok := goja.AssertFunction(value)
	if !ok {
		return errors.New("it is no function (user, context, callback)")
	}
	if _, err := rule(goja.Undefined(), user, context, m.ToValue(a.callback)); err != nil {
		return thrown(err)
	}
	if a.err != nil {
		return &refusal{a.err}
	}
	for _, p := range rejected {
		if p != nil {
			return &refusal{p.Result()}
		}
	}
	switch a.times {
	case 0:
		return errors.New("it never called callback")
	case 1:
		return nil
	}
	return fmt.Errorf("it called callback %d times: put return before each call", a.times)
}

// thrown is what JavaScript threw, without goja's description of it.
func thrown(err error) error {
	if exception, ok := errors.AsType[*goja.Exception](err); ok {
		return &refusal{exception.Value()}
	}
	return err
}

// bounded cuts a text to so many bytes, at a character's end.
func bounded(s string, most int) string {
	if len(s) <= most {
		return s
	}
	most -= len("…")
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most] + "…"
}
