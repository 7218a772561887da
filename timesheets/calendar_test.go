package timesheets

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"punchcard/auth"
)

func TestPeriodsAreWeeksOrMonths(t *testing.T) {
	for _, c := range []struct {
		weekStarts, period, day string
		want                    span
	}{
		{"monday", "week", "2026-09-21", span{"2026-09-21", "2026-09-27"}},
		{"monday", "week", "2026-09-27", span{"2026-09-21", "2026-09-27"}},
		{"sunday", "week", "2026-09-27", span{"2026-09-27", "2026-10-03"}},
		{"saturday", "week", "2026-09-27", span{"2026-09-26", "2026-10-02"}},
		{"monday", "week", "2026-03-29", span{"2026-03-23", "2026-03-29"}}, // 23 hours in Berlin
		{"monday", "week", "2026-10-25", span{"2026-10-19", "2026-10-25"}}, // 25 hours
		{"monday", "week", "2026-12-31", span{"2026-12-28", "2027-01-03"}}, // week 53
		{"monday", "week", "2027-01-03", span{"2026-12-28", "2027-01-03"}},
		{"monday", "week", "2027-01-04", span{"2027-01-04", "2027-01-10"}}, // week 1
		{"monday", "week", "2025-12-29", span{"2025-12-29", "2026-01-04"}}, // week 1, of the year before by its days
		{"monday", "week", "2024-02-29", span{"2024-02-26", "2024-03-03"}},
		{"monday", "week", "1970-01-01", span{"1969-12-29", "1970-01-04"}},
		{"monday", "week", "9999-12-31", span{"9999-12-27", lastDay}},
		{"monday", "month", "2024-02-29", span{"2024-02-01", "2024-02-29"}},
		{"monday", "month", "2026-02-01", span{"2026-02-01", "2026-02-28"}},
		{"monday", "month", "2100-02-28", span{"2100-02-01", "2100-02-28"}}, // no leap year
		{"monday", "month", "2026-12-31", span{"2026-12-01", "2026-12-31"}},
	} {
		if got := spanIn([]calendar{{"", c.weekStarts, c.period}}, c.day); got != c.want {
			t.Errorf("%s of %s is in %s, want %s", c.period, c.day, got, c.want)
		}
	}
	if got := spanIn(nil, "2026-09-23"); got != (span{"2026-09-21", "2026-09-27"}) {
		t.Errorf("unless somebody says otherwise: %s", got)
	}
}

// anyCalendars are up to four, one after another.
func anyCalendars(chance *rand.Rand) (calendars []calendar) {
	from := ""
	for range chance.IntN(4) {
		calendars = append(calendars, calendar{
			FromDay: from, WeekStarts: []string{"monday", "sunday", "saturday"}[chance.IntN(3)],
			Period: []string{"week", "month"}[chance.IntN(2)],
		})
		from = dayAfter(max(from, "2019-12-01"), 1+chance.IntN(400))
	}
	return calendars
}

func TestEveryDayIsInExactlyOnePeriod(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	for range 200 {
		calendars := anyCalendars(chance)
		day := dayAfter("2019-06-01", chance.IntN(1500))
		expected := spanIn(calendars, day)
		for day = expected.Start; day < "2024-03-05"; day = dayAfter(day, 1) {
			got := spanIn(calendars, day)
			if day > expected.End {
				expected = span{day, got.End} // the next period begins where the last one ended
			}
			if got != expected || day < got.Start || day > got.End || got.End > dayAfter(got.Start, 30) {
				t.Fatalf("%s is in %s, want %s, by %+v", day, got, expected, calendars)
			}
		}
	}
}

// Whatever is written and however the weeks are changed meanwhile: no two periods of a person share a day, a day keeps the
// period that it has, and what the rows count is what the entries come to.
func TestPeriodsNeverOverlapNorMove(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	chance, h := rand.New(rand.NewPCG(seed, 0)), openHouse(t)
	project := h.project("StoreZero")
	known := map[string]string{}
	for step := range 150 {
		if step%10 == 9 {
			h.now = func() time.Time { return time.Date(2026, 1, step, 12, 0, 0, 0, time.UTC) }
			o := must(ask(h.ChangeOrganization, root, OrganizationChange{
				WeekStarts: patch(weekStarts[chance.IntN(3)]), Period: patch(periodKinds[chance.IntN(2)]),
			}))
			h.holdsWhenItSays(o)
		}
		n := NewEntry{Date: dayAfter("2025-12-20", chance.IntN(200)), Minutes: new(1 + chance.IntN(60)), ProjectID: project}
		e := h.record(ada, n)
		if was := known[e.Date]; was != "" && was != e.PeriodID {
			t.Fatalf("%s was in %s, and is in %s", e.Date, was, e.PeriodID)
		}
		known[e.Date] = e.PeriodID
		if chance.IntN(4) == 0 {
			e = must(ask(h.Change, ada, EntryChange{ID: e.ID, Date: Patch[string]{true, new(dayAfter(e.Date, chance.IntN(40)-20))}}))
		}
		if chance.IntN(8) == 0 {
			must(ask(h.removal, ada, EntryRef{ID: e.ID}))
		}
	}
	h.soundPeriods(t)
	for day, id := range known {
		if p := must(ask(h.PeriodOn, ada, PeriodDay{ada.User, day})); p.ID != id || day < p.Start || day > p.End {
			t.Errorf("%s is in %s, from %s to %s, and was in %s", day, p.ID, p.Start, p.End, id)
		}
	}
}

// holdsWhenItSays holds the day from which the calendar is said to hold against the days themselves, of somebody without time.
func (h house) holdsWhenItSays(o OrganizationSettings) {
	h.t.Helper()
	of := func(c calendar, day string) span { return spanIn([]calendar{{"", c.WeekStarts, c.Period}}, day) }
	on := func(day string) span {
		p := must(ask(h.PeriodOn, bob, PeriodDay{bob.User, day}))
		return span{p.Start, p.End}
	}
	now := calendar{WeekStarts: o.WeekStarts, Period: o.Period}
	if o.CalendarFrom == nil {
		if day := h.latestDay(); on(day) != of(now, day) {
			h.t.Errorf("%s is in %s, by %+v from the beginning", day, on(day), now)
		}
		return
	}
	first := *o.CalendarFrom
	if got := on(first); got.Start != first || got.End != of(now, first).End {
		h.t.Errorf("from %s on it is %s, by %+v", first, got, now)
	}
	if last := dayAfter(first, -1); on(last).End != last || of(*o.CalendarBefore, last).Start > on(last).Start {
		h.t.Errorf("until %s it is %s, by %+v", last, on(last), *o.CalendarBefore)
	}
	if today := h.latestDay(); today < first && on(today).End >= first {
		h.t.Errorf("today's period %s reaches into what begins on %s", on(today), first)
	}
}

// soundPeriods holds the rows of periods against each other and against the entries.
func (h house) soundPeriods(t *testing.T) {
	t.Helper()
	tx := h.db.Read(t.Context())
	var overlaps, strays int64
	sound := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	sound(tx.Raw(`SELECT COUNT(*) FROM periods AS a JOIN periods AS b ON a.user_id = b.user_id AND a.id <> b.id
		AND a.start_day <= b.end_day AND b.start_day <= a.end_day`).Scan(&overlaps).Error)
	sound(tx.Raw(`SELECT COUNT(*) FROM entries LEFT JOIN periods ON periods.id = entries.period_id
		WHERE entries.deleted_at IS NULL AND (periods.id IS NULL OR periods.user_id <> entries.user_id
			OR entries.date < start_day OR entries.date > end_day)`).Scan(&strays).Error)
	if overlaps != 0 || strays != 0 {
		t.Errorf("%d periods overlap, %d entries are in none of theirs", overlaps, strays)
	}
	var rows []periodRow
	sound(tx.Find(&rows).Error)
	for _, row := range rows {
		c := must(row.tally(tx))
		live := row.Live && c.Drafts == 0 && c.Rejected == 0
		if row.State != c.state(live, row.Settled) || row.Minutes != c.Minutes || row.Entries != c.Entries ||
			row.BillableMinutes != c.BillableMinutes || row.Live != live ||
			row.Live != (row.State == Submitted || row.State == Approved) {
			t.Errorf("%s is kept as %+v, and comes to %+v", row.ID, row, c)
		}
	}
}

func TestChangingTheWeekTouchesPeriodsToComeAlone(t *testing.T) {
	h := openHouse(t) // on Friday, 20 November 2026, in Auckland
	weeks := func(days ...string) (got []span) {
		for _, day := range days {
			p := must(ask(h.PeriodOn, ada, PeriodDay{ada.User, day}))
			got = append(got, span{p.Start, p.End})
		}
		return got
	}
	same := func(name string, want, got []span) {
		t.Helper()
		for i := range want {
			if want[i] != got[i] {
				t.Errorf("%s: %s, want %s", name, got[i], want[i])
			}
		}
	}
	h.record(ada, h.hour("2026-03-04"))
	planned := h.record(ada, h.hour("2026-12-16")) // a day off that is planned already
	before := weeks("2025-12-31", "2026-11-15", "2026-11-16", "2026-11-22")
	h.apply(Setup{Organization: &NewOrganization{WeekStarts: "sunday"}})
	same("until this week", before, weeks("2025-12-31", "2026-11-15", "2026-11-16", "2026-11-22"))
	same("from the next one", []span{{"2026-11-23", "2026-11-28"}, {"2026-11-29", "2026-12-05"}, {"2026-12-13", "2026-12-13"},
		{"2026-12-14", "2026-12-20"}, {"2026-12-21", "2026-12-26"}},
		weeks("2026-11-23", "2026-11-29", "2026-12-13", "2026-12-16", "2026-12-21"))
	if again := must(ask(h.Entry, ada, EntryRef{ID: planned.ID})); again.PeriodID != planned.PeriodID {
		t.Errorf("it was in %s, and is in %s", planned.PeriodID, again.PeriodID)
	}
	h.apply(Setup{Organization: &NewOrganization{Period: "month"}})
	same("months after all", []span{{"2026-11-16", "2026-11-22"}, {"2026-11-23", "2026-11-30"}, {"2027-01-01", "2027-01-31"}},
		weeks("2026-11-22", "2026-11-24", "2027-01-05"))
	h.apply(Setup{Organization: &NewOrganization{WeekStarts: "monday", Period: "week"}})
	same("as it was", []span{{"2026-11-16", "2026-11-22"}, {"2026-11-23", "2026-11-29"}}, weeks("2026-11-22", "2026-11-24"))
}

func TestBeforeThereIsTimeTheWeekIsChangedFromTheBeginning(t *testing.T) {
	h := openHouse(t)
	h.apply(Setup{Organization: &NewOrganization{WeekStarts: "saturday"}})
	if p := must(ask(h.PeriodOn, ada, PeriodDay{ada.User, "2026-03-04"})); p.Start != "2026-02-28" || p.End != "2026-03-06" {
		t.Errorf("from %s to %s", p.Start, p.End)
	}
}

func TestTheCalendarSaysWhenItHolds(t *testing.T) {
	h := openHouse(t) // on Friday, 20 November 2026, in Auckland
	set := func(name string, c OrganizationChange, from string, before *calendar) {
		t.Helper()
		o := must(ask(h.ChangeOrganization, root, c))
		got := ""
		if o.CalendarFrom != nil {
			got = *o.CalendarFrom
		}
		if diff := cmp.Diff(before, o.CalendarBefore); got != from || diff != "" {
			t.Errorf("%s: from %q, want %q; %s", name, got, from, diff)
		}
		if read := must(ask(h.Organization, ada, struct{}{})); cmp.Diff(o, read) != "" {
			t.Errorf("%s: it was answered %+v, and is read %+v", name, o, read)
		}
	}
	monday, sunday := &calendar{WeekStarts: "monday", Period: "week"}, &calendar{WeekStarts: "sunday", Period: "week"}
	weeks := func(starts string) OrganizationChange { return OrganizationChange{WeekStarts: patch(starts)} }
	set("before there is time", weeks("sunday"), "", nil)
	set("and back", weeks("monday"), "", nil)
	h.record(ada, h.hour("2026-03-04"))
	set("when there is", weeks("sunday"), "2026-11-23", monday)
	set("something else", OrganizationChange{Name: patch("Other")}, "2026-11-23", monday)
	set("taken back before it holds", weeks("monday"), "", nil)
	set("months", OrganizationChange{Period: patch("month")}, "2026-11-23", monday)
	set("taken back, too", OrganizationChange{Period: patch("week")}, "", nil)
	set("after all", weeks("sunday"), "2026-11-23", monday)
	h.now = func() time.Time { return time.Date(2026, 12, 9, 12, 0, 0, 0, time.UTC) }
	set("when it holds", OrganizationChange{Name: patch("Another")}, "2026-11-23", monday)
	set("months, later", OrganizationChange{Period: patch("month")}, "2026-12-13", sunday)
	var rows int64
	if err := h.db.Read(t.Context()).Model(&calendar{}).Count(&rows).Error; err != nil || rows != 2 {
		t.Errorf("%d calendars are kept, %v", rows, err)
	}
}

func TestAFileThatNamesNothingLeavesTheOrganizationAsItIs(t *testing.T) {
	h := openHouse(t)
	set := must(ask(h.ChangeOrganization, root, OrganizationChange{Name: patch("ExampleCo"), SubmitOnCreate: patch(true), RemindEveryDays: patch(7)}))
	h.apply(Setup{Organization: &NewOrganization{Name: "ExampleCo"}})
	if diff := cmp.Diff(set, must(ask(h.Organization, ada, struct{}{}))); diff != "" {
		t.Error(diff)
	}
}

// Whoever files time just as the weeks are changed has it in one period, and all of it.
func TestTimeIsFiledWhileTheWeekChanges(t *testing.T) {
	h := openHouse(t)
	project := h.project("StoreZero")
	h.record(ada, NewEntry{Date: "2026-11-20", Minutes: new(1), ProjectID: project})
	var group sync.WaitGroup
	for i, by := range []auth.Caller{ada, bob} {
		for j := range 2 {
			group.Go(func() {
				for n := range 15 {
					day := dayAfter("2026-11-14", (7*n+3*j+i)%40)
					if _, err := h.Record(t.Context(), by, NewEntry{Date: day, Minutes: new(1), ProjectID: project}); err != nil {
						t.Errorf("%s on %s: %v", by.User, day, err)
					}
				}
			})
		}
	}
	group.Go(func() {
		for n := range 15 {
			c := OrganizationChange{WeekStarts: patch(weekStarts[n%3]), Period: patch(periodKinds[n/2%2])}
			if _, err := h.ChangeOrganization(t.Context(), root, c); err != nil {
				t.Error(err)
			}
		}
	})
	group.Wait()
	h.soundPeriods(t)
	var filed struct{ Entries, Minutes, Kept int }
	err := h.db.Read(t.Context()).Raw("SELECT COUNT(*) AS entries, SUM(minutes) AS minutes, (SELECT SUM(minutes) FROM periods) AS kept FROM entries").
		Scan(&filed).Error
	if err != nil || filed.Entries != 61 || filed.Minutes != 61 || filed.Kept != 61 {
		t.Errorf("%+v, %v", filed, err)
	}
}
