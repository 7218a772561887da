package auth

import (
	"errors"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"
)

// authorizationRequest is what an application asked for at /authorize (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1), once
// it was checked.
type authorizationRequest struct {
	ClientID      string
	ResponseType  string
	ResponseMode  string // empty: query
	RedirectURI   string
	State         string
	Scopes        scopes
	API           string // id
	Nonce         string
	CodeChallenge string // S256; empty: a nonce does instead
	Prompt        []string
	MaxAge        *int64 // seconds
	LoginHint     string
	Subjects      []string // who may sign in for it, by id_token_hint or claims; empty: anybody
	Claims        claimsAsked
	Device        string            // hash of the device code where a device asks (RFC 8628), which has no redirect URI
	DPoPJKT       string            // RFC 9449 §10
	Query         map[string]string // all that rules may see of it
}

// check looks at one thing in the parameters, and puts what it finds in order into the request.
type check func(s *Server, p params, r *authorizationRequest) error

// What is wrong with an authorization request is shown to the person until it is certain that the redirect URI is the
// application's own, and sent to the application from then on (RFC 6749 §4.1.2.1).
var (
	shown = []check{oneClientAndRedirect, knownClient, registeredRedirectURI}
	sent  = []check{
		nothingTwice, knownResponseMode, noRequestObject, pushedIfRequired, knownResponseType, s256Challenge, knownPrompt, readableMaxAge,
		trueHint, knownAudience, scopesOfClient, readableClaims, formForIDToken, readableKey, restOfRequest,
	}
)

// Authorize is the authorization endpoint: GET or POST /authorize.
func (s *Server) Authorize() gin.HandlerFunc {
	return func(c *gin.Context) {
		noStore(c)
		about(c).Type = "f"
		p, err := readQueryAndForm(c.Request)
		r := authorizationRequest{}
		if err == nil {
			p, err = s.pulled(c.Request.Context(), p)
		}
		if err == nil {
			err = s.run(shown, p, &r)
		}
		if s.policy.Load().client(r.ClientID) != nil {
			about(c).ClientID = r.ClientID // also of who came with another redirect URI, for whoever looks into the application's log
		}
		if err != nil {
			s.showRefusal(c, err)
			return
		}
		if err := s.run(sent, p, &r); err != nil {
			s.sendRefusal(c, r, err)
			return
		}
		if err := s.decide(c, r); err != nil {
			s.sendRefusal(c, r, err)
		}
	}
}

func (s *Server) run(checks []check, p params, r *authorizationRequest) error {
	for _, check := range checks {
		if err := check(s, p, r); err != nil {
			return err
		}
	}
	return nil
}

// decide answers a request that is in order: with the code at once if nobody needs to be asked, or with a page.
func (s *Server) decide(c *gin.Context, r authorizationRequest) error {
	live, person, err := s.currentSession(c)
	if err != nil {
		return err
	}
	signIn := mustSignIn(r, nil, live, s.now())
	consent := false
	if !signIn {
		if consent, err = s.mustConsent(c.Request.Context(), r, person); err != nil {
			return err
		}
	}
	silent := slices.Contains(r.Prompt, "none")
	if silent {
		about(c).Type = "fsa"
	}
	switch {
	case signIn && silent:
		return refuse("login_required", "Login required")
	case consent && silent:
		return refuse("consent_required", "Consent required")
	case !signIn && !consent:
		return s.finish(c, r, nil, live, person, false)
	}
	in, err := s.begin(c, r)
	if e, ok := errors.AsType[*Error](err); ok && e.Status == http.StatusTooManyRequests {
		s.showFailure(c, err) // not to the application, which would try again at once
		return nil
	}
	if err != nil {
		return err
	}
	return s.proceed(c, in, live, person)
}
