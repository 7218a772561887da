package auth

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"punchcard/auth/rules"
)

// ruled is what rules made of tokens that are about to be issued.
type ruled struct {
	scopes scopes
	access claims
	id     claims
}

// rule runs the enabled rules, and costs nothing where there are none. It runs outside of any write, after what was presented
// has been spent. A rule that denies refuses the tokens with its own words, and a refresh token is then as it was before, for
// the rule may let it pass on another day. One that fails refuses them too, and a refresh can be repeated within its grace
// time.
func (s *Server) rule(ctx context.Context, i *issuing, a *api, granted scopes) (ruled, error) {
	list := s.policy.Load().rules
	if len(list) == 0 {
		return ruled{scopes: granted}, nil
	}
	call, err := s.ruleCall(ctx, list, i, granted)
	if err != nil {
		return ruled{}, err
	}
	result, err := s.rules.Run(ctx, call)
	if err != nil {
		return ruled{}, ruleRefusal(err, result.Trace)
	}
	effect, err := readEffect(result.Context)
	if err != nil {
		return ruled{}, ruleRefusal(err, result.Trace)
	}
	out := ruled{access: effect.access, id: effect.id}
	var beyond scopes
	out.scopes, beyond = s.ruledScopes(i, a, granted, effect.scopes)
	if said := traced(result.Trace); said != "" || len(effect.ignored)+len(beyond) > 0 {
		s.log.Info("rules ran", "client", i.client.ID, "user", i.family.UserID, "said", said,
			"protected", strings.Join(effect.ignored, " "), "beyond", beyond.String())
	}
	return out, nil
}

// ruledScopes is the scope that rules left or put: of the API's, what the application may ask for and the person's roles
// permit, whatever a rule says. What speaks of the person (openid, profile, …) can be taken away but not added, since the
// person was never asked for it. It also gives what was too much.
func (s *Server) ruledScopes(i *issuing, a *api, granted, wanted scopes) (ruled, beyond scopes) {
	if wanted == nil {
		return granted, nil
	}
	permitted := i.person.permits(a).and(i.client.mayAsk(a.ID))
	possible := append(permitted.filter(func(name string) bool { return !isIdentity(name) }), granted...)
	return wanted.and(possible), wanted.without(possible)
}

// ruleRefusal is the answer to an application when rules let nobody in. The log has what they did.
func ruleRefusal(err error, trace []rules.Trace) error {
	cause := err.Error()
	if said := traced(trace); said != "" {
		cause += "; they said " + said
	}
	if denied, ok := errors.AsType[*rules.Denied](err); ok {
		e := refuse("invalid_grant", cmp.Or(denied.Message, "A rule of this server denies access")).because("%s", cause)
		e.byRule = true
		return e
	}
	if errors.Is(err, rules.ErrBusy) {
		return refuse("temporarily_unavailable", "Too many people are signing in; try again").because("%s", cause)
	}
	return refuse("server_error", "A rule of this server failed; the administrator's log has the cause").because("%s", cause)
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
