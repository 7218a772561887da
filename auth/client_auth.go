package auth

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// clientAuthMethods are the ways in which applications authenticate (OpenID Connect Core §9).
var clientAuthMethods = []string{"client_secret_basic", "client_secret_post", "private_key_jwt", "none"}

// confidentialAuthMethods are those that prove something.
func confidentialAuthMethods() []string {
	return slices.DeleteFunc(slices.Clone(clientAuthMethods), func(method string) bool { return method == "none" })
}

// authenticateClient finds the application that makes a request (RFC 6749 §2.3), by exactly one mechanism: HTTP Basic,
// client_id and client_secret in the body, an assertion that it signed, or, for an application that can keep no secret, its
// client_id alone.
func (s *Server) authenticateClient(r *http.Request, p params) (*Client, error) {
	if p.get("client_assertion") != "" || p.get("client_assertion_type") != "" {
		return s.byAssertion(r, p)
	}
	id, secret := p.get("client_id"), p.get("client_secret")
	if header := r.Header.Get("Authorization"); header != "" {
		if secret != "" {
			return nil, refuse("invalid_request", "The client must authenticate in one way only")
		}
		user, password, err := basic(header, r)
		if err != nil {
			return nil, err
		}
		if id != "" && id != user {
			return nil, refuse("invalid_request", "client_id is not the client that authenticates")
		}
		id, secret = user, password
	}
	client := s.policy.Load().client(id)
	switch {
	case client == nil:
		return nil, refuse("invalid_client", "Unauthorized").because("client_id %q is unknown, disabled or missing", shortened(id))
	case client.confidential() && secret == "":
		return nil, refuse("invalid_client", "Unauthorized").because("client %s gave no secret", id)
	case client.confidential() && (client.signs() || !client.knows(secret)):
		return nil, refuse("invalid_client", "Unauthorized").because("client %s gave a wrong secret", id)
	case !client.confidential() && (secret != "" || r.Header.Get("Authorization") != ""):
		return nil, refuse("invalid_client", "Unauthorized").because("client %s is public and has no secret, but gave one", id)
	}
	return client, nil
}

// basic reads HTTP Basic, whose two parts are form-encoded first (RFC 6749 §2.3.1).
func basic(header string, r *http.Request) (id, secret string, err error) {
	malformed := refuse("invalid_client", "Unauthorized").because("the Authorization header is not HTTP Basic")
	if scheme, _, _ := strings.Cut(header, " "); !strings.EqualFold(scheme, "Basic") || len(r.Header.Values("Authorization")) > 1 {
		return "", "", malformed
	}
	user, password, ok := r.BasicAuth()
	if !ok {
		return "", "", malformed
	}
	if id, err = url.QueryUnescape(user); err != nil {
		return "", "", malformed
	}
	if secret, err = url.QueryUnescape(password); err != nil {
		return "", "", malformed
	}
	return id, secret, nil
}

func (c *Client) knows(secret string) bool {
	hash, known := []byte(hashed(secret)), 0
	for _, one := range c.secrets {
		known |= subtle.ConstantTimeCompare(hash, []byte(one))
	}
	return known == 1
}
