package timesheets

import (
	"fmt"
	"time"

	"gorm.io/gorm"
)

// expectations is all that says how much time is expected of some people in some days. It is read in four statements,
// however many people and days they are, and in one where nobody said any hours.
type expectations struct {
	ofAll    []Schedule
	own      map[string][]Schedule // by person, in the order of days
	region   map[string]string     // by person
	holidays map[string][]Holiday  // by day
	absences map[string][]Absence  // by person
}

// expectationsOf reads what is expected of the people on the days from one to another.
func expectationsOf(tx *gorm.DB, users []string, from, to string) (e expectations, err error) {
	var rows []scheduleRow
	err = tx.Where("user_id IS NULL OR user_id IN ?", users).Where("valid_from <= ?", to).Order("valid_from").Find(&rows).Error
	if err != nil {
		return e, fmt.Errorf("read expected hours: %w", err)
	}
	e.own = map[string][]Schedule{}
	for _, row := range rows {
		if row.UserID == nil {
			e.ofAll = append(e.ofAll, row.Schedule)
		} else {
			e.own[*row.UserID] = append(e.own[*row.UserID], row.Schedule)
		}
	}
	if len(rows) == 0 {
		return e, nil
	}
	return e, e.readExceptions(tx, users, from, to)
}

// readExceptions reads where holidays are, and who is absent.
func (e *expectations) readExceptions(tx *gorm.DB, users []string, from, to string) error {
	var places []workplace
	if err := tx.Where("user_id IN ?", users).Find(&places).Error; err != nil {
		return fmt.Errorf("read regions: %w", err)
	}
	e.region = map[string]string{}
	for _, p := range places {
		e.region[p.UserID] = p.Region
	}
	var holidays []Holiday
	if err := tx.Where("date BETWEEN ? AND ?", from, to).Find(&holidays).Error; err != nil {
		return fmt.Errorf("read holidays: %w", err)
	}
	e.holidays = map[string][]Holiday{}
	for _, h := range holidays {
		e.holidays[h.Date] = append(e.holidays[h.Date], h)
	}
	var absences []Absence
	if err := tx.Where("user_id IN ? AND from_day <= ? AND to_day >= ?", users, to, from).Find(&absences).Error; err != nil {
		return fmt.Errorf("read absences: %w", err)
	}
	e.absences = map[string][]Absence{}
	for _, a := range absences {
		e.absences[a.UserID] = append(e.absences[a.UserID], a)
	}
	return nil
}

// on is how many minutes are expected of the person on the day.
func (e expectations) on(user, day string) int {
	date, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return 0
	}
	whole := e.scheduled(user, day).On(date.Weekday())
	if whole == 0 {
		return 0
	}
	half := (whole + 1) / 2 // an odd minute is the person's
	left := whole
	for _, h := range e.holidays[day] {
		switch {
		case h.Region != "" && h.Region != e.region[user]:
		case h.Half:
			left = min(left, whole-half)
		default:
			return 0
		}
	}
	for _, a := range e.absences[user] {
		switch {
		case day < a.From || a.To < day:
		case a.MinutesPerDay != nil:
			left -= *a.MinutesPerDay
		case a.Half:
			left -= half
		default:
			return 0
		}
	}
	return max(0, left)
}

// scheduled is what holds for the person on the day: the last that is their own, or else the organization's last.
func (e expectations) scheduled(user, day string) Weekdays {
	if own, ok := lastFrom(e.own[user], day); ok {
		return own
	}
	everybodys, _ := lastFrom(e.ofAll, day)
	return everybodys
}

func lastFrom(schedules []Schedule, day string) (found Weekdays, ok bool) {
	for _, s := range schedules {
		if s.ValidFrom > day {
			break
		}
		found, ok = s.Minutes, true
	}
	return found, ok
}

// over is how many minutes are expected of the person from one day to another.
func (e expectations) over(user, from, to string) (minutes int) {
	for day := range days(from, to) {
		minutes += e.on(user, day)
	}
	return minutes
}

// nothing reports whether nobody said any hours.
func (e expectations) nothing() bool { return len(e.ofAll) == 0 && len(e.own) == 0 }

// days are the days from one to another, both included. They are counted in UTC, where each has 24 hours.
func days(from, to string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		date, err := time.Parse(time.DateOnly, from)
		for day := from; err == nil && day <= to && yield(day) && day < lastDay; {
			date = date.AddDate(0, 0, 1)
			day = date.Format(time.DateOnly)
		}
	}
}
