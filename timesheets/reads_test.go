package timesheets

import (
	"context"
	"database/sql"
	"maps"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"punchcard/store"
)

// Whatever statement an operation runs in any test of this package is explained by SQLite, and the test fails if it reads a
// whole table. So a new operation needs no test of its own to be held to that.

// smallTables are those that a big company has no more rows of.
var smallTables = []string{"organization", "calendars", "locks", "lock_date", "webhooks"}

// wholeReads are the statements that may read a whole table, by a part of each.
var wholeReads = map[string]string{
	"SELECT EXISTS (SELECT 1 FROM periods)": "the first row will do",
	"SELECT count(*) FROM ":                 "Total-Count costs what the list is long, which for an administrator is all there is",
	" AS open_projects, ":                   "customers are what the projects say, and there are some thousands of those at most",
	"SELECT client, subject FROM `replays`": "kept answers are of one day, and swept every hour",
	"DELETE FROM replays WHERE subject":     "likewise, and only when a person is erased",
	"AS team":                               "an administrator's teams are made of everybody, of whom there are some thousands",
	"FROM audit_records AS r LEFT JOIN":     "the audit is verified as a whole, or not at all",
	"SELECT chain FROM audit_heads":         "likewise",
	" AS flagged FROM `periods` JOIN":       "an administrator's counts are of everybody's periods",
}

// alreadyExplained are the statements that were, in this run.
var alreadyExplained sync.Map

// explainReads has the statements of the test explained when it is over.
func explainReads(t testing.TB, db *store.DB) {
	reader := db.Read(context.Background())
	if _, ok := t.(*testing.T); !ok || reader.Dialector.Name() != "sqlite" {
		return // PostgreSQL chooses by what the tables hold, which in a test is nothing
	}
	var mu sync.Mutex
	asked := map[string][]any{}
	note := func(tx *gorm.DB) {
		query := tx.Statement.SQL.String()
		if _, done := alreadyExplained.Load(query); done || tx.DryRun || !byOperation() { // a subquery is only written down
			return
		}
		mu.Lock()
		defer mu.Unlock()
		asked[query] = slices.Clone(tx.Statement.Vars)
	}
	listen := func(tx *gorm.DB) error {
		on := tx.Callback()
		for _, register := range []func(string, func(*gorm.DB)) error{
			on.Query().After("gorm:query").Register, on.Row().After("gorm:row").Register, on.Raw().After("gorm:raw").Register,
			on.Create().After("gorm:create").Register, on.Update().After("gorm:update").Register,
			on.Delete().After("gorm:delete").Register,
		} {
			if err := register("test:explain", note); err != nil {
				return err
			}
		}
		return nil
	}
	if err := listen(reader); err != nil {
		t.Fatal(err)
	}
	if err := db.Write(context.Background(), listen); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		for _, query := range slices.Sorted(maps.Keys(asked)) {
			if _, done := alreadyExplained.LoadOrStore(query, true); done || !isExplained.MatchString(query) {
				continue
			}
			if whole, err := wholeRead(reader, query, asked[query]); err != nil || whole != "" {
				t.Errorf("%s %v\n%s", whole, err, query)
			}
		}
	})
}

var isExplained = regexp.MustCompile(`(?i)^\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b`)

// byOperation reports whether the package's own code asks, for a method of Service or something else that it exports; tests
// may ask what they like by themselves.
func byOperation() bool {
	var callers [64]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers[:])])
	for own := false; ; {
		frame, more := frames.Next()
		isTest := strings.HasSuffix(frame.File, "_test.go")
		switch {
		case strings.HasSuffix(frame.File, "reads_test.go") || !strings.HasPrefix(frame.Function, "punchcard/timesheets."):
		case isTest && !own:
			return false
		case isTest:
		case isOperation.MatchString(frame.Function):
			return true
		default:
			own = true
		}
		if !more {
			return false
		}
	}
}

var isOperation = regexp.MustCompile(`^punchcard/timesheets\.(\(\*Service\)\.|(\(\*?\w+\)\.)?[A-Z])`)

// wholeRead is the step of SQLite's plan that reads all of what may be big; empty if none does. A list that stops at its limit
// and needs no sorting reads no more than it shows. Nothing was analyzed, as nothing is where the program runs, so it makes
// no difference that the tables are all but empty.
func wholeRead(reader *gorm.DB, query string, args []any) (string, error) {
	pool, err := reader.DB()
	if err != nil {
		return "", err
	}
	rows, err := pool.Query("EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var step string
		if err := rows.Scan(new(sql.RawBytes), new(sql.RawBytes), new(sql.RawBytes), &step); err != nil {
			return "", err
		}
		steps = append(steps, step)
	}
	for part := range wholeReads {
		if strings.Contains(query, part) {
			return "", rows.Err()
		}
	}
	stops := bounded.MatchString(query) && !strings.Contains(strings.Join(steps, "\n"), "TEMP B-TREE FOR ORDER BY")
	for _, step := range steps {
		what := strings.Fields(step)
		made := func(s string) bool { return s == "CO-ROUTINE "+what[1] || s == "MATERIALIZE "+what[1] }
		switch {
		case strings.Contains(step, "AUTOMATIC") && strings.Contains(query, "WITH RECURSIVE "+what[1]+" "): // of what the query gathered
		case strings.Contains(step, "AUTOMATIC"): // an index made for this once, of the whole table
			return step, rows.Err()
		case what[0] != "SCAN" || strings.Contains(step, "CONSTANT ROW") || slices.Contains(smallTables, what[1]) ||
			slices.ContainsFunc(steps, made):
		case strings.HasPrefix(strings.TrimSpace(query), "INSERT") && !regexp.MustCompile("(FROM|JOIN) .?"+what[1]+`\b`).MatchString(query):
			// rows that point at what is inserted, which are only looked at once the statement has broken a foreign key
		case !stops:
			return step, rows.Err()
		}
	}
	return "", rows.Err()
}

var bounded = regexp.MustCompile(`(?is)\bORDER BY\b.*\bLIMIT\b`)

func TestWholeReadsAreFound(t *testing.T) {
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "reads.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, c := range []struct {
		query string
		whole string
	}{
		{"SELECT * FROM entries WHERE user_id = ? AND deleted_at IS NULL", ""},
		{"SELECT * FROM entries WHERE deleted_at IS NULL ORDER BY date DESC, id DESC LIMIT 20", ""},
		{"SELECT * FROM locks", ""},
		{"SELECT * FROM entries WHERE note = ?", "SCAN entries"},
		{"SELECT * FROM entries WHERE note = ? LIMIT 20", "SCAN entries"},
		{"SELECT * FROM entries WHERE deleted_at IS NULL ORDER BY note LIMIT 20", "SCAN entries"},
		{"SELECT COUNT(*) FROM entries WHERE deleted_at IS NULL", "SCAN entries"},
		{"SELECT * FROM users JOIN entries ON entries.comment = users.name WHERE users.id = ?", "SCAN entries"},
		{"SELECT * FROM periods WHERE EXISTS (SELECT 1 FROM submissions WHERE submissions.comment = periods.flags)", "SCAN"},
		{"UPDATE periods SET live = FALSE WHERE state = 'rejected'", "SCAN periods"},
		{"UPDATE periods SET live = FALSE WHERE id = ?", ""},
		{"INSERT INTO projects (id) VALUES (?), (?)", ""},
		{"DELETE FROM users WHERE id = ?", "SCAN"}, // for the foreign keys
		{"DELETE FROM submissions WHERE number = ?", "SCAN submissions"},
		{"INSERT INTO locks SELECT 1, NULL, '', '', at FROM period_events", "SCAN period_events"},
		{"SELECT * FROM (SELECT user_id, SUM(minutes) FROM entries WHERE user_id = ? AND deleted_at IS NULL GROUP BY user_id) AS sums", ""},
		{"SELECT * FROM users AS a JOIN users AS b ON a.name || 'x' = b.password_hash WHERE a.id > ? ORDER BY a.id LIMIT 9", "AUTOMATIC"},
	} {
		var args []any
		for range strings.Count(c.query, "?") {
			args = append(args, "x")
		}
		whole, err := wholeRead(db.Read(t.Context()), c.query, args)
		if err != nil || !strings.Contains(whole, c.whole) || c.whole == "" && whole != "" {
			t.Errorf("%s: %q %v, want %q", c.query, whole, err, c.whole)
		}
	}
}
