package web

import (
	_ "embed"
	"net/http"

	"github.com/gin-gonic/gin"
)

// The API as OpenAPI 3.1 describes it. The tests hold every answer against it.
//
//go:embed openapi.yaml
var openAPI []byte

var openAPITag = etagOf(openAPI)

func description(c *gin.Context) {
	c.Header("Cache-Control", "no-cache")
	if c.Header("ETag", openAPITag); matches(c, openAPITag) {
		c.Status(http.StatusNotModified)
		return
	}
	c.Data(http.StatusOK, "application/yaml", openAPI)
}
