package auth

import (
	"fmt"
	"net/http"

	"gorm.io/gorm"
)

// Who may change applications, people or roles could let one of them do what they themselves may not: by granting it more of the
// management API, or by a secret or a password with which to act as somebody who may. So nobody gives away, or takes over,
// more of the management API than their own token allows.

// mayReach refuses what would reach further than the caller's token. Scopes that there were once reach nothing.
func (c Caller) mayReach(reached scopes) error {
	beyond := reached.without(c.Scopes).filter(func(name string) bool { return inCatalogue(managementScopes, name) })
	if len(beyond) == 0 {
		return nil
	}
	return denied(http.StatusForbidden, "insufficient_scope",
		"This reaches further into the management API than your access token, which would need too: %s", beyond)
}

// mayGive refuses to let anybody do at an API what the caller may not, if it is the management API.
func (c Caller) mayGive(api string, given scopes) error {
	if api != Management {
		return nil
	}
	return c.mayReach(given)
}

// mayGiveRole refuses a role that reaches further than the caller.
func (c Caller) mayGiveRole(tx *gorm.DB, role string) error {
	var permits scopes
	err := tx.Model(&rolePermission{}).Where("role_id = ? AND api_id = ?", role, Management).Order("scope").Pluck("scope", &permits).Error
	if err != nil {
		return fmt.Errorf("read what a role reaches: %w", err)
	}
	return c.mayReach(permits)
}

// mayActAs refuses what would let the caller act as an application that reaches further: its keys, its secret, where its
// codes go.
func (c Caller) mayActAs(tx *gorm.DB, client string) error {
	var grants []clientGrant
	if err := tx.Where("client_id = ? AND api_id = ?", client, Management).Order("id").Find(&grants).Error; err != nil {
		return fmt.Errorf("read what an application reaches: %w", err)
	}
	var reached scopes
	for _, g := range grants {
		reached = append(reached, g.Scopes.without(reached)...)
	}
	return c.mayReach(reached)
}

// maySignInAs refuses what would let the caller sign in as a person who reaches further: their password, their e-mail address.
func (s *Server) maySignInAs(tx *gorm.DB, by Caller, user string) error {
	p := s.policy.Load()
	st, err := s.readStanding(tx, p, user)
	if err != nil || st == nil {
		return err
	}
	return by.mayReach(st.permits(p.apis[Management]))
}
