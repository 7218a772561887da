package timesheets

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"punchcard/auth"
)

// Webhook is an address that is told of what is done here, in the manner of the Standard Webhooks specification 1.0: what is
// sent is signed (HMAC-SHA256), and sent again until it is answered with a status of 200 to 299.
type Webhook struct {
	ID           string     `json:"id"` // whk_…
	URL          string     `json:"url"`
	Description  string     `json:"description"`
	Events       Words      `json:"events"` // "timesheet.deleted", "timesheet.*" or "*"
	Enabled      bool       `json:"enabled"`
	FailingSince *time.Time `json:"failing_since"`             // the first failure since the last success; nil: none
	Secret       string     `json:"secret,omitempty" gorm:"-"` // whsec_…, when it is new
	SecretNumber int        `json:"-"`
	SecretAt     time.Time  `json:"-"`
	Revision     int64      `json:"revision"`
	CreatedBy    string     `json:"created_by"` // a person's id
	CreatedAt    time.Time  `json:"created_at"`
	UpdatedAt    time.Time  `json:"updated_at"`
}

// Key is what an entity tag is made of.
func (w Webhook) Key() (id string, revision int64) { return w.ID, w.Revision }

// NewWebhook is an address to be told.
type NewWebhook struct {
	URL         string   `json:"url"`
	Description string   `json:"description"`
	Events      []string `json:"events"`  // none: all
	Enabled     *bool    `json:"enabled"` // nil: it is
}

const (
	webhooksLimit    = 20 // of the organization: each costs every write
	webhookURLLimit  = 1000
	webhookEventsMax = 50
)

// Validate says everything that is wrong with the webhook by itself.
func (n NewWebhook) Validate() error {
	var c check
	c.that(n.URL != "", "/url", "is needed")
	c.line(n.URL, "/url", webhookURLLimit)
	c.line(n.Description, "/description", nameLimit)
	c.that(len(n.Events) <= webhookEventsMax, "/events", "must be at most %d", webhookEventsMax)
	for i, pattern := range n.Events {
		c.that(patternMatches(pattern), fmt.Sprintf("/events/%d", i),
			`names no event: it must be one of %s, or such as "timesheet.*" or "*"`, strings.Join(deedNames(), ", "))
	}
	return c.fault()
}

// patternMatches reports whether there is an event that the pattern stands for.
func patternMatches(pattern string) bool {
	return slices.ContainsFunc(deedNames(), func(name string) bool { return slices.Contains(patternsOf(name), pattern) })
}

// patternsOf are all patterns that stand for an event: itself, all of its noun, and all.
func patternsOf(event string) []string {
	noun, _, _ := strings.Cut(event, ".")
	return []string{event, noun + ".*", "*"}
}

// AddWebhook begins to tell an address. Its secret is shown this once.
func (s *Service) AddWebhook(ctx context.Context, by auth.Caller, n NewWebhook) (Webhook, error) {
	if err := onlyAdministrators(by, "only an administrator can add a webhook"); err != nil {
		return Webhook{}, err
	}
	now := s.instant()
	w := Webhook{ID: "whk_" + uuid.Must(uuid.NewV7()).String(), Enabled: true, SecretNumber: 1, SecretAt: now, Revision: 1,
		CreatedBy: by.User, CreatedAt: now, UpdatedAt: now}
	if err := s.set(&w, n); err != nil {
		return Webhook{}, err
	}
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		total, err := count(tx.Model(&Webhook{}))
		if err != nil {
			return err
		}
		if *total >= webhooksLimit {
			return fault(ValidationFailed, "there are %d webhooks, which is as many as there can be: remove one first", *total)
		}
		if err := tx.Create(&w).Error; err != nil {
			return fmt.Errorf("write webhook: %w", err)
		}
		return s.note(tx, by, deed{Action: "webhook.created", Object: w.ID, After: w})
	})
	w.Secret = s.webhookSecret(w.ID, w.SecretNumber)
	return w, err
}

// set puts what n says into the webhook.
func (s *Service) set(w *Webhook, n NewWebhook) error {
	if wrong := s.addressMistake(n.URL); wrong != nil {
		return invalid(ValidationFailed, "/url", "%s", wrong)
	}
	w.URL, w.Description, w.Events = n.URL, strings.TrimSpace(n.Description), distinct(n.Events)
	if len(w.Events) == 0 {
		w.Events = Words{"*"}
	}
	if n.Enabled != nil {
		w.Enabled = *n.Enabled
	}
	return nil
}

// WebhookQuery asks for the webhooks, the oldest first.
type WebhookQuery struct{ Paging }

// Validate says everything that is wrong with the query.
func (q WebhookQuery) Validate() error {
	var c check
	c.paging(q.Paging)
	return c.fault()
}

// Webhooks lists a page of them.
func (s *Service) Webhooks(ctx context.Context, by auth.Caller, q WebhookQuery) (Page[Webhook], error) {
	if err := onlyAdministrators(by, "only an administrator can see webhooks"); err != nil {
		return Page[Webhook]{}, err
	}
	return turn(s, by, WebhookQuery{}, q.Paging, list[Webhook]{
		all:   s.db.Read(ctx).Model(&Webhook{}).Session(&gorm.Session{}),
		order: "id, url",
		after: "(id, url) > (?, ?)",
		keys:  func(w Webhook) []string { return []string{w.ID, w.URL} },
		read: func(rows *gorm.DB) ([]Webhook, error) {
			found := []Webhook{}
			err := rows.Find(&found).Error
			for i := range found {
				found[i].inUTC()
			}
			return found, err
		},
	})
}

func (w *Webhook) inUTC() {
	w.CreatedAt, w.UpdatedAt, w.SecretAt = w.CreatedAt.UTC(), w.UpdatedAt.UTC(), w.SecretAt.UTC()
	if w.FailingSince != nil {
		*w.FailingSince = w.FailingSince.UTC()
	}
}

// WebhookRef names one.
type WebhookRef struct {
	ID       string `path:"id" json:"-"`
	Revision *int64 `match:"optional" json:"-"` // the revision that the caller saw; nil: whichever it is now
}

// Webhook is one of them.
func (s *Service) Webhook(ctx context.Context, by auth.Caller, ref WebhookRef) (Webhook, error) {
	if err := onlyAdministrators(by, "only an administrator can see webhooks"); err != nil {
		return Webhook{}, err
	}
	return webhookOf(s.db.Read(ctx), ref.ID)
}

func webhookOf(tx *gorm.DB, id string) (Webhook, error) {
	var w Webhook
	if !printable(id) {
		return w, fault(NotFound, "there is no such webhook")
	}
	if err := tx.Where("id = ?", id).Limit(1).Find(&w).Error; err != nil {
		return w, fmt.Errorf("read webhook: %w", err)
	}
	if w.ID == "" {
		return w, fault(NotFound, "there is no such webhook")
	}
	w.inUTC()
	return w, nil
}
