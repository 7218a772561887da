package auth

import (
	"crypto/subtle"
	"slices"
)

// logoutRequest is what an application asked for at the logout endpoints (OpenID Connect RP-Initiated Logout §2), once it
// was checked.
type logoutRequest struct {
	ClientID string // empty: the request doesn't tell who asks
	Return   string // post_logout_redirect_uri, one of the client's own; empty: a page of ours
	State    string
	Subject  string // of the ID token; empty: none was given
	SID      string // of the ID token or logout_hint
}

// logoutCheck looks at one thing in the parameters, and puts what it finds in order into the request.
type logoutCheck func(s *Server, p params, r *logoutRequest) error

// What is wrong here is always shown to the person: nobody proved yet whose address the answer would go to.
var (
	logoutChecks   = []logoutCheck{eachOnce, logoutState, ownIDToken, sameClient, sessionHint, registeredLogoutURI("post_logout_redirect_uri")}
	v2LogoutChecks = []logoutCheck{eachOnce, sameClient, registeredLogoutURI("returnTo")}
)

func eachOnce(_ *Server, p params, _ *logoutRequest) error { return p.once() }

func logoutState(_ *Server, p params, r *logoutRequest) error {
	r.State = p.get("state")
	return nil
}

// ownIDToken reads the ID token that the application holds of the person. It may have expired (§2), but it must be one of
// ours, for an application that is registered: an access token, another server's or an unsigned one is none.
func ownIDToken(s *Server, p params, r *logoutRequest) error {
	hint := p.get("id_token_hint")
	if hint == "" {
		return nil
	}
	claims, err := s.parseID(hint)
	if err != nil {
		return refuse("invalid_request", "The id_token_hint is not an ID token of this server").telling("pages.wrong.hint").because("%v", err)
	}
	r.ClientID, r.Subject, r.SID = claims.Audience[0], claims.Subject, claims.SID
	return nil
}

// sameClient finds the application that asks: the one that the ID token was for, if there is one.
func sameClient(s *Server, p params, r *logoutRequest) error {
	asked := p.get("client_id")
	if asked != "" && r.ClientID != "" && asked != r.ClientID {
		return refuse("invalid_request", "The id_token_hint is another application's").telling("pages.wrong.hint-of-another").
			because("client %q came with the ID token of %s", asked, r.ClientID)
	}
	if asked != "" {
		r.ClientID = asked
	}
	if r.ClientID != "" && s.policy.Load().client(r.ClientID) == nil {
		return refuse("invalid_request", "The application is not registered here").telling("pages.wrong.application").
			because("client_id %q is unknown or disabled", r.ClientID)
	}
	return nil
}

// sessionHint takes logout_hint for the sid that an application was told, as Auth0's SDKs send it.
func sessionHint(_ *Server, p params, r *logoutRequest) error {
	if r.SID == "" {
		r.SID = p.get("logout_hint")
	}
	return nil
}

// registeredLogoutURI lets the browser go to nothing but an address that the application registered for it, byte for byte
// (§3).
func registeredLogoutURI(parameter string) logoutCheck {
	return func(s *Server, p params, r *logoutRequest) error {
		r.Return = p.get(parameter)
		if r.Return == "" {
			return nil
		}
		client := s.policy.Load().client(r.ClientID)
		if client == nil || !slices.Contains(client.LogoutURIs, r.Return) {
			e := refuse("invalid_request", "The application may not take you where it wants to: that address is not registered here").telling("pages.wrong.return")
			if client == nil {
				return e.because("%s %q came without id_token_hint and client_id", parameter, r.Return)
			}
			return e.because("client %s came with %s %q; registered are %q", client.ID, parameter, r.Return, client.LogoutURIs)
		}
		return nil
	}
}

// concerns reports whether the request proves that it is about this session: by the person's ID token, or by the session's
// id, which only applications with a token of it know.
func (r logoutRequest) concerns(live *session) bool {
	if r.Subject != "" {
		return r.Subject == live.UserID
	}
	return subtle.ConstantTimeCompare([]byte(r.SID), []byte(live.ID)) == 1
}
