package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/gin-gonic/gin"

	"punchcard/auth"
	"punchcard/store"
	"punchcard/timesheets"
)

// problem is how a request failed (RFC 9457).
type problem struct {
	Type     string    `json:"type"` // absolute: <issuer>problems/<kind>
	Title    string    `json:"title"`
	Status   int       `json:"status"`
	Detail   string    `json:"detail,omitempty"`
	Instance string    `json:"instance"` // urn:uuid:<Request-Id>
	Errors   []mistake `json:"errors,omitempty"`
}

// mistake is one value that is wrong: a member of the body, or a query parameter.
type mistake struct {
	Pointer   string `json:"pointer,omitempty"` // JSON Pointer (RFC 6901)
	Parameter string `json:"parameter,omitempty"`
	Detail    string `json:"detail"`
}

// A request that is wrong in more places than this is told of the first.
const maxMistakes = 100

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
		f := refusal(c, err)
		if f.Kind == internal {
			report(c, log, err)
		}
		switch {
		case c.Writer.Written():
			panic(http.ErrAbortHandler) // half an answer is out: better that the client sees it broken than whole
		case speaksOAuth(c):
			writeOAuthError(c, f)
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
		return faultf(tooLarge, "the body has more than %d bytes", e.Limit)
	}
	if e, ok := errors.AsType[*auth.Error](err); ok {
		challenge(c, "invalid_token", e.Description)
		return fault(invalidToken, e.Description)
	}
	if errors.Is(err, store.ErrClosed) {
		return fault(unavailable, "the server is stopping")
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fault(unavailable, "it took too long")
	}
	return fault(internal, "")
}

func report(c *gin.Context, log *slog.Logger, err error) {
	attrs := []slog.Attr{
		slog.String("request_id", requestID(c)), slog.String("method", c.Request.Method),
		slog.String("path", c.FullPath()), slog.Any("error", err),
	}
	if p, ok := errors.AsType[panicked](err); ok {
		attrs = append(attrs, slog.String("stack", string(p.stack)))
	}
	log.LogAttrs(c.Request.Context(), slog.LevelError, "request failed", attrs...)
}

func writeProblem(c *gin.Context, issuer string, f *timesheets.Fault) {
	k := kinds[f.Kind]
	p := problem{
		Type: issuer + "problems/" + string(f.Kind), Title: k.title, Status: k.status, Detail: f.Detail,
		Instance: "urn:uuid:" + requestID(c),
	}
	for _, field := range f.Fields[:min(len(f.Fields), maxMistakes)] {
		m := mistake{Parameter: field.Pointer, Detail: field.Detail}
		if strings.HasPrefix(field.Pointer, "/") {
			m.Pointer, m.Parameter = field.Pointer, ""
		}
		p.Errors = append(p.Errors, m)
	}
	writeFailure(c, k.status, "application/problem+json", p)
}

// speaksOAuth reports whether the clients of an endpoint expect the failures of RFC 6749 §5.2.
func speaksOAuth(c *gin.Context) bool {
	return strings.HasPrefix(c.FullPath(), "/oauth/") || c.FullPath() == "/userinfo"
}

var oauthCodes = map[timesheets.Kind]string{
	invalidToken:      "invalid_token",
	insufficientScope: "insufficient_scope",
	unavailable:       "temporarily_unavailable",
	internal:          "server_error",
}

func writeOAuthError(c *gin.Context, f *timesheets.Fault) {
	k := kinds[f.Kind]
	c.Header("Pragma", "no-cache")
	writeFailure(c, k.status, "application/json", map[string]string{
		"error":             cmp.Or(oauthCodes[f.Kind], "invalid_request"),
		"error_description": quotable.Replace(cmp.Or(f.Detail, k.title)),
	})
}

func writeFailure(c *gin.Context, status int, contentType string, body any) {
	data, err := json.Marshal(body)
	if err != nil {
		panic(err) // strings and numbers only
	}
	h := c.Writer.Header()
	h.Del("ETag")
	h.Set("Cache-Control", "no-store")
	if status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "2")
	}
	c.Data(status, contentType, append(data, '\n'))
}
