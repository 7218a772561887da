package timesheets

import (
	"strings"
	"sync"
	"testing"

	"punchcard/auth"
)

func TestAbsencesAreOnesOwn(t *testing.T) {
	h := openHouse(t)
	a := h.absent(ada, NewAbsence{From: "2026-08-03", To: "2026-08-07", Kind: "sick", Note: "flu"})
	if a.UserID != ada.User || a.CreatedBy != ada.User || !strings.HasPrefix(a.ID, "abs_") {
		t.Errorf("it is %+v", a)
	}
	h.absent(root, NewAbsence{UserID: bob.User, From: "2026-08-05"})
	h.absent(payroll, NewAbsence{UserID: eve.User, From: "2026-08-06"})
	for _, by := range []auth.Caller{bob, mia, eve} {
		_, err := ask(h.RecordAbsence, by, NewAbsence{UserID: ada.User, Kind: "vacation", From: "2026-09-01"})
		refused(t, err, ValidationFailed, "/user_id", "must be left out")
	}
	for _, n := range []NewAbsence{{UserID: "usr_nobody", Kind: "other", From: "2026-09-01"}, {Kind: "other", From: "2026-09-01"}} {
		_, err := ask(h.RecordAbsence, payroll, n)
		refused(t, err, ValidationFailed, "/user_id")
	}
	for _, c := range []struct {
		by   auth.Caller
		sees string // whose
		kind string // of Ada's
	}{
		{ada, "ada", "sick"}, {mia, "bob ada", "sick"}, {root, "eve bob ada", "sick"}, {bob, "bob", ""}, {eve, "eve", ""}, {carl, "", ""},
		{payroll, "eve bob ada", "unknown"},
	} {
		var names []string
		for _, one := range must(ask(h.Absences, c.by, AbsenceQuery{})).Items {
			names = append(names, strings.TrimPrefix(one.UserID, "usr_"))
		}
		if got := strings.Join(names, " "); got != c.sees {
			t.Errorf("%s sees those of %s, want %s", c.by.Subject(), got, c.sees)
		}
		if found := must(ask(h.Absences, c.by, AbsenceQuery{UserID: ada.User})).Items; (len(found) == 1) != (c.kind != "") {
			t.Errorf("%s sees %v of Ada's", c.by.Subject(), found)
		}
		one, err := ask(h.Absence, c.by, AbsenceRef{a.ID})
		switch {
		case c.kind == "":
			refused(t, err, NotFound)
			refused(t, h.RemoveAbsence(t.Context(), c.by, AbsenceRef{a.ID}), NotFound)
		case err != nil:
			t.Error(err)
		case c.kind == "unknown" && (one.Kind != nil || one.Note != ""):
			t.Errorf("%s is told why: %v %s", c.by.Subject(), one.Kind, one.Note)
		case c.kind != "unknown" && (string(*one.Kind) != c.kind || one.Note != "flu"):
			t.Errorf("%s isn't told why: %v", c.by.Subject(), one)
		}
	}
	refused(t, h.RemoveAbsence(t.Context(), mia, AbsenceRef{a.ID}), Forbidden, "only who is absent")
	if err := h.RemoveAbsence(t.Context(), ada, AbsenceRef{a.ID}); err != nil {
		t.Error(err)
	}
	refused(t, h.RemoveAbsence(t.Context(), ada, AbsenceRef{a.ID}), NotFound)
}

// An application that is told what is done isn't told why somebody is absent.
func TestWebhooksAreNotToldWhySomebodyIsAbsent(t *testing.T) {
	h, r := openHouse(t), &receiver{}
	h.listen(r, NewWebhook{Events: []string{"absence.*"}})
	a := h.absent(ada, NewAbsence{From: "2026-08-03", Kind: "sick", Note: "flu"})
	must(ask(h.ImportAbsences, root, AbsenceImport{File: File{"text/csv", "user,kind,from,note\nusr_ada,sick,2026-08-04,flu\n"}}))
	if err := h.RemoveAbsence(t.Context(), ada, AbsenceRef{a.ID}); err != nil {
		t.Fatal(err)
	}
	if h.tell(); len(r.got) != 3 {
		t.Errorf("%d were told", len(r.got))
	}
	for _, got := range r.got {
		if strings.Contains(got.body, "sick") || strings.Contains(got.body, "flu") || !strings.Contains(got.body, `"from":"2026-08-0`) {
			t.Error(got.body)
		}
	}
}

func TestAbsencesAreListedPageByPage(t *testing.T) {
	h := openHouse(t)
	var want []string
	for _, day := range []string{"2026-08-07", "2026-08-05", "2026-08-03"} {
		want = append(want, h.absent(ada, NewAbsence{From: day, To: dayAfter(day, 1)}).ID)
	}
	var got []string
	q := AbsenceQuery{Paging: Paging{Limit: 1, Count: true}}
	for more := true; more; more = q.Cursor != "" {
		page := must(ask(h.Absences, mia, q))
		if q.Cursor = page.Next; *page.Total != 3 {
			t.Errorf("%d in all", *page.Total)
		}
		got = append(got, page.Items[0].ID)
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("listed %v, want %v", got, want)
	}
	for _, c := range []struct {
		from, to string
		want     int
	}{{"2026-08-04", "", 3}, {"2026-08-05", "", 2}, {"", "2026-08-04", 1}, {"2026-08-06", "2026-08-06", 1}, {"2026-08-09", "", 0}} {
		if got := must(ask(h.Absences, ada, AbsenceQuery{From: c.from, To: c.to})).Items; len(got) != c.want {
			t.Errorf("from %s to %s: %d", c.from, c.to, len(got))
		}
	}
}

func TestAbsencesDontOverlap(t *testing.T) {
	h := openHouse(t)
	h.absent(ada, NewAbsence{From: "2026-08-03", To: "2026-08-07", Half: true})
	for _, c := range []struct {
		from, to string
		free     bool
	}{
		{"2026-08-03", "2026-08-07", false}, {"2026-08-01", "2026-08-03", false}, {"2026-08-07", "", false}, {"2026-08-05", "2026-08-05", false},
		{"2026-08-01", "2026-08-31", false}, {"2026-08-01", "2026-08-02", true}, {"2026-08-08", "2026-08-09", true},
	} {
		_, err := ask(h.RecordAbsence, ada, NewAbsence{Kind: "other", From: c.from, To: c.to, Half: true})
		if c.free && err != nil {
			t.Errorf("from %s to %s: %v", c.from, c.to, err)
		} else if !c.free {
			refused(t, err, Overlap, "/from", "from 2026-08-03 to 2026-08-07")
		}
	}
	h.absent(bob, NewAbsence{From: "2026-08-03"})

	var all sync.WaitGroup
	for range 10 {
		all.Go(func() { ask(h.RecordAbsence, eve, NewAbsence{Kind: "sick", From: "2026-08-03", To: "2026-08-04"}) })
	}
	all.Wait()
	if n := len(must(ask(h.Absences, eve, AbsenceQuery{})).Items); n != 1 {
		t.Errorf("%d absences on the same days", n)
	}
}

func TestAbsencesStayOnClosedDays(t *testing.T) {
	h := openHouse(t)
	a := h.absent(ada, NewAbsence{From: "2026-08-31", To: "2026-09-01"})
	h.shut("2026-08-31")
	for _, by := range []auth.Caller{ada, root, payroll} {
		_, err := ask(h.RecordAbsence, by, NewAbsence{UserID: ada.User, Kind: "other", From: "2026-08-28", To: "2026-09-09"})
		refused(t, err, PeriodClosed, "/from", "the payroll has run")
		refused(t, h.RemoveAbsence(t.Context(), by, AbsenceRef{a.ID}), PeriodClosed, "the payroll has run")
	}
	_, err := ask(h.ImportAbsences, root, AbsenceImport{File: File{"text/csv", "user,kind,from\nada@exampleco.com,sick,2026-08-03\n"}})
	refused(t, err, ValidationFailed, "/lines/2/from", "the payroll has run")
	h.absent(ada, NewAbsence{From: "2026-09-02"})
}

func TestWhatIsWrongWithAnAbsence(t *testing.T) {
	for want, n := range map[string]NewAbsence{
		"":                       {Kind: "parental", From: "2026-01-01", To: "2028-12-31"},
		"/kind /from":            {},
		"/kind":                  {Kind: "Sick", From: "2026-01-01"},
		"/to":                    {Kind: "sick", From: "2026-01-02", To: "2026-01-01"},
		"/to ":                   {Kind: "sick", From: "2026-01-01", To: "2029-01-05"},
		"/from /to":              {Kind: "sick", From: "1969-12-31", To: "x"},
		"/minutes_per_day":       {Kind: "sick", From: "2026-01-01", MinutesPerDay: new(0)},
		"/minutes_per_day ":      {Kind: "sick", From: "2026-01-01", MinutesPerDay: new(60), Half: true},
		"/user_id /note":         {UserID: "\x00", Kind: "sick", From: "2026-01-01", Note: strings.Repeat("n", noteLimit+1)},
		"/minutes_per_day /note": {Kind: "sick", From: "2026-01-01", MinutesPerDay: new(1441), Note: "\x00"},
	} {
		if got := pointers(n.Validate()); got != strings.TrimSpace(want) {
			t.Errorf("%+v: faults at %s", n, got)
		}
	}
}

// What only administrators may set is tried by everybody else.
func TestOnlyAdministratorsSayWhatIsExpected(t *testing.T) {
	h := openHouse(t)
	holiday := h.holiday("2026-05-01", "", false)
	file := File{"text/csv", "date,name\n2026-05-02,A day off\n"}
	for _, by := range []auth.Caller{ada, mia, eve} {
		_, ofAll := ask(h.SetExpectedHours, by, NewHours{&[]Schedule{}})
		_, ofAda := ask(h.SetExpectedHoursOf, by, NewHoursOf{PersonRef{ada.User}, NewHours{&[]Schedule{}}})
		_, region := ask(h.SetRegion, by, NewRegion{PersonRef{ada.User}, Patch[string]{Set: true}})
		_, added := ask(h.AddHoliday, by, NewHoliday{Date: "2026-05-02", Name: "A day off"})
		_, imported := ask(h.ImportHolidays, by, HolidayImport{File: file})
		_, tried := ask(h.ImportHolidays, by, HolidayImport{File: file, DryRun: true})
		_, absences := ask(h.ImportAbsences, by, AbsenceImport{File: File{"text/csv", "user,kind,from\nada@exampleco.com,sick,2026-08-03\n"}})
		removed := h.RemoveHoliday(t.Context(), by, HolidayRef{holiday.ID})
		for _, err := range []error{ofAll, added, imported, tried, absences, removed} {
			refused(t, err, Forbidden, "only an administrator")
		}
		kind := Forbidden
		if by.User == eve.User {
			kind = NotFound
		}
		refused(t, ofAda, kind)
		refused(t, region, kind)
	}
	if n := len(must(ask(h.Holidays, ada, HolidayQuery{})).Items); n != 1 {
		t.Errorf("%d holidays", n)
	}
	for _, c := range []struct {
		by   auth.Caller
		sees bool
	}{{ada, true}, {mia, true}, {root, true}, {payroll, true}, {bob, false}, {eve, false}} {
		_, err := ask(h.ExpectedHoursOf, c.by, PersonRef{ada.User})
		if c.sees && err != nil {
			t.Errorf("%s: %v", c.by.Subject(), err)
		} else if !c.sees {
			refused(t, err, NotFound)
		}
	}
	_, err := ask(h.Person, eve, PersonRef{ada.User})
	refused(t, err, NotFound)
	if p := must(ask(h.Person, ada, PersonRef{mia.User})); p.Name != mia.Name || p.Manages != 2 {
		t.Errorf("her manager is %+v", p)
	}
	_, err = ask(h.SetExpectedHoursOf, root, NewHoursOf{PersonRef{"usr_nobody"}, NewHours{&[]Schedule{}}})
	refused(t, err, NotFound)
}

func TestWhatIsWrongWithExpectedHours(t *testing.T) {
	h := openHouse(t)
	many := make([]Schedule, mostSchedules+1)
	for want, schedules := range map[string]*[]Schedule{
		"/schedules":              nil,
		"/schedules/0/valid_from": {{"2026-02-30", Weekdays{}}},
		"/schedules/1/valid_from": {{"2026-01-01", Weekdays{}}, {"2026-01-01", Weekdays{}}},
		"/schedules/0/minutes/sunday /schedules/0/minutes/friday": {{"2026-01-01", Weekdays{Friday: -1, Sunday: 1441, Monday: 1440}}},
	} {
		if got := pointers(NewHours{schedules}.Validate()); got != want {
			t.Errorf("%v: faults at %s", schedules, got)
		}
	}
	if got := pointers(NewHours{&many}.Validate()); !strings.HasPrefix(got, "/schedules ") {
		t.Errorf("too many: faults at %s", got)
	}
	h.expects(ada, Schedule{"2026-06-01", Weekdays{Monday: 1}}, Schedule{"2026-01-01", Weekdays{Monday: 2}})
	got := must(ask(h.ExpectedHoursOf, ada, PersonRef{ada.User}))
	if len(got.Schedules) != 2 || got.Schedules[0] != (Schedule{"2026-01-01", Weekdays{Monday: 2}}) || *got.UserID != ada.User {
		t.Errorf("they are %+v", got)
	}
	if got := must(ask(h.ExpectedHours, ada, struct{}{})); len(got.Schedules) != 0 || got.UserID != nil {
		t.Errorf("everybody's are %+v", got)
	}
}
