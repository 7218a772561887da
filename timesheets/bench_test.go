package timesheets

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"gorm.io/gorm"
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

// The queue of a manager of two hundred, beside a list of as many periods. Per row it must not cost much more.
func BenchmarkQueue(b *testing.B) {
	h := openHouse(b)
	h.write(func(tx *gorm.DB) error {
		for n := range 200 {
			h.hire(tx, person(fmt.Sprintf("r%d", n), fmt.Sprintf("Report %d", n)), mia.User)
		}
		return nil
	})
	for n := range 200 {
		by := person(fmt.Sprintf("r%d", n), "")
		for _, day := range []string{"2026-03-04", "2026-03-11"} {
			e := h.record(by, h.hour(day))
			must(ask(h.SubmitPeriod, by, PeriodSubmission{PeriodRef: PeriodRef{ID: e.PeriodID}}))
		}
	}
	full := func(page Page[Period], err error) {
		if err != nil || len(page.Items) != 200 {
			b.Fatal(len(page.Items), err)
		}
	}
	ctx, by := context.Background(), h.calls(mia)
	for _, approver := range []*string{nil, &eve.User} {
		h.write(func(tx *gorm.DB) error {
			return tx.Exec("UPDATE projects SET approver_id = ? WHERE name = 'Internal'", approver).Error
		})
		b.Run(fmt.Sprint("list, projects have approvers: ", approver != nil), func(b *testing.B) {
			for b.Loop() {
				full(h.Periods(ctx, by, PeriodQuery{Paging: Paging{Limit: 200}}))
			}
		})
		b.Run(fmt.Sprint("queue, projects have approvers: ", approver != nil), func(b *testing.B) {
			for b.Loop() {
				full(h.Approvals(ctx, by, ApprovalQuery{Paging: Paging{Limit: 200}}))
			}
		})
	}
}
