package timesheets

import (
	"context"

	"gorm.io/gorm"

	"punchcard/auth"
)

// ProjectQuery asks for the projects that the caller may see, by name. What is left empty filters nothing.
type ProjectQuery struct {
	Paging
	Closed   *bool  `query:"closed"`   // nil: open and closed ones
	Customer string `query:"customer"` // as it is written
	Q        string `query:"q"`        // part of the name or the customer, in upper or lower case
	Budget   bool   `query:"budget"`   // tell what is used of budgets, which costs what time there is on the projects
}

// Validate says everything that is wrong with the query.
func (q ProjectQuery) Validate() error {
	var c check
	c.line(q.Customer, "customer", nameLimit)
	c.line(q.Q, "q", searchLimit)
	c.paging(q.Paging)
	return c.fault()
}

// Projects lists a page of projects.
func (s *Service) Projects(ctx context.Context, by auth.Caller, q ProjectQuery) (Page[Project], error) {
	tx, p := s.db.Read(ctx), q.Paging
	q.Paging = Paging{}
	return turn(s, by, q, p, s.projectList(tx, by, q))
}

func (s *Service) projectList(tx *gorm.DB, by auth.Caller, q ProjectQuery) list[Project] {
	projects := visibleProjects(tx, by)
	if q.Closed != nil {
		projects = projects.Where("projects.closed = ?", *q.Closed)
	}
	if q.Customer != "" {
		projects = projects.Where("projects.customer = ?", q.Customer)
	}
	if q.Q != "" {
		projects = containing(projects, q.Q, "projects.name", "projects.customer")
	}
	return list[Project]{
		all:   projects.Session(&gorm.Session{}),
		order: "projects.name, projects.id",
		after: "(projects.name, projects.id) > (?, ?)",
		keys:  func(p Project) []string { return []string{p.Name, p.ID} },
		read: func(rows *gorm.DB) ([]Project, error) {
			projects := []Project{}
			err := rows.Find(&projects).Error
			if !seesBudgets(by) {
				hideBudgets(projects)
			} else if q.Budget && err == nil {
				err = s.withBudgets(tx, projects)
			}
			return projects, err
		},
	}
}
