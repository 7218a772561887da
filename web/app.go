package web

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"punchcard/auth"
	"punchcard/auth/lang"
)

// appFiles are the web app: ES modules as they are written, beside those that .ci/vendor/make makes of others' work.
//
//go:embed app
var appFiles embed.FS

//go:embed app.html
var appPage string

var appTemplate = template.Must(template.New("app").Parse(appPage))

// What the first page of the app needs, so that the browser asks for all of it at once.
var (
	appStyles  = []string{"css/tokens.css", "css/base.css", "app/css/app.css", "app/css/week.css", "app/css/phone.css", "app/css/approvals.css", "app/css/reports.css", "app/css/admin.css"}
	appModules = []string{"app/vendor/preact.js", "app/vendor/oauth.js", "app/lib/router.js", "app/lib/session.js", "app/lib/vault.js",
		"app/lib/api.js", "app/lib/me.js", "app/lib/i18n.js", "app/lib/ui.js", "app/lib/time.js", "app/lib/outbox.js",
		"app/lib/queue.js", "app/lib/reads.js", "app/lib/unsent.js", "app/lib/worker.js", "app/views/week.js"}
)

// appPolicy lets the app load its own files and talk to its own server, and nothing else. Scripts can't be written into the
// page: that of the service worker is the only address that may become one.
const appPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types worker"

// app is the page of the web app, at every address of it.
func (s Settings) app() gin.HandlerFunc {
	var page bytes.Buffer
	err := appTemplate.Execute(&page, struct {
		Assets, Issuer, Client, Management, Languages string
		Styles, Modules                               []string
	}{s.Assets.Base, s.Issuer, auth.OwnApp, strings.Join(auth.ManagementScopes(), " "), strings.Join(lang.Tags, " "), appStyles, appModules})
	if err != nil {
		panic(err) // the template is the binary's own
	}
	return func(c *gin.Context) {
		h := c.Writer.Header()
		h.Set("Content-Security-Policy", appPolicy)
		h.Set("Cache-Control", "no-cache")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		c.Data(http.StatusOK, "text/html; charset=utf-8", page.Bytes())
	}
}

// toApp leads from /app to where the app's addresses begin.
func toApp(c *gin.Context) { c.Redirect(http.StatusFound, "/app/") }
