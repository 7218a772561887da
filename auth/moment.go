package auth

import (
	"time"

	"punchcard/auth/lang"
)

// moment is an instant as a page tells it: to a person in words, to a program in RFC 3339.
type moment struct {
	ISO  string
	Text lang.Words
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
	return &moment{at.UTC().Format(time.RFC3339), lang.Date(at.UTC())}
}

func inWords(past time.Duration) lang.Words {
	switch hours := int(past.Hours()); {
	case past < 2*seenEvery:
		return lang.Words{"pages.ago.now"}
	case past < time.Hour:
		return lang.Words{"pages.ago.minutes", "n", int(past.Minutes())}
	case hours < 24:
		return lang.Words{"pages.ago.hours", "n", hours}
	default:
		return lang.Words{"pages.ago.days", "n", hours / 24}
	}
}
