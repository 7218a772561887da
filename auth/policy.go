package auth

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"punchcard/auth/rules"
)

// api is a resource server: whom tokens are for.
type api struct {
	ID                  string `gorm:"primaryKey"`
	Audience            string
	Name                string
	SigningAlg          string
	AccessTokenLifetime int // seconds

	MaxAuthAgeForApproval int // seconds; 0: no limit
}

func (a *api) life() time.Duration { return time.Duration(a.AccessTokenLifetime) * time.Second }

// builtIn is the id of the API that this same binary serves.
const builtIn = "timesheets"

type role struct {
	ID          string `gorm:"primaryKey"`
	Name        string
	Description string
}

type rolePermission struct {
	RoleID string `gorm:"primaryKey"`
	APIID  string `gorm:"primaryKey;column:api_id"`
	Scope  string `gorm:"primaryKey"`
}

type userRole struct {
	UserID string `gorm:"primaryKey"`
	RoleID string `gorm:"primaryKey"`
}

type clientSecret struct {
	Hash      string `gorm:"primaryKey"`
	ClientID  string
	CreatedAt time.Time
}

type clientGrant struct {
	ID       string `gorm:"primaryKey"`
	ClientID string
	APIID    string   `gorm:"column:api_id"`
	Scopes   []string `gorm:"serializer:json"`
}

// policy is what administrators set and every request asks for: applications, APIs and roles. It is read whole, never
// changed, and replaced when something in it changes.
type policy struct {
	clients     map[string]*Client
	apis        map[string]*api // by id
	audiences   map[string]*api
	roles       map[string]role              // by id
	permissions map[string]map[string]scopes // by role, by API
	origins     map[string]bool
	rules       []rules.Rule // the enabled ones, in their order
	notBefore   map[string]time.Time
}

func (p *policy) timesheets() *api { return p.apis[builtIn] }

// client is the enabled application of that id, or nil.
func (p *policy) client(id string) *Client {
	if c := p.clients[id]; c != nil && !c.Disabled {
		return c
	}
	return nil
}

// loadPolicy reads the policy. Loads come one after the other, so that the last one to be asked for is the one that stays.
func (s *Server) loadPolicy(ctx context.Context) error {
	s.policing <- struct{}{}
	defer func() { <-s.policing }()
	p, err := readPolicy(s.db.Read(ctx))
	if err != nil {
		return fmt.Errorf("read applications and roles: %w", err)
	}
	s.policy.Store(p)
	return nil
}

func readPolicy(db *gorm.DB) (*policy, error) {
	var (
		clients     []*Client
		secrets     []clientSecret
		grants      []clientGrant
		apis        []*api
		roles       []role
		permissions []rolePermission
		keySets     []*clientKeySet
		ruleRows    []rule
		instants    []notBefore
	)
	for _, list := range []any{&clients, &secrets, &grants, &apis, &roles, &permissions, &keySets, &ruleRows, &instants} {
		if err := db.Find(list).Error; err != nil {
			return nil, err
		}
	}
	p := &policy{
		clients: map[string]*Client{}, apis: map[string]*api{}, audiences: map[string]*api{}, roles: map[string]role{},
		permissions: map[string]map[string]scopes{}, origins: map[string]bool{}, notBefore: map[string]time.Time{},
	}
	for _, row := range instants {
		p.notBefore[row.Subject] = row.At
	}
	p.rules = running(ruleRows)
	for _, a := range apis {
		p.apis[a.ID], p.audiences[a.Audience] = a, a
	}
	for _, r := range roles {
		p.roles[r.ID], p.permissions[r.ID] = r, map[string]scopes{}
	}
	// The lists are read one after the other: a row whose owner was made in between waits for the next load, which that
	// change brings about.
	for _, g := range permissions {
		if of := p.permissions[g.RoleID]; of != nil {
			of[g.APIID] = append(of[g.APIID], g.Scope)
		}
	}
	for _, c := range clients {
		p.clients[c.ID], c.grants = c, map[string]scopes{}
		for _, origin := range c.WebOrigins {
			p.origins[origin] = p.origins[origin] || !c.Disabled
		}
	}
	for _, secret := range secrets {
		if c := p.clients[secret.ClientID]; c != nil {
			c.secrets = append(c.secrets, secret.Hash)
		}
	}
	p.attachKeys(keySets)
	for _, g := range grants {
		if c := p.clients[g.ClientID]; c != nil {
			c.grants[g.APIID] = g.Scopes
		}
	}
	return p, nil
}

// AllowedOrigin reports whether an enabled application registered the web origin, so that pages from there may read what
// is answered to them (CORS). It asks memory alone.
func (s *Server) AllowedOrigin(origin string) bool { return s.policy.Load().origins[origin] }

// catalogued is the scope of that name, of the identity or of the API.
func (s *Server) catalogued(name string) (Scope, bool) {
	for _, list := range [][]Scope{identityScopes, s.scopes} {
		if i := slices.IndexFunc(list, func(sc Scope) bool { return sc.Name == name }); i >= 0 {
			return list[i], true
		}
	}
	return Scope{}, false
}
