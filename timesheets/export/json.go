package export

import (
	"encoding/json"
	"io"
)

// array writes a JSON array, a line for each entry.
type array struct {
	out  io.Writer
	json *json.Encoder
	next string // what comes before the next entry
}

func newJSON(w io.Writer, _ Options) Writer {
	a := &array{out: w, json: json.NewEncoder(w), next: "["}
	a.json.SetEscapeHTML(false)
	return a
}

func (a *array) Row(r Row) error {
	if _, err := io.WriteString(a.out, a.next); err != nil {
		return err
	}
	a.next = ","
	return a.json.Encode(r.Shown)
}

func (a *array) Close() error {
	end := "]\n"
	if a.next == "[" {
		end = "[]\n"
	}
	_, err := io.WriteString(a.out, end)
	return err
}
