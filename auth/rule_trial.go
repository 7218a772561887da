package auth

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"punchcard/auth/rules"
)

// RuleTrial is what a rule would do with tokens. Where it wouldn't let anybody in there is only the trace.
type RuleTrial struct {
	Scope       []string                   // as the rule leaves it, before it is cut to what person and application may do
	AccessToken map[string]json.RawMessage // claims that it adds
	IDToken     map[string]json.RawMessage // claims that it adds
	Ignored     []string                   // protected claims that it can't set
	Trace       []rules.Trace
}

// TryRule runs one rule by itself on a user and a context, which are JSON objects, with a configuration. The error is what
// would refuse the tokens: a *rules.Denied, a *rules.Failed, or that the rule couldn't be run at all.
func TryRule(ctx context.Context, r rules.Rule, user, about json.RawMessage, configuration map[string]string) (RuleTrial, error) {
	known, err := json.Marshal(orEmpty(configuration))
	if err != nil {
		return RuleTrial{}, fmt.Errorf("tell a rule its configuration: %w", err)
	}
	engine := rules.New(rules.Limits{})
	defer engine.Close()
	return tryRule(ctx, engine, rules.Call{Rules: []rules.Rule{r}, User: user, Context: about, Configuration: known, Now: time.Now()})
}

func tryRule(ctx context.Context, engine *rules.Engine, call rules.Call) (RuleTrial, error) {
	result, err := engine.Run(ctx, call)
	trial := RuleTrial{Trace: result.Trace}
	if err != nil {
		return trial, err
	}
	e, err := readEffect(result.Context)
	if err != nil {
		return trial, err
	}
	trial.Scope, trial.AccessToken, trial.IDToken, trial.Ignored = e.scopes, e.access, e.id, e.ignored
	return trial, nil
}
