package auth

import (
	"cmp"
	"context"
	"encoding/json"
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

	MaxAuthAgeForApproval int  // seconds; 0: no limit
	EnforcePolicies       bool // people get what their roles permit; else all that there is
	GrantAllPermitted     bool // tokens hold all that the person's roles permit and the application may ask for, asked or not
	PermissionsClaim      bool // tokens list all that the person's roles permit
	AllowOfflineAccess    bool // refresh tokens may be asked for
	SkipConsent           bool // nobody is asked whether an application may

	scopes []Scope // its catalogue
}

func (a *api) life() time.Duration { return time.Duration(a.AccessTokenLifetime) * time.Second }

// The APIs that this same binary serves, by their ids.
const (
	Timesheets = "timesheets"
	Management = "management"
)

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

// userPermission is one that an administrator gave a person directly, without a role.
type userPermission struct {
	UserID string `gorm:"primaryKey"`
	APIID  string `gorm:"primaryKey;column:api_id"`
	Scope  string `gorm:"primaryKey"`
}

type clientSecret struct {
	ClientID  string `gorm:"primaryKey"`
	Hash      string `gorm:"primaryKey"`
	CreatedAt time.Time
}

// clientGrant is what an application may do at an API: for itself, or for people who let it.
type clientGrant struct {
	ID          string `gorm:"primaryKey"`
	ClientID    string
	APIID       string `gorm:"column:api_id"`
	SubjectType string // client: for itself; user: for people
	Scopes      scopes `gorm:"serializer:json"`
	SkipConsent bool   // people aren't asked: an administrator decided for them
}

// apiScope is one entry of the catalogue of an API that administrators made.
type apiScope struct {
	APIID       string `gorm:"primaryKey;column:api_id"`
	Value       string `gorm:"primaryKey"`
	Description string
	Position    int
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
	rules       []rules.Rule    // the enabled ones, in their order
	ruleConfigs json.RawMessage // of the rules: an object of texts
	notBefore   map[string]time.Time
}

func (p *policy) timesheets() *api { return p.apis[Timesheets] }

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
	p, err := s.readPolicy(s.db.Read(ctx))
	if err != nil {
		return fmt.Errorf("read applications and roles: %w", err)
	}
	s.policy.Store(p)
	return nil
}

func (s *Server) readPolicy(db *gorm.DB) (*policy, error) {
	var (
		clients     []*Client
		secrets     []clientSecret
		grants      []clientGrant
		apis        []*api
		apiScopes   []apiScope
		roles       []role
		permissions []rolePermission
		keySets     []*clientKeySet
		ruleRows    []rule
		configs     []ruleConfig
		instants    []notBefore
	)
	for _, list := range []any{&clients, &secrets, &grants, &apis, &apiScopes, &roles, &permissions, &keySets, &ruleRows, &configs, &instants} {
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
	var err error
	if p.ruleConfigs, err = configured(configs, s.secrets.configs); err != nil {
		return nil, err
	}
	for _, a := range apis {
		a.scopes = s.catalogueOf(a, apiScopes)
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
		p.clients[c.ID], c.grants = c, map[grantKey]*clientGrant{}
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
			c.grants[grantKey{g.APIID, g.SubjectType}] = &g
		}
	}
	return p, nil
}

// AllowedOrigin reports whether an enabled application registered the web origin, so that pages from there may read what
// is answered to them (CORS). It asks memory alone.
func (s *Server) AllowedOrigin(origin string) bool { return s.policy.Load().origins[origin] }

// catalogueOf is what there is to ask for at an API.
func (s *Server) catalogueOf(a *api, made []apiScope) []Scope {
	switch a.ID {
	case Timesheets:
		return s.scopes
	case Management:
		return managementScopes
	}
	var list []apiScope
	for _, sc := range made {
		if sc.APIID == a.ID {
			list = append(list, sc)
		}
	}
	slices.SortFunc(list, func(x, y apiScope) int { return cmp.Compare(x.Position, y.Position) })
	catalogue := make([]Scope, len(list))
	for i, sc := range list {
		catalogue[i] = Scope{Name: sc.Value, Title: cmp.Or(sc.Description, sc.Value), Detail: a.Name}
	}
	return catalogue
}

// catalogued is the scope of that name, at whichever API.
func (p *policy) catalogued(name string) (Scope, bool) {
	for _, id := range sortedNames(p.apis) {
		if sc, ok := p.apis[id].catalogued(name); ok {
			return sc, true
		}
	}
	return Scope{}, false
}

// catalogued is the scope of that name, of the identity or of the API.
func (a *api) catalogued(name string) (Scope, bool) {
	for _, list := range [][]Scope{identityScopes, a.scopes} {
		if i := slices.IndexFunc(list, func(sc Scope) bool { return sc.Name == name }); i >= 0 {
			return list[i], true
		}
	}
	return Scope{}, false
}
