package timesheets

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"punchcard/auth"
)

// NewWorker is what a provisioning file says about the work of one of its people. What is empty stays as it is.
type NewWorker struct {
	Number        int // the person's place among the users of the file, from 0
	Email         string
	Region        string
	ExpectedHours *Schedule // valid from the beginning unless it says otherwise
}

const theBeginning = "1970-01-01"

func (s Setup) checkPeople(c *check) {
	if o := s.Organization; o != nil {
		checkHours(c, o.ExpectedHours, "/organization/expected_hours")
		for i, h := range o.Holidays {
			h.check(c, fmt.Sprintf("/organization/holidays/%d", i))
		}
	}
	for _, p := range s.People {
		at := fmt.Sprintf("/users/%d", p.Number)
		c.line(p.Region, at+"/region", regionLimit)
		checkHours(c, p.ExpectedHours, at+"/expected_hours")
	}
}

func checkHours(c *check, hours *Schedule, at string) {
	if hours == nil {
		return
	}
	if hours.ValidFrom != "" {
		c.day(hours.ValidFrom, at+"/valid_from")
	}
	hours.Minutes.check(c, at)
}

// applyTime makes the expected hours and the holidays of everybody.
func (s *Service) applyTime(tx *gorm.DB, o NewOrganization) error {
	if o.ExpectedHours != nil {
		if err := s.putSchedule(tx, nil, *o.ExpectedHours); err != nil {
			return err
		}
	}
	var named []filed[NewHoliday]
	for i, h := range o.Holidays {
		named = append(named, filed[NewHoliday]{i, h})
	}
	outcomes, err := s.putHolidays(tx, named)
	if err != nil {
		return err
	}
	done := Imported{Lines: []ImportedLine{}}
	for i, h := range o.Holidays {
		done.tell(i+1, outcomes[i], h.Date+" "+h.Name)
	}
	if done.Added+done.Updated == 0 {
		return nil
	}
	return s.note(tx, provisioner, deed{Action: "holiday.imported", After: done})
}

// applyPeople makes what the setup says about people, all of whom are there.
func (s *Service) applyPeople(ctx context.Context, tx *gorm.DB, workers []NewWorker) error {
	var emails []string
	for _, w := range workers {
		emails = append(emails, strings.ToLower(w.Email))
	}
	var found []struct{ ID, Email, Region string }
	err := auth.People(ctx, tx).Where("email IN ?", emails).Joins("LEFT JOIN workplaces ON workplaces.user_id = users.id").
		Select("users.id, users.email, COALESCE(workplaces.region, '') AS region").Scan(&found).Error
	if err != nil {
		return fmt.Errorf("read people: %w", err)
	}
	for _, w := range workers {
		i := slices.IndexFunc(found, func(p struct{ ID, Email, Region string }) bool { return p.Email == strings.ToLower(w.Email) })
		if i < 0 {
			continue
		}
		if region := strings.TrimSpace(w.Region); region != "" && region != found[i].Region {
			if err := s.provisionRegion(tx, found[i].ID, found[i].Region, region); err != nil {
				return err
			}
		}
		if w.ExpectedHours != nil {
			if err := s.putSchedule(tx, &found[i].ID, *w.ExpectedHours); err != nil {
				return err
			}
		}
	}
	return nil
}

// putSchedule makes one schedule hold, and leaves those from other days alone.
func (s *Service) putSchedule(tx *gorm.DB, user *string, one Schedule) error {
	one.ValidFrom = cmp.Or(one.ValidFrom, theBeginning)
	before, err := schedulesOf(tx, user)
	if err != nil || slices.Contains(before, one) {
		return err
	}
	after := slices.DeleteFunc(slices.Clone(before), func(old Schedule) bool { return old.ValidFrom == one.ValidFrom })
	if err := putSchedules(tx, user, append(after, one)); err != nil {
		return err
	}
	if err := s.expectAnew(tx, user, one.ValidFrom, lastDay); err != nil {
		return err
	}
	now, err := schedulesOf(tx, user)
	if err != nil {
		return err
	}
	d := deed{Action: "expected_hours.updated", Before: ExpectedHours{user, before}, After: ExpectedHours{user, now}}
	if user != nil {
		d.Owner, d.Object = *user, *user
	}
	return s.note(tx, provisioner, d)
}

// provisionRegion moves somebody to a region.
func (s *Service) provisionRegion(tx *gorm.DB, user, before, after string) error {
	if err := s.putRegion(tx, user, after); err != nil {
		return err
	}
	type place struct {
		UserID string `json:"user_id"`
		Region string `json:"region"`
	}
	return s.note(tx, provisioner, deed{
		Action: "person.updated", Owner: user, Object: user, Before: place{user, before}, After: place{user, after},
	})
}
