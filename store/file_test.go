package store

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorm.io/gorm"
)

// file makes a file in a new folder and returns its path.
func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// database makes a SQLite database by SQL and returns its path.
func database(t *testing.T, statements string) string {
	t.Helper()
	path := file(t, "")
	db, err := sql.Open(driverName, path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statements); err != nil {
		t.Fatal(err)
	}
	return path
}

// newer makes a database of a version of the program that is yet to come.
func newer(t *testing.T) string {
	t.Helper()
	path := file(t, "")
	db, err := Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Write(t.Context(), func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)").Error
	})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// unwritable is a folder where this account can't make a file.
func unwritable(t *testing.T) string {
	t.Helper()
	if os.Geteuid() == 0 {
		return "/proc" // root may write anywhere else
	}
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o500); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestOpenSaysWhatToDo(t *testing.T) {
	cases := []struct{ name, path, says, todo string }{
		{"no folder", filepath.Join(t.TempDir(), "nowhere", "test.db"), "nowhere does not exist", "make it"},
		{"a file as folder", filepath.Join(file(t, ""), "test.db"), "is not a folder", "name another place"},
		{"a folder", t.TempDir(), "is a folder", "name a file in it"},
		{"an unwritable folder", filepath.Join(unwritable(t), "test.db"), "cannot make the database", "let this account write"},
		{"text", file(t, strings.Repeat("Dear diary, ", 1000)), "file is not a database", "name another file"},
		{"another program's", database(t, "CREATE TABLE songs (name TEXT)"), "of another program", "name another file"},
		{"a newer version's", newer(t), "newer version", "start that version"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			before, _ := os.ReadFile(c.path)
			db, err := Open(t.Context(), "sqlite:"+c.path)
			if err == nil {
				db.Close()
				t.Fatal("it was opened")
			}
			got := err.Error()
			if !strings.Contains(got, c.says) || !strings.Contains(got, c.todo) || strings.Contains(got, "\n") {
				t.Errorf("got %q, want %q and %q in one line", got, c.says, c.todo)
			}
			if after, _ := os.ReadFile(c.path); !bytes.Equal(before, after) {
				t.Error("the file was changed")
			}
		})
	}
}

func TestAnyPathCanBeNamed(t *testing.T) {
	for _, name := range []string{"a b.db", "what?.db", "100%.db", "%41.db", "#1.db", "a&b=c.db", "a+b.db", "naïve's \"x\".db", "a?mode=ro"} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "in "+name)
			if err := os.Mkdir(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			t.Chdir(folder)
			db, err := Open(t.Context(), "sqlite:"+name)
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir()) // readers are opened later, and must find the same file
			err = db.Write(t.Context(), func(tx *gorm.DB) error { return tx.Exec("CREATE TABLE here (a TEXT)").Error })
			if err != nil {
				t.Error(err)
			}
			read(t, db, "SELECT a FROM here")
			if err := db.Close(); err != nil {
				t.Error(err)
			}
			files, err := os.ReadDir(folder)
			if err != nil || len(files) != 1 || files[0].Name() != name {
				t.Errorf("the folder has %v (%v), want %s alone", files, err, name)
			}
		})
	}
}

// read asks the same on two connections at once.
func read(t *testing.T, db *DB, query string) {
	t.Helper()
	readers, err := db.reader.DB()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		c, err := readers.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.ExecContext(t.Context(), query); err != nil {
			t.Error(err)
		}
	}
}

func TestTheFileIsThisAccountsAlone(t *testing.T) {
	folder := t.TempDir()
	db, err := Open(t.Context(), "sqlite:"+filepath.Join(folder, "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 3 {
		t.Fatalf("the folder has %v (%v), want the database, its log and its index", files, err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s is %v (%v)", f.Name(), info.Mode(), err)
		}
	}
}
