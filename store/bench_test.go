package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"
)

type benchRow struct {
	ID   string `gorm:"primaryKey"`
	Who  string
	Day  string
	Note string
	At   time.Time
}

func (benchRow) TableName() string { return "bench_rows" }

func benchFolder(b *testing.B) string {
	if dir := os.Getenv("PUNCHCARD_BENCH_DIR"); dir != "" {
		dir, err := os.MkdirTemp(dir, "store")
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { os.RemoveAll(dir) })
		return dir
	}
	return b.TempDir()
}

func BenchmarkDurableInsert(b *testing.B) {
	for _, callers := range []int{1, 64} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			dir := benchFolder(b)
			open := func(name string) *DB {
				db, err := Open(b.Context(), "sqlite:"+filepath.Join(dir, name))
				if err != nil {
					b.Fatal(err)
				}
				err = db.Write(b.Context(), func(tx *gorm.DB) error {
					return tx.Exec("CREATE TABLE bench_rows (id TEXT PRIMARY KEY, who TEXT, day TEXT, note TEXT, at TIMESTAMP)").Error
				})
				if err != nil {
					b.Fatal(err)
				}
				return db
			}
			grouped := open("grouped.db")
			defer grouped.Close()
			single := open("single.db")
			w := single.engine.(*writer)
			var mu sync.Mutex
			ungrouped := func(ctx context.Context, fn func(tx *gorm.DB) error) error {
				mu.Lock()
				defer mu.Unlock()
				w.conn.begin()
				tx := session(ctx, w.gorm)
				tx.Statement.ConnPool = &turn{conn: w.conn}
				if err := fn(tx); err != nil {
					return err
				}
				return w.conn.commit()
			}
			var serial atomic.Int64
			round := func(write func(context.Context, func(tx *gorm.DB) error) error) float64 {
				var done atomic.Int64
				var wg sync.WaitGroup
				start := time.Now()
				for range callers {
					wg.Go(func() {
						ctx, cancel := context.WithCancel(context.Background())
						defer cancel()
						for time.Since(start) < 300*time.Millisecond {
							row := benchRow{fmt.Sprintf("%032d", serial.Add(1)), "usr_123", "2026-03-04", "a note", time.Now().UTC()}
							if err := write(ctx, func(tx *gorm.DB) error {
								return gorm.G[benchRow](tx).Create(ctx, &row)
							}); err != nil {
								b.Error(err)
								return
							}
							done.Add(1)
						}
					})
				}
				wg.Wait()
				return float64(done.Load()) / time.Since(start).Seconds()
			}
			var g, u, r []float64
			for range 7 {
				u = append(u, round(ungrouped))
				g = append(g, round(grouped.Write))
				r = append(r, g[len(g)-1]/u[len(u)-1])
			}
			for b.Loop() {
			}
			slices.Sort(g)
			slices.Sort(u)
			slices.Sort(r)
			b.ReportMetric(g[3], "grouped/s")
			b.ReportMetric(u[3], "ungrouped/s")
			b.ReportMetric(r[3], "x-ungrouped")
			b.Log(r)
		})
	}
}
