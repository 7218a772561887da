package auth

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"
)

// logoutPage asks whether to sign out.
type logoutPage struct {
	App    string // the application that asks; empty: not known
	Person string
	Email  string
	Fields url.Values // the request, to be sent again with the answer
	CSRF   string
}

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
		return endSession(tx, n, r.SID)
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

func (s *Server) askToLogOut(c *gin.Context, r logoutRequest, live *session, person *standing) {
	page := logoutPage{Person: person.person.Name, Email: person.person.Email, CSRF: s.csrf(s.browser(c), logoutForm(live)), Fields: r.query()}
	if client := s.policy.Load().client(r.ClientID); client != nil {
		page.App = client.Name
	}
	s.show(c, http.StatusOK, "logout.html", formTarget(r.Return), page)
}

func (s *Server) endAndLeave(c *gin.Context, live *session, r logoutRequest) error {
	if err := s.endOne(c.Request.Context(), live.ID); err != nil {
		return err
	}
	s.forgetCookie(c)
	s.log.Info("logged out", "user", live.UserID, "client", r.ClientID, "request_id", requestID(c))
	s.loggedOut(c, r)
	return nil
}

func (s *Server) endOne(ctx context.Context, id string) error {
	return s.change(ctx, func(tx *gorm.DB, n *news) error { return endSession(tx, n, id) })
}

// loggedOut takes the browser back to the application, or says that it is done.
func (s *Server) loggedOut(c *gin.Context, r logoutRequest) {
	if r.Return == "" {
		s.showNotice(c, http.StatusOK, noticePage{
			Tone: "done", Heading: "You are signed out", Detail: "Of this browser. Apps that may stay signed in, such as on your phone, still are.",
			Link: "/account", LinkText: "Sign in again",
		})
		return
	}
	location := r.Return
	if r.State != "" {
		join := "?"
		if strings.Contains(location, "?") {
			join = "&"
		}
		location += join + url.Values{"state": {r.State}}.Encode()
	}
	c.Header("Location", location)
	c.Status(http.StatusSeeOther)
}

// V2Logout is where Auth0's older SDKs send the browser: GET /v2/logout with client_id and returnTo.
func (s *Server) V2Logout() gin.HandlerFunc {
	return func(c *gin.Context) {
		noStore(c)
		r, _, err := s.readLogout(c, v2LogoutChecks)
		if err == nil {
			err = s.v2LogOut(c, r)
		}
		if err != nil {
			s.showLogoutFailure(c, err)
		}
	}
}

// v2LogOut asks nobody if an application that is registered sends the browser: its SDKs count on that. Browsers keep the
// cookie from what isn't navigation, so that no image can sign anybody out.
func (s *Server) v2LogOut(c *gin.Context, r logoutRequest) error {
	live, person, err := s.currentSession(c)
	switch {
	case err != nil:
		return err
	case live == nil:
		s.loggedOut(c, r)
		return nil
	case r.ClientID != "" && navigates(c.Request):
		return s.endAndLeave(c, live, r)
	}
	s.askToLogOut(c, r, live, person)
	return nil
}

func (s *Server) showLogoutFailure(c *gin.Context, err error) {
	e := asError(err)
	s.logRefusal(c, e)
	s.showNotice(c, e.Status, noticePage{
		Tone: "error", Heading: "You are not signed out yet", Detail: e.Description + ".",
		Hint: "The application that brought you here is set up wrongly. Your administrator finds the cause in the log under this id:",
		ID:   requestID(c), Link: "/oidc/logout", LinkText: "Sign out here",
	})
}
