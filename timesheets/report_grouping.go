package timesheets

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/auth/lang"
)

// grouping is something that entries have in common.
type grouping struct {
	column string                                   // what the database groups by
	named  func(context.Context, *gorm.DB) *gorm.DB // id and name of what the column names; nil: there is nothing to look up
	label  func(calendars []calendar, column, name string) label
	inTime bool // groups are in the order of their keys, which is that of time; or else of their names
}

// label is how a group is told from others.
type label struct{ key, name string }

// groupings are all that a report can be grouped by. An entry is in one group of each. That of its tags is all of them
// together: if it were under each by itself, the lines would come to more than the time.
var groupings = map[string]grouping{
	"user":     {column: "entries.user_id", named: auth.People, label: asNamed},
	"project":  {column: "entries.project_id", named: projectNames, label: asNamed},
	"customer": {column: "entries.project_id", named: customerNames, label: byCustomer},
	"task":     {column: "entries.task", label: byTask},
	"tag":      {column: "entries.tags", label: byTags},
	"period":   {column: periodStart, label: byPeriod, inTime: true},
	"week":     {column: "entries.date", label: byWeek, inTime: true},
	"month":    {column: "SUBSTR(entries.date, 1, 7)", label: byMonth, inTime: true},
	"day":      {column: "entries.date", label: byDay, inTime: true},
}

const periodStart = "SUBSTR(entries.period_id, 5, 10)" // its first day, as in per_2026-03-02_usr_…

func projectNames(_ context.Context, tx *gorm.DB) *gorm.DB { return tx.Table("projects") }

func customerNames(_ context.Context, tx *gorm.DB) *gorm.DB {
	return tx.Table("projects").Select("id, customer AS name")
}

func asNamed(_ []calendar, id, name string) label { return label{id, name} }

func byCustomer(_ []calendar, _, customer string) label { return wordsOr("no customer", customer) }

func byTask(_ []calendar, task, _ string) label { return wordsOr("no task", task) }

// byTags has the same label for the same tags, in whichever order somebody gave them.
func byTags(_ []calendar, column, _ string) label {
	var tags Words
	if json.Unmarshal([]byte(column), &tags) != nil {
		return label{column, column} // which no entry that was written here comes to
	}
	slices.Sort(tags)
	l := wordsOr("no tag", strings.Join(tags, ",")) // no tag has a comma
	l.name = strings.ReplaceAll(l.name, ",", ", ")
	return l
}

func wordsOr(none, words string) label {
	if words == "" {
		return label{"", none}
	}
	return label{words, words}
}

func byPeriod(calendars []calendar, start, _ string) label {
	return label{start, spanIn(calendars, start).name().In(lang.Tagged("en"))}
}

func byWeek(calendars []calendar, day, _ string) label {
	days := spanIn(weeksOf(calendars), day)
	return label{days.Start, days.name().In(lang.Tagged("en"))}
}

// weeksOf is the calendars of a company whose periods are weeks. Whether its periods are months is nothing to its weeks.
func weeksOf(calendars []calendar) (weeks []calendar) {
	starts := "monday"
	for _, c := range calendars {
		if c.WeekStarts != starts {
			starts = c.WeekStarts
			weeks = append(weeks, calendar{c.FromDay, starts, "week"})
		}
	}
	return weeks
}

func byMonth(_ []calendar, month, _ string) label {
	first, _ := time.Parse(time.DateOnly, month+"-01")
	return label{month, first.Format("January 2006")}
}

func byDay(_ []calendar, day, _ string) label {
	date, _ := time.Parse(time.DateOnly, day)
	return label{day, date.Format("2 January 2006")}
}
