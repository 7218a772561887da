package export

import (
	"encoding/csv"
	"io"
)

// table writes CSV (RFC 4180).
type table struct {
	out    io.Writer
	csv    *csv.Writer
	begin  string
	record []string
}

func newCSV(w io.Writer, o Options) Writer {
	t := &table{out: w, csv: csv.NewWriter(w), record: Columns()}
	t.csv.UseCRLF = true
	if o.BOM {
		t.begin = "\uFEFF"
	}
	return t
}

// head writes the first row, when it is certain that there is something to write.
func (t *table) head() error {
	if t.out == nil {
		return nil
	}
	if _, err := io.WriteString(t.out, t.begin); err != nil {
		return err
	}
	t.out = nil
	return t.csv.Write(t.record)
}

func (t *table) Row(r Row) error {
	if err := t.head(); err != nil {
		return err
	}
	for i, c := range columns {
		value := c.value(r)
		t.record[i] = text(value)
		if s, ok := value.(string); ok {
			t.record[i] = Guard(lineFeeds.Replace(s))
		}
	}
	return t.csv.Write(t.record)
}

func (t *table) Close() error {
	if err := t.head(); err != nil {
		return err
	}
	t.csv.Flush()
	return t.csv.Error()
}
