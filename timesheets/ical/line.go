package ical

import (
	"strings"
	"unicode/utf8"
)

// property is one content line: "DTSTART;VALUE=DATE:20260101" (RFC 5545 §3.1).
type property struct {
	line   int // of the file, from 1
	name   string
	params map[string]string // names in upper case, values as they stand, without quotation marks
	value  string
}

// unfolded joins lines that were folded, and tells on which line of the file each began. A line ends with CRLF, or with LF
// alone as many programs write it.
func unfolded(text string) (lines []string, numbers []int) {
	var whole strings.Builder
	number, began := 0, 0
	end := func() {
		if whole.Len() > 0 {
			lines, numbers = append(lines, whole.String()), append(numbers, began)
		}
		whole.Reset()
	}
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if line != "" && (line[0] == ' ' || line[0] == '\t') && whole.Len() > 0 {
			whole.WriteString(line[1:])
			continue
		}
		end()
		began = number
		whole.WriteString(line)
	}
	end()
	return lines, numbers
}

// readLine takes a content line apart.
func readLine(text string, number int) (p property, err error) {
	p = property{line: number, params: map[string]string{}}
	name, rest, ok := cut(text, ":;")
	if !ok || name == "" || !utf8.ValidString(text) {
		return p, wrong(number, "is no line of an iCalendar file")
	}
	p.name = strings.ToUpper(name)
	for rest[0] == ';' {
		var param string
		if param, rest, ok = cut(rest[1:], ":;"); !ok {
			return p, wrong(number, "breaks off before the value of %s", p.name)
		}
		key, value, _ := strings.Cut(param, "=")
		p.params[strings.ToUpper(key)] = strings.Trim(value, `"`)
	}
	p.value = rest[1:]
	return p, nil
}

// cut splits the text before the first of the characters that stands outside quotation marks.
func cut(text, at string) (before, rest string, ok bool) {
	quoted := false
	for i, r := range text {
		if r == '"' {
			quoted = !quoted
		} else if !quoted && strings.ContainsRune(at, r) {
			return text[:i], text[i:], true
		}
	}
	return text, "", false
}

// text is a value of the type TEXT, without its escapes (RFC 5545 §3.3.11).
func (p property) text() string {
	return strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`).Replace(p.value)
}
