package timesheets

import (
	"context"

	"gorm.io/gorm"

	"punchcard/auth"
)

// decidable is every period of which all or a part is the caller's to approve or reject once it is submitted:
// matter.isDecidedBy in SQL.
func decidable(ctx context.Context, tx *gorm.DB, by auth.Caller) *gorm.DB {
	people, able := auth.People(ctx, tx), auth.Entitled(tx, approveScope)
	periods := tx.Model(&periodRow{}).Joins("JOIN (?) AS owner ON owner.id = periods.user_id", people).
		Joins("LEFT JOIN (?) AS manager ON manager.id = owner.manager_id", able).
		Where("periods.user_id <> ? AND REPLACE(periods.editors, ?, '') = periods.editors", by.User, element(by.User))
	if by.Machine() {
		return periods.Where("FALSE")
	}
	chain := chainDecides(ctx, tx, by)
	projects, err := anyProjectHasApprover(tx)
	if err != nil {
		periods.AddError(err)
	}
	below := gorm.Expr("TRUE") // else nobody's whom the caller isn't above: that can be told at once
	if !by.Admin {
		below = gorm.Expr("periods.user_id IN (?)", auth.SeenBy(tx, by))
	}
	if !projects {
		return periods.Where("? AND ?", below, chain)
	}
	standIns := auth.StandIns(tx, by.Today, approveScope)
	return periods.Where("(? AND (?) AND ?) OR (?)", below, gorm.Expr(leftToChain, people, able, standIns), chain,
		gorm.Expr(waitsForProject, approvedBy(tx, by).Where("EXISTS (SELECT 1 FROM (?) AS able WHERE able.id = approver_id)", able)))
}

// unedited is the condition that the candidate is neither the owner nor blocked, and edited no line that waits.
const unedited = `NOT candidate.blocked AND candidate.id <> periods.user_id
	AND REPLACE(periods.editors, '"' || candidate.id || '"', '') = periods.editors`

// The chain is climbed only where the owner's manager is out of the question or might be. Whoever is on its lowest level that
// has anybody fit decides; and an administrator stands above all, as if on level 99.
const chainQuery = `CASE WHEN periods.editors = '[]' AND manager.id IS NOT NULL THEN manager.id IN ? ELSE (
	WITH RECURSIVE up (level, id) AS (
		SELECT 1, owner.manager_id
		UNION ALL SELECT level + 1, person.manager_id FROM up JOIN (?) AS person ON person.id = up.id WHERE level < ?)
	SELECT COALESCE(MIN(CASE WHEN ` + unedited + ` THEN level END), 99) =
		COALESCE(MIN(CASE WHEN candidate.id = ? THEN level END), ?)
	FROM (SELECT level, up.id AS user_id FROM up JOIN (?) AS able ON able.id = up.id
		UNION ALL SELECT level, to_user_id FROM up JOIN (?) AS standin ON standin.from_user_id = up.id) AS place
	JOIN (?) AS candidate ON candidate.id = place.user_id) END`

// chainDecides is the condition that the owner's manager, or whoever decides instead, is the caller.
func chainDecides(ctx context.Context, tx *gorm.DB, by auth.Caller) any {
	people, without := auth.People(ctx, tx), 100
	if by.Admin {
		without = 99
	}
	return gorm.Expr(chainQuery, by.Places(), people, mostLevels, by.User, without, auth.Entitled(tx, approveScope),
		auth.StandIns(tx, by.Today, approveScope), people)
}

// leftToChain is the condition that a period has anything about which no approver of a project can decide.
const leftToChain = `periods.state <> 'submitted' OR periods.entries = 0 OR EXISTS (
	SELECT 1 FROM entries JOIN projects ON projects.id = entries.project_id WHERE ` + waitingLine + `
	AND (projects.approver_id IS NULL OR NOT EXISTS (SELECT 1 FROM (?) AS candidate WHERE ` + unedited + ` AND
		candidate.id IN (SELECT able.id FROM (?) AS able WHERE able.id = projects.approver_id UNION ALL
			SELECT to_user_id FROM (?) AS standin WHERE standin.from_user_id = projects.approver_id))))`

// waitsForProject is the condition that a period has lines that wait on one of some projects.
const waitsForProject = `periods.state = 'submitted' AND periods.id IN (SELECT period_id FROM entries
	WHERE project_id IN (?) AND state <> 'draft' AND state = 'submitted' AND deleted_at IS NULL)`
