package timesheets

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"punchcard/auth"
)

// Team is the people who share a manager.
type Team struct {
	ManagerID string     `json:"manager_id"`
	Name      string     `json:"name"`             // the manager's
	Size      int        `json:"size"`             // how many members there are
	Members   []Teammate `json:"members" gorm:"-"` // by name; the first 200
}

// Teammate is one of a team.
type Teammate struct {
	ID   string `json:"id"` // usr_…
	Name string `json:"name"`
}

// mostTeammates is how many members of a team are listed.
const mostTeammates = 200

// TeamQuery asks for the teams that the caller may see, by their managers' names.
type TeamQuery struct {
	Paging
}

// Validate says everything that is wrong with the query.
func (q TeamQuery) Validate() error {
	var c check
	c.paging(q.Paging)
	return c.fault()
}

// Teams lists a page of teams: the one that the caller is in and the one that they manage; and all for an administrator,
// or an application that an administrator let in. Who can't sign in any more is in none.
func (s *Service) Teams(ctx context.Context, by auth.Caller, q TeamQuery) (Page[Team], error) {
	tx := s.db.Read(ctx)
	people := auth.People(ctx, tx)
	managed := auth.People(ctx, tx).Select("manager_id, COUNT(*) AS size").Where("NOT blocked").Group("manager_id")
	if !seesAll(by) {
		manager := auth.People(ctx, tx).Select("manager_id").Where("id = ?", by.User)
		managed = managed.Where("(manager_id = ? OR manager_id = (?))", by.User, manager)
	}
	people = people.Select("users.id AS id, users.id AS manager_id, users.name AS name, managed.size AS size").
		Joins("JOIN (?) AS managed ON managed.manager_id = users.id", managed)
	return turn(s, by, TeamQuery{}, q.Paging, list[Team]{
		all:   tx.Table("(?) AS team", people).Session(&gorm.Session{}),
		order: "name, id",
		after: "(name, id) > (?, ?)",
		keys:  func(t Team) []string { return []string{t.Name, t.ManagerID} },
		read:  func(rows *gorm.DB) ([]Team, error) { return scanTeams(ctx, tx, rows) },
	})
}

// scanTeams reads teams with their members, in two statements.
func scanTeams(ctx context.Context, tx, rows *gorm.DB) ([]Team, error) {
	teams := []Team{}
	if err := rows.Select("manager_id, name, size").Scan(&teams).Error; err != nil {
		return nil, err
	}
	place := map[string]int{}
	var managers []string
	for i, t := range teams {
		managers, place[t.ManagerID], teams[i].Members = append(managers, t.ManagerID), i, []Teammate{}
	}
	var members []struct{ ID, Name, ManagerID string }
	numbered := auth.People(ctx, tx).Where("manager_id IN ? AND NOT blocked", managers).
		Select("id, name, manager_id, ROW_NUMBER() OVER (PARTITION BY manager_id ORDER BY name, id) AS number")
	err := tx.Table("(?) AS member", numbered).Where("number <= ?", mostTeammates).Order("number").Scan(&members).Error
	if err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	for _, m := range members {
		team := &teams[place[m.ManagerID]]
		team.Members = append(team.Members, Teammate{m.ID, m.Name})
	}
	return teams, nil
}
