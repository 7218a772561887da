package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
)

// authorizationRequest is what an application asked for at /authorize (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1), once
// it was checked.
type authorizationRequest struct {
	ClientID      string
	RedirectURI   string
	State         string
	Scopes        scopes
	API           string // id
	Nonce         string
	CodeChallenge string // S256
	Prompt        []string
	MaxAge        *int64 // seconds
	LoginHint     string
}

// check looks at one thing in the parameters, and puts what it finds in order into the request.
type check func(s *Server, p params, r *authorizationRequest) error

// What is wrong with an authorization request is shown to the person until it is certain that the redirect URI is the
// application's own, and sent to the application from then on (RFC 6749 §4.1.2.1).
var (
	shown = []check{oneClientAndRedirect, knownClient, registeredRedirectURI}
	sent  = []check{
		nothingTwice, noRequestObject, codeResponse, queryResponse, s256Challenge, knownPrompt, readableMaxAge, knownAudience,
		scopesOfClient, restOfRequest,
	}
)

// Authorize is the authorization endpoint: GET or POST /authorize.
func (s *Server) Authorize() gin.HandlerFunc {
	return func(c *gin.Context) {
		noStore(c)
		p, err := readQueryAndForm(c.Request)
		r := authorizationRequest{}
		if err == nil {
			err = s.run(shown, p, &r)
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
	switch {
	case signIn && silent:
		return refuse("login_required", "Login required")
	case consent && silent:
		return refuse("consent_required", "Consent required")
	case !signIn && !consent:
		return s.finish(c, r, nil, live, person, false)
	}
	in, err := s.begin(c, r)
	if err != nil {
		return err
	}
	return s.proceed(c, in, live, person)
}

func oneClientAndRedirect(_ *Server, p params, _ *authorizationRequest) error {
	for _, name := range []string{"client_id", "redirect_uri"} {
		if slices.Contains(p.doubled, name) {
			return refuse("invalid_request", "Parameter given more than once: "+name)
		}
	}
	return nil
}

func knownClient(s *Server, p params, r *authorizationRequest) error {
	if r.ClientID = p.get("client_id"); r.ClientID == "" {
		return refuse("invalid_request", "Missing required parameter: client_id")
	}
	if s.policy.Load().client(r.ClientID) == nil {
		return refuse("invalid_request", "Callback URL mismatch. The application or its callback URL is not registered here.").
			because("client_id %q is unknown or disabled", r.ClientID)
	}
	return nil
}

func registeredRedirectURI(s *Server, p params, r *authorizationRequest) error {
	if r.RedirectURI = p.get("redirect_uri"); r.RedirectURI == "" {
		return refuse("invalid_request", "Missing required parameter: redirect_uri")
	}
	if client := s.policy.Load().client(r.ClientID); client == nil || !client.registered(r.RedirectURI) {
		e := refuse("invalid_request", "Callback URL mismatch. The application or its callback URL is not registered here.")
		if client != nil {
			e = e.because("client %s came with redirect_uri %q; registered are %q", client.ID, r.RedirectURI, client.RedirectURIs)
		}
		return e
	}
	return nil
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

func codeResponse(s *Server, p params, r *authorizationRequest) error {
	switch client := s.policy.Load().client(r.ClientID); {
	case p.get("response_type") == "":
		return refuse("invalid_request", "Missing required parameter: response_type")
	case !slices.Contains(responseTypes, p.get("response_type")):
		return refuse("unsupported_response_type", "The response type must be code")
	case client == nil || !client.may("authorization_code"):
		return refuse("unauthorized_client", "Grant type 'authorization_code' not allowed for the client.")
	}
	return nil
}

var (
	responseTypes = []string{"code"}
	responseModes = []string{"query"}
	prompts       = []string{"none", "login", "consent", "select_account"}
)

func queryResponse(_ *Server, p params, _ *authorizationRequest) error {
	if mode := p.get("response_mode"); mode != "" && !slices.Contains(responseModes, mode) {
		return refuse("invalid_request", "The response mode must be query")
	}
	return nil
}

var challenge = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

// s256Challenge demands PKCE by S256 of everybody (RFC 7636 §4.3, OAuth 2.1 §7.6).
func s256Challenge(_ *Server, p params, r *authorizationRequest) error {
	switch {
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

// scopesOfClient refuses a scope that this application may never ask for. What the person may not do is dropped later.
func scopesOfClient(s *Server, p params, r *authorizationRequest) error {
	if !wellFormedScope(p.get("scope")) {
		return refuse("invalid_scope", "The scope has characters that no scope has")
	}
	r.Scopes = parseScopes(p.get("scope"))
	client := s.policy.Load().client(r.ClientID)
	if client == nil {
		return refuse("unauthorized_client", "The application may not act any more")
	}
	if beyond := r.Scopes.without(client.scopes()); len(beyond) > 0 {
		return refuse("invalid_scope", "The application may not ask for: "+beyond.String())
	}
	return nil
}

func restOfRequest(_ *Server, p params, r *authorizationRequest) error {
	r.Nonce, r.LoginHint = p.get("nonce"), p.get("login_hint")
	return nil
}

// send takes the browser back to the application (RFC 6749 §4.1.2), always saying who answers (RFC 9207).
func (s *Server) send(c *gin.Context, r authorizationRequest, answer url.Values) {
	answer.Set("iss", s.issuer)
	if r.State != "" {
		answer.Set("state", r.State)
	}
	join := "?"
	if strings.Contains(r.RedirectURI, "?") {
		join = "&"
	}
	c.Header("Location", r.RedirectURI+join+answer.Encode())
	c.Status(http.StatusSeeOther)
}

func (s *Server) sendRefusal(c *gin.Context, r authorizationRequest, err error) {
	e := asError(err)
	s.logRefusal(c, e)
	s.send(c, r, url.Values{"error": {e.Code}, "error_description": {e.Description}})
}

// showRefusal tells the person what went wrong, where no application may be told.
func (s *Server) showRefusal(c *gin.Context, err error) {
	e := asError(err)
	s.logRefusal(c, e)
	s.showNotice(c, e.Status, noticePage{
		Tone: "error", Heading: "This sign-in can't go on", Detail: e.Description,
		Hint: "The link or the application that brought you here is set up wrongly. Tell the people who run it; your administrator finds the cause in the log under this id:",
		ID:   requestID(c),
	})
}

// showFailure is for the pages after /authorize: what can go wrong there is the person's to mend, or ours.
func (s *Server) showFailure(c *gin.Context, err error) {
	if errors.Is(err, errFinished) {
		s.showNotice(c, http.StatusBadRequest, noticePage{
			Tone: "error", Heading: "This page was already used", Detail: "The sign-in was finished, took too long, or began in another browser.",
			Hint: "Go back to the application and sign in from there once more.", ID: requestID(c),
		})
		return
	}
	if errors.Is(err, context.Canceled) {
		return
	}
	e := asError(err)
	s.logRefusal(c, e)
	s.showNotice(c, e.Status, noticePage{
		Tone: "error", Heading: "That did not work", Detail: e.Description,
		Hint: "Try it once more. If it stays so, tell your administrator, who finds the cause in the log under this id:", ID: requestID(c),
	})
}

func noStore(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	c.Header("Pragma", "no-cache")
}

// formTarget is the source expression by which a page's policy lets the form's answer go on to the application: browsers
// hold a redirect after a POST against form-action too.
func formTarget(redirectURI string) string {
	u, err := url.Parse(redirectURI)
	if err != nil {
		return ""
	}
	if u.Host == "" || strings.Contains(u.Host, "[") { // a custom scheme, or an IPv6 address, which CSP can't name
		return fmt.Sprintf("%s:", u.Scheme)
	}
	return u.Scheme + "://" + u.Host
}
