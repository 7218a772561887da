package timesheets

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"punchcard/auth/lang"
)

// calendar is how days are grouped into periods, from a day on and until the next calendar's. Each day is in one period of
// one calendar, so what changes from one to the next is a period that is cut short.
type calendar struct {
	FromDay    string `json:"-"`           // "2026-03-02"; empty: the beginning
	WeekStarts string `json:"week_starts"` // monday, sunday or saturday
	Period     string `json:"period"`      // week or month
}

// span is the first and the last day of a period.
type span struct{ Start, End string }

// name is the period in words: "the week of 21 September 2026", or "September 2026".
func (s span) name() lang.Phrase {
	first, _ := time.Parse(time.DateOnly, s.Start)
	if s.isMonth() {
		return lang.Say("%s %d", lang.Month(first), first.Year())
	}
	return lang.Say("the week of %s", lang.Date(first))
}

// isMonth reports whether there is more in it than a week.
func (s span) isMonth() bool { return s.End > dayAfter(s.Start, 6) }

const lastDay = "9999-12-31"

var weekdays = map[string]time.Weekday{"monday": time.Monday, "sunday": time.Sunday, "saturday": time.Saturday}

// natural is the week or the month that the day is in. Days are counted in UTC, where each has 24 hours.
func (c calendar) natural(day time.Time) span {
	first, last := day, day
	if c.Period == "month" {
		first = time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, time.UTC)
		last = first.AddDate(0, 1, -1)
	} else {
		first = day.AddDate(0, 0, -int(day.Weekday()-weekdays[c.WeekStarts]+7)%7)
		last = first.AddDate(0, 0, 6)
	}
	if last.Year() > 9999 {
		return span{first.Format(time.DateOnly), lastDay}
	}
	return span{first.Format(time.DateOnly), last.Format(time.DateOnly)}
}

// spanIn is the period that a day is in, by the calendars in their order.
func spanIn(calendars []calendar, day string) span {
	date, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return span{day, day} // which no validated day comes to
	}
	c, until := calendarOn(calendars, day)
	whole := c.natural(date)
	whole.Start = max(whole.Start, c.FromDay)
	if until != "" {
		whole.End = min(whole.End, dayAfter(until, -1))
	}
	return whole
}

// calendarOn is the calendar of a day, and the first day of the next one if there is any.
func calendarOn(calendars []calendar, day string) (c calendar, until string) {
	c = calendar{WeekStarts: "monday", Period: "week"}
	for _, next := range calendars {
		if next.FromDay > day {
			return c, next.FromDay
		}
		c = next
	}
	return c, ""
}

// dayAfter is the day so many days after another.
func dayAfter(day string, days int) string {
	date, _ := time.Parse(time.DateOnly, day)
	return date.AddDate(0, 0, days).Format(time.DateOnly)
}

func calendarsOf(tx *gorm.DB) ([]calendar, error) {
	var calendars []calendar
	if err := tx.Order("from_day").Find(&calendars).Error; err != nil {
		return nil, fmt.Errorf("read calendars: %w", err)
	}
	return calendars, nil
}

// regroup has days grouped otherwise after the period of today, or from the beginning where no time is kept yet. Periods
// that have entries already, of days to come, stay as they are.
func regroup(tx *gorm.DB, today, weekStarts, period string) error {
	calendars, err := calendarsOf(tx)
	if err != nil {
		return err
	}
	c := calendar{WeekStarts: weekStarts, Period: period}
	var kept bool
	if err := tx.Raw("SELECT EXISTS (SELECT 1 FROM periods)").Scan(&kept).Error; err != nil {
		return fmt.Errorf("look for periods: %w", err)
	}
	if kept {
		c.FromDay = dayAfter(spanIn(calendars, today).End, 1)
	}
	if err := tx.Where("from_day >= ?", c.FromDay).Delete(&calendar{}).Error; err != nil {
		return fmt.Errorf("take back a calendar to come: %w", err)
	}
	calendars = slices.DeleteFunc(calendars, func(toCome calendar) bool { return toCome.FromDay >= c.FromDay })
	if in, _ := calendarOn(calendars, c.FromDay); in.groupsAs(c) {
		return nil
	}
	return tx.Create(&c).Error
}

// groupsAs reports whether both group days alike.
func (c calendar) groupsAs(other calendar) bool {
	return c.WeekStarts == other.WeekStarts && c.Period == other.Period
}

// lastRegrouping is the day from which days are grouped as the last of the calendars does it, and how they were before; nothing
// if they never were otherwise.
func lastRegrouping(calendars []calendar) (from *string, before *calendar) {
	for i, c := range slices.Backward(calendars) {
		was := calendar{WeekStarts: "monday", Period: "week"}
		if i > 0 {
			was.WeekStarts, was.Period = calendars[i-1].WeekStarts, calendars[i-1].Period
		}
		if c.FromDay != "" && !was.groupsAs(c) {
			return &c.FromDay, &was
		}
	}
	return nil, nil
}
