package auth

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"
)

// The roles that there always are. What an administrator changes in them stays changed.
var builtInRoles = []struct {
	name, description string
	holds             func(Scope) bool
}{
	{"employee", "Files own time", func(sc Scope) bool { return !sc.ManagersOnly }},
	{"manager", "Files own time and approves that of the people managed", func(Scope) bool { return true }},
	{"admin", "May do everything", func(Scope) bool { return true }},
}

// ensureDirectory makes the built-in API and roles if they are not there yet.
func (s *Server) ensureDirectory(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		err := tx.Where("id = ?", builtIn).Take(&api{}).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			err = tx.Create(&api{
				ID: builtIn, Audience: s.issuer + "timesheets", Name: "Timesheets", SigningAlg: "ES256", AccessTokenLifetime: 2 * 60 * 60,
			}).Error
		}
		if err != nil {
			return fmt.Errorf("make the built-in API: %w", err)
		}
		for _, r := range builtInRoles {
			if err := s.ensureRole(tx, r.name, r.description, r.holds); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Server) ensureRole(tx *gorm.DB, name, description string, holds func(Scope) bool) error {
	err := tx.Where("name = ?", name).Take(&role{}).Error
	if err == nil {
		return nil
	}
	if !errors.Is(err, gorm.ErrRecordNotFound) {
		return fmt.Errorf("read role: %w", err)
	}
	made := role{ID: "rol_" + uuid.Must(uuid.NewV7()).String(), Name: name, Description: description}
	if err := tx.Create(&made).Error; err != nil {
		return fmt.Errorf("make role %s: %w", name, err)
	}
	for _, sc := range s.scopes {
		if !holds(sc) {
			continue
		}
		if err := tx.Create(&rolePermission{RoleID: made.ID, APIID: builtIn, Scope: sc.Name}).Error; err != nil {
			return fmt.Errorf("make role %s: %w", name, err)
		}
	}
	return nil
}
