package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// slow is how long a statement may take before it is worth a line in the log.
const slow = 200 * time.Millisecond

// statementLog is gorm's logger. It tells slog of slow statements, and which statement it was that failed when the
// database wasn't expected to refuse it. It never holds the statement's values nor the error's words, which may quote
// them: both may be secrets, and the error itself goes to the caller anyway.
type statementLog struct{}

func (l statementLog) LogMode(logger.LogLevel) logger.Interface { return l }

// gorm says nothing by these three that it doesn't also return.
func (statementLog) Info(context.Context, string, ...any)  {}
func (statementLog) Warn(context.Context, string, ...any)  {}
func (statementLog) Error(context.Context, string, ...any) {}

// ParamsFilter keeps gorm from writing the values into the statement.
func (statementLog) ParamsFilter(_ context.Context, sql string, _ ...any) (string, []any) {
	return sql, nil
}

func init() {
	// Scan has a logger of its own in between, which asks only this.
	logger.RecorderParamsFilter = statementLog{}.ParamsFilter
}

func (statementLog) Trace(ctx context.Context, begin time.Time, statement func() (sql string, rows int64), err error) {
	took := time.Since(begin)
	failed := err != nil && !expected(err)
	if !failed && took < slow {
		return
	}
	query, rows := statement()
	query = placeholder.ReplaceAllString(query, "$$$1")
	if failed {
		slog.ErrorContext(ctx, "statement failed", "sql", query, "error", kind(err))
	} else {
		slog.WarnContext(ctx, "slow statement", "sql", query, "rows", rows, "took", took)
	}
}

// placeholder is what gorm makes of $1 when it has no value to put there.
var placeholder = regexp.MustCompile(`\$(\d+)\$`)

// expected tells whether err is an answer that the packages above reckon with.
func expected(err error) bool {
	for _, answer := range []error{gorm.ErrRecordNotFound, gorm.ErrDuplicatedKey, gorm.ErrForeignKeyViolated,
		gorm.ErrCheckConstraintViolated, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, answer) {
			return true
		}
	}
	var s sqlite3.Error
	return conflict(err) || errors.As(err, &s) && s.ExtendedCode == sqlite3.ErrConstraintCheck // which gorm leaves as it is
}

// kind names an error without repeating what it says, unless that is always the same.
func kind(err error) string {
	for _, constant := range []error{errLost, sql.ErrTxDone} {
		if errors.Is(err, constant) {
			return constant.Error()
		}
	}
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return "SQLSTATE " + p.Code
	}
	var s sqlite3.Error
	if errors.As(err, &s) {
		return fmt.Sprintf("SQLite %d: %v", s.ExtendedCode, s.Code)
	}
	return fmt.Sprintf("%T", err)
}
