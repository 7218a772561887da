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
	return explained(t, tx, withPeople(ctx, tx, l.rows(place, 50)))
}

// explained is how SQLite finds the rows: a line for each step.
func explained(t *testing.T, tx, rows *gorm.DB) string {
	t.Helper()
	query := rows.Session(&gorm.Session{DryRun: true}).Find(&[]map[string]any{}).Statement
	var steps []struct{ Detail string }
	if err := tx.Raw("EXPLAIN QUERY PLAN "+query.SQL.String(), query.Vars...).Scan(&steps).Error; err != nil {
		t.Fatal(err)
	}
	var plan strings.Builder
	for _, step := range steps {
		plan.WriteString(step.Detail + "\n")
	}
	return plan.String()
}

// sqliteHouse is one of which SQLite can say how it reads.
func sqliteHouse(t *testing.T) house {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "plan.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return houseOn(t, db)
}

func TestListsAreReadAlongAnIndex(t *testing.T) {
	h := sqliteHouse(t)
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
		{"all of a project", root, EntryQuery{ProjectID: "prj_1"}, nil, "entries_by_project (project_id=?)"},
		{"all of a project, deep", root, EntryQuery{ProjectID: "prj_1"}, deep, "entries_by_project (project_id=? AND (date,id)<(?,?))"},
		{"an application's", payroll, EntryQuery{From: "2026-03-01"}, nil, "entries_of_all_by_day (date>?)"},
	} {
		plan := planOf(t, h, c.by, c.q, c.place)
		for line := range strings.Lines(plan) {
			if strings.Contains(line, "TEMP B-TREE") || strings.HasPrefix(line, "SCAN") && !strings.Contains(line, c.index) {
				t.Errorf("%s: %s", c.name, line)
			}
		}
		if !strings.Contains(plan, c.index) {
			t.Errorf("%s is not read by %s:\n%s", c.name, c.index, plan)
		}
	}
	for _, c := range []struct {
		by    auth.Caller
		index string
	}{
		{ada, "SEARCH entries USING INDEX entries_by_change (user_id=? AND (updated_at,id)>(?,?))"},
		{root, "SEARCH entries USING INDEX entries_of_all_by_change ((updated_at,id)>(?,?))"},
		{mia, "SEARCH entries USING INDEX entries_by_change (user_id=?"}, // sorted, as her list is
	} {
		tx := h.db.Read(t.Context())
		changed := withPeople(t.Context(), tx, changedAfter(tx, c.by, must(whomSees(tx, c.by)), feedPlace{id: "0199"})).Limit(50)
		plan := explained(t, tx, changed)
		if sorted := strings.Contains(plan, "TEMP B-TREE"); !strings.Contains(plan, c.index) || sorted != (c.by.User == mia.User) {
			t.Errorf("%s's changes are not read by %s:\n%s", c.by.Name, c.index, plan)
		}
	}
	// A manager's list is sorted, which costs what their people have in the days that are looked through; along the days of
	// all it would cost what everybody has.
	week := EntryQuery{From: "2026-03-02"}
	if plan := planOf(t, h, mia, week, nil); !strings.Contains(plan, "SEARCH entries USING INDEX entries_by_day (user_id=? AND date>?)") {
		t.Errorf("a manager's list is not read person by person:\n%s", plan)
	}
}

func TestReportsAreReadAlongAnIndexOfTheirDays(t *testing.T) {
	tx := sqliteHouse(t).db.Read(t.Context())
	for _, pair := range pairs() {
		for _, c := range []struct {
			by    auth.Caller
			index string
		}{
			{ada, "SEARCH entries USING INDEX entries_by_day (user_id=? AND date>? AND date<?)"},
			{mia, "SEARCH entries USING INDEX entries_by_day (user_id=? AND date>? AND date<?)"},
			{root, "SEARCH entries USING INDEX entries_of_all_by_day (date>? AND date<?)"},
		} {
			q := ReportQuery{GroupBy: pair, From: "2026-03-01", To: "2026-03-31"}
			if plan := explained(t, tx, must(q.lines(t.Context(), tx, c.by))); !strings.Contains(plan, c.index) {
				t.Errorf("a report for %s by %s is not read by %s:\n%s", c.by.Name, pair, c.index, plan)
			}
		}
	}
}

func TestProjectsAreReadAlongAnIndex(t *testing.T) {
	h := sqliteHouse(t)
	tx := h.db.Read(t.Context())
	members := tx.Table("project_members").Where("project_id = ? AND active", "prj_1").Select("user_id")
	tags := must(h.taggedEntries(t.Context(), ada))
	allTags := must(h.taggedEntries(t.Context(), root))
	for _, c := range []struct {
		name  string
		query *gorm.DB
		index []string
	}{
		{"all by name", h.projectList(tx, root, ProjectQuery{}).rows([]string{"A", "prj_1"}, 50), []string{"projects USING INDEX sqlite_autoindex_projects_2 (name>?)"}},
		{"those of one person", h.projectList(tx, ada, ProjectQuery{}).rows(nil, 50), []string{"projects USING INDEX sqlite_autoindex_projects_2",
			"project_members USING COVERING INDEX sqlite_autoindex_project_members_1 (user_id=?)"}},
		{"a customer's", h.projectList(tx, root, ProjectQuery{Customer: "Acme"}).rows(nil, 50), []string{"projects_by_customer (customer=?)"}},
		{"members", members, []string{"project_members_by_project (project_id=?)"}},
		{"what is used", tx.Raw(usedQuery, "2026-11-01", "2026-11-31", []string{"prj_1", "prj_2"}),
			[]string{"projects USING INDEX sqlite_autoindex_projects_1 (id=?)", "COVERING INDEX entries_by_project (project_id=? AND date>? AND date<?)"}},
		{"what stands in the way of a deletion", tx.Table("entries").Where("project_id = ?", "prj_1").Limit(1).Select("id"),
			[]string{"COVERING INDEX entries_by_project (project_id=?)"}},
		{"one's tags", tags.Select("entries.tags"), []string{"entries_by_day (user_id=? AND date>?)"}},
		{"all tags", allTags.Select("entries.tags"), []string{"entries_of_all_by_day (date>?)"}},
	} {
		plan := explained(t, tx, c.query)
		for _, index := range c.index {
			if !strings.Contains(plan, index) {
				t.Errorf("%s is not read by %s:\n%s", c.name, index, plan)
			}
		}
	}
}

func TestExportsAreReadAlongAnIndex(t *testing.T) {
	h := sqliteHouse(t)
	ctx, tx, place := t.Context(), h.db.Read(t.Context()), []string{"2026-09-15", "0199"}
	for _, c := range []struct {
		by      auth.Caller
		queries int
		index   string // of entries
		periods string // index of periods
	}{
		{ada, 1, "entries_by_day (user_id=? AND date>? AND date<?)", "sqlite_autoindex_periods_2 (user_id=?"},
		{mia, 3, "entries_by_day (user_id=? AND date>? AND date<?)", "sqlite_autoindex_periods_2 (user_id=?"},
		{root, 1, "entries_of_all_by_day (date>? AND date<?)", "periods_of_all_by_day (start_day<?)"},
		{payroll, 1, "entries_of_all_by_day (date>? AND date<?)", "periods_of_all_by_day (start_day<?)"},
	} {
		x, september := h.extract(ctx, c.by), EntryQuery{From: "2026-09-01", To: "2026-09-30"}
		queries := must(x.queries(september))
		if len(queries) != c.queries {
			t.Errorf("%s: %d queries", c.by.Subject(), len(queries))
		}
		for _, q := range queries {
			for _, order := range []order{latestFirst, firstFirst} {
				q := q
				l := must(x.list(&q, order, place))
				plan := explained(t, tx, withPeople(ctx, tx, l.rows(place, pieceSize)))
				if strings.Contains(plan, "TEMP B-TREE") || !strings.Contains(plan, c.index) {
					t.Errorf("%s: not by %s:\n%s", c.by.Subject(), c.index, plan)
				}
				if q.From != place[0] && q.To != place[0] { // or each piece would begin where the first one did
					t.Errorf("%s: it reads from %s to %s", c.by.Subject(), q.From, q.To)
				}
			}
		}
		plan := explained(t, tx, x.periodsOf(tx, september))
		if !strings.Contains(plan, c.periods) || !strings.Contains(plan, "SEARCH entries USING INDEX entries_by_day (user_id=?") {
			t.Errorf("%s: periods are not read by %s:\n%s", c.by.Subject(), c.periods, plan)
		}
	}
}
