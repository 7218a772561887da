package trackers

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"punchcard/auth/lang"
)

// Line is one line of a file: time that somebody spent on something.
type Line struct {
	Number int // in the file, whose first line is 1

	ID           string // of Punchcard's own entry; empty in files of others
	UserID       string // likewise
	Email        string // empty: the file doesn't say
	Person       string // a name; empty: likewise
	Date         string // "2026-03-04"
	Start, End   string // "09:00"; both or none
	BreakMinutes int
	Minutes      int
	ProjectID    string // of Punchcard's own project; empty in files of others
	Project      string
	Customer     string
	Task         string
	Tags         []string
	Note         string
	Billable     *bool // nil: the file doesn't say

	Remarks []lang.Sentence // what was taken otherwise than it is written
}

// Mistake is a value that can't be read.
type Mistake struct {
	Line   int
	Column string // as the file calls it; empty: the whole line
	Detail lang.Sentence
}

// File is what was read of one.
type File struct {
	Format   string // punchcard, toggl, clockify, harvest or kimai
	Lines    []Line // those without mistakes
	Mistakes []Mistake
}

// Options say what a file itself doesn't.
type Options struct {
	Format    string // empty: found out by the header
	DateOrder string // of days such as 03/04/2026: dmy or mdy; empty: found out by those that can be only one
	Most      int    // lines, beside the header
}

// Error is why nothing of a file can be read, in words for whoever sent it.
type Error struct{ lang.Sentence }

func unreadable(format string, args ...any) Error { return Error{lang.Say(format, args...)} }

// byteOrderMark begins the files of spreadsheets.
const byteOrderMark = "\ufeff"

// Read reads a file.
func Read(text string, o Options) (File, error) {
	text = strings.TrimPrefix(text, byteOrderMark)
	first, _, _ := strings.Cut(text, "\n")
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord = separator(first), -1
	if line := Wide(text, r.Comma); line > 0 {
		return File{}, unreadable("line %d has more than %d columns", line, MostColumns)
	}
	header, err := r.Read()
	if err != nil {
		return File{}, unreadable("the file is empty, or no CSV: its first line must name the columns")
	}
	format, err := formatOf(header, o.Format)
	if err != nil {
		return File{}, err
	}
	f := File{Format: format.name}
	rows, err := f.rows(r, format.columnsOf(header), o.Most)
	if err != nil {
		return f, err
	}
	order, err := dateOrder(rows, o.DateOrder)
	if err != nil {
		return f, err
	}
	for _, row := range rows {
		row.order = order
		line := format.read(&row)
		if f.Mistakes = append(f.Mistakes, row.mistakes...); row.mistakes == nil {
			f.Lines = append(f.Lines, line)
		}
	}
	slices.SortStableFunc(f.Mistakes, func(a, b Mistake) int { return a.Line - b.Line })
	return f, nil
}

// rows reads the lines below the header, without empty ones.
func (f *File) rows(r *csv.Reader, columns columns, most int) (rows []row, err error) {
	for {
		values, err := r.Read()
		switch broken := (*csv.ParseError)(nil); {
		case errors.Is(err, io.EOF):
			return rows, nil
		case errors.As(err, &broken):
			return nil, unreadable("line %d is no CSV: %v", broken.Line, broken.Err)
		case err != nil:
			return nil, err
		case len(rows) == most:
			return nil, unreadable("the file has more than %d lines: send it in parts", most)
		case strings.TrimSpace(strings.Join(values, "")) == "":
			continue
		}
		line, _ := r.FieldPos(0)
		rows = append(rows, row{number: line, columns: columns, values: slices.Clone(values)})
	}
}

// separator is what separates the values of a line: whichever of the usual ones there is most of.
func separator(line string) rune {
	best := ','
	for _, s := range ";\t" {
		if strings.Count(line, string(s)) > strings.Count(line, string(best)) {
			best = s
		}
	}
	return best
}
