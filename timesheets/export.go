package timesheets

import (
	"cmp"
	"context"
	"errors"
	"io"
	"strings"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/timesheets/export"
)

// ExportQuery asks for all entries that the filters of a list leave, as a file.
type ExportQuery struct {
	EntryQuery
	Format string `query:"format"` // csv, xlsx, json, ics or pdf; empty: csv
	BOM    bool   `query:"bom"`    // of csv: begin with U+FEFF, for Excel
	Paper  string `query:"paper"`  // of pdf: a4 or letter; empty: a4

	Cursor, Limit, Count struct{} // hide those of a list: a file has no pages
}

// What a file may hold.
const (
	exportMost = 1_000_000 // entries
	sheetsMost = 500       // persons' periods in a PDF
)

// Validate says everything that is wrong with the query.
func (q ExportQuery) Validate() error {
	var c check
	if wrong, ok := errors.AsType[*Fault](q.EntryQuery.Validate()); ok {
		c.fields = wrong.Fields
	}
	_, known := export.Formats[q.format()]
	c.that(known, "format", "must be csv, xlsx, json, ics or pdf")
	c.that(!q.BOM || q.format() == "csv", "bom", "is for csv alone")
	_, known = export.Papers[q.paper()]
	c.that(known, "paper", "must be a4 or letter")
	c.that(q.Paper == "" || q.format() == "pdf", "paper", "is for pdf alone")
	return c.fault()
}

func (q ExportQuery) format() string { return cmp.Or(q.Format, "csv") }
func (q ExportQuery) paper() string  { return cmp.Or(q.Paper, "a4") }

// Export is a file that is still to be written.
type Export struct {
	Name      string // "timesheets-2026-09-01-2026-09-30.csv"
	MediaType string
	Write     func(io.Writer) error // reads as it writes, and holds no more than a few hundred entries
}

// Export makes a file of entries, the latest day first; those of a manager's people come one person after the other. Each
// entry is in it once, or not at all if it was moved to another day while the file was written.
func (s *Service) Export(ctx context.Context, by auth.Caller, q ExportQuery) (Export, error) {
	tx, format, x := s.db.Read(ctx), export.Formats[q.format()], s.extract(ctx, by)
	if err := x.fits(tx, q.EntryQuery); err != nil {
		return Export{}, err
	}
	name, err := exportName(ctx, tx, by, q.EntryQuery)
	if err != nil {
		return Export{}, err
	}
	options := export.Options{BOM: q.BOM, Title: name, Made: s.instant()}
	file := Export{Name: strings.ReplaceAll(name, " ", "-") + "." + format.Extension, MediaType: format.MediaType}
	if format.New != nil {
		file.Write = func(w io.Writer) error { return x.writeRows(q.EntryQuery, format.New(w, options)) }
		return file, nil
	}
	periods, err := x.periods(tx, q.EntryQuery)
	file.Write = func(w io.Writer) error {
		return x.writeSheets(q.EntryQuery, periods, export.NewPDF(w, q.paper(), options))
	}
	return file, err
}

// exportName tells a file from others: "timesheets Ada Lovelace 2026-09-01 2026-09-30".
func exportName(ctx context.Context, tx *gorm.DB, by auth.Caller, q EntryQuery) (string, error) {
	words := []string{"timesheets"}
	if q.UserID != "" {
		seen, err := seesTimeOf(ctx, tx, by, q.UserID)
		if err != nil {
			return "", err
		}
		if seen {
			known, err := peopleOf(ctx, tx, []string{q.UserID})
			if err != nil {
				return "", err
			}
			words = append(words, known[q.UserID].owner)
		}
	}
	switch {
	case q.From != "" && q.To != "":
		words = append(words, q.From, q.To)
	case q.From != "":
		words = append(words, "from", q.From)
	case q.To != "":
		words = append(words, "until", q.To)
	}
	return strings.Join(words, " "), nil
}
