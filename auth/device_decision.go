package auth

import (
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"
)

// allowDevice lets the device have its tokens at its next poll. The person goes back to it by themselves.
func (s *Server) allowDevice(c *gin.Context, in *interaction, live *session, person *standing) error {
	r := in.Request
	a := s.policy.Load().apis[r.API]
	if a == nil {
		return refuse("invalid_target", "Service not found").telling("pages.wrong.service")
	}
	granted := person.of(r.Scopes, s.policy.Load().apis[r.API])
	err := s.db.Write(c.Request.Context(), func(tx *gorm.DB) error {
		now := s.now()
		if err := in.end(tx, now); err != nil {
			return err
		}
		if err := remember(tx, person.person.ID, r, granted, now); err != nil {
			return err
		}
		if err := joinSession(tx, live.ID, r.ClientID); err != nil {
			return err
		}
		family := r.authorizedBy(live, granted, now, deviceLife+a.life())
		if err := tx.Create(&family).Error; err != nil {
			return fmt.Errorf("keep authorization: %w", err)
		}
		return decide(undecided(tx, now), r.Device, "authorization_id", family.ID)
	})
	if err != nil {
		return err
	}
	e := allowed(c, r, a, live, granted)
	s.record(c, e.as("consent_granted", "consent granted"))
	s.record(c, e.as("device_allowed", "device authorized"))
	s.showNotice(c, http.StatusOK, noticePage{
		Tone: "done", Name: "device-allowed",
	})
	return nil
}

func (s *Server) declineDevice(c *gin.Context, in *interaction) error {
	err := s.db.Write(c.Request.Context(), func(tx *gorm.DB) error {
		now := s.now()
		if err := in.end(tx, now); err != nil {
			return err
		}
		return decide(undecided(tx, now), in.Request.Device, "denied_at", now)
	})
	if err != nil {
		return err
	}
	s.record(c, about(c).as("fdecc", "device declined"))
	s.showNotice(c, http.StatusOK, noticePage{
		Tone: "done", Name: "device-declined",
	})
	return nil
}

// decide writes down what a person decided. Of several decisions about one device, the first counts.
func decide(undecided *gorm.DB, device, column string, value any) error {
	done := undecided.Where("hash = ?", device).Update(column, value)
	if done.Error != nil {
		return fmt.Errorf("decide about a device: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return deviceGone()
	}
	return nil
}
