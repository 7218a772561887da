package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// ResourceServer is an API that tokens are issued for, as administrators see it.
type ResourceServer struct {
	ID                    string          `json:"id"`
	Name                  string          `json:"name"`
	Identifier            string          `json:"identifier"` // the audience
	Scopes                []ResourceScope `json:"scopes"`
	SigningAlg            string          `json:"signing_alg"`
	TokenLifetime         int             `json:"token_lifetime"` // seconds
	TokenLifetimeForWeb   int             `json:"token_lifetime_for_web"`
	EnforcePolicies       bool            `json:"enforce_policies"` // people get what their roles permit
	TokenDialect          string          `json:"token_dialect"`    // rfc9068_profile, or rfc9068_profile_authz with the claim permissions
	AllowOfflineAccess    bool            `json:"allow_offline_access"`
	SkipConsent           bool            `json:"skip_consent_for_verifiable_first_party_clients"`
	GrantAllPermitted     bool            `json:"grant_all_permitted"`       // tokens hold what was not asked for too
	MaxAuthAgeForApproval int             `json:"max_auth_age_for_approval"` // seconds; 0: no limit
	IsSystem              bool            `json:"is_system"`                 // this server's own
}

// ResourceScope is one scope of an API.
type ResourceScope struct {
	Value       string `json:"value"`
	Description string `json:"description"` // as the consent page puts it
}

const (
	plainDialect       = "rfc9068_profile"
	permissionsDialect = "rfc9068_profile_authz"
)

func (a *api) shown() ResourceServer {
	r := ResourceServer{
		ID: a.ID, Name: a.Name, Identifier: a.Audience, Scopes: []ResourceScope{}, SigningAlg: a.SigningAlg, TokenLifetime: a.AccessTokenLifetime,
		TokenLifetimeForWeb: a.AccessTokenLifetime, EnforcePolicies: a.EnforcePolicies, TokenDialect: plainDialect,
		AllowOfflineAccess: a.AllowOfflineAccess, SkipConsent: a.SkipConsent, GrantAllPermitted: a.GrantAllPermitted,
		MaxAuthAgeForApproval: a.MaxAuthAgeForApproval, IsSystem: a.system(),
	}
	if a.PermissionsClaim {
		r.TokenDialect = permissionsDialect
	}
	for _, sc := range a.scopes {
		r.Scopes = append(r.Scopes, ResourceScope{sc.Name, sc.Title})
	}
	return r
}

func (a *api) system() bool { return a.ID == Timesheets || a.ID == Management }

// ResourceServers lists APIs by name: GET /api/v2/resource-servers.
func (s *Server) ResourceServers(_ context.Context, _ Caller, q Checkpoint) (List[ResourceServer], error) {
	all := []ResourceServer{}
	for _, a := range s.policy.Load().apis {
		all = append(all, a.shown())
	}
	slices.SortFunc(all, func(a, b ResourceServer) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return listOf(all, "resource_servers", q, func(r ResourceServer) string { return r.ID })
}

// ResourceServerRef names an API by its id or its identifier.
type ResourceServerRef struct {
	ID string `path:"id"`
}

var noSuchAPI = unknown("inexistent_resource_server", "The resource server does not exist.")

// ResourceServer shows one API: GET /api/v2/resource-servers/{id}.
func (s *Server) ResourceServer(_ context.Context, _ Caller, ref ResourceServerRef) (ResourceServer, error) {
	p := s.policy.Load()
	if a := cmp.Or(p.apis[ref.ID], p.audiences[ref.ID]); a != nil {
		return a.shown(), nil
	}
	return ResourceServer{}, noSuchAPI
}

func (s *Server) readAPI(tx *gorm.DB, ref string) (*api, error) {
	found := &api{}
	err := tx.Where("id = ? OR audience = ?", ref, ref).Take(found).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, noSuchAPI
	}
	var made []apiScope
	if err == nil {
		err = tx.Where("api_id = ?", found.ID).Find(&made).Error
	}
	if err != nil {
		return nil, fmt.Errorf("read API: %w", err)
	}
	found.scopes = s.catalogueOf(found, made)
	return found, nil
}

// DeleteResourceServer ends an API with all grants and tokens for it: DELETE /api/v2/resource-servers/{id}. To delete one that
// isn't there is no mistake.
func (s *Server) DeleteResourceServer(ctx context.Context, by Caller, ref ResourceServerRef) error {
	err := s.administer(ctx, by, "Delete a resource server", func(tx *gorm.DB, n *news) (act, error) {
		a, err := s.readAPI(tx, ref.ID)
		if err != nil {
			return act{}, err
		}
		if a.system() {
			return act{}, taken("This API is the server's own.")
		}
		if err := tx.Delete(a).Error; err != nil {
			return act{}, fmt.Errorf("delete API: %w", err)
		}
		return act{of: a.ID, before: a.shown()}, n.tell("policy", "")
	})
	if errors.Is(err, noSuchAPI) {
		return nil
	}
	return err
}
