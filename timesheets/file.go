package timesheets

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"punchcard/timesheets/ical"
	"punchcard/timesheets/trackers"
)

// File is what somebody sends to be imported.
type File struct {
	Media string // text/csv or text/calendar
	Text  string
}

// Imported is what came of an import, which is done wholly or not at all. What was there already is left as it is.
type Imported struct {
	DryRun    bool           `json:"dry_run"` // nothing was kept
	Added     int            `json:"added"`
	Updated   int            `json:"updated"`
	Unchanged int            `json:"unchanged"`
	Lines     []ImportedLine `json:"lines"`
}

// ImportedLine is what came of one line of the file; of an event of several days, or of several years, of each.
type ImportedLine struct {
	Line    int    `json:"line"` // from 1
	Outcome string `json:"outcome"`
	Text    string `json:"text"` // "2026-01-01 New Year"
}

const (
	wasAdded   = "added"
	wasUpdated = "updated"
	wasThere   = "unchanged"
)

func (i *Imported) tell(line int, outcome, text string) {
	switch outcome {
	case wasAdded:
		i.Added++
	case wasUpdated:
		i.Updated++
	default:
		i.Unchanged++
	}
	i.Lines = append(i.Lines, ImportedLine{line, outcome, text})
}

func (c *check) file(f File) {
	c.that(strings.TrimSpace(f.Text) != "", "/lines", "is needed: the file is empty")
	c.that(utf8.ValidString(f.Text), "/lines", "must be UTF-8 text")
}

// onLine is where a value of the file stands.
func onLine(line int, column string) string {
	return strings.TrimSuffix("/lines/"+strconv.Itoa(line)+"/"+column, "/")
}

// mostMistakes is how many are looked for in a file.
const mostMistakes = 100

// line is a line of a table by its columns' names.
type line struct {
	number int
	cells  map[string]string
}

// table reads a CSV file with a head that names its columns, of which some must be there. Cells are parted by commas,
// semicolons or tabs.
func (f File) table(c *check, most int, needed, others []string) (lines []line) {
	text := strings.TrimPrefix(f.Text, "\ufeff")
	head, _, _ := strings.Cut(text, "\n")
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.TrimLeadingSpace = -1, true
	for _, comma := range []rune{';', '\t'} {
		if strings.ContainsRune(head, comma) && !strings.Contains(head, ",") {
			r.Comma = comma
		}
	}
	if wide := trackers.Wide(text, r.Comma); wide > 0 {
		c.that(false, onLine(wide, ""), "has more than %d columns", trackers.MostColumns)
		return nil
	}
	var columns []string
	for len(c.fields) < mostMistakes {
		record, err := r.Read()
		if broken, ok := errors.AsType[*csv.ParseError](err); ok {
			c.that(false, onLine(broken.Line, ""), "can't be read: %s", broken.Err)
			return lines
		}
		if err == io.EOF {
			c.that(len(columns) > 0, "/lines", "must begin with the columns' names")
			return lines
		}
		number, _ := r.FieldPos(0)
		switch {
		case columns == nil:
			if columns = c.columns(record, number, needed, others); columns == nil {
				return nil
			}
			continue
		case len(record) != len(columns):
			c.that(false, onLine(number, ""), "has %d cells, but there are %d columns", len(record), len(columns))
			continue
		case len(lines) == most:
			c.that(false, onLine(number, ""), "is one too many: %d lines at most are taken, so cut the file", most)
			return lines
		}
		l := line{number, map[string]string{}}
		for i, name := range columns {
			l.cells[name] = strings.TrimSpace(record[i])
		}
		lines = append(lines, l)
	}
	return lines
}

// columns are the names in the head; nil if they can't be.
func (c *check) columns(head []string, number int, needed, others []string) (names []string) {
	before := len(c.fields)
	for _, name := range head {
		name = strings.ToLower(strings.TrimSpace(name))
		known := slices.Contains(needed, name) || slices.Contains(others, name)
		c.that(known, onLine(number, ""), "has the column %.40q, but there are only %s", name,
			strings.Join(append(slices.Clone(needed), others...), ", "))
		c.that(!slices.Contains(names, name), onLine(number, ""), "has the column %.40q twice", name)
		names = append(names, name)
	}
	for _, name := range needed {
		c.that(slices.Contains(names, name), onLine(number, ""), "must have the column %s", name)
	}
	if len(c.fields) > before {
		return nil
	}
	return names
}

// flag is a cell that says yes or no; empty: no.
func (l line) flag(c *check, column string) bool {
	switch strings.ToLower(l.cells[column]) {
	case "true", "yes", "1":
		return true
	case "", "false", "no", "0":
		return false
	}
	c.that(false, onLine(l.number, column), "must be true or false")
	return false
}

// events reads an iCalendar file. Those that come every year are written out from last year to five years ahead.
func (f File) events(c *check, most, thisYear int) (events []ical.Event) {
	read, faults := ical.Parse(f.Text, most)
	for _, fault := range faults {
		c.note(onLine(fault.Line, ""), fault.Detail)
	}
	for _, e := range read {
		if events = append(events, e.Between(thisYear-1, thisYear+5)...); len(events) > most {
			c.that(false, onLine(e.Line, ""), "makes more than %d events: cut the file", most)
			return nil
		}
	}
	return events
}

// at adds what is wrong with a line of the file.
func (c *check) at(line int, fields []FieldFault) {
	for _, field := range fields {
		c.note(onLine(line, strings.TrimPrefix(field.Pointer, "/")), field.Detail)
	}
}
