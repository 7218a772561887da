package auth

import (
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"strings"
)

// Error makes a mistake that only the database could tell an error.
func (m *Mistake) Error() string { return m.Pointer + ": " + m.Detail }

// mistakes collects what is wrong, each where it stands.
type mistakes []Mistake

func (m *mistakes) that(ok bool, detail, pointer string, at ...any) {
	if !ok {
		*m = append(*m, Mistake{Pointer: fmt.Sprintf(pointer, at...), Detail: detail})
	}
}

// none adds a mistake unless its detail is empty.
func (m *mistakes) none(detail, pointer string, at ...any) {
	m.that(detail == "", detail, pointer, at...)
}

// Check finds all that is wrong with a directory by itself. What takes the database to know, Apply tells.
func (d Directory) Check(catalogue []Scope) []Mistake {
	var m mistakes
	if d.API != nil {
		d.API.check(&m)
	}
	seen := map[string]bool{}
	for i, p := range d.People {
		p.check(&m, i)
		email := normalEmail(p.Email)
		m.that(!seen["person "+email], "is given to two people", "/users/%d/email", i)
		seen["person "+email] = true
	}
	for i, c := range d.Clients {
		c.check(&m, i, catalogue)
		m.that(!seen["client "+c.ID], "is given to two clients", "/clients/%d/client_id", i)
		seen["client "+c.ID] = true
	}
	for i, r := range d.Rules {
		r.check(&m, i)
		m.that(!seen["rule "+r.Name], "is given to two rules", "/rules/%d/name", i)
		seen["rule "+r.Name] = true
	}
	checkRuleConfigs(&m, d.RuleConfigs)
	return m
}

func (a NewAPI) check(m *mistakes) {
	u, err := url.Parse(a.Audience)
	m.that(err == nil && u.IsAbs() && u.Fragment == "", "must be an absolute URI without a fragment, such as https://api.example.com/timesheets", "/api/audience")
	m.that(a.SigningAlg == "" || knownAlg(a.SigningAlg), "must be one of "+strings.Join(methods, ", "), "/api/signing_alg")
	m.that(0 <= a.MaxAuthAgeForApproval && a.MaxAuthAgeForApproval <= maxAuthAge, fmt.Sprintf("must be 1 to %d seconds, or 0 for no limit", maxAuthAge), "/api/max_auth_age_for_approval")
}

func (p NewPerson) check(m *mistakes, i int) {
	address, err := mail.ParseAddress(p.Email)
	m.that(err == nil && address.Address == p.Email && len(p.Email) <= 254, "must be an e-mail address", "/users/%d/email", i)
	m.that(strings.TrimSpace(p.Name) != "" && len(p.Name) <= 200, "must be a name of 1 to 200 bytes", "/users/%d/name", i)
	m.that(p.Password == "" || p.PasswordHash == "", "can't stand beside password: leave one of them out", "/users/%d/password_hash", i)
	if p.Password != "" {
		m.none(passwordMistake(p.Password), "/users/%d/password", i)
	}
	if p.PasswordHash != "" {
		_, err := parsePHC(p.PasswordHash)
		m.that(err == nil, errPHC.Error(), "/users/%d/password_hash", i)
	}
	m.that(p.Manager == "" || normalEmail(p.Manager) != normalEmail(p.Email), "can't be the person's own", "/users/%d/manager", i)
}

func (c NewClient) check(m *mistakes, i int, catalogue []Scope) {
	m.that(wellFormedScope(c.ID) && c.ID != "" && len(c.ID) <= 100 && !strings.Contains(c.ID, " "),
		"must be 1 to 100 printable ASCII characters without spaces", "/clients/%d/client_id", i)
	m.that(c.ID != OwnApp, "is the web app's that this server brings: choose another", "/clients/%d/client_id", i)
	m.that(strings.TrimSpace(c.Name) != "" && len(c.Name) <= 200, "must be a name of 1 to 200 bytes", "/clients/%d/name", i)
	_, known := grantsOfType[c.Type]
	if m.that(known, "must be native, spa, web or machine", "/clients/%d/type", i); !known {
		return
	}
	confidential := (&Client{Type: c.Type}).confidential()
	c.checkKeys(m, i, confidential)
	m.that(!confidential || c.JWKS+c.JWKSURI != "" || len(c.Secret) >= 16, "is needed: 16 characters at least, better 43 random ones", "/clients/%d/client_secret", i)
	m.that(confidential || c.Secret == "", "is not for "+c.Type+" apps, which can't keep one", "/clients/%d/client_secret", i)
	m.that(c.Type == "machine" || len(c.RedirectURIs) > 0, "is needed: where the answer goes after signing in", "/clients/%d/redirect_uris", i)
	m.that(c.Type != "machine" || len(c.RedirectURIs) == 0, "is not for machines, for which nobody signs in", "/clients/%d/redirect_uris", i)
	for j, uri := range c.RedirectURIs {
		m.none(redirectMistake(c.Type, uri), "/clients/%d/redirect_uris/%d", i, j)
	}
	for j, uri := range c.LogoutURIs {
		m.none(redirectMistake(c.Type, uri), "/clients/%d/logout_uris/%d", i, j)
	}
	for j, origin := range c.WebOrigins {
		m.none(originMistake(origin), "/clients/%d/web_origins/%d", i, j)
	}
	m.that(c.IDTokenAlg == "" || knownAlg(c.IDTokenAlg), "must be one of "+strings.Join(methods, ", "), "/clients/%d/id_token_signed_response_alg", i)
	if c.BackchannelLogoutURI != "" {
		m.that(c.Type != "machine", "is not for machines, for which nobody signs in", "/clients/%d/backchannel_logout_uri", i)
		m.none(backchannelMistake(c.BackchannelLogoutURI), "/clients/%d/backchannel_logout_uri", i)
	}
	m.that(c.BackchannelLogoutURI != "" || !c.BackchannelLogoutSessionRequired, "says nothing without backchannel_logout_uri: give that too",
		"/clients/%d/backchannel_logout_session_required", i)
	m.that(c.Type != "machine" || !c.RequirePushed, "is not for machines, for which nobody signs in", "/clients/%d/require_pushed_authorization_requests", i)
	m.that(c.Type == "web" || !c.PKCEOptional, "must be true for "+c.Type+" apps: only web apps, which authenticate, can go without PKCE",
		"/clients/%d/require_pkce", i)
	for j, name := range c.Scopes {
		m.that(isIdentity(name) || inCatalogue(catalogue, name), "is no scope of this server", "/clients/%d/scopes/%d", i, j)
	}
	m.that(c.Type == "machine" || len(c.Grants) == 0, "are for machines, which act for themselves", "/clients/%d/grants", i)
	for j, g := range c.Grants {
		m.that(g.Audience != "", "is needed: the audience of the API", "/clients/%d/grants/%d/audience", i, j)
		for k, name := range g.Scopes {
			m.none(machineScopeMistake(append(slices.Clip(catalogue), managementScopes...), name), "/clients/%d/grants/%d/scopes/%d", i, j, k)
		}
	}
}

// machineScopeMistake keeps from an application what only a person can do.
func machineScopeMistake(catalogue []Scope, name string) string {
	i := slices.IndexFunc(catalogue, func(sc Scope) bool { return sc.Name == name })
	switch {
	case isIdentity(name):
		return "speaks of a person, and no person signs in for a machine"
	case i < 0:
		return "is no scope of this server"
	case catalogue[i].ManagersOnly:
		return "is for people alone: a machine manages nobody"
	}
	return ""
}

func inCatalogue(catalogue []Scope, name string) bool {
	return slices.ContainsFunc(catalogue, func(sc Scope) bool { return sc.Name == name })
}
