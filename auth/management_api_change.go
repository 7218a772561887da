package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"
)

// ResourceServerFields are what can be said of an API. What is null or left out stays as it is.
type ResourceServerFields struct {
	Name                  *string         `json:"name"`
	Scopes                []ResourceScope `json:"scopes"` // all of them
	SigningAlg            *string         `json:"signing_alg"`
	TokenLifetime         *int            `json:"token_lifetime"`
	TokenLifetimeForWeb   *int            `json:"token_lifetime_for_web"`
	EnforcePolicies       *bool           `json:"enforce_policies"`
	TokenDialect          *string         `json:"token_dialect"`
	AllowOfflineAccess    *bool           `json:"allow_offline_access"`
	SkipConsent           *bool           `json:"skip_consent_for_verifiable_first_party_clients"`
	GrantAllPermitted     *bool           `json:"grant_all_permitted"`
	MaxAuthAgeForApproval *int            `json:"max_auth_age_for_approval"`
}

// ResourceServerChange changes what is given of an API.
type ResourceServerChange struct {
	ResourceServerRef
	ResourceServerFields
}

// NewResourceServer is an API to register.
type NewResourceServer struct {
	ResourceServerFields
	Identifier string `json:"identifier"` // absolute URI
}

const (
	mostScopes = 500     // of one API
	usualAlg   = "RS256" // of an API that doesn't say otherwise: the one that every library knows
)

// Validate says what is wrong with it.
func (c ResourceServerFields) Validate() error {
	lifetime := max(deref(c.TokenLifetime), deref(c.TokenLifetimeForWeb))
	_, knownAlg := algorithms[deref(c.SigningAlg)]
	switch {
	case c.Name != nil && (strings.TrimSpace(*c.Name) == "" || len(*c.Name) > 200):
		return unfit("'name' must be 1 to 200 bytes")
	case c.SigningAlg != nil && !knownAlg:
		return unfit("'signing_alg' must be one of %s", strings.Join(methods, ", "))
	case c.TokenLifetime != nil && *c.TokenLifetime < 1 || c.TokenLifetimeForWeb != nil && *c.TokenLifetimeForWeb < 1 || lifetime > int(maxTokenLife.Seconds()):
		return unfit("'token_lifetime' must be 1 to %d seconds", int(maxTokenLife.Seconds()))
	case c.TokenLifetime != nil && c.TokenLifetimeForWeb != nil && *c.TokenLifetime != *c.TokenLifetimeForWeb:
		return unfit("'token_lifetime_for_web' must be the same as token_lifetime: there is one lifetime for all")
	case c.TokenDialect != nil && *c.TokenDialect != plainDialect && *c.TokenDialect != permissionsDialect:
		return unfit("'token_dialect' must be %s or %s", plainDialect, permissionsDialect)
	case deref(c.MaxAuthAgeForApproval) < 0 || deref(c.MaxAuthAgeForApproval) > maxAuthAge:
		return unfit("'max_auth_age_for_approval' must be 1 to %d seconds, or 0 for no limit", maxAuthAge)
	case len(c.Scopes) > mostScopes:
		return unfit("'scopes' must be at most %d", mostScopes)
	}
	seen := map[string]bool{}
	for i, sc := range c.Scopes {
		if sc.Value == "" || len(sc.Value) > 280 || !wellFormedScope(sc.Value) || strings.Contains(sc.Value, " ") || isIdentity(sc.Value) || seen[sc.Value] {
			return unfit("'scopes/%d/value' must be of printable ASCII without spaces, quotes or backslashes, given once, and not one of OpenID Connect's", i)
		}
		if seen[sc.Value] = true; len(sc.Description) > 500 {
			return unfit("'scopes/%d/description' must be at most 500 bytes", i)
		}
	}
	return nil
}

// Validate says what is wrong with it.
func (n NewResourceServer) Validate() error {
	u, err := url.Parse(n.Identifier)
	if err != nil || !u.IsAbs() || strings.Contains(n.Identifier, "#") || len(n.Identifier) > 600 {
		return unfit("'identifier' must be an absolute URI without a fragment, such as https://api.example.com/invoices")
	}
	return n.ResourceServerFields.Validate()
}

// CreateResourceServer registers an API, which may run anywhere: POST /api/v2/resource-servers.
func (s *Server) CreateResourceServer(ctx context.Context, by Caller, n NewResourceServer) (ResourceServer, error) {
	var now ResourceServer
	if n.Identifier == s.issuer || n.Identifier == s.issuer+"userinfo" {
		return now, unfit("'identifier' is this server's own")
	}
	if err := s.keyFor(ctx, cmp.Or(deref(n.SigningAlg), usualAlg)); err != nil {
		return now, err
	}
	id := "api_" + uuid.Must(uuid.NewV7()).String()
	err := s.administer(ctx, by, "Create a resource server", func(tx *gorm.DB, news *news) (act, error) {
		a := &api{
			ID: id, Audience: n.Identifier, Name: n.Identifier, SigningAlg: usualAlg, AccessTokenLifetime: int(maxTokenLife.Seconds()),
			EnforcePolicies: true,
		}
		n.applyTo(a)
		err := tx.Create(a).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return act{}, taken("A resource server with the same identifier already exists.")
		}
		if err != nil {
			return act{}, fmt.Errorf("create API: %w", err)
		}
		if err := s.putAPIScopes(tx, a, n.Scopes); err != nil {
			return act{}, err
		}
		now = a.shown()
		return act{of: a.ID, after: now}, news.tell("policy", "")
	})
	return now, err
}

// UpdateResourceServer changes an API: PATCH /api/v2/resource-servers/{id}. A scope that it has no more is taken from all who
// were granted it.
func (s *Server) UpdateResourceServer(ctx context.Context, by Caller, change ResourceServerChange) (ResourceServer, error) {
	var now ResourceServer
	if change.SigningAlg != nil {
		if err := s.keyFor(ctx, *change.SigningAlg); err != nil {
			return now, err
		}
	}
	err := s.administer(ctx, by, "Update a resource server", func(tx *gorm.DB, n *news) (act, error) {
		a, err := s.readAPI(tx, change.ID)
		if err != nil {
			return act{}, err
		}
		before := a.shown()
		if a.system() && change.Scopes != nil && !slices.Equal(change.Scopes, before.Scopes) {
			return act{}, taken("The scopes of this server's own APIs are what they can do: they can't be changed.")
		}
		loose := change.EnforcePolicies != nil && !*change.EnforcePolicies || deref(change.SkipConsent) || deref(change.GrantAllPermitted)
		if a.ID == Management && loose {
			return act{}, taken("The management API is for those alone whose roles permit it, and for what they are asked and was asked for: " +
				"its enforce_policies stays true, skip_consent_for_verifiable_first_party_clients and grant_all_permitted false.")
		}
		change.applyTo(a)
		if err := tx.Save(a).Error; err != nil {
			return act{}, fmt.Errorf("update API: %w", err)
		}
		if change.Scopes != nil && !a.system() {
			if err := s.putAPIScopes(tx, a, change.Scopes); err != nil {
				return act{}, err
			}
		}
		now = a.shown()
		return act{of: a.ID, before: before, after: now}, n.tell("policy", "")
	})
	return now, err
}

func (c ResourceServerFields) applyTo(a *api) {
	for _, text := range []struct{ given, into *string }{{c.Name, &a.Name}, {c.SigningAlg, &a.SigningAlg}} {
		if text.given != nil {
			*text.into = *text.given
		}
	}
	for _, number := range []struct{ given, into *int }{
		{c.TokenLifetimeForWeb, &a.AccessTokenLifetime}, {c.TokenLifetime, &a.AccessTokenLifetime}, {c.MaxAuthAgeForApproval, &a.MaxAuthAgeForApproval},
	} {
		if number.given != nil {
			*number.into = *number.given
		}
	}
	for _, flag := range []struct{ given, into *bool }{
		{c.EnforcePolicies, &a.EnforcePolicies}, {c.AllowOfflineAccess, &a.AllowOfflineAccess}, {c.SkipConsent, &a.SkipConsent},
		{c.GrantAllPermitted, &a.GrantAllPermitted},
	} {
		if flag.given != nil {
			*flag.into = *flag.given
		}
	}
	if c.TokenDialect != nil {
		a.PermissionsClaim = *c.TokenDialect == permissionsDialect
	}
}

// putAPIScopes replaces the catalogue of an API that administrators made.
func (s *Server) putAPIScopes(tx *gorm.DB, a *api, list []ResourceScope) error {
	if err := tx.Where("api_id = ?", a.ID).Delete(&apiScope{}).Error; err != nil {
		return fmt.Errorf("replace scopes of an API: %w", err)
	}
	rows, names := []apiScope{}, []string{}
	for i, sc := range list {
		rows, names = append(rows, apiScope{APIID: a.ID, Value: sc.Value, Description: sc.Description, Position: i}), append(names, sc.Value)
	}
	if len(rows) > 0 {
		if err := tx.Create(&rows).Error; err != nil {
			return fmt.Errorf("keep scopes of an API: %w", err)
		}
	}
	a.scopes = s.catalogueOf(a, rows)
	for _, held := range []any{&rolePermission{}, &userPermission{}} {
		gone := tx.Where("api_id = ?", a.ID)
		if len(names) > 0 {
			gone = gone.Where("scope NOT IN ?", names)
		}
		if err := gone.Delete(held).Error; err != nil {
			return fmt.Errorf("take away permissions of an API: %w", err)
		}
	}
	var grants []clientGrant
	if err := tx.Where("api_id = ?", a.ID).Find(&grants).Error; err != nil {
		return fmt.Errorf("read client grants: %w", err)
	}
	for _, g := range grants {
		if left := g.Scopes.and(names); len(left) < len(g.Scopes) {
			if g.Scopes = left; tx.Save(&g).Error != nil {
				return fmt.Errorf("narrow client grant %s", g.ID)
			}
		}
	}
	return nil
}
