package trackers

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"punchcard/auth/lang"
)

// Files as each program exports them, in detail.
const (
	togglFile = `User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags,Amount (USD)
Ada Lovelace,ada@example.com,Acme,StoreZero,,Checkout,Yes,2026-03-02,09:00:00,2026-03-02,10:30:12,01:30:12,"review, ux",150.00
Ada Lovelace,ada@example.com,,Internal,,Night shift,No,2026-03-02,23:00:00,2026-03-03,01:00:00,02:00:00,,0
`
	clockifyFile = `"Project","Client","Description","Task","User","Group","Email","Tags","Billable","Start Date","Start Time","End Date","End Time","Duration (h)","Duration (decimal)","Billable Rate (USD)","Billable Amount (USD)"
"StoreZero","Acme","Checkout","Build","Ada Lovelace","","ada@example.com","review","Yes","03/04/2026","09:00:00 AM","03/04/2026","12:15:00 PM","03:15:00","3.25","0.00","0.00"
"Internal","","","","Ada Lovelace","","ada@example.com","","No","03/25/2026","01:00:00 PM","03/25/2026","01:00:20 PM","00:00:20","0.01","0.00","0.00"
`
	harvestFile = `Date,Client,Project,Project Code,Task,Notes,Hours,Billable?,Invoiced?,Approved?,First Name,Last Name,Roles,Employee?,Billable Rate,Billable Amount,Cost Rate,Cost Amount,Currency,External Reference URL
2026-03-02,Acme,StoreZero,SZ,Build,"Two lines,
one note",0.33,Yes,No,No,Ada,Lovelace,"","Yes",100.0,33.0,0.0,0.0,US Dollar - USD,
`
	kimaiFile = `Date,From,To,Duration,Rate,User,Name,Customer,Project,Activity,Description,Exported,Billable,Tags
2026-03-02,09:00,17:30,8:00,640.00,ada,Ada Lovelace,Acme,StoreZero,Build,Checkout,no,yes,"review,ux"
2026-03-03,,,5400,120.00,ada,Ada Lovelace,Acme,StoreZero,Build,,no,no,
`
	ownFile = "\ufeffdate;person;email;project;customer;task;tags;start;end;break_minutes;minutes;hours;billable;state;note;id;user_id;project_id\r\n" +
		"2026-03-02;Ada Lovelace;ada@example.com;StoreZero;Acme;Build;review,ux;09:00;12:45;15;210;3.5;true;approved;'=1+1;" +
		"0199a5c2-7a30-7c1e-8f5b-1c2d3e4f5a6b;usr_1;prj_1\r\n"
)

// sameWords compares sentences by what they say.
var sameWords = cmp.Comparer(func(a, b lang.Sentence) bool { return a.String() == b.String() })

func TestFilesOfEachProgramAreRead(t *testing.T) {
	ada := Line{Person: "Ada Lovelace", Email: "ada@example.com"}
	of := func(l Line, date, project, customer string, minutes int) Line {
		l.Date, l.Project, l.Customer, l.Minutes = date, project, customer, minutes
		return l
	}
	nameless := Line{Person: "Ada Lovelace"}
	for _, c := range []struct {
		format, file string
		want         []Line
	}{
		{"toggl", togglFile, []Line{
			of(ada, "2026-03-02", "StoreZero", "Acme", 90).with(func(l *Line) {
				l.Number, l.Start, l.End, l.Note, l.Tags, l.Billable = 2, "09:00", "10:30", "Checkout", []string{"review", "ux"}, new(true)
				l.Remarks = []lang.Sentence{lang.Say("%d:%02d:%02d is taken as %d minutes", 1, 30, 12, 90)}
			}),
			of(ada, "2026-03-02", "Internal", "", 120).with(func(l *Line) {
				l.Number, l.Note, l.Billable = 3, "Night shift", new(false)
				l.Remarks = []lang.Sentence{lang.Say("it went on past midnight, and is filed on the day when it began")}
			}),
		}},
		{"clockify", clockifyFile, []Line{
			of(ada, "2026-03-04", "StoreZero", "Acme", 195).with(func(l *Line) {
				l.Number, l.Start, l.End, l.Note, l.Task, l.Tags, l.Billable = 2, "09:00", "12:15", "Checkout", "Build", []string{"review"}, new(true)
			}),
			of(ada, "2026-03-25", "Internal", "", 1).with(func(l *Line) {
				l.Number, l.Start, l.End, l.Billable = 3, "13:00", "13:01", new(false)
				l.Remarks = []lang.Sentence{lang.Say("%d:%02d:%02d is taken as %d minutes", 0, 0, 20, 1)}
			}),
		}},
		{"harvest", harvestFile, []Line{
			of(nameless, "2026-03-02", "StoreZero", "Acme", 20).with(func(l *Line) {
				l.Number, l.Task, l.Note, l.Billable = 2, "Build", "Two lines,\none note", new(true)
				l.Remarks = []lang.Sentence{lang.Say("%d:%02d:%02d is taken as %d minutes", 0, 19, 48, 20)}
			}),
		}},
		{"kimai", kimaiFile, []Line{
			of(nameless, "2026-03-02", "StoreZero", "Acme", 480).with(func(l *Line) {
				l.Number, l.Start, l.End, l.BreakMinutes, l.Task, l.Note = 2, "09:00", "17:30", 30, "Build", "Checkout"
				l.Tags, l.Billable = []string{"review", "ux"}, new(true)
			}),
			of(nameless, "2026-03-03", "StoreZero", "Acme", 90).with(func(l *Line) { l.Number, l.Task, l.Billable = 3, "Build", new(false) }),
		}},
		{"punchcard", ownFile, []Line{
			of(ada, "2026-03-02", "StoreZero", "Acme", 210).with(func(l *Line) {
				l.Number, l.Start, l.End, l.BreakMinutes, l.Task, l.Note = 2, "09:00", "12:45", 15, "Build", "=1+1"
				l.Tags, l.Billable = []string{"review", "ux"}, new(true)
				l.ID, l.UserID, l.ProjectID = "0199a5c2-7a30-7c1e-8f5b-1c2d3e4f5a6b", "usr_1", "prj_1"
			}),
		}},
	} {
		for _, named := range []string{"", c.format} {
			f, err := Read(c.file, Options{Format: named, Most: 10})
			if err != nil || f.Format != c.format || len(f.Mistakes) > 0 {
				t.Errorf("%s: %v, taken as %s, with %v", c.format, err, f.Format, f.Mistakes)
			}
			if diff := cmp.Diff(c.want, f.Lines, sameWords); diff != "" {
				t.Errorf("%s: %s", c.format, diff)
			}
		}
	}
}

func (l Line) with(set func(*Line)) Line {
	set(&l)
	return l
}

func TestDaysAreReadInOneOrder(t *testing.T) {
	file := func(days ...string) string {
		return "date,minutes,project\n" + strings.Join(days, ",60,P\n") + ",60,P\n"
	}
	for _, c := range []struct {
		days        []string
		order, want string
	}{
		{[]string{"2026-03-04", "2026/3/5"}, "", "2026-03-04 2026-03-05"},
		{[]string{"04.03.2026", "4.3.2026"}, "", "2026-03-04 2026-03-04"},
		{[]string{"03/04/2026"}, "", "could have the day or the month first"},
		{[]string{"03/04/2026"}, "dmy", "2026-04-03"},
		{[]string{"03/04/2026"}, "mdy", "2026-03-04"},
		{[]string{"03/04/2026", "25/04/2026"}, "", "2026-04-03 2026-04-25"},
		{[]string{"03/04/2026", "04/25/2026"}, "", "2026-03-04 2026-04-25"},
		{[]string{"13/04/2026", "04/25/2026"}, "", "written in two ways"},
		{[]string{"05/05/2026"}, "", "2026-05-05"},
		{[]string{"2024-02-29 09:00:00"}, "", "2024-02-29"},
		{[]string{"2026-02-29"}, "", "/date is a day that the calendar doesn't have"},
		{[]string{"1969-12-31"}, "", "from before 1970"},
		{[]string{"yesterday"}, "", "must be a day such as"},
		{[]string{"25/13/2026"}, "dmy", "doesn't have"},
	} {
		f, err := Read(file(c.days...), Options{DateOrder: c.order, Most: 10})
		var got []string
		for _, l := range f.Lines {
			got = append(got, l.Date)
		}
		for _, m := range f.Mistakes {
			got = append(got, "/"+m.Column+" "+m.Detail.String())
		}
		if err != nil {
			got = []string{err.Error()}
		}
		if all := strings.Join(got, " "); !strings.Contains(all, c.want) {
			t.Errorf("%v as %q: %s, want %s", c.days, c.order, all, c.want)
		}
	}
}

func TestWhatCannotBeReadIsNamed(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{"", "the file is empty"},
		{"a,b\n1,2\n", "names no columns that are known"},
		{"date,minutes\n\"2026", "line 2 is no CSV"},
		{"date,minutes\n2026-03-04,many\n", "2 minutes must be a whole number"},
		{"date,minutes\n2026-03-04,1441\n", "2 minutes must be a whole number"},
		{"date,hours\n2026-03-04,long\n", "2 hours must be a duration"},
		{"date,hours\n2026-03-04,1:x\n", "2 hours must be a duration"},
		{"date,hours\n2026-03-04,\n", "2 minutes is needed"},
		{"date,start,end\n2026-03-04,9,10:00\n", "2 start must be a time"},
		{"date,minutes,billable\n2026-03-04,60,perhaps\n\n2026-03-05,60,yes\n", "2 billable must be yes or no"},
		{strings.Replace(togglFile, "01:30:12", "00:00:00", 1), "2 Duration is nothing"},
		{"date,minutes\n1,1\n1,1\n1,1\n1,1\n", "more than 3 lines"},
	} {
		f, err := Read(c.file, Options{Most: 3})
		got := ""
		if said, ok := errors.AsType[Error](err); ok {
			got = said.Error()
		}
		for _, m := range f.Mistakes {
			got += " " + string(rune('0'+m.Line)) + " " + orMinutes(m.Column) + " " + m.Detail.String()
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("%q: %s, want %s", c.file, got, c.want)
		}
	}
	if _, err := Read(togglFile, Options{Format: "kimai", Most: 3}); err == nil || !strings.Contains(err.Error(), "a file of kimai") {
		t.Errorf("Toggl's as Kimai's: %v", err)
	}
}

// orMinutes names the column that isn't there.
func orMinutes(column string) string {
	if column == "" {
		return "minutes"
	}
	return column
}

func FuzzRead(f *testing.F) {
	for _, file := range []string{togglFile, clockifyFile, harvestFile, kimaiFile, ownFile} {
		f.Add(file, "", "dmy")
	}
	f.Fuzz(func(t *testing.T, text, format, order string) {
		read, err := Read(text, Options{Format: format, DateOrder: order, Most: 100})
		if err != nil {
			return
		}
		if len(read.Lines)+len(read.Mistakes) > 100*20 {
			t.Errorf("%d lines, %d mistakes", len(read.Lines), len(read.Mistakes))
		}
		for _, l := range read.Lines {
			if l.Number < 2 || len(l.Date) != len("2026-03-04") || (l.Start == "") != (l.End == "") && read.Format != "punchcard" {
				t.Errorf("%+v", l)
			}
		}
	})
}
