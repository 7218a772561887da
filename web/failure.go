package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/gin-gonic/gin"

	"punchcard/auth"
	"punchcard/store"
	"punchcard/timesheets"
)

// statusGone is what the log says of a request whose client left before the answer.
const statusGone = 499

// fail ends a request. The error becomes an answer in problems.
func fail(c *gin.Context, err error) {
	c.Error(err)
	c.Abort()
}

// panicked is a failure that no code foresaw.
type panicked struct {
	cause any
	stack []byte
}

func (p panicked) Error() string { return fmt.Sprintf("panic: %v", p.cause) }

// problems is the one place that turns an error into an answer. A Fault is told to the caller. Any other error is ours:
// the log has the cause, and the caller the id under which it is found there.
func problems(issuer string, log *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		err := run(c)
		if err == nil {
			return
		}
		if errors.Is(err, context.Canceled) && c.Request.Context().Err() != nil {
			c.Status(statusGone)
			return
		}
		if d, ok := errors.AsType[*auth.Denial](err); ok && !c.Writer.Written() {
			writeDenial(c, d)
			return
		}
		f := refusal(c, err)
		report(c, log, f, err)
		switch {
		case c.Writer.Written():
			panic(http.ErrAbortHandler) // half an answer is out: better that the client sees it broken than whole
		case speaksOAuth(c):
			writeOAuthError(c, f)
		case administers(c):
			writeDenial(c, denialOf(c, f))
		default:
			writeProblem(c, issuer, f)
		}
	}
}

// run calls what comes after and tells how it failed: nil, the last error, or a panic.
func run(c *gin.Context) (err error) {
	defer func() {
		cause := recover()
		if cause == http.ErrAbortHandler {
			panic(cause)
		}
		if cause != nil {
			err = panicked{cause, debug.Stack()}
		}
	}()
	c.Next()
	if last := c.Errors.Last(); last != nil {
		return last.Err
	}
	return nil
}

// refusal is what the caller is told of an error.
func refusal(c *gin.Context, err error) *timesheets.Fault {
	if f, ok := errors.AsType[*timesheets.Fault](err); ok {
		if _, known := kinds[f.Kind]; known {
			return f
		}
	}
	if e, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fault(tooLarge, "the body has more than %d bytes", e.Limit)
	}
	if e, ok := errors.AsType[*auth.Error](err); ok {
		kind := tokenKind(e)
		challenge(c, oauthCodes[kind], e.Description)
		return fault(kind, e.Description)
	}
	if store.Unavailable(err) {
		return fault(unavailable, "the server is stopping or busy")
	}
	return fault(internal, "")
}

// report logs what the caller is not told: the cause of a failure of ours, or why exactly a token was refused.
func report(c *gin.Context, log *slog.Logger, told *timesheets.Fault, err error) {
	refused, isRefusal := errors.AsType[*auth.Error](err)
	if told.Kind != internal && !isRefusal {
		return
	}
	attrs := []slog.Attr{
		slog.String("request_id", requestID(c)), slog.String("method", c.Request.Method), slog.String("path", c.FullPath()),
	}
	if isRefusal {
		attrs = append(attrs, slog.String("error", refused.Code), slog.String("cause", refused.Cause()))
		log.LogAttrs(c.Request.Context(), slog.LevelInfo, "refused", attrs...)
		return
	}
	attrs = append(attrs, slog.Any("error", err))
	if p, ok := errors.AsType[panicked](err); ok {
		attrs = append(attrs, slog.String("stack", string(p.stack)))
	}
	log.LogAttrs(c.Request.Context(), slog.LevelError, "request failed", attrs...)
}
