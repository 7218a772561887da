package timesheets

import (
	"context"
	"fmt"

	"gorm.io/gorm"
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
}

// TableName has one row at most.
func (Organization) TableName() string { return "organization" }

// Organization is the settings that hold for everybody.
func (s *Service) Organization(ctx context.Context) (Organization, error) {
	return organization(s.db.Read(ctx))
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
