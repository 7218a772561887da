package export

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// states are how a period stands, in words and in colour.
var states = map[string]struct {
	words  string
	colour colour
}{
	"open":      {"Not submitted", faint},
	"submitted": {"Submitted, waits for approval", wait},
	"approved":  {"Approved", good},
	"rejected":  {"Changes requested", bad},
}

// heading says whose time it is, when, how much, and how it stands.
func (s *Sheets) heading() {
	p, t := s.page, s.sheet
	p.text(p.left, p.y-8, boldStyle(9, accent), p.short(boldStyle(9, accent), t.Organization, 380))
	p.ending(p.right, p.y-8, regularStyle(9, faint), "Timesheet")
	p.y -= 20
	p.rule(p.left, p.right, p.y, accent, 1)
	p.y -= 38
	name, total := boldStyle(22, ink), boldStyle(22, ink)
	p.text(p.left, p.y, name, p.short(name, t.Person, p.right-p.left-130))
	p.ending(p.right-p.width(regularStyle(11, faint), " h"), p.y, total, span(t.Shown))
	p.ending(p.right, p.y, regularStyle(11, faint), " h")
	p.y -= 18
	p.text(p.left, p.y, regularStyle(11, muted), t.Title)
	if t.Shown == t.Minutes {
		p.ending(p.right, p.y, regularStyle(9, faint), t.expectation())
	}
	p.y -= 14
	p.text(p.left, p.y, regularStyle(9, faint), between(t.Start, t.End))
	state := states[t.State]
	at := p.right - p.width(boldStyle(9, ink), state.words)
	p.text(at, p.y, boldStyle(9, state.colour), state.words)
	p.dot(at-9, p.y+3.2, 2.6, state.colour, t.State != "open")
	if t.Shown != t.Minutes {
		p.y -= 18
		p.text(p.left, p.y, boldStyle(9, wait), fmt.Sprintf("An excerpt: %s of %s hours", span(t.Shown), span(t.Minutes)))
	}
	p.y -= 18
}

// expectation compares the period with what was expected, if anything was.
func (t Sheet) expectation() string {
	if t.ExpectedMinutes == 0 {
		return span(t.BillableMinutes) + " billable"
	}
	text := "of " + span(t.ExpectedMinutes) + " expected"
	if t.MissingMinutes > 0 {
		text += " · " + span(t.MissingMinutes) + " missing"
	}
	return text
}

// between is "Monday 21 – Sunday 27 September 2026".
func between(start, end string) string {
	first, _ := time.Parse(time.DateOnly, start)
	last, _ := time.Parse(time.DateOnly, end)
	form := "Monday 2"
	if first.Month() != last.Month() {
		form += " January"
	}
	if first.Year() != last.Year() {
		form += " 2006"
	}
	return first.Format(form) + " – " + last.Format("Monday 2 January 2006")
}

func (s *Sheets) totalsByProject() {
	if len(s.totals) == 0 {
		return
	}
	s.turn(100)
	s.page.y -= 30
	head := func() {
		p, style := s.page, boldStyle(7.5, faint)
		p.text(p.left, p.y, style, "By project")
		p.text(p.left+204, p.y, style, "Customer")
		p.ending(p.right-96, p.y, style, "Billable")
		p.ending(p.right, p.y, style, "Hours")
		p.y -= 6
		p.rule(p.left, p.right, p.y, ink, 0.8)
	}
	head()
	sum := total{project: "Total"}
	for _, t := range s.totals.sorted() {
		if s.turn(20) {
			s.page.y -= 14
			head()
		}
		s.totalLine(*t, regularStyle(9, ink))
		s.page.rule(s.page.left, s.page.right, s.page.y, line, 0.5)
		sum.minutes, sum.billable = sum.minutes+t.minutes, sum.billable+t.billable
	}
	s.turn(20)
	s.totalLine(sum, boldStyle(9, ink))
}

func (s *Sheets) totalLine(t total, style style) {
	p := s.page
	p.y -= 15
	billable := "–"
	if t.billable > 0 {
		billable = span(t.billable)
	}
	p.text(p.left, p.y, style, p.short(style, t.project, 194))
	p.text(p.left+204, p.y, regularStyle(9, muted), p.short(style, t.customer, 180))
	p.ending(p.right-96, p.y, style, billable)
	p.ending(p.right, p.y, style, span(t.minutes))
	p.y -= 6
}

func (s *Sheets) approvedBy(name string) {
	if !slices.Contains(s.by, name) {
		s.by = append(s.by, name)
	}
}

// signOff tells who handed the period in and who decided, and has lines for those who sign by hand.
func (s *Sheets) signOff() {
	const height = 14
	words, labels := regularStyle(9, ink), boldStyle(9, faint)
	var lines [][2]string
	for _, fact := range s.facts() {
		for _, line := range s.page.wrap(words, fact[1], 400) {
			lines = append(lines, [2]string{fact[0], line})
			fact[0] = ""
		}
	}
	s.turn(20 + height*float64(min(len(lines), 30)) + signatureHeight)
	s.page.y -= 20
	for _, line := range lines {
		s.turn(height)
		s.page.text(s.page.left, s.page.y, labels, line[0])
		s.page.text(s.page.left+64, s.page.y, words, line[1])
		s.page.y -= height
	}
	s.turn(signatureHeight)
	s.signatures()
}

// facts are labels with what there is to say.
func (s *Sheets) facts() (facts [][2]string) {
	say := func(label, text string) { facts = append(facts, [2]string{label, text}) }
	if sub := s.sheet.Submission; sub != nil {
		digest := sub.Digest[:min(len(sub.Digest), len("sha256:")+16)]
		say("Submitted", "by "+sub.By+" on "+instant(sub.At)+", digest "+digest+"…")
		if sub.Comment != "" {
			say("", "“"+sub.Comment+"”")
		}
	}
	d := s.sheet.Decision
	if d == nil {
		return facts
	}
	label, behalf := "Rejected", ""
	if d.Approved {
		label = "Approved"
	}
	if d.OnBehalfOf != "" {
		behalf = " on behalf of " + d.OnBehalfOf
	}
	say(label, "by "+d.By+behalf+" on "+instant(d.At))
	if d.Comment != "" {
		say("", "“"+d.Comment+"”")
	}
	others := slices.DeleteFunc(slices.Clone(s.by), func(name string) bool { return name == d.By })
	if len(others) > 0 && d.Approved {
		say("", "Some lines were approved by "+strings.Join(others, ", "))
	}
	return facts
}

const signatureHeight = 54

func (s *Sheets) signatures() {
	p := s.page
	p.y -= 40
	half := (p.right - p.left - 32) / 2
	for i, who := range []string{s.sheet.Person, "Approver"} {
		x := p.left + float64(i)*(half+32)
		p.rule(x, x+half, p.y, ink, 0.6)
		p.text(x, p.y-12, regularStyle(8, faint), p.short(regularStyle(8, faint), "Date, signature: "+who, half))
	}
}

// footer is drawn on each page when it is known of how many.
func (s *Sheets) footer(number, of int) []byte {
	p, small := s.document.newPage(), regularStyle(8, faint)
	p.rule(p.left, p.right, 46, line2, 0.5)
	pages := fmt.Sprintf("Page %d of %d", number, of)
	p.text(p.left, 32, small, p.short(small, s.sheet.Person+" · "+s.sheet.Title+" · made on "+instant(s.made), p.right-p.left-80))
	p.ending(p.right, 32, small, pages)
	return p.body.Bytes()
}

// nothing is the page of a file without sheets, which a PDF must have.
func (s *Sheets) nothing() {
	p := s.document.newPage()
	p.text(p.left, p.y-10, boldStyle(14, ink), "There is no time that matches.")
	s.document.page(s.document.reserve(), s.document.stream(p.body.Bytes(), ""))
}

func instant(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }
