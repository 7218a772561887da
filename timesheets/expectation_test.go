package timesheets

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"punchcard/auth"
)

// fullTime is eight hours from Monday to Friday, less the minutes.
func fullTime(less int) Weekdays {
	m := 480 - less
	return Weekdays{Monday: m, Tuesday: m, Wednesday: m, Thursday: m, Friday: m}
}

// expects sets everybody's hours, or one person's.
func (h house) expects(of auth.Caller, schedules ...Schedule) {
	h.t.Helper()
	if of.User == "" {
		must(ask(h.SetExpectedHours, root, NewHours{&schedules}))
		return
	}
	must(ask(h.SetExpectedHoursOf, root, NewHoursOf{PersonRef{of.User}, NewHours{&schedules}}))
}

var everybody auth.Caller

func (h house) holiday(date, region string, half bool) Holiday {
	h.t.Helper()
	return must(ask(h.AddHoliday, root, NewHoliday{date, "Holiday of " + region, region, half}))
}

func (h house) absent(by auth.Caller, n NewAbsence) Absence {
	h.t.Helper()
	if n.Kind == "" {
		n.Kind = "vacation"
	}
	return must(ask(h.RecordAbsence, by, n))
}

// expected is what is expected of a person from day to day.
func (h house) expected(of auth.Caller, from, to string) int {
	h.t.Helper()
	return must(expectationsOf(h.db.Read(context.Background()), []string{of.User}, from, to)).over(of.User, from, to)
}

func TestWhatIsExpectedOnADay(t *testing.T) {
	h := openHouse(t)
	if got := h.expected(ada, "2026-01-01", "2026-12-31"); got != 0 {
		t.Errorf("%d minutes before anybody said any hours", got)
	}
	h.expects(everybody, Schedule{"2026-03-02", fullTime(0)}, Schedule{"2026-06-01", fullTime(15)})
	h.expects(bob, Schedule{"2026-04-01", Weekdays{Saturday: 301}}, Schedule{"2026-09-01", Weekdays{}})
	must(ask(h.SetRegion, root, NewRegion{PersonRef{ada.User}, Patch[string]{true, new(" DE-BY ")}}))
	h.holiday("2026-05-01", "", false)
	h.holiday("2026-05-04", "DE-BY", false)
	h.holiday("2026-05-05", "DE-BE", false)
	h.holiday("2026-05-06", "", true)
	h.holiday("2026-06-06", "", true)
	h.absent(ada, NewAbsence{From: "2026-04-06", To: "2026-04-12"})
	h.absent(ada, NewAbsence{From: "2026-04-13", Half: true})
	h.absent(ada, NewAbsence{From: "2026-04-14", MinutesPerDay: new(100)})
	h.absent(ada, NewAbsence{From: "2026-04-15", MinutesPerDay: new(1000)})
	h.absent(ada, NewAbsence{From: "2026-05-06", Half: true})
	for _, c := range []struct {
		name string
		of   auth.Caller
		day  string
		want int
	}{
		{"before any hours", ada, "2026-02-27", 0},
		{"the first day of hours", ada, "2026-03-02", 480},
		{"a Saturday", ada, "2026-03-07", 0},
		{"the last day of the first hours", ada, "2026-05-29", 480},
		{"the first day of the next", ada, "2026-06-01", 465},
		{"everybody's, before one's own", bob, "2026-03-31", 480},
		{"one's own, no working day", bob, "2026-04-01", 0},
		{"one's own", bob, "2026-04-04", 301},
		{"half of an odd day, in the person's favour", bob, "2026-06-06", 150},
		{"after leaving", bob, "2026-09-05", 0},
		{"everybody's holiday", ada, "2026-05-01", 0},
		{"one's region's holiday", ada, "2026-05-04", 0},
		{"another region's holiday", ada, "2026-05-05", 480},
		{"a region's holiday for who has none", eve, "2026-05-04", 480},
		{"half a holiday", eve, "2026-05-06", 240},
		{"half a holiday and half a vacation", ada, "2026-05-06", 0},
		{"vacation", ada, "2026-04-08", 0},
		{"half a vacation", ada, "2026-04-13", 240},
		{"two hours off", ada, "2026-04-14", 380},
		{"more off than there is", ada, "2026-04-15", 0},
		{"somebody else's vacation", eve, "2026-04-08", 480},
	} {
		if got := h.expected(c.of, c.day, c.day); got != c.want {
			t.Errorf("%s: %d minutes, want %d", c.name, got, c.want)
		}
	}
}

// Whatever is expected of somebody, the sum over any days is the sum of the days, each read for itself; and that of the
// periods in which they are, whatever the calendar was. Days don't know of zones: those on which clocks change are days.
func TestExpectedTimeAddsUp(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	h := openHouse(t)
	first := "2019-12-02" // among what follows: 29 February 2020, week 53 of 2020, six changes of clocks
	anyDay := func() string { return dayAfter(first, chance.IntN(800)) }
	for _, of := range []auth.Caller{everybody, ada, bob} {
		schedules := map[string]Schedule{}
		for range 1 + chance.IntN(4) {
			s := Schedule{anyDay(), Weekdays{chance.IntN(600), chance.IntN(600), 0, 480, chance.IntN(600), chance.IntN(100), 1}}
			schedules[s.ValidFrom] = s
		}
		var all []Schedule
		for _, s := range schedules {
			all = append(all, s)
		}
		h.expects(of, all...)
	}
	must(ask(h.SetRegion, root, NewRegion{PersonRef{ada.User}, Patch[string]{true, new("A")}}))
	for range 60 {
		n := NewHoliday{anyDay(), fmt.Sprint(chance.Int()), []string{"", "A", "B"}[chance.IntN(3)], chance.IntN(2) == 0}
		must(ask(h.AddHoliday, root, n))
		absence := NewAbsence{UserID: []string{ada.User, bob.User}[chance.IntN(2)], Kind: "other", From: anyDay(), Half: chance.IntN(3) == 0}
		absence.To = dayAfter(absence.From, chance.IntN(10))
		if !absence.Half && chance.IntN(2) == 0 {
			absence.MinutesPerDay = new(1 + chance.IntN(500))
		}
		ask(h.RecordAbsence, root, absence) // which some can't be, since they overlap
	}
	h.group(chance)
	for _, of := range []auth.Caller{ada, bob, eve} {
		for range 15 {
			from := dayAfter(first, chance.IntN(700))
			to := dayAfter(from, chance.IntN(60))
			byDay, byPeriod := 0, 0
			for day := from; day <= to; day = dayAfter(day, 1) {
				byDay += h.expected(of, day, day)
			}
			if got := h.expected(of, from, to); got != byDay {
				t.Fatalf("%s from %s to %s: %d minutes, but %d by day", of.Name, from, to, got, byDay)
			}
			p := must(ask(h.PeriodOn, root, PeriodDay{of.User, from}))
			for start := p.Start; p.Start <= to; p = must(ask(h.PeriodOn, root, PeriodDay{of.User, dayAfter(p.End, 1)})) {
				byPeriod += p.ExpectedMinutes
				if whole := h.expected(of, start, p.End); whole != byPeriod {
					t.Fatalf("%s from %s to %s: %d minutes, but %d by period", of.Name, start, p.End, whole, byPeriod)
				}
			}
		}
	}
}

// group groups days into weeks, months and weeks again.
func (h house) group(chance *rand.Rand) {
	at := func(day string) *Service {
		noon, _ := time.Parse(time.DateOnly, day)
		return New(h.db, Settings{Now: func() time.Time { return noon }})
	}
	h.record(eve, h.hour("2019-12-03"))
	for i, period := range []string{"month", "week"} {
		s := house{at(dayAfter("2020-02-20", 200*i+chance.IntN(100))), h.t, h.db}
		s.apply(Setup{Organization: &NewOrganization{Name: "ExampleCo", WeekStarts: "sunday", Period: period}})
	}
}

func TestDaysAreCountedOneByOne(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     int
	}{
		{"2026-03-29", "2026-03-29", 1}, {"2026-03-28", "2026-03-30", 3}, {"2026-10-24", "2026-10-26", 3}, {"2024-02-28", "2024-03-01", 3},
		{"2100-02-28", "2100-03-01", 2}, {"2020-12-28", "2021-01-03", 7}, {"2026-12-31", "2027-01-01", 2}, {"2026-01-02", "2026-01-01", 0},
		{"9999-12-30", lastDay, 2}, {"", "2026-01-01", 0},
	} {
		n := 0
		for range days(c.from, c.to) {
			n++
		}
		if n != c.want {
			t.Errorf("%s to %s are %d days", c.from, c.to, n)
		}
	}
}
