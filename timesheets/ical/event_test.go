package ical

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// calendar has one event of these lines, of which the first is the third of the file.
func calendar(lines ...string) string {
	return "BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + strings.Join(lines, "\n") + "\nEND:VEVENT\nEND:VCALENDAR\n"
}

func TestEventsAreRead(t *testing.T) {
	const start = "DTSTART;VALUE=DATE:20260101"
	one := Event{Line: 2, From: "2026-01-01", To: "2026-01-01"}
	with := func(change func(*Event)) []Event { e := one; change(&e); return []Event{e} }
	for _, c := range []struct {
		name, text string
		want       []Event
	}{
		{"one day", calendar(start), []Event{one}},
		{"in small letters", strings.ToLower(calendar(start)), []Event{one}},
		{"CRLF and an empty line", strings.ReplaceAll(calendar(start, ""), "\n", "\r\n"), []Event{one}},
		{"a byte order mark", "\ufeff" + calendar(start), []Event{one}},
		{"end is the day after", calendar(start, "DTEND;VALUE=DATE:20260104"), with(func(e *Event) { e.To = "2026-01-03" })},
		{"end is the start", calendar(start, "DTEND;VALUE=DATE:20260101"), []Event{one}},
		{"folded", calendar("DTSTART;VA", " LUE=DATE:2026", "\t0101", "SUMMARY:New", "  Year"), with(func(e *Event) { e.Summary = "New Year" })},
		{"folded within a letter", calendar(start, "SUMMARY:\xc3", " \xa9t\xc3\xa9"), with(func(e *Event) { e.Summary = "été" })},
		{"escaped", calendar(start, `SUMMARY:a\, b\; c\\n\nd`), with(func(e *Event) { e.Summary = "a, b; c\\n\nd" })},
		{"quoted parameters", calendar(start, `ATTENDEE;CN="x;y:z":MAILTO:ada@example.com`), with(func(e *Event) { e.Person = "ada@example.com" })},
		{"organizer", calendar(start, "ORGANIZER:mailto:mia@example.com"), with(func(e *Event) { e.Person = "mia@example.com" })},
		{"attendee before organizer", calendar("ATTENDEE:mailto:ada@example.com", "ORGANIZER:mailto:mia@example.com", start), with(func(e *Event) { e.Person = "ada@example.com" })},
		{"nobody", calendar(start, "ATTENDEE:urn:x"), []Event{one}},
		{"an alarm within", calendar(start, "BEGIN:VALARM", "SUMMARY:Wake up", "DTSTART:x", "END:VALARM"), []Event{one}},
		{"cancelled", calendar(start, "STATUS:CANCELLED"), nil},
		{"no event", "BEGIN:VCALENDAR\nBEGIN:VJOURNAL\nDTSTART:x\nEND:VJOURNAL\nEND:VCALENDAR", nil},
		{"every year", calendar(start, "RRULE:FREQ=YEARLY;INTERVAL=1;BYMONTH=1;BYMONTHDAY=1;COUNT=3;WKST=MO"), with(func(e *Event) { e.Yearly = &Yearly{Count: 3} })},
		{"every year until", calendar(start, "RRULE:UNTIL=20300101T000000Z;FREQ=YEARLY"), with(func(e *Event) { e.Yearly = &Yearly{Until: "2030-01-01"} })},
		{"categories", calendar(start, "CATEGORIES:A,B", "CATEGORIES:C"), with(func(e *Event) { e.Categories = []string{"A", "B", "C"} })},
	} {
		got, faults := Parse(c.text, 10)
		if diff := cmp.Diff(c.want, got); diff != "" || faults != nil {
			t.Errorf("%s: %v %s", c.name, faults, diff)
		}
	}
}

func TestWhatCantBeReadIsToldWithItsLine(t *testing.T) {
	const start = "DTSTART;VALUE=DATE:20260101"
	many := "BEGIN:VCALENDAR\n" + strings.Repeat("BEGIN:VEVENT\n"+start+"\nEND:VEVENT\n", 11)
	for _, c := range []struct{ text, want string }{
		{"", "line 1 must be BEGIN:VCALENDAR"},
		{"hello", "line 1 must be BEGIN:VCALENDAR"},
		{calendar(), "line 2 begins an event without DTSTART"},
		{calendar("DTSTART:20260101T090000"), "line 3 must have a whole day"},
		{calendar("DTSTART;VALUE=DATE:20260230"), "line 3 must have a whole day"},
		{calendar("DTSTART;VALUE=DATE:00000101"), "line 3 has no year"},
		{calendar(start, "DTEND;VALUE=DATE:20251231"), "line 2 begins an event that ends before it starts"},
		{calendar(start, "DURATION:P1D"), "line 4 has a DURATION"},
		{calendar(start, "EXDATE:20260101"), "line 4 has EXDATE"},
		{calendar(start, "RRULE:FREQ=MONTHLY"), "line 4 has a rule that isn't FREQ=YEARLY"},
		{calendar(start, "RRULE:FREQ=YEARLY;BYDAY=1MO"), `line 4 has the rule "FREQ=YEARLY;BYDAY=1MO", of which "BYDAY=1MO" is not read`},
		{calendar(start, "RRULE:FREQ=YEARLY;INTERVAL=2"), `of which "INTERVAL=2" is not read`},
		{calendar(start, "RRULE:FREQ=YEARLY;COUNT=0"), `of which "COUNT=0" is not read`},
		{calendar(start, "RRULE:FREQ=YEARLY;UNTIL=2"), `of which "UNTIL=2" is not read`},
		{calendar("no colon", start), "line 3 is no line"},
		{calendar(`X;A="b:c`, start), "line 3 is no line|line 3 breaks off"},
		{"BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + start + "\n", "line 3 is the last, but END:VEVENT is missing"},
		{"BEGIN:VCALENDAR\nEND:VEVENT\n", "line 2 ends what didn't begin"},
		{many, "and 10 at most are taken"},
	} {
		events, faults := Parse(c.text, 10)
		told := fmt.Sprint(faults)
		fits := false
		for one := range strings.SplitSeq(c.want, "|") {
			fits = fits || strings.Contains(told, one)
		}
		if !fits || len(faults) != 1 {
			t.Errorf("%.80q: %s %v, want %s", c.text, told, events, c.want)
		}
	}
	if _, faults := Parse("BEGIN:VCALENDAR\n"+strings.Repeat("?\n", 1000), 10); len(faults) != mostFaults {
		t.Errorf("%d faults are told", len(faults))
	}
}

func TestEventsComeEveryYear(t *testing.T) {
	for _, c := range []struct {
		from, to string
		yearly   *Yearly
		want     string
	}{
		{"2026-12-25", "2026-12-26", nil, "2026-12-25..2026-12-26"},
		{"1990-12-31", "1991-01-01", &Yearly{}, "2025-12-31..2026-01-01 2026-12-31..2027-01-01 2027-12-31..2028-01-01 2028-12-31..2029-01-01"},
		{"2024-02-29", "2024-02-29", &Yearly{}, "2028-02-29..2028-02-29"},
		{"2024-02-29", "2024-02-29", &Yearly{Count: 1}, ""},
		{"2026-05-01", "2026-05-01", &Yearly{Count: 2}, "2026-05-01..2026-05-01 2027-05-01..2027-05-01"},
		{"2024-05-01", "2024-05-01", &Yearly{Until: "2026-05-01"}, "2025-05-01..2025-05-01 2026-05-01..2026-05-01"},
		{"2024-05-01", "2024-05-01", &Yearly{Until: "2026-04-30"}, "2025-05-01..2025-05-01"},
		{"2030-05-01", "2030-05-01", &Yearly{}, ""},
	} {
		var got []string
		for _, e := range (Event{From: c.from, To: c.to, Yearly: c.yearly}).Between(2025, 2028) {
			got = append(got, e.From+".."+e.To)
		}
		if told := strings.Join(got, " "); told != c.want {
			t.Errorf("%s %+v: %s", c.from, c.yearly, told)
		}
	}
}

// A file of nothing but continued lines, or of brackets within brackets, takes no longer than its length.
func TestLargeFilesAreReadInTime(t *testing.T) {
	for _, text := range []string{"BEGIN:VCALENDAR\n" + strings.Repeat(" x\n", 300_000), strings.Repeat("BEGIN:VCALENDAR\n", 60_000)} {
		began := time.Now()
		if _, faults := Parse(text, 10); len(faults) == 0 || time.Since(began) > 5*time.Second {
			t.Errorf("%d faults after %s", len(faults), time.Since(began))
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(calendar("DTSTART;VALUE=DATE:20260101", "DTEND;VALUE=DATE:20260104", "RRULE:FREQ=YEARLY;COUNT=3", `SUMMARY:a\, b`))
	f.Add(calendar("DTSTART;VALUE=DATE:00010101", "RRULE:FREQ=YEARLY"))
	f.Add("BEGIN:VCALENDAR\nBEGIN:VEVENT\nX;\"\n \t\nEND:VEVENT")
	f.Fuzz(func(t *testing.T, text string) {
		const most = 20
		events, faults := Parse(text, most)
		lines := strings.Count(text, "\n") + 1
		for _, fault := range faults {
			if fault.Line < 1 || fault.Line > lines || fault.Detail.String() == "" {
				t.Errorf("%+v of %d lines", fault, lines)
			}
		}
		if len(events) > most+1 || len(faults) > mostFaults+2 {
			t.Errorf("%d events, %d faults", len(events), len(faults))
		}
		for _, e := range events {
			for _, one := range append(e.Between(2025, 2030), e) {
				from, wrongFrom := time.Parse(time.DateOnly, one.From)
				to, wrongTo := time.Parse(time.DateOnly, one.To)
				if wrongFrom != nil || wrongTo != nil || to.Before(from) || e.Line < 1 || e.Line > lines {
					t.Errorf("%+v", one)
				}
			}
		}
	})
}
