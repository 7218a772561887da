package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync/atomic"
)

// turn is the connection while it is lent to one write: what gorm runs that write's statements on.
//
// Statements go without the caller's cancellation, since SQLite would answer it by rolling back everyone's rows; and only
// as long as the transaction is open, since outside of it each would be durable by itself.
type turn struct {
	conn *conn
	over atomic.Bool
	rows []*sql.Rows // handed to fn
	row  []*sql.Row
}

// end makes the turn useless, and closes rows that fn has forgotten: they would hold up the transaction, and Close for ever.
func (t *turn) end() {
	t.over.Store(true)
	for _, r := range t.rows {
		r.Close()
	}
	for _, r := range t.row {
		r.Scan() // the only way to close it
	}
}

func (t *turn) may(ctx context.Context) (context.Context, error) {
	if t.over.Load() {
		return ctx, sql.ErrTxDone
	}
	if !t.conn.begun() {
		return ctx, errLost
	}
	if ctx.Done() != nil {
		ctx = context.WithoutCancel(ctx)
	}
	return ctx, nil
}

func (t *turn) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	ctx, err := t.may(ctx)
	if err != nil {
		return nil, err
	}
	return t.conn.PrepareContext(ctx, query)
}

func (t *turn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	ctx, err := t.may(ctx)
	if err != nil {
		return nil, err
	}
	// Not prepared: several statements perhaps, gorm's savepoints, whose names never come again, and what gives rows that
	// nobody will read, which would leave the statement half-way.
	if len(args) == 0 || strings.Contains(query, "RETURNING") {
		return t.conn.ExecContext(ctx, query, args...)
	}
	s, err := t.conn.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

func (t *turn) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx, err := t.may(ctx)
	if err != nil {
		return nil, err
	}
	s, err := t.conn.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args...)
	if err == nil {
		t.rows = append(t.rows, rows)
	}
	return rows, err
}

func (t *turn) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	ctx, err := t.may(ctx)
	if err != nil { // the only way to a row that holds an error
		var stop func()
		ctx, stop = context.WithCancel(ctx)
		stop()
	}
	var row *sql.Row
	if s, err := t.conn.prepare(ctx, query); err == nil {
		row = s.QueryRowContext(ctx, args...)
	} else {
		row = t.conn.QueryRowContext(ctx, query, args...) // fails likewise
	}
	t.row = append(t.row, row)
	return row
}

// Commit and Rollback are there for gorm to see a transaction, in which tx.Transaction is a savepoint. To end it isn't fn's.
func (t *turn) Commit() error   { return errors.ErrUnsupported }
func (t *turn) Rollback() error { return errors.ErrUnsupported }
