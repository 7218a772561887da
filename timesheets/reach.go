package timesheets

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"punchcard/auth"
)

// reach is whose time the caller may see. It says so once for entries, periods and people.
type reach struct {
	tx       *gorm.DB
	by       auth.Caller
	manages  bool // somebody, or stands in for who does
	approves bool // a project's time, or stands in for who does
	err      error
}

// seesAll reports whether the caller sees everybody's time: as an administrator, or an application that one let in.
func seesAll(by auth.Caller) bool { return by.Admin || by.Machine() }

const reachQuery = `SELECT EXISTS (SELECT 1 FROM (?) AS person WHERE person.manager_id IN ?),
	EXISTS (SELECT 1 FROM projects WHERE approver_id IN ?)`

// reachOf looks first whether there is anybody but the caller, since for most there isn't, and one index serves for those.
func reachOf(tx *gorm.DB, by auth.Caller) reach {
	r := reach{tx: tx, by: by}
	if seesAll(by) {
		return r
	}
	places := by.Places()
	err := tx.Raw(reachQuery, auth.People(tx.Statement.Context, tx), places, places).Row().Scan(&r.manages, &r.approves)
	if err != nil {
		r.err = fmt.Errorf("whose time %s sees: %w", by.User, err)
	}
	return r
}

// narrow keeps the rows of time that the caller may see: owner is the column of whose it is, and onProject the condition
// that it is on a project that they approve.
func (r reach) narrow(rows *gorm.DB, owner clause.Column, onProject clause.Expr) *gorm.DB {
	if r.err != nil {
		rows.AddError(r.err)
	}
	switch {
	case seesAll(r.by):
		return rows
	case r.approves:
		return rows.Where("(? IN (?) OR ?)", owner, auth.SeenBy(r.tx, r.by), onProject)
	case r.manages:
		return rows.Where("? IN (?)", owner, auth.SeenBy(r.tx, r.by))
	default:
		return rows.Where("? = ?", owner, r.by.User)
	}
}

// approvedBy is the subquery of the projects of which the caller approves time, or stands in for who does.
func approvedBy(tx *gorm.DB, by auth.Caller) *gorm.DB {
	return tx.Session(&gorm.Session{NewDB: true}).Table("projects").Select("id").Where("approver_id IN ?", by.Places())
}

// ApprovesProjects reports whether the person is the approver of a project.
func ApprovesProjects(tx *gorm.DB, user string) (bool, error) {
	var ids []string
	if err := tx.Table("projects").Where("approver_id = ?", user).Limit(1).Pluck("id", &ids).Error; err != nil {
		return false, fmt.Errorf("look for projects of %s: %w", user, err)
	}
	return len(ids) > 0, nil
}

// personColumn is whose time it is, of people themselves.
var personColumn = clause.Column{Table: "users", Name: "id"}

// seesTimeOf reports whether the person is here and all of their time the caller's to see.
func seesTimeOf(ctx context.Context, tx *gorm.DB, by auth.Caller, user string) (bool, error) {
	var ids []string
	if err := reachOf(tx, by).people(auth.People(ctx, tx).Where("id = ?", user), personColumn).Pluck("id", &ids).Error; err != nil {
		return false, fmt.Errorf("look for %s: %w", user, err)
	}
	return slices.Contains(ids, user), nil
}

// periodsOfProjects is the condition that a period has lines on one of some projects.
const periodsOfProjects = `periods.id IN (SELECT period_id FROM entries WHERE project_id IN (?) AND state <> 'draft'
	AND deleted_at IS NULL)`

// several reports whether there are others whose time the caller sees, and yet not everybody's.
func (r reach) several() bool { return r.manages || r.approves }

// entries are those that the caller may see, deleted ones among them.
func (r reach) entries() *gorm.DB {
	return r.narrow(r.tx.Table("entries"), clause.Column{Table: "entries", Name: "user_id"},
		gorm.Expr("entries.project_id IN (?) AND entries.state <> 'draft'", approvedBy(r.tx, r.by)))
}

// periods are those that the caller may see, those with lines on projects that they approve among them.
func (r reach) periods() *gorm.DB {
	return r.narrow(r.tx.Model(&periodRow{}), clause.Column{Table: "periods", Name: "user_id"},
		gorm.Expr(periodsOfProjects, approvedBy(r.tx, r.by)))
}

// people narrows rows that are about people, of whom the column is the id, to those whose time the caller may see.
func (r reach) people(rows *gorm.DB, id clause.Column) *gorm.DB {
	r.approves = false
	return r.narrow(rows, id, clause.Expr{})
}
