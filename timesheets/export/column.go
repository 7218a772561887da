package export

import (
	"strconv"
	"strings"
	"time"
)

// column is one member of a row, as tables have it: a string, a day, a clock, an instant, an int, hours or a bool. Nil is
// an empty cell.
type column struct {
	name  string // as the API calls it
	width int    // in a workbook, in characters
	value func(Row) any
}

type (
	day   string // "2026-03-04"
	clock string // "09:00"
	hours int    // minutes, shown as hours
)

var columns = []column{
	{"date", 11, func(r Row) any { return day(r.Date) }},
	{"person", 20, func(r Row) any { return r.Person }},
	{"email", 26, func(r Row) any { return r.Email }},
	{"project", 22, func(r Row) any { return r.Project }},
	{"customer", 16, func(r Row) any { return r.Customer }},
	{"task", 16, func(r Row) any { return r.Task }},
	{"tags", 14, func(r Row) any { return strings.Join(r.Tags, ",") }},
	{"start", 7, func(r Row) any { return clockOf(r.Start) }},
	{"end", 7, func(r Row) any { return clockOf(r.End) }},
	{"break_minutes", 14, func(r Row) any { return r.BreakMinutes }},
	{"minutes", 9, func(r Row) any { return r.Minutes }},
	{"hours", 8, func(r Row) any { return hours(r.Minutes) }},
	{"billable", 9, func(r Row) any { return r.Billable }},
	{"state", 11, func(r Row) any { return r.State }},
	{"approved_by", 14, func(r Row) any { return textOf(r.ApprovedBy) }},
	{"approver", 20, func(r Row) any { return r.Approver }},
	{"approved_at", 17, func(r Row) any { return instantOf(r.ApprovedAt) }},
	{"note", 48, func(r Row) any { return r.Note }},
	{"id", 38, func(r Row) any { return r.ID }},
	{"user_id", 14, func(r Row) any { return r.UserID }},
	{"project_id", 14, func(r Row) any { return r.ProjectID }},
	{"period_id", 14, func(r Row) any { return r.PeriodID }},
}

// Columns are the names that stand in the first row of a table, in their order.
func Columns() []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return names
}

// lineFeeds makes every line break one character, which is all that CSV and XML bring through.
var lineFeeds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func clockOf(c *string) any {
	if c == nil {
		return nil
	}
	return clock(*c)
}

func textOf(s *string) any {
	if s == nil {
		return nil
	}
	return *s
}

func instantOf(t *time.Time) any {
	if t == nil {
		return nil
	}
	return *t
}

// text is the value as CSV has it.
func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case day:
		return string(v)
	case clock:
		return string(v)
	case int:
		return strconv.Itoa(v)
	case hours:
		return strconv.FormatFloat(float64(v)/60, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	}
	return ""
}

// span writes 90 minutes as "1:30".
func span(minutes int) string {
	text := strconv.Itoa(minutes%60 + 100)
	return strconv.Itoa(minutes/60) + ":" + text[1:]
}
