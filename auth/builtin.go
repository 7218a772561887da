package auth

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
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

// ensureDirectory makes the built-in APIs, roles and the web app if they are not there yet.
func (s *Server) ensureDirectory(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := s.ensureAPI(tx, Timesheets, "Timesheets", "timesheets"); err != nil {
			return err
		}
		if err := s.ensureAPI(tx, Management, "Punchcard Management API", "api/v2/"); err != nil {
			return err
		}
		// Where the server answers for its administration follows from its address, which can change.
		moved := tx.Model(&api{}).Where("id = ?", Management).Update("audience", s.issuer+"api/v2/")
		if moved.Error != nil {
			return fmt.Errorf("keep the audience of the management API: %w", moved.Error)
		}
		for _, r := range builtInRoles {
			if err := s.ensureRole(tx, r.name, r.description, r.holds); err != nil {
				return err
			}
		}
		if err := ensureAdministration(tx); err != nil {
			return err
		}
		return s.ensureOwnApp(tx)
	})
}

// ensureAdministration lets administrators do all that the management API has, which grows.
func ensureAdministration(tx *gorm.DB) error {
	var admin role
	if err := tx.Where("name = ?", "admin").Take(&admin).Error; err != nil {
		return fmt.Errorf("read the role of administrators: %w", err)
	}
	for _, sc := range managementScopes {
		held := rolePermission{RoleID: admin.ID, APIID: Management, Scope: sc.Name}
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&held).Error; err != nil {
			return fmt.Errorf("let administrators administer: %w", err)
		}
	}
	return nil
}

func (s *Server) ensureAPI(tx *gorm.DB, id, name, path string) error {
	err := tx.Where("id = ?", id).Take(&api{}).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = tx.Create(&api{
			ID: id, Audience: s.issuer + path, Name: name, SigningAlg: "ES256", AccessTokenLifetime: 2 * 60 * 60,
			EnforcePolicies: true, AllowOfflineAccess: true,
		}).Error
	}
	if err != nil {
		return fmt.Errorf("make the API %s: %w", id, err)
	}
	return nil
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
		if err := tx.Create(&rolePermission{RoleID: made.ID, APIID: Timesheets, Scope: sc.Name}).Error; err != nil {
			return fmt.Errorf("make role %s: %w", name, err)
		}
	}
	return nil
}
