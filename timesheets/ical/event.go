package ical

import (
	"fmt"
	"strings"
	"time"

	"punchcard/auth/lang"
)

// Event is one event of whole days.
type Event struct {
	Line       int    // on which it begins in the file
	From, To   string // the first and the last day, "2026-01-01"
	Summary    string
	Person     string // the address in ATTENDEE or else ORGANIZER, without mailto:
	Categories []string
	Yearly     *Yearly // nil: once
}

// Error says what can't be read, and on which line of the file.
type Error struct {
	Line   int
	Detail lang.Sentence
}

func (e *Error) Error() string { return fmt.Sprintf("line %d %s", e.Line, e.Detail) }

func wrong(line int, detail string, args ...any) error {
	return &Error{line, lang.Say(detail, args...)}
}

// mostFaults is how many are told of one file.
const mostFaults = 100

// Parse reads the events of a file, of which there can be most at most, and tells what is wrong with it: a hundred faults
// at most. Cancelled events are left out.
func Parse(text string, most int) (events []Event, faults []*Error) {
	lines, numbers := unfolded(strings.TrimPrefix(text, "\ufeff"))
	note := func(err error) {
		if e, ok := err.(*Error); ok {
			faults = append(faults, e)
		}
	}
	if len(lines) == 0 || !strings.EqualFold(strings.TrimSpace(lines[0]), "BEGIN:VCALENDAR") {
		return nil, []*Error{{1, lang.Say("must be BEGIN:VCALENDAR: this is no iCalendar file")}}
	}
	var open []string // components, the outermost first
	var now draft
	for i, line := range lines {
		if len(faults) >= mostFaults {
			return nil, faults
		}
		p, err := readLine(line, numbers[i])
		if err != nil {
			note(err)
			continue
		}
		component := strings.ToUpper(strings.TrimSpace(p.value))
		switch inEvent := len(open) == 2 && open[1] == "VEVENT"; {
		case p.name == "BEGIN":
			if open = append(open, component); component == "VEVENT" && len(open) == 2 {
				now = draft{Event: Event{Line: p.line}}
			}
		case p.name == "END" && (len(open) == 0 || open[len(open)-1] != component):
			return nil, append(faults, &Error{p.line, lang.Say("ends what didn't begin")})
		case p.name == "END":
			if open = open[:len(open)-1]; !inEvent {
				continue
			}
			e, err := now.event()
			note(err)
			if err == nil && !now.cancelled {
				events = append(events, e)
			}
			if len(events) > most {
				return nil, append(faults, &Error{p.line, lang.Say("ends event number %d, and %d at most are taken: cut the file", most+1, most)})
			}
		case inEvent:
			note(now.take(p))
		}
	}
	if len(open) > 0 {
		faults = append(faults, &Error{numbers[len(numbers)-1], lang.Say("is the last, but END:%s is missing", open[len(open)-1])})
	}
	return events, faults
}

// draft is an event while it is read.
type draft struct {
	Event
	start, end time.Time // end is the day after the last one; zero: there is none
	rule       property
	cancelled  bool
	broken     bool // of which something can't be read, and that was told
}

func (d *draft) take(p property) (err error) {
	switch p.name {
	case "DTSTART":
		d.start, err = p.date()
	case "DTEND":
		d.end, err = p.date()
	case "DURATION":
		err = wrong(p.line, "has a DURATION, which is not read here: write DTEND instead")
	case "SUMMARY":
		d.Summary = p.text()
	case "ATTENDEE":
		d.Person = p.address()
	case "ORGANIZER":
		if d.Person == "" {
			d.Person = p.address()
		}
	case "CATEGORIES":
		d.Categories = append(d.Categories, strings.Split(p.text(), ",")...)
	case "STATUS":
		d.cancelled = strings.EqualFold(p.value, "CANCELLED")
	case "RRULE":
		d.rule = p
	case "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID":
		err = wrong(p.line, "has %s, which is not read here: write each day as an event of its own", p.name)
	}
	d.broken = d.broken || err != nil
	return err
}

// event is the whole of it.
func (d *draft) event() (Event, error) {
	switch {
	case d.broken:
		return Event{}, errTold
	case d.start.IsZero():
		return Event{}, wrong(d.Line, "begins an event without DTSTART")
	case !d.end.IsZero() && d.end.Before(d.start):
		return Event{}, wrong(d.Line, "begins an event that ends before it starts")
	}
	last := d.start
	if d.end.After(d.start) {
		last = d.end.AddDate(0, 0, -1)
	}
	d.From, d.To = d.start.Format(time.DateOnly), last.Format(time.DateOnly)
	if d.rule.name != "" {
		var err error
		if d.Yearly, err = d.yearly(); err != nil {
			return Event{}, err
		}
	}
	return d.Event, nil
}

var errTold = fmt.Errorf("what is wrong with the event was told")

// date is a value of the type DATE. An instant is refused: on which day it is depends on where one is.
func (p property) date() (time.Time, error) {
	day, err := time.Parse("20060102", strings.TrimSpace(p.value))
	if err != nil {
		return day, wrong(p.line, "must have a whole day, such as %s;VALUE=DATE:20260101", p.name)
	}
	if day.Year() < 1 {
		return day, wrong(p.line, "has no year")
	}
	return day, nil
}

func (p property) address() string {
	const scheme = "mailto:"
	if value := strings.TrimSpace(p.value); len(value) > len(scheme) && strings.EqualFold(value[:len(scheme)], scheme) {
		return value[len(scheme):]
	}
	return ""
}
