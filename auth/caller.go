package auth

import (
	"slices"
	"time"
)

// Caller is who makes an API call: a person through an application, or an application for itself.
type Caller struct {
	User   string   // the person's id, usr_…; empty for an application that acts for itself
	Name   string   // the person's name; empty for an application that acts for itself
	Client string   // client_id of the application
	Token  string   // the access token's jti
	Scopes []string // the token's scopes, less those that the person's roles give no more
	Admin  bool     // the person has the role admin today

	Today       string   // the day of the call in UTC, "2026-03-04", by which delegations go
	StandsInFor []string // the ids of those in whose place the person decides today

	AuthTime time.Time // when the person signed in for this token; zero for an application that acts for itself

	Address   string // IP address from which the call comes, as far as the server knows
	UserAgent string
	RequestID string

	Language string // tag of the one that whoever calls reads, "de"; empty: English
}

// May reports whether the token allows it, as both the application and the person stand at this moment.
func (c Caller) May(scope string) bool { return slices.Contains(c.Scopes, scope) }

// Machine reports whether an application calls for itself, by the client credentials grant.
func (c Caller) Machine() bool { return c.User == "" }

// Subject is the token's sub: the person's id, or the application's client_id with "@clients", which no person's id can be.
func (c Caller) Subject() string {
	if c.Machine() {
		return c.Client + "@clients"
	}
	return c.User
}
