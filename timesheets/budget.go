package timesheets

import (
	"fmt"

	"gorm.io/gorm"

	"punchcard/auth"
)

// How long a budget lasts.
const (
	forAll   = "total"
	forMonth = "month" // anew in each
)

// Budget is how much of a project's budget is used, by all entries that there are, whatever their state. It blocks nothing.
type Budget struct {
	Minutes     int     `json:"minutes"`
	Period      string  `json:"period"` // total or month
	Month       *string `json:"month"`  // which one is counted, the present one in UTC: "2026-03"; nil: all time is
	UsedMinutes int     `json:"used_minutes"`
	LeftMinutes int     `json:"left_minutes"` // below 0 when it is overdrawn
	Percent     int     `json:"percent"`      // used, rounded down; more than 100 when it is overdrawn
}

// tag stands for what was used, and when.
func (b Budget) tag() string {
	tag := fmt.Sprint(b.UsedMinutes)
	if b.Month != nil {
		tag += "-" + *b.Month
	}
	return tag
}

// seesBudgets reports whether budgets are the caller's to see: who approves time, administers, or reads all of it anyway.
func seesBudgets(by auth.Caller) bool { return seesAll(by) || by.May(approveScope) }

// usedQuery is the minutes used of the budgets of projects. It is summed along an index of entries, without reading any.
const usedQuery = `
SELECT id, (SELECT COALESCE(SUM(minutes), 0) FROM entries
	WHERE project_id = projects.id AND deleted_at IS NULL
	AND date BETWEEN CASE WHEN projects.budget_period = 'month' THEN ? ELSE '' END
		AND CASE WHEN projects.budget_period = 'month' THEN ? ELSE '9999' END) AS minutes
FROM projects WHERE id IN ? AND budget_minutes IS NOT NULL`

// withBudgets completes the projects with what is used of their budgets. It is for reading: in a write, the sum would stand
// in the way of everybody's time.
func (s *Service) withBudgets(tx *gorm.DB, projects []Project) error {
	ids := []string{}
	for _, p := range projects {
		ids = append(ids, p.ID)
	}
	var rows []struct {
		ID      string
		Minutes int
	}
	month := s.now().UTC().Format("2006-01")
	if err := tx.Raw(usedQuery, month+"-01", month+"-31", ids).Scan(&rows).Error; err != nil {
		return fmt.Errorf("sum what is used of budgets: %w", err)
	}
	used := map[string]int{}
	for _, row := range rows {
		used[row.ID] = row.Minutes
	}
	for i, p := range projects {
		if p.BudgetMinutes != nil {
			projects[i].Budget = budget(*p.BudgetMinutes, *p.BudgetPeriod, month, used[p.ID])
		}
	}
	return nil
}

func budget(minutes int, period, month string, used int) *Budget {
	b := Budget{Minutes: minutes, Period: period, UsedMinutes: used, LeftMinutes: minutes - used, Percent: used * 100 / minutes}
	if period == forMonth {
		b.Month = &month
	}
	return &b
}

// shown is the project as the caller sees it.
func (s *Service) shown(tx *gorm.DB, by auth.Caller, p Project) (Project, error) {
	one := []Project{p}
	if !seesBudgets(by) {
		hideBudgets(one)
	} else if p.BudgetMinutes != nil {
		err := s.withBudgets(tx, one)
		return one[0], err
	}
	return one[0], nil
}

func hideBudgets(projects []Project) {
	for i := range projects {
		projects[i].BudgetMinutes, projects[i].BudgetPeriod = nil, nil
	}
}
