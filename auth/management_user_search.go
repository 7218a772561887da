package auth

import (
	"slices"
	"strings"
	"unicode"

	"punchcard/auth/lang"
)

// People are searched by a part of Lucene's language: field:value, field:"value" and field:begins*, or words that a name or
// an e-mail address begins with, and AND between several of them. Whatever else it has is refused by name rather than
// taken for something that it doesn't mean.

// term is one condition of a search, in SQL.
type term struct {
	condition string
	values    []any
}

const (
	longestSearch = 500 // bytes
	mostTerms     = 10
)

func noSearch(format string, args ...any) *Denial {
	return mistaken("q", "can't have %s: it takes email, name, user_id, blocked and email_verified, such as "+
		"email:\"ada@example.com\", name:ada* or blocked:true, and the beginning of a name or e-mail address, with AND between several",
		lang.Say(format, args...))
}

// parseSearch reads a search. An empty one finds all.
func parseSearch(q string) ([]term, error) {
	if len(q) > longestSearch {
		return nil, noSearch("so many characters")
	}
	words, err := searchWords(q)
	if err != nil || len(words) == 0 {
		return nil, err
	}
	var terms []term
	for len(words) > 0 {
		end := slices.Index(words, "AND")
		if end < 0 {
			end = len(words)
		} else if end == len(words)-1 {
			return nil, noSearch("nothing after AND")
		}
		t, err := parseTerm(words[:end])
		if err != nil {
			return nil, err
		}
		terms, words = append(terms, t), words[min(end+1, len(words)):]
	}
	if len(terms) > mostTerms {
		return nil, noSearch("so many conditions")
	}
	return terms, nil
}

// searchWords parts a search at its spaces, but for those in quotation marks.
func searchWords(q string) ([]string, error) {
	quoted, escaped := false, false
	words := strings.FieldsFunc(q, func(r rune) bool {
		switch {
		case escaped:
			escaped = false
		case r == '\\':
			escaped = quoted
		case r == '"':
			quoted = !quoted
		default:
			return !quoted && unicode.IsSpace(r)
		}
		return false
	})
	if quoted {
		return nil, noSearch("a quotation mark without its other one")
	}
	return words, nil
}

func parseTerm(words []string) (term, error) {
	for _, word := range words {
		if slices.Contains([]string{"OR", "NOT", "TO", "&&", "||"}, word) {
			return term{}, noSearch("%s", word)
		}
	}
	text := strings.Join(words, " ")
	field, value, named := strings.Cut(text, ":")
	switch {
	case text == "":
		return term{}, noSearch("nothing before AND")
	case !named || strings.HasPrefix(text, `"`):
		begins, _, err := searchValue(text)
		return term{"(" + beginsWith("users.name") + " OR " + beginsWith("users.email") + ")",
			[]any{begins.pattern(), begins.pattern()}}, err
	case len(words) > 1:
		return term{}, noSearch("%s after %s without AND between them", words[1], words[0])
	}
	v, open, err := searchValue(value)
	if err != nil {
		return term{}, err
	}
	return v.of(field, open)
}

// searched is a value that is looked for.
type searched string

// searchValue reads a value; open, if anything may follow it.
func searchValue(text string) (value searched, open bool, err error) {
	if inner, quoted := strings.CutPrefix(text, `"`); quoted {
		inner, ends := strings.CutSuffix(inner, `"`)
		plain := strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(inner)
		if bare := strings.NewReplacer(`\\`, ``, `\"`, ``).Replace(inner); !ends || strings.ContainsAny(bare, `"\`) {
			return "", false, noSearch("the value %s", text)
		}
		return searched(plain), false, nil
	}
	text, open = strings.CutSuffix(text, "*")
	if text == "" && !open || strings.ContainsAny(text, `*?()[]{}^~":\/<>`) || strings.ContainsAny(text[:min(1, len(text))], "+-!") {
		return "", false, noSearch("the value %s", text)
	}
	return searched(text), open, nil
}

// beginsWith is the condition that a column begins with a value, in any case. The database folds both by the same rule.
func beginsWith(column string) string { return "LOWER(" + column + ") LIKE LOWER(?) ESCAPE '!'" }

// pattern finds what begins with the value, and nothing else.
func (v searched) pattern() string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(string(v)) + "%"
}

func (v searched) of(field string, open bool) (term, error) {
	switch field {
	case "email", "name":
		switch {
		case open:
			return term{beginsWith("users." + field), []any{v.pattern()}}, nil
		case field == "email":
			return term{"users.email = ?", []any{normalEmail(string(v))}}, nil
		}
		return term{"LOWER(users.name) = LOWER(?)", []any{string(v)}}, nil
	case "user_id":
		if open {
			return term{}, noSearch("a part of a user_id")
		}
		return term{"users.id = ?", []any{string(v)}}, nil
	case "blocked", "email_verified":
		if open || v != "true" && v != "false" {
			return term{}, noSearch("%s without true or false", field)
		}
		return term{"users." + field + " = ?", []any{v == "true"}}, nil
	}
	return term{}, noSearch("the field %s", field)
}

var userOrders = map[string]string{
	"user_id": "users.id", "email": "users.email", "name": "users.name",
	"created_at": "users.created_at", "updated_at": "users.updated_at",
}

// userOrder is the order of a list: a field, and 1 from the smallest on or -1 from the greatest.
func userOrder(sort string) (string, error) {
	if sort == "" {
		return "users.id", nil
	}
	field, way, _ := strings.Cut(sort, ":")
	column, direction := userOrders[field], map[string]string{"1": "", "-1": " DESC"}
	words, known := direction[way]
	if column == "" || !known {
		return "", mistaken("sort", "must be one of %s, with :1 or :-1 after it", strings.Join(sortedNames(userOrders), ", "))
	}
	return column + words + ", users.id" + words, nil
}
