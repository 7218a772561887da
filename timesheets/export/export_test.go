package export

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 9, 28, 12, 0, 0, 0, time.UTC)

// rowOf is a row with a note.
func rowOf(note string) Row {
	return Row{
		ID: "0199a5c2-7a30-7c1e-8f5b-1c2d3e4f5a6b", UserID: "usr_1", Person: "Łukasz Müller", Email: "l@example.com", Date: "2026-09-21",
		Start: new("09:00"), End: new("24:00"), BreakMinutes: 15, Minutes: 885, ProjectID: "prj_1", Project: "StoreZero", Customer: "Acme",
		Task: "Build", Tags: []string{"review", "ux"}, Note: note, Billable: true, State: "approved", ApprovedBy: new("usr_3"),
		Approver: "Mia Chen", ApprovedAt: &noon, PeriodID: "per_1", Revision: 3, CreatedAt: noon, UpdatedAt: noon.Add(time.Hour),
		Shown: map[string]string{"note": note},
	}
}

// written is a file of rows with the notes.
func written(t *testing.T, format string, o Options, notes ...string) []byte {
	t.Helper()
	var file bytes.Buffer
	w := Formats[format].New(&file, o)
	for _, note := range notes {
		if err := w.Row(rowOf(note)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// dangerous is what spreadsheets have been attacked with, and what it must become.
var dangerous = map[string]string{
	"=1+1":                       "'=1+1",
	`=cmd|' /C calc'!A0`:         `'=cmd|' /C calc'!A0`,
	`=HYPERLINK("http://x","y")`: `'=HYPERLINK("http://x","y")`,
	"+1":                         "'+1",
	"-2+3":                       "'-2+3",
	"@SUM(A1)":                   "'@SUM(A1)",
	"\t=1":                       "'\t'=1",
	"＝1+1":                       "'＝1+1",
	"＋1":                         "'＋1",
	"－1":                         "'－1",
	"＠x":                         "'＠x",
	"x;=1+1":                     "x;'=1+1",
	"x,=1+1":                     "x,'=1+1",
	"x|@y":                       "x|'@y",
	"x\n=1+1":                    "x\n'=1+1",
	"x\r=1+1":                    "x\n'=1+1",
	`x";"=1`:                     `x";"'=1`,
	` =1`:                        ` '=1`,
	`"=1`:                        `"'=1`,
	"'=1":                        "''=1",
	"''=1":                       "'''=1",
	"it's = 1":                   "it's = 1",
	"a-b, c=d@e":                 "a-b, c=d@e",
	"'quoted'":                   "'quoted'",
	"":                           "",
}

func TestNoCellOfCSVIsAFormula(t *testing.T) {
	for text, want := range dangerous {
		row := rowOf(text)
		row.Person, row.Project, row.Customer, row.Task, row.Approver, row.Email = text, text, text, text, text, text
		row.Tags = []string{"a", text}
		var file bytes.Buffer
		w := newCSV(&file, Options{})
		if err := errors.Join(w.Row(row), w.Close()); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&file).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"note", "person", "project", "customer", "task", "approver", "email", "tags"} {
			got, want := rows[1][slices.Index(rows[0], name)], want
			if name == "tags" {
				want = Guard("a," + lineFeeds.Replace(text))
			}
			if got != want {
				t.Errorf("%s %q became %q, not %q", name, text, got, want)
			}
		}
	}
}

func FuzzUnguard(f *testing.F) {
	for text := range dangerous {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "?")
		guarded := Guard(text)
		if got := Unguard(guarded); got != text {
			t.Errorf("%q was guarded as %q, which is read as %q", text, guarded, got)
		}
		for cell := range strings.FieldsFuncSeq(guarded, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
			if bare := strings.TrimLeft(cell, skipped); bare != "" && strings.ContainsRune(formulas, []rune(bare)[0]) {
				t.Errorf("%q was guarded as %q, with a cell %q", text, guarded, cell)
			}
		}
		Unguard(text) // what nobody guarded is read, too
	})
}

func TestCSVIsAsRFC4180HasIt(t *testing.T) {
	notes := []string{"two\r\nlines", `a "quotation", with a comma`, "Ευα Иван", ""}
	file := written(t, "csv", Options{}, notes...)
	if bytes.Contains(bytes.ReplaceAll(file, []byte("\r\n"), nil), []byte("\n")) {
		t.Error("a line doesn't end in CR LF")
	}
	rows, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Columns(), rows[0]); diff != "" {
		t.Error(diff)
	}
	want := []string{"2026-09-21", "Łukasz Müller", "l@example.com", "StoreZero", "Acme", "Build", "review,ux", "09:00", "24:00", "15",
		"885", "14.75", "true", "approved", "usr_3", "Mia Chen", "2026-09-28T12:00:00Z", "", "0199a5c2-7a30-7c1e-8f5b-1c2d3e4f5a6b",
		"usr_1", "prj_1", "per_1"}
	for i, note := range notes {
		want[17] = lineFeeds.Replace(note)
		if diff := cmp.Diff(want, rows[i+1]); diff != "" {
			t.Error(diff)
		}
	}
	marked := written(t, "csv", Options{BOM: true}, notes...)
	if !bytes.Equal(marked, append([]byte("\xEF\xBB\xBF"), file...)) {
		t.Error("with a BOM it isn't the same behind that")
	}
	if empty := string(written(t, "csv", Options{})); empty != strings.Join(Columns(), ",")+"\r\n" {
		t.Errorf("without rows it is %q", empty)
	}
}

func TestJSONIsWhatTheAPIShows(t *testing.T) {
	for _, notes := range [][]string{{}, {"a"}, {"<b>", "c\u2028", "Ευα"}} {
		var got []map[string]string
		if err := json.Unmarshal(written(t, "json", Options{}, notes...), &got); err != nil {
			t.Fatal(err)
		}
		want := []map[string]string{}
		for _, note := range notes {
			want = append(want, map[string]string{"note": note})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

// cell is one of a sheet, as its XML has it.
type cell struct {
	Place   string    `xml:"r,attr"`
	Kind    string    `xml:"t,attr"`
	Style   int       `xml:"s,attr"`
	Value   string    `xml:"v"`
	Text    string    `xml:"is>t"`
	Formula *struct{} `xml:"f"`
}

type sheetXML struct {
	Pane struct {
		Split int    `xml:"ySplit,attr"`
		State string `xml:"state,attr"`
	} `xml:"sheetViews>sheetView>pane"`
	Rows []struct {
		Cells []cell `xml:"c"`
	} `xml:"sheetData>row"`
	Filter struct {
		Ref string `xml:"ref,attr"`
	} `xml:"autoFilter"`
}

// unzipped are the parts of a workbook, each of which must be well-formed.
func unzipped(t *testing.T, file []byte) map[string][]byte {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string][]byte{}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if parts[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		d := xml.NewDecoder(bytes.NewReader(parts[f.Name]))
		for {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			if start, ok := token.(xml.StartElement); ok && start.Name.Local == "f" {
				t.Errorf("%s has a formula", f.Name)
			}
		}
	}
	return parts
}

func readSheet(t *testing.T, part []byte) (s sheetXML) {
	t.Helper()
	if err := xml.Unmarshal(part, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWorkbookHasTypedCellsAndNoFormula(t *testing.T) {
	notes := slices.Sorted(func(yield func(string) bool) {
		for text := range dangerous {
			if !yield(text) {
				return
			}
		}
	})
	notes = append(notes, "_x0041_ <b>&amp;", "Ευα\nИван", strings.Repeat("long ", 400))
	parts := unzipped(t, written(t, "xlsx", Options{}, notes...))
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"} {
		if parts[name] == nil {
			t.Errorf("%s is missing", name)
		}
	}
	s := readSheet(t, parts["xl/worksheets/sheet1.xml"])
	if s.Pane.Split != 1 || s.Pane.State != "frozen" || s.Filter.Ref != fmt.Sprintf("A1:V%d", len(notes)+1) {
		t.Errorf("%+v %+v", s.Pane, s.Filter)
	}
	for i, c := range s.Rows[0].Cells {
		if c.Text != columns[i].name || c.Kind != "inlineStr" || c.Style != headStyle {
			t.Errorf("head: %+v", c)
		}
	}
	for i, note := range notes {
		cells := map[string]cell{}
		for _, c := range s.Rows[i+1].Cells {
			cells[strings.TrimRight(c.Place, "0123456789")] = c
		}
		want := strings.ReplaceAll(lineFeeds.Replace(note), "_x0041_", "_x005F_x0041_")
		if c := cells["R"]; c.Text != want || (c.Kind != "inlineStr" && note != "") {
			t.Errorf("%q: %+v", note, c)
		}
		for place, want := range map[string]cell{
			"A": {Style: dayStyle, Value: "46286"}, "H": {Style: clockStyle, Value: "0.375"}, "I": {Style: clockStyle, Value: "1"},
			"K": {Value: "885"}, "L": {Style: hoursStyle, Value: "14.75"}, "M": {Kind: "b", Value: "1"},
			"Q": {Style: instantStyle, Value: "46293.5"},
		} {
			want.Place = fmt.Sprintf("%s%d", place, i+2)
			if diff := cmp.Diff(want, cells[place]); diff != "" {
				t.Error(diff)
			}
		}
	}
}

func TestWorkbookHasTotalsByProject(t *testing.T) {
	var file bytes.Buffer
	w := newXLSX(&file, Options{})
	for i, project := range []string{"Beta", "Alpha", "Beta"} {
		r := rowOf("")
		r.Project, r.ProjectID, r.Minutes, r.Billable = project, project, 60*(i+1), i > 0
		if err := w.Row(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	s := readSheet(t, unzipped(t, file.Bytes())["xl/worksheets/sheet2.xml"])
	var got []string
	for _, row := range s.Rows {
		var words []string
		for _, c := range row.Cells {
			words = append(words, c.Text+c.Value)
		}
		got = append(got, strings.Join(words, " "))
	}
	want := []string{"project customer entries minutes hours billable_hours", "Alpha Acme 1 120 2 2", "Beta Acme 2 240 4 3", "Total 3 360 6 5"}
	if diff := cmp.Diff(want, got); diff != "" || s.Filter.Ref != "A1:F3" {
		t.Errorf("%s %s", diff, s.Filter.Ref)
	}
}

func TestSheetThatIsFullIsRefused(t *testing.T) {
	b := newXLSX(io.Discard, Options{}).(*workbook)
	if err := b.begin(); err != nil {
		t.Fatal(err)
	}
	b.rows = maxRows - 1
	if err := b.Row(rowOf("")); err != nil {
		t.Error(err)
	}
	if err := b.Row(rowOf("")); err == nil {
		t.Error("it took a row more than a sheet has")
	}
}

// heap is how many bytes of objects there are.
func heap() int64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64())
}

// measured counts what is written, and remembers how large the heap was at most.
type measured struct{ bytes, peak int64 }

func (m *measured) Write(p []byte) (int, error) {
	m.bytes += int64(len(p))
	m.peak = max(m.peak, heap())
	return len(p), nil
}

func TestLongFilesTakeLittleMemory(t *testing.T) {
	const sheet = 200 // rows of each sheet
	for format, f := range Formats {
		runtime.GC()
		before, m := heap(), &measured{}
		row := rowOf("Checkout, second round: what happens when the card is declined")
		var err error
		if f.New == nil {
			w := NewPDF(m, "a4", Options{})
			for i := range longFile {
				if i%sheet == 0 {
					err = errors.Join(err, w.Begin(Sheet{Person: "Ada", Title: "Week", Start: "2026-09-21", End: "2026-09-27", State: "open"}))
				}
				err = errors.Join(err, w.Row(row))
			}
			err = errors.Join(err, w.Close())
		} else {
			w := f.New(m, Options{})
			for range longFile {
				err = errors.Join(err, w.Row(row))
			}
			err = errors.Join(err, w.Close())
		}
		if grown := m.peak - before; err != nil || grown > 32<<20 || m.bytes < longFile {
			t.Errorf("%s of %d bytes: the heap grew by %d; %v", format, m.bytes, grown, err)
		}
	}
}
