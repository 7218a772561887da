package timesheets

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
)

// Project is what time is spent on, as one caller sees it.
type Project struct {
	ID            string  `json:"id"` // prj_…
	Name          string  `json:"name"`
	Customer      string  `json:"customer"`
	Billable      bool    `json:"billable"`       // what a new entry is, unless it says otherwise
	Tasks         Words   `json:"tasks"`          // suggestions for an entry's task
	TasksOnly     bool    `json:"tasks_only"`     // an entry's task must be one of them, or none
	MembersOnly   bool    `json:"members_only"`   // takes time of its members alone
	Closed        bool    `json:"closed"`         // takes no more time
	BudgetMinutes *int    `json:"budget_minutes"` // nil: there is none, or the caller doesn't see budgets
	BudgetPeriod  *string `json:"budget_period"`  // total or month
	Budget        *Budget `json:"budget" gorm:"-"`
	Revision      int64   `json:"revision"` // 1, and one more with every write

	CreatedAt time.Time `json:"-"`
	UpdatedAt time.Time `json:"-" gorm:"autoUpdateTime:false"`
}

// Key is what an entity tag is made of.
func (p Project) Key() (id string, revision int64) { return p.ID, p.Revision }

// Uncounted is what the project shows besides, that changes without a revision more.
func (p Project) Uncounted() string {
	if p.Budget == nil {
		return ""
	}
	return p.Budget.tag()
}

// ProjectRef names one project.
type ProjectRef struct {
	ID       string `path:"id" json:"-"`
	Revision *int64 `match:"optional" json:"-"` // the revision that the caller saw; nil: whichever it is now
}

// Project is one project that the caller may see.
func (s *Service) Project(ctx context.Context, by auth.Caller, ref ProjectRef) (Project, error) {
	tx := s.db.Read(ctx)
	project, err := projectOf(tx, by, ref.ID)
	if err != nil {
		return Project{}, err
	}
	return s.shown(tx, by, project)
}

// visibleProjects is every project that the caller may see: those that are open to everybody; those for members that they
// or the people they manage are on, or were while they had time there; and all for an administrator or an application that
// an administrator let in.
func visibleProjects(tx *gorm.DB, by auth.Caller) *gorm.DB {
	projects := tx.Model(&Project{})
	if seesAll(by) {
		return projects
	}
	theirs := tx.Session(&gorm.Session{NewDB: true}).Table("project_members").Select("project_id").
		Where("user_id IN (?)", auth.ManagedBy(tx, by.User).Or("id = ?", by.User))
	return projects.Where("(NOT projects.members_only OR projects.id IN (?))", theirs)
}

// projectOf is one project that the caller may see.
func projectOf(tx *gorm.DB, by auth.Caller, id string) (Project, error) {
	var p Project
	if err := visibleProjects(tx, by).Where("projects.id = ?", id).Limit(1).Find(&p).Error; err != nil {
		return p, fmt.Errorf("read project: %w", err)
	}
	if p.ID == "" {
		return p, fault(NotFound, "there is no such project, or it isn't yours to see")
	}
	return p, nil
}
