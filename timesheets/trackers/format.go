package trackers

import (
	"slices"
	"strings"

	"punchcard/timesheets/export"
)

// format is how one program writes time.
type format struct {
	name  string
	marks []string            // columns that the others don't all have, in this package's names
	names map[string][]string // a column's name in this package, and what the program calls it, in lower case
	read  func(*row) Line
}

// formats are tried in this order.
var formats = []format{
	{"clockify", []string{"date", "duration", "project", "end date"}, map[string][]string{
		"person": {"user"}, "email": {"email"}, "customer": {"client"}, "project": {"project"}, "task": {"task"},
		"note": {"description"}, "tags": {"tags"}, "billable": {"billable"}, "date": {"start date"}, "start": {"start time"},
		"end date": {"end date"}, "end": {"end time"}, "duration": {"duration (h)"},
	}, spanned},
	{"toggl", []string{"date", "duration", "project", "note"}, map[string][]string{
		"person": {"user", "member"}, "email": {"email"}, "customer": {"client"}, "project": {"project"}, "task": {"task"},
		"note": {"description"}, "tags": {"tags"}, "billable": {"billable"}, "date": {"start date"}, "start": {"start time"},
		"end date": {"end date", "stop date"}, "end": {"end time", "stop time"}, "duration": {"duration"},
	}, spanned},
	{"harvest", []string{"date", "duration", "project", "last name"}, map[string][]string{
		"date": {"date"}, "customer": {"client"}, "project": {"project"}, "task": {"task"}, "note": {"notes"},
		"duration": {"hours"}, "billable": {"billable?"}, "first name": {"first name"}, "last name": {"last name"},
		"person": {"employee"}, "email": {"email"},
	}, timed},
	{"kimai", []string{"date", "duration", "project", "task"}, map[string][]string{
		"date": {"date", "datum"}, "start": {"from", "begin", "von", "beginn"}, "end": {"to", "end", "bis", "ende"},
		"duration": {"duration", "dauer"}, "break": {"break", "pause"}, "person": {"name", "user", "username", "benutzer"},
		"email": {"email", "e-mail"}, "customer": {"customer", "kunde"}, "project": {"project", "projekt"},
		"task": {"activity", "tätigkeit"}, "note": {"description", "beschreibung"}, "billable": {"billable", "abrechenbar"},
		"tags": {"tags", "schlagworte"},
	}, timed},
	{"punchcard", []string{"date"}, map[string][]string{
		"id": {"id"}, "user_id": {"user_id"}, "email": {"email"}, "person": {"person"}, "date": {"date"}, "start": {"start"},
		"end": {"end"}, "break": {"break_minutes"}, "minutes": {"minutes"}, "duration": {"hours"}, "project_id": {"project_id"},
		"project": {"project"}, "customer": {"customer"}, "task": {"task"}, "tags": {"tags"}, "note": {"note"},
		"billable": {"billable"},
	}, own},
}

// Formats are their names.
func Formats() (names []string) {
	for _, f := range formats {
		names = append(names, f.name)
	}
	slices.Sort(names)
	return names
}

// formatOf is the format of a file with the header: the named one, or the first that the header fits.
func formatOf(header []string, named string) (format, error) {
	for _, f := range formats {
		if named != "" && f.name != named {
			continue
		}
		columns := f.columnsOf(header)
		if !slices.ContainsFunc(f.marks, func(mark string) bool { return !columns.has(mark) }) && columns.sayHowLong() {
			return f, nil
		}
	}
	if named != "" {
		return format{}, unreadable("the first line doesn't name the columns that a file of %s has", named)
	}
	return format{}, unreadable("the first line names no columns that are known: a file of one's own needs at least date, minutes and " +
		"project; those of Toggl Track, Clockify, Harvest and Kimai are taken as they export them in English, with all lines in detail")
}

func (c columns) sayHowLong() bool {
	return c.has("duration") || c.has("minutes") || c.has("start") && c.has("end")
}

// columnsOf finds the columns of the format in a header. Of several names for one, the first that is there counts.
func (f format) columnsOf(header []string) columns {
	found := columns{}
	for ours, theirs := range f.names {
		for _, name := range theirs {
			isIt := func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), name) }
			if i := slices.IndexFunc(header, isIt); i >= 0 && !found.has(ours) {
				found[ours] = column{i, strings.TrimSpace(header[i])}
			}
		}
	}
	return found
}

// spanned reads a line that says when it began and ended to the second, and how long that was.
func spanned(r *row) Line {
	l := r.line()
	seconds, ok := r.duration("duration", false)
	start, began := r.clock("start")
	end, ended := r.clock("end")
	if !ok && began && ended {
		seconds = end - start
	}
	if l.Minutes = r.minutes(seconds); l.Minutes < 1 && r.mistakes == nil {
		r.wrong("duration", "is nothing: time that still runs can't be imported")
	}
	switch days := r.get("end date"); {
	case !began || !ended:
	case days != "" && r.date("end date") != l.Date:
		r.remark("it went on past midnight, and is filed on the day when it began")
	case start/60+l.Minutes <= 24*60:
		l.Start, l.End = clockText(start/60), clockText(start/60+l.Minutes)
	}
	l.Remarks = r.remarks
	return l
}

// timed reads a line that says how long, and perhaps when on that day it began and ended.
func timed(r *row) Line {
	l := r.line()
	seconds, ok := r.duration("duration", r.columns.has("start"))
	start, began := r.clock("start")
	end, ended := r.clock("end")
	pause, _ := r.duration("break", true)
	span := (end - start) / 60
	switch {
	case !ok && began && ended && end > start:
		seconds = end - start - pause
	case !ok && r.mistakes == nil:
		r.wrong("duration", "is needed, or from and to")
	}
	if l.Minutes = r.minutes(seconds); l.Minutes < 1 && r.mistakes == nil {
		r.wrong("duration", "is nothing: time that still runs can't be imported")
	}
	if began && ended && span >= l.Minutes && l.Minutes > 0 {
		l.Start, l.End, l.BreakMinutes = clockText(start/60), clockText(start/60+span), span-l.Minutes
	}
	l.Remarks = r.remarks
	return l
}

// own reads a line as Punchcard exports it.
func own(r *row) Line {
	for i, value := range r.values {
		r.values[i] = export.Unguard(value)
	}
	l := r.line()
	l.ID, l.UserID, l.ProjectID = r.get("id"), r.get("user_id"), r.get("project_id")
	start, began := r.clock("start")
	end, ended := r.clock("end")
	if began {
		l.Start = clockText(start / 60)
	}
	if ended {
		l.End = clockText(end / 60)
	}
	l.BreakMinutes = r.whole("break")
	switch seconds, ok := r.duration("duration", false); {
	case r.get("minutes") != "":
		l.Minutes = r.whole("minutes")
	case ok:
		l.Minutes = r.minutes(seconds)
	case began && ended:
		l.Minutes = (end-start)/60 - l.BreakMinutes
	case r.mistakes == nil:
		r.wrong("minutes", "is needed, or hours, or start and end")
	}
	l.Remarks = r.remarks
	return l
}
