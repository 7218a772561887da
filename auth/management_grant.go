package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"
)

// ClientGrant is what an administrator lets an application do at an API, as administrators see it.
type ClientGrant struct {
	ID          string   `json:"id"` // cgr_…
	ClientID    string   `json:"client_id"`
	Audience    string   `json:"audience"`
	Scope       []string `json:"scope"`
	SubjectType string   `json:"subject_type"` // client: for itself; user: what it may ask people for
	SkipConsent bool     `json:"skip_consent"` // for user: people aren't asked, an administrator decided for them
}

func (g *clientGrant) shown(a *api) ClientGrant {
	return ClientGrant{
		ID: g.ID, ClientID: g.ClientID, Audience: a.Audience, Scope: list(g.Scopes), SubjectType: g.SubjectType, SkipConsent: g.SkipConsent,
	}
}

// ClientGrantQuery asks for client grants.
type ClientGrantQuery struct {
	Checkpoint
	ClientID    string `query:"client_id"`
	Audience    string `query:"audience"`
	SubjectType string `query:"subject_type"`
}

// ClientGrants lists client grants, the oldest first: GET /api/v2/client-grants.
func (s *Server) ClientGrants(_ context.Context, _ Caller, q ClientGrantQuery) (List[ClientGrant], error) {
	p, all := s.policy.Load(), []ClientGrant{}
	for _, c := range p.clients {
		for key, g := range c.grants {
			a := p.apis[key.api]
			if a == nil || q.ClientID != "" && q.ClientID != c.ID || q.Audience != "" && q.Audience != a.Audience ||
				q.SubjectType != "" && q.SubjectType != key.subjectType {
				continue
			}
			all = append(all, g.shown(a))
		}
	}
	slices.SortFunc(all, func(a, b ClientGrant) int { return cmp.Compare(a.ID, b.ID) })
	return listOf(all, "client_grants", q.Checkpoint, func(g ClientGrant) string { return g.ID })
}

// ClientGrantRef names a client grant.
type ClientGrantRef struct {
	ID string `path:"id"`
}

var noSuchGrant = unknown("inexistent_client_grant", "The grant does not exist.")

// ClientGrant shows one client grant: GET /api/v2/client-grants/{id}.
func (s *Server) ClientGrant(ctx context.Context, _ Caller, ref ClientGrantRef) (ClientGrant, error) {
	g, a, err := s.readGrant(s.db.Read(ctx), ref)
	if err != nil {
		return ClientGrant{}, err
	}
	return g.shown(a), nil
}

func (s *Server) readGrant(tx *gorm.DB, ref ClientGrantRef) (*clientGrant, *api, error) {
	g := &clientGrant{}
	err := tx.Where("id = ?", ref.ID).Take(g).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil, noSuchGrant
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read client grant: %w", err)
	}
	a, err := s.readAPI(tx, g.APIID)
	return g, a, err
}

// ClientGrantChange changes what a client grant allows.
type ClientGrantChange struct {
	ClientGrantRef
	Scope       []string `json:"scope"` // all of them
	SkipConsent *bool    `json:"skip_consent"`
}

// NewClientGrant is a client grant to make.
type NewClientGrant struct {
	ClientID    string   `json:"client_id"`
	Audience    string   `json:"audience"`
	Scope       []string `json:"scope"`
	SubjectType string   `json:"subject_type"` // client or user; empty: client
	SkipConsent bool     `json:"skip_consent"`
}

// fits keeps a grant to what there is: machines never get what only people can do.
func (g *clientGrant) fits(a *api) error {
	if len(g.Scopes) > mostScopes {
		return unfit("'scope' must be at most %d", mostScopes)
	}
	for i, name := range g.Scopes {
		if g.SubjectType == "user" && !isIdentity(name) && inCatalogue(a.scopes, name) {
			continue
		}
		wrong := wrongly("is no scope of that API")
		if g.SubjectType == "client" {
			wrong = machineScopeMistake(a.scopes, name)
		}
		if wrong != nil {
			return unfit("'scope/%d' %s", i, wrong)
		}
	}
	if g.SkipConsent && g.SubjectType != "user" {
		return unfit("'skip_consent' is for the subject_type user: nobody is asked where an application acts for itself")
	}
	return nil
}

// CreateClientGrant lets an application use an API: POST /api/v2/client-grants.
func (s *Server) CreateClientGrant(ctx context.Context, by Caller, n NewClientGrant) (ClientGrant, error) {
	g := &clientGrant{
		ID: "cgr_" + uuid.Must(uuid.NewV7()).String(), ClientID: n.ClientID, SubjectType: cmp.Or(n.SubjectType, "client"),
		Scopes: list(n.Scope), SkipConsent: n.SkipConsent,
	}
	var made ClientGrant
	err := s.administer(ctx, by, "Create a client grant", func(tx *gorm.DB, news *news) (act, error) {
		client, err := ApplicationRef{n.ClientID}.read(tx)
		if err != nil {
			return act{}, err
		}
		a, err := s.readAPI(tx, n.Audience)
		if err != nil {
			return act{}, err
		}
		switch {
		case g.SubjectType != "client" && g.SubjectType != "user":
			return act{}, unfit("'subject_type' must be client or user")
		case g.SubjectType == "client" && client.Type != "machine":
			return act{}, unfit("'client_id' must be a non_interactive application, which acts for itself; for this one take subject_type user")
		case g.SubjectType == "user" && client.Type == "machine":
			return act{}, unfit("'client_id' must not be a non_interactive application: nobody signs in for it")
		}
		g.APIID = a.ID
		if err := cmp.Or(g.fits(a), by.mayGive(a.ID, g.Scopes)); err != nil {
			return act{}, err
		}
		err = tx.Create(g).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return act{}, taken("A grant of this application for this API already exists: change that one.")
		}
		if err != nil {
			return act{}, fmt.Errorf("create client grant: %w", err)
		}
		made = g.shown(a)
		return act{of: g.ID, after: made}, news.tell("policy", "")
	})
	return made, err
}

// UpdateClientGrant changes what an application may do at an API, at its very next call: PATCH /api/v2/client-grants/{id}.
func (s *Server) UpdateClientGrant(ctx context.Context, by Caller, change ClientGrantChange) (ClientGrant, error) {
	var now ClientGrant
	err := s.administer(ctx, by, "Update a client grant", func(tx *gorm.DB, n *news) (act, error) {
		g, a, err := s.readGrant(tx, change.ClientGrantRef)
		if err != nil {
			return act{}, err
		}
		if g.ClientID == OwnApp {
			return act{}, errOwnApp
		}
		before := g.shown(a)
		if change.Scope != nil {
			g.Scopes = change.Scope
		}
		if change.SkipConsent != nil {
			g.SkipConsent = *change.SkipConsent
		}
		if err := cmp.Or(g.fits(a), by.mayGive(a.ID, g.Scopes.without(before.Scope))); err != nil {
			return act{}, err
		}
		if err := tx.Save(g).Error; err != nil {
			return act{}, fmt.Errorf("update client grant: %w", err)
		}
		now = g.shown(a)
		return act{of: g.ID, before: before, after: now}, n.tell("policy", "")
	})
	return now, err
}

// DeleteClientGrant ends what an application may do at an API: DELETE /api/v2/client-grants/{id}. To delete one that isn't
// there is no mistake.
func (s *Server) DeleteClientGrant(ctx context.Context, by Caller, ref ClientGrantRef) error {
	err := s.administer(ctx, by, "Delete a client grant", func(tx *gorm.DB, n *news) (act, error) {
		g, a, err := s.readGrant(tx, ref)
		if err != nil {
			return act{}, err
		}
		if g.ClientID == OwnApp {
			return act{}, errOwnApp
		}
		if err := tx.Delete(g).Error; err != nil {
			return act{}, fmt.Errorf("delete client grant: %w", err)
		}
		return act{of: g.ID, before: g.shown(a)}, n.tell("policy", "")
	})
	if errors.Is(err, noSuchGrant) {
		return nil
	}
	return err
}
