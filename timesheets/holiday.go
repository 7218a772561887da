package timesheets

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"punchcard/auth"
)

// Holiday is a day on which nobody need work, or nobody of a region, or only half as long.
type Holiday struct {
	ID     string `json:"id"` // hol_…
	Date   string `json:"date"`
	Name   string `json:"name"`
	Region string `json:"region"` // empty: everywhere
	Half   bool   `json:"half"`   // half of the day's time is expected
}

// Key is what an entity tag is made of: a holiday never changes.
func (h Holiday) Key() (id string, revision int64) { return h.ID, 1 }

// HolidayQuery asks for holidays in the order of their days. What is left empty filters nothing.
type HolidayQuery struct {
	Paging
	From   string  `query:"from"`   // the first day
	To     string  `query:"to"`     // the last day
	Region *string `query:"region"` // the holidays that this region has, those of everywhere among them
}

// Validate says everything that is wrong with the query.
func (q HolidayQuery) Validate() error {
	var c check
	c.between(q.From, q.To)
	if q.Region != nil {
		c.line(*q.Region, "region", regionLimit)
	}
	c.paging(q.Paging)
	return c.fault()
}

// between wants the ends of a span of days, where they are given.
func (c *check) between(from, to string) {
	if from != "" {
		c.day(from, "from")
	}
	if to != "" {
		c.day(to, "to")
		c.that(from <= to, "to", "must not be before from")
	}
}

// Holidays lists a page of holidays.
func (s *Service) Holidays(ctx context.Context, by auth.Caller, q HolidayQuery) (Page[Holiday], error) {
	rows, p := s.db.Read(ctx).Model(&Holiday{}), q.Paging
	q.Paging = Paging{}
	if q.From != "" {
		rows = rows.Where("date >= ?", q.From)
	}
	if q.To != "" {
		rows = rows.Where("date <= ?", q.To)
	}
	if q.Region != nil {
		rows = rows.Where("region IN ?", []string{"", *q.Region})
	}
	return turn(s, by, q, p, list[Holiday]{
		all:   rows.Session(&gorm.Session{}),
		order: "date, id",
		after: "(date, id) > (?, ?)",
		keys:  func(h Holiday) []string { return []string{h.Date, h.ID} },
		read: func(rows *gorm.DB) ([]Holiday, error) {
			holidays := []Holiday{}
			return holidays, rows.Find(&holidays).Error
		},
	})
}

// NewHoliday is a holiday to be.
type NewHoliday struct {
	Date   string `json:"date"`
	Name   string `json:"name"`
	Region string `json:"region"` // empty: everywhere
	Half   bool   `json:"half"`
}

// Validate says everything that is wrong with it.
func (n NewHoliday) Validate() error {
	var c check
	n.check(&c, "")
	return c.fault()
}

func (n NewHoliday) check(c *check, at string) {
	c.day(n.Date, at+"/date")
	c.that(strings.TrimSpace(n.Name) != "", at+"/name", "is needed")
	c.line(n.Name, at+"/name", nameLimit)
	c.line(n.Region, at+"/region", regionLimit)
}

func (n NewHoliday) holiday() Holiday {
	id := "hol_" + uuid.Must(uuid.NewV7()).String()
	return Holiday{id, n.Date, strings.TrimSpace(n.Name), strings.TrimSpace(n.Region), n.Half}
}

// AddHoliday adds one, which is for administrators alone.
func (s *Service) AddHoliday(ctx context.Context, by auth.Caller, n NewHoliday) (Holiday, error) {
	if err := keepsHolidays(by); err != nil {
		return Holiday{}, err
	}
	h := n.holiday()
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := tx.Create(&h).Error; errors.Is(err, gorm.ErrDuplicatedKey) {
			return invalid(Overlap, "/date", "%s has the holiday %s already", h.Date, h.Name)
		} else if err != nil {
			return fmt.Errorf("write a holiday: %w", err)
		}
		if err := s.expectAnew(tx, nil, h.Date, h.Date); err != nil {
			return err
		}
		return s.note(tx, by, deed{Action: "holiday.created", Object: h.ID, After: h})
	})
	return h, err
}

// HolidayRef names one holiday.
type HolidayRef struct {
	ID string `path:"id" json:"-"`
}

// RemoveHoliday makes a day like any other, which is for administrators alone.
func (s *Service) RemoveHoliday(ctx context.Context, by auth.Caller, ref HolidayRef) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		var h Holiday
		if err := tx.Where("id = ?", ref.ID).Limit(1).Find(&h).Error; err != nil {
			return fmt.Errorf("read a holiday: %w", err)
		}
		if h.ID == "" {
			return fault(NotFound, "there is no such holiday")
		}
		if err := keepsHolidays(by); err != nil {
			return err
		}
		if err := tx.Delete(&h).Error; err != nil {
			return fmt.Errorf("delete a holiday: %w", err)
		}
		if err := s.expectAnew(tx, nil, h.Date, h.Date); err != nil {
			return err
		}
		return s.note(tx, by, deed{Action: "holiday.deleted", Object: h.ID, Before: h})
	})
}

func keepsHolidays(by auth.Caller) error {
	if !by.Admin {
		return fault(Forbidden, "only an administrator keeps the holidays")
	}
	return nil
}
