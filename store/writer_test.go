package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mattn/go-sqlite3"
	"gorm.io/gorm"
)

// These are of SQLite's writer, whatever engine the other tests run on.

type row struct{ ID, Parent string }

func insert(id string) func(tx *gorm.DB) error {
	return func(tx *gorm.DB) error { return tx.Create(&row{ID: id, Parent: id}).Error }
}

func openFile(t testing.TB) (*DB, *writer) {
	t.Helper()
	db, err := Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	err = db.Write(t.Context(), func(tx *gorm.DB) error {
		return tx.Exec("CREATE TABLE rows (id TEXT PRIMARY KEY, parent TEXT NOT NULL REFERENCES rows (id))").Error
	})
	if err != nil {
		t.Fatal(err)
	}
	return db, db.engine.(*writer)
}

// together runs fns in one transaction, in their order, and returns what each Write returned. The first leads.
func together(t *testing.T, db *DB, fns ...func(tx *gorm.DB) error) []error {
	t.Helper()
	w := db.engine.(*writer)
	results := make([]chan error, len(fns))
	begun, all := make(chan struct{}), make(chan struct{})
	for i, fn := range fns {
		results[i] = make(chan error, 1)
		if i == 0 {
			leader := fn
			fn = func(tx *gorm.DB) error {
				close(begun)
				<-all
				return leader(tx)
			}
		}
		go func() {
			_, err := caught(func() error { return db.Write(t.Context(), fn) })
			results[i] <- err
		}()
		if i == 0 {
			<-begun
		} else {
			waitFor(t, w, i)
		}
	}
	close(all)
	errs := make([]error, len(fns))
	for i := range errs {
		errs[i] = <-results[i]
	}
	return errs
}

// waitFor returns when count writes are in line.
func waitFor(t *testing.T, w *writer, count int) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Microsecond) {
		w.mu.Lock()
		n := len(w.waiting)
		w.mu.Unlock()
		if n == count {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d writes wait, want %d", n, count)
		}
	}
}

// caught is what fn panicked with, or what it returned.
func caught(fn func() error) (thrown any, err error) {
	defer func() { thrown = recover() }()
	return nil, fn()
}

func wantRows(t *testing.T, db *DB, want string) {
	t.Helper()
	var ids []string
	if err := db.Read(t.Context()).Model(&row{}).Order("id").Pluck("id", &ids).Error; err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(ids, " "); got != want {
		t.Errorf("rows are %q, want %q", got, want)
	}
}

// commits counts the transactions that are committed from now on.
func commits(t *testing.T, w *writer) *atomic.Int64 {
	t.Helper()
	var count atomic.Int64
	err := w.conn.Raw(func(c any) error {
		c.(*sqlite3.SQLiteConn).RegisterCommitHook(func() int {
			count.Add(1)
			return 0
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return &count
}

func TestWritesThatWaitAreCommittedOnce(t *testing.T) {
	db, w := openFile(t)
	count := commits(t, w)
	fns := make([]func(tx *gorm.DB) error, 40)
	for i := range fns {
		fns[i] = insert(fmt.Sprint(i))
	}
	for i, err := range together(t, db, fns...) {
		if err != nil {
			t.Errorf("write %d: %v", i, err)
		}
	}
	if count.Load() != 1 {
		t.Errorf("%d commits for 40 writes that waited", count.Load())
	}
}

func TestABatchIsBounded(t *testing.T) {
	db, w := openFile(t)
	count := commits(t, w)
	fns := make([]func(tx *gorm.DB) error, maxBatch+2)
	for i := range fns {
		fns[i] = insert(fmt.Sprint(i))
	}
	together(t, db, fns...)
	if count.Load() != 2 {
		t.Errorf("%d commits for %d writes that waited", count.Load(), len(fns))
	}
}

func TestAFailureInABatchIsOnesOwn(t *testing.T) {
	db, w := openFile(t)
	count := commits(t, w)
	no := errors.New("no")
	failing := func(tx *gorm.DB) error { return errors.Join(insert("failed")(tx), no) }
	panicking := func(tx *gorm.DB) error { panic(errors.Join(insert("panicked")(tx), no)) }
	duplicate := func(tx *gorm.DB) error { return errors.Join(insert("twice")(tx), insert("a")(tx)) }
	errs := together(t, db, insert("a"), failing, insert("b"), panicking, insert("c"), duplicate, insert("d"))
	for i, want := range []error{nil, no, nil, nil, nil, gorm.ErrDuplicatedKey, nil} {
		if !errors.Is(errs[i], want) {
			t.Errorf("write %d: got %v, want %v", i, errs[i], want)
		}
	}
	wantRows(t, db, "a b c d")
	if count.Load() != 1 {
		t.Errorf("%d commits", count.Load())
	}
}

func TestALeaderThatFailsLeavesTheOthers(t *testing.T) {
	for name, leader := range map[string]func(tx *gorm.DB) error{
		"error": func(tx *gorm.DB) error { return errors.Join(insert("a")(tx), errors.New("no")) },
		"panic": func(tx *gorm.DB) error { panic(errors.Join(insert("a")(tx), errors.New("no"))) },
	} {
		t.Run(name, func(t *testing.T) {
			db, _ := openFile(t)
			errs := together(t, db, leader, insert("b"), insert("c"))
			if errs[1] != nil || errs[2] != nil {
				t.Errorf("the others got %v", errs[1:])
			}
			wantRows(t, db, "b c")
		})
	}
}

// It is against the rules, but nobody else may come to harm.
func TestAWriteThatEndsTheLeadersGoroutineFailsAlone(t *testing.T) {
	db, w := openFile(t)
	begun, all, gone := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		db.Write(t.Context(), func(tx *gorm.DB) error {
			close(begun)
			<-all
			return insert("a")(tx)
		})
		t.Error("the leader's goroutine goes on")
	}()
	<-begun
	ending, other := make(chan error, 1), make(chan error, 1)
	go func() {
		ending <- db.Write(t.Context(), func(tx *gorm.DB) error {
			defer runtime.Goexit()
			return insert("b")(tx)
		})
	}()
	waitFor(t, w, 1)
	go func() { other <- db.Write(t.Context(), insert("c")) }()
	waitFor(t, w, 2)
	close(all)
	if err := <-ending; !errors.Is(err, errEnded) {
		t.Errorf("got %v", err)
	}
	if err := <-other; err != nil {
		t.Errorf("another write got %v", err)
	}
	<-gone
	wantRows(t, db, "a c")
}

func TestAPanicIsLoggedWithItsPlaceButNotItsValue(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	db, _ := openFile(t)
	thrown, _ := caught(func() error { return db.Write(t.Context(), stumble) })
	if thrown != "a secret" {
		t.Errorf("thrown: %v", thrown)
	}
	if got := log.String(); !strings.Contains(got, "store.stumble") || strings.Contains(got, "secret") {
		t.Errorf("logged: %s", got)
	}
}

func stumble(*gorm.DB) error { panic("a secret") }

// Whatever ends the whole transaction, nobody in it is told that rows are durable, none are, and the next write works.
func TestALostTransactionFailsEveryoneInIt(t *testing.T) {
	fill := func(tx *gorm.DB) error {
		var pages int
		if err := tx.Raw("PRAGMA page_count").Scan(&pages).Error; err != nil {
			return err
		}
		tx.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages+2))
		defer tx.Exec("PRAGMA max_page_count = 1000000")
		return insert(strings.Repeat("long", 10_000))(tx)
	}
	cases := []struct {
		name, says string
		fn         func(tx *gorm.DB) error
	}{
		{"the commit fails", "COMMIT: FOREIGN KEY", func(tx *gorm.DB) error {
			tx.Exec("PRAGMA defer_foreign_keys = ON")
			return tx.Create(&row{ID: "orphan", Parent: "nobody"}).Error
		}},
		{"the disk is full", "full", fill},
		{"the disk is full, and the write goes on", "no such savepoint", func(tx *gorm.DB) error {
			fill(tx)
			insert("after")(tx) // would be durable by itself
			return nil
		}},
		{"rolled back by SQL", "no such savepoint", func(tx *gorm.DB) error {
			tx.Exec("ROLLBACK")
			insert("after")(tx)
			return nil
		}},
		{"rolled back by SQL, and the write fails", "no such savepoint", func(tx *gorm.DB) error {
			tx.Exec("ROLLBACK")
			return errors.New("a secret between fn and its caller")
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			db, _ := openFile(t)
			for i, err := range together(t, db, insert("a"), insert("b"), c.fn, insert("c")) {
				if !errors.Is(err, errLost) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "secret") {
					t.Errorf("write %d: got %v, want to hear that the transaction was lost: %s", i, err, c.says)
				}
			}
			wantRows(t, db, "")
			for i, err := range together(t, db, insert("d"), insert("e")) {
				if err != nil {
					t.Errorf("write %d of the next transaction: %v", i, err)
				}
			}
			wantRows(t, db, "d e")
		})
	}
}

func TestAStatementLeftHalfWayHurtsNobodyElse(t *testing.T) {
	rows := func(tx *gorm.DB, query string) error {
		rows, err := tx.Raw(query, "x").Rows()
		if err == nil {
			rows.Next() // and never closed
		}
		return err
	}
	for name, fn := range map[string]func(tx *gorm.DB) error{
		"returning, by Exec": func(tx *gorm.DB) error {
			return tx.Exec("INSERT INTO rows VALUES (?, 'x') RETURNING id", "x").Error
		},
		"returning, not to be seen": func(tx *gorm.DB) error {
			return tx.Exec("INSERT INTO rows VALUES (?, 'x') returning id", "x").Error
		},
		"returning, left open": func(tx *gorm.DB) error { return rows(tx, "INSERT INTO rows VALUES (?, 'x'), ('y', 'x') RETURNING id") },
		"select, by Exec":      func(tx *gorm.DB) error { return tx.Exec("SELECT * FROM rows WHERE id <> ?", "x").Error },
		"select, left open":    func(tx *gorm.DB) error { return rows(tx, "SELECT * FROM rows WHERE id <> ?") },
		"select one, left open": func(tx *gorm.DB) error {
			tx.Raw("INSERT INTO rows VALUES (?, 'x'), ('y', 'x') RETURNING id", "x").Row()
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			db, _ := openFile(t)
			for i := range 3 {
				if err := db.Write(t.Context(), insert(fmt.Sprint(i))); err != nil {
					t.Error(err)
				}
				if err := db.Write(t.Context(), fn); strings.HasSuffix(name, "by Exec") && i == 0 && err != nil {
					t.Error(err)
				}
				if err := db.Write(t.Context(), func(tx *gorm.DB) error { return tx.Exec("DELETE FROM rows WHERE parent = ?", "x").Error }); err != nil {
					t.Error(err)
				}
			}
			wantRows(t, db, "0 1 2")
		})
	}
}

func TestAnotherProcessThatHoldsTheFileFailsThoseWhoWait(t *testing.T) {
	db, w := openFile(t)
	if _, err := w.conn.ExecContext(t.Context(), "PRAGMA busy_timeout = 20"); err != nil {
		t.Fatal(err)
	}
	var path string
	if err := db.Read(t.Context()).Raw("SELECT file FROM pragma_database_list").Scan(&path).Error; err != nil {
		t.Fatal(err)
	}
	other, err := sql.Open(driverName, dsn(path, settings("immediate", cacheKiB)))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.Begin()
	if err != nil {
		t.Fatal(err)
	}
	err = db.Write(t.Context(), func(*gorm.DB) error {
		t.Error("fn ran outside of a transaction")
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "locked") || !Unavailable(err) {
		t.Errorf("got %v, want to hear of the lock", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := db.Write(t.Context(), insert("a")); err != nil {
		t.Error(err)
	}
}

func TestAWriteThatIsCancelledInLineLeavesAtOnce(t *testing.T) {
	db, w := openFile(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := db.Write(t.Context(), func(tx *gorm.DB) error { // while this holds the connection
		result := make(chan error)
		go func() { result <- db.Write(ctx, insert("cancelled")) }()
		waitFor(t, w, 1)
		cancel()
		if err := <-result; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want context.Canceled", err)
		}
		return insert("a")(tx)
	})
	if err != nil {
		t.Error(err)
	}
	wantRows(t, db, "a")
}

func TestAWriteThatIsCancelledWhileItRunsIsAnsweredByItsCommit(t *testing.T) {
	db, w := openFile(t)
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error, 1)
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		go func() {
			result <- db.Write(ctx, func(tx *gorm.DB) error {
				cancel()
				time.Sleep(20 * time.Millisecond) // in which its caller could leave
				return insert("b")(tx)
			})
		}()
		waitFor(t, w, 1)
		return insert("a")(tx)
	})
	if err := errors.Join(err, <-result); err != nil {
		t.Errorf("the rows are there, but Write says %v", err)
	}
	wantRows(t, db, "a b")
}

func TestTheLeadPassesOverThoseWhoLeft(t *testing.T) {
	db, w := openFile(t)
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan error)
	var group sync.WaitGroup
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		for i := range maxBatch { // all that this one will commit
			group.Go(func() { db.Write(t.Context(), insert(fmt.Sprint(i))) })
		}
		waitFor(t, w, maxBatch)
		go func() { left <- db.Write(ctx, insert("left")) }() // would lead next
		waitFor(t, w, maxBatch+1)
		cancel()
		return <-left
	})
	group.Wait()
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := db.Write(t.Context(), insert("next")); err != nil {
		t.Error(err)
	}
}

func TestACancelledStatementDoesNotEndTheBatch(t *testing.T) {
	db, _ := openFile(t)
	cancelled := func(tx *gorm.DB) error {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := gorm.G[row](tx).Count(ctx, "*"); err != nil {
			return err
		}
		return gorm.G[row](tx).Create(ctx, &row{"b", "b"})
	}
	for i, err := range together(t, db, insert("a"), cancelled, insert("c")) {
		if err != nil {
			t.Errorf("write %d: %v", i, err)
		}
	}
	wantRows(t, db, "a b c")
}

func TestReadsGoOnDuringAWrite(t *testing.T) {
	db, _ := openFile(t)
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		if err := insert("a")(tx); err != nil {
			return err
		}
		wantRows(t, db, "")
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	wantRows(t, db, "a")
}

func TestStatementsStayPrepared(t *testing.T) {
	db, w := openFile(t)
	write := func(id string) {
		if err := db.Write(t.Context(), insert(id)); err != nil {
			t.Fatal(err)
		}
	}
	write("a")
	before := w.conn.prepared["INSERT INTO `rows` (`id`,`parent`) VALUES (?,?)"]
	write("b")
	after := w.conn.prepared["INSERT INTO `rows` (`id`,`parent`) VALUES (?,?)"]
	if before == nil || after != before {
		t.Errorf("prepared as %p, then as %p", before, after)
	}
	for i := range maxPrepared + 10 { // as lists of every length do
		err := db.Write(t.Context(), func(tx *gorm.DB) error {
			return tx.Exec(fmt.Sprintf("DELETE FROM rows WHERE id = ? AND %d", i), "nobody").Error
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(w.conn.prepared) > maxPrepared {
		t.Errorf("%d statements are prepared", len(w.conn.prepared))
	}
	write("c")
	wantRows(t, db, "a b c")
}

func TestEveryConnectionHasItsSettings(t *testing.T) {
	db, w := openFile(t)
	readers, err := db.reader.DB()
	if err != nil {
		t.Fatal(err)
	}
	check := func(c *sql.Conn, more map[string]string) {
		t.Helper()
		want := map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000", "temp_store": "2"}
		for _, wants := range []map[string]string{want, more} {
			for name, want := range wants {
				var got string
				if err := c.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&got); err != nil || got != want {
					t.Errorf("%s is %s (%v), want %s", name, got, err, want)
				}
			}
		}
	}
	check(w.conn.Conn, map[string]string{"query_only": "0", "cache_size": "-65536"})
	count := readers.Stats().MaxOpenConnections
	for range count {
		c, err := readers.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		check(c, map[string]string{"query_only": "1", "cache_size": fmt.Sprint(-65536 / count)})
	}
}
