package export

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// read is a PDF as a reader finds it: by the table at its end.
type read struct {
	t       *testing.T
	file    []byte
	objects []string // by their number
}

var (
	startxref = regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`)
	number    = regexp.MustCompile(`(\d+) 0 R`)
	shown     = regexp.MustCompile(`/([RB]) [\d.]+ Tf [-\d.]+ [-\d.]+ Td <([0-9A-F]*)> Tj`)
	character = regexp.MustCompile(`<([0-9A-F]{4})><([0-9A-F]{4})>`)
)

func readPDF(t *testing.T, file []byte) read {
	t.Helper()
	p := read{t: t, file: file, objects: []string{""}}
	found := startxref.FindSubmatch(file)
	if !bytes.HasPrefix(file, []byte("%PDF-1.7\n")) || found == nil {
		t.Fatalf("no PDF: %.20q", file)
	}
	at, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	var count int
	fmt.Sscanf(string(file[at:]), "xref\n0 %d\n", &count)
	table := file[at+bytes.IndexByte(file[at:], '\n')+1:]
	table = table[bytes.IndexByte(table, '\n')+1:]
	for i := 1; i < count; i++ {
		place, err := strconv.Atoi(string(table[20*i : 20*i+10]))
		if err != nil {
			t.Fatal(err)
		}
		text, isObject := strings.CutPrefix(string(file[place:]), fmt.Sprintf("%d 0 obj\n", i))
		if !isObject {
			t.Fatalf("object %d isn't at %d: %.20q", i, place, file[place:])
		}
		p.objects = append(p.objects, text[:strings.Index(text, "\nendobj\n")])
	}
	return p
}

// object is the one that the other points to under the name.
func (p read) object(from, name string) string {
	p.t.Helper()
	_, after, ok := strings.Cut(from, name)
	if !ok {
		p.t.Fatalf("no %s in %.200q", name, from)
	}
	return p.objects[p.number(after)]
}

func (p read) number(text string) int {
	n, err := strconv.Atoi(number.FindStringSubmatch(text)[1])
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

func (p read) unpacked(object string) string {
	p.t.Helper()
	_, data, _ := strings.Cut(object, ">>stream\n")
	r, err := zlib.NewReader(strings.NewReader(data))
	if err != nil {
		p.t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}

// pages is what one can read on each page, line by line.
func (p read) pages() (all []string) {
	p.t.Helper()
	tree := p.objects[pagesObject]
	fonts := map[string]map[string]string{}
	for _, name := range []string{"R", "B"} {
		font := p.object(p.objects[resourcesObject], "/"+name)
		fonts[name] = map[string]string{}
		for _, pair := range character.FindAllStringSubmatch(p.unpacked(p.object(font, "/ToUnicode")), -1) {
			code, err := strconv.ParseUint(pair[2], 16, 16)
			if err != nil {
				p.t.Fatal(err)
			}
			fonts[name][pair[1]] = string(rune(code))
		}
	}
	for _, kid := range number.FindAllString(tree[strings.Index(tree, "/Kids"):], -1) {
		page, text := p.objects[p.number(kid)], ""
		for _, content := range number.FindAllString(page[strings.Index(page, "/Contents"):], -1) {
			for _, line := range shown.FindAllStringSubmatch(p.unpacked(p.objects[p.number(content)]), -1) {
				for i := 0; i < len(line[2]); i += 4 {
					text += fonts[line[1]][line[2][i:i+4]]
				}
				text += "\n"
			}
		}
		all = append(all, text)
	}
	return all
}

// signed is a PDF of sheets, each with so many rows.
func signed(t *testing.T, paper string, sheets []Sheet, rows ...Row) []byte {
	t.Helper()
	var file bytes.Buffer
	w := NewPDF(&file, paper, Options{Title: "timesheets Łukasz", Made: noon})
	for _, sheet := range sheets {
		if err := w.Begin(sheet); err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			if err := w.Row(row); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func sheetOf(person string) Sheet {
	return Sheet{
		Organization: "ExampleCo", Person: person, Title: "Week of 21 September 2026", Start: "2026-09-21", End: "2026-09-27",
		State: "approved", Minutes: 885, Shown: 885, BillableMinutes: 885, ExpectedMinutes: 2400, MissingMinutes: 1515,
		Submission: &Submission{noon, "Łukasz Müller", "all of it", "sha256:0123456789abcdef0123"},
		Decision:   &Decision{true, noon, "Mia Chen", "Ben Otto", "thanks"},
	}
}

func TestSheetSaysAllThatIsSigned(t *testing.T) {
	other := rowOf("Checkout")
	other.Approver, other.Project, other.ProjectID, other.Billable, other.Minutes = "Root", "Internal", "prj_2", false, 15
	pages := readPDF(t, signed(t, "a4", []Sheet{sheetOf("Łukasz Müller Ευα Иван")}, rowOf("Κείμενο и текст"), other)).pages()
	if len(pages) != 1 {
		t.Fatalf("%d pages", len(pages))
	}
	for _, want := range []string{
		"ExampleCo", "Łukasz Müller Ευα Иван", "14:45", "of 40:00 expected · 25:15 missing", "Week of 21 September 2026",
		"Monday 21 – Sunday 27 September 2026", "Approved", "Mon 21 Sep", "StoreZero", "Build · review, ux", "Κείμενο и текст", "09:00 – 24:00",
		"15:00", "Acme", "Total", "by Łukasz Müller on 28 September 2026, 12:00 UTC, digest sha256:0123456789abcdef…", "“all of it”",
		"by Mia Chen on behalf of Ben Otto on 28 September 2026, 12:00 UTC", "“thanks”", "Some lines were approved by Root",
		"Date, signature: Approver", "Page 1 of 1",
	} {
		if !strings.Contains(pages[0], want+"\n") {
			t.Errorf("it doesn't say %q:\n%s", want, pages[0])
		}
	}
}

func TestSheetThatIsAnExcerptSaysSo(t *testing.T) {
	sheet := sheetOf("Ada")
	sheet.Minutes, sheet.State, sheet.Submission, sheet.Decision = 2000, "open", nil, nil
	row := rowOf("")
	row.State, row.Comment = "rejected", "Monday was a holiday"
	text := readPDF(t, signed(t, "letter", []Sheet{sheet}, row)).pages()[0]
	for want, is := range map[string]bool{"An excerpt: 14:45 of 33:20 hours": true, "Not submitted": true,
		"Change requested: Monday was a": true, "Approved": false, "Submitted": false, "missing": false} {
		if strings.Contains(text, want) != is {
			t.Errorf("%q: %v\n%s", want, !is, text)
		}
	}
}

func TestSheetsBreakOverPagesThatAreCounted(t *testing.T) {
	var rows []Row
	for i := range 100 {
		row := rowOf(fmt.Sprintf("line %d of a hundred", i))
		row.Date = noon.AddDate(0, 0, i/5).Format("2006-01-02")
		rows = append(rows, row)
	}
	rows[50].Note = strings.Repeat("a line\n", 200) + strings.Repeat("x", 2000)
	file := readPDF(t, signed(t, "letter", []Sheet{sheetOf("Ada"), sheetOf("Bob")}, rows...))
	pages := file.pages()
	if len(pages)%2 != 0 || len(pages) < 12 || !strings.Contains(file.objects[file.number(file.objects[pagesObject][strings.Index(file.objects[pagesObject], "/Kids"):])], "[0 0 612 792]") {
		t.Fatalf("%d pages", len(pages))
	}
	all := strings.Join(pages, "")
	for i := range 100 {
		if n := strings.Count(all, fmt.Sprintf("line %d of a hundred\n", i)); n != 2 && i != 50 {
			t.Errorf("line %d is there %d times", i, n)
		}
	}
	if n := strings.Count(all, "a line\n"); n != 400 {
		t.Errorf("%d lines of the long note", n)
	}
	half := len(pages) / 2
	for i, text := range pages {
		person, last := []string{"Ada", "Bob"}[i/half], i%half == half-1
		if !strings.Contains(text, person+"\n") || !strings.Contains(text, fmt.Sprintf("Page %d of %d\n", i%half+1, half)) {
			t.Errorf("page %d doesn't say whose it is and which: %s", i+1, text)
		}
		if strings.Count(text, "Day total\n") != 1 && !last {
			t.Errorf("page %d has no head above its rows: %s", i+1, text)
		}
	}
}

func TestFileWithoutSheetsIsAPDF(t *testing.T) {
	pages := readPDF(t, signed(t, "a4", nil)).pages()
	if len(pages) != 1 || pages[0] != "There is no time that matches.\n" {
		t.Errorf("%q", pages)
	}
}

func TestPDFHoldsOnlyTheGlyphsThatItShows(t *testing.T) {
	file := signed(t, "a4", []Sheet{sheetOf("Ada")}, rowOf("emoji 🙂 and 漢字 have no glyph"))
	if len(file) > 40<<10 {
		t.Errorf("it has %d bytes", len(file))
	}
	f := newFont(regular())
	f.encode("Ł")
	metrics := len(f.tables["hmtx"]) + 4*len(f.advances)
	if some := len(f.file()) - metrics; some > 1000 || some < 100 {
		t.Errorf("one letter takes %d bytes", some)
	}
}

func TestLinesAreWrappedToTheirWidth(t *testing.T) {
	p, s := newDocument(io.Discard, Papers["a4"]).newPage(), regularStyle(9, ink)
	for text, want := range map[string]int{"": 1, "one": 1, "one\n\ntwo": 3, strings.Repeat("word ", 40): 10, strings.Repeat("W", 50): 5} {
		lines := p.wrap(s, text, 100)
		joined := strings.ReplaceAll(strings.Join(lines, ""), " ", "")
		if len(lines) != want || joined != strings.Join(strings.Fields(text), "") {
			t.Errorf("%q: %d lines, %q", text, len(lines), lines)
		}
		for _, line := range lines {
			if p.width(s, line) > 100 {
				t.Errorf("%q is too wide", line)
			}
		}
	}
	if lines := p.wrap(s, "WW", 1); len(lines) != 2 {
		t.Errorf("where nothing fits: %q", lines)
	}
}
