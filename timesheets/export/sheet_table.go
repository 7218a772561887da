package export

import (
	"slices"
	"strings"
	"time"
)

// Where the columns of the table begin or, if they hold numbers, end.
func (p *page) columnsAt() (project, note, noteEnd, from, time, total float64) {
	project = p.left + 64
	note = project + 124
	total = p.right
	time = total - 48
	from = time - 38
	return project, note, from - 62, from, time, total
}

const (
	leading    = 12.5 // from one line of a row to the next
	rowPadding = 5.5
)

func (s *Sheets) newPage() {
	s.page = s.document.newPage()
	s.numbers = append(s.numbers, s.document.reserve())
}

// endPage writes what is on the page. Its footer comes when the sheet's pages are counted.
func (s *Sheets) endPage() {
	s.bodies = append(s.bodies, s.document.stream(s.page.body.Bytes(), ""))
}

// turn goes on, on a new page, if there isn't this much room.
func (s *Sheets) turn(height float64) bool {
	if s.page.y-height >= foot {
		return false
	}
	s.endPage()
	s.newPage()
	p := s.page
	p.text(p.left, p.y-10, boldStyle(10, ink), p.short(boldStyle(10, ink), s.sheet.Person, 250))
	p.ending(p.right, p.y-10, regularStyle(9, faint), s.sheet.Title)
	p.y -= 26
	return true
}

// columns writes the head of the table.
func (s *Sheets) columns() {
	p, head := s.page, boldStyle(7.5, faint)
	project, note, _, from, time, total := p.columnsAt()
	p.y -= 14
	p.text(p.left, p.y, head, "Day")
	p.text(project, p.y, head, "Project, task")
	p.text(note, p.y, head, "Note")
	p.ending(from, p.y, head, "From – to")
	p.ending(time, p.y, head, "Hours")
	p.ending(total, p.y, head, "Day total")
	p.y -= 6
	p.rule(p.left, p.right, p.y, ink, 0.8)
}

// flush writes the row that is held. last tells that it is the last one of its day.
func (s *Sheets) flush(last bool) {
	if s.held == nil {
		return
	}
	r := *s.held
	names, notes := s.namesOf(r), s.notesOf(r)
	lines := max(len(names), len(notes))
	if s.turn(rowPadding*2 + leading*float64(min(lines, 3))) {
		s.columns()
		s.begins = true // the day is named again
	}
	s.page.y -= rowPadding
	for i := range lines {
		if i > 0 && s.turn(leading+rowPadding) {
			s.columns()
			s.page.y -= rowPadding
		}
		s.page.y -= leading
		p, y := s.page, s.page.y+3
		project, note, _, _, _, _ := p.columnsAt()
		if i == 0 {
			s.numbersOf(r, y, last)
		}
		if i < len(names) {
			p.text(project, y, names[i].style, names[i].text)
		}
		if i < len(notes) {
			p.text(note, y, notes[i].style, notes[i].text)
		}
	}
	p := s.page
	p.y -= rowPadding
	if project, _, _, _, _, _ := p.columnsAt(); last {
		p.rule(p.left, p.right, p.y, line2, 0.6)
	} else {
		p.rule(project, p.right, p.y, line, 0.5)
	}
}

// numbersOf writes the day, the clock and the hours of a row, and the total of the day that it ends.
func (s *Sheets) numbersOf(r Row, y float64, last bool) {
	p := s.page
	_, _, _, from, hours, _ := p.columnsAt()
	if s.begins {
		date, _ := time.Parse(time.DateOnly, r.Date)
		p.text(p.left, y, boldStyle(9, ink), date.Format("Mon 2 Jan"))
	}
	if r.Start != nil && r.End != nil {
		p.ending(from, y, regularStyle(8.5, muted), *r.Start+" – "+*r.End)
	}
	p.ending(hours, y, regularStyle(9, ink), span(r.Minutes))
	if last {
		p.ending(p.right, y, boldStyle(9, ink), span(s.day))
	}
}

// said is a line in its style.
type said struct {
	style style
	text  string
}

func sayAll(all []said, s style, lines []string) []said {
	for _, line := range lines {
		all = append(all, said{s, line})
	}
	return all
}

func (s *Sheets) namesOf(r Row) []said {
	project, note, _, _, _, _ := s.page.columnsAt()
	width, first, second := note-project-10, boldStyle(9, ink), regularStyle(8.5, faint)
	names := sayAll(nil, first, s.page.wrap(first, r.Project, width))
	about := slices.DeleteFunc([]string{r.Task, strings.Join(r.Tags, ", ")}, func(text string) bool { return text == "" })
	if len(about) > 0 {
		names = sayAll(names, second, s.page.wrap(second, strings.Join(about, " · "), width))
	}
	return names
}

func (s *Sheets) notesOf(r Row) []said {
	_, note, end, _, _, _ := s.page.columnsAt()
	plain, red := regularStyle(8.5, muted), regularStyle(8.5, bad)
	var notes []said
	if r.Note != "" {
		notes = sayAll(notes, plain, s.page.wrap(plain, r.Note, end-note))
	}
	if r.State == "rejected" {
		notes = sayAll(notes, red, s.page.wrap(red, "Change requested: "+r.Comment, end-note))
	}
	return notes
}
