package timesheets

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/store"
)

// planOf is how SQLite reads a page of the list: a line for each step.
func planOf(t *testing.T, h house, by auth.Caller, q EntryQuery, place []string) string {
	t.Helper()
	ctx, tx := context.Background(), h.db.Read(context.Background())
	l := must(entryList(ctx, tx, by, q))
	page := withPeople(ctx, tx, l.rows(place, 50)).Session(&gorm.Session{DryRun: true}).Find(&[]map[string]any{}).Statement
	var steps []struct{ Detail string }
	if err := tx.Raw("EXPLAIN QUERY PLAN "+page.SQL.String(), page.Vars...).Scan(&steps).Error; err != nil {
		t.Fatal(err)
	}
	var plan strings.Builder
	for _, step := range steps {
		plan.WriteString(step.Detail + "\n")
	}
	return plan.String()
}

func TestListsAreReadAlongAnIndex(t *testing.T) {
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "plan.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	h := houseOn(t, db)
	deep := []string{"2026-03-04", "0199"}
	for _, c := range []struct {
		name  string
		by    auth.Caller
		q     EntryQuery
		place []string
		index string // each step reads along this one, or finds people by a key
	}{
		{"own", ada, EntryQuery{}, nil, "entries_by_day (user_id=?)"},
		{"own by name", ada, EntryQuery{UserID: ada.User}, nil, "entries_by_day (user_id=?)"},
		{"own, deep", ada, EntryQuery{}, deep, "entries_by_day (user_id=? AND (date,id)<(?,?))"},
		{"own week", ada, EntryQuery{UserID: ada.User, From: "2026-03-02", To: "2026-03-08"}, nil, "entries_by_day (user_id=? AND date>? AND date<?)"},
		{"one of one's people's", mia, EntryQuery{UserID: ada.User}, nil, "entries_by_day (user_id=?)"},
		{"all", root, EntryQuery{}, nil, "entries_of_all_by_day"},
		{"all, deep", root, EntryQuery{}, deep, "entries_of_all_by_day ((date,id)<(?,?))"},
		{"an application's", payroll, EntryQuery{From: "2026-03-01"}, nil, "entries_of_all_by_day (date>?)"},
	} {
		plan := planOf(t, h, c.by, c.q, c.place)
		for line := range strings.Lines(plan) {
			if line == "SCAN seen\n" { // the queue of the recursion from managers down to their people
				continue
			}
			if strings.Contains(line, "TEMP B-TREE") || strings.HasPrefix(line, "SCAN") && !strings.Contains(line, c.index) {
				t.Errorf("%s: %s", c.name, line)
			}
		}
		if !strings.Contains(plan, c.index) {
			t.Errorf("%s is not read by %s:\n%s", c.name, c.index, plan)
		}
	}
	// A manager's list is sorted, which costs what their people have; along the days it would cost what everybody has.
	if plan := planOf(t, h, mia, EntryQuery{}, nil); !strings.Contains(plan, "SEARCH entries USING INDEX entries_by_day (user_id=?)") {
		t.Errorf("a manager's list is not read person by person:\n%s", plan)
	}
}
