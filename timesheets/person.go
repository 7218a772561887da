package timesheets

import (
	"context"

	"gorm.io/gorm"

	"punchcard/auth"
)

// Person is somebody whose time is kept here.
type Person struct {
	ID        string   `json:"id"` // usr_…
	Name      string   `json:"name"`
	Email     string   `json:"email"`
	ManagerID *string  `json:"manager_id"`                // who approves their time, if they can
	Manages   int      `json:"manages"`                   // how many people's manager they are
	Region    string   `json:"region"`                    // whose holidays they have; empty: only those of everybody
	Scopes    []string `json:"scopes,omitempty" gorm:"-"` // what the caller may do, in Me alone
	Admin     bool     `json:"admin,omitempty" gorm:"-"`  // whether the caller is an administrator, in Me alone
}

// PersonQuery asks for the people whom the caller may see, by name.
type PersonQuery struct {
	Paging
}

// Validate says everything that is wrong with the query.
func (q PersonQuery) Validate() error {
	var c check
	c.paging(q.Paging)
	return c.fault()
}

// People lists a page of people.
func (s *Service) People(ctx context.Context, by auth.Caller, q PersonQuery) (Page[Person], error) {
	tx := s.db.Read(ctx)
	return turn(s, by, PersonQuery{}, q.Paging, list[Person]{
		all:   tx.Table("(?) AS person", visiblePeople(ctx, tx, by)).Session(&gorm.Session{}),
		order: "name, id",
		after: "(name, id) > (?, ?)",
		keys:  func(p Person) []string { return []string{p.Name, p.ID} },
		read:  func(rows *gorm.DB) ([]Person, error) { return scanPeople(ctx, tx, rows) },
	})
}

// Me is the caller. An application that acts for itself is nobody.
func (s *Service) Me(ctx context.Context, by auth.Caller, _ struct{}) (Person, error) {
	if by.Machine() {
		return Person{}, fault(NotFound, "an application that acts for itself is no person, so it has no page of its own")
	}
	tx := s.db.Read(ctx)
	people, err := scanPeople(ctx, tx, tx.Table("(?) AS person", auth.People(ctx, tx)).Where("id = ?", by.User))
	if err != nil {
		return Person{}, err
	}
	if len(people) == 0 {
		return Person{}, fault(NotFound, "you are not here any more")
	}
	me := people[0]
	me.Scopes, me.Admin = by.Scopes, by.Admin
	return me, nil
}

// visiblePeople is everyone whom the caller may see: themselves, their manager, those for whom they stand in, and all whose
// time they see.
func visiblePeople(ctx context.Context, tx *gorm.DB, by auth.Caller) *gorm.DB {
	people := auth.People(ctx, tx)
	if seesAll(by) {
		return people
	}
	manager := auth.People(ctx, tx).Select("manager_id").Where("id = ?", by.User)
	others := ownersOfTime(ctx, tx, by).Select("users.id")
	if others.Error != nil {
		people.AddError(others.Error)
	}
	return people.Where("(id = (?) OR id IN ? OR id IN (?))", manager, by.Places(), others)
}

// ownersOfTime is everyone of whose time the caller may see all, or what is on projects that they approve.
func ownersOfTime(ctx context.Context, tx *gorm.DB, by auth.Caller) *gorm.DB {
	working := gorm.Expr("users.id IN (SELECT user_id FROM entries WHERE project_id IN (?) AND state <> 'draft' "+
		"AND deleted_at IS NULL)", approvedBy(tx, by))
	return reachOf(tx, by).narrow(auth.People(ctx, tx), personColumn, working)
}

// scanPeople reads people and how many each of them manages, in one query.
func scanPeople(ctx context.Context, tx, people *gorm.DB) ([]Person, error) {
	found := []Person{}
	err := people.Select("id, name, email, manager_id, "+
		"(SELECT COUNT(*) FROM (?) AS report WHERE report.manager_id = person.id) AS manages, "+
		"COALESCE((SELECT region FROM workplaces WHERE user_id = person.id), '') AS region", auth.People(ctx, tx)).
		Find(&found).Error
	return found, err
}
