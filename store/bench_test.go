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
	ID, Person, Day, Note string
	CreatedAt             time.Time
}

// BenchmarkDurableInsert compares Write with one transaction for each insert, in turns, and reports the medians of the
// rates and of their ratio. The other way is given all that Write has but the grouping: the same connection, settings and
// prepared statements, with a mutex before it. PUNCHCARD_BENCH_DIR names a folder on the disk to measure.
//
//	go test ./store -run - -bench DurableInsert -benchtime 9x
func BenchmarkDurableInsert(b *testing.B) {
	for _, callers := range []int{1, 4, 16, 64} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			grouped, ungrouped := openBench(b), openBench(b)
			writer := ungrouped.engine.(*writer)
			var one sync.Mutex
			alone := func(_ context.Context, fn func(tx *gorm.DB) error) error {
				one.Lock()
				defer one.Unlock()
				writer.conn.begin()
				tx := session(context.Background(), writer.gorm)
				tx.Statement.ConnPool = &turn{conn: writer.conn}
				if err := fn(tx); err != nil {
					return err
				}
				return writer.conn.commit()
			}
			var rates, baseline, ratios []float64
			for b.Loop() {
				baseline = append(baseline, insertFor(b, 250*time.Millisecond, callers, alone))
				rates = append(rates, insertFor(b, 250*time.Millisecond, callers, grouped.Write))
				ratios = append(ratios, rates[len(rates)-1]/baseline[len(baseline)-1])
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(median(rates), "grouped/s")
			b.ReportMetric(median(baseline), "ungrouped/s")
			b.ReportMetric(median(ratios), "x-ungrouped")
		})
	}
}

func openBench(b *testing.B) *DB {
	b.Helper()
	folder, err := os.MkdirTemp(os.Getenv("PUNCHCARD_BENCH_DIR"), "store")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { os.RemoveAll(folder) })
	db, err := Open(b.Context(), "sqlite:"+filepath.Join(folder, "bench.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	err = db.Write(b.Context(), func(tx *gorm.DB) error {
		return tx.Exec("CREATE TABLE bench_rows (id TEXT PRIMARY KEY, person TEXT, day TEXT, note TEXT, created_at TIMESTAMP)").Error
	})
	if err != nil {
		b.Fatal(err)
	}
	return db
}

var inserts atomic.Int64

// insertFor inserts rows for the given time, by so many callers at once, and returns how many were durable per second.
func insertFor(b *testing.B, length time.Duration, callers int,
	write func(ctx context.Context, fn func(tx *gorm.DB) error) error) float64 {
	var done atomic.Int64
	var group sync.WaitGroup
	start := time.Now()
	for range callers {
		group.Go(func() {
			ctx, cancel := context.WithCancel(context.Background()) // as a request's
			defer cancel()
			for time.Since(start) < length {
				row := benchRow{ID: fmt.Sprintf("%036d", inserts.Add(1)), Person: "usr_1", Day: "2026-03-04", Note: "a note"}
				err := write(ctx, func(tx *gorm.DB) error { return gorm.G[benchRow](tx).Create(ctx, &row) })
				if err != nil {
					b.Error(err)
					return
				}
				done.Add(1)
			}
		})
	}
	group.Wait()
	return float64(done.Load()) / time.Since(start).Seconds()
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
