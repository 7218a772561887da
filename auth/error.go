package auth

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"punchcard/auth/lang"
	"punchcard/store"
)

// Error is an answer in OAuth's own words (RFC 6749 §4.1.2.1 and §5.2, RFC 6750 §3.1). It is what the application is told;
// the exact cause goes to the log alone.
type Error struct {
	Code        string     // "invalid_grant"
	Description string     // for the application's developer
	Status      int        // the HTTP status where an application is answered directly
	told        lang.Words // the same for the person at a page; none: the description
	cause       string
	byRule      bool   // an administrator's rule denied it
	event       string // the type under which it is recorded; empty: that of the request's failures
	recorded    bool   // it is already
	quiet       bool   // it comes often and says nothing new: the server's own log is told, and no event kept
}

func (e *Error) Error() string {
	if e.cause == "" {
		return e.Code + ": " + e.Description
	}
	return e.Code + ": " + e.Description + " (" + e.cause + ")"
}

// telling says it in a person's words too.
func (e *Error) telling(w ...any) *Error {
	e.told = w
	return e
}

// toPerson is what a page says of it.
func (e *Error) toPerson() lang.Words {
	if e.told != nil {
		return e.told
	}
	return lang.Words{lang.Verbatim(e.Description)}
}

// Cause is what the administrator's log says and the application is not told.
func (e *Error) Cause() string { return cmp.Or(e.cause, e.Description) }

var statuses = map[string]int{
	"invalid_client":          http.StatusUnauthorized,
	"invalid_token":           http.StatusUnauthorized,
	"insufficient_scope":      http.StatusForbidden,
	"server_error":            http.StatusInternalServerError,
	"temporarily_unavailable": http.StatusServiceUnavailable,
}

// refuse makes the error that an application is told. Its status is 400 unless the code has one of its own.
func refuse(code, description string) *Error {
	return &Error{Code: code, Description: printable(description), Status: cmp.Or(statuses[code], http.StatusBadRequest)}
}

// because adds what only the administrator may know.
func (e *Error) because(format string, args ...any) *Error {
	e.cause = fmt.Sprintf(format, args...)
	return e
}

// as says under which type of event it is recorded.
func (e *Error) as(event string) *Error {
	e.event = event
	return e
}

// printable keeps to the characters that RFC 6749 §5.2 allows in a description: no control characters, no quotation mark,
// no backslash, nothing beyond ASCII.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '"' || r == '\\':
			return '\''
		case r < ' ' || r > '~':
			return '?'
		}
		return r
	}, s)
}

// asError turns any failure into one that an application may be told.
func asError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		e := refuse("invalid_request", "The request is too large").telling("pages.too-large")
		e.Status = http.StatusRequestEntityTooLarge
		return e
	}
	if store.Unavailable(err) {
		return refuse("temporarily_unavailable", "The server is stopping or busy; try again in a few seconds").telling("pages.busy").because("%v", err)
	}
	return refuse("server_error", "Something went wrong here; the administrator's log has the cause").telling("pages.broken").because("%v", err)
}

// tell answers an application with an error, as RFC 6749 §5.2 has it, and the log with its cause.
func (s *Server) tell(c *gin.Context, err error) {
	e := asError(err)
	s.refused(c, e)
	if e.Code == "invalid_client" {
		c.Header("WWW-Authenticate", `Basic realm="Punchcard"`)
	}
	retryLater(c, e)
	c.JSON(e.Status, gin.H{"error": e.Code, "error_description": e.Description})
}

// retryLater says when to come again to a server that can't answer at this moment.
func retryLater(c *gin.Context, e *Error) {
	if e.Status == http.StatusServiceUnavailable {
		c.Header("Retry-After", "2")
	}
}

// requestID is the id that was given to this request, under which the administrator finds it in the log.
func requestID(c *gin.Context) string { return c.Writer.Header().Get("Request-Id") }
