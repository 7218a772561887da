package auth

// How people sign in here: by a password, over TLS. Both go into the tokens of whoever did so (RFC 9068 §2.2.1).
//
// passwordACR is the name that SAML 2.0 (saml-authn-context-2.0-os §3.4.5) gave to it, which OpenID clients know too.
const passwordACR = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"

var (
	passwordAMR = []string{"pwd"} // RFC 8176 §2
	acrValues   = []string{passwordACR}
)
