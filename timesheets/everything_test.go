package timesheets

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"punchcard/auth"
)

// Whatever is done by whomever, in whichever order: what is kept beside the entries is what they come to, no day has more
// than 24 hours, the audit is whole, the feed tells it all, and what was only tried leaves no trace.
func TestAllSumsHoldWhateverIsDone(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			h := staffedHouse(t)
			now := h.instant()
			h.now = func() time.Time { return now }
			projects := []string{h.project("StoreZero"), h.project("Internal"), h.project("Bridge"), h.project("Apollo"),
				h.make(NewProject{Name: "Members", MembersOnly: true}).ID}
			p := passersBy{h, rand.New(rand.NewPCG(seed, 20)), projects,
				[]auth.Caller{ada, ada, ada, bob, mia, root, payroll, h.calls(dora), h.calls(pat), above}, map[string]int{}}
			r := newReader(root)
			for range 300 {
				now = now.Add(15 * time.Second)
				if p.chance.IntN(6) > 0 {
					p.act(t.Context())
					continue
				}
				before := h.rows(t)
				p.act(Rehearse(t.Context()))
				if diff := cmp.Diff(before, h.rows(t)); diff != "" {
					t.Fatalf("what was only tried left %s", diff)
				}
				h.soundPeriods(t)
				r.follow(h, 7)
			}
			h.soundPeriods(t)
			h.sound()
			r.follow(h, 7)
			if diff := cmp.Diff(h.served(root), r.state()); diff != "" {
				t.Errorf("the feed tells otherwise: %s", diff)
			}
			var day int
			if err := h.db.Read(t.Context()).Raw(`SELECT COALESCE(MAX(minutes), 0) FROM (SELECT SUM(minutes) AS minutes FROM entries
				WHERE deleted_at IS NULL GROUP BY user_id, date) AS days`).Scan(&day).Error; err != nil || day > dayMinutes {
				t.Errorf("a day has %d minutes: %v", day, err)
			}
		})
	}
}

// passersBy do anything to anybody's time.
type passersBy struct {
	house
	chance   *rand.Rand
	projects []string
	people   []auth.Caller
	done     map[string]int
}

// act is one operation, done or refused, sometimes within others.
func (p passersBy) act(ctx context.Context) {
	what, by := p.chance.IntN(16), p.people[p.chance.IntN(len(p.people))]
	if 9 <= what && p.chance.IntN(4) > 0 { // who is likely to be allowed to
		by = []auth.Caller{ada, bob}[p.chance.IntN(2)]
		if what <= 11 {
			by = mia
		}
	}
	var e Entry
	for _, found := range p.some(by) {
		e = found
	}
	n := NewEntry{Date: fmt.Sprintf("2026-03-%02d", 2+p.chance.IntN(9)), Minutes: new(1 + p.chance.IntN(300)),
		ProjectID: p.projects[p.chance.IntN(len(p.projects))]}
	if by.Admin || by.Machine() {
		n.UserID = []string{ada.User, bob.User}[p.chance.IntN(2)]
	}
	week := PeriodRef{ID: fmt.Sprintf("per_2026-03-%02d_%s", 2+7*p.chance.IntN(2), []string{ada.User, bob.User}[p.chance.IntN(2)])}
	period, _ := ask(p.Period, root, week)
	decision := []State{Approved, Approved, Rejected}[p.chance.IntN(3)]
	name, err := "", error(nil)
	switch what {
	case 0, 1:
		name = "record"
		_, err = p.Record(ctx, by, n)
	case 2:
		name = "put"
		_, err = p.Put(ctx, by, put(newID(), n))
	case 3:
		name, n.UserID = "replace", ""
		_, err = p.Put(ctx, by, EntryPut{ID: e.ID, NewEntry: n})
	case 4:
		name = "change"
		_, err = p.Change(ctx, by, EntryChange{ID: e.ID, Date: patch(n.Date), Minutes: patch(*n.Minutes)})
	case 5:
		name = "remove"
		err = p.Remove(ctx, by, EntryRef{ID: e.ID})
	case 6:
		name = "restore"
		var gone []string
		if err := p.db.Read(ctx).Raw("SELECT id FROM entries WHERE deleted_at IS NOT NULL ORDER BY id").Scan(&gone).Error; err != nil {
			p.t.Fatal(err)
		}
		if len(gone) > 0 {
			_, err = p.Restore(ctx, by, EntryRef{ID: gone[p.chance.IntN(len(gone))]})
		}
	case 7:
		name = "import"
		text := fmt.Sprintf("date,project,hours,email\n%s,Internal,1.5,\n%s,StoreZero,%d,\n", n.Date, n.Date, p.chance.IntN(9))
		_, err = p.Import(ctx, by, TimeImport{File: csvFile(text), DryRun: p.chance.IntN(4) == 0})
	case 8:
		name = "batch"
		_, err = p.Batch(ctx, by, []Operation{{Op: "create", ID: newID(), Entry: n}, {Op: "delete", ID: e.ID}, {Op: "submit", ID: e.ID}},
			p.chance.IntN(2) == 0)
	case 12, 13:
		name = "submit"
		_, err = p.SubmitPeriod(ctx, by, PeriodSubmission{PeriodRef: week})
	case 9, 10:
		name = "decide a period"
		d := PeriodDecision{ID: week.ID, Revision: &period.Revision, Decision: decision, Comment: "words"}
		_, err = p.DecidePeriod(ctx, by, d)
	case 11:
		name = "decide"
		_, err = p.Decide(ctx, by, Decision{ID: e.ID, Decision: decision, Comment: "words"})
	case 14:
		name = "submit or withdraw one"
		if p.chance.IntN(2) == 0 {
			_, err = p.Submit(ctx, by, EntryRef{ID: e.ID})
		} else {
			_, err = p.Withdraw(ctx, by, EntryRef{ID: e.ID})
		}
	case 15:
		name = "withdraw or reopen"
		if p.chance.IntN(2) == 0 {
			_, err = p.WithdrawPeriod(ctx, by, week)
		} else {
			_, err = p.Reopen(ctx, by, Reopening{week, "again"})
		}
	}
	if _, said := errors.AsType[*Fault](err); err != nil && !said {
		p.t.Errorf("%s: %v", name, err)
	}
	if err == nil && !Rehearses(ctx) {
		p.done[name]++
	}
}

// some is one of the entries that the caller sees, or none.
func (p passersBy) some(by auth.Caller) []Entry {
	found := must(ask(p.Entries, by, EntryQuery{Paging: Paging{Limit: pageMost}})).Items
	if len(found) == 0 {
		return nil
	}
	i := p.chance.IntN(len(found))
	return found[i : i+1]
}
