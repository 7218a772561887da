package export

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// workbook writes Office Open XML (ECMA-376): a sheet of entries, and one of totals by project. Every cell says its type, and
// text is never anything but text, so nothing in it is a formula.
type workbook struct {
	zip    *zip.Writer
	sheet  io.Writer // nil: not begun
	rows   int
	totals totals
	line   bytes.Buffer
}

// maxRows is what a sheet holds (ECMA-376 says nothing, Excel does).
const maxRows = 1 << 20

// The styles, by their place in styles.xml.
const (
	plainStyle = iota
	headStyle
	dayStyle
	clockStyle
	hoursStyle
	instantStyle
	wrapStyle
	sumStyle
	sumHoursStyle
)

func newXLSX(w io.Writer, _ Options) Writer {
	return &workbook{zip: zip.NewWriter(w), totals: totals{}}
}

func (b *workbook) begin() error {
	if b.sheet != nil {
		return nil
	}
	for _, part := range workbookParts {
		if err := b.part(part.name, part.text); err != nil {
			return err
		}
	}
	widths := make([]int, len(columns))
	for i, c := range columns {
		widths[i] = c.width
	}
	var err error
	if b.sheet, err = b.zip.Create("xl/worksheets/sheet1.xml"); err != nil {
		return err
	}
	if err := b.open(widths); err != nil {
		return err
	}
	return b.write(headStyle, values(Columns())...)
}

func (b *workbook) part(name, text string) error {
	w, err := b.zip.Create(name)
	if err == nil {
		_, err = io.WriteString(w, text)
	}
	return err
}

// open begins a sheet whose first row stays in sight.
func (b *workbook) open(widths []int) error {
	b.rows = 0
	b.line.Reset()
	b.line.WriteString(xml.Header + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews>` +
		`<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>` +
		`</sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>`)
	for i, width := range widths {
		fmt.Fprintf(&b.line, `<col min="%d" max="%[1]d" width="%d" customWidth="1"/>`, i+1, width)
	}
	b.line.WriteString("</cols><sheetData>")
	_, err := b.sheet.Write(b.line.Bytes())
	return err
}

// end closes a sheet, with a filter over its columns.
func (b *workbook) end(columns int) error {
	_, err := fmt.Fprintf(b.sheet, `</sheetData><autoFilter ref="A1:%s%d"/></worksheet>`, letters(columns-1), b.rows)
	return err
}

func (b *workbook) Row(r Row) error {
	if err := b.begin(); err != nil {
		return err
	}
	b.totals.add(r)
	cells := make([]any, len(columns))
	for i, c := range columns {
		cells[i] = c.value(r)
	}
	return b.write(plainStyle, cells...)
}

func (b *workbook) Close() error {
	if err := b.begin(); err != nil {
		return err
	}
	if err := b.end(len(columns)); err != nil {
		return err
	}
	var err error
	if b.sheet, err = b.zip.Create("xl/worksheets/sheet2.xml"); err != nil {
		return err
	}
	if err := b.writeTotals(); err != nil {
		return err
	}
	return b.zip.Close()
}

func (b *workbook) writeTotals() error {
	if err := b.open([]int{30, 24, 10, 10, 10, 16}); err != nil {
		return err
	}
	err := b.write(headStyle, "project", "customer", "entries", "minutes", "hours", "billable_hours")
	var sum total
	for _, t := range b.totals.sorted() {
		err = errors.Join(err, b.write(plainStyle, t.project, t.customer, t.entries, t.minutes, hours(t.minutes), hours(t.billable)))
		sum.entries, sum.minutes, sum.billable = sum.entries+t.entries, sum.minutes+t.minutes, sum.billable+t.billable
	}
	if err != nil {
		return err
	}
	filtered := b.rows // the sum is no row to be sorted
	if err := b.write(sumStyle, "Total", nil, sum.entries, sum.minutes, hours(sum.minutes), hours(sum.billable)); err != nil {
		return err
	}
	b.rows = filtered
	return b.end(6)
}

// write writes one row of cells, each in the style or in the one of its type.
func (b *workbook) write(style int, cells ...any) error {
	b.rows++
	if b.rows > maxRows {
		return fmt.Errorf("a sheet has at most %d rows", maxRows)
	}
	b.line.Reset()
	fmt.Fprintf(&b.line, `<row r="%d">`, b.rows)
	for i, value := range cells {
		b.cell(letters(i), style, value)
	}
	b.line.WriteString("</row>")
	_, err := b.sheet.Write(b.line.Bytes())
	return err
}

func (b *workbook) cell(column string, style int, value any) {
	number := func(own int, text string) {
		if style == sumStyle && own == hoursStyle {
			own = sumHoursStyle
		} else if style != plainStyle {
			own = style
		}
		fmt.Fprintf(&b.line, `<c r="%s%d" s="%d"><v>%s</v></c>`, column, b.rows, own, text)
	}
	switch v := value.(type) {
	case string:
		if v == "" {
			return
		}
		fmt.Fprintf(&b.line, `<c r="%s%d" s="%d" t="inlineStr"><is><t xml:space="preserve">`, column, b.rows, max(style, textStyle(v)))
		xml.EscapeText(&b.line, []byte(escaped.ReplaceAllString(lineFeeds.Replace(v), "_x005F$0"))) // to a buffer it can't fail
		b.line.WriteString("</t></is></c>")
	case bool:
		fmt.Fprintf(&b.line, `<c r="%s%d" t="b"><v>%d</v></c>`, column, b.rows, map[bool]int{true: 1}[v])
	case day:
		date, _ := time.Parse(time.DateOnly, string(v))
		number(dayStyle, serial(date))
	case time.Time:
		number(instantStyle, serial(v))
	case clock:
		hour, minute, _ := strings.Cut(string(v), ":")
		h, _ := strconv.Atoi(hour)
		m, _ := strconv.Atoi(minute)
		number(clockStyle, fraction(h*60+m, 24*60))
	case int:
		number(plainStyle, strconv.Itoa(v))
	case hours:
		number(hoursStyle, text(v))
	}
}

// textStyle wraps what has several lines.
func textStyle(s string) int {
	if len(s) > 60 || strings.ContainsRune(s, '\n') {
		return wrapStyle
	}
	return plainStyle
}

// escaped is what a workbook would read as one character (ECMA-376 part 1, §22.4.2.4).
var escaped = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// serial is an instant as workbooks count it: in days since the end of 1899, whatever the zone.
func serial(t time.Time) string {
	const day = 24 * 60 * 60
	return fraction(int(t.Unix()+25569*day), day)
}

func fraction(part, whole int) string {
	return strconv.FormatFloat(float64(part)/float64(whole), 'f', -1, 64)
}

// letters names a column: A, B, … Z, AA, ….
func letters(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return letters(i/26-1) + string(rune('A'+i%26))
}

func values(names []string) []any {
	all := make([]any, len(names))
	for i, name := range names {
		all[i] = name
	}
	return all
}
