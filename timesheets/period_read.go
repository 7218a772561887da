package timesheets

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
)

// completed is one period with all that belongs to it.
func completed(ctx context.Context, tx *gorm.DB, by auth.Caller, row periodRow) (Period, error) {
	periods, err := completeAll(ctx, tx, by, []periodRow{row})
	if err != nil {
		return Period{}, err
	}
	return periods[0], nil
}

// completeAll adds to the rows whom and what they name, in a few statements however many they are.
func completeAll(ctx context.Context, tx *gorm.DB, by auth.Caller, rows []periodRow) ([]Period, error) {
	var owners, ids, decisions []string
	edited := false
	for _, row := range rows {
		edited = edited || len(row.Editors) > 0
		owners, ids = append(owners, row.UserID), append(ids, row.ID)
		if row.DecisionID != nil {
			decisions = append(decisions, *row.DecisionID)
		}
	}
	parts, err := partsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	known, err := circlesOf(ctx, tx, by, distinct(owners), projectsOf(parts), edited)
	if err != nil {
		return nil, err
	}
	submitted, err := submissionsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	decided, err := decisionsOf(ctx, tx, decisions)
	if err != nil {
		return nil, err
	}
	lock, err := lockOf(tx)
	if err != nil {
		return nil, err
	}
	var closed closing
	if lock.UntilDay != nil {
		closed = closing{*lock.UntilDay, lock.Reason}
	}
	periods := make([]Period, 0, len(rows))
	for _, row := range rows {
		p := Period{
			ID: row.ID, UserID: row.UserID, Start: row.StartDay, End: row.EndDay, State: row.State, Entries: row.Entries,
			Minutes: row.Minutes, BillableMinutes: row.BillableMinutes, Flags: row.Flags, Revision: row.Revision,
			row: row, parts: known.parts(parts[row.ID]), people: known.of(row.UserID), Submission: submitted[row.ID], closing: closed,
		}
		if row.DecisionID != nil {
			d := decided[*row.DecisionID]
			p.LastDecision, p.people.decider = &Verdict{
				Decision: State(d.Kind), By: d.ByUser, OnBehalfOf: d.OnBehalfOf, Comment: d.Comment, At: d.At.UTC(),
			}, d.Decider
		}
		periods = append(periods, p.shownTo(by))
	}
	return periods, nil
}

// submissionsOf are the last ones of the periods, by the period's id.
func submissionsOf(tx *gorm.DB, periods []string) (map[string]*Submission, error) {
	var last []struct {
		PeriodID string
		Submission
	}
	err := tx.Table("submissions").Joins("JOIN periods ON periods.id = period_id AND periods.submissions = number").
		Select("submissions.period_id, number, submitted_at, submitted_by, comment, submissions.minutes, digest").
		Where("period_id IN ?", periods).Scan(&last).Error
	if err != nil {
		return nil, fmt.Errorf("read submissions: %w", err)
	}
	found := map[string]*Submission{}
	for i := range last {
		last[i].SubmittedAt = last[i].SubmittedAt.UTC()
		found[last[i].PeriodID] = &last[i].Submission
	}
	return found, nil
}

type decisionRow struct {
	ID         string
	Kind       string
	ByUser     string
	OnBehalfOf *string
	Comment    string
	At         time.Time
	Decider    *string
}

// decisionsOf are the events with the ids, with who decided.
func decisionsOf(ctx context.Context, tx *gorm.DB, ids []string) (map[string]decisionRow, error) {
	found := map[string]decisionRow{}
	if len(ids) == 0 {
		return found, nil
	}
	var rows []decisionRow
	err := tx.Table("period_events").Joins("LEFT JOIN (?) AS decider ON decider.id = by_user", auth.People(ctx, tx)).
		Select("period_events.id, kind, by_user, on_behalf_of, comment, at, decider.name AS decider").
		Where("period_events.id IN ?", ids).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read decisions: %w", err)
	}
	for _, row := range rows {
		found[row.ID] = row
	}
	return found, nil
}
