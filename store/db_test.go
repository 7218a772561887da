package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"punchcard/store"
	"punchcard/store/storetest"
)

// These hold on either engine.

type note struct {
	ID        string
	Text      string
	CreatedAt time.Time
}

// open gives a database with a table of notes.
func open(t *testing.T) *store.DB {
	t.Helper()
	db := storetest.Open(t)
	makeNotes(t, db)
	return db
}

func makeNotes(t *testing.T, db *store.DB) {
	t.Helper()
	write(t, db, func(tx *gorm.DB) error {
		return tx.Exec("CREATE TABLE notes (id TEXT PRIMARY KEY, text TEXT NOT NULL, created_at TIMESTAMP NOT NULL, " +
			"parent TEXT REFERENCES notes (id))").Error
	})
}

func write(t *testing.T, db *store.DB, fn func(tx *gorm.DB) error) {
	t.Helper()
	if err := db.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func add(id string) func(tx *gorm.DB) error {
	return func(tx *gorm.DB) error { return tx.Create(&note{ID: id}).Error }
}

// kept is the ids of all notes, in order.
func kept(t *testing.T, db *store.DB) string {
	t.Helper()
	var ids []string
	if err := db.Read(t.Context()).Model(&note{}).Order("id").Pluck("id", &ids).Error; err != nil {
		t.Fatal(err)
	}
	return strings.Join(ids, " ")
}

func wantKept(t *testing.T, db *store.DB, want string) {
	t.Helper()
	if got := kept(t, db); got != want {
		t.Errorf("kept %q, want %q", got, want)
	}
}

func TestReadSeesWhatWasWritten(t *testing.T) {
	db := open(t)
	for i := range 20 {
		id := fmt.Sprint(i)
		write(t, db, add(id))
		if _, err := gorm.G[note](db.Read(t.Context())).Where("id = ?", id).First(t.Context()); err != nil {
			t.Fatalf("note %s: %v", id, err)
		}
	}
}

func TestReadCannotWrite(t *testing.T) {
	db := open(t)
	if err := db.Read(t.Context()).Create(&note{ID: "a"}).Error; err == nil {
		t.Error("a row was written through Read")
	}
	err := db.Read(t.Context()).Transaction(func(tx *gorm.DB) error { return tx.Create(&note{ID: "b"}).Error })
	if err == nil {
		t.Error("a row was written through Read's transaction")
	}
	wantKept(t, db, "")
}

func TestAFailedWriteKeepsNothing(t *testing.T) {
	db := open(t)
	no := errors.New("no")
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		return errors.Join(add("a")(tx), add("b")(tx), no)
	})
	if !errors.Is(err, no) {
		t.Errorf("got %v, want fn's own error", err)
	}
	write(t, db, add("c"))
	wantKept(t, db, "c")
}

func TestAPanicTakesTheWriteBackAndGoesOn(t *testing.T) {
	db := open(t)
	type value struct{ n int }
	thrown := &value{1}
	func() {
		defer func() {
			if got := recover(); got != any(thrown) {
				t.Errorf("recovered %v, want what fn has thrown", got)
			}
		}()
		db.Write(t.Context(), func(tx *gorm.DB) error {
			if err := add("a")(tx); err != nil {
				return err
			}
			panic(thrown)
		})
		t.Error("Write returned though fn panicked")
	}()
	write(t, db, add("b"))
	wantKept(t, db, "b")
}

func TestAWriteWhoseGoroutineEndsIsTakenBack(t *testing.T) { // as t.FailNow does
	db := open(t)
	var group sync.WaitGroup
	group.Go(func() {
		db.Write(t.Context(), func(tx *gorm.DB) error {
			if err := add("a")(tx); err != nil {
				return err
			}
			runtime.Goexit()
			return nil
		})
		t.Error("Write returned though fn ended the goroutine")
	})
	group.Wait()
	write(t, db, add("b"))
	wantKept(t, db, "b")
}

func TestACancelledWriteIsNotRun(t *testing.T) {
	db := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := db.Write(ctx, add("a")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	wantKept(t, db, "")
}

func TestAWriteCancelledInItsTurnTakesItsCourse(t *testing.T) {
	db := open(t)
	type key struct{}
	ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "value"))
	err := db.Write(ctx, func(tx *gorm.DB) error {
		cancel()
		if got := tx.Statement.Context.Value(key{}); got != "value" {
			t.Errorf("tx carries %v, want the caller's value", got)
		}
		if err := tx.Statement.Context.Err(); err != nil {
			t.Errorf("tx is cancelled with its caller: %v", err)
		}
		return add("a")(tx)
	})
	if err != nil {
		t.Errorf("the rows are there, but Write says %v", err)
	}
	wantKept(t, db, "a")
}

func TestAPartCanFailAlone(t *testing.T) {
	db := open(t)
	write(t, db, func(tx *gorm.DB) error {
		if err := add("a")(tx); err != nil {
			return err
		}
		err := tx.Transaction(func(tx *gorm.DB) error { return errors.Join(add("b")(tx), add("a")(tx)) })
		if !errors.Is(err, gorm.ErrDuplicatedKey) {
			t.Errorf("got %v, want gorm.ErrDuplicatedKey", err)
		}
		return errors.Join(tx.Transaction(add("c")), add("d")(tx))
	})
	wantKept(t, db, "a c d")
}

func TestATransactionIsNotFnsToEnd(t *testing.T) {
	db := open(t)
	var leaked *gorm.DB
	write(t, db, func(tx *gorm.DB) error {
		leaked = tx
		return nil
	})
	if err := add("a")(leaked); !errors.Is(err, sql.ErrTxDone) {
		t.Errorf("a write that is over: got %v, want sql.ErrTxDone", err)
	}
	wantKept(t, db, "")
}

func TestAWriteWithinAWriteIsRefused(t *testing.T) {
	db := open(t)
	write(t, db, func(tx *gorm.DB) error {
		err := db.Write(t.Context(), add("a"))
		if err == nil || !strings.Contains(err.Error(), "within a Write") {
			t.Errorf("got %v", err)
		}
		return add("b")(tx)
	})
	write(t, db, add("c"))
	wantKept(t, db, "b c")
}

func TestConstraintsAreGormsErrors(t *testing.T) {
	db := open(t)
	write(t, db, add("a"))
	if err := db.Write(t.Context(), add("a")); !errors.Is(err, gorm.ErrDuplicatedKey) {
		t.Errorf("got %v, want gorm.ErrDuplicatedKey", err)
	}
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO notes VALUES (?, '', ?, 'nobody')", "b", time.Now().UTC()).Error
	})
	if !errors.Is(err, gorm.ErrForeignKeyViolated) {
		t.Errorf("got %v, want gorm.ErrForeignKeyViolated", err)
	}
}

func TestInstantsComeBackAsTheyWent(t *testing.T) {
	local := time.Local
	time.Local = time.FixedZone("elsewhere", 5*60*60)
	defer func() { time.Local = local }()
	db := open(t)
	went := note{ID: "a"}
	write(t, db, func(tx *gorm.DB) error { return gorm.G[note](tx).Create(t.Context(), &went) })
	came, err := gorm.G[note](db.Read(t.Context())).First(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(went, came); diff != "" || came.CreatedAt.Location() != time.UTC {
		t.Errorf("in %v (-went +came):\n%s", came.CreatedAt.Location(), diff)
	}
	if age := time.Since(came.CreatedAt); age < 0 || age > time.Minute {
		t.Errorf("created %v ago", age)
	}
}

func TestEachOfManyWritersGetsItsOwnResult(t *testing.T) {
	db := open(t)
	var group sync.WaitGroup
	for i := range 64 {
		group.Go(func() {
			id, own := fmt.Sprintf("%02d", i), fmt.Errorf("error %d", i)
			thrown, err := catch(func() error {
				return db.Write(t.Context(), func(tx *gorm.DB) error {
					if err := add(id)(tx); err != nil {
						return err
					}
					switch i % 4 {
					case 1:
						return own
					case 2:
						panic(i)
					}
					return nil
				})
			})
			switch {
			case i%4 == 1 && err != own, i%4 == 2 && thrown != i, i%4 != 1 && err != nil, i%4 != 2 && thrown != nil:
				t.Errorf("writer %d got error %v, panic %v", i, err, thrown)
			}
		})
	}
	group.Wait()
	var want []string
	for i := range 64 {
		if i%4 == 0 || i%4 == 3 {
			want = append(want, fmt.Sprintf("%02d", i))
		}
	}
	wantKept(t, db, strings.Join(want, " "))
}

func catch(fn func() error) (thrown any, err error) {
	defer func() { thrown = recover() }()
	return nil, fn()
}

func TestWhatAWriteReadsHoldsWhenItCommits(t *testing.T) {
	db := open(t)
	write(t, db, add("count"))
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 10 {
				err := db.Write(t.Context(), func(tx *gorm.DB) error {
					n, err := gorm.G[note](tx).Where("id = ?", "count").First(t.Context())
					if err != nil {
						return err
					}
					_, err = gorm.G[note](tx).Where("id = ?", "count").Update(t.Context(), "text", n.Text+"|")
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	n, err := gorm.G[note](db.Read(t.Context())).First(t.Context())
	if err != nil || len(n.Text) != 80 {
		t.Errorf("counted %d of 80 (%v)", len(n.Text), err)
	}
}

func TestCloseWaitsForWritesAndRefusesLaterOnes(t *testing.T) {
	url := storetest.URL(t)
	db, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	makeNotes(t, db)
	var next, written atomic.Int64
	var group sync.WaitGroup
	for range 32 {
		group.Go(func() {
			for {
				err := db.Write(t.Context(), add(fmt.Sprint(next.Add(1))))
				if errors.Is(err, store.ErrClosed) {
					return
				}
				if err != nil {
					t.Errorf("neither written nor refused: %v", err)
					return
				}
				written.Add(1)
			}
		})
	}
	time.Sleep(50 * time.Millisecond)
	for range 2 {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	group.Wait()
	if db, err = store.Open(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var rows int64
	if err := db.Read(t.Context()).Model(&note{}).Count(&rows).Error; err != nil {
		t.Fatal(err)
	}
	if rows != written.Load() || rows == 0 {
		t.Errorf("%d rows are there, %d writes succeeded", rows, written.Load())
	}
}

func TestCloseLeavesNoGoroutine(t *testing.T) {
	url := storetest.URL(t)
	use := func() {
		db, err := store.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		for range 16 {
			group.Go(func() {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				db.Write(ctx, func(tx *gorm.DB) error { return tx.Exec("SELECT ?", 1).Error })
				db.Read(ctx).Exec("SELECT ?", 1)
			})
		}
		group.Wait()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
	use()
	before := runtime.NumGoroutine()
	for range 3 {
		use()
	}
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			stacks := make([]byte, 1<<16)
			t.Fatalf("%d goroutines more than before:\n%s", runtime.NumGoroutine()-before, stacks[:runtime.Stack(stacks, true)])
		}
	}
}

func TestTheLogTellsStatementsButNotTheirValues(t *testing.T) {
	db := open(t)
	write(t, db, add("a"))
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)

	db.Read(t.Context()).First(&note{}, "id = ?", "secret")
	db.Write(t.Context(), add("a"))
	if strings.Contains(log.String(), "failed") {
		t.Errorf("an answer that was to be reckoned with was logged: %s", &log)
	}
	quoting := map[string]string{ // fails with words that repeat the value
		"sqlite":   "SELECT json_extract('{}', ?)",
		"postgres": "SELECT CAST(CAST(? AS TEXT) AS INTEGER)",
	}
	read := db.Read(t.Context())
	var number int
	err := read.Raw(quoting[read.Name()], "secret").Scan(&number).Error
	if err == nil || !strings.Contains(err.Error(), "secret") {
		t.Fatalf("got %v, want an error that quotes the value", err)
	}
	if got := log.String(); !strings.Contains(got, "statement failed") || !strings.Contains(got, "SELECT") || strings.Contains(got, "secret") {
		t.Errorf("logged: %s", got)
	}
}

func TestOpenNamesTheFormsItTakes(t *testing.T) {
	for _, url := range []string{"", "punchcard.db", "/var/lib/punchcard.db", "sqlite:", "sqlite::memory:", "sqlite://punchcard.db",
		"mysql://root:secret@localhost/punchcard", "postgres:secret@localhost", "file:punchcard.db"} {
		db, err := store.Open(t.Context(), url)
		if err == nil {
			db.Close()
			t.Errorf("%q was opened", url)
			continue
		}
		got := err.Error()
		if !strings.Contains(got, "sqlite:PATH") || !strings.Contains(got, "postgres://") || strings.Contains(got, "secret") {
			t.Errorf("%q: %s", url, got)
		}
	}
}

func TestErrorsNeverRepeatThePassword(t *testing.T) {
	for _, url := range []string{"postgres://me:secret@localhost:port/db", "postgres://me:secret%@localhost/db",
		"postgres://me:secret word@localhost/db", "postgres://me:secret/word@localhost/db", "postgres://me:secret@127.0.0.1:1/db",
		"postgresql://localhost/db?password=secret&sslmode=perhaps"} {
		db, err := store.Open(t.Context(), url)
		if err == nil {
			db.Close()
			t.Errorf("%s was opened", url)
		} else if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestOpeningAgainChangesNothing(t *testing.T) {
	url := storetest.URL(t)
	for range 3 {
		db, err := store.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
