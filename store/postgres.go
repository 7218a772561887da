package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

const (
	maxConnections = 16                   // that write, and as many that read
	mostTrying     = 10 * time.Second     // with others that stand in a transaction's way
	firstPause     = 4 * time.Millisecond // at most; it doubles with every try
	maxPause       = 250 * time.Millisecond
)

// postgresql is the engine that leaves concurrency to a server.
type postgresql struct {
	gorm *gorm.DB
}

func openPostgres(ctx context.Context, url string) (_ *DB, err error) {
	defer func() { err = explainServer(err) }()
	server, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	server.RuntimeParams["timezone"] = "UTC"
	writer, err := openPool(server)
	if err != nil {
		return nil, err
	}
	if err := prepareSchema(ctx, writer, "the database "+server.Database); err != nil {
		return nil, errors.Join(err, (&postgresql{writer}).close())
	}
	server.RuntimeParams["default_transaction_read_only"] = "on"
	reader, err := openPool(server)
	if err != nil {
		return nil, errors.Join(err, (&postgresql{writer}).close())
	}
	return &DB{reader: reader, engine: &postgresql{writer}}, nil
}

// openPool makes a pool of connections, on each of which pgx keeps statements prepared.
func openPool(server *pgx.ConnConfig) (*gorm.DB, error) {
	pool := stdlib.OpenDB(*server.Copy())
	pool.SetMaxOpenConns(maxConnections)
	pool.SetMaxIdleConns(maxConnections)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	return gorm.Open(postgres.New(postgres.Config{Conn: pool}), config())
}

// prepareSchema migrates. Of several instances that start at once, one does.
func prepareSchema(ctx context.Context, g *gorm.DB, name string) error {
	pool, err := g.DB()
	if err != nil {
		return err
	}
	var begun bool
	err = pool.QueryRowContext(ctx, "SELECT to_regclass($1) IS NOT NULL", versionTable).Scan(&begun)
	if err != nil {
		return err
	}
	oneAtATime, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // every second, for five minutes
	if err != nil {
		return err
	}
	s, err := newSchema(goose.DialectPostgres, pool, name, goose.WithSessionLocker(oneAtATime))
	if err != nil {
		return err
	}
	if begun {
		if err := s.check(ctx); err != nil {
			return err
		}
	}
	return s.migrate(ctx)
}

// explainServer says what to do about a server's errors at opening.
func explainServer(err error) error {
	var refused *pgconn.PgError
	var connect *pgconn.ConnectError
	todo := ""
	if errors.As(err, &refused) {
		todo = map[string]string{
			"28P01": "check the password",
			"3D000": "make the database, by createdb",
			"42501": "let this user make tables in the database",
		}[refused.Code]
	} else if errors.As(err, &connect) {
		todo = "check the address, and that the server runs"
	}
	if todo != "" {
		err = fmt.Errorf("%w: %s", err, todo)
	}
	if err != nil {
		err = oneLine{err}
	}
	return err
}

// write runs fn in a serializable transaction, so that what fn has read still holds when it commits, as it does where only
// one writes at a time. Of transactions that stand in each other's way the server refuses one, and that is run again: of
// hundreds at one row, each gets its turn.
func (p *postgresql) write(ctx context.Context, fn func(tx *gorm.DB) error) error {
	if nested() {
		return errNested
	}
	began, pause := time.Now(), firstPause
	for try := 1; ; try++ {
		err := p.once(ctx, fn)
		if !conflict(err) {
			return err
		}
		if time.Since(began) > mostTrying {
			return fmt.Errorf("store: gave up after %d tries: %w", try, err)
		}
		time.Sleep(rand.N(pause)) // chance keeps the two from meeting again
		pause = min(2*pause, maxPause)
	}
}

// once runs fn in one transaction. The wait for a connection ends with ctx, but not the transaction, so its end is known.
func (p *postgresql) once(ctx context.Context, fn func(tx *gorm.DB) error) error {
	return session(ctx, p.gorm).Connection(func(c *gorm.DB) error {
		return session(context.WithoutCancel(ctx), c).Transaction(func(tx *gorm.DB) error {
			return call(fn, tx)
		}, &sql.TxOptions{Isolation: sql.LevelSerializable})
	})
}

func (p *postgresql) close() error {
	pool, err := p.gorm.DB()
	if err != nil {
		return err
	}
	return pool.Close()
}

// conflict tells whether the server refused a transaction only because of another one.
func conflict(err error) bool {
	var p *pgconn.PgError
	return errors.As(err, &p) && (p.Code == "40001" || p.Code == "40P01") // serialization_failure, deadlock_detected
}
