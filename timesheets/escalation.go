package timesheets

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
)

// escalate tells the managers of those who should have decided, or else the administrators, of submissions that have waited
// for too long: once of each.
func (s *Service) escalate(ctx context.Context, r reminding) error {
	if r.EscalateAfterDays == 0 {
		return nil
	}
	before := s.instant().AddDate(0, 0, -r.EscalateAfterDays)
	for start, id, more := lastDay, "~", true; more; {
		rows, err := submittedBefore(s.db.Read(ctx), before, start, id)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if row.EndDay > r.closed {
				if err := s.escalateOne(ctx, row.ID, before); err != nil {
					return err
				}
			}
			start, id = row.StartDay, row.ID
		}
		more = len(rows) == remindBite
	}
	return nil
}

// submittedBefore are the next periods after a place that were submitted before an instant and still are, the latest first.
func submittedBefore(tx *gorm.DB, before time.Time, start, id string) (rows []periodRow, err error) {
	err = tx.Model(&periodRow{}).Select("periods.*").
		Joins("JOIN submissions ON submissions.period_id = periods.id AND number = periods.submissions AND submitted_at <= ?", before).
		Where("periods.state = 'submitted' AND (periods.start_day, periods.id) < (?, ?)", start, id).
		Order("periods.start_day DESC, periods.id DESC").Limit(remindBite).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read submissions that wait: %w", err)
	}
	return rows, nil
}

func (s *Service) escalateOne(ctx context.Context, id string, before time.Time) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		var row periodRow
		if err := tx.Where("id = ?", id).Limit(1).Find(&row).Error; err != nil {
			return fmt.Errorf("read period: %w", err)
		}
		p, err := s.completed(ctx, tx, auth.Caller{}, row)
		if err != nil || p.State != Submitted || p.Submission == nil || p.Submission.SubmittedAt.After(before) {
			return err
		}
		people, err := superiors(ctx, tx, p)
		if err != nil {
			return err
		}
		once := fmt.Sprintf("%s %d %s", escalation, p.Submission.Number, p.ID)
		return s.notify(tx, notificationRow{
			Once: &once,
			Notification: Notification{
				Kind: escalation, PeriodID: &p.ID, OwnerID: &p.UserID,
				Params: Particulars{
					Start: p.Start, End: p.End, Minutes: p.Minutes, Days: int(s.now().Sub(p.Submission.SubmittedAt).Hours() / 24),
				},
			},
		}, people)
	})
}

// superiors are the managers of those who should decide about a period, or else other administrators. Where nobody is above
// those who should decide, they are told once more.
func superiors(ctx context.Context, tx *gorm.DB, p Period) ([]string, error) {
	var managers []string
	if len(p.Approvers) > 0 {
		theirs := auth.People(ctx, tx).Select("manager_id").Where("id IN ?", p.Approvers)
		err := auth.People(ctx, tx).Where("id IN (?) AND NOT blocked AND id <> ?", theirs, p.UserID).Limit(mostTold).Pluck("id", &managers).Error
		if err != nil {
			return nil, fmt.Errorf("read the approvers' managers: %w", err)
		}
	}
	if managers = slices.DeleteFunc(managers, func(id string) bool { return slices.Contains(p.Approvers, id) }); len(managers) > 0 {
		return managers, nil
	}
	others, err := administrators(ctx, tx, append([]string{p.UserID}, p.Approvers...))
	if err == nil && len(others) == 0 {
		others = slices.Clone(p.Approvers)
	}
	return others, err
}
