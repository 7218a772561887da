package auth

import (
	"cmp"
	"slices"
	"strings"
)

// ApplicationFields are what can be said of an application. What is null or left out stays as it is.
type ApplicationFields struct {
	Name              *string            `json:"name"`
	Description       *string            `json:"description"`
	AppType           *string            `json:"app_type"`
	IsFirstParty      *bool              `json:"is_first_party"`
	OIDCConformant    *bool              `json:"oidc_conformant"`
	Callbacks         []string           `json:"callbacks"`
	AllowedLogoutURLs []string           `json:"allowed_logout_urls"`
	WebOrigins        []string           `json:"web_origins"`
	GrantTypes        []string           `json:"grant_types"`
	AuthMethod        *string            `json:"token_endpoint_auth_method"`
	JWKS              *keySetJSON        `json:"jwks"`
	JWKSURI           *string            `json:"jwks_uri"`
	Metadata          map[string]*string `json:"client_metadata"` // null takes a member away
	RefreshToken      *refreshSettings   `json:"refresh_token"`
	IDTokens          *idTokenFields     `json:"jwt_configuration"`
	Logout            *logoutSettings    `json:"oidc_logout"`
	RequirePushed     *bool              `json:"require_pushed_authorization_requests"`
	RequirePKCE       *bool              `json:"require_pkce"`
	Scopes            []string           `json:"scopes"`
	SkipConsent       *bool              `json:"skip_consent"`
	Disabled          *bool              `json:"disabled"`
}

// ApplicationChange changes what is given of an application.
type ApplicationChange struct {
	ApplicationRef
	ApplicationFields
}

// idTokenFields are what can be said of an application's ID tokens.
type idTokenFields struct {
	Alg      *string `json:"alg"`
	Lifetime *int    `json:"lifetime_in_seconds"` // as it is
}

// idTokenAlg is what ID tokens are to be signed with; empty: as they are.
func (c ApplicationFields) idTokenAlg() string { return deref(deref(c.IDTokens).Alg) }

// keySetJSON is a JSON Web Key Set as it was given.
type keySetJSON struct {
	Keys []map[string]any `json:"keys"`
}

// NewApplication is an application to make. Without a client_id it is given one.
type NewApplication struct {
	ApplicationFields
	ClientID string `json:"client_id"`
}

// Validate says what is wrong with it that needs no look at what there is.
func (c ApplicationFields) Validate() error {
	_, known := appTypes[deref(c.AppType)]
	switch {
	case c.AppType != nil && !known:
		return unfit("'app_type' must be native, spa, regular_web or non_interactive")
	case c.IDTokens != nil && c.IDTokens.Alg != nil && !knownAlg(*c.IDTokens.Alg):
		return unfit("'jwt_configuration/alg' must be one of %s", strings.Join(methods, ", "))
	case len(deref(c.Description)) > 500:
		return unfit("'description' must be at most 500 bytes")
	case len(c.Metadata) > mostMetadata:
		return unfit("'client_metadata' must have at most %d members", mostMetadata)
	}
	for name, value := range c.Metadata {
		if len(name) > 255 || len(deref(value)) > 255 {
			return unfit("'client_metadata' must have names and values of at most 255 bytes")
		}
	}
	return cmp.Or(c.sameForAll(), c.Logout.validate())
}

// sameForAll lets pass what is the same for every application if it says what is so: clients of this API send back what they
// read.
func (c ApplicationFields) sameForAll() error {
	life := int(idTokenLife.Seconds())
	switch {
	case c.IsFirstParty != nil && !*c.IsFirstParty:
		return unfit("'is_first_party' must be true: whether people are asked is up to skip_consent here")
	case c.OIDCConformant != nil && !*c.OIDCConformant:
		return unfit("'oidc_conformant' must be true: every application is")
	case c.RefreshToken != nil && *c.RefreshToken != refreshSettled:
		return unfit("'refresh_token' is the same for every application: leave it out, or send it as it is shown")
	case c.IDTokens != nil && c.IDTokens.Lifetime != nil && *c.IDTokens.Lifetime != life:
		return unfit("'jwt_configuration/lifetime_in_seconds' must be %d, which is the same for every application", life)
	}
	return nil
}

func (l *logoutSettings) validate() error {
	switch {
	case l == nil:
		return nil
	case len(l.URLs) > 1:
		return unfit("'oidc_logout/backchannel_logout_urls' must be one address, or none")
	case slices.Contains(l.URLs, ""):
		return unfit("'oidc_logout/backchannel_logout_urls/0' must be an address; an empty list takes the one away that there is")
	}
	return nil
}

// Validate says what is wrong with it that needs no look at what there is.
func (n NewApplication) Validate() error {
	switch {
	case n.Name == nil:
		return unfit("'name' is needed")
	case n.AppType == nil:
		return unfit("'app_type' is needed: native, spa, regular_web or non_interactive")
	}
	return n.ApplicationFields.Validate()
}

const mostMetadata = 10
