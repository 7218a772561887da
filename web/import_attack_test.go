package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"
)

// Whatever is sent as a file of time is answered shortly, as the sender's mistake, and nothing of it is kept.
func TestHostileFilesOfTimeAreRefused(t *testing.T) {
	c := newCompany(t)
	ada := c.token(t, "ada")
	const header, line = "date,project,hours,note\n", "2026-01-05,StoreZero,1,"
	upTo := func(begin, fill string) string { return begin + strings.Repeat(fill, (maxImport-len(begin))/len(fill)) }
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write(make([]byte, maxImport*4))
	z.Close()
	for name, file := range map[string]struct {
		body   string
		header []string
		status int
	}{
		"one byte too long":                 {upTo(header+line, "x") + "\nx", nil, 413},
		"one line as long as all":           {upTo(header+line, "x"), nil, 422},
		"one quoted value as long as all":   {upTo(header+line+`"`, "x"), nil, 422},
		"a header as long as all":           {upTo("date", "x"), nil, 422},
		"a million columns in the header":   {upTo("date", ",a"), nil, 422},
		"a million columns in a line":       {upTo(header+line, ","), nil, 422},
		"nothing but quotes":                {upTo("", `"`), nil, 422},
		"a quote that never ends":           {header + line + "\"x\n" + line + "y\n", nil, 422},
		"a quote in the middle":             {header + line + "x\"y\n", nil, 422},
		"more lines than a file can have":   {upTo(header, line+"x\n"), nil, 422},
		"as many lines that are wrong":      {upTo(header, "x\n"), nil, 422},
		"NUL in a value":                    {header + line + "a\x00b\n", nil, 422},
		"nothing but NUL":                   {upTo("", "\x00"), nil, 422},
		"not UTF-8":                         {header + line + "\xff\xfe\n", nil, 422},
		"UTF-16":                            {"\xff\xfed\x00a\x00t\x00e\x00\n\x00", nil, 422},
		"a bomb that says that it is one":   {zipped.String(), []string{"Content-Encoding", "gzip"}, 415},
		"a bomb that says nothing":          {zipped.String(), nil, 422},
		"an archive by its type":            {"PK\x03\x04", []string{"Content-Type", "application/zip"}, 415},
		"an archive that says it is a file": {"PK\x03\x04" + header, nil, 422},
		"two types":                         {header, []string{"Content-Type", "text/csv, application/zip"}, 415},
		"another character set":             {header, []string{"Content-Type", "text/csv; charset=utf-16"}, 415},
	} {
		t.Run(name, func(t *testing.T) {
			sent := append([]string{"Content-Type", "text/csv"}, file.header...)
			answer := c.ask(t, ada, "POST", "/timesheets/import", file.body, sent...)
			if answer.StatusCode != file.status || len(answer.body) > 64<<10 {
				t.Errorf("%d, %d bytes: %.300s", answer.StatusCode, len(answer.body), answer.body)
			}
		})
	}
	if had := c.count(t, "ada", ""); had != "0" {
		t.Errorf("%s entries were kept", had)
	}
}

// Columns that nobody knows are told of at most as often as a row can have them.
func TestHostileFilesOfDaysAreRefused(t *testing.T) {
	c := newCompany(t)
	otto := c.token(t, "otto")
	var names strings.Builder
	for n := 0; names.Len() < maxBody-10; n++ {
		fmt.Fprintf(&names, "%x,", n)
	}
	for name, body := range map[string]string{
		"columns that all differ": names.String(),
		"nothing but commas":      strings.Repeat(",", maxBody),
		"a wide line":             "date,name\n" + strings.Repeat(",", maxBody-10),
		"a quote that never ends": "date,name\n2026-05-01,\"" + strings.Repeat("x", maxBody-30),
	} {
		for _, path := range []string{"/holidays/import", "/absences/import"} {
			answer := c.ask(t, otto, "POST", path, body, "Content-Type", "text/csv")
			if answer.StatusCode != 422 || len(answer.body) > 4<<10 {
				t.Errorf("%s to %s: %d, %d bytes: %.300s", name, path, answer.StatusCode, len(answer.body), answer.body)
			}
		}
	}
}
