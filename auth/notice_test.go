package auth

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
)

// notices is what people are told of by the server, as "kind e-mail", in order.
type notices struct {
	mu   sync.Mutex
	said []string
	err  error // what to answer
}

// listenTo hears what the world's people are told from now on.
func (w *world) listenTo() *notices {
	h := &notices{}
	w.server.notice = func(tx *gorm.DB, user, kind string) error {
		var p Person
		if err := tx.Where("id = ?", user).Take(&p).Error; err != nil {
			return err
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.said = append(h.said, kind+" "+p.Email)
		return h.err
	}
	return h
}

func (h *notices) take() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	said := strings.Join(h.said, ", ")
	h.said = nil
	return said
}

func TestConformancePeopleAreToldOfANewPassword(t *testing.T) {
	w := newWorld(t)
	h := w.listenTo()
	b := w.browser()
	b.visit("/account", "ada@example.com", password)
	change := func(current string) answer {
		return b.send("/account/password", "current", current, "new", fresh, "again", fresh)
	}
	prove(t, "L-16 a notice goes out with every new password, and with no attempt", func(t *testing.T) {
		change("wrong")
		if said := h.take(); said != "" {
			t.Errorf("of an attempt: %s", said)
		}
		change(password)
		if said := h.take(); said != "password_changed ada@example.com" {
			t.Errorf("by herself: %q", said)
		}
		b.setPassword(w.ticketFor(ada(TicketRequest{})), password)
		if said := h.take(); said != "password_changed ada@example.com" {
			t.Errorf("by a ticket: %q", said)
		}
		other := "a password by an administrator"
		mia := UserChange{UserRef: UserRef{w.idOf("mia@example.com")}, UserFields: UserFields{Password: &other}}
		if _, err := w.server.UpdateUser(t.Context(), Caller{Client: "operator", Scopes: []string{"update:users"}}, mia); err != nil {
			t.Fatal(err)
		}
		if said := h.take(); said != "password_changed mia@example.com" {
			t.Errorf("by an administrator: %q", said)
		}
	})
	prove(t, "L-16 without the notice there is no new password", func(t *testing.T) {
		h.err = errors.New("nothing can be written")
		if a := b.setPassword(w.ticketFor(ada(TicketRequest{})), "one that is lost"); a.status != http.StatusInternalServerError {
			t.Errorf("got %d", a.status)
		}
		h.err = nil
		if a := w.browser().visit("/account", "ada@example.com", password); a.status != http.StatusOK {
			t.Errorf("the old password: %d", a.status)
		}
	})
}

// Whoever has a stolen token can't fill somebody's inbox with it.
func TestConformancePeopleAreToldOnceOfATokenThatCameTwice(t *testing.T) {
	w := newWorld(t)
	h := w.listenTo()
	prove(t, "R-05 reuse is told to the person, once", func(t *testing.T) {
		_, stolen := w.tokens("ada@example.com")
		next, _ := w.refresh(stolen).json()["refresh_token"].(string)
		w.refresh(next)
		for range 3 {
			refused(t, w.refresh(stolen), http.StatusBadRequest, "invalid_grant")
		}
		if diff := cmp.Diff("access_ended ada@example.com", h.take()); diff != "" {
			t.Error(diff)
		}
	})
}
