package timesheets

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
)

// keptAbout is all that is kept here about a person and their time. What they did to somebody else's time, or were told of it,
// is told without what that was.
func keptAbout(tx *gorm.DB, user string) []auth.Kept {
	theirs := func(table string) *gorm.DB { return tx.Table(table).Where("user_id = ?", user) }
	periods := theirs("periods").Select("id")
	const acted = "id, chain, at, client, token, request, action, object"
	return []auth.Kept{
		{Name: "entries", Rows: theirs("entries"), Key: []string{"id"}, JSON: []string{"tags"}},
		{Name: "periods", Rows: theirs("periods"), Key: []string{"start_day"}, JSON: []string{"flags", "editors"}},
		{Name: "submissions", Rows: tx.Table("submissions").Where("period_id IN (?)", periods), Key: []string{"period_id", "number"},
			JSON: []string{"lines"}},
		{Name: "period_events", Rows: tx.Table("period_events").Where("period_id IN (?)", periods), Key: []string{"period_id", "id"}},
		{Name: "absences", Rows: theirs("absences"), Key: []string{"id"}},
		{Name: "expected_hours", Rows: theirs("expected_hours"), Key: []string{"valid_from"}},
		{Name: "workplaces", Rows: theirs("workplaces"), Key: []string{"user_id"}},
		{Name: "delegations", Rows: tx.Table("delegations").Where("(from_user_id = ? OR to_user_id = ?)", user, user),
			Key: []string{"id"}},
		{Name: "notifications", Key: []string{"id"}, JSON: []string{"params"},
			Rows: theirs("notifications").Select(`id, kind, period_id, entry_id, owner_id, by_user, created_at, read_at,
				CASE WHEN owner_id <> user_id THEN '{}' ELSE params END AS params`)},
		{Name: "notification_switches", Rows: theirs("notification_switches"), Key: []string{"kind"}},
		{Name: "mails", Rows: tx.Table("mails").Select("id, kind, state, sent_at").
			Where("id IN (?)", theirs("notifications").Select("id")), Key: []string{"id"}},
		{Name: "imported_lines", Rows: theirs("imported_lines"), Key: []string{"digest"}},
		{Name: "project_members", Rows: theirs("project_members"), Key: []string{"project_id"}},
		{Name: "audit_records", Rows: tx.Table("audit_records").Where("chain = ?", user), Key: []string{"number"}, JSON: []string{"content"}},
		{Name: "deeds", Rows: tx.Table("audit_records").Select(acted).Where("actor = ? AND chain <> ?", user, user), Key: []string{"id"}},
	}
}

// ExportMe is everything that is kept about the caller, as JSON: an object of arrays, one for each kind of row, deleted ones included.
// However much it is, no more of it is in memory at once than a page.
func (s *Service) ExportMe(ctx context.Context, by auth.Caller, _ struct{}) (Export, error) {
	if by.Machine() {
		return Export{}, fault(NotFound, "an application that acts for itself is no person, of whom nothing is kept")
	}
	return Export{Name: "punchcard.json", MediaType: "application/json", Write: func(out io.Writer) error {
		tx := s.db.Read(ctx).Session(&gorm.Session{})
		for i, k := range append(auth.KeptAbout(tx, by.User), keptAbout(tx, by.User)...) {
			before := map[bool]string{true: "{", false: ",\n"}[i == 0]
			if _, err := fmt.Fprintf(out, "%s%q: [", before, k.Name); err != nil {
				return err
			}
			if err := writeKept(out, k); err != nil {
				return fmt.Errorf("export %s: %w", k.Name, err)
			}
			if _, err := io.WriteString(out, "]"); err != nil {
				return err
			}
		}
		_, err := io.WriteString(out, "}\n")
		return err
	}}, nil
}

// writeKept writes the rows page by page: a slow download holds no connection to the database meanwhile.
func writeKept(out io.Writer, k auth.Kept) error {
	rows, key := k.Rows.Session(&gorm.Session{}), strings.Join(k.Key, ", ")
	after := "(" + key + ") > (" + marks(len(k.Key)) + ")"
	var last []any
	for first := true; ; first = false {
		page := rows.Order(key).Limit(pageMost)
		if last != nil {
			page = page.Where(after, last...)
		}
		found, err := rowsOf(page, k.JSON)
		if err != nil {
			return err
		}
		for i, row := range found {
			text, err := json.Marshal(row)
			if err != nil {
				return err
			}
			separator := map[bool]string{true: "\n", false: ",\n"}[first && i == 0]
			if _, err := io.WriteString(out, separator+string(text)); err != nil {
				return err
			}
		}
		if len(found) < pageMost {
			return nil
		}
		last = nil
		for _, column := range k.Key {
			last = append(last, found[len(found)-1][column])
		}
	}
}

// rowsOf are the rows under the names of their columns.
func rowsOf(query *gorm.DB, asJSON []string) (found []map[string]any, err error) {
	rows, err := query.Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		values, fields := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			fields[i] = &values[i]
		}
		if err := rows.Scan(fields...); err != nil {
			return nil, err
		}
		row := map[string]any{}
		for i, column := range columns {
			row[column] = plainValue(values[i], slices.Contains(asJSON, column))
		}
		found = append(found, row)
	}
	return found, rows.Err()
}

// plainValue is a column's value as JSON has it.
func plainValue(value any, isJSON bool) any {
	switch v := value.(type) {
	case []byte:
		return plainValue(string(v), isJSON)
	case string:
		if isJSON && json.Valid([]byte(v)) {
			return json.RawMessage(v)
		}
	case time.Time:
		return v.UTC()
	}
	return value
}
