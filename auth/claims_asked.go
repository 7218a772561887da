package auth

import (
	"encoding/json"
	"slices"
)

// claimsAsked are single claims of the person that an application asked for by name (OpenID Connect Core §5.5), and where
// they are told: beside those that come with a scope. A name stands once, and is one of scopeOfClaim.
type claimsAsked struct {
	UserInfo []string `json:"userinfo,omitempty"`
	IDToken  []string `json:"id_token,omitempty"`
}

// scopeOfClaim are the claims that there are, and the scopes that hold them: who asks for a claim asks for no more than the
// scope would give, takes the same permission for it, and the person is asked in the same words.
var scopeOfClaim = map[string]string{"name": "profile", "updated_at": "profile", "email": "email", "email_verified": "email"}

// claimWish is how a claim is asked for. Whether one is essential makes no difference to a claim of the person: it is told if
// it is held and allowed, and its lack is no error (§5.5.1).
type claimWish struct {
	Essential bool
	Value     json.RawMessage
	Values    []json.RawMessage
}

// accepts are the texts that the claim may have, if the application said which.
func (w *claimWish) accepts() (texts []string, limited bool) {
	if w == nil || (w.Value == nil || string(w.Value) == "null") && w.Values == nil {
		return nil, false
	}
	for _, raw := range append(w.Values, w.Value) {
		var text string
		if json.Unmarshal(raw, &text) == nil && text != "" {
			texts = append(texts, text)
		}
	}
	return texts, true
}

// readableClaims reads the claims parameter. Claims that there aren't, and those that this application may not ask for, are
// passed over. The person and the way to sign in can be demanded by it too.
func readableClaims(s *Server, p params, r *authorizationRequest) error {
	text := p.get("claims") // of maxValue bytes at most
	if text == "" || !r.Scopes.has("openid") {
		return nil
	}
	var asked struct {
		UserInfo map[string]*claimWish `json:"userinfo"`
		IDToken  map[string]*claimWish `json:"id_token"`
	}
	if err := json.Unmarshal([]byte(text), &asked); err != nil {
		return refuse("invalid_request", "The claims parameter is not the JSON that it should be").because("%v", err)
	}
	client := s.policy.Load().client(r.ClientID)
	if client == nil {
		return refuse("unauthorized_client", "The application may not act any more")
	}
	r.Claims = claimsAsked{known(asked.UserInfo, client), known(asked.IDToken, client)}
	if acr := asked.IDToken["acr"]; acr != nil && acr.Essential {
		if texts, limited := acr.accepts(); limited && !slices.Contains(texts, passwordACR) {
			return refuse("unmet_authentication_requirements", "There is no such way to sign in here; there is "+passwordACR)
		}
	}
	for _, wishes := range []map[string]*claimWish{asked.UserInfo, asked.IDToken} {
		if people, limited := wishes["sub"].accepts(); limited {
			r.Subjects = r.restrict(people)
		}
	}
	return nil
}

func known(wishes map[string]*claimWish, client *Client) []string {
	var names []string
	for _, name := range sortedNames(wishes) {
		if of, ok := scopeOfClaim[name]; ok && scopes(client.Scopes).has(of) {
			names = append(names, name)
		}
	}
	return names
}

// noPerson is the id of no person, where an application asks for one that can't be.
const noPerson = "nobody"

// restrict is who may sign in for the request, if it must be one of these people too.
func (r authorizationRequest) restrict(people []string) []string {
	both := slices.DeleteFunc(people, func(id string) bool { return !r.isFor(id) })
	if len(both) == 0 {
		return []string{noPerson}
	}
	return both
}

// isFor reports whether the request may be answered for the person.
func (r authorizationRequest) isFor(user string) bool {
	return len(r.Subjects) == 0 || slices.Contains(r.Subjects, user)
}

// asks is all that the person has to allow: the scopes, and those of the single claims.
func (r authorizationRequest) asks() scopes {
	all := append(scopes{}, r.Scopes...)
	for _, name := range append(append([]string{}, r.Claims.UserInfo...), r.Claims.IDToken...) {
		if of := scopeOfClaim[name]; !all.has(of) {
			all = append(all, of)
		}
	}
	return all
}

// told are those of the claims that go with what a token allows: the application may still ask for them, and the token isn't
// narrower in their scope than what was granted.
func (a *authorization) told(names []string, client *Client, allows scopes) []string {
	narrowed := a.Scopes.without(allows)
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		of := scopeOfClaim[name]
		return !scopes(client.Scopes).has(of) || narrowed.has(of)
	})
}
