package timesheets

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Flag is something that whoever decides should look at. It blocks nothing.
type Flag struct {
	Code    string `json:"code"`
	Date    string `json:"date,omitempty"`
	EntryID string `json:"entry_id,omitempty"`
	Minutes int    `json:"minutes,omitempty"` // of the day; of a missing day, what was expected
}

// The codes of flags.
const (
	dayOver10h         = "day_over_10h"
	weekendWork        = "weekend_work"
	madeLate           = "made_late" // more than a week after its day
	editedByOther      = "edited_by_other"
	editedAfterReview  = "edited_after_rejection"
	missingDay         = "missing_day" // time was expected, and there is none
	newProject         = "new_project" // this person had no time on it before
	reopeningRequested = "reopening_requested"
)

var flagCodes = []string{dayOver10h, weekendWork, madeLate, editedByOther, editedAfterReview, newProject, missingDay,
	reopeningRequested}

const (
	longDay = 10 * 60            // minutes
	late    = 8 * 24 * time.Hour // after the day began in UTC
)

// Flags are those of one period, kept in one column as JSON.
type Flags []Flag

// MarshalJSON writes an array even when there are none.
func (f Flags) MarshalJSON() ([]byte, error) { return json.Marshal(append([]Flag{}, f...)) }

// Value implements driver.Valuer.
func (f Flags) Value() (driver.Value, error) {
	text, err := json.Marshal(f)
	return string(text), err
}

// Scan implements sql.Scanner.
func (f *Flags) Scan(value any) error {
	switch text := value.(type) {
	case string:
		return json.Unmarshal([]byte(text), f)
	case []byte:
		return json.Unmarshal(text, f)
	}
	return fmt.Errorf("flags can't be read from %T", value)
}

// reviewed is what the flags of a line follow from.
type reviewed struct {
	ID, Date, ProjectID, EditedBy string
	Minutes                       int
	State                         State
	CreatedAt                     time.Time
}

// review notes what whoever decides should look at, and who can't since they edited it.
func (p *periodRow) review(tx *gorm.DB) error {
	var lines []reviewed
	if err := p.lines(tx).Order("date, id").Find(&lines).Error; err != nil {
		return fmt.Errorf("review lines: %w", err)
	}
	p.Flags = dayFlags(lines)
	var editors []string
	for _, line := range lines {
		day, _ := time.Parse(time.DateOnly, line.Date)
		if line.CreatedAt.Sub(day) > late {
			p.Flags = append(p.Flags, Flag{Code: madeLate, Date: line.Date, EntryID: line.ID})
		}
		if line.EditedBy != p.UserID {
			p.Flags = append(p.Flags, Flag{Code: editedByOther, Date: line.Date, EntryID: line.ID})
			if line.State == Submitted {
				editors = append(editors, line.EditedBy)
			}
		}
	}
	p.Editors = distinct(editors)
	if err := p.flagEdits(tx); err != nil {
		return err
	}
	if err := p.flagNewProjects(tx, lines); err != nil {
		return err
	}
	if p.ReopeningAsked {
		p.Flags = append(p.Flags, Flag{Code: reopeningRequested})
	}
	return p.flagMissingDays(tx, lines)
}

// dayFlags are about whole days. The lines are in the order of theirs.
func dayFlags(lines []reviewed) (flags Flags) {
	for i := 0; i < len(lines); {
		date, minutes := lines[i].Date, 0
		for ; i < len(lines) && lines[i].Date == date; i++ {
			minutes += lines[i].Minutes
		}
		if minutes > longDay {
			flags = append(flags, Flag{Code: dayOver10h, Date: date, Minutes: minutes})
		}
		day, _ := time.Parse(time.DateOnly, date)
		if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
			flags = append(flags, Flag{Code: weekendWork, Date: date, Minutes: minutes})
		}
	}
	return flags
}

// flagEdits flags what is otherwise than in the submission before, if that was rejected.
func (p *periodRow) flagEdits(tx *gorm.DB) error {
	var rejections int64
	err := tx.Table("period_events").Where("period_id = ? AND submission = ? AND kind = ?", p.ID, p.Submissions-1, Rejected).
		Count(&rejections).Error
	if err != nil || rejections == 0 || p.Submissions < 2 {
		return err
	}
	before, err := p.linesOf(tx, p.Submissions-1)
	if err != nil {
		return err
	}
	after, err := p.linesNow(tx)
	if err != nil {
		return err
	}
	d := difference(before, after)
	for _, line := range d.Added {
		p.Flags = append(p.Flags, Flag{Code: editedAfterReview, Date: line.Date, EntryID: line.ID})
	}
	for _, line := range d.Changed {
		p.Flags = append(p.Flags, Flag{Code: editedAfterReview, Date: line.After.Date, EntryID: line.ID()})
	}
	return nil
}

// flagNewProjects flags the first line on each project that the person had no time on before the period.
func (p *periodRow) flagNewProjects(tx *gorm.DB, lines []reviewed) error {
	var known []string
	err := tx.Table("entries").Where("user_id = ? AND date < ? AND deleted_at IS NULL", p.UserID, p.StartDay).
		Distinct("project_id").Pluck("project_id", &known).Error
	if err != nil {
		return fmt.Errorf("read earlier projects: %w", err)
	}
	seen := map[string]bool{}
	for _, id := range known {
		seen[id] = true
	}
	for _, line := range lines {
		if !seen[line.ProjectID] {
			seen[line.ProjectID] = true
			p.Flags = append(p.Flags, Flag{Code: newProject, Date: line.Date, EntryID: line.ID})
		}
	}
	return nil
}
