package auth

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"gorm.io/gorm"
)

// passwordTicket lets whoever has it set a new password for one person, once.
type passwordTicket struct {
	Hash          string `gorm:"primaryKey"`
	UserID        string
	VerifiesEmail bool   // it was sent to the person's address, which to use it proves
	ResultURL     string // where to go on afterwards; empty: to sign in
	ExpiresAt     time.Time
}

const longestTicket = 5 * 24 * time.Hour

// TicketRequest asks for a link at which a person sets a new password.
type TicketRequest struct {
	UserID     string `json:"user_id"` // or
	Email      string `json:"email"`
	ResultURL  string `json:"result_url"` // where to go on afterwards: https
	TTL        *int   `json:"ttl_sec"`    // at most five days, which is what it is if left out
	MarksEmail bool   `json:"mark_email_as_verified"`
}

// Validate says what is wrong with it.
func (r TicketRequest) Validate() error {
	u, err := url.Parse(r.ResultURL)
	switch {
	case (r.UserID == "") == (r.Email == ""):
		return unfit("either 'user_id' or 'email' is needed")
	case r.ResultURL != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(r.ResultURL) > 2000):
		return unfit("'result_url' must be an absolute https address")
	case r.TTL != nil && (*r.TTL < 0 || *r.TTL > int(longestTicket.Seconds())):
		return unfit("'ttl_sec' must be at most %d", int(longestTicket.Seconds()))
	}
	return nil
}

func (r TicketRequest) life() time.Duration {
	if deref(r.TTL) == 0 {
		return longestTicket
	}
	return time.Duration(*r.TTL) * time.Second
}

// Ticket is a link, told this once: whoever has it sets the person's password.
type Ticket struct {
	URL string `json:"ticket"`
}

// CreatePasswordTicket makes a link at which a person sets a new password, once: POST /api/v2/tickets/password-change. A link
// that was made for them before works no more.
func (s *Server) CreatePasswordTicket(ctx context.Context, by Caller, r TicketRequest) (Ticket, error) {
	secret := newSecret()
	err := s.administer(ctx, by, "Create a password change ticket", func(tx *gorm.DB, n *news) (act, error) {
		who := UserRef{r.UserID}
		if r.Email != "" {
			err := tx.Model(&Person{}).Where("email = ?", normalEmail(r.Email)).Limit(1).Pluck("id", &who.ID).Error
			if err != nil {
				return act{}, fmt.Errorf("read person: %w", err)
			}
		}
		found, err := who.read(tx)
		if err == nil {
			err = s.maySignInAs(tx, by, found.ID)
		}
		if err != nil {
			return act{}, err
		}
		if found.Blocked {
			return act{}, taken("The person is blocked: unblock them first.")
		}
		if err := endTickets(tx, found.ID); err != nil {
			return act{}, err
		}
		made := passwordTicket{
			Hash: hashed(secret), UserID: found.ID, VerifiesEmail: r.MarksEmail, ResultURL: r.ResultURL, ExpiresAt: n.now.Add(r.life()),
		}
		if err := tx.Create(&made).Error; err != nil {
			return act{}, fmt.Errorf("keep ticket: %w", err)
		}
		return act{of: found.ID, after: map[string]any{
			"user_id": found.ID, "expires_at": made.ExpiresAt, "mark_email_as_verified": r.MarksEmail, "result_url": r.ResultURL,
		}}, nil
	})
	if err != nil {
		return Ticket{}, err
	}
	return Ticket{s.issuer + "reset-password?" + url.Values{"ticket": {secret}}.Encode()}, nil
}

// endTickets ends the links by which a person's password could be set. It was set otherwise, or they may not sign in.
func endTickets(tx *gorm.DB, user string) error {
	if err := tx.Where("user_id = ?", user).Delete(&passwordTicket{}).Error; err != nil {
		return fmt.Errorf("end tickets: %w", err)
	}
	return nil
}
