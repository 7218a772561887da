package timesheets

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/store"
)

// erase ends a person as the command does.
func (h house) erase(user string) error {
	return auth.Erase(context.Background(), h.db, user, func(tx *gorm.DB) error { return h.Erase(tx, user) })
}

// aWeekOf is a week that was submitted, rejected with words, and submitted again, all of it with secrets.
func (h house) aWeekOf(by auth.Caller, secret string) Period {
	n := h.hour("2026-03-04")
	n.Note, n.Task, n.Tags = secret+" note", secret+" task", []string{secret}
	h.record(by, n)
	removed := h.record(by, n)
	must(ask(h.removal, by, EntryRef{ID: removed.ID}))
	p := must(ask(h.PeriodOn, by, PeriodDay{by.User, n.Date}))
	must(ask(h.SubmitPeriod, by, PeriodSubmission{PeriodRef: PeriodRef{ID: p.ID}, Comment: secret + " comment"}))
	revision := must(ask(h.Period, mia, PeriodRef{ID: p.ID})).Revision
	must(ask(h.DecidePeriod, mia, PeriodDecision{ID: p.ID, Revision: &revision, Decision: Rejected, Comment: secret + " words"}))
	return must(ask(h.SubmitPeriod, by, PeriodSubmission{PeriodRef: PeriodRef{ID: p.ID}}))
}

func TestOfAnErasedPersonHoursAreLeftAndNoWord(t *testing.T) {
	h := openHouse(t)
	mine, others := h.aWeekOf(ada, "ada's"), h.aWeekOf(bob, "bob's")
	must(ask(h.AddMember, root, MemberRef{h.project("StoreZero"), ada.User})) // which the organization's chain tells, by name
	must(ask(h.AddMember, root, MemberRef{h.project("StoreZero"), bob.User}))
	before := must(ask(h.Audit, root, AuditQuery{UserID: ada.User})).Items
	if err := h.erase(ada.User); err != nil {
		t.Fatal(err)
	}
	e := must(ask(h.Entries, root, EntryQuery{UserID: ada.User})).Items[0]
	if e.Note+e.Task+e.Comment != "" || len(e.Tags) > 0 || e.Minutes != 60 || e.State != Submitted {
		t.Errorf("%+v", e)
	}
	p := must(ask(h.Period, root, PeriodRef{ID: mine.ID}))
	if p.Minutes != 60 || p.State != Submitted || p.Submission.Number != 2 || p.LastDecision.By != mia.User || p.LastDecision.Comment != "" {
		t.Errorf("%+v", p)
	}
	var lines, digest string
	h.write(func(tx *gorm.DB) error {
		return tx.Raw("SELECT lines, digest FROM submissions WHERE period_id = ? AND number = 2", p.ID).Row().Scan(&lines, &digest)
	})
	if digest != digestOf(lines) || digest == mine.Submission.Digest || p.Submission.Digest != digest {
		t.Errorf("the digest %s isn't that of %s", digest, lines)
	}
	if diff := must(ask(h.Diff, root, PeriodRef{ID: mine.ID})); len(diff.Changed)+len(diff.Added)+len(diff.Removed) > 0 {
		t.Errorf("what was submitted differs from what there is: %+v", diff)
	}
	after := must(ask(h.Audit, root, AuditQuery{UserID: ada.User})).Items
	for i, r := range after {
		if !r.Erased || r.Before != nil || r.After != nil || r.Hash != before[i].Hash {
			t.Errorf("%+v", r)
		}
	}
	if diff := must(ask(h.Period, bob, PeriodRef{ID: others.ID})); diff.Submission.Digest != others.Submission.Digest {
		t.Errorf("somebody else's: %+v", diff)
	}
	added := must(ask(h.Audit, root, AuditQuery{Action: "project.member_added"})).Items
	if !added[1].Erased || added[0].Erased {
		t.Errorf("that they were members: %+v", added)
	}
	if dump := h.dump(); strings.Contains(dump, "ada's") || strings.Contains(dump, ada.Name) || !strings.Contains(dump, "bob's note") {
		t.Error("somewhere are words of the one, or are none of the other")
	}
	said := must(ask(h.Audit, root, AuditQuery{Action: "person.erased"})).Items
	if len(said) != 1 || said[0].Object != ada.User || said[0].Actor != "command" || said[0].Chain != "organization" {
		t.Errorf("%+v", said)
	}
	h.sound()
	h.eraseAgain(t)
}

// eraseAgain erases what an administrator wrote about the person since.
func (h house) eraseAgain(t *testing.T) {
	e := must(ask(h.Entries, root, EntryQuery{UserID: ada.User})).Items[0]
	must(ask(h.Decide, mia, Decision{ID: e.ID, Decision: Rejected, Comment: "ada's once more"}))
	if !strings.Contains(h.dump(), "ada's once more") {
		t.Error("it wasn't written")
	}
	if err := h.erase(ada.User); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(h.dump(), "ada's") {
		t.Error("it wasn't erased")
	}
	h.sound()
}

// dump is everything in the database but the test's own.
func (h house) dump() string {
	var dump bytes.Buffer
	tx := h.db.Read(context.Background())
	tables := must(tx.Migrator().GetTables())
	for _, table := range tables {
		rows := []map[string]any{}
		if err := tx.Table(table).Find(&rows).Error; err != nil {
			h.t.Fatal(err)
		}
		for _, row := range rows {
			fmt.Fprintln(&dump, table, row)
		}
	}
	return dump.String()
}

func TestContentIsErasedOfNoMoreThanWasSaid(t *testing.T) {
	h := openHouse(t)
	h.record(ada, h.hour("2026-03-04"))
	if err := h.erase(ada.User); err != nil {
		t.Fatal(err)
	}
	h.write(func(tx *gorm.DB) error {
		return h.note(tx, root, deed{Action: "timesheet.updated", Owner: ada.User, Object: "x", After: "since"})
	})
	h.sound()
	h.write(func(tx *gorm.DB) error {
		return tx.Exec("UPDATE audit_records SET salt = NULL, content = NULL WHERE chain = ? AND number = 2", ada.User).Error
	})
	if v := h.verified(); v.OK || v.Broken.Number != 2 || v.Broken.Chain != ada.User {
		t.Errorf("it is said: %v", v.Broken)
	}
}

func TestOnesExportIsWholeAndOnesOwn(t *testing.T) {
	h := openPostedHouse(t).house
	h.aWeekOf(ada, "ada's")
	h.aWeekOf(bob, "bob's")
	for _, by := range []auth.Caller{ada, bob} {
		h.absent(by, NewAbsence{From: "2026-03-16", Note: by.User})
		h.expects(by, Schedule{"2026-03-02", fullTime(0)})
		must(ask(h.SetRegion, root, NewRegion{PersonRef{by.User}, Patch[string]{true, new("DE-BY")}}))
		must(ask(h.SetSwitches, by, NewSwitches{[]Switch{{"rejected", true, true}}}))
		must(ask(h.Import, by, TimeImport{File: csvFile("date,project,hours\n2023-03-06,StoreZero,1\n")}))
	}
	must(ask(h.Delegate, mia, NewDelegation{ToUserID: eve.User, StartsOn: "2026-11-20", EndsOn: "2026-11-21"}))
	n := h.hour("")
	n.Minutes = new(1)
	for i := range 450 { // which are three pages
		n.Date = time.Date(2024, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		h.record(ada, n)
	}
	of := func(by auth.Caller) (kept map[string][]map[string]any, text string) {
		var out bytes.Buffer
		if err := must(ask(h.ExportMe, by, struct{}{})).Write(&out); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(out.Bytes(), &kept); err != nil {
			t.Fatalf("%v: %s", err, out.String())
		}
		return kept, out.String()
	}
	kept, text := of(ada)
	counts := map[string]int{}
	for name, rows := range kept {
		counts[name] = len(rows)
	}
	want := map[string]int{"profile": 1, "roles": 0, "sign_ins": 0, "sessions": 0, "consents": 0, "authorizations": 0, "events": 0,
		"entries": 453, "periods": len(kept["periods"]), "submissions": 2, "period_events": 3, "absences": 1, "expected_hours": 1,
		"workplaces": 1, "delegations": 0, "notifications": 1, "notification_switches": 1, "mails": 1, "imported_lines": 1,
		"project_members": 0, "audit_records": 461, "deeds": 0}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Error(diff)
	}
	seen := map[any]bool{}
	for _, e := range kept["entries"] {
		if seen[e["id"]] || e["user_id"] != ada.User {
			t.Errorf("twice, or somebody else's: %v", e)
		}
		seen[e["id"]] = true
	}
	if kept["profile"][0]["email"] != "ada@exampleco.com" || strings.Contains(text, "bob") || strings.Contains(text, "password") ||
		!strings.Contains(text, "ada's words") {
		t.Error("it has too much or too little")
	}
	if lines, ok := kept["submissions"][0]["lines"].([]any); !ok || len(lines) != 1 {
		t.Errorf("%v", kept["submissions"][0])
	}
	managers, text := of(mia)
	if len(managers["delegations"]) != 1 || len(managers["notifications"]) != 4 {
		t.Errorf("what Mia handed over and was told: %v, %v", managers["delegations"], managers["notifications"])
	}
	if len(managers["deeds"]) != 2 || strings.Contains(text, "bob's") || managers["deeds"][0]["chain"] == mia.User {
		t.Errorf("what Mia did: %v", managers["deeds"])
	}
	_, err := ask(h.ExportMe, payroll, struct{}{})
	refused(t, err, NotFound, "no person")
}

func TestTheAuditIsReadAlongAnIndex(t *testing.T) {
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "plan.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	tx := db.Read(t.Context())
	for _, c := range []struct {
		q     AuditQuery
		place []string
		index string
	}{
		{AuditQuery{}, nil, "sqlite_autoindex_audit_records_1"},
		{AuditQuery{}, []string{"0199"}, "sqlite_autoindex_audit_records_1 (id<?)"},
		{AuditQuery{From: "2026-03-04T00:00:00Z"}, nil, "sqlite_autoindex_audit_records_1 (id>?)"},
		{AuditQuery{UserID: "usr"}, []string{"0199"}, "audit_records_by_chain (chain=? AND id<?)"},
		{AuditQuery{Actor: "usr"}, []string{"0199"}, "audit_records_by_actor (actor=? AND id<?)"},
		{AuditQuery{Action: "x"}, nil, "audit_records_by_action (action=?)"},
		{AuditQuery{Object: "x", To: "2026-03-04T00:00:00Z"}, nil, "audit_records_by_object (object=? AND id<?)"},
	} {
		page := auditList(tx, c.q).rows(c.place, 50).Session(&gorm.Session{DryRun: true}).Find(&[]auditRecord{}).Statement
		var steps []struct{ Detail string }
		if err := tx.Raw("EXPLAIN QUERY PLAN "+page.SQL.String(), page.Vars...).Scan(&steps).Error; err != nil {
			t.Fatal(err)
		}
		if len(steps) != 1 || !strings.Contains(steps[0].Detail, c.index) {
			t.Errorf("%+v: %v, want %s", c.q, steps, c.index)
		}
	}
}
