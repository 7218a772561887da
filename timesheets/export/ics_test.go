package export

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// events reads a calendar: the properties of each event, by their name with its parameters.
func events(t *testing.T, file string) (all []map[string]string) {
	t.Helper()
	for line := range strings.SplitSeq(strings.TrimSuffix(file, "\r\n"), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") || !utf8.ValidString(line) {
			t.Errorf("a line of %d octets: %q", len(line), line)
		}
	}
	unescape := strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",", `\n`, "\n")
	depth := ""
	for line := range strings.SplitSeq(strings.ReplaceAll(file, "\r\n ", ""), "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		switch {
		case name == "BEGIN":
			depth += "/" + value
			if value == "VEVENT" {
				all = append(all, map[string]string{})
			}
		case name == "END":
			depth = strings.TrimSuffix(depth, "/"+value)
		case depth == "/VCALENDAR/VEVENT":
			if _, again := all[len(all)-1][name]; again {
				t.Errorf("%s is there twice", name)
			}
			all[len(all)-1][name] = unescape.Replace(value)
		}
	}
	if depth != "" || !strings.HasPrefix(file, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:") || !strings.HasSuffix(file, "END:VCALENDAR\r\n") {
		t.Errorf("it is not one calendar: %q", file)
	}
	return all
}

func TestCalendarIsAsRFC5545HasIt(t *testing.T) {
	timed, whole := rowOf("a; b, c\\d\r\nЖурнал "+strings.Repeat("Łódź и ещё ", 30)), rowOf("")
	whole.Start, whole.End, whole.Task, whole.Tags, whole.State, whole.Date = nil, nil, "", nil, "rejected", "2026-12-31"
	var file bytes.Buffer
	w := newICS(&file, Options{Title: "timesheets, all"})
	if err := errors.Join(w.Row(timed), w.Row(whole), w.Close()); err != nil {
		t.Fatal(err)
	}
	common := map[string]string{
		"UID": timed.ID + "@punchcard", "DTSTAMP": "20260928T130000Z", "CREATED": "20260928T120000Z", "LAST-MODIFIED": "20260928T130000Z",
		"SEQUENCE": "3", "TRANSP": "TRANSPARENT",
	}
	with := func(more map[string]string) map[string]string {
		for name, value := range common {
			more[name] = value
		}
		return more
	}
	want := []map[string]string{
		with(map[string]string{"DTSTART": "20260921T090000", "DTEND": "20260922T000000", "SUMMARY": "StoreZero – Build", "CATEGORIES": "review,ux",
			"DESCRIPTION": "Łukasz Müller, 14:45 h\n\n" + lineFeeds.Replace(timed.Note), "STATUS": "CONFIRMED"}),
		with(map[string]string{"DTSTART;VALUE=DATE": "20261231", "DTEND;VALUE=DATE": "20270101", "SUMMARY": "StoreZero",
			"DESCRIPTION": "Łukasz Müller, 14:45 h", "STATUS": "TENTATIVE"}),
	}
	if diff := cmp.Diff(want, events(t, file.String())); diff != "" {
		t.Error(diff)
	}
	if none := events(t, string(written(t, "ics", Options{}))); len(none) != 0 {
		t.Errorf("without rows it has %v", none)
	}
}

func TestTextOfCalendarStaysText(t *testing.T) {
	for _, text := range []string{"x\r\nEND:VEVENT\r\nBEGIN:VEVENT", "\nATTACH:file:///etc/passwd", `\nBEGIN:VALARM`, "a:b;c,d"} {
		row := rowOf(text)
		row.Project, row.Task, row.Person, row.Tags = text, text, text, []string{text}
		var file bytes.Buffer
		w := newICS(&file, Options{Title: text})
		if err := errors.Join(w.Row(row), w.Close()); err != nil {
			t.Fatal(err)
		}
		all := events(t, file.String())
		if len(all) != 1 || len(all[0]) != 12 || all[0]["ATTACH"] != "" || strings.Contains(file.String(), "\r\nBEGIN:VALARM") {
			t.Errorf("%q: %q", text, file.String())
		}
	}
}
