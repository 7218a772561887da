package timesheets

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"punchcard/auth"
)

// completed is one period with all that belongs to it, and what is expected in it.
func (s *Service) completed(ctx context.Context, tx *gorm.DB, by auth.Caller, row periodRow) (Period, error) {
	periods, err := s.completeAll(ctx, tx, by, []periodRow{row})
	if err != nil {
		return Period{}, err
	}
	return periods[0], nil
}

func (s *Service) completeAll(ctx context.Context, tx *gorm.DB, by auth.Caller, rows []periodRow) ([]Period, error) {
	periods, err := completeAll(ctx, tx, by, rows)
	if err == nil && len(rows) > 0 {
		err = s.expect(tx, rows, periods)
	}
	return periods, err
}

// expect adds what is expected in the periods and what of it is missing, in five statements however many they are. Of a
// period that isn't over, days that haven't come everywhere yet are expected but not missing.
func (s *Service) expect(tx *gorm.DB, rows []periodRow, periods []Period) error {
	users, whole := spanOf(rows)
	e, err := expectationsOf(tx, users, whole.Start, whole.End)
	if err != nil || e.nothing() {
		return err
	}
	today := s.earliestDay()
	var begun []periodRow
	for _, row := range rows {
		if row.StartDay <= today && today < row.EndDay {
			begun = append(begun, row)
		}
	}
	worked := map[personDay]int{}
	if len(begun) > 0 {
		users, whole := spanOf(begun)
		if worked, err = workedBy(tx, users, whole.Start, today); err != nil {
			return err
		}
	}
	for i, row := range rows {
		p := &periods[i]
		p.ExpectedMinutes = e.over(row.UserID, row.StartDay, row.EndDay)
		due, done := p.ExpectedMinutes, row.Minutes
		if today < row.EndDay {
			due, done = e.over(row.UserID, row.StartDay, today), 0
			for day := range days(row.StartDay, today) {
				done += worked[personDay{row.UserID, day}]
			}
		}
		p.MissingMinutes = max(0, due-done)
	}
	return nil
}

// Uncounted is what a period shows that changes without a revision of its own: days come, and hours are expected anew.
func (p Period) Uncounted() string {
	if p.ExpectedMinutes == 0 {
		return ""
	}
	return fmt.Sprintf("%d_%d", p.ExpectedMinutes, p.MissingMinutes)
}
