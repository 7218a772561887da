package auth

// eventTypes are the types of events, and what each means: Auth0's codes where it has one, and words of our own.
var eventTypes = map[string]string{
	// Signing in and out
	"s":                                 "somebody signed in",
	"f":                                 "a sign-in or an authorization request failed",
	"fp":                                "wrong password",
	"fu":                                "nobody has the e-mail address that was typed",
	"blocked":                           "somebody whose account is disabled gave the right password",
	"limit_wc":                          "too many failures for one e-mail address from one address; it has to wait",
	"limit_mu":                          "too many failures from one address; it has to wait",
	"ssa":                               "an application was authorized without asking anybody (prompt=none)",
	"fsa":                               "prompt=none was asked for, and somebody has to be asked",
	"authorized":                        "an application was authorized by who is signed in",
	"consent_granted":                   "a person allowed an application what it asked for",
	"consent_declined":                  "a person declined what an application asked for",
	"slo":                               "somebody signed out",
	"flo":                               "signing out failed",
	"oidc_backchannel_logout_succeeded": "an application took the logout token of a session that ended",
	"oidc_backchannel_logout_failed":    "an application did not take a logout token; the description tells whether it is tried again",
	"session_ended":                     "a person ended a session of theirs in another browser",
	"signed_out_everywhere":             "a person ended all their sessions and authorizations",

	// The token endpoint
	"seacft":      "tokens for an authorization code",
	"feacft":      "an authorization code was refused",
	"seccft":      "a token for an application itself (client credentials)",
	"feccft":      "client credentials were refused",
	"sertft":      "tokens for a refresh token",
	"fertft":      "a refresh token was refused",
	"ferrt":       "a refresh token was used again by somebody: its whole authorization is revoked",
	"code_reused": "an authorization code was used again by somebody: its whole authorization is revoked",
	"sede":        "tokens for a device code",
	"fede":        "a device code was refused",
	"rule_denied": "a rule denied tokens",
	"rule_failed": "a rule failed, so that there were no tokens",
	"rules_ran":   "rules judged a sign-in; the details have what each did",

	// Other endpoints that applications call
	"client_refused":    "an application did not authenticate, elsewhere than at the token endpoint",
	"client_throttled":  "too many wrong secrets for one application from one address; it has to wait",
	"srrt":              "an application revoked a refresh token, and its authorization with it",
	"token_revoked":     "an application revoked an access token",
	"token_inactive":    "an application asked about a token that is not alive, or not its to know about",
	"revocation_failed": "a request to revoke a token was refused",
	"inspection_failed": "a request about a token was refused",
	"push_failed":       "a pushed authorization request was refused",
	"refused":           "a request was refused that has no type of its own",

	// Devices
	"fdeaz":            "a device's request was refused",
	"fdeac":            "a wrong user code, or another failure of entering it",
	"device_allowed":   "a person allowed a device what it asked for",
	"fdecc":            "a person declined what a device asked for",
	"device_throttled": "too many wrong user codes from one network or person; it has to wait",

	// Accounts and their administration
	"scp":             "a person changed their password",
	"fcp":             "changing a password failed",
	"consent_revoked": "a person took an application's access back",
	"account_failed":  "a request to the account's pages was refused",
	"setup":           "the first administrator was made",
	"setup_failed":    "making the first administrator failed",
	"ss":              "a person was made",
	"fs":              "making a person failed",
	"sapi":            "an administrative change",
	"fapi":            "an administrative change failed",
	"events_lost":     "more events came at once than could be written",
}
