package auth

import (
	"fmt"
	"time"
)

// moment is an instant as a page tells it: to a person in words, to a program in RFC 3339.
type moment struct {
	ISO, Text string
}

// ago tells how long something is past, which needs no time zone; nothing, if it never was.
func ago(at, now time.Time) *moment {
	if at.IsZero() {
		return nil
	}
	return &moment{at.UTC().Format(time.RFC3339), inWords(now.Sub(at))}
}

// on tells the day of something, as UTC has it.
func on(at time.Time) *moment {
	return &moment{at.UTC().Format(time.RFC3339), at.UTC().Format("2 January 2006")}
}

func inWords(past time.Duration) string {
	switch hours := int(past.Hours()); {
	case past < 2*seenEvery:
		return "just now"
	case past < time.Hour:
		return plural(int(past.Minutes()), "minute")
	case hours < 24:
		return plural(hours, "hour")
	default:
		return plural(hours/24, "day")
	}
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit + " ago"
	}
	return fmt.Sprintf("%d %ss ago", n, unit)
}
