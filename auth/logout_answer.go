package auth

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"
)

// logoutPage asks whether to sign out.
type logoutPage struct {
	App    string // the application that asks; empty: not known
	Person string
	Email  string
	Fields url.Values // the request, to be sent again with the answer
	CSRF   string
}

func (s *Server) askToLogOut(c *gin.Context, r logoutRequest, live *session, person *standing) {
	page := logoutPage{Person: person.person.Name, Email: person.person.Email, CSRF: s.csrf(s.browser(c), logoutForm(live)), Fields: r.query()}
	if client := s.policy.Load().client(r.ClientID); client != nil {
		page.App = client.Name
	}
	s.show(c, http.StatusOK, "logout.html", formTarget(r.Return), page)
}

// loggedOut takes the browser back to the application, or says that it is done.
func (s *Server) loggedOut(c *gin.Context, r logoutRequest) {
	if r.Return == "" {
		s.showNotice(c, http.StatusOK, noticePage{
			Tone: "done", Name: "signed-out", Link: "/account",
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

func (s *Server) showLogoutFailure(c *gin.Context, err error) {
	e := asError(err)
	about(c).Type = "flo"
	s.refused(c, e)
	s.showNotice(c, e.Status, noticePage{
		Tone: "error", Name: "not-signed-out", Cause: e.toPerson(), ID: requestID(c), Link: "/oidc/logout",
	})
}
