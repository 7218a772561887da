package timesheets

import (
	"testing"
	"time"
)

// What the file says again changes nothing, and what it doesn't say stays.
func TestASetupSaysWhatIsExpected(t *testing.T) {
	h := openHouse(t)
	h.expects(bob, Schedule{"2026-06-01", Weekdays{Monday: 1}})
	setup := Setup{
		Organization: &NewOrganization{
			ExpectedHours: &Schedule{Minutes: fullTime(0)}, Holidays: []NewHoliday{{Date: "2026-05-01", Name: "Labour Day"}},
		},
		People: []NewWorker{
			{Number: 1, Email: "ADA@exampleco.com", Region: "DE-BY"},
			{Number: 2, Email: "bob@exampleco.com", ExpectedHours: &Schedule{Minutes: Weekdays{Monday: 2}}},
			{Number: 3, Email: "nobody@exampleco.com", Region: "DE-BY"},
		},
	}
	h.apply(setup)
	week := h.worked("2026-05-04", 480).PeriodID
	revision := h.submitted(week).Revision
	h.apply(setup)
	if p := must(ask(h.Period, ada, PeriodRef{ID: week})); p.Revision != revision || p.ExpectedMinutes != 2400 {
		t.Errorf("another start changed it: %+v", p)
	}
	if n := len(must(ask(h.Holidays, ada, HolidayQuery{})).Items); n != 1 {
		t.Errorf("%d holidays", n)
	}
	if p := must(ask(h.Person, ada, PersonRef{ada.User})); p.Region != "DE-BY" {
		t.Errorf("Ada works in %q", p.Region)
	}
	own := must(ask(h.ExpectedHoursOf, bob, PersonRef{bob.User})).Schedules
	if len(own) != 2 || own[0] != (Schedule{theBeginning, Weekdays{Monday: 2}}) || own[1].Minutes.On(time.Monday) != 1 {
		t.Errorf("Bob's hours are %+v", own)
	}
	setup.People[1].ExpectedHours = &Schedule{"2026-06-01", Weekdays{Monday: 3}}
	h.apply(setup)
	if own := must(ask(h.ExpectedHoursOf, bob, PersonRef{bob.User})).Schedules; len(own) != 2 || own[1].Minutes.On(time.Monday) != 3 {
		t.Errorf("Bob's hours are %+v", own)
	}
}
