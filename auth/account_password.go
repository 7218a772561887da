package auth

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"

	"punchcard/auth/lang"
)

// ChangePassword takes a new password from somebody who knows the present one: POST /account/password. Whoever else is
// signed in as this person, or holds a refresh token, may be why it is changed: they are all signed out.
func (s *Server) ChangePassword() gin.HandlerFunc {
	return func(c *gin.Context) {
		v := visitor(c)
		about(c).Type = "fcp"
		person, alert, err := s.checkNewPassword(c, v)
		if err == nil && alert == nil {
			err = s.putPassword(c, person, v.live, v.form.get("new"))
		}
		switch {
		case err != nil && asError(err).Status == http.StatusInternalServerError:
			s.showFailure(c, err)
		case err != nil:
			e := asError(err)
			s.refused(c, e)
			s.showAccount(c, e.Status, e.toPerson())
		case alert != nil:
			s.showAccount(c, http.StatusUnprocessableEntity, alert)
		default:
			backTo(c, "/account", "password")
		}
	}
}

// checkNewPassword says what is wrong with the form, in the person's words. The present password is tried last, and counts
// as an attempt to sign in: a browser that was left open must not be a way to guess it.
func (s *Server) checkNewPassword(c *gin.Context, v visit) (person *Person, alert lang.Words, err error) {
	if alert := newPasswordMistake(v.form); alert != nil {
		return nil, alert, nil
	}
	person, wrong, err := s.tryPassword(c, v.person.person.Email, v.form.get("current"))
	if err == nil && (wrong != "" || person.ID != v.live.UserID) {
		s.record(c, about(c).as("fcp", "the current password is wrong"))
		return nil, lang.Words{"pages.account.wrong-current"}, nil
	}
	return person, nil, err
}

// putPassword keeps the password, and of all that the old one opened only this session, with another cookie.
func (s *Server) putPassword(c *gin.Context, person *Person, live *session, password string) error {
	hash, err := s.hashing.hash(c.Request.Context(), password)
	if err != nil {
		return err
	}
	return s.signIn(c, person, live, func(tx *gorm.DB, n *news, now session) error {
		err := tx.Model(&Person{}).Where("id = ?", person.ID).Updates(map[string]any{"password_hash": hash, "updated_at": n.now}).Error
		if err != nil {
			return fmt.Errorf("keep password: %w", err)
		}
		if err := endTickets(tx, person.ID); err != nil {
			return err
		}
		if err := endOtherSessions(tx, n, person.ID, now.ID); err != nil {
			return err
		}
		others := tx.Where("user_id = ? AND (session_id <> ? OR "+withRefreshTokens+")", person.ID, now.ID)
		if err := revokeAll(tx, n, others); err != nil {
			return err
		}
		if err := s.notice(tx, person.ID, passwordChanged); err != nil {
			return err
		}
		e := about(c).as("scp", "password changed")
		e.SessionID = now.ID
		return errors.Join(n.tell("user", person.ID), n.record(e))
	})
}
