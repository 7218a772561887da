package timesheets

import (
	"cmp"
	"context"
	"fmt"

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

// Apply makes and updates what the setup names, within the caller's write. The setup has passed its Check.
func (s *Service) Apply(ctx context.Context, tx *gorm.DB, setup Setup) error {
	if setup.Organization != nil {
		if err := setup.Organization.apply(tx, s.latestDay()); err != nil {
			return fmt.Errorf("set up the organization: %w", err)
		}
	}
	if err := s.applyProjects(ctx, tx, setup.Projects); err != nil {
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
