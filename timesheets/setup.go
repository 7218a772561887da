package timesheets

import (
	"cmp"
	"context"
	"fmt"

	"gorm.io/gorm"
)

// Setup is what a provisioning file says about the organization, its projects and when its people work. What it names is made
// or updated; what it doesn't name is left alone.
type Setup struct {
	Organization *NewOrganization // nil: as it is
	Projects     []NewProject
	People       []NewWorker // who are there already when it is applied
}

// NewOrganization is the organization's settings. An empty one stays as it is.
type NewOrganization struct {
	Name           string
	WeekStarts     string    // monday, sunday or saturday
	Period         string    // week or month
	SubmitOnCreate *bool     // nil: as it is
	ExpectedHours  *Schedule // of everybody who has none of their own; valid from the beginning unless it says otherwise
	Holidays       []NewHoliday
	Reminders      *NewReminders // nil: as they are
}

// NewReminders is when people are reminded, in days. What is nil stays as it is.
type NewReminders struct {
	SubmissionDueDays *int // after a period's last day it is due: reminders come the day before and on that day; 0: none do
	RemindEveryDays   *int // and then so often, three times; 0: no more
	EscalateAfterDays *int // a submission that nobody decided about for so long is told to the approver's manager; 0: it isn't
}

// Apply makes and updates what the setup names, within the caller's write. The setup has passed its Check.
func (s *Service) Apply(ctx context.Context, tx *gorm.DB, setup Setup) error {
	if setup.Organization != nil {
		if err := s.applyOrganization(tx, *setup.Organization); err != nil {
			return fmt.Errorf("set up the organization: %w", err)
		}
		if err := s.applyTime(tx, *setup.Organization); err != nil {
			return fmt.Errorf("set up expected hours: %w", err)
		}
	}
	if err := s.applyProjects(ctx, tx, setup.Projects); err != nil {
		return fmt.Errorf("set up projects: %w", err)
	}
	if err := s.applyPeople(ctx, tx, setup.People); err != nil {
		return fmt.Errorf("set up people: %w", err)
	}
	return nil
}

// applyOrganization writes only what isn't so already, as does applyProjects.
func (s *Service) applyOrganization(tx *gorm.DB, n NewOrganization) error {
	was, err := organizationSettings(tx)
	if err != nil {
		return err
	}
	o := was.Organization
	o.Name = cmp.Or(n.Name, o.Name)
	o.WeekStarts = cmp.Or(n.WeekStarts, o.WeekStarts)
	o.Period = cmp.Or(n.Period, o.Period)
	if n.SubmitOnCreate != nil {
		o.SubmitOnCreate = *n.SubmitOnCreate
	}
	if r := n.Reminders; r != nil {
		for days, said := range map[*int]*int{
			&o.SubmissionDueDays: r.SubmissionDueDays, &o.RemindEveryDays: r.RemindEveryDays, &o.EscalateAfterDays: r.EscalateAfterDays,
		} {
			if said != nil {
				*days = *said
			}
		}
	}
	_, err = s.setOrganization(tx, provisioner, was, o)
	return err
}
