package auth

import (
	"fmt"
	"time"
)

// moment is an instant as a page tells it: in words that need no time zone.
type moment struct {
	ISO, Text string
}

// ago tells how long something is past; nothing, if it never was.
func ago(at, now time.Time) *moment {
	if at.IsZero() {
		return nil
	}
	return &moment{at.UTC().Format(time.RFC3339), inWords(now.Sub(at))}
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
