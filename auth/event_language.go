package auth

import (
	"strings"
	"time"
)

// searchFields are what a search text can name, and where its value goes.
var searchFields = map[string]func(q *EventQuery) *string{
	"user_id":     func(q *EventQuery) *string { return &q.UserID },
	"client_id":   func(q *EventQuery) *string { return &q.ClientID },
	"ip":          func(q *EventQuery) *string { return &q.IP },
	"description": func(q *EventQuery) *string { return &q.Text },
	"request_id":  func(q *EventQuery) *string { return &q.RequestID },
}

// parseEventSearch reads what is understood of Auth0's search language for logs: field:value, field:"quoted value" and
// date:[A TO B], joined by AND, each field once. An end of date is a day, an instant of RFC 3339, or *; both ends are
// inclusive. A description is found that holds the text. Anything else is a *Denial that names it.
func parseEventSearch(text string) (EventQuery, error) {
	var q EventQuery
	seen := map[string]bool{}
	for rest := strings.TrimSpace(text); rest != ""; {
		field, after, found := strings.Cut(rest, ":")
		if _, known := searchFields[field]; !found || !known && field != "type" && field != "date" {
			return EventQuery{}, notUnderstood(rest)
		}
		if seen[field] {
			return EventQuery{}, unsearchable("The search names %s twice", field)
		}
		seen[field] = true
		var err error
		if rest, err = q.readTerm(field, after); err != nil {
			return EventQuery{}, err
		}
		if rest == "" {
			break
		}
		joined, ok := strings.CutPrefix(rest, "AND ")
		if rest = strings.TrimSpace(joined); !ok || rest == "" {
			return EventQuery{}, notUnderstood(joined)
		}
	}
	return q, nil
}

func notUnderstood(text string) *Denial {
	return unsearchable("The search is not understood from '%s' on: write field:value or field:\"value with spaces\", joined by AND; "+
		"fields are type, user_id, client_id, ip, description, request_id, and date as in date:[2026-03-01 TO 2026-03-31]", cut(text, 60))
}

// readTerm reads the value of one field, and gives what stands behind it.
func (q *EventQuery) readTerm(field, text string) (rest string, err error) {
	var value string
	switch {
	case field == "date":
		value, rest, err = readRange(text)
	case strings.HasPrefix(text, `"`):
		value, rest, err = readQuoted(text)
	default:
		value, rest, _ = strings.Cut(text, " ")
		if value == "" || strings.ContainsAny(value, `"\()[]{}*?~^<>:`) && (field != "ip" || strings.Trim(value, "0123456789abcdefABCDEF.:") != "") {
			err = notUnderstood(field + ":" + text)
		}
	}
	switch {
	case err != nil:
		return "", err
	case field == "date":
		err = q.between(value)
	case field == "type":
		q.Type = []string{value}
	default:
		*searchFields[field](q) = value
	}
	return strings.TrimSpace(rest), err
}

func readRange(text string) (value, rest string, err error) {
	inner, opened := strings.CutPrefix(text, "[")
	value, rest, closed := strings.Cut(inner, "]")
	if !opened || !closed || rest != "" && rest[0] != ' ' {
		return "", "", notUnderstood("date:" + text)
	}
	return value, rest, nil
}

// readQuoted reads up to the closing quotation mark. A backslash takes the meaning of the character behind it.
func readQuoted(text string) (value, rest string, err error) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text):
			i++
			b.WriteByte(text[i])
		case text[i] != '"':
			b.WriteByte(text[i])
		case b.Len() == 0 || i+1 < len(text) && text[i+1] != ' ':
			return "", "", notUnderstood(text)
		default:
			return b.String(), text[i+1:], nil
		}
	}
	return "", "", notUnderstood(text)
}

func (q *EventQuery) between(text string) (err error) {
	from, to, found := strings.Cut(text, " TO ")
	if !found {
		return notUnderstood("date:[" + text + "]")
	}
	if q.Since, err = readInstant(from, 0); err != nil {
		return err
	}
	q.Until, err = readInstant(to, 24*time.Hour-time.Microsecond)
	return err
}

// readInstant reads one end of a range. A day is meant up to its end, which is so much later than its beginning.
func readInstant(text string, end time.Duration) (time.Time, error) {
	text = strings.TrimSpace(text)
	if text == "*" {
		return time.Time{}, nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.Add(end), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, unsearchable("'%s' is no date: write a day such as 2026-03-04, an instant such as 2026-03-04T09:30:00Z, or *", cut(text, 40))
	}
	return at.UTC(), nil
}
