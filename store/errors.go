package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"runtime"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"
	"gorm.io/gorm"
)

// ErrClosed is what Write returns once Close was called.
var ErrClosed = errors.New("store: the database is closed")

var (
	errForm = errors.New("the database is given as sqlite:PATH, such as sqlite:punchcard.db, " +
		"or as postgres://USER:PASSWORD@HOST/NAME")
	errNested = errors.New("store: Write was called within a Write, and would wait for itself: use that one's tx")
	errEnded  = errors.New("store: fn has ended its goroutine")
	errLost   = errors.New("store: the transaction was lost")
)

// Unavailable reports whether an error says that the database could not be asked, or not in time: it is closed or locked, or
// its server is gone, is stopping or has no room. The same may work a little later.
func Unavailable(err error) bool {
	var lite sqlite3.Error
	var connect *pgconn.ConnectError
	var server *pgconn.PgError
	switch {
	case err == nil:
		return false
	case errors.As(err, &lite):
		return lite.Code == sqlite3.ErrBusy || lite.Code == sqlite3.ErrLocked
	case errors.As(err, &server): // too many connections and the like, and shutting down or starting
		return conflict(err) || strings.HasPrefix(server.Code, "53") || strings.HasPrefix(server.Code, "57P")
	case errors.As(err, &connect), errors.Is(err, ErrClosed), errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone),
		errors.Is(err, context.DeadlineExceeded):
		return true
	}
	return strings.Contains(err.Error(), "sql: database is closed") // which database/sql doesn't export
}

// call runs fn where nested can see it.
func call(fn func(tx *gorm.DB) error, tx *gorm.DB) error { return fn(tx) }

// nested tells whether this goroutine is within the fn of a Write. It walks the stack, so it is for those who have time.
func nested() bool {
	callers := make([]uintptr, 512)
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers)])
	for {
		frame, more := frames.Next()
		if strings.HasSuffix(frame.Function, "/store.call") {
			return true
		}
		if !more {
			return false
		}
	}
}

// oneLine is an error that fits one line of a log or a terminal, whatever it wraps.
type oneLine struct{ error }

func (e oneLine) Error() string { return strings.Join(strings.Fields(e.error.Error()), " ") }
func (e oneLine) Unwrap() error { return e.error }
