package timesheets

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
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
}

// Apply makes and updates what the setup names, within the caller's write. The setup has passed its Check.
func (s *Service) Apply(_ context.Context, tx *gorm.DB, setup Setup) error {
	if setup.Organization != nil {
		if err := s.applyOrganization(tx, *setup.Organization); err != nil {
			return fmt.Errorf("set up the organization: %w", err)
		}
	}
	if err := s.applyProjects(tx, setup.Projects); err != nil {
		return fmt.Errorf("set up projects: %w", err)
	}
	return nil
}

// applyOrganization writes only what isn't so already, as does applyProjects.
func (s *Service) applyOrganization(tx *gorm.DB, n NewOrganization) error {
	was, err := organization(tx)
	if err != nil {
		return err
	}
	o := was
	o.Name = cmp.Or(n.Name, o.Name)
	o.WeekStarts = cmp.Or(n.WeekStarts, o.WeekStarts)
	o.Period = cmp.Or(n.Period, o.Period)
	o.SubmitOnCreate = n.SubmitOnCreate
	if o == was {
		return nil
	}
	if err := regroup(tx, s.latestDay(), o.WeekStarts, o.Period); err != nil {
		return err
	}
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&o).Error; err != nil {
		return err
	}
	return s.note(tx, provisioner, deed{Action: "organization.updated", Object: organizationChain, Before: was, After: o})
}

func (s *Service) applyProjects(tx *gorm.DB, named []NewProject) error {
	again := clause.OnConflict{
		Columns:   []clause.Column{{Name: "name"}},
		DoUpdates: clause.AssignmentColumns([]string{"customer", "billable", "tasks", "closed", "updated_at"}),
	}
	for _, n := range named {
		var had []Project
		if err := tx.Where("name = ?", n.Name).Limit(1).Find(&had).Error; err != nil {
			return err
		}
		p := Project{ID: "prj_" + uuid.Must(uuid.NewV7()).String(), Name: n.Name, CreatedAt: s.instant()}
		d := deed{Action: "project.created"}
		if len(had) > 0 {
			p, d = had[0], deed{Action: "project.updated", Before: had[0]}
		}
		p.Customer, p.Billable, p.Tasks, p.Closed = strings.TrimSpace(n.Customer), n.Billable, distinct(n.Tasks), n.Closed
		if len(had) > 0 && reflect.DeepEqual(p, had[0]) {
			continue
		}
		p.UpdatedAt = s.instant()
		if err := tx.Clauses(again).Create(&p).Error; err != nil {
			return fmt.Errorf("write project %s: %w", n.Name, err)
		}
		d.Object, d.After = p.ID, p
		if err := s.note(tx, provisioner, d); err != nil {
			return err
		}
	}
	return nil
}
