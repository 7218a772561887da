package export

import (
	"io"
	"time"
)

// Sheet is what a timesheet for signing says beside its rows: one person's period.
type Sheet struct {
	Organization string
	Person       string
	Title        string // "Week of 21 September 2026"
	Start        string // the first day
	End          string // the last day
	State        string // open, submitted, approved or rejected

	Minutes         int // of the whole period
	BillableMinutes int // of those
	ExpectedMinutes int // of the whole period; 0: nothing was expected
	MissingMinutes  int // of the days that have come
	Shown           int // the minutes of the rows that follow; fewer than Minutes in an excerpt

	Submission *Submission // nil: never submitted
	Decision   *Decision   // nil: none that holds
}

// Submission is when the period was handed in.
type Submission struct {
	At      time.Time
	By      string // a name
	Comment string
	Digest  string // of the lines as they were
}

// Decision is who approved or rejected the period, or a line of it.
type Decision struct {
	Approved   bool
	At         time.Time
	By         string // a name
	OnBehalfOf string // a name; empty: for themselves
	Comment    string
}

// Papers are the sizes of a page in points, by their name.
var Papers = map[string][2]float64{"a4": {595.28, 841.89}, "letter": {612, 792}}

// Sheets writes timesheets for signing, each on pages of its own.
type Sheets struct {
	document *document
	made     time.Time
	title    string
	page     *page // the last one of the sheet that is being written
	sheet    Sheet
	numbers  []int // objects that the sheet's pages will be
	bodies   []int // what stands on each
	held     *Row  // the last row, which isn't written until it is known whether it ends its day
	day      int   // minutes of the day so far
	begins   bool  // the held row is the first of its day
	totals   totals
	by       []string // who approved lines
}

// NewPDF makes sheets on one of the Papers.
func NewPDF(w io.Writer, paper string, o Options) *Sheets {
	return &Sheets{document: newDocument(w, Papers[paper]), made: o.Made, title: o.Title}
}

// Begin begins the next sheet.
func (s *Sheets) Begin(sheet Sheet) error {
	if err := s.end(); err != nil {
		return err
	}
	s.sheet, s.totals, s.by = sheet, totals{}, nil
	s.newPage()
	s.document.marks = append(s.document.marks, mark{sheet.Person + ", " + sheet.Title, s.numbers[0]})
	s.heading()
	return s.document.err
}

// Row writes a row of the sheet. They come by day.
func (s *Sheets) Row(r Row) error {
	s.totals.add(r)
	if r.State == "approved" && r.Approver != "" {
		s.approvedBy(r.Approver)
	}
	if s.held == nil {
		s.columns()
	}
	s.flush(s.held != nil && s.held.Date != r.Date)
	s.begins = s.held == nil || s.held.Date != r.Date
	if s.begins {
		s.day = 0
	}
	s.day += r.Minutes
	s.held = &r
	return s.document.err
}

// Close ends the file.
func (s *Sheets) Close() error {
	if err := s.end(); err != nil {
		return err
	}
	if len(s.document.pages) == 0 {
		s.nothing()
	}
	return s.document.close(s.title, s.made)
}

// end ends the sheet: now that it is known how many pages it has, they are numbered.
func (s *Sheets) end() error {
	if s.page == nil {
		return nil
	}
	if s.held == nil {
		s.page.y -= 8
		s.page.text(s.page.left, s.page.y-10, regularStyle(9, faint), "No time was recorded.")
		s.page.y -= 26
	}
	s.flush(true)
	s.held = nil
	s.totalsByProject()
	s.signOff()
	s.endPage()
	for i, number := range s.numbers {
		s.document.page(number, s.bodies[i], s.document.stream(s.footer(i+1, len(s.numbers)), ""))
	}
	s.page, s.numbers, s.bodies = nil, nil, nil
	return s.document.err
}
