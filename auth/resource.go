package auth

import (
	"net/url"

	"github.com/gin-gonic/gin"
)

const resourceWellKnown = ".well-known/oauth-protected-resource"

// ProtectedResource tells applications which authorization server gives tokens for the timesheet API, and which scopes it
// has (RFC 9728 §2).
func (s *Server) ProtectedResource() gin.HandlerFunc {
	names := []string{}
	for _, sc := range s.scopes {
		names = append(names, sc.Name)
	}
	return func(c *gin.Context) {
		a := s.policy.Load().timesheets()
		publish(c, gin.H{
			"resource":                          a.Audience,
			"resource_name":                     a.Name,
			"resource_documentation":            s.issuer + "openapi.yaml",
			"authorization_servers":             []string{s.issuer},
			"scopes_supported":                  names,
			"bearer_methods_supported":          []string{"header"},
			"dpop_signing_alg_values_supported": methods,
		})
	}
}

// ResourcePath is the path of the timesheet API's audience, which RFC 9728 §3.1 appends to the address of the metadata. It
// is empty if the audience has none, or names another host: what is asked there never reaches this server.
func (s *Server) ResourcePath() string {
	u, err := url.Parse(s.policy.Load().timesheets().Audience)
	if err != nil || u.Scheme+"://"+u.Host != s.origin || u.RawQuery != "" || u.Path == "/" {
		return ""
	}
	return u.Path
}

// ResourceMetadata is the address at which ProtectedResource answers, for the challenges of the API (RFC 9728 §5.1).
func (s *Server) ResourceMetadata() string {
	return s.issuer + resourceWellKnown + (&url.URL{Path: s.ResourcePath()}).EscapedPath()
}
