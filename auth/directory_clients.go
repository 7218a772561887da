package auth

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"punchcard/auth/lang"
)

// liveSecrets is how many secrets of a client work at once: the new one, and the one that is being replaced.
const liveSecrets = 2

// What an application may ask for if nobody said: who the person is, and reading.
var defaultScopes = []string{"openid", "profile", "email", "read:timesheets"}

func (s *Server) putClients(tx *gorm.DB, n *news, clients []NewClient) error {
	for i, c := range clients {
		if err := putClient(tx, n, c); err != nil {
			return err
		}
		for j, g := range c.Grants {
			if err := s.putGrant(tx, c.ID, g, fmt.Sprintf("/clients/%d/grants/%d", i, j)); err != nil {
				return err
			}
		}
	}
	return nil
}

func putClient(tx *gorm.DB, n *news, c NewClient) error {
	known := Client{ID: c.ID, CreatedAt: n.now}
	err := tx.Where("id = ?", c.ID).Take(&known).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return fmt.Errorf("read client: %w", err)
	}
	known.Name, known.Type, known.SkipConsent, known.UpdatedAt = c.Name, c.Type, c.SkipConsent, n.now
	known.RedirectURIs, known.LogoutURIs, known.WebOrigins = c.RedirectURIs, c.LogoutURIs, c.WebOrigins
	known.Scopes, known.IDTokenAlg = c.Scopes, cmp.Or(c.IDTokenAlg, idTokenAlg)
	known.BackchannelLogoutURI, known.BackchannelLogoutSessionRequired = c.BackchannelLogoutURI, c.BackchannelLogoutSessionRequired
	known.RequirePushed, known.PKCEOptional = c.RequirePushed, c.PKCEOptional
	if len(c.Scopes) == 0 && c.Type != "machine" {
		known.Scopes = defaultScopes
	}
	if err := tx.Save(&known).Error; err != nil {
		return fmt.Errorf("keep client: %w", err)
	}
	return putCredentials(tx, n, c)
}

// list makes sure that the column holds [] rather than null.
func list(of []string) []string { return append([]string{}, of...) }

// putSecret lets the secret work, beside the newest one before it.
func putSecret(tx *gorm.DB, n *news, c NewClient) error {
	row := clientSecret{Hash: hashed(c.Secret), ClientID: c.ID, CreatedAt: n.now}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
		return fmt.Errorf("keep client secret: %w", err)
	}
	var secrets []clientSecret
	if err := tx.Where("client_id = ?", c.ID).Order("created_at DESC").Find(&secrets).Error; err != nil {
		return fmt.Errorf("read client secrets: %w", err)
	}
	for _, old := range secrets[min(len(secrets), liveSecrets):] {
		if err := tx.Delete(&old).Error; err != nil {
			return fmt.Errorf("retire client secret: %w", err)
		}
	}
	return nil
}

func (s *Server) putGrant(tx *gorm.DB, clientID string, g NewGrant, pointer string) error {
	a, err := s.readAPI(tx, g.Audience)
	if errors.Is(err, noSuchAPI) {
		return &Mistake{pointer + "/audience", lang.Say("is no API's audience here")}
	}
	if err != nil {
		return err
	}
	for i, name := range g.Scopes {
		if !inCatalogue(a.scopes, name) {
			return &Mistake{fmt.Sprintf("%s/scopes/%d", pointer, i), lang.Say("is no scope of that API")}
		}
	}
	row := clientGrant{ID: "cgr_" + uuid.Must(uuid.NewV7()).String(), ClientID: clientID, APIID: a.ID, SubjectType: "client", Scopes: list(g.Scopes)}
	again := clause.OnConflict{
		Columns: []clause.Column{{Name: "client_id"}, {Name: "api_id"}, {Name: "subject_type"}}, DoUpdates: clause.AssignmentColumns([]string{"scopes"}),
	}
	if err := tx.Clauses(again).Create(&row).Error; err != nil {
		return fmt.Errorf("keep client grant: %w", err)
	}
	return nil
}
