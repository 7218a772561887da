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

// completeAll adds to the rows whom and what they name, in four statements however many they are.
func completeAll(ctx context.Context, tx *gorm.DB, by auth.Caller, rows []periodRow) ([]Period, error) {
	var owners, ids, decisions []string
	for _, row := range rows {
		owners, ids = append(owners, row.UserID), append(ids, row.ID)
		if row.DecisionID != nil {
			decisions = append(decisions, *row.DecisionID)
		}
	}
	known, err := peopleOf(ctx, tx, owners)
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
			row: row, people: known[row.UserID], Submission: submitted[row.ID], closing: closed,
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

// peopleOf are the owners and who manages them, by the owner's id.
func peopleOf(ctx context.Context, tx *gorm.DB, owners []string) (map[string]people, error) {
	known := map[string]people{}
	rows, err := tx.Table("(?) AS owner", auth.People(ctx, tx)).Select("owner.id, owner.name, manager.id, manager.name").
		Joins("LEFT JOIN (?) AS manager ON manager.id = owner.manager_id AND NOT manager.blocked", auth.People(ctx, tx)).
		Where("owner.id IN ?", owners).Rows()
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var p people
		if err := rows.Scan(&id, &p.owner, &p.managerID, &p.manager); err != nil {
			return nil, fmt.Errorf("read people: %w", err)
		}
		known[id] = p
	}
	return known, rows.Err()
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
