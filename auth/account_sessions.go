package auth

import (
	"context"
	"errors"
	"fmt"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"

	"punchcard/auth/lang"
)

// sessionRow is one browser in which the person is signed in.
type sessionRow struct {
	ID       string
	Device   lang.Words // "Firefox on Linux"
	IP       string     // of the sign-in; empty: not known
	SignedIn *moment
	Seen     *moment
	This     bool // it is the browser that shows the page
}

// ownSessions are the live sessions of the person, this one first, then the last used.
func (s *Server) ownSessions(ctx context.Context, this *session) ([]sessionRow, error) {
	var live []session
	err := liveSessions(s.db.Read(ctx), s.now()).Where("user_id = ? AND id <> ?", this.UserID, this.ID).
		Order("seen_at DESC, id").Limit(mostListed).Find(&live).Error
	if err != nil {
		return nil, fmt.Errorf("read sessions: %w", err)
	}
	rows := []sessionRow{}
	for _, one := range append([]session{*this}, live...) {
		rows = append(rows, sessionRow{
			ID: one.ID, Device: deviceOf(one.UserAgent), IP: one.IP, This: one.ID == this.ID,
			SignedIn: ago(one.AuthTime, s.now()), Seen: ago(one.SeenAt, s.now()),
		})
	}
	return rows, nil
}

// EndSession signs the person out in one browser: POST /account/sessions/end.
func (s *Server) EndSession() gin.HandlerFunc {
	return func(c *gin.Context) {
		v := visitor(c)
		id, found := v.form.get("session"), int64(0)
		err := s.change(c.Request.Context(), func(tx *gorm.DB, n *news) error {
			if err := liveSessions(tx, n.now).Where("id = ? AND user_id = ?", id, v.live.UserID).Count(&found).Error; err != nil || found == 0 {
				return err
			}
			e := about(c).as("session_ended", "session ended by its person in another browser")
			if id == v.live.ID {
				e = e.as("slo", "signed out")
			}
			e.SessionID = id
			return errors.Join(endSession(tx, n, id), n.record(e))
		})
		switch {
		case err != nil:
			s.showFailure(c, err)
		case found == 0:
			s.notFoundInAccount(c)
		case id == v.live.ID:
			s.forgetCookie(c)
			s.loggedOut(c, logoutRequest{})
		default:
			backTo(c, "/account/apps", "ended")
		}
	}
}

// EndEverything signs the person out everywhere, this browser and every application included: POST /account/sessions/end-all.
func (s *Server) EndEverything() gin.HandlerFunc {
	return func(c *gin.Context) {
		v := visitor(c)
		err := s.change(c.Request.Context(), func(tx *gorm.DB, n *news) error {
			return errors.Join(endEverything(tx, n, v.live.UserID), n.record(about(c).as("signed_out_everywhere", "signed out everywhere")))
		})
		if err != nil {
			s.showFailure(c, err)
			return
		}
		s.forgetCookie(c)
		s.showNotice(c, 200, noticePage{
			Tone: "done", Name: "signed-out-everywhere", Link: "/account",
		})
	}
}
