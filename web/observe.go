package web

import (
	"log/slog"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"punchcard/auth"
)

// observe gives each request an id of its own, whatever id came with it, and writes one line about it. The line has the
// route and neither address nor headers, which may hold codes and tokens.
func observe(log *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		began := time.Now()
		c.Header("Request-Id", uuid.Must(uuid.NewV7()).String())
		defer func() {
			if log.Enabled(c.Request.Context(), slog.LevelInfo) {
				writeLine(c, log, time.Since(began))
			}
		}()
		c.Next()
	}
}

func requestID(c *gin.Context) string { return c.Writer.Header().Get("Request-Id") }

func writeLine(c *gin.Context, log *slog.Logger, took time.Duration) {
	path := c.FullPath()
	if path == "" {
		path = "none"
	}
	attrs := append(make([]slog.Attr, 0, 8),
		slog.String("request_id", requestID(c)), slog.String("method", c.Request.Method), slog.String("path", path),
		slog.Int("status", c.Writer.Status()), slog.Int("bytes", max(0, c.Writer.Size())), slog.Duration("took", took))
	if by, ok := c.Get(callerKey); ok {
		by := by.(auth.Caller)
		attrs = append(attrs, slog.String("client", by.Client), slog.String("user", by.User))
	}
	log.LogAttrs(c.Request.Context(), slog.LevelInfo, "request", attrs...)
}
