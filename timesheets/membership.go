package timesheets

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"punchcard/auth"
)

// MemberRef names one person and one project.
type MemberRef struct {
	ID     string `path:"id" json:"-"`
	UserID string `path:"user_id" json:"-"`
}

// projectMember is a row of somebody who is a member, or was and has time on the project, and so still sees it.
type projectMember struct {
	UserID    string `gorm:"primaryKey"`
	ProjectID string `gorm:"primaryKey"`
	Active    bool
	AddedAt   time.Time
}

// AddMember makes somebody a member, if they aren't one; which is for administrators alone. It matters once the project is
// for its members.
func (s *Service) AddMember(ctx context.Context, by auth.Caller, ref MemberRef) (Member, error) {
	if err := onlyAdministrators(by, "only an administrator can say who is a member of a project"); err != nil {
		return Member{}, err
	}
	var member Member
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		if _, err := projectOf(tx, by, ref.ID); err != nil {
			return err
		}
		var err error
		member, err = s.addMember(ctx, tx, by, ref)
		return err
	})
	return member, err
}

func (s *Service) addMember(ctx context.Context, tx *gorm.DB, by auth.Caller, ref MemberRef) (Member, error) {
	var person auth.Person
	if err := auth.People(ctx, tx).Where("id = ?", ref.UserID).Limit(1).Find(&person).Error; err != nil {
		return Member{}, fmt.Errorf("look for %s: %w", ref.UserID, err)
	}
	if person.ID == "" {
		return Member{}, fault(NotFound, "there is nobody with the id %s", ref.UserID)
	}
	was, err := memberOf(tx, ref)
	if err != nil || was.Active {
		return Member{person.ID, person.Name, was.AddedAt}, err
	}
	row := projectMember{person.ID, ref.ID, true, s.instant()}
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
		return Member{}, fmt.Errorf("write member: %w", err)
	}
	member := Member{person.ID, person.Name, row.AddedAt}
	return member, s.note(tx, by, deed{Action: "project.member_added", Object: ref.ID, After: member})
}

func memberOf(tx *gorm.DB, ref MemberRef) (projectMember, error) {
	var m projectMember
	err := tx.Where("user_id = ? AND project_id = ?", ref.UserID, ref.ID).Limit(1).Find(&m).Error
	if err != nil {
		return m, fmt.Errorf("read member: %w", err)
	}
	m.AddedAt = m.AddedAt.UTC()
	return m, nil
}

// RemoveMember ends a membership, which is for administrators alone. Time that the person has on the project stays, and
// with it they go on seeing the project.
func (s *Service) RemoveMember(ctx context.Context, by auth.Caller, ref MemberRef) error {
	if err := onlyAdministrators(by, "only an administrator can say who is a member of a project"); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		if _, err := projectOf(tx, by, ref.ID); err != nil {
			return err
		}
		return s.removeMember(ctx, tx, by, ref)
	})
}

func (s *Service) removeMember(ctx context.Context, tx *gorm.DB, by auth.Caller, ref MemberRef) error {
	was, err := memberOf(tx, ref)
	if err != nil {
		return err
	}
	if !was.Active {
		return fault(NotFound, "%s is no member of this project", ref.UserID)
	}
	var names []string
	if err := auth.People(ctx, tx).Where("id = ?", ref.UserID).Pluck("name", &names).Error; err != nil {
		return fmt.Errorf("look for %s: %w", ref.UserID, err)
	}
	if err := tx.Delete(&was).Error; err != nil {
		return fmt.Errorf("delete member: %w", err)
	}
	if err := keepSeeing(tx, ref.ID, ref.UserID); err != nil {
		return err
	}
	removed := Member{ref.UserID, names[0], was.AddedAt}
	return s.note(tx, by, deed{Action: "project.member_removed", Object: ref.ID, Before: removed})
}

// keepSeeing lets those go on seeing a project who have time on it, even deleted, which can come back, and are no members:
// all of them, or only the person.
func keepSeeing(tx *gorm.DB, project, person string) error {
	theirs := tx.Session(&gorm.Session{NewDB: true}).Table("entries").
		Select("user_id, project_id, FALSE, MIN(created_at)").
		Where("project_id = ?", project).Group("user_id, project_id")
	if person != "" {
		theirs = theirs.Where("user_id = ?", person)
	}
	err := tx.Exec("INSERT INTO project_members (user_id, project_id, active, added_at) ? ON CONFLICT DO NOTHING", theirs).Error
	if err != nil {
		return fmt.Errorf("keep who has time on %s: %w", project, err)
	}
	return nil
}
