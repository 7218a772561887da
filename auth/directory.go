package auth

import "punchcard/auth/lang"

// Directory is what a provisioning file says about people, applications and the API. What it names is made or updated;
// what it doesn't name is left alone.
type Directory struct {
	API     *NewAPI
	People  []NewPerson
	Clients []NewClient
	Rules   []NewRule // in the order in which they run

	RuleConfigs map[string]string // what rules find as configuration.KEY; the values are secrets
}

// NewAPI is how the built-in timesheet API appears in tokens.
type NewAPI struct {
	Audience   string // absolute URI, the tokens' aud
	SigningAlg string // RS256, PS256, ES256 or EdDSA; empty: ES256

	MaxAuthAgeForApproval int // how long ago, in seconds, who approves may have signed in; 0: no limit
}

// NewPerson is one person. At most one of Password and PasswordHash is set; with neither there is no sign-in by password.
type NewPerson struct {
	Email        string
	Name         string
	Password     string
	PasswordHash string   // argon2id in PHC form
	Roles        []string // names
	Manager      string   // the manager's e-mail; empty: none
}

// NewClient is one application.
type NewClient struct {
	ID           string
	Name         string
	Type         string // native, spa, web or machine
	Secret       string // web and machine only
	JWKS         string // instead of a secret: the JSON Web Key Set of its public keys, by which it signs (private_key_jwt)
	JWKSURI      string // or the https address of that set
	RedirectURIs []string
	LogoutURIs   []string
	WebOrigins   []string
	Scopes       []string // what it may ever ask a person for; empty: the default of its type
	SkipConsent  bool
	IDTokenAlg   string     // what its ID tokens are signed with: RS256, PS256, ES256 or EdDSA; empty: RS256
	Grants       []NewGrant // machine only: what it may do for itself

	BackchannelLogoutURI             string // where it is told when a session ends; empty: it isn't
	BackchannelLogoutSessionRequired bool   // it can make nothing of a logout token without sid

	RequirePushed bool // its authorization requests must be pushed (RFC 9126)
	PKCEOptional  bool // web only: a request for openid with a nonce may come without PKCE
}

// NewGrant lets an application use an API for itself (the client credentials grant).
type NewGrant struct {
	Audience string // of the API; or its id, such as Management, whose audience follows from where the server is
	Scopes   []string
}

// Mistake is one thing that is wrong with what an administrator wrote.
type Mistake struct {
	Pointer string        // JSON Pointer (RFC 6901) in the provisioning file: "/clients/0/redirect_uris/1"
	Detail  lang.Sentence // what is wrong and what to do, without the value of a secret
}
