package timesheets

import (
	"context"

	"gorm.io/gorm"

	"punchcard/auth"
)

// PeriodQuery asks for the periods that the caller may see and that have anything in them, the latest first. What is left
// empty filters nothing.
type PeriodQuery struct {
	Paging
	UserID string   `query:"user_id"`
	From   string   `query:"from"`  // the first day, of which they have one or a later one
	To     string   `query:"to"`    // the last day, of which they have one or an earlier one
	State  []string `query:"state"` // one of these
}

// Validate says everything that is wrong with the query.
func (q PeriodQuery) Validate() error {
	var c check
	c.line(q.UserID, "user_id", idLimit)
	if q.From != "" {
		c.day(q.From, "from")
	}
	if q.To != "" {
		c.day(q.To, "to")
		c.that(q.From <= q.To, "to", "must not be before from")
	}
	c.states(q.State, Open, Submitted, Approved, Rejected)
	c.paging(q.Paging)
	return c.fault()
}

// Periods lists a page of periods.
func (s *Service) Periods(ctx context.Context, by auth.Caller, q PeriodQuery) (Page[Period], error) {
	tx, p := s.db.Read(ctx), q.Paging
	q.Paging = Paging{}
	filters := q
	var err error
	if q.UserID, err = narrowed(tx, by, q.UserID); err != nil {
		return Page[Period]{}, err
	}
	periods := tx.Model(&periodRow{})
	if !seesAll(by) {
		periods = periods.Where("periods.user_id IN (?)", auth.ManagedBy(tx, by.User).Or("id = ?", by.User))
	}
	if q.UserID != "" {
		periods = periods.Where("periods.user_id = ?", q.UserID)
	}
	if q.From != "" {
		periods = periods.Where("periods.end_day >= ?", q.From)
	}
	if q.To != "" {
		periods = periods.Where("periods.start_day <= ?", q.To)
	}
	if len(q.State) > 0 {
		periods = periods.Where("periods.state IN ?", q.State)
	}
	l := s.periodList(ctx, tx, by, periods)
	l.until = q.To
	if q.UserID == "" && !seesAll(by) {
		l.sorted = "periods.start_day"
	}
	return turn(s, by, filters, p, l)
}

func (s *Service) periodList(ctx context.Context, tx *gorm.DB, by auth.Caller, periods *gorm.DB) list[Period] {
	return list[Period]{
		all:   periods.Session(&gorm.Session{}),
		order: "periods.start_day DESC, periods.id DESC",
		after: "(periods.start_day, periods.id) < (?, ?)",
		keys:  func(p Period) []string { return []string{p.Start, p.ID} },
		read: func(rows *gorm.DB) ([]Period, error) {
			var found []periodRow
			if err := rows.Select("periods.*").Find(&found).Error; err != nil {
				return nil, err
			}
			return s.completeAll(ctx, tx, by, found)
		},
	}
}
