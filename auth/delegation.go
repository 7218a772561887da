package auth

import (
	"database/sql"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Delegation lets one person decide in another's place, about the time of the other's people, on some days. Days are those
// of UTC: one that begins on the 4th holds from midnight UTC on.
type Delegation struct {
	ID         string     `json:"id"` // dlg_…
	FromUserID string     `json:"from_user_id"`
	ToUserID   string     `json:"to_user_id"`
	StartsOn   string     `json:"starts_on"` // the first day, "2026-03-04"
	EndsOn     string     `json:"ends_on"`   // the last day
	Reason     string     `json:"reason"`
	CreatedBy  string     `json:"created_by"` // a person's id
	CreatedAt  time.Time  `json:"created_at"`
	EndedBy    *string    `json:"ended_by"` // who ended it early; nil: nobody did
	EndedAt    *time.Time `json:"ended_at"`
}

// Key is what an entity tag is made of: a delegation changes once, when it is ended early.
func (d Delegation) Key() (id string, revision int64) {
	if d.EndedAt != nil {
		return d.ID, 2
	}
	return d.ID, 1
}

const held = "ended_at IS NULL AND starts_on <= ? AND ends_on >= ?"

// Who was blocked, or erased, lends nothing: whoever is above them decides.
const byWhoMaySignIn = "EXISTS (SELECT 1 FROM users AS giver WHERE giver.id = from_user_id AND NOT giver.blocked)"

// StandIns is the subquery of who stands in for whom on a day, where the giver holds the permission that is lent so:
// from_user_id and to_user_id.
func StandIns(tx *gorm.DB, day, permission string) *gorm.DB {
	return anew(tx).Model(&Delegation{}).Select("from_user_id, to_user_id").
		Where(held+" AND EXISTS (SELECT 1 FROM (?) AS giver WHERE giver.id = from_user_id)", day, day, Entitled(tx, permission))
}

// holding is standing.permitted in SQL: by a role, or given by an administrator directly, or everybody's where roles don't count.
const holding = `NOT blocked AND (NOT EXISTS (SELECT 1 FROM apis WHERE apis.id = @api AND enforce_policies)
	OR EXISTS (SELECT 1 FROM user_roles JOIN role_permissions ON role_permissions.role_id = user_roles.role_id
		WHERE user_roles.user_id = users.id AND api_id = @api AND scope = @permission)
	OR EXISTS (SELECT 1 FROM user_permissions WHERE user_id = users.id AND api_id = @api AND scope = @permission))`

// Entitled is the subquery of the people who can sign in and hold a permission of the timesheet API.
func Entitled(tx *gorm.DB, permission string) *gorm.DB {
	return anew(tx).Model(&Person{}).Where(holding, sql.Named("api", Timesheets), sql.Named("permission", permission))
}

// StandsInFor lists for whom a person decides on a day.
func StandsInFor(tx *gorm.DB, user, day string) ([]string, error) {
	return giversTo(anew(tx).Where(byWhoMaySignIn), user, day)
}

// giversTo lists who delegated to a person, blocked ones among them.
func giversTo(tx *gorm.DB, user, day string) ([]string, error) {
	var givers []string
	err := tx.Model(&Delegation{}).Where("to_user_id = ? AND "+held, user, day, day).Order("from_user_id").
		Distinct().Pluck("from_user_id", &givers).Error
	if err != nil {
		return nil, fmt.Errorf("read for whom %s stands in: %w", user, err)
	}
	return givers, nil
}

// SeenBy is the subquery of the ids of those whose time is the caller's to see, by whom they manage: themselves, and
// everybody below them and those in whose place they decide. Whoever manages a manager is above the people of that one,
// too, since they decide where the manager can't.
func SeenBy(tx *gorm.DB, by Caller) *gorm.DB {
	return anew(tx).Raw("WITH RECURSIVE seen (id) AS (SELECT id FROM users WHERE id = ? OR manager_id IN ? UNION "+
		"SELECT users.id FROM seen JOIN users ON users.manager_id = seen.id) SELECT id FROM seen", by.User, by.Places())
}

// Administrators is the subquery of the people with the role admin who aren't blocked: their ids and names.
func Administrators(tx *gorm.DB) *gorm.DB {
	return anew(tx).Model(&Person{}).Select("users.id, users.name").
		Joins("JOIN user_roles ON user_roles.user_id = users.id").
		Joins("JOIN roles ON roles.id = user_roles.role_id AND roles.name = 'admin'").Where("NOT users.blocked")
}

func anew(tx *gorm.DB) *gorm.DB { return tx.Session(&gorm.Session{NewDB: true}) }

// TellOf writes down, in the write that does it, that something changed by which people's rights go. Every instance hears
// of it; the one that wrote it is told at once by Forget.
func TellOf(tx *gorm.DB, now time.Time, people ...string) error {
	n := &news{tx: tx, now: now.UTC().Truncate(time.Microsecond)}
	for _, id := range people {
		if err := n.tell("user", id); err != nil {
			return err
		}
	}
	return nil
}

// Forget has the people's rights read anew at their next call.
func (s *Server) Forget(people ...string) {
	for _, id := range people {
		s.people.forget(id)
	}
}

// Places are the people in whose place the caller decides today: their own and of those for whom they stand in.
func (c Caller) Places() []string { return append([]string{c.User}, c.StandsInFor...) }
