package timesheets

import (
	"context"

	"gorm.io/gorm"

	"punchcard/auth"
)

// Customer is a name for which there are projects that the caller may see.
type Customer struct {
	Name           string `json:"name"`
	OpenProjects   int    `json:"open_projects"`
	ClosedProjects int    `json:"closed_projects"`
}

// CustomerQuery asks for customers, by name.
type CustomerQuery struct {
	Paging
	Q string `query:"q"` // part of the name, in upper or lower case
}

// Validate says everything that is wrong with the query.
func (q CustomerQuery) Validate() error {
	var c check
	c.line(q.Q, "q", searchLimit)
	c.paging(q.Paging)
	return c.fault()
}

// Customers lists a page of customers.
func (s *Service) Customers(ctx context.Context, by auth.Caller, q CustomerQuery) (Page[Customer], error) {
	tx, p := s.db.Read(ctx), q.Paging
	q.Paging = Paging{}
	projects := visibleProjects(tx, by).Where("customer <> ''").Select("customer AS name, " +
		"SUM(CASE WHEN closed THEN 0 ELSE 1 END) AS open_projects, SUM(CASE WHEN closed THEN 1 ELSE 0 END) AS closed_projects").
		Group("customer")
	if q.Q != "" {
		projects = containing(projects, q.Q, "customer")
	}
	return turn(s, by, q, p, list[Customer]{
		all:   tx.Table("(?) AS customers", projects).Session(&gorm.Session{}),
		order: "name",
		after: "(name, '') > (?, ?)",
		keys:  func(c Customer) []string { return []string{c.Name, ""} },
		read: func(rows *gorm.DB) ([]Customer, error) {
			customers := []Customer{}
			return customers, rows.Scan(&customers).Error
		},
	})
}
