package timesheets

import (
	"context"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
)

// Member is somebody who can have time on a project that is for its members.
type Member struct {
	UserID  string    `json:"user_id"`
	Name    string    `json:"name"`
	AddedAt time.Time `json:"added_at"`
}

// MemberQuery asks for those members of a project whom the caller may see, by name.
type MemberQuery struct {
	ID string `path:"id" json:"-"`
	Paging
}

// Validate says everything that is wrong with the query.
func (q MemberQuery) Validate() error {
	var c check
	c.paging(q.Paging)
	return c.fault()
}

// membersOf is what a cursor of the list of one project's members is bound to.
type membersOf string

// Members lists a page of a project's members, of whom everyone sees those whom they see among people.
func (s *Service) Members(ctx context.Context, by auth.Caller, q MemberQuery) (Page[Member], error) {
	tx := s.db.Read(ctx)
	if _, err := projectOf(tx, by, q.ID); err != nil {
		return Page[Member]{}, err
	}
	members := tx.Table("project_members AS member").Where("member.project_id = ? AND member.active", q.ID).
		Joins("JOIN (?) AS person ON person.id = member.user_id", visiblePeople(ctx, tx, by)).
		Select("member.user_id, person.name, member.added_at")
	return turn(s, by, membersOf(q.ID), q.Paging, list[Member]{
		all:   members.Session(&gorm.Session{}),
		order: "person.name, member.user_id",
		after: "(person.name, member.user_id) > (?, ?)",
		keys:  func(m Member) []string { return []string{m.Name, m.UserID} },
		read: func(rows *gorm.DB) ([]Member, error) {
			found := []Member{}
			err := rows.Scan(&found).Error
			for i := range found {
				found[i].AddedAt = found[i].AddedAt.UTC()
			}
			return found, err
		},
	})
}
