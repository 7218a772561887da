package auth

import (
	"slices"
	"strings"
)

// Scope is one permission that an application can ask for, with the words in which the consent page puts it.
type Scope struct {
	Name         string // "read:timesheets"
	Title        string // "See your timesheets"
	Detail       string // "Hours, projects and their approval"
	ManagersOnly bool   // held only while the person manages somebody, or is an administrator
}

// The scopes of OpenID Connect Core §5.4 and §11 that are offered. They speak of the person, not of the API.
var identityScopes = []Scope{Worded("openid"), Worded("profile"), Worded("email"), Worded("offline_access")}

// scopes is a set of scope names in the order in which they were asked for.
type scopes []string

// parseScopes reads a scope parameter (RFC 6749 §3.3). A scope that is named twice counts once.
func parseScopes(s string) scopes {
	list := scopes{}
	for name := range strings.FieldsSeq(s) {
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

func (s scopes) String() string         { return strings.Join(s, " ") }
func (s scopes) has(name string) bool   { return slices.Contains(s, name) }
func (s scopes) within(all scopes) bool { return len(s.without(all)) == 0 }

// and is what both sets hold, in the order of the first.
func (s scopes) and(other scopes) scopes {
	return s.filter(func(name string) bool { return other.has(name) })
}

// without is what only the first set holds.
func (s scopes) without(other scopes) scopes {
	return s.filter(func(name string) bool { return !other.has(name) })
}

func (s scopes) filter(keep func(string) bool) scopes {
	kept := scopes{}
	for _, name := range s {
		if keep(name) {
			kept = append(kept, name)
		}
	}
	return kept
}

func isIdentity(name string) bool {
	return slices.ContainsFunc(identityScopes, func(s Scope) bool { return s.Name == name })
}

// wellFormedScope reports whether a scope parameter has only the characters of RFC 6749 §3.3: %x21, %x23-5B, %x5D-7E and
// spaces between.
func wellFormedScope(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' })
}

// adjust makes of what an application asked for what an administrator set for the API: without staying signed in, or with all
// that the application may ask for at it. What the person may not do is dropped later.
func (a *api) adjust(asked, mayAsk scopes) scopes {
	if !a.AllowOfflineAccess {
		asked = asked.without(scopes{"offline_access"})
	}
	if a.GrantAllPermitted {
		all := mayAsk.filter(func(name string) bool { return !isIdentity(name) })
		asked = append(asked, all.without(asked)...)
	}
	return asked
}
