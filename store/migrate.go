package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// versionTable is goose's: which migrations the database has been through.
const versionTable = goose.DefaultTablename

// schema is a database as the migrations see it.
type schema struct {
	db    *sql.DB
	name  string // in messages
	goose *goose.Provider
}

func newSchema(dialect goose.Dialect, db *sql.DB, name string, opts ...goose.ProviderOption) (schema, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return schema{}, err
	}
	p, err := goose.NewProvider(dialect, db, files, append(opts, goose.WithDisableGlobalRegistry(true))...)
	return schema{db: db, name: name, goose: p}, err
}

// check refuses a database that a newer version of the program has migrated. It only reads, since we mustn't touch what we
// don't know. The database must have its versionTable.
func (s schema) check(ctx context.Context) error {
	var version sql.NullInt64
	if err := s.db.QueryRowContext(ctx, "SELECT max(version_id) FROM "+versionTable).Scan(&version); err != nil {
		return err
	}
	sources := s.goose.ListSources() // in order, and never empty
	if newest := sources[len(sources)-1].Version; version.Int64 > newest {
		return fmt.Errorf("%s was written by a newer version of this program (its schema is %d, this one knows %d): "+
			"start that version instead; nothing was changed", s.name, version.Int64, newest)
	}
	return nil
}

// migrate runs the migrations that the database lacks, each in a transaction of its own.
func (s schema) migrate(ctx context.Context) error {
	if _, err := s.goose.Up(ctx); err != nil {
		return fmt.Errorf("bring the schema of %s up to date: %w", s.name, err)
	}
	return nil
}
