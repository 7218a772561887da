package timesheets

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"punchcard/auth"
)

// MissingQuery asks what is missing of the people whose time the caller may see, by name.
type MissingQuery struct {
	Paging
	UserID string `query:"user_id"`
	From   string `query:"from"` // the first day
	To     string `query:"to"`   // the last day
}

// longestMissing is how many days can be asked about at once.
const longestMissing = 366

// Validate says everything that is wrong with the query.
func (q MissingQuery) Validate() error {
	var c check
	c.line(q.UserID, "user_id", idLimit)
	c.that(q.From != "", "from", "is needed: the first day")
	c.that(q.To != "", "to", "is needed: the last day")
	c.between(q.From, q.To)
	if len(c.fields) == 0 {
		c.that(q.To < dayAfter(q.From, longestMissing), "to", "must be less than %d days after from", longestMissing)
	}
	c.paging(q.Paging)
	return c.fault()
}

// MissingTime is what is missing of one person.
type MissingTime struct {
	UserID         string          `json:"user_id"`
	Name           string          `json:"name"`
	MissingMinutes int             `json:"missing_minutes"`  // of all periods
	Periods        []MissingPeriod `json:"periods" gorm:"-"` // of which something is missing, in their order
}

// MissingPeriod is what is missing of one period, or of those of its days that were asked about.
type MissingPeriod struct {
	PeriodID        string      `json:"period_id"`
	Start           string      `json:"start"` // the first day of the period
	End             string      `json:"end"`   // the last day
	State           State       `json:"state"`
	Minutes         int         `json:"minutes"` // worked on those days, as far as they have come
	ExpectedMinutes int         `json:"expected_minutes"`
	MissingMinutes  int         `json:"missing_minutes"`
	Days            []EmptyWork `json:"days"` // with no time at all
}

// EmptyWork is a day on which time was expected, and there is none.
type EmptyWork struct {
	Date    string `json:"date"`
	Minutes int    `json:"minutes"` // expected
}

// MissingTime lists a page of people, with what is missing of each. Who can't sign in any more isn't asked for time.
func (s *Service) MissingTime(ctx context.Context, by auth.Caller, q MissingQuery) (Page[MissingTime], error) {
	tx, p := s.db.Read(ctx), q.Paging
	q.Paging = Paging{}
	people := auth.People(ctx, tx).Where("NOT blocked")
	if !seesAll(by) {
		people = people.Where("id IN (?)", auth.ManagedBy(tx, by.User).Or("id = ?", by.User))
	}
	if q.UserID != "" {
		people = people.Where("id = ?", q.UserID)
	}
	return turn(s, by, q, p, list[MissingTime]{
		all:   people.Session(&gorm.Session{}),
		order: "name, id",
		after: "(name, id) > (?, ?)",
		keys:  func(m MissingTime) []string { return []string{m.Name, m.UserID} },
		read: func(rows *gorm.DB) ([]MissingTime, error) {
			found := []MissingTime{}
			if err := rows.Select("id AS user_id, name").Scan(&found).Error; err != nil {
				return nil, err
			}
			return found, s.missingOf(tx, found, q.From, q.To)
		},
	})
}

func (s *Service) missingOf(tx *gorm.DB, people []MissingTime, from, to string) error {
	var users []string
	for _, p := range people {
		users = append(users, p.UserID)
	}
	missing, err := s.missing(tx, users, from, to)
	if err != nil {
		return err
	}
	for i := range people {
		people[i].Periods = append([]MissingPeriod{}, missing[people[i].UserID]...)
		for _, p := range people[i].Periods {
			people[i].MissingMinutes += p.MissingMinutes
		}
	}
	return nil
}

// missing is what is missing of each of the people from one day to another, by their id: the periods in which less was
// worked than expected, or nothing on some day. Days that haven't come everywhere yet don't count. It takes seven
// statements, however many people and days there are.
func (s *Service) missing(tx *gorm.DB, users []string, from, to string) (map[string][]MissingPeriod, error) {
	missing := map[string][]MissingPeriod{}
	to = min(to, s.earliestDay())
	if to < from || len(users) == 0 {
		return missing, nil
	}
	e, err := expectationsOf(tx, users, from, to)
	if err != nil || e.nothing() {
		return missing, err
	}
	worked, err := workedBy(tx, users, from, to)
	if err != nil {
		return nil, err
	}
	g, err := groupingOf(tx, users, from, to)
	if err != nil {
		return nil, err
	}
	for _, user := range users {
		for day := from; day <= to; {
			p := g.period(user, day)
			m := MissingPeriod{PeriodID: p.ID, Start: p.StartDay, End: p.EndDay, State: p.State, Days: []EmptyWork{}}
			for day := range days(day, min(to, p.EndDay)) {
				m.count(day, e.on(user, day), worked[personDay{user, day}])
			}
			if m.MissingMinutes = max(0, m.ExpectedMinutes-m.Minutes); m.MissingMinutes > 0 || len(m.Days) > 0 {
				missing[user] = append(missing[user], m)
			}
			day = dayAfter(p.EndDay, 1)
		}
	}
	return missing, nil
}

func (m *MissingPeriod) count(day string, expected, worked int) {
	m.ExpectedMinutes += expected
	m.Minutes += worked
	if expected > 0 && worked == 0 {
		m.Days = append(m.Days, EmptyWork{day, expected})
	}
}

// dayGrouping is how the days of some people are grouped into periods.
type dayGrouping struct {
	calendars []calendar
	rows      map[string][]periodRow // by person, in the order of their days
}

// groupingOf reads it, for the days from one to another.
func groupingOf(tx *gorm.DB, users []string, from, to string) (g dayGrouping, err error) {
	if g.calendars, err = calendarsOf(tx); err != nil {
		return g, err
	}
	const longest = 31 // days of a period, which rows before and after may cut short
	var rows []periodRow
	err = tx.Where("user_id IN ? AND start_day <= ? AND end_day >= ?", users, dayAfter(to, longest), dayAfter(from, -longest)).
		Order("start_day").Find(&rows).Error
	if err != nil {
		return g, fmt.Errorf("read periods: %w", err)
	}
	g.rows = map[string][]periodRow{}
	for _, row := range rows {
		g.rows[row.UserID] = append(g.rows[row.UserID], row)
	}
	return g, nil
}

// period is the person's that the day is in.
func (g dayGrouping) period(user, day string) periodRow {
	var end, start string
	for _, row := range g.rows[user] {
		if day < row.StartDay {
			start = row.StartDay
			break
		}
		if day <= row.EndDay {
			return row
		}
		end = row.EndDay
	}
	return periodOf(g.calendars, user, day, end, start)
}
