package timesheets

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"punchcard/auth"
)

// worked records an entry of Ada's of so many minutes.
func (h house) worked(day string, minutes int) Entry {
	n := h.hour(day)
	n.Minutes = &minutes
	return h.record(ada, n)
}

// submitted is the week of an entry of Ada's, submitted.
func (h house) submitted(id string) Period {
	h.t.Helper()
	return must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: id}, Early: true, Attest: true}))
}

func (p Period) missingDays() string {
	var days []string
	for _, f := range p.Flags {
		if f.Code == missingDay {
			days = append(days, fmt.Sprint(f.Date, " ", f.Minutes))
		}
	}
	return strings.Join(days, ", ")
}

func TestAPeriodSaysWhatIsExpectedAndMissing(t *testing.T) {
	h := openHouse(t)
	seen := func() Period { return must(ask(h.PeriodOn, mia, PeriodDay{ada.User, "2026-11-18"})) }
	h.worked("2026-11-16", 500)
	h.worked("2026-11-20", 60)
	if p := seen(); p.ExpectedMinutes != 0 || p.MissingMinutes != 0 || p.Uncounted() != "" {
		t.Errorf("before anybody said any hours: %+v", p)
	}
	h.expects(everybody, Schedule{"2026-01-01", fullTime(0)})
	for _, c := range []struct {
		now     string
		missing int
	}{
		{"2026-11-15T12:00:00Z", 0},
		{"2026-11-16T11:59:00Z", 0},    // where it is earliest, it is Sunday still
		{"2026-11-16T12:00:00Z", 0},    // 480 expected, 500 worked
		{"2026-11-18T11:00:00Z", 460},  // Tuesday came
		{"2026-11-19T11:00:00Z", 940},  // Wednesday
		{"2026-11-21T11:00:00Z", 1840}, // Friday, of which there is an hour
		{"2027-01-01T11:00:00Z", 1840},
	} {
		now := must(time.Parse(time.RFC3339, c.now))
		h.now = func() time.Time { return now }
		for name, p := range map[string]Period{"alone": seen(), "listed": must(ask(h.Periods, mia, PeriodQuery{})).Items[0]} {
			if p.ExpectedMinutes != 2400 || p.MissingMinutes != c.missing {
				t.Errorf("%s at %s: %d of %d missing, want %d", name, c.now, p.MissingMinutes, p.ExpectedMinutes, c.missing)
			}
		}
	}
	before := seen()
	h.absent(ada, NewAbsence{From: "2026-11-17", To: "2026-11-19"})
	after := seen()
	if after.ExpectedMinutes != 960 || after.MissingMinutes != 400 || after.Minutes != before.Minutes || after.Uncounted() == before.Uncounted() {
		t.Errorf("with an absence: %d of %d missing, %s", after.MissingMinutes, after.ExpectedMinutes, after.Uncounted())
	}
	h.worked("2026-11-20", 700)
	if p := seen(); p.MissingMinutes != 0 {
		t.Errorf("who worked longer misses %d minutes", p.MissingMinutes)
	}
}

func TestAMissingDayIsFlaggedUntilItIsNotMissing(t *testing.T) {
	h := openHouse(t)
	h.expects(everybody, Schedule{"2026-01-01", fullTime(0)})
	id := h.worked("2026-11-09", 480).PeriodID
	h.worked("2026-11-11", 1)
	queue := func(want int) {
		t.Helper()
		found := must(ask(h.Approvals, mia, ApprovalQuery{Flag: missingDay})).Items
		if counts := must(ask(h.CountApprovals, mia, struct{}{})); len(found) != want || counts.Submitted != 1 {
			t.Errorf("%d are flagged of %+v", len(found), counts)
		}
	}
	p := h.submitted(id)
	if got := p.missingDays(); got != "2026-11-10 480, 2026-11-12 480, 2026-11-13 480" {
		t.Errorf("missing: %s", got)
	}
	queue(1)
	revision := p.Revision
	changed := func(what, want string) {
		t.Helper()
		p := must(ask(h.Period, mia, PeriodRef{ID: id}))
		if got := p.missingDays(); got != want || p.Revision == revision || p.State != Submitted {
			t.Errorf("%s: missing: %s, at revision %d, %s", what, got, p.Revision, p.State)
		}
		revision = p.Revision
	}
	h.absent(ada, NewAbsence{From: "2026-11-12", To: "2026-11-20", Kind: "sick"})
	changed("sick", "2026-11-10 480")
	_, err := ask(h.DecidePeriod, mia, p.decided(Approved, "")) // as it was seen before
	refused(t, err, StaleReview)
	holiday := h.holiday("2026-11-10", "", true)
	changed("half a holiday", "2026-11-10 240")
	other := h.holiday("2026-11-10", "DE-BY", false)
	must(ask(h.SetRegion, root, NewRegion{PersonRef{ada.User}, Patch[string]{true, new("DE-BY")}}))
	changed("a holiday of the region", "")
	queue(0)
	for _, id := range []string{holiday.ID, other.ID} {
		if err := h.RemoveHoliday(t.Context(), root, HolidayRef{id}); err != nil {
			t.Fatal(err)
		}
	}
	changed("no holiday", "2026-11-10 480")
	h.expects(ada, Schedule{"2026-11-01", Weekdays{}})
	changed("who has left", "")
	h.expects(ada)
	changed("who hasn't", "2026-11-10 480")
	h.expects(everybody, Schedule{"2026-01-01", fullTime(60)})
	changed("fewer hours", "2026-11-10 420")

	h.absent(ada, NewAbsence{From: "2026-01-01", To: "2026-01-09"}) // of other weeks
	p = must(ask(h.Period, mia, PeriodRef{ID: id}))
	if p.Revision != revision {
		t.Error("what has nothing to do with the week changed it")
	}
	must(ask(h.DecidePeriod, mia, p.decided(Approved, "")))
	absence := h.absent(ada, NewAbsence{From: "2026-11-10"})
	p = must(ask(h.Period, mia, PeriodRef{ID: id}))
	if p.State != Approved || p.missingDays() != "2026-11-10 420" || p.ExpectedMinutes != 840 {
		t.Errorf("after the approval: %s, %s, %d", p.State, p.missingDays(), p.ExpectedMinutes)
	}
	if err := h.RemoveAbsence(t.Context(), ada, AbsenceRef{absence.ID}); err != nil {
		t.Error(err)
	}
}

// More than one page of periods waits.
func TestAllThatWaitsIsFlaggedAnew(t *testing.T) {
	h := openHouse(t)
	people := []auth.Caller{ada, bob, carl, eve}
	for n := range (pageMost + 20) / len(people) {
		for _, by := range people {
			p := h.week(by, n)
			must(ask(h.SubmitPeriod, by, PeriodSubmission{PeriodRef: PeriodRef{ID: p.ID}}))
		}
	}
	h.expects(everybody, Schedule{"2000-01-01", Weekdays{Tuesday: 1}})
	for _, by := range people {
		for _, p := range must(ask(h.Periods, root, PeriodQuery{UserID: by.User, Paging: Paging{Limit: pageMost}})).Items {
			if p.missingDays() != dayAfter(p.Start, 1)+" 1" {
				t.Fatalf("%s has %v", p.ID, p.Flags)
			}
		}
	}
}

func TestMissingTimeIsOfThoseWhomTheCallerMaySee(t *testing.T) {
	h := openHouse(t)
	h.expects(everybody, Schedule{"2026-01-01", fullTime(0)})
	for _, c := range []struct {
		by   auth.Caller
		want string
	}{
		{ada, "ada"}, {mia, "ada bob mia"}, {eve, "eve"}, {root, "ada bob carl eve mia root second"}, {payroll, "ada bob carl eve mia root second"},
	} {
		q, names := MissingQuery{Paging{Limit: 2, Count: true}, "", "2026-11-02", "2026-11-06"}, []string{}
		for {
			page := must(ask(h.MissingTime, c.by, q))
			for _, m := range page.Items {
				names = append(names, strings.TrimPrefix(m.UserID, "usr_"))
				if m.MissingMinutes != 2400 || len(m.Periods) != 1 || len(m.Periods[0].Days) != 5 {
					t.Errorf("%s misses %+v", m.UserID, m)
				}
			}
			if *page.Total != len(strings.Fields(c.want)) {
				t.Errorf("%s sees %d people", c.by.Subject(), *page.Total)
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%s sees %s, want %s", c.by.Subject(), got, c.want)
		}
	}
	if found := must(ask(h.MissingTime, ada, MissingQuery{UserID: bob.User, From: "2026-11-02", To: "2026-11-06"})).Items; len(found) > 0 {
		t.Errorf("ada sees %v", found)
	}
}

func TestMissingTimeIsToldByPeriodAndDay(t *testing.T) {
	h := openHouse(t) // where it is earliest, it is Thursday, 19 November 2026
	h.expects(everybody, Schedule{"2026-01-01", fullTime(0)})
	h.worked("2026-11-03", 600)
	h.worked("2026-11-04", 1400)
	week := h.worked("2026-11-09", 480).PeriodID
	for _, day := range []string{"2026-11-10", "2026-11-11", "2026-11-12", "2026-11-13"} {
		h.worked(day, 480)
	}
	h.submitted(week)
	h.worked("2026-11-17", 480)
	h.worked("2026-11-20", 480)
	query := func(from, to string) MissingTime {
		return must(ask(h.MissingTime, mia, MissingQuery{UserID: ada.User, From: from, To: to})).Items[0]
	}
	got := query("2026-11-04", "2026-12-31")
	want := MissingTime{ada.User, ada.Name, 1480, []MissingPeriod{
		{"per_2026-11-02_usr_ada", "2026-11-02", "2026-11-08", Open, 1400, 1440, 40, []EmptyWork{{"2026-11-05", 480}, {"2026-11-06", 480}}},
		{"per_2026-11-16_usr_ada", "2026-11-16", "2026-11-22", Open, 480, 1920, 1440,
			[]EmptyWork{{"2026-11-16", 480}, {"2026-11-18", 480}, {"2026-11-19", 480}}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := query("2026-11-20", "2026-12-31"); len(got.Periods) != 0 || got.MissingMinutes != 0 {
		t.Errorf("of days to come: %+v", got)
	}
	for name, q := range map[string]MissingQuery{
		"from to": {}, "from": {To: "2026-01-01"}, "to": {From: "2026-01-02", To: "2026-01-01"}, "to ": {From: "2026-01-01", To: "2027-01-02"},
		"from  ": {From: "2026-02-30", To: "2026-03-01"},
	} {
		if got := pointers(q.Validate()); got != strings.TrimSpace(name) {
			t.Errorf("%+v: faults at %s", q, got)
		}
	}
}

// What is missing is grouped as the periods are that people see, whatever the calendar was.
func TestMissingTimeIsGroupedAsPeriodsAre(t *testing.T) {
	h := openHouse(t)
	h.expects(everybody, Schedule{"2019-01-01", Weekdays{1, 1, 1, 1, 1, 1, 1}})
	h.group(rand.New(rand.NewPCG(rand.Uint64(), 0)))
	h.record(ada, h.hour("2020-03-14"))
	var got []string
	for _, m := range must(ask(h.MissingTime, ada, MissingQuery{From: "2020-01-01", To: "2020-12-31"})).Items[0].Periods {
		got = append(got, m.PeriodID+" "+m.End)
	}
	var want []string
	for day := "2020-01-01"; day <= "2020-12-31"; {
		p := must(ask(h.PeriodOn, ada, PeriodDay{ada.User, day}))
		want, day = append(want, p.ID+" "+p.End), dayAfter(p.End, 1)
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) < 12 {
		t.Error(diff)
	}
}

func TestTeamsAreWhoShareAManager(t *testing.T) {
	h := openHouse(t)
	told := func(by auth.Caller) (told []string) {
		for _, team := range must(ask(h.Teams, by, TeamQuery{})).Items {
			var names []string
			for _, m := range team.Members {
				names = append(names, m.Name)
			}
			told = append(told, fmt.Sprint(team.Name, " ", team.Size, " ", strings.Join(names, ", ")))
		}
		return told
	}
	mias := "Mia Chen 2 Ada Lovelace, Bob Ross"
	for _, c := range []struct {
		by   auth.Caller
		want []string
	}{
		{ada, []string{mias}}, {mia, []string{mias}}, {eve, nil}, {carl, []string{"Gone Manager 1 Carl Gauss"}},
		{root, []string{"Gone Manager 1 Carl Gauss", mias}}, {payroll, []string{"Gone Manager 1 Carl Gauss", mias}},
	} {
		if got := told(c.by); !slices.Equal(got, c.want) {
			t.Errorf("%s sees %q", c.by.Subject(), got)
		}
	}
	page := must(ask(h.Teams, root, TeamQuery{Paging{Limit: 1, Count: true}}))
	next := must(ask(h.Teams, root, TeamQuery{Paging{Limit: 1, Cursor: page.Next}}))
	if *page.Total != 2 || page.Items[0].Name != "Gone Manager" || next.Items[0].Name != "Mia Chen" || next.Next != "" {
		t.Errorf("%+v, then %+v", page, next)
	}
}
