package trackers

// MostColumns is how many values a line of a file can have, far above what any program writes.
const MostColumns = 500

// Wide is the line, from 1, where a CSV file first has more than MostColumns values in a row; 0: nowhere. A reader of CSV takes
// room for each value of a row before it gives any, so a small file of commas could take very much: look here first. Quotes
// count as encoding/csv takes them; where it would find one out of place, it reads no further.
func Wide(text string, comma rune) (line int) {
	line = 1
	values, quoted := 1, false
	for i := range len(text) {
		switch b := text[i]; {
		case b == '"':
			quoted = !quoted
		case b == '\n':
			line++
			if !quoted {
				values = 1
			}
		case b == byte(comma) && !quoted:
			if values++; values > MostColumns {
				return line
			}
		}
	}
	return 0
}
