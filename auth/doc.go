// Package auth is an OAuth 2.0 authorization server and OpenID provider: people and how they sign in, applications and
// what they may ask for, consent, codes, tokens and the keys that sign them.
//
// It also answers who makes an API call, since both servers are one binary: a token that was revoked, or whose person or
// application may no longer do what it says, is refused at its very next use. It knows the API's scopes as data only, and
// nothing of timesheets.
package auth
