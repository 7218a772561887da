package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"gorm.io/gorm"
)

// session is a browser in which a person signed in. The cookie holds a secret of which the database has the hash alone,
// and which is another one after every sign-in, so that a cookie from before is worth nothing.
type session struct {
	ID        string `gorm:"primaryKey"` // the tokens' sid
	Hash      string
	UserID    string
	AuthTime  time.Time // when the person last gave the password
	CreatedAt time.Time
	ExpiresAt time.Time
	EndedAt   *time.Time
}

const sessionLife = 7 * 24 * time.Hour

// Cookies. Over https their names have the prefix that browsers let nobody else set (RFC 6265bis §4.1.3.2).
const (
	sessionCookie = "punchcard"         // who signed in
	browserCookie = "punchcard-browser" // which browser it is, also before anybody signs in
)

func (s *Server) cookie(c *gin.Context, name string) string {
	value, err := c.Request.Cookie(s.cookieName(name))
	if err != nil || len(value.Value) > 128 {
		return ""
	}
	return value.Value
}

func (s *Server) setCookie(c *gin.Context, name, value string, life time.Duration) {
	http.SetCookie(c.Writer, &http.Cookie{
		Name: s.cookieName(name), Value: value, Path: "/", MaxAge: int(life.Seconds()),
		HttpOnly: true, Secure: s.secure(), SameSite: http.SameSiteLaxMode,
	})
}

func (s *Server) cookieName(name string) string {
	if s.secure() {
		return "__Host-" + name
	}
	return name
}

// currentSession is the live session of the request's browser, with how its person stands; nil if there is none.
func (s *Server) currentSession(c *gin.Context) (*session, *standing, error) {
	secret := s.cookie(c, sessionCookie)
	if secret == "" {
		return nil, nil, nil
	}
	var found session
	err := s.db.Read(c.Request.Context()).Where("hash = ? AND ended_at IS NULL AND expires_at > ?", hashed(secret), s.now()).Take(&found).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read session: %w", err)
	}
	person, err := s.standing(c.Request.Context(), found.UserID)
	if err != nil || person == nil || person.person.Blocked {
		return nil, nil, err
	}
	return &found, person, nil
}

// signIn begins a session, or renews the one that the same person has in this browser. Another person's session in it
// ends. It gives the session and the secret for the cookie.
func (s *Server) signIn(ctx context.Context, user string, before *session, and func(tx *gorm.DB, in session) error) (string, error) {
	secret := newSecret()
	err := s.change(ctx, func(tx *gorm.DB, n *news) error {
		in := session{
			ID: "ses_" + uuid.Must(uuid.NewV7()).String(), UserID: user, Hash: hashed(secret),
			AuthTime: n.now, CreatedAt: n.now, ExpiresAt: n.now.Add(sessionLife),
		}
		if before != nil && before.UserID == user {
			in.ID, in.CreatedAt = before.ID, before.CreatedAt
		} else if before != nil {
			if err := endSession(tx, n, before.ID); err != nil {
				return err
			}
		}
		if err := tx.Save(&in).Error; err != nil {
			return fmt.Errorf("begin session: %w", err)
		}
		if err := countLogin(tx, user); err != nil {
			return err
		}
		return and(tx, in)
	})
	return secret, err
}

func endSession(tx *gorm.DB, n *news, id string) error {
	if err := tx.Model(&session{}).Where("id = ? AND ended_at IS NULL", id).Update("ended_at", n.now).Error; err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return n.tell("session", id)
}

// browser is the secret that names this browser, given to it now if it has none. Forms and interactions are tied to it.
func (s *Server) browser(c *gin.Context) string {
	if value := s.cookie(c, browserCookie); value != "" {
		return value
	}
	value := newSecret()
	s.setCookie(c, browserCookie, value, sessionLife)
	return value
}

// csrf is the token that a form carries: only a page that this browser was shown for this purpose can have it.
func (s *Server) csrf(browser, purpose string) string {
	return mac(s.secrets.csrf, browser+"\n"+purpose)
}
