package store

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm"
)

// DB is an open database. All of its methods may be called from many goroutines at once.
type DB struct {
	reader *gorm.DB
	engine engine

	writes sync.RWMutex // held for reading by every Write, so that Close waits for them
	closed bool
}

// engine is what SQLite and PostgreSQL each do in their own way.
type engine interface {
	write(ctx context.Context, fn func(tx *gorm.DB) error) error
	compact(ctx context.Context) error
	close() error
}

// Open opens the database that url names and runs the migrations that it lacks. The forms are sqlite:PATH, where the file
// is made if need be (its folder isn't), and postgres://… or postgresql://… as libpq has it. A database that a newer
// version of the program has migrated is refused and left as it is. Errors are one line, say what to do, and never repeat
// the password.
func Open(ctx context.Context, url string) (*DB, error) {
	scheme, rest, _ := strings.Cut(url, ":")
	switch {
	case scheme == "sqlite":
		return openSQLite(ctx, rest)
	case (scheme == "postgres" || scheme == "postgresql") && strings.HasPrefix(rest, "//"):
		return openPostgres(ctx, url)
	}
	return nil, errForm
}

// Read starts a query. It sees every write that has returned, and the database refuses it any change.
func (db *DB) Read(ctx context.Context) *gorm.DB {
	return session(ctx, db.reader)
}

// Write runs fn in a transaction, and returns nil when all that fn wrote is durable. After an error, fn's own or the
// database's, nothing that fn wrote is kept; only when the disk or the server fails during the commit itself can't that be
// known. A panic in fn takes its rows back too, and goes on in the caller.
//
// If ctx ends before fn's turn has come, fn is not run. Later than that Write waits to learn how it ended: fn's tx carries
// the values of ctx but not its end.
//
// Writes wait for each other's fn, so what is slow (hash, sign, fetch, render) belongs before or after, and fn takes no lock
// that may be held around a Write. It may run on the goroutine of another caller, which it must not end (as t.Fatal does),
// and PostgreSQL may run it several times, so it has no effect but through tx. After a failed statement PostgreSQL takes no
// other, so what may fail alone goes into a tx.Transaction. fn doesn't call Write, which is refused with an error, doesn't
// use tx after it has returned, and neither ends the transaction nor sets a PRAGMA by SQL.
func (db *DB) Write(ctx context.Context, fn func(tx *gorm.DB) error) error {
	db.writes.RLock()
	defer db.writes.RUnlock()
	if db.closed {
		return ErrClosed
	}
	return db.engine.write(ctx, fn)
}

// Close waits for the writes that have begun, refuses later ones with ErrClosed, and closes the database. Closing again
// does nothing.
func (db *DB) Close() error {
	db.writes.Lock()
	defer db.writes.Unlock()
	if db.closed {
		return nil
	}
	db.closed = true
	readers, err := db.reader.DB()
	if err == nil {
		err = readers.Close()
	}
	return errors.Join(err, db.engine.close()) // the writer last, which lets SQLite fold its log into the file
}

// session is a clean start of a statement, for one caller.
func session(ctx context.Context, db *gorm.DB) *gorm.DB {
	return db.Session(&gorm.Session{NewDB: true, Context: ctx})
}

// config is gorm's, on either engine.
func config() *gorm.Config {
	return &gorm.Config{
		SkipDefaultTransaction: true,
		TranslateError:         true,
		DisableAutomaticPing:   true,
		Logger:                 statementLog{},
		// To the microsecond, as PostgreSQL keeps it, so that what was written equals what is read.
		NowFunc: func() time.Time { return time.Now().UTC().Truncate(time.Microsecond) },
	}
}
