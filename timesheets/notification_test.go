package timesheets

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"punchcard/auth"
)

// toldTo is what a person is told of in the app, the earliest first: its kind and whether it is read.
func (h house) toldTo(by auth.Caller) []string {
	h.t.Helper()
	var told []string
	for _, n := range must(ask(h.Notifications, by, NotificationQuery{})).Items {
		text := n.Kind
		if n.ReadAt != nil {
			text += ", read"
		}
		told = append(told, text)
	}
	slices.Reverse(told)
	return told
}

// handIn is a period of Ada's, submitted.
func (h house) handIn(day string) Period {
	h.t.Helper()
	e := h.record(ada, h.hour(day))
	return must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: e.PeriodID}, Early: true, Comment: "all of it"}))
}

func (h house) decide(by auth.Caller, p Period, state State) Period {
	h.t.Helper()
	return must(ask(h.DecidePeriod, by, PeriodDecision{ID: p.ID, Revision: &p.Revision, Decision: state, Comment: "which project?"}))
}

func TestWhoIsToldOfWhat(t *testing.T) {
	h := openHouse(t)
	p := h.handIn("2026-11-09")
	if diff := cmp.Diff([]string{"submitted"}, h.toldTo(mia)); diff != "" {
		t.Error("after the submission:", diff)
	}
	p = h.decide(mia, p, Rejected)
	p = must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: p.ID}}))
	p = h.decide(mia, p, Approved)
	must(ask(h.RequestReopening, ada, Reopening{PeriodRef: PeriodRef{ID: p.ID}, Reason: "I forgot Friday"}))
	must(ask(h.Reopen, root, Reopening{PeriodRef: PeriodRef{ID: p.ID}, Reason: "Friday"}))
	if diff := cmp.Diff([]string{"submitted, read", "submitted, read", "reopening_requested"}, h.toldTo(mia)); diff != "" {
		t.Error("the manager:", diff)
	}
	if diff := cmp.Diff([]string{"rejected", "approved", "reopened"}, h.toldTo(ada)); diff != "" {
		t.Error("the owner:", diff)
	}
	for _, by := range []auth.Caller{bob, eve, carl, root, second} {
		if told := h.toldTo(by); told != nil {
			t.Errorf("%s is told %v", by.Name, told)
		}
	}
	var texts []string
	for _, n := range append(must(ask(h.Notifications, ada, NotificationQuery{})).Items, must(ask(h.Notifications, mia, NotificationQuery{})).Items...) {
		texts = append(texts, n.Text)
	}
	want := []string{
		"Root Admin reopened your time of the week of 9 November 2026: Friday",
		"Mia Chen approved your time of the week of 9 November 2026: which project?",
		"Mia Chen asks you to change your time of the week of 9 November 2026: which project?",
		"Ada Lovelace asks you to reopen the week of 9 November 2026: I forgot Friday",
		"Ada Lovelace submitted the week of 9 November 2026 (1:00 h)",
		"Ada Lovelace submitted the week of 9 November 2026 (1:00 h): all of it",
	}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Error(diff)
	}
	n := must(ask(h.Notifications, ada, NotificationQuery{})).Items[2]
	n.ID, n.CreatedAt = "", time.Time{}
	wanted := Notification{Kind: "rejected", PeriodID: &p.ID, OwnerID: &ada.User, ByUser: &mia.User, Text: want[2], Params: Particulars{
		OwnerName: ada.Name, ByName: mia.Name, Start: "2026-11-09", End: "2026-11-15", Minutes: 60, Comment: "which project?",
	}}
	if diff := cmp.Diff(wanted, n); diff != "" {
		t.Error(diff)
	}
}

func TestWhereNobodyManagesTheAdministratorsAreTold(t *testing.T) {
	h := openHouse(t)
	for _, by := range []auth.Caller{carl, root} {
		e := h.record(by, h.hour("2026-11-09"))
		must(ask(h.SubmitPeriod, by, PeriodSubmission{PeriodRef: PeriodRef{ID: e.PeriodID}}))
	}
	if diff := cmp.Diff([]string{"submitted"}, h.toldTo(root)); diff != "" {
		t.Error("nobody is told of their own:", diff)
	}
	if diff := cmp.Diff([]string{"submitted", "submitted"}, h.toldTo(second)); diff != "" {
		t.Error(diff)
	}
}

func TestEntriesThatAreSubmittedOneByOneAreToldOnce(t *testing.T) {
	h := openHouse(t)
	var entries []Entry
	for day := range 5 {
		entries = append(entries, h.as(Submitted, fmt.Sprintf("2026-11-%02d", 9+day)))
	}
	if diff := cmp.Diff([]string{"submitted"}, h.toldTo(mia)); diff != "" {
		t.Error(diff)
	}
	must(ask(h.Decide, mia, Decision{ID: entries[0].ID, Decision: Rejected, Comment: "why?"}))
	must(ask(h.Decide, mia, Decision{ID: entries[1].ID}))
	if diff := cmp.Diff([]string{"rejected", "approved"}, h.toldTo(ada)); diff != "" {
		t.Error(diff)
	}
	if text := must(ask(h.Notifications, ada, NotificationQuery{})).Items[1].Text; text != "Mia Chen asks you to change your time of 9 November 2026: why?" {
		t.Error(text)
	}
	p := must(ask(h.Period, ada, PeriodRef{ID: entries[0].PeriodID}))
	must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: p.ID}}))
	p = must(ask(h.Period, mia, PeriodRef{ID: p.ID}))
	h.decide(mia, p, Approved)
	if diff := cmp.Diff([]string{"rejected", "approved", "approved"}, h.toldTo(ada)); diff != "" {
		t.Error("one decision about many lines:", diff)
	}
}

func TestWhatIsWithdrawnUnseenIsTakenBack(t *testing.T) {
	h := openHouse(t)
	p := h.handIn("2026-11-09")
	must(ask(h.WithdrawPeriod, ada, PeriodRef{ID: p.ID}))
	if told := h.toldTo(mia); told != nil {
		t.Errorf("unseen: %v", told)
	}
	must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: p.ID}}))
	must(ask(h.ReadNotification, mia, NotificationRef{must(ask(h.Notifications, mia, NotificationQuery{})).Items[0].ID}))
	must(ask(h.WithdrawPeriod, ada, PeriodRef{ID: p.ID}))
	if diff := cmp.Diff([]string{"submitted, read", "withdrawn"}, h.toldTo(mia)); diff != "" {
		t.Error("seen:", diff)
	}
	one, other := h.as(Submitted, "2026-11-02"), h.as(Submitted, "2026-11-03")
	must(ask(h.Withdraw, ada, EntryRef{ID: one.ID}))
	if told := h.toldTo(mia); len(told) != 3 {
		t.Errorf("another entry waits still: %v", told)
	}
	must(ask(h.Withdraw, ada, EntryRef{ID: other.ID}))
	if told := h.toldTo(mia); len(told) != 2 {
		t.Errorf("no entry waits any more: %v", told)
	}
}

func TestWhatIsOnlyTriedOrRefusedIsToldToNobody(t *testing.T) {
	h := openHouse(t)
	e := h.record(ada, h.hour("2026-11-09"))
	must(h.SubmitPeriod(Rehearse(t.Context()), ada, PeriodSubmission{PeriodRef: PeriodRef{ID: e.PeriodID}}))
	stale := int64(77)
	if _, err := ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: e.PeriodID, Revision: &stale}}); err == nil {
		t.Error("a stale revision was submitted")
	}
	if told := h.toldTo(mia); told != nil {
		t.Errorf("%v", told)
	}
}

func TestNotificationsAreOnesOwn(t *testing.T) {
	h := openHouse(t)
	h.handIn("2026-11-02")
	h.handIn("2026-11-09")
	theirs := must(ask(h.Notifications, mia, NotificationQuery{Paging: Paging{Limit: 1}}))
	for _, by := range []auth.Caller{ada, bob, eve, root} {
		_, err := ask(h.ReadNotification, by, NotificationRef{theirs.Items[0].ID})
		refused(t, err, NotFound)
		if err := h.ReadNotifications(t.Context(), by, ReadUpTo{theirs.Items[0].ID}); err != nil {
			t.Error(err)
		}
		_, err = ask(h.Notifications, by, NotificationQuery{Paging: Paging{Limit: 1, Cursor: theirs.Next}})
		refused(t, err, ValidationFailed, "cursor")
		if all := must(ask(h.Notifications, by, NotificationQuery{Paging: Paging{Count: true}})); len(all.Items) != 0 || *all.Total != 0 {
			t.Errorf("%s sees %v", by.Name, all.Items)
		}
	}
	for _, id := range []string{"x", "", "' OR 1=1 --"} {
		_, err := ask(h.ReadNotification, mia, NotificationRef{id})
		refused(t, err, NotFound)
	}
	_, err := ask(h.Notifications, payroll, NotificationQuery{})
	refused(t, err, NotFound, "no person")
	_, err = ask(h.Switches, payroll, struct{}{})
	refused(t, err, NotFound, "no person")
	_, err = ask(h.SetSwitches, payroll, NewSwitches{})
	refused(t, err, NotFound, "no person")
	refused(t, h.ReadNotifications(t.Context(), payroll, ReadUpTo{}), NotFound, "no person")
	if diff := cmp.Diff([]string{"submitted", "submitted"}, h.toldTo(mia)); diff != "" {
		t.Error("somebody else read hers:", diff)
	}
}

func TestNotificationsAreReadOneByOneOrUpToOne(t *testing.T) {
	h := openHouse(t)
	for day := range 4 {
		h.handIn(fmt.Sprintf("2026-10-%02d", 5+7*day))
	}
	all := must(ask(h.Notifications, mia, NotificationQuery{})).Items
	first := must(ask(h.ReadNotification, mia, NotificationRef{all[0].ID}))
	if again := must(ask(h.ReadNotification, mia, NotificationRef{all[0].ID})); first.ReadAt == nil || !cmp.Equal(first, again) {
		t.Errorf("%v, then %v", first, again)
	}
	if err := h.ReadNotifications(t.Context(), mia, ReadUpTo{all[2].ID}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"submitted, read", "submitted, read", "submitted", "submitted, read"}, h.toldTo(mia)); diff != "" {
		t.Error(diff)
	}
	for unread, want := range map[bool]int{true: 1, false: 3} {
		page := must(ask(h.Notifications, mia, NotificationQuery{Unread: &unread, Paging: Paging{Limit: 2, Count: true}}))
		got := len(page.Items)
		if page.Next != "" {
			got += len(must(ask(h.Notifications, mia, NotificationQuery{Unread: &unread, Paging: Paging{Limit: 2, Cursor: page.Next}})).Items)
		}
		if *page.Total != want || got != want {
			t.Errorf("unread %t: %d of %d, want %d", unread, got, *page.Total, want)
		}
	}
	for _, bad := range []string{"", "x", "{" + all[0].ID + "}", strings.ReplaceAll(all[0].ID, "-", "")} {
		refused(t, ReadUpTo{bad}.Validate(), ValidationFailed, "/up_to")
	}
}

func TestOldNotificationsAreSweptOut(t *testing.T) {
	h := openHouse(t)
	h.handIn("2026-11-02")
	clock := h.now()
	h.now = func() time.Time { return clock.Add(notificationsKept / 2) }
	h.handIn("2026-11-09")
	for _, c := range []struct {
		later time.Duration
		left  int
	}{{notificationsKept - time.Hour, 2}, {notificationsKept + time.Hour, 1}, {2 * notificationsKept, 0}} {
		h.now = func() time.Time { return clock.Add(c.later) }
		if err := h.sweepNotifications(t.Context()); err != nil {
			t.Fatal(err)
		}
		if told := h.toldTo(mia); len(told) != c.left {
			t.Errorf("after %s there are %d, want %d", c.later, len(told), c.left)
		}
	}
}

func TestPeopleChooseHowTheyAreTold(t *testing.T) {
	h := openHouse(t)
	usual := must(ask(h.Switches, mia, struct{}{}))
	if len(usual.Kinds) != len(occasions) || usual.EmailAvailable || !usual.Kinds[0].InApp || !usual.Kinds[0].Email || usual.Kinds[1].Email {
		t.Errorf("%+v", usual)
	}
	set := must(ask(h.SetSwitches, mia, NewSwitches{[]Switch{{"submitted", false, true}, {"approved", true, true}}}))
	if diff := cmp.Diff(set, must(ask(h.Switches, mia, struct{}{}))); diff != "" || set.Kinds[0] != (Switch{"submitted", false, true}) {
		t.Errorf("%+v %s", set, diff)
	}
	if diff := cmp.Diff(usual, must(ask(h.Switches, bob, struct{}{}))); diff != "" {
		t.Error("somebody else's:", diff)
	}
	h.handIn("2026-11-09")
	if told := h.toldTo(mia); told != nil {
		t.Errorf("%v", told)
	}
	if diff := cmp.Diff(usual, must(ask(h.SetSwitches, mia, NewSwitches{}))); diff != "" {
		t.Error("what isn't said is as usual:", diff)
	}
	many := make([]Switch, len(occasions)+1)
	for i, bad := range [][]Switch{{{Kind: "everything"}}, {{Kind: ""}}, {{Kind: "password_changed"}}, {{Kind: reminder}, {Kind: reminder}}, many} {
		_, err := ask(h.SetSwitches, mia, NewSwitches{bad})
		refused(t, err, ValidationFailed, "/kinds")
		if i == 3 {
			refused(t, err, ValidationFailed, "/kinds/1/kind is named in /kinds/0 already")
		}
	}
}
