package timesheets

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"punchcard/auth"
)

// at is the house at another time, such as "2026-11-23 08:00" in UTC.
func (h house) at(clock string) {
	h.t.Helper()
	now := must(time.Parse("2006-01-02 15:04", clock))
	h.now = func() time.Time { return now }
}

// reminded reminds people at that time, and returns what each is told then.
func (h house) reminded(clock string) []string {
	h.t.Helper()
	h.at(clock)
	if err := h.remind(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	var rows []notificationRow
	if err := h.db.Read(h.t.Context()).Where("once IS NOT NULL AND created_at = ?", h.instant()).Find(&rows).Error; err != nil {
		h.t.Fatal(err)
	}
	var told []string
	for _, n := range rows {
		told = append(told, strings.TrimSpace(n.UserID+" "+n.Kind+" "+n.Params.Start+" "+n.Params.Stage))
	}
	slices.Sort(told)
	return told
}

// expectHours expects eight hours of everybody on Mondays.
func (h house) expectHours() {
	h.apply(Setup{Organization: &NewOrganization{ExpectedHours: &Schedule{Minutes: Weekdays{Monday: 480}}}})
}

func TestPeopleAreRemindedInStages(t *testing.T) {
	h := openHouse(t) // a week ends on Sunday, 15 November, and is due two days later
	h.record(ada, h.hour("2026-11-09"))
	h.handIn("2026-11-02") // is submitted
	h.record(bob, h.hour("2026-11-16"))
	for _, c := range []struct{ clock, want string }{
		{"2026-11-15 23:00", ""},
		{"2026-11-16 07:59", ""},
		{"2026-11-16 08:00", "usr_ada reminder 2026-11-09 due_tomorrow"},
		{"2026-11-16 23:59", ""},
		{"2026-11-17 09:00", "usr_ada reminder 2026-11-09 due_today"},
		{"2026-11-18 09:00", ""},
		{"2026-11-19 09:00", ""},
		{"2026-11-20 09:00", "usr_ada reminder 2026-11-09 overdue"},
		{"2026-11-21 09:00", ""},
	} {
		if got := strings.Join(h.reminded(c.clock), "; "); got != c.want {
			t.Errorf("%s: %q, want %q", c.clock, got, c.want)
		}
		h.remindedOn = "" // as after a restart, or on another instance
		if again := h.reminded(c.clock[:15] + "1"); again != nil {
			t.Errorf("%s, once more: %v", c.clock, again)
		}
		h.remindedOn = ""
	}
	var texts []string
	for _, n := range must(ask(h.Notifications, ada, NotificationQuery{})).Items {
		texts = append(texts, n.Text)
	}
	want := []string{
		"Your time of the week of 9 November 2026 isn't submitted yet; it was due on 17 November 2026",
		"Your time of the week of 9 November 2026 isn't submitted yet; it is due today, 17 November 2026",
		"Your time of the week of 9 November 2026 isn't submitted yet; it is due tomorrow, on 17 November 2026",
	}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsSubmittedAtLastIsLeftInPeace(t *testing.T) {
	h := openHouse(t)
	e := h.record(ada, h.hour("2026-11-09"))
	if got := h.reminded("2026-11-16 09:00"); len(got) != 1 {
		t.Fatalf("%v", got)
	}
	must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: e.PeriodID}}))
	if got := h.reminded("2026-11-17 09:00"); got != nil {
		t.Errorf("%v", got)
	}
}

func TestRemindersEndAtLast(t *testing.T) {
	h := openHouse(t)
	h.record(ada, h.hour("2026-11-09"))
	var all []string
	for day := range 60 {
		all = append(all, h.reminded(time.Date(2026, 11, 16+day, 9, 0, 0, 0, time.UTC).Format("2006-01-02 15:04"))...)
	}
	all = slices.DeleteFunc(all, func(told string) bool { return !strings.Contains(told, "2026-11-09") })
	if len(all) != 2+overdueReminders {
		t.Errorf("%d times: %v", len(all), all)
	}
}

// Who has nothing at all in a period is reminded if hours are expected of them, or, where nobody said any hours, if they
// worked in the four weeks before.
func TestWhoHasNothingIsRemindedIfTimeIsExpected(t *testing.T) {
	for _, c := range []struct {
		name  string
		as    func(h house)
		wants bool
	}{
		{"worked the week before", func(h house) { h.record(ada, h.hour("2026-11-06")) }, true},
		{"worked four weeks before", func(h house) { h.record(ada, h.hour("2026-10-14")) }, true},
		{"worked long before", func(h house) { h.record(ada, h.hour("2026-10-08")) }, false},
		{"never worked", func(house) {}, false},
		{"works later alone", func(h house) { h.record(ada, h.hour("2026-11-17")) }, false},
		{"deleted what there was", func(h house) {
			h.record(ada, h.hour("2026-11-06"))
			must(ask(h.removal, ada, EntryRef{ID: h.record(ada, h.hour("2026-11-10")).ID}))
		}, true},
		{"submitted an empty week", func(h house) {
			h.record(ada, h.hour("2026-11-06"))
			must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: "per_2026-11-09_usr_ada"}, Attest: true}))
		}, false},
		{"has working hours", func(h house) { h.expectHours() }, true},
		{"has working hours and is on vacation", func(h house) {
			h.expectHours()
			must(ask(h.RecordAbsence, ada, NewAbsence{Kind: "vacation", From: "2026-11-09", To: "2026-11-15"}))
		}, false},
		{"worked before, has working hours and is on vacation", func(h house) {
			h.record(ada, h.hour("2026-11-06"))
			h.expectHours()
			must(ask(h.RecordAbsence, ada, NewAbsence{Kind: "vacation", From: "2026-11-09", To: "2026-11-15"}))
		}, false},
		{"is blocked", func(h house) {
			h.record(ada, h.hour("2026-11-06"))
			h.write(func(tx *gorm.DB) error {
				return tx.Model(&auth.Person{}).Where("id = ?", ada.User).Update("blocked", true).Error
			})
		}, false},
	} {
		h := openHouse(t)
		c.as(h)
		got := slices.Contains(h.reminded("2026-11-16 09:00"), "usr_ada reminder 2026-11-09 due_tomorrow")
		if got != c.wants {
			t.Errorf("who %s is reminded: %t", c.name, got)
		}
	}
}

func TestNobodyIsRemindedOfWhatIsClosed(t *testing.T) {
	h := openHouse(t)
	h.record(ada, h.hour("2026-11-09"))
	h.record(bob, h.hour("2026-11-06"))
	must(ask(h.SetLock, root, NewLock{Until: new("2026-11-15"), Reason: "paid"}))
	if got := h.reminded("2026-11-16 09:00"); got != nil {
		t.Errorf("%v", got)
	}
}

func TestTheOrganizationSaysWhen(t *testing.T) {
	for _, c := range []struct {
		due, every, escalate int
		want                 string
	}{
		{0, 3, 0, ""},
		{1, 0, 0, "16 due_today"},
		{3, 0, 0, "17 due_tomorrow, 18 due_today"},
		{1, 2, 0, "16 due_today, 18 overdue, 20 overdue, 22 overdue"},
	} {
		h := openHouse(t)
		h.apply(Setup{Organization: &NewOrganization{Reminders: &NewReminders{&c.due, &c.every, &c.escalate}}})
		h.record(ada, h.hour("2026-11-09"))
		h.handIn("2026-11-02")
		var got []string
		for day := 15; day < 28; day++ {
			for _, told := range h.reminded(fmt.Sprintf("2026-11-%d 09:00", day)) {
				if rest, ok := strings.CutPrefix(told, "usr_ada reminder 2026-11-09 "); ok {
					got = append(got, fmt.Sprintf("%d %s", day, rest))
				} else if strings.Contains(told, escalation) {
					t.Errorf("escalated: %s", told)
				}
			}
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("due %d, every %d: %v, want %s", c.due, c.every, got, c.want)
		}
	}
	bad, most := -1, daysLimit+1
	mistakes := Setup{Organization: &NewOrganization{Reminders: &NewReminders{&bad, &most, nil}}}.Check()
	if len(mistakes) != 2 || !strings.Contains(fmt.Sprint(mistakes), "/organization/reminders/submission_due_days must be between 0 and 28 days") {
		t.Errorf("%v", mistakes)
	}
}

func TestSubmissionsThatWaitAreEscalatedOnce(t *testing.T) {
	h := openHouse(t)
	h.apply(Setup{Organization: &NewOrganization{Reminders: &NewReminders{SubmissionDueDays: new(0)}}})
	h.at("2026-11-16 10:00")
	p := h.handIn("2026-11-09")
	e := h.record(carl, h.hour("2026-11-09")) // whom only administrators can approve
	must(ask(h.SubmitPeriod, carl, PeriodSubmission{PeriodRef: PeriodRef{ID: e.PeriodID}}))
	if got := h.reminded("2026-11-21 09:59"); got != nil {
		t.Errorf("too early: %v", got)
	}
	h.remindedOn = ""
	want := []string{"usr_root escalation 2026-11-09", "usr_root escalation 2026-11-09",
		"usr_second escalation 2026-11-09", "usr_second escalation 2026-11-09"}
	if diff := cmp.Diff(want, h.reminded("2026-11-21 10:00")); diff != "" {
		t.Error("as Mia has no manager:", diff)
	}
	if text := must(ask(h.Notifications, root, NotificationQuery{})).Items[1].Text; !strings.HasSuffix(text,
		"submitted the week of 9 November 2026 5 days ago, and nobody has decided about it") {
		t.Error(text)
	}
	if got := h.reminded("2026-11-22 10:00"); got != nil {
		t.Errorf("again: %v", got)
	}
	h.write(func(tx *gorm.DB) error {
		return tx.Model(&auth.Person{}).Where("id = ?", mia.User).Update("manager_id", eve.User).Error
	})
	must(ask(h.WithdrawPeriod, ada, PeriodRef{ID: p.ID}))
	p = must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: p.ID}}))
	if diff := cmp.Diff([]string{"usr_eve escalation 2026-11-09"}, h.reminded("2026-11-28 10:00")); diff != "" {
		t.Error("to Mia's manager:", diff)
	}
	h.decide(mia, p, Approved)
	if diff := cmp.Diff([]string{"escalation, read"}, h.toldTo(eve)); diff != "" {
		t.Error("once it is decided:", diff)
	}
}

func TestTwoInstancesRemindOnce(t *testing.T) {
	h := openHouse(t)
	h.record(ada, h.hour("2026-11-09"))
	h.at("2026-11-16 09:00")
	other := New(h.db, Settings{Secret: []byte("a secret of the tests"), Now: h.now})
	errs := make(chan error)
	for _, s := range []*Service{h.Service, other} {
		go func() { errs <- s.remind(t.Context()) }()
	}
	for range 2 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if diff := cmp.Diff([]string{"reminder"}, h.toldTo(ada)); diff != "" {
		t.Error(diff)
	}
}

func TestALongListIsRemindedOfToItsEnd(t *testing.T) {
	h := openHouse(t)
	h.apply(Setup{Organization: &NewOrganization{Reminders: &NewReminders{EscalateAfterDays: new(0)}}})
	many := remindBite + 5
	h.write(func(tx *gorm.DB) error {
		for i := range many {
			p := person(fmt.Sprintf("p%04d", i), "Somebody")
			h.hire(tx, p, "")
			day := map[bool]string{true: "2026-11-09", false: "2026-11-02"}[i%2 == 0] // something, or nothing but the week before
			end := dayAfter(day, 6)
			err := tx.Exec(periodInsert, "per_"+day+"_"+p.User, p.User, day, end, h.instant()).Error
			if err == nil {
				err = tx.Exec("UPDATE periods SET entries = 1 WHERE user_id = ?", p.User).Error
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	told := map[string]bool{}
	for _, n := range h.reminded("2026-11-16 09:00") {
		if user, of, _ := strings.Cut(n, " "); strings.Contains(of, "2026-11-09") {
			told[user] = true
		}
	}
	if len(told) != many {
		t.Errorf("%d of %d", len(told), many)
	}
}
