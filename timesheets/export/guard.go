package export

import (
	"strings"
	"unicode/utf8"
)

// A spreadsheet takes a cell for a formula that begins with one of these, full width or not, and may find the beginning of
// a cell after a separator that isn't ours. There, an apostrophe goes before it, and before every apostrophe that stands
// so already; so it can be told which are ours.
const (
	formulas   = "=+-@\t\r＝＋－＠"
	separators = ",;|\t\r\n"
	skipped    = " \"" // at the beginning of a cell
)

// Guard keeps a spreadsheet from running text as a formula.
func Guard(text string) string {
	if !strings.ContainsAny(text, formulas) {
		return text
	}
	var guarded strings.Builder
	begins := true
	for i, r := range text {
		if begins && isFormula(text[i:]) {
			guarded.WriteByte('\'')
		}
		guarded.WriteRune(r)
		begins = goesOn(begins, r)
	}
	return guarded.String()
}

// Unguard is the text that was guarded.
func Unguard(guarded string) string {
	if !strings.ContainsRune(guarded, '\'') {
		return guarded
	}
	var text strings.Builder
	begins := true
	for i := 0; i < len(guarded); {
		if begins && guarded[i] == '\'' && isFormula(guarded[i+1:]) {
			i++
		}
		r, size := utf8.DecodeRuneInString(guarded[i:])
		text.WriteString(guarded[i : i+size])
		begins = goesOn(begins, r)
		i += size
	}
	return text.String()
}

// isFormula reports whether text is a formula, behind any apostrophes.
func isFormula(text string) bool {
	r, size := utf8.DecodeRuneInString(strings.TrimLeft(text, "'"))
	return size > 0 && strings.ContainsRune(formulas, r)
}

// goesOn reports whether a cell may begin after the rune.
func goesOn(begins bool, r rune) bool {
	return strings.ContainsRune(separators, r) || begins && strings.ContainsRune(skipped, r)
}
