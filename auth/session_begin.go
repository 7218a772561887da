package auth

import (
	"fmt"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"gorm.io/gorm"

	"punchcard/auth/lang"
)

// signIn begins a session, or renews the one that the same person has in this browser, and gives the browser its cookie.
// Another person's session in it ends. What else the sign-in brings about is written with it, by and.
func (s *Server) signIn(c *gin.Context, person *Person, before *session, and func(tx *gorm.DB, n *news, in session) error) error {
	secret := newSecret()
	err := s.change(c.Request.Context(), func(tx *gorm.DB, n *news) error {
		if err := person.unchanged(tx); err != nil {
			return err
		}
		in := session{
			ID: "ses_" + uuid.Must(uuid.NewV7()).String(), UserID: person.ID, Hash: hashed(secret),
			AuthTime: n.now, CreatedAt: n.now, SeenAt: n.now, ExpiresAt: n.now.Add(sessionLife),
			UserAgent: cut(c.Request.UserAgent(), 200), IP: c.ClientIP(),
		}
		if err := in.follow(tx, n, before); err != nil {
			return err
		}
		if err := tx.Save(&in).Error; err != nil {
			return fmt.Errorf("begin session: %w", err)
		}
		if err := countLogin(tx, person.ID, lang.Of(c.Request).Tag, n.now); err != nil {
			return err
		}
		return and(tx, n, in)
	})
	if err == nil {
		s.setCookie(c, sessionCookie, secret, sessionLife)
	}
	return err
}

// unchanged refuses to sign in a person whose password was changed, or who was blocked, while the old one was being hashed.
func (p *Person) unchanged(tx *gorm.DB) error {
	var same int64
	err := tx.Model(&Person{}).Where("id = ? AND password_hash = ? AND NOT blocked", p.ID, p.PasswordHash).Count(&same).Error
	if err != nil {
		return fmt.Errorf("read person: %w", err)
	}
	if same == 0 {
		return refuse("invalid_request", "Your account was changed at the same time. Sign in once more.").telling("pages.wrong.meanwhile")
	}
	return nil
}

// follow takes over the session that the same person had in this browser, unless it ended meanwhile, and ends anybody
// else's.
func (in *session) follow(tx *gorm.DB, n *news, before *session) error {
	if before == nil {
		return nil
	}
	if before.UserID != in.UserID {
		return endSession(tx, n, before.ID)
	}
	ended, err := sessionEnded(tx, before.ID)
	if err == nil && !ended {
		in.ID, in.CreatedAt = before.ID, before.CreatedAt
	}
	return err
}

// cut gives at most so many bytes of what a browser says of itself, as text that every database takes.
func cut(text string, most int) string {
	return strings.ToValidUTF8(text[:min(len(text), most)], "")
}
