package timesheets

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"punchcard/auth"
	"punchcard/auth/lang"
)

// OrganizationChange is a merge patch (RFC 7386) of the organization. None of its members can be removed.
type OrganizationChange struct {
	Revision          *int64        `match:"required" json:"-"` // the revision that the caller saw
	Name              Patch[string] `json:"name"`
	WeekStarts        Patch[string] `json:"week_starts"`
	Period            Patch[string] `json:"period"`
	SubmitOnCreate    Patch[bool]   `json:"submit_on_create"`
	SubmissionDueDays Patch[int]    `json:"submission_due_days"`
	RemindEveryDays   Patch[int]    `json:"remind_every_days"`
	EscalateAfterDays Patch[int]    `json:"escalate_after_days"`
}

var (
	weekStarts  = []string{"monday", "sunday", "saturday"}
	periodKinds = []string{"week", "month"}
)

// Validate says everything that is wrong with the change.
func (o OrganizationChange) Validate() error {
	var c check
	given(&c, o.Name, "/name", func(name, at string) {
		c.that(strings.TrimSpace(name) != "", at, "is needed")
		c.line(name, at, nameLimit)
	})
	given(&c, o.WeekStarts, "/week_starts", func(day, at string) {
		c.that(slices.Contains(weekStarts, day), at, "must be monday, sunday or saturday")
	})
	given(&c, o.Period, "/period", func(kind, at string) {
		c.that(slices.Contains(periodKinds, kind), at, "must be week or month")
	})
	given(&c, o.SubmitOnCreate, "/submit_on_create", func(bool, string) {})
	given(&c, o.SubmissionDueDays, "/submission_due_days", c.fewDays)
	given(&c, o.RemindEveryDays, "/remind_every_days", c.fewDays)
	given(&c, o.EscalateAfterDays, "/escalate_after_days", c.fewDays)
	return c.fault()
}

// given checks a member that is there, which must have a value.
func given[T any](c *check, p Patch[T], at string, rule func(value T, at string)) {
	c.that(!p.Set || p.Value != nil, at, "must not be null: there is always one; leave it out to keep it")
	if p.Value != nil {
		rule(*p.Value, at)
	}
}

// fewDays wants days of which there are a few.
func (c *check) fewDays(days int, at string) {
	c.that(0 <= days && days <= daysLimit, at, "must be between 0 and %d days", daysLimit)
}

const daysLimit = 28

// over is the organization with the change.
func (o OrganizationChange) over(was Organization) Organization {
	was.Name = strings.TrimSpace(o.Name.overValue(was.Name))
	was.WeekStarts = o.WeekStarts.overValue(was.WeekStarts)
	was.Period = o.Period.overValue(was.Period)
	was.SubmitOnCreate = o.SubmitOnCreate.overValue(was.SubmitOnCreate)
	was.SubmissionDueDays = o.SubmissionDueDays.overValue(was.SubmissionDueDays)
	was.RemindEveryDays = o.RemindEveryDays.overValue(was.RemindEveryDays)
	was.EscalateAfterDays = o.EscalateAfterDays.overValue(was.EscalateAfterDays)
	return was
}

// ChangeOrganization changes the settings, which is for administrators alone. Another first day of the week, or another kind
// of period, holds after the period of today, as CalendarFrom tells: what is filed, submitted and approved stays in the period
// that it is in, and so do periods to come that have time already. Where a new one meets an old one, it is cut short.
func (s *Service) ChangeOrganization(ctx context.Context, by auth.Caller, c OrganizationChange) (OrganizationSettings, error) {
	var changed OrganizationSettings
	if err := onlyAdministrators(by, "only an administrator can change the organization"); err != nil {
		return changed, err
	}
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		before, err := organizationSettings(tx)
		if err != nil {
			return err
		}
		if err := isAt(lang.Say("the organization"), before.Revision, c.Revision, Update); err != nil {
			return err
		}
		changed, err = s.setOrganization(tx, by, before, c.over(before.Organization))
		return err
	})
	return changed, err
}

// setOrganization writes only what isn't so already.
func (s *Service) setOrganization(tx *gorm.DB, by auth.Caller, before OrganizationSettings, o Organization) (OrganizationSettings, error) {
	if o == before.Organization {
		return before, nil
	}
	if o.WeekStarts != before.WeekStarts || o.Period != before.Period {
		if err := regroup(tx, s.latestDay(), o.WeekStarts, o.Period); err != nil {
			return before, err
		}
	}
	o.Revision++
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&o).Error; err != nil {
		return before, fmt.Errorf("write organization: %w", err)
	}
	after, err := organizationSettings(tx)
	if err != nil {
		return before, err
	}
	return after, s.note(tx, by, deed{Action: "organization.updated", Object: organizationChain, Before: before, After: after})
}
