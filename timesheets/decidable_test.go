package timesheets

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"punchcard/auth"
)

// calls is the person as they call today: with those for whom they stand in, as the tokens' verifier finds them.
func (h house) calls(by auth.Caller) auth.Caller {
	h.t.Helper()
	by.Today = h.today()
	by.StandsInFor = must(auth.StandsInFor(h.db.Read(h.t.Context()), by.User, by.Today))
	return by
}

// delegated is a delegation as a row, without what would be asked of a new one.
func (h house) delegated(tx *gorm.DB, from, to auth.Caller, starts, ends string) auth.Delegation {
	h.t.Helper()
	d := auth.Delegation{ID: fmt.Sprintf("dlg_%d", rand.Uint64()), FromUserID: from.User, ToUserID: to.User, StartsOn: starts,
		EndsOn: ends, CreatedBy: from.User, CreatedAt: h.instant()}
	if err := tx.Create(&d).Error; err != nil {
		h.t.Fatal(err)
	}
	return d
}

// company is some people, at random, among whom anything can be: managers in circles, blocked ones, such
// without a role for it, delegates of delegates.
type company struct {
	house
	chance *rand.Rand
	staff  []auth.Caller
}

func (c company) anybody() auth.Caller { return c.staff[c.chance.IntN(len(c.staff))] }

func (c company) oneIn(n int) bool { return c.chance.IntN(n) == 0 }

func openCompany(t *testing.T, chance *rand.Rand) company {
	c := company{house: openHouse(t), chance: chance}
	c.write(func(tx *gorm.DB) error {
		c.staff = []auth.Caller{root}
		for n := range 9 {
			p := person(fmt.Sprintf("p%d", n), fmt.Sprintf("P %d", n))
			c.hire(tx, p, "")
			if p.Admin = c.oneIn(6); p.Admin {
				c.appoint(tx, p)
			}
			c.staff = append(c.staff, p)
		}
		return nil
	})
	return c
}

// reorganize puts everybody somewhere else.
func (c company) reorganize() {
	c.write(func(tx *gorm.DB) error {
		tx.Exec("DELETE FROM delegations")
		tx.Exec("UPDATE users SET manager_id = NULL, blocked = (id = 'usr_gone')")
		var entrusted []auth.Caller
		for _, p := range c.staff {
			if !c.oneIn(5) {
				entrusted = append(entrusted, p)
			}
		}
		c.entrust(tx, entrusted...)
		for _, p := range c.staff {
			if manager := c.anybody(); manager.User != p.User && !c.oneIn(4) {
				tx.Exec("UPDATE users SET manager_id = ? WHERE id = ?", manager.User, p.User)
			}
			if c.oneIn(4) && p.User != root.User {
				tx.Exec("UPDATE users SET blocked = TRUE WHERE id = ?", p.User)
			}
			if to := c.anybody(); to.User != p.User && !c.oneIn(4) {
				days := [][2]string{{"2026-11-01", "2026-11-18"}, {"2026-11-20", "2026-11-30"}, {"2026-11-01", "2026-11-19"},
					{"2026-11-19", "2026-11-30"}, {"2026-11-19", "2026-11-19"}, {"2026-11-01", "2026-11-30"}}
				span := days[c.chance.IntN(len(days))]
				d := c.delegated(tx, p, to, span[0], span[1])
				if c.oneIn(5) {
					tx.Exec("UPDATE delegations SET ended_at = ? WHERE id = ?", c.instant(), d.ID)
				}
			}
		}
		tx.Exec("UPDATE projects SET approver_id = NULL")
		for _, project := range []string{"StoreZero", "Internal"} {
			if c.oneIn(2) {
				tx.Exec("UPDATE projects SET approver_id = ? WHERE name = ?", c.anybody().User, project)
			}
		}
		return nil
	})
}

// work is a week of somebody's, which others may have edited, submitted in most cases and decided in part in some.
func (c company) work(n int) Period {
	by := c.anybody()
	for isBlocked(c.house, by) {
		by = c.anybody()
	}
	var lines []Entry
	for i := range 1 + c.chance.IntN(3) {
		project := c.project([]string{"StoreZero", "Internal"}[c.chance.IntN(2)])
		lines = append(lines, c.record(by, NewEntry{Date: dayAfter("2020-01-06", 7*n+i), Minutes: new(60), ProjectID: project}))
	}
	for c.oneIn(2) {
		editor := c.anybody()
		editor.Admin = true // as they may have been then
		line := lines[c.chance.IntN(len(lines))]
		must(ask(c.Change, editor, EntryChange{ID: line.ID, Note: Patch[string]{true, new("mended")}}))
	}
	p := must(ask(c.Period, root, PeriodRef{ID: lines[0].PeriodID}))
	if c.oneIn(5) {
		return p
	}
	p = must(ask(c.SubmitPeriod, by, PeriodSubmission{PeriodRef: PeriodRef{ID: p.ID}}))
	for _, by := range c.staff {
		if c.oneIn(4) {
			ask(c.Decide, c.calls(by), Decision{ID: lines[0].ID}) // where they can
		}
	}
	return p
}

// The queue is made by SQL and a decision is allowed by Go, which must be of one mind about every period and everybody; and
// who is shown something must be able to do it.
func TestTheQueueIsWhatTheCallerMayDecideInAnyCompany(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	c := openCompany(t, rand.New(rand.NewPCG(seed, 0)))
	states := []string{"open", "submitted", "approved", "rejected"}
	shared, lent, waiting := 0, 0, 0
	for round := range 6 {
		c.reorganize()
		for n := range 8 {
			c.work(8*round + n)
		}
		c.reorganize()
		all := must(ask(c.Periods, c.calls(root), PeriodQuery{Paging: Paging{Limit: 200}})).Items
		for _, by := range append(c.staff, second, payroll) {
			if isBlocked(c.house, by) { // who makes no calls
				continue
			}
			by = c.calls(by)
			var want, got []string
			for _, p := range all {
				if shares := p.matter().shares(by); len(shares) > 0 {
					want = append(want, p.ID)
					if shares[0].inPlaceOf != nil {
						lent++
					}
					if len(shares) < len(p.parts) {
						shared++
					}
				}
			}
			for _, p := range must(ask(c.Approvals, by, ApprovalQuery{State: states, Paging: Paging{Limit: 200}})).Items {
				got = append(got, p.ID)
				if p.UserID == by.User {
					t.Errorf("%s's own is in their queue", by.Name)
				}
				if _, err := ask(c.Period, by, PeriodRef{ID: p.ID}); err != nil {
					t.Errorf("%s decides about %s, and can't see it: %v", by.Name, p.ID, err)
				}
				if p.State == Submitted {
					waiting++
					if !slices.Contains(p.AllowedActions, Approve) || !slices.Contains(p.Approvers, by.User) {
						t.Errorf("%s decides about %s, and is shown %v of %v", by.Name, p.ID, p.AllowedActions, p.Approvers)
					}
				}
			}
			slices.Sort(want)
			slices.Sort(got)
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Fatalf("%s, of %v: %s", by.Name, by.StandsInFor, diff)
			}
			counts := must(ask(c.CountApprovals, by, struct{}{}))
			if sum := counts.Open + counts.Submitted + counts.Approved + counts.Rejected; sum != len(want) {
				t.Errorf("%s counts %d of %d", by.Name, sum, len(want))
			}
		}
	}
	if shared == 0 || lent == 0 || waiting == 0 {
		t.Errorf("%d shared, %d lent, %d waiting: too few to tell", shared, lent, waiting)
	}
}

func isBlocked(h house, by auth.Caller) bool {
	var p auth.Person
	h.db.Read(h.t.Context()).Where("id = ?", by.User).Limit(1).Find(&p)
	return p.Blocked
}

// Whatever is decided in whichever company, what is allowed is what succeeds, and nobody decides about their own.
func TestWhoeverDecidesDecidesOnlyWhatIsTheirs(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	c := openCompany(t, rand.New(rand.NewPCG(seed, 0)))
	for n := range 20 {
		if n%4 == 0 {
			c.reorganize()
		}
		p := c.work(n)
		for _, by := range c.staff {
			if isBlocked(c.house, by) {
				continue
			}
			by = c.calls(by)
			seen, err := ask(c.Period, by, PeriodRef{ID: p.ID})
			if err != nil {
				continue
			}
			shares, before := seen.matter().shares(by), c.linesOf(p)
			after, err := ask(c.DecidePeriod, by, seen.decided([]State{Approved, Rejected}[c.chance.IntN(2)], "so"))
			if slices.Contains(seen.AllowedActions, Approve) != (err == nil) {
				t.Fatalf("%s is shown %v, and it comes to %v", by.Name, seen.AllowedActions, err)
			}
			for i, line := range c.linesOf(p) {
				moved := line.State != before[i].State
				mine := slices.ContainsFunc(shares, func(s share) bool { return s.project == before[i].part.project })
				if moved && (!mine || line.UserID == by.User || *line.decidedBy != by.User || before[i].editedBy == by.User) ||
					!moved && mine && err == nil && before[i].State == Submitted {
					t.Errorf("%s, a line %s of %s is %s", by.Name, before[i].State, seen.UserID, line.State)
				}
				if moved && line.OnBehalfOf != nil && !slices.Contains(by.StandsInFor, *line.OnBehalfOf) {
					t.Errorf("%s decided for %s", by.Name, *line.OnBehalfOf)
				}
			}
			if err == nil && cmp.Compare(after.Revision, seen.Revision) != 1 {
				t.Errorf("at revision %d still", after.Revision)
			}
		}
	}
	c.soundPeriods(t)
}

// linesOf are the entries of a period as they are, in their order.
func (h house) linesOf(p Period) []Entry {
	h.t.Helper()
	return must(ask(h.Entries, h.calls(root), EntryQuery{UserID: p.UserID, From: p.Start, To: p.End})).Items
}
