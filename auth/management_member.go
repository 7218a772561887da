package auth

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// mostPerCall bounds how many roles, people or permissions one call gives or takes.
const mostPerCall = 100

func fewEnough(member string, n int) error {
	if n < 1 || n > mostPerCall {
		return unfit("'%s' must be 1 to %d", member, mostPerCall)
	}
	return nil
}

// UserPage asks for a page of what a person has.
type UserPage struct {
	UserRef
	Paging
}

// RolesOfUser lists the roles of a person by name: GET /api/v2/users/{id}/roles.
func (s *Server) RolesOfUser(ctx context.Context, _ Caller, q UserPage) (List[Role], error) {
	db := s.db.Read(ctx)
	if _, err := q.read(db); err != nil {
		return List[Role]{}, err
	}
	query := db.Model(&role{}).Where("id IN (?)", db.Model(&userRole{}).Select("role_id").Where("user_id = ?", q.ID)).Order("name")
	return pageOf(query, "roles", q.Paging, shownRole)
}

// UserRoles are roles to give to a person, or to take from them.
type UserRoles struct {
	UserRef
	Roles []string `json:"roles"` // ids
}

// Validate says what is wrong with it.
func (c UserRoles) Validate() error { return fewEnough("roles", len(c.Roles)) }

// GiveRoles gives roles to a person, from the very next call on: POST /api/v2/users/{id}/roles.
func (s *Server) GiveRoles(ctx context.Context, by Caller, c UserRoles) error {
	return s.administer(ctx, by, "Assign roles to a user", func(tx *gorm.DB, n *news) (act, error) {
		return c.change(tx, n, func(tx *gorm.DB, user, role string) error {
			if err := by.mayGiveRole(tx, role); err != nil {
				return err
			}
			return addRole(tx, user, role)
		})
	})
}

// TakeRoles takes roles from a person, from the very next call on: DELETE /api/v2/users/{id}/roles.
func (s *Server) TakeRoles(ctx context.Context, by Caller, c UserRoles) error {
	return s.administer(ctx, by, "Remove roles from a user", func(tx *gorm.DB, n *news) (act, error) {
		return c.change(tx, n, takeRole)
	})
}

func (c UserRoles) change(tx *gorm.DB, n *news, one func(tx *gorm.DB, user, role string) error) (act, error) {
	if _, err := c.read(tx); err != nil {
		return act{}, err
	}
	before, err := rolesOf(tx, c.ID)
	if err != nil {
		return act{}, err
	}
	for _, id := range c.Roles {
		if _, err := (RoleRef{id}).read(tx); err != nil {
			return act{}, err
		}
		if err := one(tx, c.ID, id); err != nil {
			return act{}, err
		}
	}
	after, err := rolesOf(tx, c.ID)
	if err != nil {
		return act{}, err
	}
	return act{of: c.ID, before: before, after: after}, n.tell("user", c.ID)
}

// memberRoles are the roles of a person, for the log.
type memberRoles struct {
	UserID string `json:"user_id"`
	Roles  []Role `json:"roles"`
}

func rolesOf(tx *gorm.DB, user string) (of memberRoles, err error) {
	of = memberRoles{UserID: user, Roles: []Role{}}
	query := tx.Model(&role{}).Where("id IN (?)", tx.Model(&userRole{}).Select("role_id").Where("user_id = ?", user))
	if err := query.Order("name").Find(&of.Roles).Error; err != nil {
		return of, fmt.Errorf("read roles of a person: %w", err)
	}
	return of, nil
}

// takeRole takes a role from a person, but not the administrator's from the last who has it.
func takeRole(tx *gorm.DB, user, id string) error {
	r, err := RoleRef{id}.read(tx)
	if err == nil && r.Name == "admin" {
		err = staysAdministered(tx, user)
	}
	if err != nil {
		return err
	}
	if err := tx.Delete(&userRole{UserID: user, RoleID: id}).Error; err != nil {
		return fmt.Errorf("take a role: %w", err)
	}
	return nil
}

// RoleMembersQuery asks for who has a role.
type RoleMembersQuery struct {
	RoleRef
	Checkpoint
}

// RoleMember is a person who has a role.
type RoleMember struct {
	ID    string `json:"user_id"`
	Email string `json:"email"`
	Name  string `json:"name"`
}

func (p Person) asMember() RoleMember { return RoleMember{p.ID, p.Email, p.Name} }

// RoleMembers lists who has a role: GET /api/v2/roles/{id}/users.
func (s *Server) RoleMembers(ctx context.Context, _ Caller, q RoleMembersQuery) (List[RoleMember], error) {
	db := s.db.Read(ctx)
	if _, err := q.read(db); err != nil {
		return List[RoleMember]{}, err
	}
	query := People(ctx, db).Where("id IN (?)", db.Model(&userRole{}).Select("user_id").Where("role_id = ?", q.ID)).Order("id")
	if q.Take != nil {
		return takeOf(query, "users", "id", Stretch{From: q.From, Take: q.Take}, Person.asMember, func(m RoleMember) string { return m.ID })
	}
	return pageOf(query, "users", q.Paging, Person.asMember)
}

// NewMembers are people to give a role to.
type NewMembers struct {
	RoleRef
	Users []string `json:"users"` // ids
}

// Validate says what is wrong with it.
func (c NewMembers) Validate() error { return fewEnough("users", len(c.Users)) }

// AddMembers gives a role to people, from the very next call on: POST /api/v2/roles/{id}/users.
func (s *Server) AddMembers(ctx context.Context, by Caller, c NewMembers) (struct{}, error) {
	return struct{}{}, s.administer(ctx, by, "Assign users to a role", func(tx *gorm.DB, n *news) (act, error) {
		r, err := c.read(tx)
		if err == nil {
			err = by.mayGiveRole(tx, r.ID)
		}
		if err != nil {
			return act{}, err
		}
		users := slices.Compact(slices.Sorted(slices.Values(c.Users)))
		for _, id := range users {
			if _, err := (UserRef{id}).read(tx); err != nil {
				return act{}, err
			}
			if err := addRole(tx, id, r.ID); err != nil {
				return act{}, err
			}
			if err := n.tell("user", id); err != nil {
				return act{}, err
			}
		}
		return act{of: r.ID, after: map[string]any{"role": shownRole(r), "users": users}}, nil
	})
}
