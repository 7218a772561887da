package timesheets

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
)

// Weekdays is how many minutes are expected on each day of a week, before holidays and absences.
type Weekdays struct {
	Monday    int `json:"monday"`
	Tuesday   int `json:"tuesday"`
	Wednesday int `json:"wednesday"`
	Thursday  int `json:"thursday"`
	Friday    int `json:"friday"`
	Saturday  int `json:"saturday"`
	Sunday    int `json:"sunday"`
}

// On is how many minutes are expected on a day of the week.
func (w Weekdays) On(day time.Weekday) int {
	return [...]int{w.Sunday, w.Monday, w.Tuesday, w.Wednesday, w.Thursday, w.Friday, w.Saturday}[day]
}

func (w Weekdays) check(c *check, at string) {
	for i, name := range [...]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"} {
		minutes := w.On(time.Weekday(i))
		c.that(0 <= minutes && minutes <= dayMinutes, at+"/"+name, "must be between 0 and %d minutes, which is a day", dayMinutes)
	}
}

// Schedule is how much is expected from a day on, until the next one of the same person or organization. Of who leaves,
// nothing is expected from then on.
type Schedule struct {
	ValidFrom string   `json:"valid_from"` // "2026-03-02"
	Minutes   Weekdays `json:"minutes" gorm:"embedded"`
}

// mostSchedules is how many one person or the organization can have.
const mostSchedules = 200

func checkSchedules(c *check, schedules []Schedule, at string) {
	c.that(len(schedules) <= mostSchedules, at, "must be %d at most", mostSchedules)
	first := map[string]int{}
	for i, one := range schedules[:min(len(schedules), mostSchedules)] {
		here := fmt.Sprintf("%s/%d", at, i)
		c.day(one.ValidFrom, here+"/valid_from")
		one.Minutes.check(c, here+"/minutes")
		before, twice := first[one.ValidFrom]
		c.that(!twice, here+"/valid_from", "is the day of %s/%d already", at, before)
		first[one.ValidFrom] = i
	}
}

// scheduleRow is a schedule as it is kept.
type scheduleRow struct {
	UserID *string // nil: the organization's
	Schedule
}

// TableName has a row per person and day from which something else is expected.
func (scheduleRow) TableName() string { return "expected_hours" }

// schedulesOf are those of one person, or the organization's own if the person is nil, in the order of their days.
func schedulesOf(tx *gorm.DB, user *string) ([]Schedule, error) {
	schedules := []Schedule{}
	rows := tx.Model(&scheduleRow{}).Where("user_id IS NULL")
	if user != nil {
		rows = tx.Model(&scheduleRow{}).Where("user_id = ?", *user)
	}
	if err := rows.Order("valid_from").Find(&schedules).Error; err != nil {
		return nil, fmt.Errorf("read expected hours: %w", err)
	}
	return schedules, nil
}

// putSchedules has these take the place of all that there were.
func putSchedules(tx *gorm.DB, user *string, schedules []Schedule) error {
	before := tx.Where("user_id IS NULL")
	if user != nil {
		before = tx.Where("user_id = ?", *user)
	}
	if err := before.Delete(&scheduleRow{}).Error; err != nil {
		return fmt.Errorf("take back expected hours: %w", err)
	}
	rows := make([]scheduleRow, 0, len(schedules))
	for _, one := range schedules {
		rows = append(rows, scheduleRow{user, one})
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Create(&rows).Error; err != nil {
		return fmt.Errorf("write expected hours: %w", err)
	}
	return nil
}

// inOrder sorts schedules by their days.
func inOrder(schedules []Schedule) []Schedule {
	return slices.SortedFunc(slices.Values(schedules), func(a, b Schedule) int {
		if a.ValidFrom < b.ValidFrom {
			return -1
		}
		return 1
	})
}
