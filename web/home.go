package web

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"

	"github.com/gin-gonic/gin"

	"punchcard/auth"
)

//go:embed home.html
var homePage string

var homeTemplate = template.Must(template.New("home").Parse(homePage))

// home is the first page: what this is, and where to go.
func home(assets, issuer, version string) gin.HandlerFunc {
	return func(c *gin.Context) {
		var body bytes.Buffer
		err := homeTemplate.Execute(&body, struct{ Assets, Issuer, Version string }{assets, issuer, version})
		if err != nil {
			fail(c, err)
			return
		}
		auth.PageHeaders(c.Writer.Header(), "")
		c.Data(http.StatusOK, "text/html; charset=utf-8", body.Bytes())
	}
}
