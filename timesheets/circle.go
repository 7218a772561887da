package timesheets

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"punchcard/auth"
)

// candidate is somebody who could decide about a matter. Those of the lowest level decide on which anybody can.
type candidate struct {
	level     int    // 0: of the project; 1: the owner's manager; 2: that one's manager; …
	id, name  string // of a person
	blocked   bool
	barred    bool   // since they are blocked, or have no role that lets them approve
	inPlaceOf string // the person for whom they stand in today; empty: nobody
}

// mostLevels bounds how far up a matter goes when nobody below can decide. It ends chains that go round, too.
const mostLevels = 10

// circles are all who could decide about some people's time.
type circles struct {
	names  map[string]string      // of those people
	above  map[string][]candidate // of a person: their managers upwards, or of a project: its approver; and who stands in for each
	admins []candidate            // who decide where nobody of these can
}

// On top of whom it is about (level 0), managers are found upwards as long as the one before is barred; or all of them,
// where one can also be out of the question by what they edited. A project's approver stands alone, on the topmost level.
const circleQuery = `
WITH RECURSIVE up (root, level, id) AS (
	SELECT root, level, id FROM (
		SELECT owner.id AS root, 0 AS level, owner.id FROM (?) AS owner WHERE owner.id IN ?
		UNION ALL SELECT projects.id, ?, approver_id FROM projects WHERE projects.id IN ? AND approver_id IS NOT NULL) AS roots
	UNION ALL
	SELECT up.root, level + 1, person.manager_id FROM up JOIN (?) AS person ON person.id = up.id
		LEFT JOIN (?) AS able ON able.id = up.id
	WHERE level < ? AND person.manager_id IS NOT NULL AND (up.id = up.root OR able.id IS NULL OR ?))
SELECT up.root, level, person.id, person.name, person.blocked, able.id IS NULL, '' AS place FROM up
	JOIN (?) AS person ON person.id = up.id LEFT JOIN (?) AS able ON able.id = up.id
UNION ALL
SELECT up.root, level, taker.id, taker.name, taker.blocked, taker.blocked, up.id FROM up
	JOIN (?) AS standin ON standin.from_user_id = up.id JOIN (?) AS taker ON taker.id = standin.to_user_id WHERE level > 0
UNION ALL
SELECT '', 0, admin.id, admin.name, FALSE, FALSE, '' FROM (?) AS admin JOIN (?) AS able ON able.id = admin.id
ORDER BY 2, 7, 4, 3`

// circlesOf finds who could decide about the time of the owners, and on the projects, on the day of the call.
func circlesOf(ctx context.Context, tx *gorm.DB, by auth.Caller, owners, projects []string, edited bool) (circles, error) {
	found := circles{names: map[string]string{}, above: map[string][]candidate{}}
	people, able := auth.People(ctx, tx), auth.Entitled(tx, approveScope)
	rows, err := tx.Raw(circleQuery, people, owners, mostLevels, projects, people, able, mostLevels, edited, people, able,
		auth.StandIns(tx, by.Today, approveScope), people, auth.Administrators(tx), able).Rows()
	if err != nil {
		return found, fmt.Errorf("read who decides: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var root string
		var c candidate
		if err := rows.Scan(&root, &c.level, &c.id, &c.name, &c.blocked, &c.barred, &c.inPlaceOf); err != nil {
			return found, fmt.Errorf("read who decides: %w", err)
		}
		switch {
		case root == "":
			found.admins = append(found.admins, c)
		case root == c.id && c.level == 0:
			found.names[root] = c.name
		default:
			found.above[root] = append(found.above[root], c)
		}
	}
	return found, rows.Err()
}

// of is those who have to do with a person's time.
func (c circles) of(owner string) people {
	return people{owner: c.names[owner], above: c.above[owner], admins: c.admins}
}

// part is what of a matter the same people decide about: the lines on a project that has an approver, or all others.
type part struct {
	project string      // its id; empty: all others
	first   []candidate // the project's approver and who stands in for them
}

func (c circles) part(project string) part {
	p := part{first: c.above[project]}
	if len(p.first) > 0 {
		p.project = project
	}
	for i := range p.first {
		p.first[i].level = 0
	}
	return p
}

// parts are a period's, of which the projects are those that partsOf found.
func (c circles) parts(projects []string) []part {
	if len(projects) == 0 {
		return []part{{}}
	}
	parts := make([]part, len(projects))
	for i, project := range projects {
		parts[i] = c.part(project)
	}
	return parts
}

// projectsOf is all of the projects that partsOf found.
func projectsOf(parts map[string][]string) (all []string) {
	for _, projects := range parts {
		all = append(all, projects...)
	}
	return distinct(all)
}

// partsOf names, of each submitted period, the projects with an approver on which it has lines that wait; and "" if it has
// others. A period that isn't listed has only others.
func partsOf(tx *gorm.DB, periods []string) (map[string][]string, error) {
	parts := map[string][]string{}
	if any, err := anyProjectHasApprover(tx); err != nil || !any {
		return parts, err
	}
	rows, err := tx.Raw("SELECT DISTINCT periods.id, CASE WHEN projects.approver_id IS NULL THEN '' ELSE projects.id END AS project "+
		"FROM periods JOIN entries ON "+waitingLine+" JOIN projects ON projects.id = entries.project_id "+
		"WHERE periods.state = 'submitted' AND periods.id IN ? ORDER BY 1, 2", periods).Rows()
	if err != nil {
		return nil, fmt.Errorf("read what waits: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var period, project string
		if err := rows.Scan(&period, &project); err != nil {
			return nil, fmt.Errorf("read what waits: %w", err)
		}
		parts[period] = append(parts[period], project)
	}
	return parts, rows.Err()
}

// waitingLine joins to a period its entries that wait for a decision.
const waitingLine = `entries.user_id = periods.user_id AND entries.date BETWEEN periods.start_day AND periods.end_day
	AND entries.state = 'submitted' AND entries.deleted_at IS NULL`

func anyProjectHasApprover(tx *gorm.DB) (bool, error) {
	var ids []string
	if err := tx.Table("projects").Where("approver_id IS NOT NULL").Limit(1).Pluck("id", &ids).Error; err != nil {
		return false, fmt.Errorf("look for approvers of projects: %w", err)
	}
	return len(ids) > 0, nil
}
