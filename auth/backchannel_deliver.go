package auth

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"time"

	"gorm.io/gorm"
)

const (
	logoutsAtOnce = 16               // on this instance
	logoutsPerApp = 2                // of these, so that an application that hangs holds up nobody else
	logoutLease   = 30 * time.Second // for which no other instance sends the same one: far longer than an attempt takes
	logoutEvery   = time.Second      // how often it looks for those that are due again, or that another instance left
	logoutPause   = 5 * time.Second  // after the first failure; it doubles each time
	mostPause     = time.Hour
)

// deliverLogouts sends the logout tokens that are due, until the context ends. What it is sending then is broken off.
func (s *Server) deliverLogouts(ctx context.Context) {
	var sending sync.WaitGroup
	defer sending.Wait()
	look := time.NewTicker(logoutEvery)
	defer look.Stop()
	sent := make(chan string, logoutsAtOnce) // the client_id of each that is done with
	busy := busyApps{}
	for {
		select {
		case <-ctx.Done():
			return
		case client := <-sent:
			busy.leave(client)
		case <-s.logoutsDue:
		case <-look.C:
		}
		for busy.all() < logoutsAtOnce && ctx.Err() == nil {
			d, err := s.claimLogout(ctx, busy.full())
			if err != nil && ctx.Err() == nil {
				s.log.Error("look for logout tokens to send", "error", err)
			}
			if err != nil || d == nil {
				break
			}
			busy[d.ClientID]++
			sending.Go(func() {
				s.deliverLogout(ctx, d)
				sent <- d.ClientID
			})
		}
	}
}

// busyApps is how many logout tokens each application is being sent, by its client_id.
type busyApps map[string]int

func (b busyApps) leave(client string) {
	if b[client]--; b[client] == 0 {
		delete(b, client)
	}
}

func (b busyApps) all() (n int) {
	for _, of := range b {
		n += of
	}
	return n
}

// full are the applications that are sent as many as they may be at once.
func (b busyApps) full() []string {
	clients := []string{""} // of nobody: a list in SQL can't be empty
	for client, of := range b {
		if of >= logoutsPerApp {
			clients = append(clients, client)
		}
	}
	return clients
}

// claimLogout takes the delivery that is due for the longest time, of any application but those, so that no other
// instance takes it meanwhile; nil if there is none.
func (s *Server) claimLogout(ctx context.Context, but []string) (claimed *logoutDelivery, err error) {
	due := func(db *gorm.DB) (rows []logoutDelivery, err error) {
		err = db.Where("state = 'waiting' AND next_at <= ? AND client_id NOT IN ?", s.now(), but).
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
		taken := tx.Model(&logoutDelivery{}).Where("id = ? AND state = 'waiting' AND attempts = ?", d.ID, d.Attempts).
			Updates(map[string]any{"attempts": d.Attempts + 1, "next_at": s.now().Add(logoutLease)})
		if taken.Error == nil && taken.RowsAffected == 1 {
			d.Attempts++
			claimed = &d
		}
		return taken.Error
	})
	return claimed, err
}

// errLogoutRefused is an answer that no repetition would change (OpenID Connect Back-Channel Logout §2.8).
var errLogoutRefused = errors.New("it refused the logout token")

// deliverLogout makes one attempt and writes down how it went.
func (s *Server) deliverLogout(ctx context.Context, d *logoutDelivery) {
	err := s.sendLogout(ctx, d)
	now := s.now()
	e := event{Type: "oidc_backchannel_logout_failed", ClientID: d.ClientID, UserID: d.UserID, SessionID: d.SessionID}.
		with("delivery", d.ID).with("attempt", d.Attempts)
	switch next := now.Add(pauseAfter(d.Attempts)); {
	case err == nil:
		d.State = "delivered"
		s.record(ctx, e.as("oidc_backchannel_logout_succeeded", "logout token delivered"))
	case ctx.Err() != nil: // broken off: whoever runs next sends it at once
		d.NextAt = now
	case errors.Is(err, errLogoutRefused):
		d.State = "refused"
		s.record(ctx, e.as(e.Type, "logout token refused: "+err.Error()))
	case !next.Before(d.ExpiresAt):
		d.State = "given up"
		s.record(ctx, e.as(e.Type, "logout token given up: "+err.Error()))
	default:
		d.NextAt = next
		s.record(ctx, e.as(e.Type, "logout token not delivered, to be tried again: "+err.Error()).with("again", next))
	}
	if d.LastError = ""; err != nil {
		d.LastError = cut(err.Error(), 500)
	}
	// Not to be broken off with the rest: what was delivered must not be sent again.
	err = s.db.Write(context.WithoutCancel(ctx), func(tx *gorm.DB) error {
		return tx.Model(d).Where("attempts = ?", d.Attempts).Select("state", "next_at", "last_error").Updates(d).Error
	})
	if err != nil {
		s.log.Error("note the delivery of a logout token", "delivery", d.ID, "error", err)
	}
}

// pauseAfter is how long to wait after so many failures: longer each time, and never quite as long as others wait that
// failed at the same moment.
func pauseAfter(attempts int) time.Duration {
	pause := mostPause
	if shift := attempts - 1; shift < 10 {
		pause = min(mostPause, logoutPause<<shift)
	}
	return pause/2 + rand.N(pause/2)
}

func (s *Server) sendLogout(ctx context.Context, d *logoutDelivery) error {
	client := s.policy.Load().client(d.ClientID)
	if client == nil || client.BackchannelLogoutURI == "" { // perhaps this instance has yet to hear of it
		return errors.New("the application is disabled, or has no backchannel_logout_uri any more")
	}
	token, err := s.signLogout(d)
	if err != nil {
		return err
	}
	address := client.BackchannelLogoutURI
	status, begin, err := s.fetcherOf(address).post(ctx, address, url.Values{"logout_token": {token}})
	switch {
	case err != nil:
		return err
	case status == http.StatusOK || status == http.StatusNoContent:
		return nil
	case status == http.StatusBadRequest:
		return fmt.Errorf("%w: %.200q", errLogoutRefused, begin)
	}
	return fmt.Errorf("%s answered %d", address, status)
}

// wakeLogouts has deliverLogouts look at once for what is due.
func (s *Server) wakeLogouts() {
	select {
	case s.logoutsDue <- struct{}{}:
	default: // it is going to look anyway
	}
}
