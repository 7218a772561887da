package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
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
	SeenAt    time.Time // when the browser last came with it, to within seenEvery
	ExpiresAt time.Time
	EndedAt   *time.Time
	UserAgent string // of the sign-in, cut off
	IP        string // likewise
}

const (
	sessionLife = 7 * 24 * time.Hour // however often it is used
	sessionIdle = 3 * 24 * time.Hour // if it isn't
	seenEvery   = 5 * time.Minute
)

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
	err := liveSessions(s.db.Read(c.Request.Context()), s.now()).Where("hash = ?", hashed(secret)).Take(&found).Error
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
	about(c).UserID, about(c).SessionID = found.UserID, found.ID
	return &found, person, s.see(c.Request.Context(), &found)
}

// liveSessions starts a query over the sessions that neither ended nor expired.
func liveSessions(db *gorm.DB, now time.Time) *gorm.DB {
	return db.Model(&session{}).Where("ended_at IS NULL AND expires_at > ? AND seen_at > ?", now, now.Add(-sessionIdle))
}

// see notes that a session is in use, now and then: a write at each look would cost more than it is worth.
func (s *Server) see(ctx context.Context, live *session) error {
	now := s.now()
	if now.Sub(live.SeenAt) < seenEvery {
		return nil
	}
	live.SeenAt = now
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		return tx.Model(&session{}).Where("id = ? AND seen_at < ?", live.ID, now).Update("seen_at", now).Error
	})
	if err != nil {
		return fmt.Errorf("note the use of a session: %w", err)
	}
	return nil
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
