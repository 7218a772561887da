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

// The management API likewise.
//
//go:embed management.yaml
var managementAPI []byte

func description(document []byte) gin.HandlerFunc {
	tag := etagOf(document)
	return func(c *gin.Context) {
		c.Header("Cache-Control", "no-cache")
		if c.Header("ETag", tag); matches(c, tag) {
			c.Status(http.StatusNotModified)
			return
		}
		c.Data(http.StatusOK, "application/yaml", document)
	}
}
