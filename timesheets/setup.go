package timesheets

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"punchcard/auth"
)

// Setup is what a provisioning file says about the organization and its projects. What it names is made or updated; what
// it doesn't name is left alone.
type Setup struct {
	Organization *NewOrganization // nil: as it is
	Projects     []NewProject
}

// NewOrganization is the organization's settings. An empty one stays as it is.
type NewOrganization struct {
	Name           string
	WeekStarts     string // monday, sunday or saturday
	Period         string // week or month
	SubmitOnCreate bool
}

// NewProject is one project. Its name is its identity.
type NewProject struct {
	Name     string
	Customer string
	Billable bool
	Tasks    []string
	Closed   bool
	Approver string // the e-mail address of who decides about time on it; empty: it stays as it is, at first the owner's manager
}

// Apply makes and updates what the setup names, within the caller's write. The setup has passed its Check.
func (s *Service) Apply(_ context.Context, tx *gorm.DB, setup Setup) error {
	if setup.Organization != nil {
		if err := setup.Organization.apply(tx, s.latestDay()); err != nil {
			return fmt.Errorf("set up the organization: %w", err)
		}
	}
	if err := s.applyProjects(tx, setup.Projects); err != nil {
		return fmt.Errorf("set up projects: %w", err)
	}
	return nil
}

func (n NewOrganization) apply(tx *gorm.DB, today string) error {
	o, err := organization(tx)
	if err != nil {
		return err
	}
	o.Name = cmp.Or(n.Name, o.Name)
	o.WeekStarts = cmp.Or(n.WeekStarts, o.WeekStarts)
	o.Period = cmp.Or(n.Period, o.Period)
	o.SubmitOnCreate = n.SubmitOnCreate
	if err := regroup(tx, today, o.WeekStarts, o.Period); err != nil {
		return err
	}
	return tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&o).Error
}

func (s *Service) applyProjects(tx *gorm.DB, named []NewProject) error {
	var projects []Project
	for _, n := range named {
		projects = append(projects, Project{
			ID: "prj_" + uuid.Must(uuid.NewV7()).String(), Name: n.Name, Customer: strings.TrimSpace(n.Customer),
			Billable: n.Billable, Tasks: distinct(n.Tasks), Closed: n.Closed, CreatedAt: s.instant(), UpdatedAt: s.instant(),
		})
	}
	err := tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "name"}},
		DoUpdates: clause.AssignmentColumns([]string{"customer", "billable", "tasks", "closed", "updated_at"}),
	}).CreateInBatches(&projects, 500).Error
	if err != nil {
		return err
	}
	return applyApprovers(tx, named)
}

// applyApprovers comes after everybody is there.
func applyApprovers(tx *gorm.DB, named []NewProject) error {
	for i, n := range named {
		if n.Approver == "" {
			continue
		}
		id, err := auth.PersonWith(tx, n.Approver)
		if err != nil {
			return err
		}
		if id == "" {
			return &auth.Mistake{Pointer: fmt.Sprintf("/projects/%d/approver", i), Detail: "is nobody's e-mail here: name them under users too"}
		}
		if err := tx.Table("projects").Where("name = ?", n.Name).Update("approver_id", id).Error; err != nil {
			return err
		}
	}
	return nil
}
