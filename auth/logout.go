package auth

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"
)

// Logout is the end-session endpoint: GET or POST /oidc/logout (OpenID Connect RP-Initiated Logout 1.0). It ends the
// session at once for who proves to know it, and asks the person about anybody else: a link in a mail must not sign out.
func (s *Server) Logout() gin.HandlerFunc {
	return func(c *gin.Context) {
		noStore(c)
		r, p, err := s.readLogout(c, logoutChecks)
		if err == nil {
			err = s.logOut(c, r, p)
		}
		if err != nil {
			s.showLogoutFailure(c, err)
		}
	}
}

func (s *Server) readLogout(c *gin.Context, checks []logoutCheck) (r logoutRequest, p params, err error) {
	if p, err = readQueryAndForm(c.Request); err != nil {
		return r, p, err
	}
	for _, check := range checks {
		if err := check(s, p, &r); err != nil {
			return r, p, err
		}
	}
	return r, p, nil
}

func (s *Server) logOut(c *gin.Context, r logoutRequest, p params) error {
	live, person, err := s.currentSession(c)
	switch {
	case err != nil:
		return err
	case live == nil && c.Request.Method == http.MethodPost && s.cookie(c, sessionCookie) == "":
		return s.logOutFromElsewhere(c, r)
	case live == nil:
		s.loggedOut(c, r)
		return nil
	case s.confirmed(c, p, live), navigates(c.Request) && r.concerns(live):
		return s.endAndLeave(c, live, r)
	}
	s.askToLogOut(c, r, live, person)
	return nil
}

// logOutFromElsewhere answers a form that another site sent, with which browsers send no cookies. The ID token tells which
// session to end. Without one, the browser comes back by itself, and then its cookie tells.
func (s *Server) logOutFromElsewhere(c *gin.Context, r logoutRequest) error {
	if r.Subject == "" {
		c.Redirect(http.StatusSeeOther, "/oidc/logout?"+r.query().Encode())
		return nil
	}
	err := s.change(c.Request.Context(), func(tx *gorm.DB, n *news) error {
		var live int64
		if err := liveSessions(tx, n.now).Where("id = ? AND user_id = ?", r.SID, r.Subject).Count(&live).Error; err != nil || live == 0 {
			return err
		}
		return errors.Join(endSession(tx, n, r.SID), n.record(signedOut(c, r.Subject, r.SID, r.ClientID)))
	})
	if err == nil {
		s.loggedOut(c, r)
	}
	return err
}

// query is the request without its ID token, which is not to stand in an address.
func (r logoutRequest) query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{
		"client_id": r.ClientID, "post_logout_redirect_uri": r.Return, "state": r.State, "logout_hint": r.SID,
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

// confirmed reports whether the person pressed the button of the page that asks.
func (s *Server) confirmed(c *gin.Context, p params, live *session) bool {
	return c.Request.Method == http.MethodPost && s.sameForm(c, p, logoutForm(live))
}

func logoutForm(live *session) string { return "log out " + live.ID }

// navigates reports whether somebody goes to the address, rather than an image, a script or a prefetch.
func navigates(r *http.Request) bool {
	mode := r.Header.Get("Sec-Fetch-Mode")
	return r.Method != http.MethodHead && (mode == "" || mode == "navigate") && !strings.Contains(r.Header.Get("Sec-Purpose"), "prefetch")
}

func (s *Server) endAndLeave(c *gin.Context, live *session, r logoutRequest) error {
	if err := s.endOne(c, live.UserID, live.ID, r.ClientID); err != nil {
		return err
	}
	s.forgetCookie(c)
	s.loggedOut(c, r)
	return nil
}

func (s *Server) endOne(c *gin.Context, user, id, client string) error {
	return s.change(c.Request.Context(), func(tx *gorm.DB, n *news) error {
		return errors.Join(endSession(tx, n, id), n.record(signedOut(c, user, id, client)))
	})
}

func signedOut(c *gin.Context, user, id, client string) event {
	e := about(c).as("slo", "signed out")
	e.UserID, e.SessionID, e.ClientID = user, id, client
	return e
}
