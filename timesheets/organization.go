package timesheets

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"punchcard/auth"
)

// Organization is what holds for everybody.
type Organization struct {
	ID             int    `json:"-"` // 1: there is one
	Name           string `json:"name"`
	WeekStarts     string `json:"week_starts"`      // monday, sunday or saturday
	Period         string `json:"period"`           // week or month: what is submitted together
	SubmitOnCreate bool   `json:"submit_on_create"` // new entries are submitted at once

	SubmissionDueDays int `json:"submission_due_days"` // after a period's last day; 0: nobody is reminded
	RemindEveryDays   int `json:"remind_every_days"`   // when it is overdue, three times; 0: no more
	EscalateAfterDays int `json:"escalate_after_days"` // without a decision; 0: never

	Revision int64 `json:"revision"` // one more with every change; 0: nobody said anything yet
}

// TableName has one row at most.
func (Organization) TableName() string { return "organization" }

// Key is what an entity tag is made of. There is one organization, so it has no id.
func (o Organization) Key() (id string, revision int64) { return "", o.Revision }

// OrganizationSettings is the organization, and from which day on days are grouped as it says. Until then, periods are as they
// were: a change never moves a day that has come out of its period.
type OrganizationSettings struct {
	Organization
	CalendarFrom   *string   `json:"calendar_from"`   // a day, which may be to come; nil: the beginning
	CalendarBefore *calendar `json:"calendar_before"` // how they were grouped before; nil: never otherwise
}

// Organization is the settings that hold for everybody.
func (s *Service) Organization(ctx context.Context, _ auth.Caller, _ struct{}) (OrganizationSettings, error) {
	return organizationSettings(s.db.Read(ctx))
}

func organizationSettings(tx *gorm.DB) (o OrganizationSettings, err error) {
	if o.Organization, err = organization(tx); err != nil {
		return o, err
	}
	calendars, err := calendarsOf(tx)
	if err == nil {
		o.CalendarFrom, o.CalendarBefore = lastRegrouping(calendars)
	}
	return o, err
}

// organization has its defaults until somebody said otherwise.
func organization(tx *gorm.DB) (Organization, error) {
	o := Organization{ID: 1, Name: "Punchcard", WeekStarts: "monday", Period: "week",
		SubmissionDueDays: 2, RemindEveryDays: 3, EscalateAfterDays: 5}
	if err := tx.Limit(1).Find(&o).Error; err != nil {
		return o, fmt.Errorf("read organization: %w", err)
	}
	return o, nil
}
