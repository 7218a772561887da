package timesheets

import (
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// missingDays flags the days of the period on which time is expected and there is none at all. Days to come are among
// them: who submits early says that nothing more comes.
func (p periodRow) missingDays(e expectations, has func(day string) bool) (flags Flags) {
	for day := range days(p.StartDay, p.EndDay) {
		if minutes := e.on(p.UserID, day); minutes > 0 && !has(day) {
			flags = append(flags, Flag{Code: missingDay, Date: day, Minutes: minutes})
		}
	}
	return flags
}

// flagMissingDays flags them before all else.
func (p *periodRow) flagMissingDays(tx *gorm.DB, lines []reviewed) error {
	e, err := expectationsOf(tx, []string{p.UserID}, p.StartDay, p.EndDay)
	if err != nil {
		return err
	}
	has := map[string]bool{}
	for _, line := range lines {
		has[line.Date] = true
	}
	p.Flags = append(p.missingDays(e, func(day string) bool { return has[day] }), p.Flags...)
	return nil
}

// expectAnew looks for missing days again in all periods that wait for a decision, of one person or, if that is nil, of
// everybody, on the days from one to another: what is expected there changed in this write. What somebody decided about
// keeps the flags that they saw.
func (s *Service) expectAnew(tx *gorm.DB, user *string, from, to string) error {
	waiting := tx.Model(&periodRow{}).Where("state = 'submitted' AND end_day >= ? AND start_day <= ?", from, to)
	if user != nil {
		waiting = waiting.Where("user_id = ?", *user)
	}
	waiting = waiting.Order("start_day DESC, id DESC").Limit(pageMost).Session(&gorm.Session{})
	for next := waiting; ; {
		var rows []periodRow
		if err := next.Find(&rows).Error; err != nil {
			return fmt.Errorf("read periods that wait: %w", err)
		}
		if err := s.flagAnew(tx, rows); err != nil {
			return err
		}
		if len(rows) < pageMost {
			return nil
		}
		last := rows[len(rows)-1]
		next = waiting.Where("(start_day, id) < (?, ?)", last.StartDay, last.ID)
	}
}

// flagAnew writes down those of the periods of which other days are missing now, as one revision more.
func (s *Service) flagAnew(tx *gorm.DB, rows []periodRow) error {
	if len(rows) == 0 {
		return nil
	}
	users, whole := spanOf(rows)
	e, err := expectationsOf(tx, users, whole.Start, whole.End)
	if err != nil {
		return err
	}
	worked, err := workedBy(tx, users, whole.Start, whole.End)
	if err != nil {
		return err
	}
	for _, row := range rows {
		flags := row.missingDays(e, func(day string) bool { return worked[personDay{row.UserID, day}] > 0 })
		for _, f := range row.Flags {
			if f.Code != missingDay {
				flags = append(flags, f)
			}
		}
		if slices.Equal(flags, row.Flags) {
			continue
		}
		err := tx.Model(&periodRow{}).Where("id = ?", row.ID).
			Updates(map[string]any{"flags": flags, "revision": gorm.Expr("revision + 1"), "updated_at": s.instant()}).Error
		if err != nil {
			return fmt.Errorf("flag a period: %w", err)
		}
	}
	return nil
}

// spanOf is whose the periods are, and from which day to which they go together.
func spanOf(rows []periodRow) (users []string, whole span) {
	whole = span{rows[0].StartDay, rows[0].EndDay}
	for _, row := range rows {
		users = append(users, row.UserID)
		whole = span{min(whole.Start, row.StartDay), max(whole.End, row.EndDay)}
	}
	slices.Sort(users)
	return slices.Compact(users), whole
}

type personDay struct{ user, day string }

// workedBy is how many minutes the people worked on each of the days from one to another on which they did.
func workedBy(tx *gorm.DB, users []string, from, to string) (map[personDay]int, error) {
	var sums []struct {
		UserID, Date string
		Minutes      int
	}
	err := tx.Table("entries").Where("user_id IN ? AND date BETWEEN ? AND ? AND deleted_at IS NULL", users, from, to).
		Select("user_id, date, SUM(minutes) AS minutes").Group("user_id, date").Scan(&sums).Error
	if err != nil {
		return nil, fmt.Errorf("read time by day: %w", err)
	}
	worked := map[personDay]int{}
	for _, sum := range sums {
		worked[personDay{sum.UserID, sum.Date}] = sum.Minutes
	}
	return worked, nil
}
