package auth

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"punchcard/auth/lang"
)

// visit is a request to one of the account's pages by somebody who is signed in.
type visit struct {
	live   *session
	person *standing
	form   params // of a POST
}

const visitKey = "visit"

// visitor is who SignedIn let in.
func visitor(c *gin.Context) visit {
	v, _ := c.Get(visitKey)
	return v.(visit)
}

// SignedIn lets those pass who are signed in to this server in this browser, and takes anybody else to the sign-in page. A
// form passes only if it is of a page that was shown in this very session.
func (s *Server) SignedIn() gin.HandlerFunc {
	return func(c *gin.Context) {
		noStore(c)
		about(c).Type = "account_failed"
		live, person, err := s.currentSession(c)
		v := visit{live: live, person: person}
		if err == nil && live != nil && c.Request.Method == http.MethodPost {
			v.form, err = s.readPageForm(c, accountForm(live))
		}
		switch {
		case err != nil:
			s.showFailure(c, err)
			c.Abort()
		case live == nil:
			toSignIn(c)
			c.Abort()
		default:
			c.Set(visitKey, v)
		}
	}
}

func accountForm(live *session) string { return "account " + live.ID }

// accountPage is what a person sees of their own account.
type accountPage struct {
	Name, Email string
	Alert       lang.Words // what was wrong with the new password
	Done        lang.Words
	Warnings    []lang.Words
	HasPassword bool
	Session     string // this one's id
	CSRF        string
}

// Account shows a person's own account: GET /account.
func (s *Server) Account() gin.HandlerFunc {
	return func(c *gin.Context) { s.showAccount(c, http.StatusOK, nil) }
}

func (s *Server) showAccount(c *gin.Context, status int, alert lang.Words) {
	v := visitor(c)
	warnings, err := s.warnings(c.Request.Context(), v.live.UserID)
	if err != nil {
		s.showFailure(c, err)
		return
	}
	s.show(c, status, "account.html", "", accountPage{
		Name: v.person.person.Name, Email: v.person.person.Email, Alert: alert, Done: done(c),
		Warnings: warnings, HasPassword: v.person.person.PasswordHash != "", Session: v.live.ID, CSRF: s.csrf(s.browser(c), accountForm(v.live)),
	})
}

// whatCanBeDone is what a form may have done just now: the address can say nothing of its own.
var whatCanBeDone = []string{"password", "revoked", "ended"}

func done(c *gin.Context) lang.Words {
	if what := c.Query("done"); slices.Contains(whatCanBeDone, what) {
		return lang.Words{"pages.done." + what}
	}
	return nil
}

// backTo shows a page again after a form, so that reloading it sends nothing twice.
func backTo(c *gin.Context, path, done string) {
	c.Redirect(http.StatusSeeOther, path+"?done="+done)
}

// Nowhere is for whoever came with a browser to an address where nothing is.
func (s *Server) Nowhere(c *gin.Context) {
	s.showNotice(c, http.StatusNotFound, noticePage{Tone: "error", Name: "nowhere", Link: "/app/"})
}

// notFoundInAccount answers for what doesn't exist, or isn't this person's: nobody can tell the two apart.
func (s *Server) notFoundInAccount(c *gin.Context) {
	s.showNotice(c, http.StatusNotFound, noticePage{
		Tone: "error", Name: "not-found", Link: "/account/apps",
	})
}
