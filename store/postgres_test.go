//go:build postgres

package store_test

import (
	"context"
	"errors"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"punchcard/store"
	"punchcard/store/storetest"
)

// These are of PostgreSQL alone, and need a server.

func serverURL(t *testing.T) string {
	t.Helper()
	if os.Getenv("PUNCHCARD_TEST_POSTGRES") == "" {
		t.Fatal("PUNCHCARD_TEST_POSTGRES must be the URL of a server")
	}
	return storetest.URL(t)
}

func openServer(t *testing.T) *store.DB {
	t.Helper()
	serverURL(t)
	return open(t)
}

// execSQL runs SQL past the store.
func execSQL(t *testing.T, url, statements string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	if _, err := c.Exec(t.Context(), statements); err != nil {
		t.Fatal(err)
	}
}

// Two doctors are on call, one must be. Each reads that the other is, and leaves.
func TestWriteSkewIsRunAgain(t *testing.T) {
	db := openServer(t)
	write(t, db, add("anna"))
	write(t, db, add("ben"))
	var both sync.WaitGroup // have read, the first time
	both.Add(2)
	var tries, left atomic.Int64
	var group sync.WaitGroup
	for _, id := range []string{"anna", "ben"} {
		group.Go(func() {
			first := true
			err := db.Write(t.Context(), func(tx *gorm.DB) error {
				tries.Add(1)
				count, err := gorm.G[note](tx).Count(t.Context(), "*")
				if err != nil {
					return err
				}
				if first {
					first = false
					both.Done()
					both.Wait()
				}
				if count < 2 {
					return errors.New("nobody else is on call")
				}
				_, err = gorm.G[note](tx).Where("id = ?", id).Delete(t.Context())
				return err
			})
			if err == nil {
				left.Add(1)
			}
		})
	}
	group.Wait()
	if left.Load() != 1 || tries.Load() < 3 {
		t.Errorf("%d of two left, after %d tries", left.Load(), tries.Load())
	}
	if got := kept(t, db); got != "anna" && got != "ben" {
		t.Errorf("on call: %q", got)
	}
}

func TestADeadlockIsRunAgain(t *testing.T) {
	db := openServer(t)
	write(t, db, add("a"))
	write(t, db, add("b"))
	var both sync.WaitGroup // have a lock, the first time
	both.Add(2)
	var group sync.WaitGroup
	for _, order := range [][]string{{"a", "b"}, {"b", "a"}} {
		group.Go(func() {
			first := true
			err := db.Write(t.Context(), func(tx *gorm.DB) error {
				for _, id := range order {
					if _, err := gorm.G[note](tx).Where("id = ?", id).Update(t.Context(), "text", order[0]); err != nil {
						return err
					}
					if first {
						first = false
						both.Done()
						both.Wait()
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

// Each of them reads what the last one wrote, or is run again.
func TestOfHundredsAtOneRowEachGetsItsTurn(t *testing.T) {
	db := openServer(t)
	write(t, db, func(tx *gorm.DB) error { return tx.Create(&note{ID: "a", Text: "0"}).Error })
	const writers = 200
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			err := db.Write(t.Context(), func(tx *gorm.DB) error {
				n, err := gorm.G[note](tx).Take(t.Context())
				if err != nil {
					return err
				}
				was, err := strconv.Atoi(n.Text)
				if err != nil {
					return err
				}
				time.Sleep(5 * time.Millisecond) // in which others get into its way
				_, err = gorm.G[note](tx).Where("id = ?", n.ID).Update(t.Context(), "text", strconv.Itoa(was+1))
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	n, err := gorm.G[note](db.Read(t.Context())).Take(t.Context())
	if err != nil || n.Text != strconv.Itoa(writers) {
		t.Errorf("it was counted up to %q, %v", n.Text, err)
	}
}

func TestTriesAreBounded(t *testing.T) {
	db := openServer(t)
	tries := 0
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		tries++
		return tx.Exec("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$").Error
	})
	var refused *pgconn.PgError
	if !errors.As(err, &refused) || refused.Code != "40001" || tries < 20 || tries > 500 {
		t.Errorf("got %v after %d tries", err, tries)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = db.Write(ctx, func(tx *gorm.DB) error {
		cancel()
		return tx.Exec("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$").Error
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled between tries: got %v", err)
	}
}

func TestAWriteThatWaitsForAConnectionCanBeCancelled(t *testing.T) {
	db := openServer(t)
	hold, held := make(chan struct{}), sync.WaitGroup{}
	var group sync.WaitGroup
	for range 16 { // all there are
		held.Add(1)
		group.Go(func() {
			db.Write(t.Context(), func(*gorm.DB) error {
				held.Done()
				<-hold
				return nil
			})
		})
	}
	held.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := db.Write(ctx, add("a")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want context.DeadlineExceeded", err)
	}
	close(hold)
	group.Wait()
	wantKept(t, db, "")
}

func TestSessionsKeepUTC(t *testing.T) {
	db := openServer(t)
	var zone string
	if err := db.Read(t.Context()).Raw("SHOW timezone").Scan(&zone).Error; err != nil || zone != "UTC" {
		t.Errorf("the zone is %s (%v)", zone, err)
	}
}

func TestInstancesThatStartAtOnceMigrateOnce(t *testing.T) {
	url := serverURL(t)
	execSQL(t, url, `DROP SCHEMA public CASCADE; CREATE SCHEMA public;
		CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY,
			version_id BIGINT NOT NULL, is_applied BOOLEAN NOT NULL, tstamp TIMESTAMP NOT NULL DEFAULT now());
		INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, TRUE)`) // as far as they come without waiting
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			db, err := store.Open(t.Context(), url)
			if err != nil {
				t.Error(err)
				return
			}
			db.Close()
		})
	}
	group.Wait()
	db, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var twice int64
	err = db.Read(t.Context()).Raw("SELECT count(*) - count(DISTINCT version_id) FROM goose_db_version").Scan(&twice).Error
	if err != nil || twice != 0 {
		t.Errorf("%d migrations ran twice (%v)", twice, err)
	}
}

func TestANewerServerDatabaseIsRefused(t *testing.T) {
	url := serverURL(t)
	execSQL(t, url, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)")
	db, err := store.Open(t.Context(), url)
	if err == nil {
		db.Close()
		t.Fatal("it was opened")
	}
	if !strings.Contains(err.Error(), "newer version") {
		t.Errorf("got %v", err)
	}
}

func TestAServerThatRefusesIsExplained(t *testing.T) {
	for says, change := range map[string]func(u *url.URL){
		"createdb":            func(u *url.URL) { u.Path = "/nowhere" },
		"that the server run": func(u *url.URL) { u.Host = "127.0.0.1:1" },
	} {
		u, err := url.Parse(serverURL(t))
		if err != nil {
			t.Fatal(err)
		}
		u.User = url.UserPassword(u.User.Username(), "secret")
		change(u)
		db, err := store.Open(t.Context(), u.String())
		if err == nil {
			db.Close()
			t.Fatal("it was opened")
		}
		if got := err.Error(); !strings.Contains(got, says) || strings.Contains(got, "\n") || strings.Contains(got, "secret") {
			t.Errorf("got %q, want %q in one line", got, says)
		}
	}
}
