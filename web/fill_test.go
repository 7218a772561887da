package web

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"punchcard/store"
)

// The time of a big company: each person has filed two entries a workday for five years, so that a company of more rows is
// one of more people. Weeks are approved, but for the last four, which are submitted. Mia manages the first 200 people.
const (
	filledWeeks = 250
	filledEach  = filledWeeks * 5 * 2
)

// filledUntil is the Monday of the last week that is filled, which is the week before the present one.
func filledUntil() time.Time {
	now := time.Now().UTC().Truncate(24 * time.Hour)
	return now.AddDate(0, 0, -7-(int(now.Weekday())+6)%7)
}

// newBigCompany is a company with so many entries, on SQLite.
func newBigCompany(b *testing.B, rows int) *company {
	b.Helper()
	file, err := keyed()
	if err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), "big.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		b.Fatal(err)
	}
	open := func() *company {
		db, err := store.Open(context.Background(), "sqlite:"+path)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { db.Close() })
		return openCompany(b, db)
	}
	c := open()
	known := []string{"@project", c.project(b), "@people", fmt.Sprint(rows / filledEach)}
	for _, who := range []string{"ada", "mia"} {
		var me struct{ ID string }
		c.ask(b, c.token(b, who), "GET", "/me", "").json(b, &me)
		known = append(known, "@"+who, me.ID)
	}
	c.db.Close()
	if err := fill(path, strings.NewReplacer(known...)); err != nil {
		b.Fatal(err)
	}
	return open()
}

// fill writes the rows as fast as SQLite can: with nothing to be undone, in the order of their keys, and the indexes
// afterwards.
func fill(path string, known *strings.Replacer) error {
	pool, err := sql.Open("sqlite3", "file:"+path+"?_sync=OFF&_cache_size=-262144&_journal_mode=OFF&_locking_mode=EXCLUSIVE")
	if err != nil {
		return err
	}
	defer pool.Close()
	pool.SetMaxOpenConns(1)
	drops, indexes, err := indexesOf(pool, "entries", "periods", "submissions", "period_events")
	if err != nil {
		return err
	}
	statements := append(append(drops, "CREATE TEMP TABLE days (day PRIMARY KEY, week, number)"), filledDays()...)
	statements = append(statements, strings.Split(known.Replace(filling), ";")...)
	for _, statement := range append(statements, indexes...) {
		if _, err := pool.Exec(statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// filling makes the rows. Ids are UUIDs of version 7, as of somebody who files each day in the evening.
const filling = `
CREATE TEMP TABLE staff (number INTEGER PRIMARY KEY, id TEXT);
INSERT INTO staff VALUES (0, '@ada');
INSERT INTO staff WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < @people - 1) SELECT n, printf('usr_%08d', n) FROM n;
INSERT INTO users (id, email, email_verified, name, password_hash, manager_id, blocked, created_at, updated_at)
	SELECT id, id || '@example.com', TRUE, 'Person ' || number, '', CASE WHEN number < 200 THEN '@mia' END, FALSE,
		'2021-09-01 00:00:00+00:00', '2021-09-01 00:00:00+00:00' FROM staff WHERE number > 0;
INSERT INTO periods (id, user_id, start_day, end_day, state, entries, minutes, billable_minutes, flags, editors, submissions, live,
		settled, reopening_asked, decision_id, revision, updated_at)
	SELECT 'per_' || week || '_' || id, id, week, date(week, '+6 days'), CASE WHEN days.number >= 246 * 5 THEN 'submitted' ELSE 'approved' END,
		10, 2400, 2400, '[]', '[]', 1, TRUE, days.number < 246 * 5, FALSE,
		CASE WHEN days.number < 246 * 5 THEN printf('01%06x-%04x-7000-8000-000000000000', days.number / 5, staff.number) END, 12,
		day || ' 18:00:00+00:00' FROM days CROSS JOIN staff WHERE day = week ORDER BY day, id;
INSERT INTO submissions (period_id, number, submitted_at, submitted_by, comment, minutes, lines, digest)
	SELECT id, 1, updated_at, user_id, 'as every week', minutes, '[]', 'sha256:0' FROM periods;
INSERT INTO period_events (id, period_id, kind, submission, by_user, client, comment, at)
	SELECT decision_id, id, 'approved', 1, '@mia', 'app', '', updated_at FROM periods WHERE decision_id IS NOT NULL;
INSERT INTO entries (id, user_id, date, minutes, break_minutes, project_id, task, tags, note, billable, state, submitted_at,
		decided_by, decided_at, comment, period_id, source, created_by, edited_by, revision, created_at, updated_at)
	WITH half (half) AS (VALUES (0), (1))
	SELECT printf('02%06x-%04x-7000-8000-%012x', days.number, staff.number / 65536, staff.number * 2 + half), id, day, 240, 0,
		'@project', 'Build', '["review"]', 'as every day', TRUE, CASE WHEN days.number < 246 * 5 THEN 'approved' ELSE 'submitted' END,
		day || ' 18:00:00+00:00', CASE WHEN days.number < 246 * 5 THEN '@mia' END, CASE WHEN days.number < 246 * 5 THEN day || ' 18:00:00+00:00' END,
		'', 'per_' || week || '_' || id, 'app', id, id, 3, day || ' 18:00:00+00:00', day || ' 18:00:00+00:00'
	FROM days CROSS JOIN staff CROSS JOIN half ORDER BY days.number, staff.number, half`

func filledDays() (inserts []string) {
	for n := range filledWeeks * 5 {
		week := filledUntil().AddDate(0, 0, (n/5-filledWeeks+1)*7)
		inserts = append(inserts, fmt.Sprintf("INSERT INTO days VALUES ('%s', '%s', %d)",
			week.AddDate(0, 0, n%5).Format(time.DateOnly), week.Format(time.DateOnly), n))
	}
	return inserts
}

// indexesOf are the statements that drop the indexes of the tables, and those that make them again.
func indexesOf(pool *sql.DB, tables ...string) (drops, makes []string, err error) {
	rows, err := pool.Query("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('" +
		strings.Join(tables, "', '") + "')")
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name, made string
		if err := rows.Scan(&name, &made); err != nil {
			return nil, nil, err
		}
		drops, makes = append(drops, "DROP INDEX "+name), append(makes, made)
	}
	return drops, makes, rows.Err()
}
