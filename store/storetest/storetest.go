package storetest

import (
	"context"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"testing"

	"punchcard/store"
)

// variable names the environment variable with the URL of a PostgreSQL server.
const variable = "PUNCHCARD_TEST_POSTGRES"

// Tests make much and keep little of it: collecting a fourth as often saves a fifth of their time. GOGC is heeded.
func init() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}

// Open opens an empty migrated database, which is closed at the end of the test.
func Open(t testing.TB) *store.DB {
	t.Helper()
	url := URL(t)
	db, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// URL names an empty migrated database for store.Open, for tests that open it themselves, or more than once.
func URL(t testing.TB) string {
	t.Helper()
	if os.Getenv(variable) != "" {
		server, err := postgres()
		if err != nil {
			t.Fatal(err)
		}
		return server.copy(t)
	}
	file, err := migrated()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder(t), "punchcard.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}

// folder is gone when the test is over. It is in memory if it can be: a test survives no power cut.
func folder(t testing.TB) string {
	t.Helper()
	in := memory()
	if in == "" {
		return t.TempDir()
	}
	name, err := os.MkdirTemp(in, "punchcard_test_")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(name); err != nil {
			t.Error(err)
		}
	})
	return name
}

// migrated is the content of an empty migrated database file.
var migrated = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "storetest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "punchcard.db")
	db, err := store.Open(context.Background(), "sqlite:"+path)
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil { // which leaves all of it in the one file
		return nil, err
	}
	return os.ReadFile(path)
})
