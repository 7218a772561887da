package timesheets

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"punchcard/auth"
)

// NotificationRef names one notification.
type NotificationRef struct {
	ID string `path:"id" json:"-"`
}

// ReadNotification notes that the caller has read one of their notifications. The first time counts.
func (s *Service) ReadNotification(ctx context.Context, by auth.Caller, ref NotificationRef) (Notification, error) {
	var read []Notification
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		own := ownNotifications(tx, by).Where("notifications.id = ?", ref.ID).Session(&gorm.Session{})
		if err := own.Where("read_at IS NULL").Update("read_at", s.instant()).Error; err != nil {
			return fmt.Errorf("note that a notification is read: %w", err)
		}
		var err error
		read, err = scanNotifications(ctx, tx, own)
		return err
	})
	if err == nil && len(read) == 0 {
		err = fault(NotFound, "you have no such notification")
	}
	if err != nil {
		return Notification{}, err
	}
	return read[0], nil
}

// ReadUpTo is up to which notification all are read.
type ReadUpTo struct {
	UpTo string `json:"up_to"` // the id of the latest one that the caller has seen
}

// Validate wants an id.
func (r ReadUpTo) Validate() error {
	var c check
	c.that(uuid.Validate(r.UpTo) == nil && len(r.UpTo) == len(uuid.Nil.String()), "/up_to",
		"is needed: the id of the latest notification that was seen")
	return c.fault()
}

// ReadNotifications notes that the caller has read one of their notifications and all before it.
func (s *Service) ReadNotifications(ctx context.Context, by auth.Caller, r ReadUpTo) error {
	if err := isPerson(by); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *gorm.DB) error {
		err := ownNotifications(tx, by).Where("read_at IS NULL AND id <= ?", r.UpTo).Update("read_at", s.instant()).Error
		if err != nil {
			return fmt.Errorf("note that notifications are read: %w", err)
		}
		return nil
	})
}

const notificationsKept = 90 * 24 * time.Hour

// sweepNotifications takes out what is old, in small bites so that no other write waits long.
func (s *Service) sweepNotifications(ctx context.Context) error {
	for gone := int64(sweepBite); gone == sweepBite; {
		err := s.db.Write(ctx, func(tx *gorm.DB) error {
			old := tx.Table("notifications").Select("id").Where("created_at < ?", s.instant().Add(-notificationsKept)).
				Order("created_at").Limit(sweepBite)
			done := tx.Where("id IN (?)", old).Delete(&notificationRow{})
			gone = done.RowsAffected
			return done.Error
		})
		if err != nil {
			return fmt.Errorf("sweep notifications: %w", err)
		}
	}
	return nil
}
