package timesheets

import (
	"context"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
)

// Project is what time is spent on. Everybody sees all of them.
type Project struct {
	ID         string    `json:"id"` // prj_…
	Name       string    `json:"name"`
	Customer   string    `json:"customer"`
	Billable   bool      `json:"billable"`    // what a new entry is, unless it says otherwise
	Tasks      Words     `json:"tasks"`       // suggestions for an entry's task
	Closed     bool      `json:"closed"`      // takes no more time
	ApproverID *string   `json:"approver_id"` // who decides about time on it; nil: the owner's manager
	CreatedAt  time.Time `json:"-"`
	UpdatedAt  time.Time `json:"-"`
}

// ProjectQuery asks for projects, by name.
type ProjectQuery struct {
	Paging
	Closed *bool `query:"closed"` // nil: open and closed ones
}

// Validate says everything that is wrong with the query.
func (q ProjectQuery) Validate() error {
	var c check
	c.paging(q.Paging)
	return c.fault()
}

// Projects lists a page of projects.
func (s *Service) Projects(ctx context.Context, by auth.Caller, q ProjectQuery) (Page[Project], error) {
	projects := s.db.Read(ctx).Model(&Project{})
	if q.Closed != nil {
		projects = projects.Where("closed = ?", *q.Closed)
	}
	p := q.Paging
	q.Paging = Paging{}
	return turn(s, by, q, p, list[Project]{
		all:   projects.Session(&gorm.Session{}),
		order: "name, id",
		after: "(name, id) > (?, ?)",
		keys:  func(p Project) []string { return []string{p.Name, p.ID} },
		read: func(rows *gorm.DB) ([]Project, error) {
			projects := []Project{}
			return projects, rows.Find(&projects).Error
		},
	})
}
