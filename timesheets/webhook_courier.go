package timesheets

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"gorm.io/gorm"
)

// Poster sends JSON to an address and gives the status of the answer with how it begins. It reaches no address that it
// shouldn't.
type Poster func(ctx context.Context, address string, header map[string]string, body []byte) (status int, begin []byte, err error)

// gone is the status (RFC 9110 §15.5.11) with which a receiver says that it wants to hear no more.
const gone = 410

// tellWebhooks delivers what is due.
func (s *Service) tellWebhooks(ctx context.Context) {
	if s.post != nil {
		s.webhooks.run(ctx)
	}
}

// claimDelivery takes what is due for the longest time, for any webhook but those.
func (s *Service) claimDelivery(ctx context.Context, but []string) (claimed *Delivery, err error) {
	due := func(db *gorm.DB) (rows []Delivery, err error) {
		err = db.Where("state = 'waiting' AND next_at <= ? AND webhook_id NOT IN ?", s.instant(), but).
			Order("next_at, id").Limit(1).Find(&rows).Error
		return rows, err
	}
	if rows, err := due(s.db.Read(ctx)); err != nil || len(rows) == 0 {
		return nil, err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		claimed = nil
		rows, err := due(tx)
		if err != nil || len(rows) == 0 {
			return err
		}
		d := rows[0]
		taken := tx.Model(&Delivery{}).Where("id = ? AND state = 'waiting' AND attempts = ?", d.ID, d.Attempts).
			Updates(map[string]any{"attempts": d.Attempts + 1, "next_at": s.instant().Add(deliveryLease)})
		if taken.Error == nil && taken.RowsAffected == 1 {
			d.Attempts++
			claimed = &d
		}
		return taken.Error
	})
	return claimed, err
}

// deliver makes one attempt and writes down how it went.
func (s *Service) deliver(ctx context.Context, d *Delivery) {
	w, err := webhookOf(s.db.Read(ctx), d.WebhookID)
	if err != nil {
		return // it was removed meanwhile, and this with it
	}
	status, err := s.send(ctx, w, *d)
	now := s.instant()
	switch next := now.Add(pauseAfter(d.Attempts, firstPause, longestPause)); {
	case err == nil:
		d.State = delivered
	case ctx.Err() != nil: // broken off: whoever runs next sends it at once
		d.NextAt = now
	case !next.Before(d.ExpiresAt):
		d.State = givenUp
	default:
		d.NextAt = next
	}
	d.LastStatus, d.LastError = nil, ""
	if status != 0 {
		d.LastStatus = &status
	}
	if err != nil {
		d.LastError = string([]rune(err.Error())[:min(len([]rune(err.Error())), deliveryErrorMax)])
	}
	// Not to be broken off with the rest: what was delivered must not be sent again.
	err = s.db.Write(context.WithoutCancel(ctx), func(tx *gorm.DB) error {
		noted := tx.Model(d).Where("attempts = ? AND state = 'waiting'", d.Attempts).
			Select("state", "next_at", "last_status", "last_error").Updates(d)
		switch {
		case noted.Error != nil:
			return noted.Error
		case d.State == delivered:
			return tx.Model(&Webhook{ID: w.ID}).Where("failing_since IS NOT NULL").UpdateColumn("failing_since", nil).Error
		case ctx.Err() != nil || !w.Enabled:
			return nil
		}
		return s.failedAt(tx, w, now, status == gone)
	})
	if err != nil {
		s.log.Error("note a delivery", "delivery", d.ID, "error", err)
	}
}

// send is nil if the receiver said that it has it.
func (s *Service) send(ctx context.Context, w Webhook, d Delivery) (status int, err error) {
	body := []byte(d.Payload)
	header := s.signed(w, d.ID, s.now(), body)
	status, begin, err := s.post(ctx, w.URL, header, body)
	if err != nil {
		return 0, err
	}
	if status/100 != 2 {
		host := w.URL
		if u, err := url.Parse(w.URL); err == nil {
			host = u.Host
		}
		return status, fmt.Errorf("%s answered %d: %.200q", host, status, begin)
	}
	return status, nil
}

// sweepDeliveries forgets what is older than deliveryKept.
func (s *Service) sweepDeliveries(ctx context.Context) {
	every := time.NewTicker(time.Hour)
	defer every.Stop()
	for {
		for swept := int64(sweptAtOnce); swept == sweptAtOnce && ctx.Err() == nil; {
			err := s.db.Write(ctx, func(tx *gorm.DB) error {
				old := tx.Model(&Delivery{}).Select("id").Where("created_at < ?", s.instant().Add(-deliveryKept)).
					Order("created_at").Limit(sweptAtOnce)
				done := tx.Where("id IN (?)", old).Delete(&Delivery{})
				swept = done.RowsAffected
				return done.Error
			})
			if err != nil {
				swept = 0
				s.log.Error("forget old deliveries", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}
