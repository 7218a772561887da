package auth

import (
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// OwnApp is the client_id of the web app that this server brings. It is a client like any other, public, with code and PKCE,
// but that nobody registers, changes or deletes it: it follows the server's address, and asks nobody for consent.
const OwnApp = "punchcard"

// OwnAppCallback is where the web app takes its codes, from the issuer on.
const OwnAppCallback = "app/callback"

var errOwnApp = taken("This application comes with the server, which keeps it as it is.")

// ensureOwnApp makes the web app's registration what this build needs.
func (s *Server) ensureOwnApp(tx *gorm.DB) error {
	all := scopes{}
	for _, sc := range slices.Concat(identityScopes, s.scopes) {
		all = append(all, sc.Name)
	}
	app := Client{
		ID: OwnApp, Name: "Punchcard", Type: "spa", Description: "The web app of this server",
		RedirectURIs: []string{s.issuer + OwnAppCallback}, LogoutURIs: []string{s.issuer + "app/"},
		Scopes: all, SkipConsent: true, IDTokenAlg: idTokenAlg, CreatedAt: s.now(), UpdatedAt: s.now(),
	}
	follows := clause.OnConflict{Columns: []clause.Column{{Name: "id"}}, DoUpdates: clause.AssignmentColumns([]string{
		"name", "type", "description", "redirect_uris", "logout_uris", "web_origins", "scopes", "skip_consent", "grant_types", "disabled",
	})}
	if err := tx.Clauses(follows).Create(&app).Error; err != nil {
		return fmt.Errorf("register the web app: %w", err)
	}
	grant := clientGrant{ID: "cgr_" + OwnApp, ClientID: OwnApp, APIID: Management, SubjectType: "user", Scopes: ManagementScopes(), SkipConsent: true}
	follows = clause.OnConflict{Columns: []clause.Column{{Name: "id"}}, DoUpdates: clause.AssignmentColumns([]string{"scopes", "skip_consent"})}
	if err := tx.Clauses(follows).Create(&grant).Error; err != nil {
		return fmt.Errorf("let the web app administer for administrators: %w", err)
	}
	return nil
}

// ManagementScopes are the names of all that the management API has: what the web app asks for on an administrator's behalf.
func ManagementScopes() []string {
	names := make([]string, len(managementScopes))
	for i, sc := range managementScopes {
		names[i] = sc.Name
	}
	return names
}
