package auth

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"

	"punchcard/auth/rules"
)

// RuleToTry is a script to run once, on a user and a context as a sign-in would bring them.
type RuleToTry struct {
	Script  string          `json:"script"`
	User    json.RawMessage `json:"user"`    // an object
	Context json.RawMessage `json:"context"` // an object
}

// Validate says what is wrong with it.
func (r RuleToTry) Validate() error {
	if err := (RuleFields{Script: &r.Script}).Validate(); err != nil {
		return err
	}
	for name, object := range map[string]json.RawMessage{"user": r.User, "context": r.Context} {
		if !bytes.HasPrefix(bytes.TrimSpace(object), []byte("{")) {
			return unfit("'%s' must be an object", name)
		}
	}
	return nil
}

// RuleTried is what a rule would do.
type RuleTried struct {
	Outcome     string                     `json:"outcome"` // allowed, denied or failed
	Message     string                     `json:"message"` // of a rule that denied or failed
	Scope       []string                   `json:"scope"`   // as the rule leaves it; null: as it was
	AccessToken map[string]json.RawMessage `json:"access_token"`
	IDToken     map[string]json.RawMessage `json:"id_token"`
	Ignored     []string                   `json:"ignored"` // protected claims that it can't set
	Said        []string                   `json:"said"`    // what it wrote to its console
}

// TryRule runs a script as it is, and keeps nothing of it: POST /api/v2/rules/trial. It finds the configuration that rules
// have here, of which whoever may write rules can learn in any case.
func (s *Server) TryRule(ctx context.Context, _ Caller, r RuleToTry) (RuleTried, error) {
	trial, err := tryRule(ctx, s.rules, rules.Call{
		Rules: []rules.Rule{{Name: "rule", Source: r.Script}}, User: r.User, Context: r.Context,
		Configuration: s.policy.Load().ruleConfigs, Now: s.now(),
	})
	tried := RuleTried{Outcome: "allowed", Scope: trial.Scope, AccessToken: orEmpty(trial.AccessToken), IDToken: orEmpty(trial.IDToken),
		Ignored: list(trial.Ignored), Said: []string{}}
	for _, step := range trial.Trace {
		tried.Said = append(tried.Said, step.Said...)
	}
	if denied, ok := errors.AsType[*rules.Denied](err); ok {
		tried.Outcome, tried.Message = "denied", denied.Message
		return tried, nil
	}
	if failed, ok := errors.AsType[*rules.Failed](err); ok {
		tried.Outcome, tried.Message = "failed", failed.Message
		return tried, nil
	}
	return tried, err
}
