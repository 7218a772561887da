package auth

import (
	"net/url"

	"github.com/gin-gonic/gin"
)

const resourceWellKnown = ".well-known/oauth-protected-resource"

// ProtectedResource tells applications which authorization server gives tokens for an API of this binary, and which scopes
// it has (RFC 9728 §2).
func (s *Server) ProtectedResource(api string) gin.HandlerFunc {
	return func(c *gin.Context) {
		a, names := s.policy.Load().apis[api], []string{}
		for _, sc := range a.scopes {
			names = append(names, sc.Name)
		}
		publish(c, gin.H{
			"resource":                          a.Audience,
			"resource_name":                     a.Name,
			"resource_documentation":            s.issuer + documents[api],
			"authorization_servers":             []string{s.issuer},
			"scopes_supported":                  names,
			"bearer_methods_supported":          []string{"header"},
			"dpop_signing_alg_values_supported": ProofAlgs(),
		})
	}
}

// documents describe the APIs to those who call them.
var documents = map[string]string{Timesheets: "openapi.yaml", Management: "api/v2/openapi.yaml"}

// ResourcePath is the path of an API's audience, which RFC 9728 §3.1 appends to the address of the metadata. It is empty if
// the audience has none, or names another host: what is asked there never reaches this server.
func (s *Server) ResourcePath(api string) string {
	u, err := url.Parse(s.policy.Load().apis[api].Audience)
	if err != nil || u.Scheme+"://"+u.Host != s.origin || u.RawQuery != "" || u.Path == "/" {
		return ""
	}
	return u.Path
}

// ResourceMetadata is the address at which ProtectedResource answers, for the challenges of the API (RFC 9728 §5.1).
func (s *Server) ResourceMetadata(api string) string {
	return s.issuer + resourceWellKnown + (&url.URL{Path: s.ResourcePath(api)}).EscapedPath()
}
