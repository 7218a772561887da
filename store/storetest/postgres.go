package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"punchcard/store"
)

// server is where PUNCHCARD_TEST_POSTGRES points to, with a migrated database to copy for each test.
type server struct {
	*sql.Conn        // holds a lock for as long as this process lives, which says that its databases are in use
	template  string // the names of the copies begin with it
	url       *url.URL
	copies    atomic.Int64
	mu        sync.Mutex // over Conn
}

var postgres = sync.OnceValues(func() (*server, error) {
	at, err := url.Parse(os.Getenv(variable))
	if err != nil {
		return nil, fmt.Errorf("%s is not a URL", variable)
	}
	pool, err := sql.Open("pgx", at.String())
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	s := &server{Conn: conn, template: "punchcard_test_" + strings.ToLower(rand.Text()), url: at}
	if err := s.sweep(ctx); err != nil {
		return nil, err
	}
	if err := s.exec(ctx, "SELECT pg_advisory_lock(hashtext('"+s.template+"'))", "CREATE DATABASE "+s.template); err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, s.database(s.template))
	if err != nil {
		return nil, err
	}
	return s, db.Close() // nobody may be connected to what is copied
})

// copy makes a database for one test.
func (s *server) copy(t testing.TB) string {
	name := fmt.Sprintf("%s_%d", s.template, s.copies.Add(1))
	if err := s.exec(t.Context(), "CREATE DATABASE "+name+" TEMPLATE "+s.template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return s.database(name)
}

func (s *server) database(name string) string {
	at := *s.url
	at.Path = "/" + name
	return at.String()
}

// sweep drops the databases of processes that have ended: templates, and what killed tests have left.
func (s *server) sweep(ctx context.Context) error {
	rows, err := s.QueryContext(ctx, `SELECT datname FROM pg_database WHERE datname ~ '^punchcard_test_' AND
		pg_try_advisory_lock(hashtext(substring(datname FROM '^punchcard_test_[^_]+')))`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var drops []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		drops = append(drops, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return s.exec(ctx, append(drops, "SELECT pg_advisory_unlock_all()")...)
}

func (s *server) exec(ctx context.Context, statements ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, statement := range statements {
		if _, err := s.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}
