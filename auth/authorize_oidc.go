package auth

import (
	"slices"
	"strconv"
	"strings"
)

// What OpenID Connect adds to an authorization request.

func knownPrompt(_ *Server, p params, r *authorizationRequest) error {
	r.Prompt = strings.Fields(p.get("prompt"))
	for _, prompt := range r.Prompt {
		if !slices.Contains(prompts, prompt) {
			return refuse("invalid_request", "The prompt must be none, login, consent or select_account")
		}
	}
	if slices.Contains(r.Prompt, "none") && len(r.Prompt) > 1 {
		return refuse("invalid_request", "The prompt none stands alone")
	}
	return nil
}

func readableMaxAge(_ *Server, p params, r *authorizationRequest) error {
	text := p.get("max_age")
	if text == "" {
		return nil
	}
	seconds, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return refuse("invalid_request", "The max_age must be a number of seconds")
	}
	age := int64(seconds)
	r.MaxAge = &age
	return nil
}

// trueHint takes an id_token_hint only if this server signed it (OpenID Connect Core §3.1.2.2).
func trueHint(s *Server, p params, r *authorizationRequest) error {
	hint := p.get("id_token_hint")
	if hint == "" {
		return nil
	}
	claims, err := s.parseID(hint)
	if err != nil {
		return refuse("invalid_request", "The id_token_hint is no ID token of this server").because("%v", err)
	}
	r.Subjects = []string{claims.Subject}
	return nil
}
