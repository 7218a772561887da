package timesheets

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"punchcard/auth"
)

// Absence is days on which a person doesn't work, or works less.
type Absence struct {
	ID            string       `json:"id"` // abs_…
	UserID        string       `json:"user_id"`
	Kind          *AbsenceKind `json:"kind"` // nil: it isn't the caller's to know
	From          string       `json:"from" gorm:"column:from_day"`
	To            string       `json:"to" gorm:"column:to_day"`
	Half          bool         `json:"half"`            // half of each day
	MinutesPerDay *int         `json:"minutes_per_day"` // of each day; nil: the whole or the half of it
	Note          string       `json:"note"`            // empty where the kind isn't told
	CreatedBy     string       `json:"created_by"`      // a person's id, or an application's subject
	CreatedAt     time.Time    `json:"created_at"`
}

// AbsenceKind is why somebody is absent.
type AbsenceKind string

var absenceKinds = []string{"vacation", "sick", "parental", "unpaid", "other"}

// Key is the id of the absence, which is never changed.
func (a Absence) Key() (id string, revision int64) { return a.ID, 1 }

// told is the absence as everybody is told of it who sees it at all: not why.
func (a Absence) told() Absence {
	a.Kind, a.Note = nil, ""
	return a
}

// tell leaves out of absences what the caller needn't know. Why somebody is absent is for themselves, their manager and
// administrators: not for applications, nor for who stands in for the manager, or is above.
func tell(ctx context.Context, tx *gorm.DB, by auth.Caller, absences ...*Absence) error {
	owners, managed := []string{}, []string{}
	for _, a := range absences {
		owners = append(owners, a.UserID)
	}
	if len(owners) > 0 && !seesAll(by) {
		people := auth.People(ctx, tx).Where("id IN ? AND manager_id = ?", owners, by.User)
		if err := people.Pluck("id", &managed).Error; err != nil {
			return fmt.Errorf("look for whom %s manages: %w", by.User, err)
		}
	}
	for _, a := range absences {
		if by.Machine() || !by.Admin && a.UserID != by.User && !slices.Contains(managed, a.UserID) {
			*a = a.told()
		}
		a.CreatedAt = a.CreatedAt.UTC()
	}
	return nil
}

// AbsenceQuery asks for the absences that the caller may see, the latest first. What is left empty filters nothing.
type AbsenceQuery struct {
	Paging
	UserID string `query:"user_id"`
	From   string `query:"from"` // the first day, of which they have one or a later one
	To     string `query:"to"`   // the last day, of which they have one or an earlier one
}

// Validate says everything that is wrong with the query.
func (q AbsenceQuery) Validate() error {
	var c check
	c.line(q.UserID, "user_id", idLimit)
	c.between(q.From, q.To)
	c.paging(q.Paging)
	return c.fault()
}

// Absences lists a page of absences.
func (s *Service) Absences(ctx context.Context, by auth.Caller, q AbsenceQuery) (Page[Absence], error) {
	tx, p := s.db.Read(ctx), q.Paging
	q.Paging = Paging{}
	return turn(s, by, q, p, absenceList(ctx, tx, by, q))
}

func absenceList(ctx context.Context, tx *gorm.DB, by auth.Caller, q AbsenceQuery) list[Absence] {
	rows := visibleAbsences(tx, by)
	if q.UserID != "" {
		rows = rows.Where("user_id = ?", q.UserID)
	}
	if q.From != "" {
		rows = rows.Where("to_day >= ?", q.From)
	}
	if q.To != "" {
		rows = rows.Where("from_day <= ?", q.To)
	}
	return list[Absence]{
		all:   rows.Session(&gorm.Session{}),
		order: "from_day DESC, id DESC",
		after: "(from_day, id) < (?, ?)",
		keys:  func(a Absence) []string { return []string{a.From, a.ID} },
		read: func(rows *gorm.DB) ([]Absence, error) {
			absences := []Absence{}
			if err := rows.Find(&absences).Error; err != nil {
				return nil, err
			}
			all := make([]*Absence, len(absences))
			for i := range absences {
				all[i] = &absences[i]
			}
			return absences, tell(ctx, tx, by, all...)
		},
	}
}

// visibleAbsences are those of people whose time the caller may see.
func visibleAbsences(tx *gorm.DB, by auth.Caller) *gorm.DB {
	return reachOf(tx, by).people(tx.Model(&Absence{}), clause.Column{Table: "absences", Name: "user_id"})
}

// AbsenceRef names one absence.
type AbsenceRef struct {
	ID string `path:"id" json:"-"`
}

// Absence is one that the caller may see.
func (s *Service) Absence(ctx context.Context, by auth.Caller, ref AbsenceRef) (Absence, error) {
	tx := s.db.Read(ctx)
	a, err := visibleAbsence(tx, by, ref.ID)
	if err == nil {
		err = tell(ctx, tx, by, &a)
	}
	return a, err
}

func visibleAbsence(tx *gorm.DB, by auth.Caller, id string) (a Absence, err error) {
	if err := visibleAbsences(tx, by).Where("id = ?", id).Limit(1).Find(&a).Error; err != nil {
		return a, fmt.Errorf("read an absence: %w", err)
	}
	if a.ID == "" {
		return a, fault(NotFound, "there is no such absence, or it isn't yours to see")
	}
	return a, nil
}

// NewAbsence is an absence to be.
type NewAbsence struct {
	UserID        string      `json:"user_id"` // whose; empty: the caller's own
	Kind          AbsenceKind `json:"kind"`
	From          string      `json:"from"`
	To            string      `json:"to"`   // the last day; empty: the first one
	Half          bool        `json:"half"` // half of each day
	MinutesPerDay *int        `json:"minutes_per_day"`
	Note          string      `json:"note"`
}

// longestAbsence is how many days an absence can have.
const longestAbsence = 3 * 366

// Validate says everything that is wrong with it.
func (n NewAbsence) Validate() error {
	var c check
	c.line(n.UserID, "/user_id", idLimit)
	n.check(&c, "")
	return c.fault()
}

func (n NewAbsence) check(c *check, at string) {
	c.that(slices.Contains(absenceKinds, string(n.Kind)), at+"/kind", "must be one of %s", strings.Join(absenceKinds, ", "))
	before := len(c.fields)
	c.day(n.From, at+"/from")
	if n.To != "" {
		c.day(n.To, at+"/to")
	}
	if len(c.fields) == before && n.To != "" {
		c.that(n.From <= n.To, at+"/to", "must not be before from")
		c.that(n.To < dayAfter(n.From, longestAbsence), at+"/to", "must be less than %d days after from", longestAbsence)
	}
	if n.MinutesPerDay != nil {
		c.that(1 <= *n.MinutesPerDay && *n.MinutesPerDay <= dayMinutes, at+"/minutes_per_day", "must be between 1 and %d", dayMinutes)
		c.that(!n.Half, at+"/minutes_per_day", "can't stand beside half: leave one of them out")
	}
	c.lines(n.Note, at+"/note", noteLimit)
}
