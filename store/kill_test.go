package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"gorm.io/gorm"
)

// victim names the environment variable that makes this program the one that TestNoAnswerIsLostByAKill kills.
const victim = "STORE_TEST_VICTIM"

func TestMain(m *testing.M) {
	if path := os.Getenv(victim); path != "" {
		writeForever(path)
	}
	os.Exit(m.Run())
}

// writeForever writes rows by many callers and prints the id of each that is durable.
func writeForever(path string) {
	db, err := Open(context.Background(), "sqlite:"+path)
	if err != nil {
		panic(err)
	}
	var group sync.WaitGroup
	for caller := range 16 {
		group.Go(func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%d-%d-%d", os.Getpid(), caller, i)
				if err := db.Write(context.Background(), insert(id)); err != nil {
					panic(err)
				}
				fmt.Println(id) // one write, which no kill can cut
			}
		})
	}
	group.Wait()
}

func TestNoAnswerIsLostByAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	open := func() *DB {
		db, err := Open(t.Context(), "sqlite:"+path)
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	db := open()
	err := db.Write(t.Context(), func(tx *gorm.DB) error {
		return tx.Exec("CREATE TABLE rows (id TEXT PRIMARY KEY, parent TEXT NOT NULL)").Error
	})
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	var answered []string
	for range 3 {
		answered = append(answered, kill(t, path, 300)...)
		db := open()
		for _, id := range answered {
			if _, err := gorm.G[row](db.Read(t.Context())).Where("id = ?", id).First(t.Context()); err != nil {
				t.Errorf("%s was said to be durable: %v", id, err)
			}
		}
		var check string
		if err := db.Read(t.Context()).Raw("PRAGMA integrity_check").Scan(&check).Error; err != nil || check != "ok" {
			t.Errorf("integrity check: %s (%v)", check, err)
		}
		db.Close()
	}
}

// kill starts a writer, kills it in the midst of its work after it has answered count writes, and returns all it answered.
func kill(t *testing.T, path string, count int) (answered []string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), victim+"="+path)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if answered = append(answered, lines.Text()); len(answered) == count {
			if err := c.Process.Signal(syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := c.Wait(); err == nil || len(answered) < count {
		t.Fatalf("ended by itself after %d writes: %v", len(answered), err)
	}
	return answered
}
