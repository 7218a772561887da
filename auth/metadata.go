package auth

import "github.com/gin-gonic/gin"

// Metadata tells applications what there is (OpenID Connect Discovery §3, RFC 8414 §2). It is made of the same maps and
// lists that the endpoints work by, so that the two can't differ.
func (s *Server) Metadata() gin.HandlerFunc {
	names := []string{}
	for _, list := range [][]Scope{identityScopes, s.scopes} {
		for _, sc := range list {
			names = append(names, sc.Name)
		}
	}
	document := gin.H{
		"issuer":                                         s.issuer,
		"authorization_endpoint":                         s.issuer + "authorize",
		"token_endpoint":                                 s.issuer + "oauth/token",
		"device_authorization_endpoint":                  s.issuer + "oauth/device/code",
		"revocation_endpoint":                            s.issuer + "oauth/revoke",
		"pushed_authorization_request_endpoint":          s.issuer + "oauth/par",
		"end_session_endpoint":                           s.issuer + "oidc/logout",
		"introspection_endpoint":                         s.issuer + "oauth/introspect",
		"userinfo_endpoint":                              s.issuer + "userinfo",
		"jwks_uri":                                       s.issuer + ".well-known/jwks.json",
		"scopes_supported":                               names,
		"response_types_supported":                       responseTypes,
		"response_modes_supported":                       responseModes,
		"prompt_values_supported":                        prompts,
		"grant_types_supported":                          sortedNames(grants),
		"code_challenge_methods_supported":               []string{"S256"},
		"token_endpoint_auth_methods_supported":          clientAuthMethods,
		"revocation_endpoint_auth_methods_supported":     clientAuthMethods,
		"introspection_endpoint_auth_methods_supported":  confidentialAuthMethods(),
		"acr_values_supported":                           acrValues,
		"subject_types_supported":                        []string{"public"},
		"id_token_signing_alg_values_supported":          methods,
		"dpop_signing_alg_values_supported":              ProofAlgs(),
		"authorization_response_iss_parameter_supported": true,
		"backchannel_logout_supported":                   true,
		"backchannel_logout_session_supported":           true,
		"claims_supported": []string{
			"iss", "sub", "aud", "azp", "exp", "iat", "auth_time", "acr", "amr", "nonce", "sid", "at_hash", "name", "updated_at", "email", "email_verified",
		},
		"request_parameter_supported":           false,
		"request_uri_parameter_supported":       false,
		"require_pushed_authorization_requests": false, // of everybody; of some applications it is
		"claims_parameter_supported":            true,
		"service_documentation":                 s.issuer,
	}
	for _, endpoint := range []string{"token", "revocation", "introspection"} {
		document[endpoint+"_endpoint_auth_signing_alg_values_supported"] = ProofAlgs() // of private_key_jwt
	}
	return func(c *gin.Context) {
		c.Header("DPoP-Nonce", s.DPoPNonce()) // whoever is about to prove a key needn't be asked for it
		publish(c, document)
	}
}
