package timesheets

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/timesheets/export"
)

// names are what the ids of entries stand for, as far as they were met.
type names struct {
	people   map[string]Person
	projects map[string]Project
}

// learn looks up what is new in the entries.
func (n names) learn(tx *gorm.DB, entries []Entry) error {
	var people, projects []string
	for _, e := range entries {
		if _, known := n.people[e.UserID]; !known && !slices.Contains(people, e.UserID) {
			people = append(people, e.UserID)
		}
		if _, known := n.projects[e.ProjectID]; !known && !slices.Contains(projects, e.ProjectID) {
			projects = append(projects, e.ProjectID)
		}
	}
	if err := n.learnPeople(tx, people); err != nil || len(projects) == 0 {
		return err
	}
	var found []Project
	if err := tx.Where("id IN ?", projects).Find(&found).Error; err != nil {
		return fmt.Errorf("read projects: %w", err)
	}
	for _, p := range found {
		n.projects[p.ID] = p
	}
	return nil
}

func (n names) learnPeople(tx *gorm.DB, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	var found []Person
	err := auth.People(tx.Statement.Context, tx).Select("id, name, email").Where("id IN ?", ids).Find(&found).Error
	if err != nil {
		return fmt.Errorf("read people: %w", err)
	}
	for _, p := range found {
		n.people[p.ID] = p
	}
	return nil
}

// row is the entry with its names.
func (n names) row(e Entry) export.Row {
	person, project := n.people[e.UserID], n.projects[e.ProjectID]
	r := export.Row{
		ID: e.ID, UserID: e.UserID, Person: person.Name, Email: person.Email, Date: e.Date, Start: e.Start, End: e.End,
		BreakMinutes: e.BreakMinutes, Minutes: e.Minutes, ProjectID: e.ProjectID, Project: project.Name, Customer: project.Customer,
		Task: e.Task, Tags: e.Tags, Note: e.Note, Billable: e.Billable, State: string(e.State), ApprovedBy: e.ApprovedBy,
		ApprovedAt: utc(e.ApprovedAt), Comment: e.Comment, PeriodID: e.PeriodID, Revision: e.Revision,
		CreatedAt: e.CreatedAt, UpdatedAt: e.UpdatedAt, Shown: e,
	}
	if e.Approved && e.people.decider != nil {
		r.Approver = *e.people.decider
	}
	return r
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	return new(t.UTC())
}
