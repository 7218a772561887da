package timesheets

import (
	"fmt"
	"math"
	"time"
)

const dayMinutes = 24 * 60

// minutesOf turns hours such as 3.5 into whole minutes. The tolerance is what a float64 loses: 200 minutes go out as
// 3.3333333333333335 hours and come back as 200 minutes, while 3.33 hours are no whole minutes.
func minutesOf(hours float64) (minutes int, whole bool) {
	exact := hours * 60
	rounded := math.Round(exact)
	if math.Abs(rounded) > dayMinutes || !(math.Abs(exact-rounded) < 1e-9) {
		return 0, false
	}
	return int(rounded), true
}

// clock turns "09:30" into minutes since midnight, up to "24:00".
func clock(text string) (minutes int, ok bool) {
	if text == "24:00" {
		return dayMinutes, true
	}
	t, err := time.Parse("15:04", text)
	return t.Hour()*60 + t.Minute(), err == nil && len(text) == len("15:04")
}

// asHours writes 90 minutes as "1:30".
func asHours(minutes int) string { return fmt.Sprintf("%d:%02d", minutes/60, minutes%60) }
