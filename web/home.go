package web

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"regexp"

	"github.com/gin-gonic/gin"

	"punchcard/auth"
	"punchcard/auth/lang"
)

//go:embed home.html
var homePage string

var homeTemplate = template.Must(template.New("home").Parse(homePage))

// home is the first page: what this is, and where to go.
func home(assets, issuer, version string) gin.HandlerFunc {
	return func(c *gin.Context) {
		var body bytes.Buffer
		in := lang.Of(c.Request)
		err := homeTemplate.Execute(&body, struct {
			Assets, Issuer, Version, Language string
			T                                 func(key string, values ...any) string
			Linked                            func(key string) template.HTML
		}{assets, issuer, version, in.Tag, in.Text, func(key string) template.HTML { return linked(in.Text(key)) }})
		if err != nil {
			fail(c, err)
			return
		}
		auth.PageHeaders(c.Writer.Header(), "")
		c.Data(http.StatusOK, "text/html; charset=utf-8", body.Bytes())
	}
}

var link = regexp.MustCompile(`\[([^]]+)]\((/[^)]*)\)`)

// linked is a text of the catalogue with its links, which it writes as [words](/path).
func linked(text string) template.HTML {
	return template.HTML(link.ReplaceAllString(template.HTMLEscapeString(text), `<a href="$2">$1</a>`))
}
