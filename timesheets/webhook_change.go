package timesheets

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/auth/lang"
)

// WebhookChange is a merge patch (RFC 7386) of a webhook.
type WebhookChange struct {
	ID          string          `path:"id" json:"-"`
	Revision    *int64          `match:"required" json:"-"` // the revision that the caller saw
	URL         Patch[string]   `json:"url"`
	Description Patch[string]   `json:"description"`
	Events      Patch[[]string] `json:"events"`
	Enabled     Patch[bool]     `json:"enabled"`
}

// ChangeWebhook changes one. What waits for one that is switched off is given up.
func (s *Service) ChangeWebhook(ctx context.Context, by auth.Caller, c WebhookChange) (Webhook, error) {
	return s.moveWebhook(ctx, by, WebhookRef{c.ID, c.Revision}, "webhook.updated", func(tx *gorm.DB, w *Webhook) error {
		was := w.Enabled
		n := NewWebhook{
			URL: c.URL.overValue(w.URL), Description: c.Description.overValue(w.Description),
			Events: c.Events.overValue(w.Events), Enabled: c.Enabled.over(&w.Enabled),
		}
		if err := n.Validate(); err != nil {
			return err
		}
		if err := s.set(w, n); err != nil {
			return err
		}
		switch {
		case w.Enabled && !was:
			w.FailingSince = nil
		case was && !w.Enabled:
			return giveUpAll(tx, w.ID, "the webhook was switched off")
		}
		return nil
	})
}

// RotateWebhookSecret gives a webhook another secret, shown this once. For a day, what is sent is signed with both.
func (s *Service) RotateWebhookSecret(ctx context.Context, by auth.Caller, ref WebhookRef) (Webhook, error) {
	w, err := s.moveWebhook(ctx, by, ref, "webhook.secret_rotated", func(_ *gorm.DB, w *Webhook) error {
		w.SecretNumber++
		w.SecretAt = w.UpdatedAt
		return nil
	})
	w.Secret = s.webhookSecret(w.ID, w.SecretNumber)
	return w, err
}

// RemoveWebhook tells an address nothing more, and forgets what it was told.
func (s *Service) RemoveWebhook(ctx context.Context, by auth.Caller, ref WebhookRef) error {
	_, err := s.moveWebhook(ctx, by, ref, "webhook.deleted", func(tx *gorm.DB, w *Webhook) error {
		if err := tx.Delete(&Webhook{ID: w.ID}).Error; err != nil {
			return fmt.Errorf("remove webhook: %w", err)
		}
		return nil
	})
	return err
}

// moveWebhook changes one as set says and writes it, unless set removed it.
func (s *Service) moveWebhook(ctx context.Context, by auth.Caller, ref WebhookRef, action string,
	set func(tx *gorm.DB, w *Webhook) error) (Webhook, error) {

	if err := onlyAdministrators(by, "only an administrator can change webhooks"); err != nil {
		return Webhook{}, err
	}
	var moved Webhook
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		before, err := webhookOf(tx, ref.ID)
		if err != nil {
			return err
		}
		if err := isAt(lang.Say("the webhook"), before.Revision, ref.Revision, Update); err != nil {
			return err
		}
		moved = before
		moved.UpdatedAt = s.instant()
		moved.Revision++
		if err := set(tx, &moved); err != nil {
			return err
		}
		if err := tx.Select("*").Omit("id").Updates(&moved).Error; err != nil {
			return fmt.Errorf("write webhook: %w", err)
		}
		d := deed{Action: action, Object: moved.ID, Before: before, After: moved}
		if action == "webhook.deleted" {
			d.After = nil
		}
		return s.note(tx, by, d)
	})
	return moved, err
}

// failedAt notes that an attempt failed, and switches the webhook off when there was nothing but failures for long.
func (s *Service) failedAt(tx *gorm.DB, w Webhook, now time.Time, gone bool) error {
	if w.FailingSince == nil {
		w.FailingSince = &now
	}
	changed := map[string]any{"failing_since": w.FailingSince}
	if !gone && now.Sub(*w.FailingSince) < webhookPatience {
		return tx.Model(&Webhook{ID: w.ID}).Where("failing_since IS NULL").UpdateColumns(changed).Error
	}
	changed["enabled"], changed["revision"], changed["updated_at"] = false, gorm.Expr("revision + 1"), now
	if err := tx.Model(&Webhook{ID: w.ID}).UpdateColumns(changed).Error; err != nil {
		return fmt.Errorf("switch a webhook off: %w", err)
	}
	if err := giveUpAll(tx, w.ID, "the webhook was switched off, since it failed for so long or is gone"); err != nil {
		return err
	}
	after := w
	after.Enabled, after.UpdatedAt = false, now
	after.Revision++
	return s.note(tx, itself, deed{Action: "webhook.disabled", Object: w.ID, Before: w, After: after})
}

// itself is who acts when nobody asked for it.
var itself = auth.Caller{Client: "punchcard"}
