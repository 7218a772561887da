package trackers

import (
	"strings"
	"testing"
)

func TestRowsThatAreTooWideAreFoundUnread(t *testing.T) {
	full := strings.Repeat(",", MostColumns-1)
	for name, c := range map[string]struct {
		text string
		line int
	}{
		"nothing":                        {"", 0},
		"as many as can be":              {"a\n" + full + "\n" + full, 0},
		"one more":                       {"a\n" + full + ",", 2},
		"within a quoted value":          {`a,"` + full + full + `"`, 0},
		"behind a quoted one":            {`a,"x"` + full, 1},
		"behind a doubled quote":         {`"a""b"` + full + ",", 1},
		"over lines, by quoted ends":     {strings.Repeat("\"\n\",", MostColumns), MostColumns + 1},
		"over lines that each are a row": {strings.Repeat(full+"\n", 3), 0},
		"by another separator":           {strings.Repeat(";", MostColumns), 0},
	} {
		if line := Wide(c.text, ','); line != c.line {
			t.Errorf("%s: line %d, want %d", name, line, c.line)
		}
	}
}
