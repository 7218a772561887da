package timesheets

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const holidayCalendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" +
	"BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20260101\r\nSUMMARY:New \r\n Year\r\nRRULE:FREQ=YEARLY\r\nEND:VEVENT\r\n" +
	"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261227\r\nSUMMARY:Christmas\\, both days\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

// told is what came of an import, line by line.
func (i Imported) told() string {
	var lines []string
	for _, l := range i.Lines {
		lines = append(lines, fmt.Sprintf("%d %s %s", l.Line, l.Outcome, l.Text))
	}
	return strings.Join(lines, "\n")
}

func TestHolidaysAreImportedOnce(t *testing.T) {
	h := openHouse(t)
	table := HolidayImport{Region: "DE-BY", File: File{"text/csv",
		"\ufeffName;Date;Half;Region\r\nEpiphany;2026-01-06;;\r\n\"Day; of Labour\";2026-05-01;no; DE-BE \r\n\r\nChristmas Eve;2026-12-24;TRUE;\r\n"}}
	calendar := HolidayImport{File: File{"text/calendar", holidayCalendar}}
	for _, c := range []struct {
		in   HolidayImport
		want string
	}{
		{table, "2 added 2026-01-06 Epiphany\n3 added 2026-05-01 Day; of Labour\n5 added 2026-12-24 Christmas Eve"},
		{calendar, "3 added 2026-01-01 New Year\n3 added 2027-01-01 New Year\n3 added 2028-01-01 New Year\n3 added 2029-01-01 New Year\n" +
			"3 added 2030-01-01 New Year\n3 added 2031-01-01 New Year\n10 added 2026-12-25 Christmas, both days\n10 added 2026-12-26 Christmas, both days"},
	} {
		dry := c.in
		dry.DryRun = true
		before := must(ask(h.Holidays, ada, HolidayQuery{}))
		for _, in := range []HolidayImport{dry, dry, c.in, dry, c.in} {
			got := must(ask(h.ImportHolidays, root, in))
			if diff := cmp.Diff(c.want, got.told()); diff != "" || got.DryRun != in.DryRun {
				t.Error(diff)
			}
			if got.Added+got.Updated+got.Unchanged != len(got.Lines) {
				t.Errorf("counted %+v", got)
			}
			after := must(ask(h.Holidays, ada, HolidayQuery{}))
			if kept := len(after.Items) != len(before.Items); in.DryRun == kept && strings.Contains(c.want, "added") {
				t.Errorf("%d holidays after %d, as a rehearsal: %t", len(after.Items), len(before.Items), in.DryRun)
			}
			if before = after; !in.DryRun {
				c.want = strings.ReplaceAll(c.want, "added", "unchanged")
			}
		}
	}
	all := must(ask(h.Holidays, ada, HolidayQuery{})).Items
	if len(all) != 11 || all[1] != (Holiday{all[1].ID, "2026-01-06", "Epiphany", "DE-BY", false}) {
		t.Errorf("%d holidays, %+v", len(all), all[1])
	}
	if got := must(ask(h.Holidays, ada, HolidayQuery{Region: new("DE-BE"), From: "2026-01-02", To: "2026-12-25"})).Items; len(got) != 2 {
		t.Errorf("a region has %v", got)
	}
	table.File.Text = strings.Replace(table.File.Text, "2026-01-06;;", "2026-01-06;yes;", 1)
	if got := must(ask(h.ImportHolidays, root, table)); got.Updated != 1 || got.Unchanged != 2 {
		t.Errorf("when half a day became of a whole one: %+v", got)
	}
	_, err := ask(h.AddHoliday, root, NewHoliday{Date: "2026-01-06", Name: " Epiphany", Region: "DE-BY"})
	refused(t, err, Overlap, "/date", "Epiphany already")
}

func TestAFileOfHolidaysIsImportedWhollyOrNotAtAll(t *testing.T) {
	h := openHouse(t)
	csv := func(text string) File { return File{"text/csv", text} }
	ics := func(event string) File {
		return File{"text/calendar", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + event + "\nEND:VEVENT\nEND:VCALENDAR\n"}
	}
	for _, c := range []struct {
		file File
		want string // where
	}{
		{csv(""), "/lines"},
		{csv(" \n\n"), "/lines"},
		{csv("name,date\n\xff,2026-01-01\n"), "/lines"},
		{csv("date\n2026-01-01\n"), "/lines/1"},
		{csv("date,name,colour\n2026-01-01,A,red\n"), "/lines/1"},
		{csv("date,name,date\n2026-01-01,A,red\n"), "/lines/1"},
		{csv("date,name\n2026-01-01,A\n2026-02-30,B\n2026-03-01,\n"), "/lines/3/date /lines/4/name"},
		{csv("date,name\n2026-01-01,A\n\n2026-01-02\n2026-01-03,B,C\n"), "/lines/4 /lines/5"},
		{csv("date,name,half\n2026-01-01,A,perhaps\n"), "/lines/2/half"},
		{csv("date,name\n2026-01-01,A\n2026-01-02,\"B\n"), "/lines/3"},
		{csv("date,name\n" + strings.Repeat("2026-01-01,A\n", mostHolidays+1)), fmt.Sprint("/lines/", mostHolidays+2)},
		{csv("date,name\n2026-01-01," + strings.Repeat("A", nameLimit+1) + "\n"), "/lines/2/name"},
		{File{"text/calendar", "date,name\n2026-01-01,A\n"}, "/lines/1"},
		{ics("DTSTART:20260101T090000Z\nSUMMARY:A"), "/lines/3"},
		{ics("DTSTART;VALUE=DATE:20260101"), "/lines/2/name"},
		{ics("SUMMARY:A"), "/lines/2"},
		{ics("DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20260301\nSUMMARY:A"), "/lines/2"},
		{ics("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=WEEKLY\nSUMMARY:A"), "/lines/4"},
		{ics("DTSTART;VALUE=DATE:20260101\nSUMMARY:A\nEND:VEVENT\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:19690101\nSUMMARY:A"), "/lines/6/date"},
	} {
		_, err := ask(h.ImportHolidays, root, HolidayImport{File: c.file})
		if got := pointers(err); got != c.want {
			t.Errorf("%.60q: faults at %s, want %s", c.file.Text, got, c.want)
		}
	}
	if n := len(must(ask(h.Holidays, ada, HolidayQuery{})).Items); n != 0 {
		t.Errorf("%d holidays were kept", n)
	}
}

func TestAbsencesAreImportedOnce(t *testing.T) {
	h := openHouse(t)
	table := AbsenceImport{Kind: "vacation", File: File{"text/csv", "user,kind,from,to,half,minutes_per_day,note\n" +
		"Ada@exampleco.com,SICK,2026-03-02,2026-03-04,,,flu\nusr_bob,,2026-03-02,,true,,\nusr_bob,,2026-03-03,,,90,\n"}}
	calendar := AbsenceImport{User: "usr_eve", Kind: "other", File: File{"text/calendar", "BEGIN:VCALENDAR\n" +
		"BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260803\nDTEND;VALUE=DATE:20260808\nATTENDEE;CN=\"Ada: L\":mailto:ada@exampleco.com\nCATEGORIES:Blue,Vacation\nEND:VEVENT\n" +
		"BEGIN:VEVENT\nDTSTART;VALUE=DATE:20260803\nEND:VEVENT\nEND:VCALENDAR\n"}}
	for _, in := range []AbsenceImport{table, calendar} {
		dry := in
		dry.DryRun = true
		tried, done, again := must(ask(h.ImportAbsences, root, dry)), must(ask(h.ImportAbsences, root, in)), must(ask(h.ImportAbsences, root, in))
		if tried.told() != done.told() || done.Added != len(done.Lines) || again.Unchanged != len(done.Lines) {
			t.Errorf("tried:\n%s\ndone:\n%s\nagain:\n%s", tried.told(), done.told(), again.told())
		}
	}
	var got []string
	for _, a := range must(ask(h.Absences, root, AbsenceQuery{})).Items {
		minutes := 0
		if a.MinutesPerDay != nil {
			minutes = *a.MinutesPerDay
		}
		got = append(got, fmt.Sprint(a.UserID, " ", *a.Kind, " ", a.From, " ", a.To, " ", a.Half, " ", minutes, " ", a.Note, a.CreatedBy))
	}
	want := "usr_ada vacation 2026-08-03 2026-08-07 false 0 usr_root\nusr_bob vacation 2026-03-02 2026-03-02 true 0 usr_root\n" +
		"usr_bob vacation 2026-03-03 2026-03-03 false 90 usr_root\nusr_eve other 2026-08-03 2026-08-03 false 0 usr_root\n" +
		"usr_ada sick 2026-03-02 2026-03-04 false 0 fluusr_root"
	if diff := cmp.Diff(inLines(want), inLines(strings.Join(got, "\n"))); diff != "" {
		t.Error(diff)
	}
}

// inLines are the lines of a text, each once.
func inLines(text string) map[string]bool {
	lines := map[string]bool{}
	for line := range strings.SplitSeq(text, "\n") {
		lines[line] = true
	}
	return lines
}

func TestAFileOfAbsencesIsImportedWhollyOrNotAtAll(t *testing.T) {
	h := openHouse(t)
	h.absent(ada, NewAbsence{From: "2026-03-02"})
	for _, c := range []struct{ text, want string }{
		{"user,kind,from,to\nada@exampleco.com,sick,2026-01-01,\nnobody@exampleco.com,sick,2026-01-01,\n,sick,2026-01-01,\n", "/lines/4/user"},
		{"user,kind,from,to\nada@exampleco.com,sick,2026-01-01,\nnobody@exampleco.com,sick,2026-01-01,\n", "/lines/3/user"},
		{"user,kind,from,to\nusr_ada,sick,2026-03-01,2026-03-03\nusr_bob,sick,2026-03-01,\nusr_bob,vacation,2026-03-01,\n", "/lines/2/from /lines/4/from"},
		{"user,kind,from,to\nusr_ada,ill,2026-13-01,x\n", "/lines/2/kind /lines/2/from /lines/2/to"},
		{"user,kind,from,minutes_per_day,half\nusr_ada,sick,2026-01-01,1.5,\n", "/lines/2/minutes_per_day /lines/2/minutes_per_day"},
		{"user,kind,from,minutes_per_day,half\nusr_ada,sick,2026-01-01,60,true\n", "/lines/2/minutes_per_day"},
		{"user\nusr_ada\n", "/lines/1"},
		{"user,from\n" + strings.Repeat("usr_ada,2026-01-01\n", mostAbsences+1), ""},
	} {
		_, err := ask(h.ImportAbsences, root, AbsenceImport{File: File{"text/csv", c.text}})
		if got := pointers(err); got != c.want && c.want != "" || err == nil {
			t.Errorf("%.80q: faults at %s, want %s", c.text, got, c.want)
		}
	}
	if n := len(must(ask(h.Absences, root, AbsenceQuery{})).Items); n != 1 {
		t.Errorf("%d absences", n)
	}
}

func FuzzTable(f *testing.F) {
	f.Add("date,name,half\n2026-01-01,A,true\n")
	f.Add("\ufeffname;date\r\n\"a;\n\";2026-01-01\n")
	f.Add("a\tb\n\"")
	f.Fuzz(func(t *testing.T, text string) {
		var c check
		lines := HolidayImport{File: File{"text/csv", text}}.read(&c, 2026)
		if len(lines) > mostHolidays || len(c.fields) > mostMistakes+mostHolidays {
			t.Errorf("%d lines, %d mistakes", len(lines), len(c.fields))
		}
		for _, l := range lines {
			if l.line < 2 || l.line > strings.Count(text, "\n")+1 {
				t.Errorf("line %d of %q", l.line, text)
			}
		}
	})
}
