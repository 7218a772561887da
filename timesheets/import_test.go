package timesheets

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/timesheets/trackers"
)

func csvFile(text string) File { return File{Media: "text/csv", Text: text} }

// theirs is how many entries a person has, and how long they are.
func (h house) theirs(of auth.Caller) string {
	h.t.Helper()
	total := 0
	page := must(ask(h.Entries, of, EntryQuery{UserID: of.User, Paging: Paging{Limit: pageMost}}))
	for _, e := range page.Items {
		total += e.Minutes
	}
	return fmt.Sprintf("%d entries, %s", len(page.Items), asHours(total))
}

const adasFile = `date,project,task,tags,start,end,hours,note,billable
2026-03-02,StoreZero,Build,"ux,review",09:00,10:30,1.5,"=HYPERLINK(""x"")",yes
2026-03-02,Internal,,,,,0.5,,
2026-03-02,Internal,,,,,0.5,,
2026-03-11,StoreZero,Review,,,,2,Checkout,no
`

func TestAFileIsImportedOnceHoweverOftenItComes(t *testing.T) {
	h := openHouse(t)
	dry := must(ask(h.Import, ada, TimeImport{File: csvFile(adasFile), DryRun: true}))
	if dry.Added != 4 || dry.Refused != 0 || h.theirs(ada) != "0 entries, 0:00" {
		t.Errorf("a dry run came to %+v, and Ada has %s", dry, h.theirs(ada))
	}
	done := must(ask(h.Import, ada, TimeImport{File: csvFile(adasFile)}))
	if done.Added != 4 || done.Format != "punchcard" || h.theirs(ada) != "4 entries, 4:30" {
		t.Errorf("it came to %+v, and Ada has %s", done, h.theirs(ada))
	}
	page := must(ask(h.Entries, ada, EntryQuery{Q: "HYPERLINK"}))
	first := page.Items[0]
	if first.Minutes != 90 || *first.Start != "09:00" || !first.Billable || len(first.Tags) != 2 || first.State != Draft || first.Source != "phone" {
		t.Errorf("it was recorded as %+v", first)
	}
	if err := h.Remove(t.Context(), ada, EntryRef{ID: first.ID}); err != nil {
		t.Fatal(err)
	}
	longer := adasFile + "2026-03-02,Internal,,,,,0.5,,\n2026-03-12,StoreZero,Review,,,,1,,no\n"
	again := must(ask(h.Import, ada, TimeImport{File: csvFile(longer)}))
	if again.Added != 2 || again.Unchanged != 4 || h.theirs(ada) != "5 entries, 4:30" {
		t.Errorf("again it came to %+v, and Ada has %s", again, h.theirs(ada))
	}
	p := must(ask(h.PeriodOn, ada, PeriodDay{ada.User, "2026-03-02"}))
	if p.Minutes != 90 || p.Entries != 3 {
		t.Errorf("the week has %d entries of %d minutes", p.Entries, p.Minutes)
	}
}

func TestAnImportIsDoneWhollyOrNotAtAll(t *testing.T) {
	h := openHouse(t)
	h.record(ada, h.hour("2026-03-05"))
	must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: "per_2026-03-02_usr_ada"}}))
	file := `date,minutes,project,email
2026-02-02,60,StoreZero,
2026-02-03,1440,StoreZero,ada@exampleco.com
2026-02-03,1,StoreZero,
2026-02-04,60,Nowhere,
2026-02-05,60,Apollo,
2026-03-03,60,StoreZero,
2026-02-06,60,StoreZero,bob@exampleco.com
2026-02-07,60,,
2026-02-08,x,StoreZero,
2026-02-30,60,StoreZero,
`
	want := []string{
		"2 added 2026-02-02 1:00 StoreZero", "3 added", "4 refused 2026-02-03 0:01 StoreZero: minutes 2026-02-03 has 24:00 of 24 hours",
		`5 refused 2026-02-04 1:00 Nowhere: project "Nowhere" is no project here; ask an administrator`, "6 refused", "7 refused",
		`8 refused 2026-02-06 1:00 StoreZero: email "bob@exampleco.com" isn't you`, "9 refused", "10 refused minutes must be a whole number",
		"11 refused date is a day that the calendar doesn't have",
	}
	dry := must(ask(h.Import, ada, TimeImport{File: csvFile(file), DryRun: true}))
	for i, line := range dry.Lines {
		if got := fmt.Sprintf("%d %s %s", line.Line, line.Outcome, line.Text); !strings.HasPrefix(got, want[i]) {
			t.Errorf("%s, want %s", got, want[i])
		}
	}
	if len(dry.Lines) != len(want) || dry.Refused != 8 || dry.Added != 2 {
		t.Errorf("it came to %+v", dry)
	}
	before := h.theirs(ada)
	_, err := ask(h.Import, ada, TimeImport{File: csvFile(file)})
	refused(t, err, ValidationFailed, "/lines/4/minutes", "/lines/5/project", "/lines/6/project_id", "/lines/7", "/lines/8/email",
		"/lines/9/project", "/lines/10/minutes", "/lines/11/date")
	if after := h.theirs(ada); after != before {
		t.Errorf("she had %s, and has %s", before, after)
	}
}

func TestOthersTimeIsImportedByAdministratorsAndApplications(t *testing.T) {
	h := openHouse(t)
	file := "date,minutes,project,person,email\n2026-03-02,60,StoreZero,Ada Lovelace,\n2026-03-02,60,StoreZero,,BOB@exampleco.com\n"
	for _, by := range []auth.Caller{ada, mia} {
		_, err := ask(h.Import, by, TimeImport{File: csvFile(file)})
		refused(t, err, ValidationFailed, "isn't you")
	}
	if done := must(ask(h.Import, payroll, TimeImport{File: csvFile(file)})); done.Added != 2 {
		t.Errorf("it came to %+v", done)
	}
	if done := must(ask(h.Import, root, TimeImport{File: csvFile(file)})); done.Unchanged != 2 {
		t.Errorf("again it came to %+v", done)
	}
	_, err := ask(h.Import, payroll, TimeImport{File: csvFile("date,minutes,project\n2026-03-02,60,StoreZero\n")})
	refused(t, err, ValidationFailed, "/lines/2/email is needed")
	_, err = ask(h.Import, root, TimeImport{File: csvFile("date,minutes,project,person\n2026-03-02,60,StoreZero,Nobody\n")})
	refused(t, err, ValidationFailed, `/lines/2/person "Nobody" is nobody here`)
}

func TestMissingProjectsAreCreatedByAdministrators(t *testing.T) {
	h := openHouse(t)
	file := "date,minutes,project,customer,email\n2026-03-02,60,Zeppelin,Acme,ada@exampleco.com\n2026-03-03,60,Zeppelin,Acme,ada@exampleco.com\n"
	_, err := ask(h.Import, ada, TimeImport{File: csvFile(file), CreateProjects: true})
	refused(t, err, Forbidden, "only an administrator")
	_, err = ask(h.Import, root, TimeImport{File: csvFile(file)})
	refused(t, err, ValidationFailed, "create_projects=true would make it")
	done := must(ask(h.Import, root, TimeImport{File: csvFile(file), CreateProjects: true}))
	if done.Added != 2 || strings.Join(done.Projects, " ") != "Zeppelin" || h.project("Zeppelin") == "" {
		t.Errorf("it came to %+v", done)
	}
	byDefault := must(ask(h.Import, ada, TimeImport{File: csvFile("date,minutes\n2026-03-04,60\n"), ProjectID: h.project("Internal")}))
	if byDefault.Added != 1 {
		t.Errorf("without a project it came to %+v", byDefault)
	}
}

// What is exported can be imported where it came from, which changes nothing, and by a company that has none of it.
func TestAnExportCanBeImported(t *testing.T) {
	h := openHouse(t)
	n := h.hour("2026-03-02")
	n.Note, n.Tags, n.Task = "=1+1\n\"quoted\", Übung", []string{"ux", "@home"}, "-Build"
	was := h.record(ada, n)
	var file strings.Builder
	x := must(ask(h.Export, ada, ExportQuery{Format: "csv"}))
	if err := x.Write(&file); err != nil {
		t.Fatal(err)
	}
	if done := must(ask(h.Import, ada, TimeImport{File: csvFile(file.String())})); done.Unchanged != 1 || done.Added != 0 {
		t.Errorf("at home it came to %+v", done)
	}
	other := openHouse(t)
	if done := must(ask(other.Import, ada, TimeImport{File: csvFile(file.String())})); done.Added != 1 {
		t.Errorf("elsewhere it came to %+v", done)
	}
	got := must(ask(other.Entry, ada, EntryRef{ID: was.ID}))
	if got.Note != was.Note || got.Task != was.Task || strings.Join(got.Tags, "|") != "ux|@home" || got.Minutes != was.Minutes || got.ID != was.ID {
		t.Errorf("it was %+v and is %+v", was, got)
	}
	// The id of somebody else's entry neither shows nor touches it.
	stolen := fmt.Sprintf("id,date,minutes,project\n%s,2026-03-02,1,StoreZero\n", was.ID)
	_, err := ask(h.Import, eve, TimeImport{File: csvFile(stolen)})
	refused(t, err, ValidationFailed, "/lines/2/id is taken")
}

func TestOneFileSentByManyAtOnceIsImportedOnce(t *testing.T) {
	h := openHouse(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := h.Import(context.Background(), ada, TimeImport{File: csvFile(adasFile)}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := h.theirs(ada); got != "4 entries, 4:30" {
		t.Errorf("she has %s", got)
	}
}

func TestAnImportIsChecked(t *testing.T) {
	h := openHouse(t)
	for want, i := range map[string]TimeImport{
		"format date_order project_id /lines": {Format: "excel", DateOrder: "ymd", ProjectID: "a\nb"},
		"/lines":                              {File: File{Text: "date\xff"}},
	} {
		if got := pointers(i.Validate()); got != want {
			t.Errorf("%+v: faults at %s", i, got)
		}
	}
	var long strings.Builder
	long.WriteString("date,minutes,project\n")
	for range mostImported + 1 {
		long.WriteString("2026-03-02,1,StoreZero\n")
	}
	for text, words := range map[string]string{long.String(): "send it in parts", "a,b\n1,2\n": "names no columns that are known"} {
		_, err := ask(h.Import, ada, TimeImport{File: csvFile(text)})
		refused(t, err, ValidationFailed, "/lines", words)
	}
}

// Who doesn't see a project must not learn by a file that it is there.
func TestAFileTellsNothingOfProjectsThatOneDoesNotSee(t *testing.T) {
	h := openHouse(t)
	h.make(NewProject{Name: "Merger", MembersOnly: true})
	words := func(project string) string {
		t.Helper()
		_, err := ask(h.Import, eve, TimeImport{File: csvFile("date,project,hours\n2026-03-02," + project + ",1\n")})
		f, ok := errors.AsType[*Fault](err)
		if !ok {
			t.Fatalf("%s: %v", project, err)
		}
		return strings.ReplaceAll(asJSON(f), project, "X")
	}
	if hidden, none := words("Merger"), words("Nothing"); hidden != none {
		t.Errorf("of a hidden project it says %s, of none %s", hidden, none)
	}
	h.make(NewProject{Name: "Same"})
	renamed := h.make(NewProject{Name: "Other", MembersOnly: true})
	if _, err := ask(h.ChangeProject, root, ProjectChange{ID: renamed.ID, Revision: &renamed.Revision, Name: patch("Same")}); err == nil {
		done, err := ask(h.Import, eve, TimeImport{File: csvFile("date,project,hours\n2026-03-02,Same,1\n")})
		if err != nil || done.Added != 1 {
			t.Errorf("beside a hidden one of the same name: %+v %v", done, err)
		}
	}
}

func TestNoTimeIsImportedForWhoHasLeft(t *testing.T) {
	h := openHouse(t)
	for _, by := range []auth.Caller{root, payroll} {
		_, err := ask(h.Import, by, TimeImport{File: csvFile("date,project,hours,email\n2026-03-02,Internal,1,gone@exampleco.com\n")})
		refused(t, err, ValidationFailed, "can't sign in any more")
	}
}

func TestAnImportThatCantLookThingsUpBlamesNoLine(t *testing.T) {
	h := openHouse(t)
	var over *gorm.DB
	if err := h.db.Write(t.Context(), func(tx *gorm.DB) error { over = tx; return nil }); err != nil {
		t.Fatal(err)
	}
	for what, l := range map[string]trackers.Line{
		"a person":  {Number: 2, Email: "bob@example.com", ProjectID: "prj_x", Date: "2026-03-02", Minutes: 60},
		"a project": {Number: 2, Project: "StoreZero", Date: "2026-03-02", Minutes: 60},
	} {
		in := newIntake(h.Service, over, root, TimeImport{})
		err := in.take(t.Context(), trackers.File{Lines: []trackers.Line{l}})
		if _, said := errors.AsType[*Fault](err); err == nil || said || in.done.Refused > 0 {
			t.Errorf("without an answer about %s it came to %v, %+v", what, err, in.done)
		}
	}
}

func TestADryRunWithinAnotherWriteTakesBackItselfAlone(t *testing.T) {
	h := openHouse(t)
	err := h.db.Write(t.Context(), func(tx *gorm.DB) error {
		ctx := within(t.Context(), tx)
		one := csvFile("date,hours,project\n2026-03-12,1,Internal\n")
		if _, err := h.Import(ctx, ada, TimeImport{File: one}); err != nil {
			return err
		}
		_, err := h.Import(ctx, ada, TimeImport{File: csvFile(adasFile), DryRun: true})
		return err
	})
	if err != nil || h.theirs(ada) != "1 entries, 1:00" {
		t.Errorf("%v, and Ada has %s", err, h.theirs(ada))
	}
}
