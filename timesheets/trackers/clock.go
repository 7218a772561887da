package trackers

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Orders of day and month in a date that says neither.
const (
	dayFirst   = "dmy"
	monthFirst = "mdy"
)

// numbersOf splits a date into its three numbers; ok if it is one, in whichever order.
func numbersOf(date string) (numbers [3]int, slashes, ok bool) {
	date, _, _ = strings.Cut(date, " ") // a time may follow
	date, _, _ = strings.Cut(date, "T")
	separator := "-"
	for _, s := range []string{"/", "."} {
		if strings.Contains(date, s) {
			separator = s
		}
	}
	parts := strings.Split(date, separator)
	if len(parts) != 3 {
		return numbers, false, false
	}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || len(part) > 4 {
			return numbers, false, false
		}
		numbers[i] = n
	}
	return numbers, separator == "/", true
}

// dateOrder is the order of days with slashes: as it was said, or as those of them tell that can be read only one way.
func dateOrder(rows []row, said string) (string, error) {
	if said != "" {
		return said, nil
	}
	order, open := "", false
	for _, r := range rows {
		numbers, slashes, ok := numbersOf(r.get("date"))
		if !ok || !slashes || numbers[0] > 31 {
			continue
		}
		this := ""
		switch {
		case numbers[0] > 12:
			this = dayFirst
		case numbers[1] > 12:
			this = monthFirst
		case numbers[0] != numbers[1]:
			open = true
		}
		if order != "" && this != "" && order != this {
			return "", unreadable("the days are written in two ways, with the day first and with the month first")
		}
		if this != "" {
			order = this
		}
	}
	if order == "" && open {
		return "", unreadable("the days could have the day or the month first: say which by date_order=dmy or date_order=mdy")
	}
	return order, nil
}

// date reads a civil day.
func (r *row) date(name string) string {
	numbers, slashes, ok := numbersOf(r.get(name))
	year, month, day := numbers[0], numbers[1], numbers[2]
	switch {
	case !ok:
		r.wrong(name, "must be a day such as 2026-03-04")
		return ""
	case numbers[0] > 31: // the year comes first
	case slashes && r.order == monthFirst:
		month, day, year = numbers[0], numbers[1], numbers[2]
	default:
		day, month, year = numbers[0], numbers[1], numbers[2]
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if year < 1970 || year > 9999 || t.Day() != day || int(t.Month()) != month {
		r.wrong(name, "is a day that the calendar doesn't have, or from before 1970")
		return ""
	}
	return t.Format(time.DateOnly)
}

// clock reads a time of day as the seconds since midnight; ok if there is one.
func (r *row) clock(name string) (seconds int, ok bool) {
	text := strings.ToUpper(strings.ReplaceAll(r.get(name), "\u202f", " "))
	if text == "" {
		return 0, false
	}
	if text == "24:00" || text == "24:00:00" {
		return 24 * 3600, true
	}
	for _, layout := range []string{"15:04", "15:04:05", "3:04 PM", "3:04:05 PM", "3:04PM", "3:04:05PM"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Hour()*3600 + t.Minute()*60 + t.Second(), true
		}
	}
	r.wrong(name, "must be a time such as 09:00 or 9:00 AM")
	return 0, false
}

// duration reads how long, as seconds: 1:30, 1:30:00, 1.5 or 1,5 hours; and if bare is set, whole numbers as seconds when
// they are more than a day has hours.
func (r *row) duration(name string, bare bool) (seconds int, ok bool) {
	text := r.get(name)
	if text == "" {
		return 0, false
	}
	parts := strings.Split(text, ":")
	if len(parts) == 2 || len(parts) == 3 {
		unit := 3600
		for _, part := range parts {
			n, err := strconv.Atoi(part)
			if err != nil || n < 0 || n > 9999 {
				r.wrong(name, "must be a duration such as 1:30")
				return 0, false
			}
			seconds += n * unit
			unit /= 60
		}
		return seconds, true
	}
	hours, err := strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
	if err != nil || !(hours >= 0) || hours > 1e6 {
		r.wrong(name, "must be a duration such as 1:30 or 1.5")
		return 0, false
	}
	if bare && hours > 24 && hours == math.Trunc(hours) {
		return int(hours), true
	}
	return int(math.Round(hours * 3600)), true
}

// minutes are whole ones, of which everything that lasts at all has one at least.
func (r *row) minutes(seconds int) int {
	n := (seconds + 30) / 60
	if seconds > 0 {
		n = max(n, 1)
	}
	if n*60 != seconds {
		r.remark("%d:%02d:%02d is taken as %d minutes", seconds/3600, seconds/60%60, seconds%60, n)
	}
	return n
}

// clockText is "09:00".
func clockText(minutes int) string {
	return strconv.Itoa(minutes/600) + strconv.Itoa(minutes/60%10) + ":" + strconv.Itoa(minutes%60/10) + strconv.Itoa(minutes%10)
}

// whole reads a whole number of minutes; none is 0.
func (r *row) whole(name string) int {
	text := r.get(name)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 24*60 {
		r.wrong(name, "must be a whole number of minutes, up to 1440")
	}
	return n
}
