package auth

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"

	"punchcard/auth/lang"
)

// resetPage is where a person who was given a link sets a new password.
type resetPage struct {
	First  bool // the person has no password yet
	Email  string
	Alert  lang.Words
	Action string
	CSRF   string
}

var errTicket = errors.New("the link for a new password was used, is too old, is not the newest one, or its person is blocked")

var errTicketGuesses = errors.New("too many links that do not work were tried")

// wrongTickets may come from a network in a quarter of an hour.
const wrongTickets = 20

// ResetPage asks for a new password: GET /reset-password?ticket=…. To look at it spends nothing.
func (s *Server) ResetPage() gin.HandlerFunc {
	return func(c *gin.Context) {
		if _, person, err := s.presented(c); err != nil {
			s.showResetFailure(c, err)
		} else {
			s.showReset(c, http.StatusOK, person, nil)
		}
	}
}

func (s *Server) showReset(c *gin.Context, status int, person *Person, alert lang.Words) {
	ticket := c.Query("ticket")
	s.show(c, status, "reset.html", "", resetPage{
		First: person.PasswordHash == "", Email: person.Email, Alert: alert, Action: "/reset-password?" + url.Values{"ticket": {ticket}}.Encode(),
		CSRF: s.csrf(s.browser(c), resetForm(ticket)),
	})
}

func resetForm(ticket string) string { return "new password by " + ticket }

// presented is the ticket in the address, and whose it is. Guesses are counted before it is known that they are.
func (s *Server) presented(c *gin.Context) (*passwordTicket, *Person, error) {
	network := "tickets " + networkOf(c.ClientIP())
	if wait := s.guesses.attempt(wrongTickets, s.now(), network); wait > 0 {
		c.Header("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		if s.guesses.once(wrongTickets, network) {
			s.record(c, about(c).as("limit_mu", "links for a new password are throttled"))
		}
		return nil, nil, errTicketGuesses
	}
	ticket, person, err := s.findTicket(s.db.Read(c.Request.Context()), c.Query("ticket"))
	if !errors.Is(err, errTicket) {
		s.guesses.takeBack(network)
	}
	return ticket, person, err
}

func (s *Server) findTicket(db *gorm.DB, secret string) (*passwordTicket, *Person, error) {
	ticket, person := &passwordTicket{}, &Person{}
	err := db.Where("hash = ? AND expires_at > ?", hashed(secret), s.now()).Take(ticket).Error
	if err == nil {
		err = db.Where("id = ? AND NOT blocked", ticket.UserID).Take(person).Error
	}
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil, errTicket
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read ticket: %w", err)
	}
	return ticket, person, nil
}

// Reset takes the new password: POST /reset-password?ticket=…. Whoever was signed in as this person is signed out.
func (s *Server) Reset() gin.HandlerFunc {
	return func(c *gin.Context) {
		about(c).Type = "fcp"
		ticket, person, err := s.presented(c)
		var form params
		if err == nil {
			form, err = s.readPageForm(c, resetForm(c.Query("ticket")))
		}
		if err != nil {
			s.showResetFailure(c, err)
			return
		}
		if alert := newPasswordMistake(form); alert != nil {
			s.showReset(c, http.StatusUnprocessableEntity, person, alert)
			return
		}
		if err := s.reset(c, c.Query("ticket"), form.get("new")); err != nil {
			s.showResetFailure(c, err)
			return
		}
		s.throttle.lift(person.Email)
		page := noticePage{
			Tone: "done", Name: "password-set", Link: "/app/",
		}
		if person.PasswordHash == "" {
			page.Name = "first-password-set"
		}
		if ticket.ResultURL != "" {
			page.Link, page.LinkName = ticket.ResultURL, "onward"
		}
		s.showNotice(c, http.StatusOK, page)
	}
}

// newPasswordMistake says what is wrong with a form that asks for a new password twice.
func newPasswordMistake(form params) lang.Words {
	fresh := form.get("new")
	if mistake := choiceMistake(fresh); mistake != nil {
		return mistake
	}
	if fresh != form.get("again") {
		return lang.Words{"pages.not-the-same"}
	}
	return nil
}

// reset spends the ticket and keeps the password, in one write: of several at once, one succeeds.
func (s *Server) reset(c *gin.Context, secret, password string) error {
	hash, err := s.hashing.hash(c.Request.Context(), password)
	if err != nil {
		return err
	}
	return s.change(c.Request.Context(), func(tx *gorm.DB, n *news) error {
		ticket, person, err := s.findTicket(tx, secret)
		if err != nil {
			return err
		}
		if err := endTickets(tx, person.ID); err != nil {
			return err
		}
		verified := person.EmailVerified || ticket.VerifiesEmail
		set := map[string]any{"password_hash": hash, "updated_at": n.now, "email_verified": verified}
		if err := tx.Model(&Person{}).Where("id = ?", person.ID).Updates(set).Error; err != nil {
			return fmt.Errorf("keep password: %w", err)
		}
		if err := s.notice(tx, person.ID, passwordChanged); err != nil {
			return err
		}
		e := about(c).as("scp", "password set by a ticket")
		e.UserID = person.ID
		return errors.Join(endEverything(tx, n, person.ID), n.tell("user", person.ID), n.record(e))
	})
}

func (s *Server) showResetFailure(c *gin.Context, err error) {
	switch {
	case errors.Is(err, errTicketGuesses):
		s.showNotice(c, http.StatusTooManyRequests, noticePage{
			Tone: "error", Name: "too-many-links", ID: requestID(c),
		})
	case errors.Is(err, errTicket):
		s.record(c, about(c).as("fcp", err.Error()))
		s.showNotice(c, http.StatusBadRequest, noticePage{
			Tone: "error", Name: "old-reset", ID: requestID(c),
		})
	default:
		s.showFailure(c, err)
	}
}
