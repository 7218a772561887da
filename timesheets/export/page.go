package export

import (
	"bytes"
	"fmt"
	"strings"
)

// page is one page while it is drawn, in points from its lower left corner.
type page struct {
	body        bytes.Buffer
	document    *document
	left, right float64
	y           float64 // below here it is empty
}

// colour is red, green and blue, from 0 to 255.
type colour [3]uint8

// The colours are those of the pages on screen.
var (
	ink    = colour{0x18, 0x20, 0x27}
	muted  = colour{0x45, 0x4E, 0x56}
	faint  = colour{0x61, 0x69, 0x70}
	line   = colour{0xE5, 0xE3, 0xDD}
	line2  = colour{0xCD, 0xCA, 0xC3}
	accent = colour{0x00, 0x61, 0x70}
	good   = colour{0x1A, 0x61, 0x3A}
	wait   = colour{0x7D, 0x4F, 0x12}
	bad    = colour{0xA7, 0x26, 0x26}
)

type style struct {
	bold   bool
	size   float64
	colour colour
}

func regularStyle(size float64, c colour) style { return style{false, size, c} }
func boldStyle(size float64, c colour) style    { return style{true, size, c} }

const (
	margin = 48
	foot   = 56 // what the footer takes
)

func (d *document) newPage() *page {
	return &page{document: d, left: margin, right: d.size[0] - margin, y: d.size[1] - margin}
}

func (p *page) font(s style) (*font, string) {
	if s.bold {
		return p.document.bold, "B"
	}
	return p.document.regular, "R"
}

func (c colour) String() string {
	return fmt.Sprintf("%.3f %.3f %.3f", float64(c[0])/255, float64(c[1])/255, float64(c[2])/255)
}

// text writes one line that begins at x, on the base line y.
func (p *page) text(x, y float64, s style, text string) {
	if text == "" {
		return
	}
	f, name := p.font(s)
	fmt.Fprintf(&p.body, "BT %v rg/%s %g Tf %.2f %.2f Td %s Tj ET\n", s.colour, name, s.size, x, y, f.encode(text))
}

// ending writes one line that ends at x.
func (p *page) ending(x, y float64, s style, text string) {
	p.text(x-p.width(s, text), y, s, text)
}

func (p *page) width(s style, text string) float64 {
	f, _ := p.font(s)
	return f.width(text, s.size)
}

func (p *page) rule(from, to, y float64, c colour, width float64) {
	fmt.Fprintf(&p.body, "%v RG %g w %.2f %.2f m %.2f %.2f l S\n", c, width, from, y, to, y)
}

// dot is a disc of four curves, or its outline.
func (p *page) dot(x, y, radius float64, c colour, filled bool) {
	const bend = 0.5523 // how far a curve's handles are, for it to be a quarter of a circle
	k, paint := bend*radius, "S"
	if filled {
		paint = "f"
	}
	fmt.Fprintf(&p.body, "%v rg %[1]v RG 1 w %.2f %.2f m ", c, x+radius, y)
	for _, q := range [4][4]float64{{1, 0, 0, 1}, {0, 1, -1, 0}, {-1, 0, 0, -1}, {0, -1, 1, 0}} {
		fmt.Fprintf(&p.body, "%.2f %.2f %.2f %.2f %.2f %.2f c ", x+radius*q[0]+k*q[2], y+radius*q[1]+k*q[3],
			x+radius*q[2]+k*q[0], y+radius*q[3]+k*q[1], x+radius*q[2], y+radius*q[3])
	}
	p.body.WriteString(paint + "\n")
}

// wrap breaks text into lines of a width, between words or, where a word is longer than a line, within it.
func (p *page) wrap(s style, text string, width float64) []string {
	f, _ := p.font(s)
	var lines []string
	for paragraph := range strings.SplitSeq(lineFeeds.Replace(strings.TrimSpace(text)), "\n") {
		now := ""
		for _, word := range strings.Fields(paragraph) {
			if longer := strings.TrimPrefix(now+" "+word, " "); f.width(longer, s.size) <= width {
				now = longer
				continue
			}
			if now != "" {
				lines = append(lines, now)
			}
			now = word
			for cut := f.fit(now, s.size, width); cut < len(now); cut = f.fit(now, s.size, width) {
				lines, now = append(lines, now[:cut]), now[cut:]
			}
		}
		lines = append(lines, now)
	}
	return lines
}

// fit is how many bytes of the text fit the width, one character at least.
func (f *font) fit(text string, size, width float64) int {
	units, room := 0, int(width*float64(f.units)/size)
	for i, r := range text {
		if units += int(f.advances[f.glyphs[r]]); units > room && i > 0 {
			return i
		}
	}
	return len(text)
}

// short is the text as far as it fits on one line.
func (p *page) short(s style, text string, width float64) string {
	if p.width(s, text) <= width {
		return text
	}
	f, _ := p.font(s)
	return strings.TrimSpace(text[:f.fit(text, s.size, width-p.width(s, "…"))]) + "…"
}
