package timesheets

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"punchcard/auth"
)

// DeliveryQuery asks for what a webhook was told in the last 30 days, the latest first.
type DeliveryQuery struct {
	Paging
	ID    string `path:"id" json:"-"` // the webhook's
	State string `query:"state"`      // waiting, delivered or given_up; empty: any
}

// Validate says everything that is wrong with the query.
func (q DeliveryQuery) Validate() error {
	var c check
	c.that(slices.Contains([]string{"", waiting, delivered, givenUp}, q.State), "state", "must be %s, %s or %s", waiting, delivered, givenUp)
	c.paging(q.Paging)
	return c.fault()
}

// Deliveries lists a page of them.
func (s *Service) Deliveries(ctx context.Context, by auth.Caller, q DeliveryQuery) (Page[Delivery], error) {
	if err := onlyAdministrators(by, "only an administrator can see what webhooks are told"); err != nil {
		return Page[Delivery]{}, err
	}
	tx, p := s.db.Read(ctx), q.Paging
	q.Paging = Paging{}
	if _, err := webhookOf(tx, q.ID); err != nil {
		return Page[Delivery]{}, err
	}
	all := tx.Model(&Delivery{}).Where("webhook_id = ?", q.ID)
	if q.State != "" {
		all = all.Where("state = ?", q.State)
	}
	return turn(s, by, q, p, list[Delivery]{
		all:   all.Session(&gorm.Session{}),
		order: "webhook_id DESC, id DESC",
		after: "(webhook_id, id) < (?, ?)",
		keys:  func(d Delivery) []string { return []string{d.WebhookID, d.ID} },
		read: func(rows *gorm.DB) ([]Delivery, error) {
			found := []Delivery{}
			err := rows.Find(&found).Error
			for i := range found {
				found[i].inUTC()
			}
			return found, err
		},
	})
}

func (d *Delivery) inUTC() {
	d.NextAt, d.CreatedAt, d.ExpiresAt = d.NextAt.UTC(), d.CreatedAt.UTC(), d.ExpiresAt.UTC()
}

// DeliveryRef names one.
type DeliveryRef struct {
	ID string `path:"id" json:"-"`
}

// Redeliver sends once more what was delivered or given up, under the same id.
func (s *Service) Redeliver(ctx context.Context, by auth.Caller, ref DeliveryRef) (Delivery, error) {
	if err := onlyAdministrators(by, "only an administrator can send something again"); err != nil {
		return Delivery{}, err
	}
	var d Delivery
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		d = Delivery{}
		if err := tx.Where("id = ?", ref.ID).Limit(1).Find(&d).Error; err != nil {
			return fmt.Errorf("read delivery: %w", err)
		}
		if d.ID == "" {
			return fault(NotFound, "there is no such delivery; they are kept for 30 days")
		}
		w, err := webhookOf(tx, d.WebhookID)
		if err != nil {
			return err
		}
		if !w.Enabled {
			return fault(InvalidTransition, "the webhook is switched off: set enabled to true first")
		}
		now := s.instant()
		d.State, d.Attempts, d.NextAt, d.ExpiresAt = waiting, 0, now, now.Add(deliveryLife)
		d.inUTC()
		return tx.Model(&d).Select("state", "attempts", "next_at", "expires_at").Updates(&d).Error
	})
	s.webhooks.call()
	return d, err
}
