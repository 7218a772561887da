package export

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
)

// document writes a PDF (ISO 32000-1) from the front to the back. It keeps where its objects are, and the numbers of its
// pages; what is on them is gone as soon as it is written.
type document struct {
	out     io.Writer
	at      int64
	places  []int64 // of the objects, the first one's first
	pages   []int
	marks   []mark
	err     error
	size    [2]float64 // of a page, in points
	regular *font
	bold    *font
	flate   *zlib.Writer
	packed  bytes.Buffer
}

// mark is an entry of the outline.
type mark struct {
	title string
	page  int // an object
}

// The first objects.
const (
	catalogObject = 1 + iota
	pagesObject
	resourcesObject
	regularObject
	boldObject
	firstFree
)

func newDocument(w io.Writer, size [2]float64) *document {
	d := &document{out: w, size: size, regular: newFont(regular()), bold: newFont(semibold()), places: make([]int64, firstFree-1)}
	d.flate = zlib.NewWriter(&d.packed)
	d.print("%%PDF-1.7\n%%\xE2\xE3\xCF\xD3\n") // bytes that tell a mailer that it is no text
	return d
}

func (d *document) print(format string, args ...any) {
	if d.err != nil {
		return
	}
	n, err := fmt.Fprintf(d.out, format, args...)
	d.at, d.err = d.at+int64(n), err
}

// reserve is the number of an object to come.
func (d *document) reserve() int {
	d.places = append(d.places, 0)
	return len(d.places)
}

func (d *document) object(number int, format string, args ...any) {
	d.places[number-1] = d.at
	d.print("%d 0 obj\n", number)
	d.print(format, args...)
	d.print("\nendobj\n")
}

// stream writes an object of bytes, packed, and gives its number. entries are more of its dictionary.
func (d *document) stream(data []byte, entries string) int {
	d.packed.Reset()
	d.flate.Reset(&d.packed)
	d.flate.Write(data) // to a buffer it can't fail
	d.flate.Close()
	number := d.reserve()
	d.object(number, "<</Filter/FlateDecode/Length %d%s>>stream\n%s\nendstream", d.packed.Len(), entries, d.packed.Bytes())
	return number
}

// page adds a page that shows the streams, one upon the other.
func (d *document) page(number int, contents ...int) {
	d.pages = append(d.pages, number)
	d.object(number, "<</Type/Page/Parent %d 0 R/MediaBox[0 0 %g %g]/Resources %d 0 R/Contents[%s]>>",
		pagesObject, d.size[0], d.size[1], resourcesObject, references(contents))
}

func references(objects []int) string {
	var s strings.Builder
	for _, number := range objects {
		fmt.Fprintf(&s, "%d 0 R ", number)
	}
	return strings.TrimSpace(s.String())
}

// close writes what the pages share, and where everything is.
func (d *document) close(title string, made time.Time) error {
	d.object(pagesObject, "<</Type/Pages/Count %d/Kids[%s]>>", len(d.pages), references(d.pages))
	d.object(resourcesObject, "<</Font<</R %d 0 R/B %d 0 R>>>>", regularObject, boldObject)
	d.font(regularObject, d.regular, 80)
	d.font(boldObject, d.bold, 120)
	outline := d.outline()
	d.object(catalogObject, "<</Type/Catalog/Pages %d 0 R/Lang(en)/ViewerPreferences<</DisplayDocTitle true>>%s>>", pagesObject, outline)
	info := d.reserve()
	d.object(info, "<</Title %s/Producer(Punchcard)/CreationDate(D:%sZ)>>", textString(title), made.UTC().Format("20060102150405"))
	start := d.at
	d.print("xref\n0 %d\n0000000000 65535 f \n", len(d.places)+1)
	for _, at := range d.places {
		d.print("%010d 00000 n \n", at)
	}
	d.print("trailer\n<</Size %d/Root %d 0 R/Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(d.places)+1, catalogObject, info, start)
	return d.err
}

// outline writes the marks, which a reader shows beside the pages, and what the catalog says of it.
func (d *document) outline() string {
	if len(d.marks) < 2 {
		return ""
	}
	root, first := d.reserve(), len(d.places)+1
	last := first + len(d.marks) - 1
	for i, m := range d.marks {
		number, siblings := d.reserve(), ""
		if number > first {
			siblings += fmt.Sprintf("/Prev %d 0 R", number-1)
		}
		if number < last {
			siblings += fmt.Sprintf("/Next %d 0 R", number+1)
		}
		d.object(number, "<</Title %s/Parent %d 0 R/Dest[%d 0 R/Fit]%s>>", textString(d.marks[i].title), root, m.page, siblings)
	}
	d.object(root, "<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>", first, last, len(d.marks))
	return fmt.Sprintf("/Outlines %d 0 R/PageMode/UseOutlines", root)
}

// font writes a font whose strings are numbers of glyphs, with what characters they stand for, so that text can be searched.
func (d *document) font(number int, f *font, stem int) {
	name := "PUNCHD+" + f.name
	file := f.file()
	data := d.stream(file, fmt.Sprintf("/Length1 %d", len(file)))
	perMille := func(units int) int { return units * 1000 / f.units }
	head, hhea := f.tables["head"], f.tables["hhea"]
	signed := func(table []byte, at int) int { return perMille(int(int16(big.Uint16(table[at:])))) }
	descriptor := d.reserve()
	d.object(descriptor, "<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d"+
		"/CapHeight 727/StemV %d/FontFile2 %d 0 R>>", name, signed(head, 36), signed(head, 38), signed(head, 40), signed(head, 42),
		signed(hhea, 4), signed(hhea, 6), stem, data)
	var widths strings.Builder
	for _, glyph := range slices.Sorted(maps.Keys(f.used)) {
		fmt.Fprintf(&widths, "%d[%d]", glyph, perMille(int(f.advances[glyph])))
	}
	descendant := d.reserve()
	d.object(descendant, "<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"+
		"/FontDescriptor %d 0 R/CIDToGIDMap/Identity/W[%s]>>", name, descriptor, widths.String())
	characters := d.stream([]byte(f.characters()), "")
	d.object(number, "<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>",
		name, descendant, characters)
}

// characters says which character each glyph is (ISO 32000-1 §9.10.3).
func (f *font) characters() string {
	var s strings.Builder
	s.WriteString("/CIDInit/ProcSet findresource begin 12 dict begin begincmap/CMapName/Punchcard def/CMapType 2 def\n" +
		"1 begincodespacerange<0000><FFFF>endcodespacerange\n")
	for some := range slices.Chunk(slices.Sorted(maps.Keys(f.used)), 100) {
		fmt.Fprintf(&s, "%d beginbfchar\n", len(some))
		for _, glyph := range some {
			fmt.Fprintf(&s, "<%04X><%04X>\n", glyph, f.used[glyph])
		}
		s.WriteString("endbfchar\n")
	}
	s.WriteString("endcmap CMapName currentdict/CMap defineresource pop end end")
	return s.String()
}

// textString is text as it stands outside of pages (ISO 32000-1 §7.9.2.2).
func textString(text string) string {
	var s strings.Builder
	s.WriteString("<FEFF")
	for _, unit := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&s, "%04X", unit)
	}
	s.WriteByte('>')
	return s.String()
}
