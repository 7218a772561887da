package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"

	"punchcard/auth/lang"
)

// setupLink lets whoever reads the server's console make the first administrator, and nobody else.
type setupLink struct {
	Hash      string `gorm:"primaryKey"`
	ExpiresAt time.Time
	UsedAt    *time.Time
}

const setupLife = 24 * time.Hour

// SetupLink is the address at which the first administrator is made, once. It is empty if there are people already. A
// link that was given before works no more.
func (s *Server) SetupLink(ctx context.Context) (string, error) {
	token, needed := newSecret(), false
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		var err error
		if needed, err = nobodyThere(tx); err != nil || !needed {
			return err
		}
		if err := tx.Where("1 = 1").Delete(&setupLink{}).Error; err != nil {
			return err
		}
		return tx.Create(&setupLink{Hash: hashed(token), ExpiresAt: s.now().Add(setupLife)}).Error
	})
	if err != nil {
		return "", fmt.Errorf("make the link for the first administrator: %w", err)
	}
	if !needed {
		return "", nil
	}
	return s.issuer + "setup?" + url.Values{"token": {token}}.Encode(), nil
}

func nobodyThere(tx *gorm.DB) (bool, error) {
	var people int64
	err := tx.Model(&Person{}).Limit(1).Count(&people).Error
	return people == 0, err
}

// SetupPage asks for the first administrator's name, e-mail and password: GET /setup?token=….
func (s *Server) SetupPage() gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := s.validSetup(s.db.Read(c.Request.Context()), c.Query("token")); err != nil {
			s.showSetupFailure(c, err)
			return
		}
		s.showSetup(c, http.StatusOK, setupPage{})
	}
}

func (s *Server) showSetup(c *gin.Context, status int, page setupPage) {
	token := c.Query("token")
	page.Action, page.CSRF = "/setup?"+url.Values{"token": {token}}.Encode(), s.csrf(s.browser(c), token)
	s.show(c, status, "setup.html", "", page)
}

var errSetup = errors.New("the link for the first administrator was used, is too old or is not the newest one")

func (s *Server) validSetup(tx *gorm.DB, token string) error {
	err := tx.Where("hash = ? AND used_at IS NULL AND expires_at > ?", hashed(token), s.now()).Take(&setupLink{}).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return errSetup
	}
	return err
}

// Setup makes the first administrator: POST /setup?token=….
func (s *Server) Setup() gin.HandlerFunc {
	return func(c *gin.Context) {
		about(c).Type = "setup_failed"
		form, err := s.readPageForm(c, c.Query("token"))
		if err == nil {
			err = s.validSetup(s.db.Read(c.Request.Context()), c.Query("token"))
		}
		if err != nil {
			s.showSetupFailure(c, err)
			return
		}
		name, email := strings.TrimSpace(form.get("name")), normalEmail(form.get("email"))
		if alert := setupMistake(name, email, form.get("password")); alert != nil {
			s.showSetup(c, http.StatusUnprocessableEntity, setupPage{Alert: alert, Name: name, Email: email})
			return
		}
		if err := s.makeFirstAdmin(c, name, email, form.get("password")); err != nil {
			s.showSetupFailure(c, err)
			return
		}
		s.showNotice(c, http.StatusOK, noticePage{
			Tone: "done", Name: "administrator", Values: []any{"email", email}, Link: "/app/admin/start",
		})
	}
}

func setupMistake(name, email, password string) lang.Words {
	address, err := mail.ParseAddress(email)
	switch {
	case name == "" || len(name) > 200:
		return lang.Words{"pages.setup.no-name"}
	case err != nil || address.Address != email || len(email) > 254:
		return lang.Words{"pages.setup.no-email"}
	}
	return choiceMistake(password)
}

func (s *Server) makeFirstAdmin(c *gin.Context, name, email, password string) error {
	ctx, token := c.Request.Context(), c.Query("token")
	hash, err := s.hashing.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.change(ctx, func(tx *gorm.DB, n *news) error {
		if err := s.validSetup(tx, token); err != nil {
			return err
		}
		if needed, err := nobodyThere(tx); err != nil || !needed {
			return errors.Join(err, errSetup)
		}
		if err := tx.Model(&setupLink{}).Where("hash = ?", hashed(token)).Update("used_at", n.now).Error; err != nil {
			return err
		}
		admin := newPerson(email, name, n.now)
		admin.PasswordHash = hash
		if err := tx.Create(&admin).Error; err != nil {
			return fmt.Errorf("make the first administrator: %w", err)
		}
		roles, err := readRoleIDs(tx)
		if err != nil {
			return err
		}
		e := about(c).as("setup", "the first administrator was made")
		e.UserID = admin.ID
		return errors.Join(addRole(tx, admin.ID, roles["admin"]), n.record(e))
	})
}

func (s *Server) showSetupFailure(c *gin.Context, err error) {
	if !errors.Is(err, errSetup) {
		s.showFailure(c, err)
		return
	}
	s.record(c, about(c).as("setup_failed", err.Error()))
	s.showNotice(c, http.StatusBadRequest, noticePage{
		Tone: "error", Name: "old-setup", ID: requestID(c),
	})
}
