package export

import (
	_ "embed"
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Inter in two weights, for Latin, Greek and Cyrillic: outlines without hints, kerning or composites, and digits of one width.
// They were made from Inter 4.0 by leaving out the rest; the licence is beside them.
var (
	//go:embed fonts/inter-regular.ttf
	regularFile []byte
	//go:embed fonts/inter-semibold.ttf
	semiboldFile []byte

	regular  = sync.OnceValue(func() *face { return readFace("Inter-Regular", regularFile) })
	semibold = sync.OnceValue(func() *face { return readFace("Inter-SemiBold", semiboldFile) })
)

// face is a TrueType font, as far as a PDF needs it read.
type face struct {
	name     string
	tables   map[string][]byte
	units    int // per em
	advances []uint16
	glyphs   map[rune]uint16
}

var big = binary.BigEndian

// readFace reads one of our own files: it knows what tables are there and in which form.
func readFace(name string, file []byte) *face {
	f := &face{name: name, tables: map[string][]byte{}, glyphs: map[rune]uint16{}}
	for i := range int(big.Uint16(file[4:])) {
		entry := file[12+16*i:]
		at, length := big.Uint32(entry[8:]), big.Uint32(entry[12:])
		f.tables[string(entry[:4])] = file[at : at+length]
	}
	f.units = int(big.Uint16(f.tables["head"][18:]))
	f.advances = make([]uint16, big.Uint16(f.tables["maxp"][4:]))
	metrics := int(big.Uint16(f.tables["hhea"][34:])) // the last one holds for the rest
	for i := range f.advances {
		f.advances[i] = big.Uint16(f.tables["hmtx"][4*min(i, metrics-1):])
	}
	f.readCharacters()
	return f
}

// readCharacters reads the part of cmap in format 4: segments of characters, each at a distance from its glyphs.
func (f *face) readCharacters() {
	cmap := f.tables["cmap"]
	for i := range int(big.Uint16(cmap[2:])) {
		part := cmap[big.Uint32(cmap[4+8*i+4:]):]
		if big.Uint16(part) != 4 {
			continue
		}
		doubled := int(big.Uint16(part[6:]))
		ends, starts := part[14:], part[16+doubled:]
		deltas, offsets := part[16+2*doubled:], part[16+3*doubled:]
		for s := 0; s < doubled; s += 2 {
			first, last := int(big.Uint16(starts[s:])), int(big.Uint16(ends[s:]))
			for r := first; r <= last && r < 0xFFFF; r++ {
				glyph := uint16(r)
				if offset := int(big.Uint16(offsets[s:])); offset > 0 {
					glyph = big.Uint16(offsets[s+offset+2*(r-first):])
				}
				if glyph += big.Uint16(deltas[s:]); glyph != 0 {
					f.glyphs[rune(r)] = glyph
				}
			}
		}
		return
	}
}

// font is a face in one document, which holds only the glyphs that it shows.
type font struct {
	*face
	used map[uint16]rune
}

func newFont(f *face) *font { return &font{f, map[uint16]rune{0: '\uFFFD'}} }

// width is that of text in points, at a size in points.
func (f *font) width(text string, size float64) float64 {
	units := 0
	for _, r := range text {
		units += int(f.advances[f.glyphs[r]])
	}
	return float64(units) * size / float64(f.units)
}

// encode is the text as a string of PDF, two bytes for each glyph. What the font lacks shows as an empty box.
func (f *font) encode(text string) string {
	var s strings.Builder
	s.Grow(4*len(text) + 2)
	s.WriteByte('<')
	for _, r := range text {
		glyph := f.glyphs[r]
		if glyph != 0 {
			f.used[glyph] = r
		}
		for shift := 12; shift >= 0; shift -= 4 {
			s.WriteByte("0123456789ABCDEF"[glyph>>shift&15])
		}
	}
	s.WriteByte('>')
	return s.String()
}

// file is a TrueType file with the outlines of the glyphs that were used. The others are there, and empty.
func (f *font) file() []byte {
	loca, glyf := f.tables["loca"], f.tables["glyf"]
	place := func(glyph int) int { return int(big.Uint32(loca[4*glyph:])) }
	if big.Uint16(f.tables["head"][50:]) == 0 {
		place = func(glyph int) int { return 2 * int(big.Uint16(loca[2*glyph:])) }
	}
	var places, outlines []byte
	for glyph := range f.advances {
		places = big.AppendUint32(places, uint32(len(outlines)))
		if _, used := f.used[uint16(glyph)]; used {
			outlines = append(outlines, glyf[place(glyph):place(glyph+1)]...)
			outlines = append(outlines, make([]byte, -len(outlines)&3)...)
		}
	}
	head := slices.Clone(f.tables["head"])
	big.PutUint16(head[50:], 1) // places are long
	return sfnt(map[string][]byte{
		"head": head, "hhea": f.tables["hhea"], "hmtx": f.tables["hmtx"], "maxp": f.tables["maxp"],
		"loca": big.AppendUint32(places, uint32(len(outlines))), "glyf": outlines,
	})
}

// sfnt puts tables into a file.
func sfnt(tables map[string][]byte) []byte {
	names := slices.Sorted(maps.Keys(tables))
	file := []byte{0, 1, 0, 0, 0, byte(len(names)), 0, 64, 0, 2, 0, byte(16*len(names) - 64)}
	at := uint32(12 + 16*len(names))
	for _, name := range names {
		var sum uint32
		for word := range slices.Chunk(tables[name], 4) {
			var padded [4]byte
			copy(padded[:], word)
			sum += big.Uint32(padded[:])
		}
		file = append(file, name...)
		file = big.AppendUint32(file, sum)
		file = big.AppendUint32(file, at)
		file = big.AppendUint32(file, uint32(len(tables[name])))
		at += uint32(len(tables[name])+3) &^ 3
	}
	for _, name := range names {
		file = append(file, tables[name]...)
		file = append(file, make([]byte, -len(file)&3)...)
	}
	return file
}
