package timesheets

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"punchcard/auth"
)

// asksFor has somebody remind of periods, and returns the summary, and of each what is wrong: "" of those that are reminded of.
func (h house) asksFor(by auth.Caller, ids ...string) (summary string, problems []string) {
	h.t.Helper()
	done := must(ask(h.RemindMany, by, Reminders{PeriodIDs: ids}))
	for i, r := range done.Results {
		if len(ids) > 0 && r.PeriodID != ids[i] {
			h.t.Errorf("result %d is of %s", i, r.PeriodID)
		}
		problem := ""
		if r.Problem != nil {
			problem = string(*r.Problem)
		}
		problems = append(problems, problem)
	}
	return done.Summary, problems
}

func TestWhoDecidesRemindsOfATimeOnceADay(t *testing.T) {
	h := openHouse(t)
	open, rejected := h.record(ada, h.hour("2026-11-09")).PeriodID, h.as(Rejected, "2026-11-02").PeriodID
	nothing := "per_2026-11-09_" + bob.User // in which he wrote nothing, so that there is no row
	if said, _ := h.asksFor(mia, open, rejected, nothing); said != "3 reminded" {
		t.Error(said)
	}
	if said, why := h.asksFor(mia, open, nothing, open[:4]+"2026-11-10_"+ada.User); said != "2 reminded already, 1 refused" || why[0] != "already-reminded" {
		t.Error(said, why)
	}
	texts := []string{}
	for _, n := range must(ask(h.Notifications, ada, NotificationQuery{})).Items[:2] {
		texts = append(texts, n.Kind+" "+n.Params.Stage+": "+n.Text)
	}
	want := []string{"reminder asked: Mia Chen asks you to submit your time of the week of 2 November 2026",
		"reminder asked: Mia Chen asks you to submit your time of the week of 9 November 2026"}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"reminder"}, h.toldTo(bob)); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct{ clock, want string }{{"2026-11-20 22:59", "1 reminded already"}, {"2026-11-20 23:01", "1 reminded"}} {
		h.at(c.clock)
		h.write(func(tx *gorm.DB) error { // on the second day it is another one who asks
			return tx.Model(&auth.Person{}).Where("id = ?", ada.User).Update("manager_id", eve.User).Error
		})
		now := h.instant() // the first reminder was at noon in Auckland, 23:00
		if said, _ := h.asksFor(eve, open); said != c.want {
			t.Errorf("at %s: %s", now, said)
		}
	}
	found := must(ask(h.Audit, root, AuditQuery{Action: "period.reminded"})).Items
	if len(found) != 4 || found[0].Object != open || found[0].Actor != eve.User || found[0].Chain != ada.User {
		t.Errorf("%d audited: %+v", len(found), found)
	}
}

func TestAllOfWhomSomebodyDecidesAreRemindedAtOnce(t *testing.T) {
	h := openHouse(t)
	open, before := h.record(ada, h.hour("2026-11-09")).PeriodID, h.record(bob, h.hour("2026-11-02")).PeriodID
	h.record(ada, h.hour("2026-11-16")) // isn't over
	h.handIn("2026-10-26")              // is submitted
	h.record(mia, h.hour("2026-11-09"))
	h.record(eve, h.hour("2026-11-09"))
	h.asksFor(mia, before)
	done := must(ask(h.RemindMany, mia, Reminders{}))
	if done.Summary != "1 reminded" || len(done.Results) != 1 || done.Results[0].PeriodID != open {
		t.Errorf("%+v", done)
	}
	if done := must(ask(h.RemindMany, mia, Reminders{})); done.Summary != "" || len(done.Results) != 0 {
		t.Errorf("again: %+v", done)
	}
	h.at("2026-11-22 12:00")
	if done := must(ask(h.RemindMany, mia, Reminders{})); done.Summary != "2 reminded" {
		t.Errorf("days later: %+v", done)
	}
}

// Whom one doesn't decide about one can't tell anything, and learns nothing of.
func TestNobodyElseReminds(t *testing.T) {
	h := openHouse(t)
	open, submitted := h.record(ada, h.hour("2026-11-09")).PeriodID, h.handIn("2026-11-02").ID
	approved := h.decide(mia, h.handIn("2026-10-26"), Approved).ID
	running, own := h.record(ada, h.hour("2026-11-16")).PeriodID, h.record(mia, h.hour("2026-11-09")).PeriodID
	old, gone := h.record(ada, h.hour("2026-01-05")).PeriodID, "per_2026-11-09_usr_gone"
	must(ask(h.SetLock, root, NewLock{Until: new("2026-01-31"), Reason: "payroll"}))
	h.write(func(tx *gorm.DB) error {
		return tx.Model(&auth.Person{}).Where("id = ?", "usr_gone").Update("manager_id", mia.User).Error
	})
	for _, c := range []struct {
		name    string
		by      auth.Caller
		id      string
		problem Kind
	}{
		{"one's own", mia, own, NotFound},
		{"one's own, as an employee", ada, open, NotFound},
		{"a colleague's", bob, open, NotFound},
		{"a stranger's", eve, open, NotFound},
		{"nobody's", mia, "per_2026-11-09_usr_nobody", NotFound},
		{"a manager's, from below", ada, own, NotFound},
		{"as an administrator, where somebody else decides", root, open, Forbidden},
		{"what is submitted", mia, submitted, InvalidTransition},
		{"what is approved", mia, approved, InvalidTransition},
		{"what isn't over", mia, running, InvalidTransition},
		{"what is to come", mia, "per_2027-11-15_" + ada.User, InvalidTransition},
		{"what is closed", mia, old, PeriodClosed},
		{"who can't sign in", mia, gone, InvalidTransition},
		{"no period", mia, "", NotFound},
		{"a day within", mia, "per_2026-11-10_" + ada.User, NotFound},
		{"an injection", mia, "per_2026-11-09_usr_ada' OR '1'='1", NotFound},
		{"unprintable", mia, "per_2026-11-09_usr_ada\x00", NotFound},
		{"very long", mia, "per_2026-11-09_" + strings.Repeat("a", 100_000), NotFound},
	} {
		if _, why := h.asksFor(c.by, c.id); why[0] != string(c.problem) {
			t.Errorf("%s: %q, want %s", c.name, why[0], c.problem)
		}
	}
	_, err := ask(h.RemindMany, payroll, Reminders{PeriodIDs: []string{open}})
	refused(t, err, Forbidden)
	for _, bad := range [][]string{{}, {open, own, open}, make([]string, 201)} {
		_, err := ask(h.RemindMany, mia, Reminders{PeriodIDs: bad})
		refused(t, err, ValidationFailed, "/period_ids")
	}
	if diff := cmp.Diff([]string{"approved"}, h.toldTo(ada)); diff != "" {
		t.Error(diff)
	}
	must(ask(h.Delegate, mia, NewDelegation{ToUserID: eve.User, StartsOn: h.today(), EndsOn: h.today()}))
	if said, why := h.asksFor(h.calls(eve), open); said != "1 reminded" {
		t.Errorf("in the manager's place: %s %v", said, why)
	}
}

func TestRemindersGoTheWaysThatPeopleChose(t *testing.T) {
	h := openPostedHouse(t)
	open := h.record(ada, h.hour("2026-11-09")).PeriodID
	must(ask(h.SetSwitches, ada, NewSwitches{[]Switch{{Kind: reminder}}}))
	if said, _ := h.asksFor(mia, open); said != "1 reminded" { // what she chose isn't the manager's business
		t.Error(said)
	}
	if said, _ := h.asksFor(mia, open); said != "1 reminded already" {
		t.Error(said)
	}
	if told, mails := h.toldTo(ada), h.after(gatherFor); told != nil || mails != nil {
		t.Errorf("%v %v", told, subjects(mails))
	}
	must(ask(h.SetSwitches, ada, NewSwitches{}))
	h.after(remindAgain)
	h.asksFor(mia, open)
	if diff := cmp.Diff([]string{"ada@exampleco.com: Mia Chen asks you to submit your time of the week of 9 November 2026"},
		subjects(h.after(gatherFor))); diff != "" {
		t.Error(diff)
	}
}

func TestTwoWhoRemindAtOnceRemindOnce(t *testing.T) {
	h := openHouse(t)
	open := h.record(ada, h.hour("2026-11-09")).PeriodID
	said := make(chan string)
	for range 2 {
		go func() {
			done, err := h.RemindMany(context.Background(), mia, Reminders{PeriodIDs: []string{open}})
			if err != nil {
				t.Error(err)
			}
			said <- done.Summary
		}()
	}
	if both := <-said + ", " + <-said; both != "1 reminded, 1 reminded already" && both != "1 reminded already, 1 reminded" {
		t.Error(both)
	}
	if told := h.toldTo(ada); len(told) != 1 {
		t.Errorf("%v", told)
	}
}

func TestARehearsedReminderTellsNobody(t *testing.T) {
	h := openHouse(t)
	open := h.record(ada, h.hour("2026-11-09")).PeriodID
	before := h.rows(t)
	if done := must(h.RemindMany(Rehearse(t.Context()), mia, Reminders{PeriodIDs: []string{open}})); done.Summary != "1 reminded" {
		t.Error(done.Summary)
	}
	if diff := cmp.Diff(before, h.rows(t)); diff != "" {
		t.Error(diff)
	}
	h.now = func() time.Time { return time.Date(2026, 11, 15, 23, 59, 0, 0, time.UTC) }
	if _, why := h.asksFor(mia, open); why[0] != string(InvalidTransition) {
		t.Error("on its last day:", why)
	}
}
