package auth

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"punchcard/auth/rules"
)

// ruled is what rules made of tokens that are about to be issued. A code has it with it until it is redeemed.
type ruled struct {
	Scopes scopes `json:"scopes"`
	Access claims `json:"access_token,omitempty"`
	ID     claims `json:"id_token,omitempty"`
}

// rule runs the enabled rules; it costs nothing and gives nil where there are none. It runs outside of any write: before a
// code is made, or after a refresh token or device code has been spent. A rule that denies refuses the tokens with its own
// words, and a refresh token is then as it was before, for the rule may let it pass on another day. One that fails refuses
// them too, and a refresh can be repeated within its grace time.
func (s *Server) rule(ctx context.Context, o occasion) (*ruled, error) {
	p := s.policy.Load()
	if len(p.rules) == 0 {
		return nil, nil
	}
	call, err := s.ruleCall(ctx, p, o)
	if err != nil {
		return nil, err
	}
	result, err := s.rules.Run(ctx, call)
	o.about.Details = o.about.with("rules", steps(result.Trace)).Details // of whatever this comes to
	if err != nil {
		return nil, o.refusal(err, result.Trace)
	}
	effect, err := readEffect(result.Context)
	if err != nil {
		return nil, o.refusal(err, result.Trace)
	}
	out := &ruled{Scopes: o.granted, Access: effect.access, ID: effect.id}
	var beyond scopes
	if effect.scopes != nil {
		out.Scopes, beyond = s.ruledScopes(o, effect.scopes)
	}
	ran := o.about.as("rules_ran", "rules ran for "+o.protocol)
	for name, found := range map[string]string{
		"said": traced(result.Trace), "protected": strings.Join(effect.ignored, " "), "beyond": beyond.String(),
	} {
		if found != "" {
			ran = ran.with(name, found)
		}
	}
	s.record(ctx, ran)
	return out, nil
}

// judged is what rules make of tokens. Those that judged a code aren't asked again, but what they left of the scope is cut
// anew to what the person and the application may do by now.
func (s *Server) judged(ctx context.Context, o occasion, before *ruled) (ruled, error) {
	if before != nil {
		now := *before
		now.Scopes, _ = s.ruledScopes(o, before.Scopes)
		return now, nil
	}
	after, err := s.rule(ctx, o)
	if err != nil || after == nil {
		return ruled{Scopes: o.granted}, err
	}
	return *after, nil
}

// ruledScopes is the scope that rules left or put: of the API's, what the application may ask for and the person's roles
// permit, whatever a rule says. What speaks of the person (openid, profile, …) can be taken away but not added, since the
// person was never asked for it. It also gives what was too much.
func (s *Server) ruledScopes(o occasion, wanted scopes) (ruled, beyond scopes) {
	permitted := o.person.permits(o.api).and(o.client.mayAsk(o.api.ID))
	possible := append(permitted.filter(func(name string) bool { return !isIdentity(name) }), o.granted...)
	return wanted.and(possible), wanted.without(possible)
}

// refusal is the answer to an application when rules let nobody in. The log has what they did.
func (o occasion) refusal(err error, trace []rules.Trace) error {
	cause := err.Error()
	if said := traced(trace); said != "" {
		cause += "; they said " + said
	}
	if denied, ok := errors.AsType[*rules.Denied](err); ok {
		e := refuse(o.denial, cmp.Or(denied.Message, "A rule of this server denies access")).because("%s", cause).as("rule_denied")
		e.byRule = true
		return e
	}
	if errors.Is(err, rules.ErrBusy) {
		return refuse("temporarily_unavailable", "Too many people are signing in; try again").telling("pages.busy").because("%s", cause)
	}
	return refuse("server_error", "A rule of this server failed; the administrator's log has the cause").telling("pages.wrong.rule").because("%s", cause).as("rule_failed")
}

// steps tell of each rule that ran how it ended, and after how long.
func steps(trace []rules.Trace) []string {
	list := []string{}
	for _, t := range trace {
		list = append(list, fmt.Sprintf("%s: %s in %s", t.Rule, t.Outcome, t.Took.Round(time.Microsecond)))
	}
	return list
}

// traced is what rules wrote to their console.
func traced(trace []rules.Trace) string {
	var lines []string
	for _, t := range trace {
		for _, line := range t.Said {
			lines = append(lines, fmt.Sprintf("%s: %s", t.Rule, line))
		}
	}
	return strings.Join(lines, "; ")
}

// effect is what rules wrote into their context.
type effect struct {
	scopes     scopes // nil: as it was
	access, id claims
	ignored    []string // protected claims that they set
}

// readEffect reads the context that rules left.
func readEffect(context json.RawMessage) (e effect, err error) {
	var left struct {
		AccessToken map[string]json.RawMessage `json:"accessToken"`
		IDToken     map[string]json.RawMessage `json:"idToken"`
	}
	if err := json.Unmarshal(context, &left); err != nil {
		return e, &rules.Failed{Message: "context.accessToken and context.idToken must be objects"}
	}
	if e.scopes, err = readScopes(left.AccessToken["scope"]); err != nil {
		return e, err
	}
	delete(left.AccessToken, "scope")
	for _, token := range []struct {
		name string
		from claims
		into *claims
	}{{"accessToken", left.AccessToken, &e.access}, {"idToken", left.IDToken, &e.id}} {
		var ignored []string
		*token.into, ignored = token.from.allowed()
		for _, name := range ignored {
			e.ignored = append(e.ignored, fmt.Sprintf("%s.%.40q", token.name, name))
		}
		if size := token.into.size(); size > maxClaims {
			return e, &rules.Failed{Message: fmt.Sprintf("context.%s has %d bytes of claims; %d is the most", token.name, size, maxClaims)}
		}
	}
	return e, nil
}

// readScopes reads context.accessToken.scope: a list, or one text with spaces.
func readScopes(from json.RawMessage) (scopes, error) {
	if len(from) == 0 || string(from) == "null" {
		return nil, nil
	}
	var text string
	if json.Unmarshal(from, &text) == nil {
		return parseScopes(text), nil
	}
	var list []string
	if err := json.Unmarshal(from, &list); err != nil {
		return nil, &rules.Failed{Message: "context.accessToken.scope must be a list of texts, or one text"}
	}
	return parseScopes(strings.Join(list, " ")), nil
}
