package timesheets

import (
	"cmp"
	"context"
	"fmt"

	"gorm.io/gorm"

	"punchcard/auth"
)

// HolidayImport is a file of holidays: a table with the columns date and name and, if wanted, region and half, or a
// calendar with an event for each.
type HolidayImport struct {
	DryRun bool   `query:"dry_run"` // only say what would come of it
	Region string `query:"region"`  // of the holidays that name none themselves
	File   File   `media:"text/csv text/calendar"`
}

const (
	mostHolidays = 2000 // of one file
	longestFeast = 31   // days of one event
)

// Validate says what is wrong with it, as far as that shows without reading the file.
func (i HolidayImport) Validate() error {
	var c check
	c.line(i.Region, "region", regionLimit)
	c.file(i.File)
	return c.fault()
}

// filed is something with the line of the file on which it stands.
type filed[T any] struct {
	line int
	of   T
}

// ImportHolidays adds the holidays of a file, which is for administrators alone. A holiday is the same as another by its
// day, region and name, so a file can come again.
func (s *Service) ImportHolidays(ctx context.Context, by auth.Caller, i HolidayImport) (done Imported, err error) {
	if err := keepsHolidays(by); err != nil {
		return done, err
	}
	var c check
	named := i.read(&c, s.now().UTC().Year())
	for _, n := range named {
		var one check
		n.of.check(&one, "")
		c.at(n.line, one.fields)
	}
	if err := c.fault(); err != nil {
		return done, err
	}
	if i.DryRun {
		ctx = Rehearse(ctx)
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		done = Imported{DryRun: i.DryRun, Lines: []ImportedLine{}}
		outcomes, err := s.putHolidays(tx, named)
		if err != nil {
			return err
		}
		for at, n := range named {
			done.tell(n.line, outcomes[at], n.of.Date+" "+n.of.Name)
		}
		return s.note(tx, by, deed{Action: "holiday.imported", After: done})
	})
	return done, err
}

// read is the holidays of the file in its order.
func (i HolidayImport) read(c *check, thisYear int) (named []filed[NewHoliday]) {
	if i.File.Media == "text/csv" {
		for _, l := range i.File.table(c, mostHolidays, []string{"date", "name"}, []string{"region", "half"}) {
			named = append(named, filed[NewHoliday]{l.number, NewHoliday{
				l.cells["date"], l.cells["name"], cmp.Or(l.cells["region"], i.Region), l.flag(c, "half"),
			}})
		}
		return named
	}
	for _, e := range i.File.events(c, mostHolidays, thisYear) {
		if dayAfter(e.From, longestFeast) <= e.To {
			c.that(false, onLine(e.Line, ""), "begins an event of more than %d days", longestFeast)
			continue
		}
		for day := range days(e.From, e.To) {
			named = append(named, filed[NewHoliday]{e.Line, NewHoliday{Date: day, Name: e.Summary, Region: i.Region}})
		}
		if len(named) > mostHolidays {
			c.that(false, onLine(e.Line, ""), "makes more than %d days: cut the file", mostHolidays)
			return nil
		}
	}
	return named
}

// putHolidays makes those that aren't there yet, and tells of each what came of it.
func (s *Service) putHolidays(tx *gorm.DB, named []filed[NewHoliday]) (outcomes []string, err error) {
	if len(named) == 0 {
		return nil, nil
	}
	whole := span{named[0].of.Date, named[0].of.Date}
	for _, n := range named {
		whole = span{min(whole.Start, n.of.Date), max(whole.End, n.of.Date)}
	}
	var rows []Holiday
	if err := tx.Where("date BETWEEN ? AND ?", whole.Start, whole.End).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read holidays: %w", err)
	}
	known := map[[3]string]Holiday{}
	for _, h := range rows {
		known[h.identity()] = h
	}
	changed := false
	for _, n := range named {
		h, outcome := n.of.holiday(), wasAdded
		if there, ok := known[h.identity()]; ok {
			h.ID, outcome = there.ID, wasUpdated
			if h == there {
				outcome = wasThere
			}
		}
		if outcome != wasThere {
			changed = true
			if err := tx.Save(&h).Error; err != nil {
				return nil, fmt.Errorf("write a holiday: %w", err)
			}
		}
		known[h.identity()] = h
		outcomes = append(outcomes, outcome)
	}
	if !changed {
		return outcomes, nil
	}
	return outcomes, s.expectAnew(tx, nil, whole.Start, whole.End)
}

func (h Holiday) identity() [3]string { return [3]string{h.Date, h.Region, h.Name} }
