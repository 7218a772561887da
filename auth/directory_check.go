package auth

import (
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"strings"

	"punchcard/auth/lang"
)

// Error makes a mistake that only the database could tell an error.
func (m *Mistake) Error() string { return m.Pointer + ": " + m.Detail.String() }

// mistakes collects what is wrong, each where it stands.
type mistakes []Mistake

// unless adds a mistake unless it is none.
func (m *mistakes) unless(fits bool, detail lang.Sentence, pointer string, at ...any) {
	if !fits {
		*m = append(*m, Mistake{Pointer: fmt.Sprintf(pointer, at...), Detail: detail})
	}
}

// found adds what was found to be wrong, if anything was.
func (m *mistakes) found(wrong *lang.Sentence, pointer string, at ...any) {
	if wrong != nil {
		m.unless(false, *wrong, pointer, at...)
	}
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
		m.unless(!seen["person "+email], lang.Say("is given to two people"), "/users/%d/email", i)
		seen["person "+email] = true
	}
	for i, c := range d.Clients {
		c.check(&m, i, catalogue)
		m.unless(!seen["client "+c.ID], lang.Say("is given to two clients"), "/clients/%d/client_id", i)
		seen["client "+c.ID] = true
	}
	for i, r := range d.Rules {
		r.check(&m, i)
		m.unless(!seen["rule "+r.Name], lang.Say("is given to two rules"), "/rules/%d/name", i)
		seen["rule "+r.Name] = true
	}
	checkRuleConfigs(&m, d.RuleConfigs)
	return m
}

func (a NewAPI) check(m *mistakes) {
	u, err := url.Parse(a.Audience)
	m.unless(err == nil && u.IsAbs() && u.Fragment == "",
		lang.Say("must be an absolute URI without a fragment, such as https://api.example.com/timesheets"), "/api/audience")
	m.unless(a.SigningAlg == "" || knownAlg(a.SigningAlg), lang.Say("must be one of %s", strings.Join(methods, ", ")), "/api/signing_alg")
	m.unless(0 <= a.MaxAuthAgeForApproval && a.MaxAuthAgeForApproval <= maxAuthAge,
		lang.Say("must be 1 to %d seconds, or 0 for no limit", maxAuthAge), "/api/max_auth_age_for_approval")
}

func (p NewPerson) check(m *mistakes, i int) {
	address, err := mail.ParseAddress(p.Email)
	m.unless(err == nil && address.Address == p.Email && len(p.Email) <= 254, lang.Say("must be an e-mail address"), "/users/%d/email", i)
	m.unless(strings.TrimSpace(p.Name) != "" && len(p.Name) <= 200, lang.Say("must be a name of 1 to 200 bytes"), "/users/%d/name", i)
	m.unless(p.Password == "" || p.PasswordHash == "",
		lang.Say("can't stand beside password: leave one of them out"), "/users/%d/password_hash", i)
	if p.Password != "" {
		m.found(passwordMistake(p.Password), "/users/%d/password", i)
	}
	if p.PasswordHash != "" {
		_, err := parsePHC(p.PasswordHash)
		m.unless(err == nil, errPHC, "/users/%d/password_hash", i)
	}
	m.unless(p.Manager == "" || normalEmail(p.Manager) != normalEmail(p.Email),
		lang.Say("can't be the person's own"), "/users/%d/manager", i)
}

func (c NewClient) check(m *mistakes, i int, catalogue []Scope) {
	m.unless(wellFormedScope(c.ID) && c.ID != "" && len(c.ID) <= 100 && !strings.Contains(c.ID, " "),
		lang.Say("must be 1 to 100 printable ASCII characters without spaces"), "/clients/%d/client_id", i)
	m.unless(c.ID != OwnApp, lang.Say("is the web app's that this server brings: choose another"), "/clients/%d/client_id", i)
	m.unless(strings.TrimSpace(c.Name) != "" && len(c.Name) <= 200, lang.Say("must be a name of 1 to 200 bytes"), "/clients/%d/name", i)
	_, known := grantsOfType[c.Type]
	if m.unless(known, lang.Say("must be native, spa, web or machine"), "/clients/%d/type", i); !known {
		return
	}
	confidential := (&Client{Type: c.Type}).confidential()
	c.checkKeys(m, i, confidential)
	m.unless(!confidential || c.JWKS+c.JWKSURI != "" || len(c.Secret) >= 16,
		lang.Say("is needed: 16 characters at least, better 43 random ones"), "/clients/%d/client_secret", i)
	m.unless(confidential || c.Secret == "", lang.Say("is not for %s apps, which can't keep one", c.Type), "/clients/%d/client_secret", i)
	m.unless(c.Type == "machine" || len(c.RedirectURIs) > 0,
		lang.Say("is needed: where the answer goes after signing in"), "/clients/%d/redirect_uris", i)
	m.unless(c.Type != "machine" || len(c.RedirectURIs) == 0,
		lang.Say("is not for machines, for which nobody signs in"), "/clients/%d/redirect_uris", i)
	for j, uri := range c.RedirectURIs {
		m.found(redirectMistake(c.Type, uri), "/clients/%d/redirect_uris/%d", i, j)
	}
	for j, uri := range c.LogoutURIs {
		m.found(redirectMistake(c.Type, uri), "/clients/%d/logout_uris/%d", i, j)
	}
	for j, origin := range c.WebOrigins {
		m.found(originMistake(origin), "/clients/%d/web_origins/%d", i, j)
	}
	m.unless(c.IDTokenAlg == "" || knownAlg(c.IDTokenAlg),
		lang.Say("must be one of %s", strings.Join(methods, ", ")), "/clients/%d/id_token_signed_response_alg", i)
	if c.BackchannelLogoutURI != "" {
		m.unless(c.Type != "machine", lang.Say("is not for machines, for which nobody signs in"), "/clients/%d/backchannel_logout_uri", i)
		m.found(backchannelMistake(c.BackchannelLogoutURI), "/clients/%d/backchannel_logout_uri", i)
	}
	m.unless(c.BackchannelLogoutURI != "" || !c.BackchannelLogoutSessionRequired,
		lang.Say("says nothing without backchannel_logout_uri: give that too"),
		"/clients/%d/backchannel_logout_session_required", i)
	m.unless(c.Type != "machine" || !c.RequirePushed,
		lang.Say("is not for machines, for which nobody signs in"), "/clients/%d/require_pushed_authorization_requests", i)
	m.unless(c.Type == "web" || !c.PKCEOptional,
		lang.Say("must be true for %s apps: only web apps, which authenticate, can go without PKCE", c.Type),
		"/clients/%d/require_pkce", i)
	for j, name := range c.Scopes {
		m.unless(isIdentity(name) || inCatalogue(catalogue, name), lang.Say("is no scope of this server"), "/clients/%d/scopes/%d", i, j)
	}
	m.unless(c.Type == "machine" || len(c.Grants) == 0, lang.Say("are for machines, which act for themselves"), "/clients/%d/grants", i)
	for j, g := range c.Grants {
		m.unless(g.Audience != "", lang.Say("is needed: the audience of the API"), "/clients/%d/grants/%d/audience", i, j)
		for k, name := range g.Scopes {
			m.found(machineScopeMistake(append(slices.Clip(catalogue), managementScopes...), name), "/clients/%d/grants/%d/scopes/%d", i, j, k)
		}
	}
}

// machineScopeMistake keeps from an application what only a person can do.
func machineScopeMistake(catalogue []Scope, name string) *lang.Sentence {
	i := slices.IndexFunc(catalogue, func(sc Scope) bool { return sc.Name == name })
	switch {
	case isIdentity(name):
		return wrongly("speaks of a person, and no person signs in for a machine")
	case i < 0:
		return wrongly("is no scope of this server")
	case catalogue[i].ManagersOnly:
		return wrongly("is for people alone: a machine manages nobody")
	}
	return nil
}

func inCatalogue(catalogue []Scope, name string) bool {
	return slices.ContainsFunc(catalogue, func(sc Scope) bool { return sc.Name == name })
}
