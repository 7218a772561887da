package timesheets

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"
)

func BenchmarkRecord(b *testing.B) {
	h := openHouse(b)
	n := h.hour("")
	n.Minutes, n.Tags, n.Note = new(1), []string{"review"}, "as every day"
	day := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		n.Date = day.AddDate(0, 0, i/4).Format(time.DateOnly)
		if _, err := h.Record(context.Background(), ada, n); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRecordByMany is what group commit is for: many who wait for one disk.
func BenchmarkRecordByMany(b *testing.B) {
	h := openHouse(b)
	n := h.hour("2026-03-04")
	n.Minutes = new(1)
	b.SetParallelism(32)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for n := n; pb.Next(); {
			n.Date = time.Unix(rand.Int64N(4e9), 0).UTC().Format(time.DateOnly)
			if _, err := h.Record(context.Background(), ada, n); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkEntries(b *testing.B) {
	h := openHouse(b)
	n := h.hour("")
	for i := range 400 {
		n.Date = time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		h.record(ada, n)
	}
	b.ReportAllocs()
	for b.Loop() {
		page, err := h.Entries(context.Background(), ada, EntryQuery{Paging: Paging{Limit: 20}})
		if err != nil || len(page.Items) != 20 || page.Next == "" {
			b.Fatal(len(page.Items), err)
		}
	}
}
