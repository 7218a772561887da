package store_test

import (
	"database/sql"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"punchcard/store/storetest"
)

// schemaQueries tell all columns and indexes of a database.
var schemaQueries = map[string]string{
	"sqlite": `SELECT m.name || '.' || c.name || ' ' || c.type || c."notnull" || COALESCE(c.dflt_value, '') AS part
		FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table'
		UNION ALL SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY part`,
	"postgres": `SELECT table_name || '.' || column_name || ' ' || data_type || is_nullable || COALESCE(column_default, '') AS part
		FROM information_schema.columns WHERE table_schema = 'public'
		UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY part`,
}

// Whoever goes back to the version before keeps the time that was recorded, and can come again.
func TestMigrationsGoDownAndUpAgain(t *testing.T) {
	address := storetest.URL(t)
	engine, dialect, driver := "postgres", goose.DialectPostgres, "pgx"
	if file, isFile := strings.CutPrefix(address, "sqlite:"); isFile {
		engine, dialect, driver, address = "sqlite", goose.DialectSQLite3, "sqlite3", file+"?_foreign_keys=on"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	texts := func(query string) (all []string) {
		t.Helper()
		rows, err := db.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				t.Fatal(err)
			}
			all = append(all, text)
		}
		return all
	}
	migrations, err := goose.NewProvider(dialect, db, os.DirFS("migrations"), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := migrations.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`INSERT INTO users (id, email, email_verified, name, password_hash, blocked, created_at, updated_at)
			VALUES ('u', 'u', TRUE, 'U', '', FALSE, '2026-01-01', '2026-01-01'), ('m', 'm', TRUE, 'M', '', FALSE, '2026-01-01', '2026-01-01')`,
		`INSERT INTO projects (id, name, customer, billable, tasks, closed, created_at, updated_at, approver_id, budget_minutes, budget_period)
			VALUES ('p', 'P', '', TRUE, '[]', FALSE, '2026-01-01', '2026-01-01', 'm', 60, 'month')`,
		`INSERT INTO periods VALUES ('per', 'u', '2026-03-02', '2026-03-08', 'approved', 1, 60, 60, '[]', '[]', 1, TRUE, TRUE, FALSE, NULL, 3, '2026-03-09')`,
		`INSERT INTO entries (id, user_id, date, minutes, break_minutes, project_id, task, tags, note, billable, state, decided_by, decided_for,
			comment, source, created_by, edited_by, revision, created_at, updated_at, period_id) VALUES ('e', 'u', '2026-03-04', 60, 0, 'p', '', '[]',
			'note', TRUE, 'approved', 'm', 'm', '', 'x', 'u', 'u', 3, '2026-03-04', '2026-03-09', 'per')`,
		"INSERT INTO imported_lines VALUES ('u', 'd', 'e')",
		"INSERT INTO project_members VALUES ('u', 'p', TRUE, '2026-01-01')",
		`INSERT INTO notifications (id, user_id, kind, period_id, entry_id, owner_id, by_user, params, shown, created_at)
			VALUES ('n', 'u', 'approved', 'per', 'e', 'u', 'm', '{}', TRUE, '2026-03-09')`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%v: %s", err, statement)
		}
	}
	before, kept := texts(schemaQueries[engine]), `SELECT entries.id || entries.state || entries.minutes || note || periods.state || projects.name
		FROM entries JOIN periods ON periods.id = period_id JOIN projects ON projects.id = project_id`
	time := texts(kept)
	for _, version := range []int64{20, 0} {
		if _, err := migrations.DownTo(t.Context(), version); err != nil {
			t.Fatalf("down to %d: %v", version, err)
		}
		if version > 0 {
			if diff := cmp.Diff(time, texts(kept)); diff != "" || len(time) != 1 {
				t.Errorf("at %d the time is %v: %s", version, time, diff)
			}
		}
		if _, err := migrations.Up(t.Context()); err != nil {
			t.Fatalf("up from %d: %v", version, err)
		}
		if diff := cmp.Diff(before, texts(schemaQueries[engine])); diff != "" || len(before) < 200 {
			t.Errorf("from %d there are %d parts, and they differ: %s", version, len(before), diff)
		}
	}
}
