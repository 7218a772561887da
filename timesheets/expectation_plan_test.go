package timesheets

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/store"
)

// plansOf is how SQLite reads what the statements that fn sends read: a line for each step.
func plansOf(t *testing.T, h house, fn func(tx *gorm.DB) error) (plans []string) {
	t.Helper()
	tx := h.db.Read(context.Background())
	var asked []*gorm.Statement
	const name = "plans"
	note := func(tx *gorm.DB) {
		if sql := tx.Statement.SQL.String(); !tx.DryRun && !strings.HasPrefix(sql, "EXPLAIN") { // as a subquery is
			asked = append(asked, &gorm.Statement{Vars: slices.Clone(tx.Statement.Vars), Table: sql})
		}
	}
	for _, err := range []error{
		tx.Callback().Query().After("gorm:query").Register(name, note), tx.Callback().Row().After("gorm:row").Register(name, note),
		fn(tx), tx.Callback().Query().Remove(name), tx.Callback().Row().Remove(name),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, one := range asked {
		var steps []struct{ Detail string }
		if err := tx.Raw("EXPLAIN QUERY PLAN "+one.Table, one.Vars...).Scan(&steps).Error; err != nil {
			t.Fatal(err)
		}
		for _, step := range steps {
			plans = append(plans, step.Detail)
		}
	}
	if len(asked) == 0 {
		t.Fatal("nothing was asked")
	}
	return plans
}

// However much there is, what is expected and who is absent is read along an index. Small tables alone are read whole: the
// organization's calendars, of which there are as many as the organization changed its mind.
func TestExpectedTimeIsReadAlongAnIndex(t *testing.T) {
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "plan.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	h := houseOn(t, db)
	h.expects(everybody, Schedule{"2026-01-01", fullTime(0)})
	users := []string{ada.User, bob.User}
	list := func(by auth.Caller, q AbsenceQuery) func(tx *gorm.DB) error {
		return func(tx *gorm.DB) error {
			return absenceList(t.Context(), tx, by, q).rows([]string{"2026-03-04", "abs_"}, 50).Find(&[]Absence{}).Error
		}
	}
	for _, c := range []struct {
		name  string
		ask   func(tx *gorm.DB) error
		index []string
	}{
		{"expectations", func(tx *gorm.DB) error { _, err := expectationsOf(tx, users, "2026-01-01", "2026-01-31"); return err },
			[]string{"expected_hours_of_people", "sqlite_autoindex_workplaces_1", "holidays_by_day", "absences_by_day"}},
		{"missing time", func(tx *gorm.DB) error { _, err := h.missing(tx, users, "2026-01-01", "2026-01-31"); return err },
			[]string{"entries_by_day", "sqlite_autoindex_periods_2"}},
		{"own absences", list(ada, AbsenceQuery{UserID: ada.User, From: "2026-01-01"}), []string{"absences_by_day"}},
		{"all absences", list(root, AbsenceQuery{}), []string{"absences_of_all_by_day"}},
		{"what waits, of all", func(tx *gorm.DB) error { return h.expectAnew(tx, nil, "2026-01-01", "2026-01-01") }, []string{"periods_waiting"}},
		{"what waits, of one", func(tx *gorm.DB) error { return h.expectAnew(tx, &ada.User, "2026-01-01", "2026-01-01") }, []string{"periods"}},
	} {
		plans := plansOf(t, h, c.ask)
		for _, step := range plans {
			if strings.HasPrefix(step, "SCAN") && !strings.Contains(step, "CONSTANT ROW") && !strings.Contains(step, "USING") && !strings.Contains(step, "calendars") {
				t.Errorf("%s: %s", c.name, step)
			}
		}
		for _, index := range c.index {
			if !strings.Contains(strings.Join(plans, "\n"), index) {
				t.Errorf("%s is not read by %s:\n%s", c.name, index, strings.Join(plans, "\n"))
			}
		}
	}
}

// The number of statements doesn't grow with the list.
func TestPeriodsAreExpectedInFewStatements(t *testing.T) {
	h := openHouse(t)
	h.expects(everybody, Schedule{"2010-01-01", fullTime(0)})
	for n := range 30 {
		h.week(ada, n)
		h.week(bob, n)
	}
	h.record(ada, h.hour("2026-11-18"))
	count := func(limit int) (statements int) {
		tx := h.db.Read(context.Background())
		note := func(tx *gorm.DB) {
			if !tx.DryRun { // as a subquery is, which gorm only writes down
				statements++
			}
		}
		for _, err := range []error{
			tx.Callback().Query().After("gorm:query").Register("count", note), tx.Callback().Row().After("gorm:row").Register("count", note),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		must(ask(h.Periods, root, PeriodQuery{Paging: Paging{Limit: limit}}))
		tx.Callback().Query().Remove("count")
		tx.Callback().Row().Remove("count")
		return statements
	}
	if few, many := count(2), count(60); few != many || few == 0 || many > 12 {
		t.Errorf("%d statements for 2 periods, %d for 60", few, many)
	}
}
