package timesheets

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/auth/lang"
	"punchcard/store"
	"punchcard/timesheets/mail"
	"punchcard/timesheets/mail/mailtest"
)

// postedHouse is a house whose mails go to a sink.
type postedHouse struct {
	house
	sink *mailtest.Sink
	said *bytes.Buffer // the log
}

func openPostedHouse(t *testing.T) postedHouse {
	h := postedHouse{openHouse(t), mailtest.Start(t), &bytes.Buffer{}}
	h.Service = h.instance(h.db)
	return h
}

// instance is a server on the same database.
func (h postedHouse) instance(db *store.DB) *Service {
	return New(db, Settings{
		Secret: []byte("a secret of the tests"), Now: h.now, Issuer: "https://time.example.com/",
		Mail: must(mail.NewServer("smtp://"+h.sink.Address+"?tls=none", "Punchcard <time@example.com>")),
		Log:  slog.New(slog.NewTextHandler(h.said, nil)),
	})
}

// after delivers what is due that much later, from when on it is that late.
func (h *postedHouse) after(later time.Duration) []mailtest.Received {
	h.t.Helper()
	now := h.now().Add(later)
	h.now = func() time.Time { return now }
	if err := h.DeliverMails(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	return h.sink.Take()
}

func subjects(mails []mailtest.Received) (all []string) {
	for _, m := range mails {
		all = append(all, m.To+": "+m.Subject())
	}
	slices.Sort(all)
	return all
}

// states are those of all mails, by how many there are.
func (h postedHouse) states() map[string]int {
	var rows []mailRow
	if err := h.db.Read(h.t.Context()).Find(&rows).Error; err != nil {
		h.t.Fatal(err)
	}
	states := map[string]int{}
	for _, row := range rows {
		states[row.State]++
	}
	return states
}

func TestManySubmissionsAreOneMail(t *testing.T) {
	h := openPostedHouse(t)
	for week := range 4 {
		h.handIn(fmt.Sprintf("2026-10-%02d", 5+7*week))
	}
	if got := h.after(gatherFor - time.Second); got != nil {
		t.Errorf("before the others could come: %v", subjects(got))
	}
	got := h.after(time.Second)
	if diff := cmp.Diff([]string{"mia@exampleco.com: 4 submissions wait for your decision"}, subjects(got)); diff != "" {
		t.Fatal(diff)
	}
	for _, words := range []string{"Hello Mia Chen,", "Ada Lovelace submitted the week of 5 October 2026 (1:00 h).", "the week of 26 October 2026",
		"> all of it", "https://time.example.com/app/periods/per_2026-10-05_usr_ada", "You get mails about time that is submitted to you."} {
		if !strings.Contains(got[0].Text, words) {
			t.Errorf("the mail doesn't say %q:\n%s", words, got[0].Text)
		}
	}
	if more := h.after(100 * time.Hour); more != nil {
		t.Errorf("it was sent again: %v", subjects(more))
	}
}

func TestNoMailsWithoutAMailServer(t *testing.T) {
	h := openHouse(t)
	h.handIn("2026-11-09")
	var n int64
	if err := h.db.Read(t.Context()).Model(&mailRow{}).Count(&n).Error; err != nil || n != 0 {
		t.Errorf("%d, %v", n, err)
	}
	if err := h.DeliverMails(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestWhoGetsNoMail(t *testing.T) {
	block := func(h *postedHouse) {
		h.write(func(tx *gorm.DB) error {
			return tx.Model(&auth.Person{}).Where("id = ?", mia.User).Update("blocked", true).Error
		})
	}
	forget := func(h *postedHouse) {
		if err := h.erase(mia.User); err != nil {
			h.t.Fatal(err)
		}
	}
	silence := func(h *postedHouse) {
		must(ask(h.SetSwitches, mia, NewSwitches{[]Switch{{"submitted", true, false}}}))
	}
	move := func(h *postedHouse) {
		h.write(func(tx *gorm.DB) error {
			return tx.Model(&auth.Person{}).Where("id = ?", mia.User).Update("email", "mia@example.org").Error
		})
	}
	none := func(*postedHouse) {}
	for _, c := range []struct {
		name              string
		before, meanwhile func(*postedHouse) // the submission, and while its mail waits
		to                string
	}{
		{"somebody as usual", none, none, "mia@exampleco.com"},
		{"somebody with another address meanwhile", none, move, "mia@example.org"},
		{"somebody who is blocked meanwhile", none, block, ""},
		{"somebody who is erased meanwhile", none, forget, ""},
		{"somebody who switched it off", silence, none, ""},
		{"somebody who switched it off meanwhile", none, silence, ""},
		{"somebody who read it in the app meanwhile", none, func(h *postedHouse) {
			must(ask(h.ReadNotification, mia, NotificationRef{must(ask(h.Notifications, mia, NotificationQuery{})).Items[0].ID}))
		}, ""},
		{"somebody who decided meanwhile", none, func(h *postedHouse) {
			h.decide(mia, must(ask(h.Period, mia, PeriodRef{ID: "per_2026-11-09_usr_ada"})), Approved)
		}, ""},
		{"somebody from whom it was taken back", none, func(h *postedHouse) {
			must(ask(h.WithdrawPeriod, ada, PeriodRef{ID: "per_2026-11-09_usr_ada"}))
		}, ""},
		{"somebody who wants mails alone", func(h *postedHouse) {
			must(ask(h.SetSwitches, mia, NewSwitches{[]Switch{{"submitted", false, true}}}))
		}, none, "mia@exampleco.com"},
	} {
		h := openPostedHouse(t)
		c.before(&h)
		h.handIn("2026-11-09")
		c.meanwhile(&h)
		var to string
		for _, m := range h.after(gatherFor) {
			to += m.To
		}
		if to != c.to || h.states()["waiting"] > 0 {
			t.Errorf("%s: it goes to %q, want %q; %v", c.name, to, c.to, h.states())
		}
	}
}

func TestMailsThatFailAreTriedAgain(t *testing.T) {
	h := openPostedHouse(t)
	h.sink.Refuse(func(string) string { return "450 4.2.1 the mailbox is busy" })
	h.handIn("2026-11-09")
	if got := h.after(gatherFor); got != nil {
		t.Fatalf("got %v", subjects(got))
	}
	var row mailRow
	if err := h.db.Read(t.Context()).Take(&row).Error; err != nil || row.State != "waiting" || row.Attempts != 1 ||
		!strings.Contains(row.LastError, "the mailbox is busy") || !row.NextAt.After(h.now().Add(mailPause/2-time.Second)) {
		t.Errorf("%+v, %v", row, err)
	}
	h.handIn("2026-11-16") // is another letter: the first must stay the same
	h.sink.Refuse(nil)
	if got := h.after(mailPause); len(got) != 1 || got[0].Header.Get("Message-Id") != "<"+*row.Letter+"@example.com>" ||
		strings.Contains(got[0].Text, "16 November") {
		t.Errorf("got %v", subjects(got))
	}
	if got := h.after(gatherFor); len(got) != 1 || h.states()["sent"] != 2 {
		t.Errorf("got %v", subjects(got))
	}
}

// A mail is in the language that its person chose or signed in with last, whoever it is from.
func TestMailsSpeakThePersonsLanguage(t *testing.T) {
	h := openPostedHouse(t)
	speak := func(by auth.Caller, tag string) {
		h.write(func(tx *gorm.DB) error {
			return tx.Exec("INSERT INTO logins (user_id, count, language) VALUES (?, 1, ?)", by.User, tag).Error
		})
	}
	speak(mia, "de")
	speak(bob, "tlh") // a language that there was once
	must(ask(h.SetLanguage, ada, Language{"de"}))
	p := h.decide(mia, h.handIn("2026-11-09"), Rejected)
	h.asksFor(mia, p.ID, "per_2026-11-09_"+bob.User)
	h.write(func(tx *gorm.DB) error { return h.Notice(tx, ada.User, "access_ended") })
	got := map[string]mailtest.Received{}
	for _, m := range h.after(gatherFor) {
		got[m.To+": "+m.Subject()] = m
	}
	want := []string{
		"ada@exampleco.com: Einer App wurde der Zugang zu deinem Konto entzogen",
		"ada@exampleco.com: Mia Chen bittet dich, deine Zeit in der Woche vom 9. November 2026 einzureichen",
		"ada@exampleco.com: Mia Chen bittet dich, deine Zeit in der Woche vom 9. November 2026 zu ändern",
		"bob@exampleco.com: Mia Chen asks you to submit your time of the week of 9 November 2026",
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(got))); diff != "" {
		t.Fatal(diff)
	}
	whole := got[want[2]]
	for _, words := range []string{"Hallo Ada Lovelace,", "> which project?", "Öffnen: https://", "Du bekommst E-Mails über Zeit, die du ändern sollst.",
		"Keine solchen E-Mails mehr: https://"} {
		if !strings.Contains(whole.Text, words) {
			t.Errorf("it doesn't say %q:\n%s", words, whole.Text)
		}
	}
	if !strings.Contains(whole.HTML, `<html lang="de">`) {
		t.Errorf("a screen reader would read it as English:\n%s", whole.HTML)
	}
	if text := must(ask(h.Notifications, ada, NotificationQuery{})).Items[1].Text; !strings.HasPrefix(text, "Mia Chen asks you to change your time of") {
		t.Errorf("the API tells in English, not %q", text)
	}
}

// Whatever people can be told of is said in every language, as one thing and as many, with nothing left to fill in.
func TestEveryOccasionHasItsWordsInEveryLanguage(t *testing.T) {
	for _, c := range lang.All() {
		for _, o := range occasions {
			stages := []string{""}
			if o.kind == reminder {
				stages = []string{dueTomorrow, dueToday, overdue, asked}
			}
			for _, stage := range stages {
				for _, p := range []Particulars{{Start: "2026-11-09", End: "2026-11-15"}, {Start: "2026-11-01", End: "2026-11-30"},
					{Start: "2026-11-09", End: "2026-11-15", Date: "2026-11-10"}} {
					p.Stage, p.Due, p.Days, p.ByName, p.OwnerName = stage, "2026-11-17", 5, "{what}", "Ada"
					n := Notification{Kind: o.kind, Params: p}
					said := []string{n.sentence(c), subject(c, []Notification{n, n}), Stop{kind: o.kind}.What(c)}
					if text := strings.ReplaceAll(strings.Join(said, "; "), "{what}", ""); strings.ContainsAny(text, "{}") || strings.Contains(text, "mails.") {
						t.Errorf("%s: %s", c.Tag, text)
					}
				}
			}
		}
		for _, kind := range securityNotices {
			if !c.Has("mails."+kind) || !c.Has("mails.subject-"+kind) {
				t.Errorf("%s has no words for %s", c.Tag, kind)
			}
		}
	}
}

func TestMailsAreGivenUp(t *testing.T) {
	for reply, attempts := range map[string]int{"550 5.1.1 nobody here": 1, "450 4.2.1 the mailbox is busy": mailAttempts} {
		h := openPostedHouse(t)
		h.sink.Refuse(func(string) string { return reply })
		h.handIn("2026-11-09")
		h.after(gatherFor)
		tries := 1
		for ; h.states()["waiting"] > 0; tries++ {
			h.after(mailMost)
		}
		if said := h.said.String(); tries != attempts || h.states()["given up"] != 1 || strings.Count(said, "a mail is given up") != 1 ||
			!strings.Contains(said, reply[4:]) {
			t.Errorf("%s: after %d attempts, %v\n%s", reply, tries, h.states(), said)
		}
	}
}

func TestPausesGrow(t *testing.T) {
	var sum time.Duration
	for attempt := 1; attempt < mailAttempts; attempt++ {
		pause := pauseAfter(attempt, mailPause, mailMost)
		if most := min(mailMost, mailPause<<(attempt-1)); pause < most/2 || pause >= most {
			t.Errorf("after attempt %d: %s", attempt, pause)
		}
		sum += pause
	}
	if sum < 20*time.Hour || sum > 48*time.Hour {
		t.Errorf("a mail server may be away for %s", sum)
	}
}

func TestInstancesSendEachMailOnce(t *testing.T) {
	h := openPostedHouse(t)
	var want []string
	for i := range 12 {
		p := person(fmt.Sprintf("p%02d", i), fmt.Sprintf("Person %d", i))
		h.write(func(tx *gorm.DB) error {
			h.hire(tx, p, "")
			return h.Notice(tx, p.User, "password_changed")
		})
		want = append(want, fmt.Sprintf("p%02d@exampleco.com: Your password was changed", i))
	}
	var running sync.WaitGroup
	for range 3 {
		s := h.instance(h.db)
		s.log = slog.New(slog.DiscardHandler)
		running.Go(func() {
			if err := s.DeliverMails(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	if diff := cmp.Diff(want, subjects(h.sink.Take())); diff != "" {
		t.Error(diff)
	}
}

func TestAMailIsSentByAnotherWhenItsSenderDies(t *testing.T) {
	h := openPostedHouse(t)
	h.handIn("2026-11-09")
	h.now = func() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }
	claimed := must(h.claimLetter(t.Context()))
	if claimed == nil {
		t.Fatal("nothing was due")
	}
	if got := h.after(mailLease - time.Second); got != nil {
		t.Errorf("while it may still be sent: %v", subjects(got))
	}
	if got := h.after(time.Second); len(got) != 1 || got[0].Header.Get("Message-Id") != "<"+claimed.id+"@example.com>" {
		t.Errorf("got %v", subjects(got))
	}
	if err := h.deliverLetter(t.Context(), *claimed); err != nil || h.states()["sent"] != 1 { // the first comes back to life
		t.Errorf("%v %v", h.states(), err)
	}
	if got := h.sink.Take(); got != nil {
		t.Errorf("it was sent again: %v", subjects(got))
	}
}

func TestSecurityNoticesAreSentAtOnceAndCantBeSwitchedOff(t *testing.T) {
	h := openPostedHouse(t)
	h.write(func(tx *gorm.DB) error {
		for _, kind := range []string{"password_changed", "access_ended", "of no kind"} {
			if err := h.Notice(tx, ada.User, kind); err != nil {
				return err
			}
		}
		return nil
	})
	if err := h.ReadNotifications(t.Context(), ada, ReadUpTo{"ffffffff-ffff-ffff-ffff-ffffffffffff"}); err != nil {
		t.Fatal(err)
	}
	got := h.after(0)
	want := []string{"ada@exampleco.com: An app was cut off from your account", "ada@exampleco.com: Your password was changed"}
	if diff := cmp.Diff(want, subjects(got)); diff != "" {
		t.Fatal(diff)
	}
	for _, m := range got {
		if m.Header.Get("List-Unsubscribe") != "" || !strings.Contains(m.Text, "https://time.example.com/account") {
			t.Error(m.Raw)
		}
	}
	if told := h.toldTo(ada); told != nil {
		t.Errorf("in the app, where a thief could see it: %v", told)
	}
}

// The address in a mail ends its kind for its person, and can be made into nothing else.
func TestMailsEndByTheirAddress(t *testing.T) {
	h := openPostedHouse(t)
	h.handIn("2026-11-09")
	got := h.after(gatherFor)
	if len(got) != 1 {
		t.Fatalf("got %v", subjects(got))
	}
	address := strings.Trim(got[0].Header.Get("List-Unsubscribe"), "<>")
	token, ours := strings.CutPrefix(address, "https://time.example.com/unsubscribe?token=")
	if !ours || got[0].Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" || !strings.Contains(got[0].Text, address) {
		t.Fatalf("%q", address)
	}
	if stop := must(h.ReadStop(token)); stop.What(lang.Tagged("en")) != "time that is submitted to you" {
		t.Errorf("it ends %s", stop.What(lang.Tagged("en")))
	}
	raw, _ := cursorText.DecodeString(token)
	forged := cursorText.EncodeToString(append(slices.Clone(raw[:32]), "submitted usr_bob"...))
	widened := cursorText.EncodeToString(append(slices.Clone(raw[:32]), "reminder usr_mia"...))
	for _, bad := range []string{"", "x", token + "A", token[1:], token[:20], forged, widened, strings.ToLower(token),
		cursorText.EncodeToString(make([]byte, 50)), must(ask(h.Notifications, mia, NotificationQuery{})).Items[0].ID} {
		_, err := h.StopMails(t.Context(), bad)
		refused(t, err, NotFound)
	}
	cursor := h.cursor(mia, NotificationQuery{}, "submitted usr_mia")
	_, err := h.StopMails(t.Context(), cursor)
	refused(t, err, NotFound)
	if set := must(ask(h.Switches, mia, struct{}{})); !set.Kinds[0].Email || !set.EmailAvailable {
		t.Errorf("%+v", set)
	}
	for range 2 {
		must(h.StopMails(t.Context(), token))
	}
	before := must(ask(h.Switches, bob, struct{}{}))
	before.Kinds[0].Email = false
	if diff := cmp.Diff(before, must(ask(h.Switches, mia, struct{}{}))); diff != "" {
		t.Error(diff)
	}
	h.handIn("2026-11-16")
	if got := h.after(gatherFor); got != nil {
		t.Errorf("after the end: %v", subjects(got))
	}
}

// An old mail's address is answered as ever, and leaves no trace of who was erased.
func TestNothingIsKeptOfWhoWasErasedWhenAMailIsEnded(t *testing.T) {
	h := openPostedHouse(t)
	token, others := strings.CutPrefix(h.stopAddress(mia.User, "submitted"), "https://time.example.com/unsubscribe?token=")
	if !others {
		t.Fatal(token)
	}
	if err := h.erase(mia.User); err != nil {
		t.Fatal(err)
	}
	kept := func() (rows [2]int64) {
		for i, table := range []string{"notification_switches", "audit_records"} {
			if err := h.db.Read(t.Context()).Table(table).Count(&rows[i]).Error; err != nil {
				t.Fatal(err)
			}
		}
		return rows
	}
	before := kept()
	must(h.StopMails(t.Context(), token))
	if now := kept(); now != before {
		t.Errorf("there were %v rows, and are %v", before, now)
	}
	theirs := strings.TrimPrefix(h.stopAddress(bob.User, "submitted"), "https://time.example.com/unsubscribe?token=")
	must(h.StopMails(t.Context(), theirs))
	if now := kept(); now[0] != before[0]+1 || now[1] != before[1]+1 {
		t.Errorf("of who wasn't erased there were %v rows, and are %v", before, now)
	}
}

func TestNamesInMailsMakeNoHeaders(t *testing.T) {
	h := openPostedHouse(t)
	h.write(func(tx *gorm.DB) error {
		return tx.Model(&auth.Person{}).Where("id IN ?", []string{ada.User, mia.User}).Update("name", "Ada\r\nBcc: eve@example.com\r\n\r\nHi").Error
	})
	h.handIn("2026-11-09")
	got := h.after(gatherFor)
	if len(got) != 1 || got[0].Header.Get("Bcc") != "" || got[0].To != "mia@exampleco.com" || strings.ContainsAny(got[0].Subject(), "\r\n") {
		t.Fatalf("%+v", got)
	}
}
