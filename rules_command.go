package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"punchcard/auth"
	"punchcard/auth/rules"
)

// rulesCommand holds what can be done with rules away from a server.
type rulesCommand struct {
	Test rulesTest `cmd:"" help:"Run the rule in a file on a user and a context, and print what it would do."`
}

type rulesTest struct {
	File    string `arg:"" help:"JavaScript file of the rule."`
	User    string `placeholder:"FILE" help:"JSON file of the user, such as {\"email\": \"ada@example.com\"} (default: an example)."`
	Context string `placeholder:"FILE" help:"JSON file of the context, such as {\"protocol\": \"oidc-basic-profile\"} (default: an example)."`

	Configuration map[string]string `placeholder:"KEY=VALUE" mapsep:"none" help:"What the rule finds as configuration.KEY; can be given again."`
}

// What a rule is run on unless files say otherwise.
const (
	exampleUser    = `{"user_id": "usr_1", "email": "ada@exampleco.com", "email_verified": true, "name": "Ada Lovelace"}`
	exampleContext = `{"protocol": "oidc-basic-profile", "clientID": "timesheets-mobile", "clientName": "Timesheets for phones",
		"stats": {"loginsCount": 1}, "request": {"query": {}, "body": {}, "geoip": {}}, "authorization": {"roles": ["employee"]},
		"accessToken": {"scope": ["openid", "read:timesheets", "create:timesheets"]}, "idToken": {}}`
	maxRuleFile = 64 << 10 // bytes
)

// Run runs the rule, and prints what it would do. It fails if the rule does; a rule that denies has done its work.
func (r rulesTest) Run(ctx context.Context, t terminal) error {
	source, err := readSmallFile(r.File, maxRuleFile)
	if err != nil {
		return fmt.Errorf("the rule can't be read: %w", err)
	}
	user, err := jsonObject(r.User, exampleUser)
	if err != nil {
		return err
	}
	about, err := jsonObject(r.Context, exampleContext)
	if err != nil {
		return err
	}
	if wrong := (auth.Directory{RuleConfigs: r.Configuration}).Check(nil); len(wrong) > 0 {
		return fmt.Errorf("--configuration %s %s", filepath.Base(wrong[0].Pointer), wrong[0].Detail)
	}
	rule := rules.Rule{Name: filepath.Base(r.File), Source: string(source)}
	trial, err := auth.TryRule(ctx, rule, user, about, r.Configuration)
	denied, refused := errors.AsType[*rules.Denied](err)
	switch {
	case refused:
		fmt.Fprintf(t.out, "denied: %s\n", denied.Message)
		err = nil
	case err != nil:
		fmt.Fprintln(t.out, "failed: nobody would be let in")
	default:
		printTrial(t.out, trial)
	}
	printTrace(t.out, trial.Trace)
	return err
}

// jsonObject reads a file that holds a JSON object, or gives the example where none is named.
func jsonObject(path, example string) (json.RawMessage, error) {
	if path == "" {
		return json.RawMessage(example), nil
	}
	content, err := readSmallFile(path, maxProvisioning)
	if err != nil {
		return nil, fmt.Errorf("the JSON file can't be read: %w", err)
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(content, &object); err != nil || object == nil {
		return nil, fmt.Errorf("%s must hold a JSON object", path)
	}
	return content, nil
}

func printTrial(out io.Writer, trial auth.RuleTrial) {
	fmt.Fprintln(out, "allowed")
	if trial.Scope != nil {
		fmt.Fprintf(out, "scope: %s\n", strings.Join(trial.Scope, " "))
	}
	printClaims(out, "access token", trial.AccessToken)
	printClaims(out, "ID token", trial.IDToken)
	for _, name := range trial.Ignored {
		fmt.Fprintf(out, "ignored: %s, which only the server sets\n", name)
	}
}

func printClaims(out io.Writer, token string, claims map[string]json.RawMessage) {
	if len(claims) == 0 {
		return
	}
	var text bytes.Buffer
	written, err := json.Marshal(claims)
	if err != nil || json.Indent(&text, written, "", "  ") != nil {
		return
	}
	fmt.Fprintf(out, "%s: %s\n", token, &text)
}

func printTrace(out io.Writer, trace []rules.Trace) {
	for _, rule := range trace {
		fmt.Fprintf(out, "%s: %s in %v\n", rule.Rule, rule.Outcome, rule.Took.Round(time.Microsecond))
		for _, line := range rule.Said {
			fmt.Fprintf(out, "  %s\n", line)
		}
	}
}
