package timesheets

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
)

// The stages of a reminder.
const (
	dueTomorrow = "due_tomorrow"
	dueToday    = "due_today"
	overdue     = "overdue"

	overdueReminders = 3
)

// remindFrom is the hour of the day, in UTC, from which on the clock reminds people.
const remindFrom = 8

// remindBite is how many people or periods are looked at together.
const remindBite = 200

// remind tells those whose time isn't submitted that it is due, and whoever can help of submissions that wait for too long.
// Each is told once however often this runs, and wherever.
func (s *Service) remind(ctx context.Context) error {
	now := s.now().UTC()
	today := now.Format(time.DateOnly)
	if now.Hour() < remindFrom || s.remindedOn == today {
		return nil
	}
	r, err := s.reminding(ctx, today)
	if err != nil {
		return err
	}
	for _, round := range []func(context.Context, reminding) error{s.remindOfPeriods, s.remindOfNothing, s.escalate} {
		if err := round(ctx, r); err != nil {
			return err
		}
	}
	s.remindedOn = today
	return nil
}

// reminding is by what people are reminded today.
type reminding struct {
	Organization
	today     string
	closed    string // the lock date: until then there is nothing to do any more
	calendars []calendar
}

func (s *Service) reminding(ctx context.Context, today string) (r reminding, err error) {
	tx := s.db.Read(ctx)
	r.today = today
	if r.Organization, err = organization(tx); err != nil {
		return r, err
	}
	lock, err := lockOf(tx)
	if err != nil {
		return r, err
	}
	if lock.UntilDay != nil {
		r.closed = *lock.UntilDay
	}
	r.calendars, err = calendarsOf(tx)
	return r, err
}

// since is the last day of the periods of which people are reminded last.
func (r reminding) since() string {
	return max(dayAfter(r.today, -r.SubmissionDueDays-overdueReminders*r.RemindEveryDays), dayAfter(r.closed, 1))
}

// stage is what there is to say today of a period that ended on a day, and what that is called where it is said once.
func (r reminding) stage(end string) (stage, once, due string) {
	if end >= r.today || r.SubmissionDueDays == 0 {
		return "", "", ""
	}
	due = dayAfter(end, r.SubmissionDueDays)
	switch late := daysBetween(due, r.today); {
	case late < -1:
		return "", "", ""
	case late == -1:
		return dueTomorrow, dueTomorrow, due
	case late == 0:
		return dueToday, dueToday, due
	case r.RemindEveryDays == 0 || late < r.RemindEveryDays:
		return overdue, dueToday, due // on whose day nobody was there to say so
	default:
		return overdue, fmt.Sprintf("%s %d", overdue, min(late/r.RemindEveryDays, overdueReminders)), due
	}
}

func daysBetween(from, to string) int {
	first, _ := time.Parse(time.DateOnly, from)
	last, _ := time.Parse(time.DateOnly, to)
	return int(last.Sub(first).Hours() / 24)
}

// remindOfPeriods reminds of what has entries and isn't submitted, period by period in the order of their last days.
func (s *Service) remindOfPeriods(ctx context.Context, r reminding) error {
	if r.SubmissionDueDays == 0 {
		return nil
	}
	end, id := r.since(), ""
	for {
		rows, err := unsubmitted(ctx, s.db.Read(ctx), r.today, end, id)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := s.remindOf(ctx, r, row.UserID, row.EndDay); err != nil {
				return err
			}
		}
		if len(rows) < remindBite {
			return nil
		}
		end, id = rows[len(rows)-1].EndDay, rows[len(rows)-1].ID
	}
}

// unsubmitted are the next periods after a place that are over and have what could be submitted.
func unsubmitted(ctx context.Context, tx *gorm.DB, today, end, id string) (rows []periodRow, err error) {
	err = tx.Where("end_day < ? AND (end_day, id) > (?, ?)", today, end, id).
		Where("state IN ('open', 'rejected') AND entries > 0").
		Where("EXISTS (?)", auth.People(ctx, tx).Select("1").Where("users.id = periods.user_id AND NOT users.blocked")).
		Order("end_day, id").Limit(remindBite).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read periods that aren't submitted: %w", err)
	}
	return rows, nil
}

// remindOfNothing reminds those who have nothing at all in a period of which time is expected of them.
func (s *Service) remindOfNothing(ctx context.Context, r reminding) error {
	for day, since := dayAfter(r.today, -1), r.since(); day >= since && r.SubmissionDueDays > 0; {
		days := spanIn(r.calendars, day)
		if day = dayAfter(days.Start, -1); days.End >= r.today {
			continue
		}
		if stage, _, _ := r.stage(days.End); stage == "" {
			continue
		}
		for after, more := "", true; more; {
			people, err := idle(ctx, s.db.Read(ctx), days, after)
			if err != nil {
				return err
			}
			if more = len(people) == remindBite; more {
				after = people[len(people)-1]
			}
			if people, err = expectedOf(s.db.Read(ctx), people, days); err != nil {
				return err
			}
			for _, user := range people {
				if err := s.remindOf(ctx, r, user, days.End); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// idle are the next people after one who have nothing in a period, neither entries nor a submission.
func idle(ctx context.Context, tx *gorm.DB, days span, after string) (people []string, err error) {
	err = auth.People(ctx, tx).Where("NOT blocked AND id > ?", after).
		Where("NOT EXISTS (SELECT 1 FROM periods WHERE user_id = users.id AND start_day BETWEEN ? AND ? AND end_day >= ? AND "+
			"(entries > 0 OR state <> 'open'))", dayAfter(days.Start, -longestPeriod), days.End, days.Start).
		Order("id").Limit(remindBite).Pluck("id", &people).Error
	if err != nil {
		return nil, fmt.Errorf("read who has no entries: %w", err)
	}
	return people, nil
}

const (
	longestPeriod = 31 // days
	workedWithin  = 28 // days
)

// expectedOf are those of the people of whom time is expected in a period: by their hours, holidays and absences, or, of
// whom nobody said any hours, if they worked in the four weeks before.
func expectedOf(tx *gorm.DB, people []string, days span) (expected []string, err error) {
	if len(people) == 0 {
		return nil, nil
	}
	e, err := expectationsOf(tx, people, days.Start, days.End)
	if err != nil {
		return nil, err
	}
	var worked []string
	since := dayAfter(days.Start, -workedWithin)
	err = tx.Model(&periodRow{}).Distinct("user_id").Where("user_id IN ? AND start_day >= ? AND start_day < ? AND end_day >= ?",
		people, dayAfter(since, -longestPeriod), days.Start, since).Where("entries > 0").Pluck("user_id", &worked).Error
	if err != nil {
		return nil, fmt.Errorf("read who worked lately: %w", err)
	}
	for _, user := range people {
		told := len(e.ofAll)+len(e.own[user]) > 0
		if told && e.over(user, days.Start, days.End) > 0 || !told && slices.Contains(worked, user) {
			expected = append(expected, user)
		}
	}
	return expected, nil
}

// remindOf reminds a person of their period that ended on a day, if it is still to be submitted.
func (s *Service) remindOf(ctx context.Context, r reminding, user, end string) error {
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		p, err := periodOn(tx, user, end)
		if err != nil {
			return err
		}
		stage, once, due := r.stage(p.EndDay)
		if stage == "" || p.State != Open && p.State != Rejected {
			return nil
		}
		once = reminder + " " + once + " " + p.ID
		return s.notify(tx, notificationRow{
			Once: &once,
			Notification: Notification{
				Kind: reminder, PeriodID: &p.ID, OwnerID: &p.UserID,
				Params: Particulars{Start: p.StartDay, End: p.EndDay, Minutes: p.Minutes, Due: due, Stage: stage},
			},
		}, []string{user})
	})
}
