package auth

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"

	"punchcard/auth/lang"
)

// returnable are the pages of this server to which signing in may lead, all there are: whatever else return_to holds is
// dropped, so that no spelling of another server's address can pass (RFC 9700 §4.11).
var returnable = []string{"/account", "/account/apps"}

// returnTo is where the person goes after signing in for no application.
func returnTo(asked string) string {
	if slices.Contains(returnable, asked) {
		return asked
	}
	return returnable[0]
}

// toSignIn takes somebody who isn't signed in to the sign-in page, and from there back.
func toSignIn(c *gin.Context) {
	c.Redirect(http.StatusSeeOther, ownLoginPath(returnTo(c.Request.URL.Path)))
}

func ownLoginPath(back string) string { return "/login?" + url.Values{"return_to": {back}}.Encode() }

// forOwnPage reports whether the sign-in is for a page of this server, rather than for an application.
func forOwnPage(c *gin.Context) bool {
	return c.Query("interaction") == "" && c.Query("return_to") != ""
}

func (s *Server) ownLoginPage(c *gin.Context) {
	live, _, err := s.currentSession(c)
	switch {
	case err != nil:
		s.showFailure(c, err)
	case live != nil:
		c.Redirect(http.StatusSeeOther, returnTo(c.Query("return_to")))
	default:
		s.showOwnLogin(c, http.StatusOK, "", nil)
	}
}

const ownLoginForm = "sign in to this server"

func (s *Server) showOwnLogin(c *gin.Context, status int, email string, alert lang.Words) {
	s.show(c, status, "login.html", "", loginPage{
		Own: true, Email: email, Alert: alert, Action: ownLoginPath(returnTo(c.Query("return_to"))),
		CSRF: s.csrf(s.browser(c), ownLoginForm),
	})
}

func (s *Server) ownLogin(c *gin.Context) {
	about(c).Type = "f"
	form, err := s.readPageForm(c, ownLoginForm)
	if err != nil {
		s.showFailure(c, err)
		return
	}
	email := normalEmail(form.get("email"))
	person, alert, err := s.authenticate(c, email, form.get("password"))
	if err != nil {
		e := asError(err)
		s.refused(c, e)
		s.showOwnLogin(c, e.Status, email, e.toPerson())
		return
	}
	if alert != nil {
		s.showOwnLogin(c, http.StatusUnprocessableEntity, email, alert)
		return
	}
	before, _, err := s.currentSession(c)
	if err == nil {
		err = s.signIn(c, person, before, func(_ *gorm.DB, n *news, in session) error { return n.record(signedIn(c, in)) })
	}
	if err != nil {
		s.showFailure(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, returnTo(c.Query("return_to")))
}
