package timesheets

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"punchcard/auth"
)

// mostTold is how many people are told of one thing at most.
const mostTold = 100

// gatherFor is how long a mail waits for others of its kind to the same person, so that a Friday evening is one mail.
const gatherFor = 2 * time.Minute

// notify tells people of one thing, in the write that does it. Nobody is told of what they did themselves.
func (s *Service) notify(tx *gorm.DB, n notificationRow, people []string) error {
	slices.Sort(people)
	people = slices.Compact(people)
	switches, err := switchesOf(tx, n.Kind, people)
	if err != nil {
		return err
	}
	for _, user := range people[:min(len(people), mostTold)] {
		set := switches[user]
		mailed := set.Email && s.mail != nil
		if n.ByUser != nil && *n.ByUser == user || !set.InApp && !mailed {
			continue
		}
		one := n
		one.UserID, one.Shown = user, set.InApp
		if n.Once != nil {
			one.Once = new(*n.Once + " " + user)
		}
		if err := s.keep(tx, one, mailed, gatherFor); err != nil {
			return err
		}
	}
	return nil
}

// keep writes a notification down, and queues its mail to be sent that much later. What is told once isn't again.
func (s *Service) keep(tx *gorm.DB, n notificationRow, mailed bool, later time.Duration) error {
	n.ID, n.CreatedAt = uuid.Must(uuid.NewV7()).String(), s.instant()
	kept := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&n)
	if kept.Error != nil {
		return fmt.Errorf("notify: %w", kept.Error)
	}
	if kept.RowsAffected == 0 || !mailed {
		return nil
	}
	m := mailRow{ID: n.ID, UserID: n.UserID, Kind: n.Kind, State: "waiting", NextAt: n.CreatedAt.Add(later)}
	if err := tx.Create(&m).Error; err != nil {
		return fmt.Errorf("queue a mail: %w", err)
	}
	return nil
}

// announcement is what was done to a period, or to one entry of it.
type announcement struct {
	action  Action
	period  Period
	entry   *Entry // nil: the whole period
	comment string
}

// tellOf notifies whom it concerns: those who decide of what the owner does, and the owner of what others do.
func (s *Service) tellOf(ctx context.Context, tx *gorm.DB, by auth.Caller, a announcement) error {
	kind, told := happened[a.action]
	if !told {
		return nil
	}
	n := notificationRow{Notification: Notification{
		Kind: kind, PeriodID: &a.period.ID, OwnerID: &a.period.UserID, ByUser: &by.User,
		Params: Particulars{Start: a.period.Start, End: a.period.End, Minutes: a.period.Minutes, Comment: a.comment},
	}}
	if a.entry != nil {
		n.EntryID, n.Params.Date, n.Params.Minutes = &a.entry.ID, a.entry.Date, a.entry.Minutes
	}
	people, err := s.concerned(ctx, tx, a)
	if err != nil {
		return err
	}
	return s.notify(tx, n, people)
}

// concerned are those who are to be told.
func (s *Service) concerned(ctx context.Context, tx *gorm.DB, a announcement) ([]string, error) {
	switch a.action {
	case Submit:
		people, err := deciders(ctx, tx, a.period)
		if err != nil || a.entry == nil {
			return people, err
		}
		return withoutThoseWhoKnow(tx, a.period, people)
	case RequestReopening:
		return deciders(ctx, tx, a.period)
	case Withdraw:
		return takeBack(tx, a)
	case Approve, Reject:
		if a.period.State == Approved || a.period.State == Rejected {
			return []string{a.period.UserID}, s.settleNotifications(tx, a.period)
		}
	}
	return []string{a.period.UserID}, nil
}

// deciders are those who may decide about a period: whom it names, or else the administrators who may.
func deciders(ctx context.Context, tx *gorm.DB, p Period) ([]string, error) {
	if len(p.Approvers) > 0 {
		return slices.Clone(p.Approvers), nil
	}
	return administrators(ctx, tx, append([]string{p.UserID}, p.row.Editors...))
}

// administrators are the ids of all but some.
func administrators(ctx context.Context, tx *gorm.DB, but []string) ([]string, error) {
	var ids []string
	err := auth.People(ctx, tx).Where("id IN (?) AND id NOT IN ?", auth.Administrators(tx).Select("users.id"), but).Order("id").Limit(mostTold).
		Pluck("id", &ids).Error
	if err != nil {
		return nil, fmt.Errorf("read administrators: %w", err)
	}
	return ids, nil
}

// withoutThoseWhoKnow leaves out whoever was told of a submission of the period and hasn't looked yet: entries that are
// submitted one by one are one thing to look at.
func withoutThoseWhoKnow(tx *gorm.DB, p Period, people []string) ([]string, error) {
	var know []string
	err := tx.Table("notifications").Where("period_id = ? AND kind = 'submitted' AND read_at IS NULL", p.ID).
		Where("user_id IN ?", people).Pluck("user_id", &know).Error
	if err != nil {
		return nil, fmt.Errorf("read who knows: %w", err)
	}
	return slices.DeleteFunc(people, func(user string) bool { return slices.Contains(know, user) }), nil
}

// takeBack takes the news of a submission from those who haven't seen it yet, neither in the app nor by mail, and returns
// the others, who are to hear that it is withdrawn. Of entries that were submitted one by one, the last one does it.
func takeBack(tx *gorm.DB, a announcement) (others []string, err error) {
	if left, err := a.period.row.tally(tx); err != nil || a.entry != nil && left.Submitted > 0 {
		return nil, err
	}
	var told []struct {
		ID, UserID string
		Seen       bool
	}
	rows := tx.Table("notifications").Joins("LEFT JOIN mails ON mails.id = notifications.id").
		Select("notifications.id, notifications.user_id, (read_at IS NOT NULL OR COALESCE(mails.letter, '') <> '') AS seen").
		Where("notifications.period_id = ? AND notifications.kind = 'submitted'", a.period.ID)
	if a.entry != nil {
		rows = rows.Where("notifications.entry_id IS NOT NULL")
	} else if a.period.Submission != nil {
		rows = rows.Where("notifications.created_at >= ?", a.period.Submission.SubmittedAt)
	}
	if err := rows.Scan(&told).Error; err != nil {
		return nil, fmt.Errorf("read who was told: %w", err)
	}
	for _, n := range told {
		if n.Seen {
			others = append(others, n.UserID)
		} else if err := tx.Where("id = ?", n.ID).Delete(&notificationRow{}).Error; err != nil {
			return nil, fmt.Errorf("take a notification back: %w", err)
		}
	}
	return others, nil
}

// settleNotifications marks as read what asked for a decision that is made now, whoever made it.
func (s *Service) settleNotifications(tx *gorm.DB, p Period) error {
	err := tx.Table("notifications").Where("period_id = ? AND kind IN ('submitted', 'escalation') AND read_at IS NULL", p.ID).
		Update("read_at", s.instant()).Error
	if err != nil {
		return fmt.Errorf("settle notifications: %w", err)
	}
	return nil
}

// tellOfEntry is tellOf for one entry, whose period has followed it already.
func (s *Service) tellOfEntry(ctx context.Context, tx *gorm.DB, by auth.Caller, action Action, row periodRow, e Entry) error {
	if _, told := happened[action]; !told {
		return nil
	}
	p, err := s.completed(ctx, tx, auth.Caller{}, row)
	if err != nil {
		return err
	}
	return s.tellOf(ctx, tx, by, announcement{action: action, period: p, entry: &e, comment: e.Comment})
}
