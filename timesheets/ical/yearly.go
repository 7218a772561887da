package ical

import (
	"strconv"
	"strings"
	"time"
)

// Yearly is that an event comes again each year, on the same days.
type Yearly struct {
	Until string // the last day on which it begins; empty: for ever
	Count int    // how often; 0: for ever
}

// yearly reads the event's RRULE (RFC 5545 §3.3.10).
func (d *draft) yearly() (*Yearly, error) {
	y, freq := &Yearly{}, ""
	for part := range strings.SplitSeq(strings.ToUpper(strings.TrimSpace(d.rule.value)), ";") {
		name, value, _ := strings.Cut(part, "=")
		fits := true
		switch name {
		case "FREQ":
			freq = value
		case "UNTIL":
			day, err := time.Parse("20060102", value[:min(len(value), 8)])
			y.Until, fits = day.Format(time.DateOnly), err == nil
		case "COUNT":
			n, err := strconv.Atoi(value)
			y.Count, fits = n, err == nil && n > 0
		case "INTERVAL":
			fits = value == "1"
		case "BYMONTH":
			fits = value == strconv.Itoa(int(d.start.Month()))
		case "BYMONTHDAY":
			fits = value == strconv.Itoa(d.start.Day())
		case "WKST":
		default:
			fits = false
		}
		if !fits {
			return nil, wrong(d.rule.line, "has the rule %.80q, of which %.40q is not read here: write each day as an event of its own", d.rule.value, part)
		}
	}
	if freq != "YEARLY" {
		return nil, wrong(d.rule.line, "has a rule that isn't FREQ=YEARLY: write each day as an event of its own")
	}
	return y, nil
}

// Between is each time that the event comes in one of the years from one to another. A 29 February comes in leap years.
func (e Event) Between(first, last int) []Event {
	if e.Yearly == nil {
		return []Event{e}
	}
	from, _ := time.Parse(time.DateOnly, e.From)
	to, _ := time.Parse(time.DateOnly, e.To)
	var times []Event
	for year, came := from.Year(), 0; year <= last && (e.Yearly.Count == 0 || came < e.Yearly.Count); year++ {
		begins := time.Date(year, from.Month(), from.Day(), 0, 0, 0, 0, time.UTC)
		if begins.Day() != from.Day() {
			continue
		}
		if e.Yearly.Until != "" && begins.Format(time.DateOnly) > e.Yearly.Until {
			break
		}
		came++
		if year >= first {
			one := e
			one.From, one.To = begins.Format(time.DateOnly), begins.Add(to.Sub(from)).Format(time.DateOnly)
			times = append(times, one)
		}
	}
	return times
}
