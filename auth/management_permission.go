package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Permission is a scope of an API that a role or a person has.
type Permission struct {
	Name          string   `json:"permission_name"`
	Description   string   `json:"description"`
	API           string   `json:"resource_server_name"`
	APIIdentifier string   `json:"resource_server_identifier"` // the audience
	Sources       []Source `json:"sources,omitempty"`          // of a person's: where they have it from
}

// Source is where a person has a permission from.
type Source struct {
	ID   string `json:"source_id"` // of the role; empty: an administrator gave it directly
	Name string `json:"source_name"`
	Type string `json:"source_type"` // ROLE or DIRECT
}

// PermissionRef names a permission.
type PermissionRef struct {
	API  string `json:"resource_server_identifier"`
	Name string `json:"permission_name"`
}

// shownPermissions are those of all APIs' scopes that something holds, in the order of APIs and their catalogues.
func (p *policy) shownPermissions(holds func(api, scope string) (bool, []Source)) []Permission {
	all := []Permission{}
	for _, audience := range sortedNames(p.audiences) {
		a := p.audiences[audience]
		for _, sc := range a.scopes {
			if held, sources := holds(a.ID, sc.Name); held {
				all = append(all, Permission{sc.Name, sc.Title, a.Name, audience, sources})
			}
		}
	}
	return all
}

func pageOfPermissions(all []Permission, p Paging) (List[Permission], error) {
	return listOf(all, "permissions", Checkpoint{Paging: p}, func(p Permission) string { return p.APIIdentifier + " " + p.Name })
}

// PermissionsOfUser lists what a person's roles permit and what they were given directly: GET /api/v2/users/{id}/permissions.
func (s *Server) PermissionsOfUser(ctx context.Context, _ Caller, q UserPage) (List[Permission], error) {
	st, err := s.readStanding(s.db.Read(ctx), s.policy.Load(), q.ID)
	if err != nil {
		return List[Permission]{}, err
	}
	if st == nil {
		return List[Permission]{}, noSuchUser
	}
	return pageOfPermissions(st.policy.shownPermissions(st.sources), q.Paging)
}

// sources are where a person has a permission from.
func (st *standing) sources(api, scope string) (held bool, sources []Source) {
	for _, id := range slices.Sorted(slices.Values(st.roles)) {
		if st.policy.permissions[id][api].has(scope) {
			sources = append(sources, Source{ID: id, Name: st.policy.roles[id].Name, Type: "ROLE"})
		}
	}
	if st.direct[api].has(scope) {
		sources = append(sources, Source{Type: "DIRECT"})
	}
	return len(sources) > 0, sources
}

// RolePage asks for a page of what a role has.
type RolePage struct {
	RoleRef
	Paging
}

// PermissionsOfRole lists what a role permits: GET /api/v2/roles/{id}/permissions.
func (s *Server) PermissionsOfRole(_ context.Context, _ Caller, q RolePage) (List[Permission], error) {
	p := s.policy.Load()
	held, known := p.permissions[q.ID]
	if !known {
		return List[Permission]{}, noSuchRole
	}
	all := p.shownPermissions(func(api, scope string) (bool, []Source) { return held[api].has(scope), nil })
	return pageOfPermissions(all, q.Paging)
}

// permissionList are permissions to give or to take.
type permissionList []PermissionRef

// each calls for each permission, with the id of its API. If they must be known, one that no API has is refused; those that
// are to be taken may be of a scope that is gone.
func (l permissionList) each(s *Server, tx *gorm.DB, known bool, do func(api, scope string) error) error {
	for i, p := range l {
		a := &api{}
		err := tx.Where("audience = ?", p.API).Take(a).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return noSuchAPI
		}
		if err == nil {
			a, err = s.readAPI(tx, a.ID)
		}
		if err != nil {
			return cmp.Or(err, error(noSuchAPI))
		}
		if known && !inCatalogue(a.scopes, p.Name) {
			return denied(http.StatusNotFound, "inexistent_permission",
				"The permission of permissions/%d does not exist: that resource server has no such scope.", i)
		}
		if err := do(a.ID, p.Name); err != nil {
			return err
		}
	}
	return nil
}

// UserPermissions are permissions to give to a person directly, or to take from them.
type UserPermissions struct {
	UserRef
	Permissions []PermissionRef `json:"permissions"`
}

// Validate says what is wrong with it.
func (c UserPermissions) Validate() error { return fewEnough("permissions", len(c.Permissions)) }

// GivePermissions gives permissions to a person, from the very next call on: POST /api/v2/users/{id}/permissions.
func (s *Server) GivePermissions(ctx context.Context, by Caller, c UserPermissions) (struct{}, error) {
	return struct{}{}, s.administer(ctx, by, "Assign permissions to a user", func(tx *gorm.DB, n *news) (act, error) {
		return s.changeDirect(tx, n, c, true, func(api, scope string) error {
			if err := by.mayGive(api, scopes{scope}); err != nil {
				return err
			}
			return tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&userPermission{c.ID, api, scope}).Error
		})
	})
}

// TakePermissions takes what a person was given directly; what their roles permit stays: DELETE /api/v2/users/{id}/permissions.
func (s *Server) TakePermissions(ctx context.Context, by Caller, c UserPermissions) error {
	return s.administer(ctx, by, "Remove permissions from a user", func(tx *gorm.DB, n *news) (act, error) {
		return s.changeDirect(tx, n, c, false, func(api, scope string) error {
			return tx.Delete(&userPermission{c.ID, api, scope}).Error
		})
	})
}

func (s *Server) changeDirect(
	tx *gorm.DB, n *news, c UserPermissions, known bool, do func(api, scope string) error,
) (act, error) {
	if _, err := c.read(tx); err != nil {
		return act{}, err
	}
	direct := func() (held []Permission, err error) {
		st, err := s.readStanding(tx, s.policy.Load(), c.ID)
		if err != nil {
			return nil, err
		}
		return st.policy.shownPermissions(func(api, scope string) (bool, []Source) { return st.direct[api].has(scope), nil }), nil
	}
	before, err := direct()
	if err != nil {
		return act{}, err
	}
	if err := permissionList(c.Permissions).each(s, tx, known, do); err != nil {
		return act{}, fmt.Errorf("change permissions of a person: %w", err)
	}
	after, err := direct()
	return act{of: c.ID, before: before, after: after}, errors.Join(err, n.tell("user", c.ID))
}

// RolePermissions are permissions to give to a role, or to take from it.
type RolePermissions struct {
	RoleRef
	Permissions []PermissionRef `json:"permissions"`
}

// Validate says what is wrong with it.
func (c RolePermissions) Validate() error { return fewEnough("permissions", len(c.Permissions)) }

// AddPermissions lets all who have a role do more, from the very next call on: POST /api/v2/roles/{id}/permissions.
func (s *Server) AddPermissions(ctx context.Context, by Caller, c RolePermissions) (struct{}, error) {
	return struct{}{}, s.administer(ctx, by, "Associate permissions with a role", func(tx *gorm.DB, n *news) (act, error) {
		return s.changeRole(tx, n, c, true, func(r role, api, scope string) error {
			if err := by.mayGive(api, scopes{scope}); err != nil {
				return err
			}
			return tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&rolePermission{r.ID, api, scope}).Error
		})
	})
}

// RemovePermissions lets all who have a role do less, from the very next call on: DELETE /api/v2/roles/{id}/permissions.
func (s *Server) RemovePermissions(ctx context.Context, by Caller, c RolePermissions) error {
	return s.administer(ctx, by, "Remove permissions from a role", func(tx *gorm.DB, n *news) (act, error) {
		return s.changeRole(tx, n, c, false, func(r role, api, scope string) error {
			if r.Name == "admin" && api == Management {
				return taken("The role admin keeps what it takes to administer.")
			}
			return tx.Delete(&rolePermission{r.ID, api, scope}).Error
		})
	})
}

func (s *Server) changeRole(
	tx *gorm.DB, n *news, c RolePermissions, known bool, do func(r role, api, scope string) error,
) (act, error) {
	r, err := c.read(tx)
	if err != nil {
		return act{}, err
	}
	held := func() (list []Permission, err error) {
		var rows []rolePermission
		if err := tx.Where("role_id = ?", r.ID).Find(&rows).Error; err != nil {
			return nil, fmt.Errorf("read permissions of a role: %w", err)
		}
		return s.policy.Load().shownPermissions(func(api, scope string) (bool, []Source) {
			return slices.Contains(rows, rolePermission{r.ID, api, scope}), nil
		}), nil
	}
	before, err := held()
	if err != nil {
		return act{}, err
	}
	err = permissionList(c.Permissions).each(s, tx, known, func(api, scope string) error { return do(r, api, scope) })
	if err != nil {
		return act{}, fmt.Errorf("change permissions of a role: %w", err)
	}
	after, err := held()
	return act{of: r.ID, before: before, after: after}, errors.Join(err, n.tell("policy", ""))
}
