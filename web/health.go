package web

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"punchcard/store"
)

// health answers whether the database does.
func health(db *store.DB) gin.HandlerFunc {
	return func(c *gin.Context) {
		ctx, cancel := context.WithTimeout(c.Request.Context(), 2*time.Second)
		defer cancel()
		var one int
		if err := db.Read(ctx).Raw("SELECT 1").Scan(&one).Error; err != nil {
			c.Error(fmt.Errorf("health: %w", err))
			return
		}
		c.Header("Cache-Control", "no-store")
		c.JSON(http.StatusOK, gin.H{"status": "ok"})
	}
}
