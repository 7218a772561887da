package auth

import (
	"fmt"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"
)

// RevokeApp takes back all that the person let an application do: POST /account/apps/revoke. Its tokens are dead at the
// next call, and it has to ask again.
func (s *Server) RevokeApp() gin.HandlerFunc {
	return func(c *gin.Context) {
		v := visitor(c)
		client, found := v.form.get("client_id"), false
		err := s.change(c.Request.Context(), func(tx *gorm.DB, n *news) (err error) {
			if found, err = forgetApp(tx, n, v.live.UserID, client); err != nil || !found {
				return err
			}
			e := about(c).as("consent_revoked", "access revoked by its person")
			e.ClientID = client
			return n.record(e)
		})
		switch {
		case err != nil:
			s.showFailure(c, err)
		case !found:
			s.notFoundInAccount(c)
		default:
			backTo(c, "/account/apps", "revoked")
		}
	}
}

func forgetApp(tx *gorm.DB, n *news, user, client string) (found bool, err error) {
	theirs := func() *gorm.DB { return tx.Where("user_id = ? AND client_id = ?", user, client) }
	gone := theirs().Delete(&consent{})
	if gone.Error != nil {
		return false, fmt.Errorf("forget consent: %w", gone.Error)
	}
	before := len(n.keys)
	if err := revokeAll(tx, n, theirs()); err != nil {
		return false, err
	}
	if gone.RowsAffected == 0 && len(n.keys) == before {
		return false, nil
	}
	return true, logOutOfApp(tx, n, user, client)
}
