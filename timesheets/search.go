package timesheets

import (
	"strings"
	"unicode"

	"gorm.io/gorm"
)

const (
	searchLimit = 100 // characters
	foldLimit   = 20  // letters; SQLite can't nest many more calls
)

// containing keeps the rows where one of the columns contains the words, in upper or lower case.
//
// The LOWER of SQL may know no letters but those of ASCII: SQLite's doesn't, and PostgreSQL's only where its locale does.
// So each other letter of the words is lowered by name. After foldLimit of them, one letter stands for any.
func containing(rows *gorm.DB, words string, columns ...string) *gorm.DB {
	var pattern strings.Builder
	folded, letters, known := "LOWER(column)", []any{}, map[rune]bool{}
	for _, r := range words {
		lower, upper := unicode.ToLower(r), unicode.ToUpper(r)
		foreign := r > unicode.MaxASCII && lower != upper
		if foreign && !known[lower] && len(known) < foldLimit {
			known[lower] = true
			folded = "REPLACE(" + folded + ", ?, ?)"
			letters = append(letters, string(upper), string(lower))
		}
		switch {
		case foreign && !known[lower]:
			pattern.WriteByte('_')
		case strings.ContainsRune("%_!", r):
			pattern.WriteString("!" + string(r))
		default:
			pattern.WriteRune(lower)
		}
	}
	var where []string
	var args []any
	for _, column := range columns {
		where = append(where, strings.Replace(folded, "column", column, 1)+" LIKE ? ESCAPE '!'")
		args = append(append(args, letters...), "%"+pattern.String()+"%")
	}
	return rows.Where("("+strings.Join(where, " OR ")+")", args...)
}
