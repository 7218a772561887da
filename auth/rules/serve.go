package rules

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/dop251/goja"
)

// processName is the name, alone on its command line, under which a program that imports this package is a rules process.
const processName = "punchcard-rules"

// init makes this program a rules process if it was started as one, before anything else of it runs. It stands here rather
// than in main because every program that runs rules, each test among them, is executed again for it: one that forgot to look
// would start itself without end.
func init() {
	if len(os.Args) == 1 && os.Args[0] == processName {
		os.Exit(serve(os.Stdin, os.Stdout))
	}
}

// serve runs rules until the server closes its pipe, and returns the exit status.
func serve(in io.Reader, out io.Writer) int {
	in = bufio.NewReader(in)
	runtime.GOMAXPROCS(1)
	time.Local = time.UTC
	var set setup
	if readFrame(in, &set) != nil {
		return 1
	}
	debug.SetMemoryLimit(set.Memory / 4 * 3)
	debug.SetMaxStack(64 << 20)
	if err := confine(set.Memory); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if writeFrame(out, report{}) != nil {
		return 1
	}
	programs := programs{}
	for {
		var asked request
		if readFrame(in, &asked) != nil || writeFrame(out, report{Began: true}) != nil {
			return 0
		}
		ended := programs.run(asked, set.Time, func(t Trace) { writeFrame(out, report{Trace: &t}) })
		if writeFrame(out, report{End: &ended}) != nil {
			return 0
		}
	}
}

// programs are compiled rules.
type programs map[Rule]*goja.Program

// mostPrograms bounds the memory that they take; past it they are all compiled anew.
const mostPrograms = 200

func (p programs) of(r Rule) (*goja.Program, error) {
	if known := p[r]; known != nil {
		return known, nil
	}
	compiled, err := compile(r)
	if err != nil {
		return nil, err
	}
	if len(p) >= mostPrograms {
		clear(p)
	}
	p[r] = compiled
	return compiled, nil
}

// run runs the rules one after the other, until one of them doesn't pass. Between two of them there is nothing but JSON.
func (p programs) run(asked request, limit time.Duration, tell func(Trace)) end {
	deadline := time.Now().Add(limit)
	state := end{User: asked.User, Context: asked.Context}
	for _, rule := range asked.Rules {
		began := time.Now()
		trace := Trace{Rule: rule.Name, Outcome: Passed}
		program, err := p.of(rule)
		if err != nil {
			state = end{Failed: &Failed{Rule: rule.Name, Message: bounded(err.Error(), maxMessage)}}
		} else if !asked.Only {
			state = perform(rule.Name, program, asked.Call, state, time.Until(deadline), &trace)
		}
		switch {
		case state.Denied != nil:
			trace.Outcome = Denial
		case state.Failed != nil:
			trace.Outcome = Broken
		}
		trace.Took = time.Since(began)
		if tell(trace); trace.Outcome != Passed {
			break
		}
	}
	return state
}
