package web

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"slices"
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

// What the first page of the app needs, so that the browser asks for all of it at once: the style sheets, and what these
// modules import, and what that imports.
var (
	appStyles  = append([]string{"css/tokens.css", "css/base.css", "app/css/app.css"}, appSheets()...)
	appModules = importsOf("app/main.js", "app/views/week.js")
)

// lateSheets come with the views that need them.
var lateSheets = []string{"admin", "approvals", "people", "reports", "week-over"}

// appSheets are the style sheets of the first page's views.
func appSheets() []string {
	sheets, err := fs.Glob(appFiles, "app/css/*.css")
	if err != nil {
		panic(err) // the pattern is sound
	}
	return slices.DeleteFunc(sheets, func(name string) bool {
		return name == "app/css/app.css" || slices.Contains(lateSheets, strings.TrimSuffix(path.Base(name), ".css"))
	})
}

var importLine = regexp.MustCompile(`(?m)^(?:import|export)\b[^"]*?"(\.[^"]+)";`)

// importsOf are the modules and all that they import, before anything is done.
func importsOf(modules ...string) (all []string) {
	for len(modules) > 0 {
		next := modules[0]
		modules = modules[1:]
		if slices.Contains(all, next) {
			continue
		}
		all = append(all, next)
		source, err := appFiles.ReadFile(next)
		if err != nil {
			panic(err) // a test loads every module
		}
		for _, m := range importLine.FindAllSubmatch(source, -1) {
			modules = append(modules, path.Join(path.Dir(next), string(m[1])))
		}
	}
	return all
}

// appPolicy lets the app load its own files and talk to its own server, and nothing else. Scripts can't be written into the
// page: that of the service worker is the only address that may become one.
const appPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types worker"

// app is the page of the web app, at every address of it.
func (s Settings) app() gin.HandlerFunc {
	var page bytes.Buffer
	err := appTemplate.Execute(&page, struct {
		Assets, Issuer, Client, Management, Languages, Failure string
		Styles, Modules                                        []string
	}{s.Assets.Base, s.Issuer, auth.OwnApp, strings.Join(auth.ManagementScopes(), " "), strings.Join(lang.Tags, " "), appFailure(),
		appStyles, appModules})
	if err != nil {
		panic(err) // the template is the binary's own
	}
	packed := pack("app.html", page.Bytes())
	return func(c *gin.Context) {
		h := c.Writer.Header()
		h.Set("Content-Security-Policy", appPolicy)
		h.Set("Cache-Control", "no-cache")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Vary", "Accept-Encoding")
		body := page.Bytes()
		if acceptsGzip(c.Request.Header.Values("Accept-Encoding")) {
			body = packed
			h.Set("Content-Encoding", "gzip")
		}
		c.Data(http.StatusOK, "text/html; charset=utf-8", body)
	}
}

// appFailure is what the app says in each language when it can't even get its words, as JSON.
func appFailure() string {
	type words struct{ Text, Retry string }
	all := map[string]words{}
	for _, c := range lang.All() {
		all[c.Tag] = words{c.Text("app.no-words"), c.Text("app.retry")}
	}
	text, err := json.Marshal(all)
	if err != nil {
		panic(err) // it is only text
	}
	return string(text)
}

// toApp leads from /app to where the app's addresses begin.
func toApp(c *gin.Context) { c.Redirect(http.StatusFound, "/app/") }
