package timesheets

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
)

// Notification tells a person of something that concerns them, and that somebody else did or that the clock says.
type Notification struct {
	ID        string      `json:"id"`        // UUIDv7: sorts by time
	Kind      string      `json:"kind"`      // one of occasions
	PeriodID  *string     `json:"period_id"` // per_…
	EntryID   *string     `json:"entry_id"`  // nil: it is about the whole period
	OwnerID   *string     `json:"owner" gorm:"column:owner_id"`
	ByUser    *string     `json:"by" gorm:"column:by_user"` // a person's id; nil: the clock
	Params    Particulars `json:"params" gorm:"serializer:json"`
	Text      string      `json:"text" gorm:"-"` // the same in English
	CreatedAt time.Time   `json:"created_at"`
	ReadAt    *time.Time  `json:"read_at"` // nil: not yet
}

// Particulars is what a notification says besides, as data: a client can put it into any language.
type Particulars struct {
	OwnerName string `json:"owner_name,omitempty"` // whose time it is, as they are called now
	ByName    string `json:"by_name,omitempty"`    // who did it
	Start     string `json:"start,omitempty"`      // the period's first day
	End       string `json:"end,omitempty"`        // its last day
	Date      string `json:"date,omitempty"`       // the entry's day
	Minutes   int    `json:"minutes,omitempty"`    // of the period or the entry
	Comment   string `json:"comment,omitempty"`    // somebody's words
	Due       string `json:"due,omitempty"`        // the day on which the period is to be submitted
	Stage     string `json:"stage,omitempty"`      // of a reminder: due_tomorrow, due_today or overdue; asked by a person
	Days      int    `json:"days,omitempty"`       // for which a submission has waited
}

// notificationRow is a notification as it is kept, for one person.
type notificationRow struct {
	Notification
	UserID string
	Shown  bool    // in the app, not only by mail
	Once   *string // what is told of a single time, whoever tells it
}

// TableName has a row for each.
func (notificationRow) TableName() string { return "notifications" }

// NotificationQuery asks for the caller's notifications, the latest first.
type NotificationQuery struct {
	Paging
	Unread *bool `query:"unread"` // only those that are unread, or only those that aren't; nil: all
}

// Validate says everything that is wrong with the query.
func (q NotificationQuery) Validate() error {
	var c check
	c.paging(q.Paging)
	return c.fault()
}

// Notifications lists a page of the caller's own notifications.
func (s *Service) Notifications(ctx context.Context, by auth.Caller, q NotificationQuery) (Page[Notification], error) {
	if err := isPerson(by); err != nil {
		return Page[Notification]{}, err
	}
	p := q.Paging
	q.Paging = Paging{}
	return turn(s, by, q, p, notificationList(ctx, s.db.Read(ctx), by, q))
}

func notificationList(ctx context.Context, tx *gorm.DB, by auth.Caller, q NotificationQuery) list[Notification] {
	rows := ownNotifications(tx, by)
	if q.Unread != nil {
		if *q.Unread {
			rows = rows.Where("notifications.read_at IS NULL")
		} else {
			rows = rows.Where("notifications.read_at IS NOT NULL")
		}
	}
	return list[Notification]{
		all:   rows.Session(&gorm.Session{}),
		order: "notifications.user_id DESC, notifications.id DESC",
		after: "(notifications.user_id, notifications.id) < (?, ?)",
		keys:  func(n Notification) []string { return []string{by.User, n.ID} },
		read:  func(rows *gorm.DB) ([]Notification, error) { return scanNotifications(ctx, tx, rows) },
	}
}

// ownNotifications are those that the caller finds in the app. Whatever starts from it can't reach anyone else's.
func ownNotifications(tx *gorm.DB, by auth.Caller) *gorm.DB {
	return tx.Table("notifications").Where("notifications.user_id = ? AND notifications.shown", by.User)
}

// scanNotifications reads notifications with the names of whom they speak of.
func scanNotifications(ctx context.Context, tx, rows *gorm.DB) ([]Notification, error) {
	var named []struct {
		Notification
		OwnerName, ByName string
	}
	err := rows.Select("notifications.*, COALESCE(owner.name, '') AS owner_name, COALESCE(actor.name, '') AS by_name").
		Joins("LEFT JOIN (?) AS owner ON owner.id = notifications.owner_id", auth.People(ctx, tx)).
		Joins("LEFT JOIN (?) AS actor ON actor.id = notifications.by_user", auth.People(ctx, tx)).
		Find(&named).Error
	if err != nil {
		return nil, fmt.Errorf("read notifications: %w", err)
	}
	found := make([]Notification, 0, len(named))
	for _, row := range named {
		n := row.Notification
		n.Params.OwnerName, n.Params.ByName = row.OwnerName, row.ByName
		n.CreatedAt = n.CreatedAt.UTC()
		if n.ReadAt != nil {
			n.ReadAt = new(n.ReadAt.UTC())
		}
		n.Text = n.inWords()
		found = append(found, n)
	}
	return found, nil
}

// isPerson refuses an application that acts for itself, which nobody notifies.
func isPerson(by auth.Caller) error {
	if by.Machine() {
		return fault(NotFound, "an application that acts for itself is no person, so it is notified of nothing")
	}
	return nil
}
