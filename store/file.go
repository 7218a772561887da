package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"
)

// placeFile makes path absolute, so that a later change of folder can't lead a connection elsewhere, and makes the file if
// it isn't there, for this account alone: SQLite would let everyone read it. A file that exists is left to SQLite, since
// to close it here would drop the locks that this process may hold on it.
func placeFile(path string) (string, error) {
	if path == "" || path == ":memory:" || strings.HasPrefix(path, "//") && !strings.HasPrefix(path, "///") {
		return "", errForm
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	folder := filepath.Dir(path)
	switch at, err := os.Stat(folder); {
	case errors.Is(err, os.ErrNotExist):
		return "", fmt.Errorf("the folder %s does not exist: make it, or name another place for the database", folder)
	case err == nil && !at.IsDir():
		return "", fmt.Errorf("%s is not a folder: name another place for the database", folder)
	}
	if at, err := os.Stat(path); err == nil && at.IsDir() {
		return "", fmt.Errorf("%s is a folder: name a file in it, such as sqlite:%s", path, filepath.Join(path, "punchcard.db"))
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return path, nil
	}
	if err != nil {
		return "", fmt.Errorf("cannot make the database: %w: let this account write to its folder, or name another", err)
	}
	return path, file.Close()
}

// inspect looks at the file through a connection that can't write, and refuses what isn't ours to migrate.
func inspect(ctx context.Context, path string) error {
	db, err := sql.Open(driverName, dsn(path, url.Values{"mode": {"ro"}}))
	if err != nil {
		return err
	}
	defer db.Close()
	var tables, ours int
	err = db.QueryRowContext(ctx, "SELECT count(*), count(*) FILTER (WHERE name = ?) FROM sqlite_master", versionTable).
		Scan(&tables, &ours)
	if err != nil || tables == 0 {
		return err
	}
	if ours == 0 {
		return fmt.Errorf("%s is the database of another program: name another file", path)
	}
	s, err := newSchema(goose.DialectSQLite3, db, path)
	if err != nil {
		return err
	}
	return s.check(ctx)
}

// explain says what to do about SQLite's errors at opening.
func explain(path string, err error) error {
	var s sqlite3.Error
	if !errors.As(err, &s) {
		return err
	}
	hints := map[sqlite3.ErrNo]string{
		sqlite3.ErrNotADB:   "name another file",
		sqlite3.ErrReadonly: "let this account write to the file and its folder",
		sqlite3.ErrCantOpen: "let this account read and write the file and its folder",
		sqlite3.ErrBusy:     "stop the other program that uses it",
	}
	return oneLine{fmt.Errorf("cannot open %s: %w: %s", path, err, cmp.Or(hints[s.Code], "bring back a copy of it that is whole"))}
}
