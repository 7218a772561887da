package timesheets

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"punchcard/auth"
)

// ApprovalQuery asks for the periods that are the caller's to decide about, the latest first.
type ApprovalQuery struct {
	Paging
	State []string `query:"state"` // one of these; none: submitted
	Flag  string   `query:"flag"`  // with this flag
}

// Validate says everything that is wrong with the query.
func (q ApprovalQuery) Validate() error {
	var c check
	c.states(q.State, Open, Submitted, Approved, Rejected)
	c.that(q.Flag == "" || slices.Contains(flagCodes, q.Flag), "flag", "must be one of %s", strings.Join(flagCodes, ", "))
	c.paging(q.Paging)
	return c.fault()
}

// Approvals lists a page of the periods that are the caller's to decide about; never their own.
func (s *Service) Approvals(ctx context.Context, by auth.Caller, q ApprovalQuery) (Page[Period], error) {
	tx, p := s.db.Read(ctx), q.Paging
	q.Paging = Paging{}
	periods := decidable(ctx, tx, by)
	if waiting := len(q.State) == 0 || slices.Equal(q.State, []string{string(Submitted)}); waiting {
		periods = periods.Where("periods.state = 'submitted'") // in these words, which the indexes of what waits have
	} else {
		periods = periods.Where("periods.state IN ?", q.State)
	}
	if q.Flag != "" {
		flag := `"code":"` + q.Flag + `"`
		periods = periods.Where("REPLACE(periods.flags, ?, '') <> periods.flags", flag)
	}
	return turn(s, by, q, p, s.periodList(ctx, tx, by, periods))
}

// decidable is every period that is the caller's to approve or reject once it is submitted: matter.isDecidedBy in SQL.
func decidable(ctx context.Context, tx *gorm.DB, by auth.Caller) *gorm.DB {
	periods := tx.Model(&periodRow{}).
		Joins("JOIN (?) AS owner ON owner.id = periods.user_id", auth.People(ctx, tx)).
		Joins("LEFT JOIN (?) AS manager ON manager.id = owner.manager_id AND NOT manager.blocked", auth.People(ctx, tx)).
		Where("periods.user_id <> ? AND REPLACE(periods.editors, ?, '') = periods.editors", by.User, element(by.User))
	if by.Admin {
		return periods.Where("(manager.id = ? OR manager.id IS NULL OR "+
			`REPLACE(periods.editors, '"' || manager.id || '"', '') <> periods.editors)`, by.User)
	}
	return periods.Where("manager.id = ?", by.User)
}

// ApprovalCounts is how many periods that are the caller's to decide about are in each state.
type ApprovalCounts struct {
	Open      int `json:"open"`
	Submitted int `json:"submitted"`
	Approved  int `json:"approved"`
	Rejected  int `json:"rejected"`
	Flagged   int `json:"flagged"` // of those that are submitted
}

// CountApprovals counts them.
func (s *Service) CountApprovals(ctx context.Context, by auth.Caller, _ struct{}) (ApprovalCounts, error) {
	var n ApprovalCounts
	err := decidable(ctx, s.db.Read(ctx), by).Select(
		"COALESCE(SUM(CASE WHEN periods.state = 'open' THEN 1 ELSE 0 END), 0) AS open, " +
			"COALESCE(SUM(CASE WHEN periods.state = 'submitted' THEN 1 ELSE 0 END), 0) AS submitted, " +
			"COALESCE(SUM(CASE WHEN periods.state = 'approved' THEN 1 ELSE 0 END), 0) AS approved, " +
			"COALESCE(SUM(CASE WHEN periods.state = 'rejected' THEN 1 ELSE 0 END), 0) AS rejected, " +
			"COALESCE(SUM(CASE WHEN periods.state = 'submitted' AND periods.flags <> '[]' THEN 1 ELSE 0 END), 0) AS flagged",
	).Scan(&n).Error
	if err != nil {
		return n, fmt.Errorf("count approvals: %w", err)
	}
	return n, nil
}
