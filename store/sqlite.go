package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
)

const (
	driverName = "punchcard-sqlite"
	cacheKiB   = 64 << 10                  // as much for the writer as for all readers together
	never      = 10 * 365 * 24 * time.Hour // for any other lifetime of statements gorm keeps a goroutine, which never ends
)

func init() {
	// What a data source name can't say.
	sql.Register(driverName, &sqlite3.SQLiteDriver{ConnectHook: func(c *sqlite3.SQLiteConn) error {
		_, err := c.Exec("PRAGMA temp_store = MEMORY", nil)
		return err
	}})
}

func openSQLite(ctx context.Context, path string) (_ *DB, err error) {
	if path, err = placeFile(path); err != nil {
		return nil, err
	}
	defer func() { err = explain(path, err) }()
	if err := inspect(ctx, path); err != nil {
		return nil, err
	}
	w, err := openWriter(ctx, path)
	if err != nil {
		return nil, err
	}
	reader, err := openReaders(path)
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	return &DB{reader: reader, engine: w}, nil
}

// openWriter opens the one connection that writes, and migrates.
func openWriter(ctx context.Context, path string) (_ *writer, err error) {
	pool, err := sql.Open(driverName, dsn(path, settings("immediate", cacheKiB)))
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			pool.Close()
		}
	}()
	pool.SetMaxOpenConns(1)
	var mode string
	if err := pool.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return nil, err
	}
	if mode != "wal" {
		return nil, fmt.Errorf("%s is where SQLite can't keep its write-ahead log: name a place on a local disk", path)
	}
	s, err := newSchema(goose.DialectSQLite3, pool, path)
	if err != nil {
		return nil, err
	}
	if err := s.migrate(ctx); err != nil {
		return nil, err
	}
	c, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	g, err := gorm.Open(sqlite.New(sqlite.Config{Conn: c}), config())
	if err != nil {
		return nil, err
	}
	held := &conn{Conn: c, prepared: map[string]*sql.Stmt{}}
	return &writer{path: path, pool: pool, conn: held, gorm: g}, nil
}

// openReaders makes the pool of connections that queries run on.
func openReaders(path string) (*gorm.DB, error) {
	// More of them than cores serve everyone slower; fewer could all be held up by slow downloads.
	count := max(4, runtime.GOMAXPROCS(0))
	asks := settings("deferred", cacheKiB/count)
	asks.Set("_query_only", "on")
	pool, err := sql.Open(driverName, dsn(path, asks))
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(count)
	pool.SetMaxIdleConns(count)
	c := config()
	c.PrepareStmt, c.PrepareStmtMaxSize, c.PrepareStmtTTL = true, maxPrepared, never
	return gorm.Open(sqlite.New(sqlite.Config{Conn: pool}), c)
}

// settings are those of a connection that works.
func settings(transactions string, cache int) url.Values {
	return url.Values{
		"_journal_mode": {"WAL"},
		"_synchronous":  {"FULL"}, // a commit is on the disk when it returns
		"_foreign_keys": {"on"},
		"_busy_timeout": {"10000"}, // ms, and only another process can be waited for
		"_txlock":       {transactions},
		"_cache_size":   {strconv.Itoa(-cache)}, // negative: in KiB
	}
}

// dsn names a file as SQLite's URI, in which any path can be written, with settings of the driver's or SQLite's.
func dsn(path string, settings url.Values) string {
	escaped := (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
	return "file:" + escaped + "?" + settings.Encode()
}
