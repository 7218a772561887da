package timesheets

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"punchcard/auth"
)

// wordless are the columns of what is kept about a person in which nobody writes anything: ids, days, clocks, states and
// sums, digests, and the organization's own words.
var wordless = strings.Fields(`
	absences.created_by absences.from_day absences.id absences.kind absences.to_day absences.user_id
	audit_heads.chain audit_heads.hash
	audit_records.action audit_records.actor audit_records.chain audit_records.client audit_records.content_digest
	audit_records.hash audit_records.id audit_records.object audit_records.prev_hash audit_records.request audit_records.salt
	audit_records.token
	delegations.created_by delegations.ended_by delegations.ends_on delegations.from_user_id delegations.id
	delegations.starts_on delegations.to_user_id
	entries.created_by entries.date entries.decided_by entries.decided_for entries.edited_by entries.end_time entries.id
	entries.period_id entries.project_id entries.source entries.start_time entries.state entries.user_id
	expected_hours.user_id expected_hours.valid_from
	imported_lines.digest imported_lines.entry_id imported_lines.user_id
	mails.id mails.kind mails.letter mails.state mails.user_id
	notification_switches.kind notification_switches.user_id
	notifications.by_user notifications.entry_id notifications.id notifications.kind notifications.once notifications.owner_id
	notifications.period_id notifications.user_id
	period_events.by_user period_events.client period_events.entry_id period_events.id period_events.kind
	period_events.on_behalf_of period_events.period_id
	periods.decision_id periods.editors periods.end_day periods.flags periods.id periods.start_day periods.state periods.user_id
	project_members.project_id project_members.user_id
	projects.approver_id projects.budget_period projects.customer projects.id projects.name projects.tasks
	replays.answer replays.client replays.request replays.route replays.subject
	submissions.digest submissions.period_id submissions.submitted_by
	webhook_deliveries.event webhook_deliveries.id webhook_deliveries.owner webhook_deliveries.state webhook_deliveries.webhook_id
	workplaces.region workplaces.user_id`)

// columns are those of the database in which one of the words is, and those with text in a row that has the id. What the
// test's own trap noted is left out.
func (h house) columns(id string, words ...string) (worded, theirs []string) {
	h.t.Helper()
	with, of := map[string]bool{}, map[string]bool{}
	tx := h.db.Read(context.Background())
	for _, table := range must(tx.Migrator().GetTables()) {
		rows := []map[string]any{}
		if err := tx.Table(table).Find(&rows).Error; err != nil {
			h.t.Fatal(err)
		}
		for _, row := range rows {
			isTheirs := strings.Contains(fmt.Sprint(row), id) && !slices.Contains(authTables, table) && !strings.HasPrefix(table, "trap")
			for column, value := range row {
				if text, ok := value.(string); ok {
					name := table + "." + column
					hasWord := func(word string) bool { return strings.Contains(strings.ToLower(text), strings.ToLower(word)) }
					with[name] = with[name] || slices.ContainsFunc(words, hasWord)
					of[name] = of[name] || isTheirs
				}
			}
		}
	}
	for _, m := range []map[string]bool{with, of} {
		maps.DeleteFunc(m, func(_ string, there bool) bool { return !there })
	}
	return slices.Sorted(maps.Keys(with)), slices.Sorted(maps.Keys(of))
}

// writeEverywhere has Ada, and others about her time, write the word wherever somebody can.
func (h house) writeEverywhere(word string) {
	h.t.Helper()
	h.listen(&receiver{}, NewWebhook{Description: "everything"})
	h.expects(everybody, Schedule{"2026-03-02", fullTime(0)})
	h.expects(ada, Schedule{"2026-03-02", fullTime(15)})
	must(ask(h.SetRegion, root, NewRegion{PersonRef{ada.User}, Patch[string]{true, new("DE-BY")}}))
	h.aWeekOf(ada, word)
	e := h.as(Submitted, "2026-03-11")
	must(ask(h.Decide, mia, Decision{ID: e.ID, Decision: Rejected, Comment: word}))
	p := h.weekAs(Approved, 1)
	p = must(ask(h.RequestReopening, ada, Reopening{PeriodRef{ID: p.ID}, word}))
	p = must(ask(h.Reopen, mia, Reopening{PeriodRef{ID: p.ID}, word}))
	h.absent(ada, NewAbsence{Kind: "sick", From: "2026-03-16", Note: word})
	h.absent(root, NewAbsence{UserID: ada.User, Kind: "other", From: "2026-03-17", Note: word})
	ical := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20260318\r\nSUMMARY:" + word +
		"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	must(ask(h.ImportAbsences, root, AbsenceImport{User: ada.User, Kind: "sick", File: File{Media: "text/calendar", Text: ical}}))
	lines := "date,project,task,tags,hours,note\n2026-03-23,StoreZero,%[1]s,%[1]s,1,%[1]s\n"
	must(ask(h.Import, ada, TimeImport{File: csvFile(fmt.Sprintf(lines, word))}))
	own := h.make(NewProject{Name: "Ada's", ApproverID: &ada.User})
	must(ask(h.AddMember, root, MemberRef{own.ID, ada.User}))
	must(struct{}{}, h.RemoveMember(context.Background(), root, MemberRef{own.ID, ada.User}))
	must(ask(h.AddMember, root, MemberRef{own.ID, ada.User}))
	must(ask(h.Delegate, ada, NewDelegation{ToUserID: bob.User, StartsOn: "2026-11-20", EndsOn: "2026-11-21", Reason: word}))
	must(ask(h.SetSwitches, ada, NewSwitches{[]Switch{{"rejected", true, true}}}))
	n := h.hour("2026-03-25")
	n.Note = word
	_, _, err := h.Once(context.Background(), ada, Key{"POST /timesheets", word, "digest"}, func(ctx context.Context) (string, error) {
		e, err := h.Record(ctx, ada, n)
		return e.Note, err
	})
	must(struct{}{}, err)
	h.write(func(tx *gorm.DB) error { // what other servers answered
		tx.Exec("UPDATE webhook_deliveries SET last_error = ? WHERE owner = ?", word, ada.User)
		return tx.Exec("UPDATE mails SET last_error = ? WHERE user_id = ?", "550 no mailbox ada@exampleco.com", ada.User).Error
	})
}

// A table or a column that comes later is searched too, and has to be tried, or be said to have no words in it.
func TestNoWordIsLeftInAnyColumnOfAnErasedPerson(t *testing.T) {
	h := openPostedHouse(t).house
	words := []string{"telltale", ada.Name, "ada@exampleco.com"}
	h.writeEverywhere(words[0])
	h.aWeekOf(bob, "bob's")
	before := must(ask(h.Periods, root, PeriodQuery{UserID: ada.User})).Items
	worded, theirs := h.columns(ada.User, words...)
	for _, column := range theirs {
		if tried := slices.Contains(worded, column); tried == slices.Contains(wordless, column) {
			t.Errorf("%s: has it words (%v), or is it wordless?", column, tried)
		}
	}
	for _, column := range wordless {
		table, _, _ := strings.Cut(column, ".")
		if !slices.ContainsFunc(theirs, func(c string) bool { return strings.HasPrefix(c, table+".") }) {
			t.Errorf("%s: nothing there was Ada's", column)
		}
	}
	if err := h.erase(ada.User); err != nil {
		t.Fatal(err)
	}
	left, theirs := h.columns(ada.User, words...)
	if len(left) > 0 {
		t.Errorf("words are left in %v", left)
	}
	for _, digest := range []string{"imported_lines.digest", "replays.request"} {
		if slices.Contains(theirs, digest) {
			t.Errorf("words can be tried by %s", digest)
		}
	}
	if _, left := h.columns("sick", "sick"); slices.Contains(left, "absences.kind") {
		t.Error("why she was absent is left")
	}
	for i, p := range must(ask(h.Periods, root, PeriodQuery{UserID: ada.User})).Items {
		if p.Minutes != before[i].Minutes || p.State != before[i].State || p.ExpectedMinutes != before[i].ExpectedMinutes {
			t.Errorf("%+v was %+v", p, before[i])
		}
	}
	if !strings.Contains(h.dump(), "bob's words") || len(h.toldTo(mia)) == 0 {
		t.Error("words of others are gone")
	}
	h.sound()
}

// What somebody else is told of a person goes with the person; what the person said of another's time is that one's.
func TestWhatAnErasedPersonDecidedIsTheOthers(t *testing.T) {
	h := openHouse(t)
	p := h.weekAs(Submitted, 1)
	must(ask(h.DecidePeriod, mia, p.decided(Rejected, "Friday is missing")))
	if err := h.erase(mia.User); err != nil {
		t.Fatal(err)
	}
	p = must(ask(h.Period, ada, PeriodRef{ID: p.ID}))
	if p.LastDecision.Comment != "Friday is missing" || p.LastDecision.By != mia.User {
		t.Errorf("%+v", p.LastDecision)
	}
	told := must(ask(h.Notifications, ada, NotificationQuery{})).Items
	if len(told) != 1 || told[0].Params.ByName != auth.ErasedName {
		t.Errorf("Ada is told %+v", told)
	}
}
