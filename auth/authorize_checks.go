package auth

import (
	"regexp"
	"slices"
	"strings"
)

func oneClientAndRedirect(_ *Server, p params, _ *authorizationRequest) error {
	for _, name := range []string{"client_id", "redirect_uri"} {
		if slices.Contains(p.doubled, name) {
			return refuse("invalid_request", "Parameter given more than once: "+name).telling("pages.wrong.twice", "name", name)
		}
	}
	return nil
}

func knownClient(s *Server, p params, r *authorizationRequest) error {
	if r.ClientID = p.get("client_id"); r.ClientID == "" {
		return refuse("invalid_request", "Missing required parameter: client_id").telling("pages.wrong.missing", "name", "client_id")
	}
	if s.policy.Load().client(r.ClientID) == nil {
		return unregistered().because("client_id %q is unknown or disabled", shortened(r.ClientID))
	}
	return nil
}

func registeredRedirectURI(s *Server, p params, r *authorizationRequest) error {
	if r.RedirectURI = p.get("redirect_uri"); r.RedirectURI == "" {
		return refuse("invalid_request", "Missing required parameter: redirect_uri").telling("pages.wrong.missing", "name", "redirect_uri")
	}
	if client := s.policy.Load().client(r.ClientID); client == nil || !client.registered(r.RedirectURI) {
		e := unregistered()
		if client != nil {
			e = e.because("client %s came with redirect_uri %q; registered are %q", client.ID, r.RedirectURI, client.RedirectURIs)
		}
		return e
	}
	return nil
}

// unregistered says neither to a stranger: which applications there are, nor where they take people.
func unregistered() *Error {
	return refuse("invalid_request", "Callback URL mismatch. The application or its callback URL is not registered here.").telling("pages.wrong.callback")
}

func nothingTwice(_ *Server, p params, r *authorizationRequest) error {
	if !slices.Contains(p.doubled, "state") {
		r.State = p.get("state")
	}
	return p.once()
}

// noRequestObject refuses the ways to pass a request by value or by reference, the latter without fetching anything.
func noRequestObject(_ *Server, p params, _ *authorizationRequest) error {
	for name, code := range map[string]string{
		"request": "request_not_supported", "request_uri": "request_uri_not_supported", "registration": "registration_not_supported",
	} {
		if p.get(name) != "" {
			return refuse(code, "The parameter "+name+" is not supported")
		}
	}
	return nil
}

// pushedIfRequired refuses a plain request of an application that is to push its requests, which nobody in between could
// have changed (RFC 9126 §6).
func pushedIfRequired(s *Server, p params, r *authorizationRequest) error {
	if client := s.policy.Load().client(r.ClientID); !p.pushed && (client == nil || client.RequirePushed) {
		return refuse("invalid_request", "The application must POST its request to /oauth/par, and come with the request_uri")
	}
	return nil
}

func knownResponseType(s *Server, p params, r *authorizationRequest) error {
	switch client := s.policy.Load().client(r.ClientID); {
	case p.get("response_type") == "":
		return refuse("invalid_request", "Missing required parameter: response_type")
	case !slices.Contains(responseTypes, p.get("response_type")):
		return refuse("unsupported_response_type", "The response type must be code, or id_token for web apps with a secret")
	case client == nil || !client.may("authorization_code"):
		return refuse("unauthorized_client", "Grant type 'authorization_code' not allowed for the client.")
	case p.get("response_type") == "id_token" && client.Type != "web":
		return refuse("unsupported_response_type", "The response type id_token is for web apps with a secret")
	}
	r.ResponseType = p.get("response_type")
	return nil
}

// formForIDToken keeps an ID token out of addresses, which end up in histories and logs, and ties it to the request.
func formForIDToken(_ *Server, p params, r *authorizationRequest) error {
	switch {
	case r.ResponseType != "id_token":
		return nil
	case r.ResponseMode != "form_post":
		return refuse("invalid_request", "The response type id_token takes the response mode form_post")
	case p.get("nonce") == "":
		return refuse("invalid_request", "Missing required parameter: nonce")
	case !r.Scopes.has("openid"):
		return refuse("invalid_scope", "The response type id_token takes the scope openid")
	}
	return nil
}

var (
	responseTypes = []string{"code", "id_token"}
	responseModes = sortedNames(responders)
	prompts       = []string{"none", "login", "consent", "select_account"}
)

// knownResponseMode comes before what is sent by it. A message can be heard only by an origin that was registered.
func knownResponseMode(s *Server, p params, r *authorizationRequest) error {
	mode := p.get("response_mode")
	if mode != "" && !slices.Contains(responseModes, mode) {
		return refuse("invalid_request", "The response mode must be one of "+strings.Join(responseModes, ", "))
	}
	client := s.policy.Load().client(r.ClientID)
	if mode == "web_message" && (client == nil || !slices.Contains(client.WebOrigins, originOf(r.RedirectURI))) {
		return refuse("invalid_request", "The response mode web_message takes a redirect_uri of a registered web origin")
	}
	r.ResponseMode = mode
	return nil
}

var challenge = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// s256Challenge demands PKCE by S256 of everybody but the web apps that an administrator exempted (RFC 7636 §4.3, OAuth 2.1
// §7.6). Those must come with what their ID token will hold instead (RFC 9700 §2.1.1).
func s256Challenge(s *Server, p params, r *authorizationRequest) error {
	client := s.policy.Load().client(r.ClientID)
	exempt := client != nil && client.withoutPKCE() && p.get("code_challenge")+p.get("code_challenge_method") == ""
	switch {
	case r.ResponseType == "id_token":
		return nil // there is no code to protect
	case exempt && parseScopes(p.get("scope")).has("openid") && p.get("nonce") != "":
		return nil
	case exempt:
		return refuse("invalid_request", "Missing required parameter: code_challenge, or else scope openid and a nonce")
	case p.get("code_challenge") == "":
		return refuse("invalid_request", "Missing required parameter: code_challenge")
	case p.get("code_challenge_method") != "S256":
		return refuse("invalid_request", "The code_challenge_method must be S256")
	case !challenge.MatchString(p.get("code_challenge")):
		return refuse("invalid_request", "The code_challenge must be the base64url of a SHA-256, 43 characters")
	}
	r.CodeChallenge = p.get("code_challenge")
	return nil
}

func knownAudience(s *Server, p params, r *authorizationRequest) error {
	a, err := s.requestedAPI(p)
	if err != nil {
		return err
	}
	r.API = a.ID
	return nil
}

// requestedAPI is the API that audience or resource (RFC 8707 §2) names; the timesheet API where neither does.
func (s *Server) requestedAPI(p params) (*api, error) {
	policy := s.policy.Load()
	asked := []string{p.get("audience"), p.get("resource")}
	found := policy.timesheets()
	for i, name := range asked {
		if name == "" {
			continue
		}
		a := policy.audiences[name]
		if a == nil {
			return nil, refuse("invalid_target", "Service not found: "+name)
		}
		if i == 1 && asked[0] != "" && a != found {
			return nil, refuse("invalid_target", "audience and resource name different services")
		}
		found = a
	}
	return found, nil
}

// forSameAPI refuses to make tokens for another API than the one that was granted (RFC 8707 §2.2). A token request may name
// none, and goes on with that one.
func (s *Server) forSameAPI(p params, granted string) error {
	if p.get("audience") == "" && p.get("resource") == "" {
		return nil
	}
	a, err := s.requestedAPI(p)
	if err == nil && a.ID != granted {
		err = refuse("invalid_target", "The authorization is for another service")
	}
	return err
}

// scopesOfClient refuses a scope that this application may never ask for. What the person may not do is dropped later.
func scopesOfClient(s *Server, p params, r *authorizationRequest) error {
	if !wellFormedScope(p.get("scope")) {
		return refuse("invalid_scope", "The scope has characters that no scope has")
	}
	r.Scopes = parseScopes(p.get("scope"))
	policy := s.policy.Load()
	client := policy.client(r.ClientID)
	if client == nil {
		return refuse("unauthorized_client", "The application may not act any more")
	}
	mayAsk := client.mayAsk(r.API)
	if beyond := r.Scopes.without(mayAsk); len(beyond) > 0 {
		return refuse("invalid_scope", "The application may not ask for: "+beyond.String())
	}
	if a := policy.apis[r.API]; a != nil {
		r.Scopes = a.adjust(r.Scopes, mayAsk)
	}
	return nil
}

func restOfRequest(_ *Server, p params, r *authorizationRequest) error {
	r.Nonce, r.LoginHint, r.Query = p.get("nonce"), p.get("login_hint"), p.shown()
	return nil
}
