package auth

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"punchcard/auth/lang"
)

// Client is a registered application.
type Client struct {
	ID           string `gorm:"primaryKey"`
	Name         string
	Type         string   // native, spa, web or machine
	RedirectURIs []string `gorm:"column:redirect_uris;serializer:json"`
	LogoutURIs   []string `gorm:"column:logout_uris;serializer:json"`
	WebOrigins   []string `gorm:"serializer:json"`
	Scopes       []string `gorm:"serializer:json"` // what it may ever ask a person for
	SkipConsent  bool
	IDTokenAlg   string `gorm:"column:id_token_alg;default:RS256"` // its ID tokens are signed with
	Disabled     bool
	Description  string
	GrantTypes   []string          `gorm:"serializer:json"` // empty: all of its type
	Metadata     map[string]string `gorm:"serializer:json"` // an administrator's own notes
	CreatedAt    time.Time
	UpdatedAt    time.Time

	BackchannelLogoutURI             string `gorm:"column:backchannel_logout_uri"` // empty: it isn't told when a session ends
	BackchannelLogoutSessionRequired bool

	RequirePushed bool `gorm:"column:require_pushed_authorization_requests"` // RFC 9126 §6
	PKCEOptional  bool `gorm:"column:pkce_optional"`                         // of web alone: a nonce may do instead

	secrets []string      // hashes; two at most, so that a secret can be exchanged without a gap
	keySet  *clientKeySet // nil: it keeps a secret, or nothing
	grants  map[grantKey]*clientGrant
}

// BeforeSave makes sure that lists are kept as [] rather than null.
func (c *Client) BeforeSave(*gorm.DB) error {
	for _, list := range []*[]string{&c.RedirectURIs, &c.LogoutURIs, &c.WebOrigins, &c.Scopes, &c.GrantTypes} {
		*list = append([]string{}, *list...)
	}
	if c.Metadata == nil {
		c.Metadata = map[string]string{}
	}
	return nil
}

// grantKey is what an application has at most one client grant for.
type grantKey struct {
	api         string // id
	subjectType string
}

// granted is what an administrator lets the application do at an API for itself, which is for machines alone.
func (c *Client) granted(api string) (allowed scopes, ok bool) {
	g := c.grants[grantKey{api, "client"}]
	if g == nil || c.Type != "machine" {
		return nil, false
	}
	return g.Scopes, true
}

// mayAsk is what the application may ever ask a person for at an API: its own list speaks of the person and of the timesheet
// API, a client grant for people of any API.
func (c *Client) mayAsk(api string) scopes {
	asks := scopes(c.Scopes)
	if api != Timesheets {
		asks = asks.filter(isIdentity)
	}
	if g := c.grants[grantKey{api, "user"}]; g != nil {
		asks = append(slices.Clone(asks), g.Scopes.without(asks)...)
	}
	return asks
}

// preauthorized reports whether an administrator decided for everybody that the application may act for them at an API. For
// an API at which nobody is asked, that is so of applications that were granted something there, or have it by their own list.
func (c *Client) preauthorized(a *api) bool {
	g := c.grants[grantKey{a.ID, "user"}]
	return c.SkipConsent || g != nil && g.SkipConsent || a.SkipConsent && (g != nil || a.ID == Timesheets)
}

// confidential reports whether the application can keep a secret (RFC 6749 §2.1).
func (c *Client) confidential() bool { return c.Type == "web" || c.Type == "machine" }

// withoutPKCE reports whether an administrator lets the application go without PKCE. Whoever redeems a code must then at
// least authenticate (RFC 9700 §2.1.1).
func (c *Client) withoutPKCE() bool { return c.Type == "web" && c.PKCEOptional }

// may reports whether this type of application uses the grant, and this one of that type.
func (c *Client) may(grant string) bool {
	return slices.Contains(grantsOfType[c.Type], grant) && (len(c.GrantTypes) == 0 || slices.Contains(c.GrantTypes, grant))
}

var grantsOfType = map[string][]string{
	"native":  {"authorization_code", "refresh_token", deviceGrant},
	"spa":     {"authorization_code", "refresh_token"},
	"web":     {"authorization_code", "refresh_token"},
	"machine": {"client_credentials"},
}

// registered reports whether the redirect URI is one of the client's: equal byte for byte (RFC 9700 §4.1.3), or, for a
// native app's loopback address, equal but for the port (RFC 8252 §7.3).
func (c *Client) registered(redirectURI string) bool {
	for _, known := range c.RedirectURIs {
		if redirectURI == known || c.Type == "native" && sameLoopback(known, redirectURI) {
			return true
		}
	}
	return false
}

// sameLoopback works on the text, since a parser's view of a URI is what an attacker plays with: the same scheme and IP
// address, any run of digits as port, and the same rest.
func sameLoopback(known, asked string) bool {
	for _, host := range []string{"http://127.0.0.1", "http://[::1]"} {
		k, ok := strings.CutPrefix(known, host)
		if !ok {
			continue
		}
		a, ok := strings.CutPrefix(asked, host)
		return ok && withoutPort(a) == withoutPort(k)
	}
	return false
}

func withoutPort(rest string) string {
	digits, ok := strings.CutPrefix(rest, ":")
	if !ok {
		return rest
	}
	end := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(digits)
	}
	if end == 0 || end > 5 {
		return rest
	}
	return digits[end:]
}

// redirectMistake says why a redirect URI can't be registered for a type of application; empty if it can.
func redirectMistake(kind, uri string) *lang.Sentence {
	u, err := url.Parse(uri)
	switch {
	case err != nil || strings.ContainsFunc(uri, func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' }):
		return wrongly("is no URI: write it in ASCII, percent-encoded, without spaces")
	case !u.IsAbs():
		return wrongly("must be absolute, such as https://app.example.com/callback")
	case strings.Contains(uri, "#"):
		return wrongly("must not have a fragment (the part from #)")
	case u.User != nil:
		return wrongly("must not name a user before the host")
	case strings.Contains(uri, "*"):
		return wrongly("must be exact: there are no wildcards")
	case hasResponseParameter(u):
		return wrongly("must not have a parameter named code, state, iss or error, which the answer adds")
	}
	if u.Scheme == "http" || u.Scheme == "https" {
		return webRedirectMistake(kind, u)
	}
	switch {
	case kind != "native":
		return wrongly("must begin with https:// (schemes of one's own are for native apps)")
	case !strings.Contains(u.Scheme, "."):
		return wrongly("has a scheme without a dot: use the reverse of a domain that is yours, such as com.example.app:/callback (RFC 8252 §7.1)")
	}
	return nil
}

// hostname is what a host may be: a name (in Punycode beyond ASCII), or an IP address.
var hostname = regexp.MustCompile(`^([A-Za-z0-9.-]+|[0-9a-fA-F:.]+)$`)

func webRedirectMistake(kind string, u *url.URL) *lang.Sentence {
	loopback := u.Hostname() == "127.0.0.1" || u.Hostname() == "::1"
	switch {
	case !hostname.MatchString(u.Hostname()) || strings.HasSuffix(u.Hostname(), "."):
		return wrongly("must name a host, in letters, digits, dots and hyphens")
	case u.Scheme == "https" || loopback:
		return nil
	case u.Hostname() == "localhost" && kind == "native":
		return wrongly("must name the IP address 127.0.0.1 or [::1] instead of localhost, with any port (RFC 8252 §8.3)")
	case u.Hostname() == "localhost":
		return nil
	}
	return wrongly("must begin with https:// (http:// is for this same machine alone)")
}

func hasResponseParameter(u *url.URL) bool {
	q, err := url.ParseQuery(u.RawQuery)
	return err != nil || q.Has("code") || q.Has("state") || q.Has("iss") || q.Has("error")
}

// originMistake says why a web origin can't be registered; empty if it can.
func originMistake(origin string) *lang.Sentence {
	u, err := url.Parse(origin)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.Scheme+"://"+u.Host != origin ||
		strings.ToLower(origin) != origin || strings.Contains(origin, "*") {
		return wrongly("must be a scheme and a host with its port, in lower case and without a slash at the end, such as https://app.example.com")
	}
	return nil
}
