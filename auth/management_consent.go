package auth

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// Grant is what a person let an application do at an API, as administrators see it.
type Grant struct {
	ID       string   `json:"id"` // con_…
	ClientID string   `json:"clientID"`
	UserID   string   `json:"user_id"`
	Audience string   `json:"audience"`
	Scope    []string `json:"scope"`
}

func (p *policy) shownConsent(c consent) Grant {
	g := Grant{ID: c.ID, ClientID: c.ClientID, UserID: c.UserID, Scope: list(c.Scopes)}
	if a := p.apis[c.APIID]; a != nil {
		g.Audience = a.Audience
	}
	return g
}

// GrantQuery asks for what people let applications do.
type GrantQuery struct {
	Paging
	UserID   string `query:"user_id"`
	ClientID string `query:"client_id"`
	Audience string `query:"audience"`
}

// Grants lists what people let applications do, the oldest first: GET /api/v2/grants.
func (s *Server) Grants(ctx context.Context, _ Caller, q GrantQuery) (List[Grant], error) {
	p := s.policy.Load()
	query := s.db.Read(ctx).Model(&consent{}).Order("id")
	if q.UserID != "" {
		query = query.Where("user_id = ?", q.UserID)
	}
	if q.ClientID != "" {
		query = query.Where("client_id = ?", q.ClientID)
	}
	if q.Audience != "" {
		id := "" // of no API
		if a := p.audiences[q.Audience]; a != nil {
			id = a.ID
		}
		query = query.Where("api_id = ?", id)
	}
	return pageOf(query, "grants", q.Paging, p.shownConsent)
}

// GrantRef names what a person let an application do.
type GrantRef struct {
	ID string `path:"id"`
}

// DeleteGrant takes back what a person let an application do, which ends its tokens at once: DELETE /api/v2/grants/{id}. To
// delete one that isn't there is no mistake.
func (s *Server) DeleteGrant(ctx context.Context, by Caller, ref GrantRef) error {
	err := s.administer(ctx, by, "Delete a grant", func(tx *gorm.DB, n *news) (act, error) {
		var before consent
		if err := tx.Where("id = ?", ref.ID).Take(&before).Error; err != nil {
			return act{}, err
		}
		return act{of: before.ID, before: s.policy.Load().shownConsent(before)}, before.takeBack(tx, n)
	})
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil
	}
	return err
}

// takeBack ends a consent, with the tokens of its application for its person at its API.
func (c consent) takeBack(tx *gorm.DB, n *news) error {
	if err := tx.Delete(&c).Error; err != nil {
		return fmt.Errorf("forget consent: %w", err)
	}
	return revokeAll(tx, n, tx.Where("user_id = ? AND client_id = ? AND api_id = ?", c.UserID, c.ClientID, c.APIID))
}

// GrantsOfUser names a person of whose grants all go.
type GrantsOfUser struct {
	UserID string `query:"user_id"`
}

// DeleteGrants takes back all that a person let applications do: DELETE /api/v2/grants?user_id=….
func (s *Server) DeleteGrants(ctx context.Context, by Caller, q GrantsOfUser) error {
	if q.UserID == "" {
		return mistaken("user_id", "is needed")
	}
	return s.administer(ctx, by, "Delete grants of a user", func(tx *gorm.DB, n *news) (act, error) {
		if _, err := (UserRef{q.UserID}).read(tx); err != nil {
			return act{}, err
		}
		var all []consent
		if err := tx.Where("user_id = ?", q.UserID).Order("id").Find(&all).Error; err != nil {
			return act{}, fmt.Errorf("read consents: %w", err)
		}
		before := []Grant{}
		for _, c := range all {
			before = append(before, s.policy.Load().shownConsent(c))
			if err := c.takeBack(tx, n); err != nil {
				return act{}, err
			}
		}
		return act{of: q.UserID, before: before}, nil
	})
}
