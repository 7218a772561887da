package timesheets

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"punchcard/auth"
)

// Delivery is one thing that a webhook is told.
type Delivery struct {
	ID         string    `json:"id"` // msg_…, the header Webhook-Id of every attempt
	WebhookID  string    `json:"webhook_id"`
	Event      string    `json:"event"`
	Owner      string    `json:"-"`
	Payload    string    `json:"-"`
	State      string    `json:"state"` // waiting, delivered or given_up
	Attempts   int       `json:"attempts"`
	NextAt     time.Time `json:"next_at"`     // of the next attempt, while it is waiting
	LastStatus *int      `json:"last_status"` // of the last answer; nil: there was none
	LastError  string    `json:"last_error"`
	CreatedAt  time.Time `json:"created_at"`
	ExpiresAt  time.Time `json:"expires_at"` // it is given up from then on
}

// TableName has a row for each.
func (Delivery) TableName() string { return "webhook_deliveries" }

const (
	waiting, delivered, givenUp = "waiting", "delivered", "given_up"

	deliveryLife     = 72 * time.Hour      // for which it is tried
	deliveryKept     = 30 * 24 * time.Hour // for which it can be looked at
	webhookPatience  = 5 * 24 * time.Hour  // after so much of nothing but failures it is switched off
	payloadLimit     = 256 << 10           // bytes; what is longer is told without its content
	pingEvent        = "ping"
	sweptAtOnce      = 500
	deliveryErrorMax = 500 // characters
)

// message is what is sent.
type message struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      happening `json:"data"`
}

// happening is a deed as a webhook is told of it.
type happening struct {
	Object   string  `json:"object"`    // the id of what was acted upon
	UserID   *string `json:"user_id"`   // the person whose time it is about; nil: the organization
	By       string  `json:"by"`        // the sub of who acted
	ClientID string  `json:"client_id"` // the application
	Before   any     `json:"before"`    // what it was; nil: there was none
	After    any     `json:"after"`     // what it is; nil: there is none any more, or it is too long to send
}

// announce has every webhook that asked for it told of the deed, if and only if the write is durable.
func (s *Service) announce(tx *gorm.DB, by auth.Caller, d deed) error {
	patterns := patternsOf(d.Action)
	var told []string
	err := tx.Raw(`SELECT id FROM webhooks WHERE enabled AND (REPLACE(events, ?, '') <> events
		OR REPLACE(events, ?, '') <> events OR REPLACE(events, ?, '') <> events) ORDER BY id`,
		element(patterns[0]), element(patterns[1]), element(patterns[2])).Scan(&told).Error
	if err != nil {
		return fmt.Errorf("read webhooks: %w", err)
	}
	if len(told) == 0 {
		return nil
	}
	payload, err := s.payload(by, d)
	if err != nil {
		return err
	}
	var all []Delivery
	for _, webhook := range told {
		all = append(all, s.newDelivery(webhook, d.Action, d.Owner, payload))
	}
	if err := tx.Create(&all).Error; err != nil {
		return fmt.Errorf("queue deliveries: %w", err)
	}
	return nil
}

func (s *Service) newDelivery(webhook, event, owner, payload string) Delivery {
	now := s.instant()
	return Delivery{
		ID: "msg_" + uuid.Must(uuid.NewV7()).String(), WebhookID: webhook, Event: event, Owner: owner, Payload: payload,
		State: waiting, NextAt: now, CreatedAt: now, ExpiresAt: now.Add(deliveryLife),
	}
}

func (s *Service) payload(by auth.Caller, d deed) (string, error) {
	m := message{Type: d.Action, Timestamp: s.instant(), Data: happening{
		Object: d.Object, By: by.Subject(), ClientID: by.Client, Before: d.Before, After: d.After,
	}}
	if d.Owner != "" {
		m.Data.UserID = &d.Owner
	}
	text, err := json.Marshal(m)
	if err == nil && len(text) > payloadLimit {
		m.Data.Before, m.Data.After = nil, nil
		text, err = json.Marshal(m)
	}
	if err != nil {
		return "", fmt.Errorf("write what webhooks are told: %w", err)
	}
	return string(text), nil
}

// giveUpAll gives up whatever waits for a webhook.
func giveUpAll(tx *gorm.DB, webhook, why string) error {
	err := tx.Model(&Delivery{}).Where("webhook_id = ? AND state = ?", webhook, waiting).
		Updates(map[string]any{"state": givenUp, "last_error": why}).Error
	if err != nil {
		return fmt.Errorf("give up deliveries: %w", err)
	}
	return nil
}

// Ping tells a webhook that it can hear, whatever it asked for.
func (s *Service) Ping(ctx context.Context, by auth.Caller, ref WebhookRef) (Delivery, error) {
	if err := onlyAdministrators(by, "only an administrator can try a webhook"); err != nil {
		return Delivery{}, err
	}
	payload, err := s.payload(by, deed{Action: pingEvent, Object: ref.ID})
	if err != nil {
		return Delivery{}, err
	}
	ping := s.newDelivery(ref.ID, pingEvent, "", payload)
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		w, err := webhookOf(tx, ref.ID)
		if err != nil {
			return err
		}
		if !w.Enabled {
			return fault(InvalidTransition, "the webhook is switched off: set enabled to true first")
		}
		return tx.Create(&ping).Error
	})
	s.webhooks.call()
	return ping, err
}
