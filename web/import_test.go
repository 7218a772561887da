package web

import (
	"net/http"
	"strings"
	"testing"

	"punchcard/timesheets"
)

func TestAFileOfTimeIsImported(t *testing.T) {
	c := newCompany(t)
	ada := c.token(t, "ada")
	file := "date,project,hours\n2026-01-05,StoreZero,1.5\n2026-01-06,StoreZero,2\n"
	for _, step := range []struct {
		name, path, body, media string
		status                  int
		kind                    string
		added, unchanged        int
	}{
		{"try", "?dry_run=true", file, "text/csv", 200, "", 2, 0},
		{"do it", "", file, "text/csv; charset=utf-8", 200, "", 2, 0},
		{"again", "?format=punchcard", file, "text/csv", 200, "", 0, 2},
		{"nonsense", "", "what is this?\n", "text/csv", 422, "validation-failed", 0, 0},
		{"a wrong line", "", file + "2026-01-07,Nowhere,1\n", "text/csv", 422, "validation-failed", 0, 0},
		{"nothing", "", "", "text/csv", 422, "validation-failed", 0, 0},
		{"JSON", "", "{}", "application/json", 415, "unsupported-media-type", 0, 0},
		{"projects of one's own", "?create_projects=true", file, "text/csv", 403, "forbidden", 0, 0},
		{"far too much", "", strings.Repeat("x", maxImport+1), "text/csv", 413, "content-too-large", 0, 0},
		{"more than others may send", "", "date,project,hours,note\n" + strings.Repeat("\n", maxBody), "text/csv", 200, "", 0, 0},
	} {
		answer := c.ask(t, ada, "POST", "/timesheets/import"+step.path, step.body, "Content-Type", step.media)
		if answer.StatusCode != step.status {
			t.Errorf("%s: %d %.500s", step.name, answer.StatusCode, answer.body)
			continue
		}
		if step.kind != "" {
			if answer.kind(t) != step.kind {
				t.Errorf("%s: %s", step.name, answer.body)
			}
			continue
		}
		var done timesheets.ImportedTime
		answer.json(t, &done)
		if done.Added != step.added || done.Unchanged != step.unchanged {
			t.Errorf("%s: %s", step.name, answer.body)
		}
	}
	var list []timesheets.Entry
	c.ask(t, ada, "GET", "/timesheets", "").json(t, &list)
	if len(list) != 2 {
		t.Errorf("there are %d entries", len(list))
	}
	if answer := c.ask(t, c.token(t, "ada", "read:timesheets"), "POST", "/timesheets/import", file, "Content-Type", "text/csv"); answer.StatusCode != http.StatusForbidden {
		t.Errorf("without the scope: %d", answer.StatusCode)
	}
}
