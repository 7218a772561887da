package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"
)

// Role is a role as administrators see it.
type Role struct {
	ID          string `json:"id"` // rol_…
	Name        string `json:"name"`
	Description string `json:"description"`
}

func shownRole(r role) Role { return Role(r) }

// RoleQuery asks for roles.
type RoleQuery struct {
	Paging
	NameFilter string `query:"name_filter"` // a part of the name, in any case
}

// Roles lists roles by name: GET /api/v2/roles.
func (s *Server) Roles(ctx context.Context, _ Caller, q RoleQuery) (List[Role], error) {
	query := s.db.Read(ctx).Model(&role{}).Order("name")
	if q.NameFilter != "" {
		query = query.Where("LOWER(name) LIKE ? ESCAPE '!'", "%"+likeable(q.NameFilter)+"%")
	}
	return pageOf(query, "roles", q.Paging, shownRole)
}

// likeable is a text as a pattern that finds it in any case and nothing else.
func likeable(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(strings.ToLower(s))
}

// NewRole is a role to make.
type NewRole struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

// Validate says what is wrong with it.
func (n NewRole) Validate() error {
	return RoleChange{Name: &n.Name, Description: &n.Description}.Validate()
}

// CreateRole makes a role that permits nothing yet: POST /api/v2/roles.
func (s *Server) CreateRole(ctx context.Context, by Caller, n NewRole) (Role, error) {
	made := role{ID: "rol_" + uuid.Must(uuid.NewV7()).String(), Name: n.Name, Description: n.Description}
	err := s.administer(ctx, by, "Create a role", func(tx *gorm.DB, news *news) (act, error) {
		err := tx.Create(&made).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return act{}, taken("A role with this name already exists.")
		}
		if err != nil {
			return act{}, fmt.Errorf("create role: %w", err)
		}
		return act{of: made.ID, after: shownRole(made)}, news.tell("policy", "")
	})
	return shownRole(made), err
}

// RoleRef names a role.
type RoleRef struct {
	ID string `path:"id"`
}

var noSuchRole = unknown("inexistent_role", "The role does not exist.")

func (ref RoleRef) read(db *gorm.DB) (found role, err error) {
	err = db.Where("id = ?", ref.ID).Take(&found).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return found, noSuchRole
	}
	if err != nil {
		return found, fmt.Errorf("read role: %w", err)
	}
	return found, nil
}

// Role shows one role: GET /api/v2/roles/{id}.
func (s *Server) Role(ctx context.Context, _ Caller, ref RoleRef) (Role, error) {
	found, err := ref.read(s.db.Read(ctx))
	return shownRole(found), err
}

// RoleChange changes what is given of a role.
type RoleChange struct {
	RoleRef
	Name        *string `json:"name"`
	Description *string `json:"description"`
}

// Validate says what is wrong with it.
func (n RoleChange) Validate() error {
	switch {
	case n.Name != nil && (strings.TrimSpace(*n.Name) == "" || len(*n.Name) > 50):
		return unfit("'name' must be 1 to 50 bytes")
	case n.Description != nil && len(*n.Description) > 500:
		return unfit("'description' must be at most 500 bytes")
	}
	return nil
}

// UpdateRole changes a role's name and description: PATCH /api/v2/roles/{id}.
func (s *Server) UpdateRole(ctx context.Context, by Caller, change RoleChange) (Role, error) {
	var now role
	err := s.administer(ctx, by, "Update a role", func(tx *gorm.DB, n *news) (act, error) {
		before, err := change.read(tx)
		if err != nil {
			return act{}, err
		}
		now = before
		if change.Name != nil {
			now.Name = *change.Name
		}
		if change.Description != nil {
			now.Description = *change.Description
		}
		if isBuiltIn(before.Name) && now.Name != before.Name {
			return act{}, taken("The role %s is built in and keeps its name.", before.Name)
		}
		err = tx.Save(&now).Error
		if errors.Is(err, gorm.ErrDuplicatedKey) {
			return act{}, taken("A role with this name already exists.")
		}
		if err != nil {
			return act{}, fmt.Errorf("update role: %w", err)
		}
		return act{of: now.ID, before: shownRole(before), after: shownRole(now)}, n.tell("policy", "")
	})
	return shownRole(now), err
}

// DeleteRole takes a role from all who have it: DELETE /api/v2/roles/{id}. To delete one that isn't there is no mistake.
func (s *Server) DeleteRole(ctx context.Context, by Caller, ref RoleRef) error {
	err := s.administer(ctx, by, "Delete a role", func(tx *gorm.DB, n *news) (act, error) {
		before, err := ref.read(tx)
		if err != nil {
			return act{}, err
		}
		if isBuiltIn(before.Name) {
			return act{}, taken("The role %s is built in. Take away its permissions, or whom it is given to.", before.Name)
		}
		if err := tx.Delete(&before).Error; err != nil {
			return act{}, fmt.Errorf("delete role: %w", err)
		}
		return act{of: before.ID, before: shownRole(before)}, n.tell("policy", "")
	})
	if errors.Is(err, noSuchRole) {
		return nil
	}
	return err
}

func isBuiltIn(name string) bool {
	for _, r := range builtInRoles {
		if r.name == name {
			return true
		}
	}
	return false
}
