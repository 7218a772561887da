package timesheets

import (
	"fmt"
	"math"
	"testing"
)

func TestEveryMinuteSurvivesAsHours(t *testing.T) {
	for minutes := range dayMinutes + 1 {
		if back, whole := minutesOf(float64(minutes) / 60); !whole || back != minutes {
			t.Errorf("%d minutes came back as %d", minutes, back)
		}
	}
}

func FuzzMinutesOf(f *testing.F) {
	for _, hours := range []float64{0, 1.5, 3.33, 24, -1, 1e308, math.NaN(), math.Inf(1), 0.016666666666666666} {
		f.Add(hours)
	}
	f.Fuzz(func(t *testing.T, hours float64) {
		minutes, whole := minutesOf(hours)
		if whole && (math.Abs(hours*60-float64(minutes)) >= 1e-9 || minutes < -dayMinutes || minutes > dayMinutes) {
			t.Errorf("%v hours are taken for %d minutes", hours, minutes)
		}
	})
}

func FuzzClock(f *testing.F) {
	for _, text := range []string{"00:00", "09:30", "23:59", "24:00", "24:01", "9:30", "09:60", "-1:00", "09:30:00", "", "０９:30"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		minutes, ok := clock(text)
		if ok && text != fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) {
			t.Errorf("%q is taken for %d minutes since midnight", text, minutes)
		}
	})
}
