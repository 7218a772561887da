package store

import (
	"errors"
	"runtime"
	"strings"

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
