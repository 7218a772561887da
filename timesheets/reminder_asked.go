package timesheets

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/auth/lang"
)

// Reminders asks for people to be reminded of periods that they haven't submitted.
type Reminders struct {
	PeriodIDs []string `json:"period_ids"` // nil: all of which the caller can remind anybody, the latest 200 of them
}

// Validate wants each period once.
func (r Reminders) Validate() error {
	var c check
	c.that(r.PeriodIDs == nil || 1 <= len(r.PeriodIDs) && len(r.PeriodIDs) <= manyLimit, "/period_ids", "must be between 1 and %d", manyLimit)
	named := map[string]int{}
	for i, id := range r.PeriodIDs[:min(len(r.PeriodIDs), manyLimit)] {
		first, twice := named[id]
		c.that(!twice, fmt.Sprintf("/period_ids/%d", i), "is named in /period_ids/%d already", first)
		named[id] = i
	}
	return c.fault()
}

// Reminded is what came of many reminders, in their order.
type Reminded struct {
	Summary string           `json:"summary"` // "5 reminded, 1 reminded already"
	Results []PeriodReminded `json:"results"`
}

// PeriodReminded is what came of one: that its owner is told, or why not.
type PeriodReminded struct {
	PeriodID string `json:"period_id"`
	Problem  *Kind  `json:"problem"`
	Detail   string `json:"detail"`
}

// remindAgain is how long nobody reminds the same person of the same period again, whoever asks for it.
const remindAgain = 24 * time.Hour

// asked is the stage of a reminder that a person asked for.
const asked = "asked"

// RemindMany reminds people, each by themselves, of their periods that are over and not submitted, if the caller is who decides
// about those then. Nobody is reminded of the same one twice in a day.
func (s *Service) RemindMany(ctx context.Context, by auth.Caller, r Reminders) (Reminded, error) {
	if by.Machine() {
		return Reminded{}, fault(Forbidden, "an application that acts for itself can't remind anybody; a person has to")
	}
	ids := r.PeriodIDs
	if ids == nil {
		var err error
		if ids, err = s.remindable(ctx, by); err != nil {
			return Reminded{}, err
		}
	}
	done, count := Reminded{Results: make([]PeriodReminded, 0, len(ids))}, map[string]int{}
	for _, id := range ids {
		result, told := PeriodReminded{PeriodID: id}, "reminded"
		err := s.db.Write(ctx, func(tx *gorm.DB) error { return s.remindAsAsked(ctx, tx, by, id) })
		if refused, ok := errors.AsType[*Fault](err); ok {
			result.Problem, result.Detail = &refused.Kind, refused.Detail.In(lang.Tagged(by.Language))
			told = map[bool]string{true: "reminded already", false: "refused"}[refused.Kind == AlreadyReminded]
		} else if err != nil {
			return Reminded{}, err
		}
		count[told]++
		done.Results = append(done.Results, result)
	}
	done.Summary = inCounts(count, "reminded", "reminded already", "refused")
	return done, nil
}

// remindable are the latest periods of which the caller can remind somebody now.
func (s *Service) remindable(ctx context.Context, by auth.Caller) (ids []string, err error) {
	tx := s.db.Read(ctx)
	lock, err := lockOf(tx)
	if err != nil {
		return nil, err
	}
	periods := decidable(ctx, tx, by).Where("periods.state IN ('open', 'rejected') AND periods.end_day < ?", s.today()).
		Where("NOT owner.blocked").
		Where("NOT EXISTS (?)", askedLately(tx, s.instant()).Where("notifications.period_id = periods.id"))
	if lock.UntilDay != nil {
		periods = periods.Where("periods.end_day > ?", *lock.UntilDay)
	}
	err = periods.Order("periods.start_day DESC, periods.id DESC").Limit(manyLimit).Pluck("periods.id", &ids).Error
	if err != nil {
		return nil, fmt.Errorf("read of what people can be reminded: %w", err)
	}
	return ids, nil
}

// askedLately are the reminders that somebody asked for a short time ago.
func askedLately(tx *gorm.DB, now time.Time) *gorm.DB {
	return tx.Session(&gorm.Session{NewDB: true}).Table("notifications").Select("1").
		Where("kind = 'reminder' AND by_user IS NOT NULL AND notifications.created_at > ?", now.Add(-remindAgain))
}

// remindAsAsked reminds the owner of one period.
func (s *Service) remindAsAsked(ctx context.Context, tx *gorm.DB, by auth.Caller, id string) error {
	row, err := periodNamed(ctx, tx, by, id)
	if err != nil {
		return err
	}
	p, err := s.completed(ctx, tx, by, row)
	if err != nil {
		return err
	}
	if err := s.isToBeReminded(ctx, tx, by, p); err != nil {
		return err
	}
	set, err := switchesOf(tx, reminder, []string{p.UserID})
	if err != nil {
		return err
	}
	n := notificationRow{UserID: p.UserID, Shown: set[p.UserID].InApp, Notification: Notification{
		Kind: reminder, PeriodID: &p.ID, OwnerID: &p.UserID, ByUser: &by.User,
		Params: Particulars{Start: p.Start, End: p.End, Minutes: p.Minutes, Stage: asked},
	}}
	// Who wants to be told in no way is told in none, and yet it is written down: nobody is to ask for it again and again.
	if err := s.keep(tx, n, set[p.UserID].Email && s.mail != nil, gatherFor); err != nil {
		return err
	}
	return s.note(tx, by, deed{Action: "period.reminded", Owner: p.UserID, Object: p.ID,
		After: keptReminder{PeriodID: p.ID, UserID: p.UserID, Start: p.Start, End: p.End}})
}

// keptReminder is what the audit has of a reminder.
type keptReminder struct {
	PeriodID string `json:"period_id"`
	UserID   string `json:"user_id"`
	Start    string `json:"start"`
	End      string `json:"end"`
}

// isToBeReminded refuses to remind somebody of what isn't the caller's to decide about, or isn't theirs to submit now.
func (s *Service) isToBeReminded(ctx context.Context, tx *gorm.DB, by auth.Caller, p Period) error {
	m := p.matter()
	switch {
	case p.UserID == by.User:
		return fault(NotFound, "%s is your own: nobody reminds themselves", m.name)
	case !m.isDecidedBy(by):
		return fault(Forbidden, "only %s can remind %s of %s", m.approver(), m.people.owner, m.name)
	case m.state == Closed:
		return fault(PeriodClosed, "there is nothing to submit any more: %s", m.told())
	case p.State != Open && p.State != Rejected:
		return fault(InvalidTransition, "%s isn't to be submitted: it is %s", m.name, m.told())
	case p.End >= s.today():
		return fault(InvalidTransition, "%s isn't over yet", m.name)
	}
	owner := auth.People(ctx, tx).Select("1").Where("id = ? AND NOT blocked", p.UserID)
	var here, told bool
	err := tx.Raw("SELECT EXISTS (?), EXISTS (?)", owner, askedLately(tx, s.instant()).Where("notifications.period_id = ?", p.ID)).Row().
		Scan(&here, &told)
	switch {
	case err != nil:
		return fmt.Errorf("look who was reminded: %w", err)
	case !here:
		return fault(InvalidTransition, "%s can't sign in any more", m.people.owner)
	case told:
		return fault(AlreadyReminded, "%s was reminded of %s in the last 24 hours", m.people.owner, m.name)
	}
	return nil
}
