package auth

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"punchcard/auth/lang"
)

// The pages need no script and load nothing but the style sheets, the font and the icon of this same server.
//
//go:embed pages/*.html
var pageFiles embed.FS

// pages are the templates by language and file name; each fills the places that layout.html leaves.
var pages = parsePages("login.html", "consent.html", "notice.html", "setup.html", "device.html",
	"account.html", "apps.html", "logout.html", "reset.html")

func parsePages(names ...string) map[string]map[string]*template.Template {
	all := map[string]map[string]*template.Template{}
	for _, c := range lang.All() {
		all[c.Tag] = map[string]*template.Template{}
		for _, name := range names {
			page := template.New(name).Funcs(speaking(c))
			all[c.Tag][name] = template.Must(page.ParseFS(pageFiles, "pages/layout.html", "pages/"+name))
		}
	}
	return all
}

// loginPage is where a person signs in.
type loginPage struct {
	App    string // the application's name
	Own    bool   // it is for the person's own account here
	Email  string
	Alert  lang.Words // what was wrong with the last attempt
	Action string
	CSRF   string
}

// consentPage is where a person lets an application act for them, or doesn't.
type consentPage struct {
	App      string
	Initial  string // of the application's name
	Person   string
	Email    string
	Scopes   []consentScope
	Widening bool // some of it was granted before
	Host     string
	Device   *askingDevice // where the answer goes instead
	Action   string
	CSRF     string
}

type consentScope struct {
	Name   string
	Title  string
	Detail string
	New    bool // asked in addition to what was granted before
}

// Added is what is asked on top of what was granted before; Before is the rest.
func (p consentPage) Added() []consentScope  { return p.scopes(true) }
func (p consentPage) Before() []consentScope { return p.scopes(false) }

func (p consentPage) scopes(added bool) (some []consentScope) {
	for _, s := range p.Scopes {
		if s.New == added {
			some = append(some, s)
		}
	}
	return some
}

// noticePage tells how something went that needs nothing more of the person here. Its heading, detail, hint and the text of
// its link are in the catalogues, below its name.
type noticePage struct {
	Tone     string     // "error" or "done"
	Name     string     // "signed-out"
	Values   []any      // what is filled into the detail, by pairs
	Cause    lang.Words // instead of the detail
	ID       string     // under which the administrator finds it in the log
	Link     string
	LinkName string // of another notice with the text for the link
}

// setupPage is where the first administrator is made.
type setupPage struct {
	Alert  lang.Words
	Name   string
	Email  string
	Action string
	CSRF   string
}

// show writes a page. Beside this server, its form may lead to formTo, a source expression of CSP, if that isn't empty.
func (s *Server) show(c *gin.Context, status int, name, formTo string, data any) {
	var body bytes.Buffer
	err := pages[lang.Of(c.Request).Tag][name].ExecuteTemplate(&body, "layout.html", struct {
		Assets string
		Page   any
	}{s.assets, data})
	if err != nil {
		s.log.Error("write a page", "page", name, "error", err, "request_id", requestID(c))
		c.Status(http.StatusInternalServerError)
		return
	}
	PageHeaders(c.Writer.Header(), formTo)
	c.Data(status, "text/html; charset=utf-8", body.Bytes())
}

func (s *Server) showNotice(c *gin.Context, status int, page noticePage) {
	s.show(c, status, "notice.html", "", page)
}

// PageHeaders sets what every page of this server is sent with: it runs no script, can't be framed (RFC 9700 §4.16), is not
// kept by anybody, and tells nobody where it was (RFC 9700 §4.2.4). formTo is a further source to which a form may lead; one
// that would add to the policy itself is left out.
func PageHeaders(h http.Header, formTo string) {
	if strings.ContainsAny(formTo, " ;,") {
		formTo = ""
	}
	if formTo != "" {
		formTo = " " + formTo
	}
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'"+
		formTo+"; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	// No Cross-Origin-Opener-Policy: the window of a sign-in in a popup has to find its opener again (web_message).
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set("Cache-Control", "no-store")
	h.Set("Pragma", "no-cache")
}
