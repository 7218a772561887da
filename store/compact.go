package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
)

// Compact writes the database anew, so that its file holds nothing any more of rows that are gone or were changed: SQLite
// leaves their bytes where they were, and in its log. It takes as long as copying the file, and others write meanwhile only
// before or after. PostgreSQL's files are the server's to look after.
func (db *DB) Compact(ctx context.Context) error {
	db.writes.RLock()
	defer db.writes.RUnlock()
	if db.closed {
		return ErrClosed
	}
	return db.engine.compact(ctx)
}

func (*postgresql) compact(context.Context) error { return nil }

// compact works on a connection of its own: the writer's is not to be used outside of a transaction.
func (w *writer) compact(ctx context.Context) (err error) {
	pool, err := sql.Open(driverName, dsn(w.path, url.Values{"_busy_timeout": {"60000"}}))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	pool.SetMaxOpenConns(1)
	// By way of a file: the copy may be larger than memory.
	for _, statement := range []string{"PRAGMA temp_store = FILE", "VACUUM"} {
		if _, err := pool.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("compact the database: %w", err)
		}
	}
	var busy, left, moved int
	if err := pool.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &left, &moved); err != nil {
		return fmt.Errorf("empty the write-ahead log: %w", err)
	}
	if busy != 0 {
		return errors.New("empty the write-ahead log: somebody reads the database all the time; try again")
	}
	return nil
}
