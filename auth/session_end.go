package auth

import (
	"fmt"
	"time"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"
)

// withRefreshTokens picks out the authorizations that go on after their session (OpenID Connect Core §11).
const withRefreshTokens = `scopes LIKE '%"offline_access"%'`

// endSession ends a session: no cookie is worth anything for it, its access tokens die at the next call, its codes are
// redeemed no more, and what was authorized in it without offline_access ends too (OpenID Connect Back-Channel Logout §2.7).
// Its applications are told.
func endSession(tx *gorm.DB, n *news, id string) error {
	ended := tx.Model(&session{}).Where("id = ? AND ended_at IS NULL", id).Update("ended_at", n.now)
	if ended.Error != nil {
		return fmt.Errorf("end session: %w", ended.Error)
	}
	if ended.RowsAffected > 0 {
		if err := n.tellApps(toldOf(tx).Where("s.id = ?", id)); err != nil {
			return err
		}
	}
	// The session's own signal ends their access tokens, so that each needs none of its own.
	ofSession := tx.Model(&authorization{}).Where("session_id = ? AND revoked_at IS NULL AND NOT "+withRefreshTokens, id)
	if err := ofSession.Update("revoked_at", n.now).Error; err != nil {
		return fmt.Errorf("revoke authorizations of a session: %w", err)
	}
	return n.tell("session", id)
}

// endOtherSessions ends all sessions of a person but one; all, if that is empty.
func endOtherSessions(tx *gorm.DB, n *news, user, but string) error {
	var ids []string
	err := tx.Model(&session{}).Where("user_id = ? AND ended_at IS NULL AND expires_at > ? AND id <> ?", user, n.now, but).Pluck("id", &ids).Error
	if err != nil {
		return fmt.Errorf("read sessions of a person: %w", err)
	}
	for _, id := range ids {
		if err := endSession(tx, n, id); err != nil {
			return err
		}
	}
	return nil
}

// revokeAll ends those of the authorizations that can still be alive, with all their tokens, at the next call.
func revokeAll(tx *gorm.DB, n *news, which *gorm.DB) error {
	var live []authorization
	err := tx.Where(which).Where("revoked_at IS NULL AND expires_at > ?", n.now).Select("id").Find(&live).Error
	if err != nil {
		return fmt.Errorf("read authorizations: %w", err)
	}
	for _, a := range live {
		if err := a.revoke(tx, n); err != nil {
			return err
		}
	}
	return nil
}

// endEverything signs a person out everywhere: every session, every authorization, every refresh token.
func endEverything(tx *gorm.DB, n *news, user string) error {
	if err := endOtherSessions(tx, n, user, ""); err != nil {
		return err
	}
	return revokeAll(tx, n, tx.Where("user_id = ?", user))
}

// forgetCookie takes the session's cookie out of the browser.
func (s *Server) forgetCookie(c *gin.Context) { s.setCookie(c, sessionCookie, "", -time.Second) }
