package auth

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
)

// publish answers with what is the same for everybody. Anyone may keep it for an hour, and who then asks whether it is
// still so (If-None-Match, RFC 9110 §13.1.2) is not sent it again.
func publish(c *gin.Context, document any) {
	body, err := json.Marshal(document)
	if err != nil {
		c.Error(fmt.Errorf("encode what is published: %w", err))
		return
	}
	sum := sha256.Sum256(body)
	tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + `"`
	c.Header("Cache-Control", "public, max-age=3600")
	c.Header("ETag", tag)
	for had := range strings.SplitSeq(strings.Join(c.Request.Header["If-None-Match"], ","), ",") {
		if had = strings.TrimSpace(had); had == "*" || strings.TrimPrefix(had, "W/") == tag {
			c.Status(http.StatusNotModified)
			return
		}
	}
	c.Data(http.StatusOK, "application/json; charset=utf-8", body)
}
