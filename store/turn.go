package store

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"
)

// turn is the connection while it is lent to one write: what gorm runs that write's statements on.
//
// Statements go without the caller's cancellation, since SQLite would answer it by rolling back everyone's rows; and only
// as long as the transaction is open, since outside of it each would be durable by itself.
type turn struct {
	conn *conn
	over atomic.Bool
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
	if len(args) == 0 { // several statements perhaps, or gorm's savepoints, whose names never come again
		return t.conn.ExecContext(ctx, query)
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
	return s.QueryContext(ctx, args...)
}

func (t *turn) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	ctx, err := t.may(ctx)
	if err != nil { // the only way to a row that holds an error
		stopped, stop := context.WithCancel(ctx)
		stop()
		return t.conn.QueryRowContext(stopped, query, args...)
	}
	return t.conn.QueryRowContext(ctx, query, args...)
}

// Commit and Rollback are there for gorm to see a transaction, in which tx.Transaction is a savepoint. To end it isn't fn's.
func (t *turn) Commit() error   { return errors.ErrUnsupported }
func (t *turn) Rollback() error { return errors.ErrUnsupported }
