package store

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"
)

// Time that was kept before there were periods is in them afterwards, and none of it is lost when they go again.
func TestTimeThatWasKeptBeforePeriodsHasThem(t *testing.T) {
	for _, c := range []struct {
		name, organization string
		want               [][3]string
	}{
		{"weeks", "", [][3]string{
			{"1970-01-01", "1969-12-29", "1970-01-04"}, {"2024-02-29", "2024-02-26", "2024-03-03"}, {"2026-03-29", "2026-03-23", "2026-03-29"},
			{"2026-12-31", "2026-12-28", "2027-01-03"}, {"2027-01-03", "2026-12-28", "2027-01-03"}, {"2300-01-01", "2300-01-01", "2300-01-01"},
		}},
		{"weeks from Sunday", "INSERT INTO organization VALUES (1, 'x', 'sunday', 'week', FALSE)", [][3]string{
			{"1970-01-01", "1969-12-29", "1970-01-03"}, {"2024-02-29", "2024-02-25", "2024-03-02"}, {"2026-03-29", "2026-03-29", "2026-04-04"},
			{"2026-12-31", "2026-12-27", "2027-01-02"}, {"2027-01-03", "2027-01-03", "2027-01-09"}, {"2300-01-01", "2300-01-01", "2300-01-01"},
		}},
		{"months", "INSERT INTO organization VALUES (1, 'x', 'monday', 'month', FALSE)", [][3]string{
			{"1970-01-01", "1970-01-01", "1970-01-31"}, {"2024-02-29", "2024-02-01", "2024-02-29"}, {"2026-03-29", "2026-03-01", "2026-03-31"},
			{"2026-12-31", "2026-12-01", "2026-12-31"}, {"2027-01-03", "2027-01-01", "2027-01-31"}, {"2300-01-01", "2300-01-01", "2300-01-01"},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			db, err := sql.Open("sqlite3", filepath.Join(t.TempDir(), "old.db")+"?_foreign_keys=on")
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			do := func(statement string, args ...any) {
				t.Helper()
				if _, err := db.ExecContext(t.Context(), statement, args...); err != nil {
					t.Fatal(err)
				}
			}
			s, err := newSchema(goose.DialectSQLite3, db, "old.db")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.goose.UpTo(t.Context(), 19); err != nil {
				t.Fatal(err)
			}
			do("INSERT INTO users (id, email, email_verified, name, password_hash, blocked, created_at, updated_at) " +
				"VALUES ('u', 'u', TRUE, 'U', '', FALSE, '2026-01-01', '2026-01-01')")
			do("INSERT INTO projects VALUES ('p', 'P', '', TRUE, '[]', FALSE, '2026-01-01', '2026-01-01')")
			if c.organization != "" {
				do(c.organization)
			}
			for _, want := range c.want {
				do(`INSERT INTO entries (id, user_id, date, minutes, break_minutes, project_id, task, tags, note, billable, state,
					comment, source, created_by, edited_by, revision, created_at, updated_at)
					VALUES (?, 'u', ?, 60, 0, 'p', '', '[]', '', TRUE, 'draft', '', 'x', 'u', 'u', 1, '2026-01-01', '2026-01-01')`, want[0], want[0])
			}
			if err := s.migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			rows, err := db.Query("SELECT date, start_day, end_day FROM entries JOIN periods ON periods.id = period_id ORDER BY date")
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			var got [][3]string
			for rows.Next() {
				var one [3]string
				if err := rows.Scan(&one[0], &one[1], &one[2]); err != nil {
					t.Fatal(err)
				}
				got = append(got, one)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if _, err := s.goose.DownTo(t.Context(), 19); err != nil {
				t.Fatal(err)
			}
			var left int
			if err := db.QueryRow("SELECT COUNT(*) FROM entries").Scan(&left); err != nil || left != len(c.want) {
				t.Errorf("%d entries are left: %v", left, err)
			}
		})
	}
}
