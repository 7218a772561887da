package rules

import (
	"encoding/json"
	"fmt"
	"time"
)

// Rule is one rule: a JavaScript function (user, context, callback).
type Rule struct {
	Name   string `json:"name"`
	Source string `json:"source"`
}

// Call is one run of rules, in their order. Each sees what those before it changed.
type Call struct {
	Rules         []Rule          `json:"rules"`
	User          json.RawMessage `json:"user"`          // an object
	Context       json.RawMessage `json:"context"`       // an object
	Configuration json.RawMessage `json:"configuration"` // an object, the global of that name
	Now           time.Time       `json:"now"`           // what the rules' clock says; it is in UTC
}

// Result is what became of a run. Of one that ended with an error there is the trace alone.
type Result struct {
	User    json.RawMessage // an object
	Context json.RawMessage // an object
	Trace   []Trace
}

// Outcomes of one rule.
const (
	Passed = "passed"
	Denial = "denied"
	Broken = "failed"
)

// Trace is what one rule did.
type Trace struct {
	Rule    string        `json:"rule"`
	Took    time.Duration `json:"took"`
	Outcome string        `json:"outcome"` // Passed, Denial or Broken
	Said    []string      `json:"said"`    // what it wrote to its console: 20 lines at most, of 256 bytes at most
}

// Denied is the error of a run in which a rule refused: it gave an UnauthorizedError.
type Denied struct {
	Rule    string `json:"rule"`
	Message string `json:"message"` // for the person or the application; 300 bytes at most
}

func (d *Denied) Error() string { return fmt.Sprintf("rule %q denies: %s", d.Rule, d.Message) }

// Failed is the error of a run that didn't end well.
type Failed struct {
	Rule    string `json:"rule"`    // empty: none in particular
	Message string `json:"message"` // for the administrator; 300 bytes at most
	Stack   string `json:"stack"`   // where, in the rule's own lines; 4 KiB at most, empty where there is none
}

func (f *Failed) Error() string {
	text := fmt.Sprintf("rule %q failed: %s", f.Rule, f.Message)
	if f.Stack != "" {
		text += "\n" + f.Stack
	}
	return text
}
