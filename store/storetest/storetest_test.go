package storetest_test

import (
	"testing"

	"gorm.io/gorm"

	"punchcard/store"
	"punchcard/store/storetest"
)

func TestEachDatabaseIsMigratedEmptyAndOnesOwn(t *testing.T) {
	roles := func(db *store.DB) (count int64) {
		if err := db.Read(t.Context()).Table("roles").Count(&count).Error; err != nil {
			t.Fatal(err)
		}
		return count
	}
	a, b := storetest.Open(t), storetest.Open(t)
	err := a.Write(t.Context(), func(tx *gorm.DB) error {
		return tx.Exec("INSERT INTO roles VALUES (?, ?, ?)", "rol_1", "reviewer", "").Error
	})
	if err != nil {
		t.Fatal(err)
	}
	if roles(a) != 1 || roles(b) != 0 {
		t.Errorf("%d and %d roles, want 1 and 0", roles(a), roles(b))
	}
}

func TestADatabaseIsClosedWhenItsTestIsOver(t *testing.T) {
	var db *store.DB
	t.Run("test", func(t *testing.T) { db = storetest.Open(t) })
	if err := db.Write(t.Context(), func(*gorm.DB) error { return nil }); err != store.ErrClosed {
		t.Errorf("got %v, want store.ErrClosed", err)
	}
}

func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		url := storetest.URL(b)
		b.StartTimer()
		db, err := store.Open(b.Context(), url)
		if err != nil {
			b.Fatal(err)
		}
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
