package timesheets

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"punchcard/auth"
)

// reader keeps a copy of what the feed tells it.
type reader struct {
	by     auth.Caller
	cursor string
	copy   map[string]FeedChange
}

// follow reads on until there is no more at once, and tells how many changes that were.
func (r *reader) follow(h house, limit int) (told int) {
	h.t.Helper()
	for more := true; more; {
		f := must(ask(h.Changes, r.by, FeedQuery{Since: r.cursor, Limit: limit}))
		for _, change := range f.Changes {
			if change.Revision >= r.copy[change.ID].Revision {
				r.copy[change.ID] = change
			}
		}
		told += len(f.Changes)
		r.cursor, more = f.Cursor, f.More
		if _, next := f.Turn(); f.Cursor == "" || (next == "") == f.More {
			h.t.Fatalf("after %d changes the cursor is %q, and the next %q", told, f.Cursor, next)
		}
	}
	return told
}

func newReader(by auth.Caller) *reader { return &reader{by: by, copy: map[string]FeedChange{}} }

// state is what the copy has of the entries that are there, and the revisions of those that aren't.
func (r *reader) state() map[string]string {
	all := map[string]string{}
	for id, change := range r.copy {
		all[id] = fmt.Sprint("deleted at ", change.Revision)
		if change.Entry != nil {
			all[id] = textOf(change.Entry)
		}
	}
	return all
}

// served is the same as the server has it.
func (h house) served(by auth.Caller) map[string]string {
	h.t.Helper()
	all := map[string]string{}
	tx := h.db.Read(h.t.Context())
	for _, e := range must(scanEntries(withPeople(h.t.Context(), tx, withDeleted(tx, by)))) {
		all[e.ID] = textOf(e.shownTo(by))
		if e.deletedAt != nil {
			all[e.ID] = fmt.Sprint("deleted at ", e.Revision)
		}
	}
	return all
}

func TestTheFeedTellsWhatChangedAndWhatIsGone(t *testing.T) {
	h := openHouse(t)
	now := h.instant()
	h.now = func() time.Time { return now }
	later := func() { now = now.Add(time.Minute) }
	r := newReader(ada)
	if told := r.follow(h, 0); told != 0 {
		t.Errorf("%d changes of nothing", told)
	}
	var entries []Entry
	for day := range 7 {
		entries = append(entries, h.record(ada, h.hour(fmt.Sprintf("2026-03-%02d", day+1))))
		later()
	}
	steps := []struct {
		name string
		do   func()
		want int
	}{
		{"what there is", func() {}, 7},
		{"nothing", func() {}, 0},
		{"a change", func() { must(ask(h.Change, ada, change(t, entries[2].ID, `{"note":"n"}`))) }, 1},
		{"a deletion", func() { must(ask(h.removal, ada, EntryRef{ID: entries[3].ID})) }, 1},
		{"a restoration", func() { must(ask(h.Restore, ada, EntryRef{ID: entries[3].ID})) }, 1},
		{"one whose creation was never told", func() { must(ask(h.removal, ada, EntryRef{ID: h.record(ada, h.hour("2026-03-20")).ID})) }, 1},
		{"somebody else's", func() { h.record(bob, h.hour("2026-03-04")) }, 0},
		{"a whole period", func() {
			must(ask(h.SubmitPeriod, ada, PeriodSubmission{PeriodRef: PeriodRef{ID: entries[2].PeriodID}}))
		}, 6},
	}
	for _, step := range steps {
		step.do()
		later()
		if told := r.follow(h, 2); told != step.want {
			t.Errorf("%s: %d changes, want %d", step.name, told, step.want)
		}
		if diff := cmp.Diff(h.served(ada), r.state()); diff != "" {
			t.Errorf("%s: %s", step.name, diff)
		}
	}
	for id, change := range r.copy {
		if change.Deleted != (change.Entry == nil) || change.Deleted != (change.DeletedAt != nil) {
			t.Errorf("%s: %+v", id, change)
		}
	}
	again := newReader(ada)
	if again.follow(h, 3); !cmp.Equal(again.state(), r.state()) {
		t.Error("who begins again comes to something else")
	}
}

func TestTheFeedTellsOfTheLastSecondsAgain(t *testing.T) {
	h := openHouse(t)
	now := h.instant()
	h.now = func() time.Time { return now }
	r := newReader(ada)
	h.record(ada, h.hour("2026-03-04"))
	for _, step := range []struct {
		later time.Duration
		want  int
	}{{0, 1}, {9 * time.Second, 1}, {time.Second, 1}, {0, 0}, {time.Hour, 0}} { // its being too old is seen as it is told
		now = now.Add(step.later)
		if told := r.follow(h, 0); told != step.want {
			t.Errorf("after %s more: told %d times", step.later, told)
		}
	}
	// Of an instance whose clock is behind, or whose write took long.
	h.now = func() time.Time { return now.Add(-feedWindow + time.Millisecond) }
	h.record(ada, h.hour("2026-03-05"))
	h.now = func() time.Time { return now }
	if told := r.follow(h, 0); told != 1 {
		t.Errorf("what came late was told %d times", told)
	}
}

func TestTheFeedShowsWhatTheListShows(t *testing.T) {
	h := openHouse(t)
	for _, by := range []auth.Caller{ada, bob, mia, eve, carl} {
		h.record(by, h.hour("2026-03-04"))
		must(ask(h.removal, by, EntryRef{ID: h.record(by, h.hour("2026-03-05")).ID}))
	}
	for by, want := range map[*auth.Caller]int{&ada: 2, &mia: 6, &eve: 2, &root: 10, &payroll: 10} {
		r := newReader(*by)
		if r.follow(h, 3); len(r.copy) != want {
			t.Errorf("%s sees %d, want %d", by.Subject(), len(r.copy), want)
		}
		if diff := cmp.Diff(h.served(*by), r.state()); diff != "" {
			t.Error(diff)
		}
	}
}

func TestAnotherCallersCursorIsWorthNothing(t *testing.T) {
	h := openHouse(t)
	h.record(ada, h.hour("2026-03-04"))
	mine := must(ask(h.Changes, ada, FeedQuery{})).Cursor
	list := must(ask(h.Entries, ada, EntryQuery{Paging: Paging{Limit: 1}}))
	for _, c := range []struct {
		by    auth.Caller
		since string
	}{{eve, mine}, {root, mine}, {payroll, mine}, {ada, "x"}, {ada, mine + "A"}, {ada, h.cursor(ada, FeedQuery{}, "2026-01-01T00:00:00Z", "x")}, {ada, list.Next + "A"}} {
		_, err := ask(h.Changes, c.by, FeedQuery{Since: c.since})
		refused(t, err, ValidationFailed, "since")
	}
}

func TestWhoSeesOtherPeopleBeginsAgain(t *testing.T) {
	h := openHouse(t)
	h.record(bob, h.hour("2026-03-04"))
	r := newReader(mia)
	r.follow(h, 0)
	manage := func(person string, manager any) {
		h.write(func(tx *gorm.DB) error {
			return tx.Model(&auth.Person{}).Where("id = ?", person).Update("manager_id", manager).Error
		})
	}
	for _, c := range []struct {
		person  string
		manager any
		want    int
	}{{bob.User, nil, 0}, {eve.User, mia.User, 1}} {
		h.record(eve, h.hour("2026-03-05"))
		manage(c.person, c.manager)
		_, err := ask(h.Changes, mia, FeedQuery{Since: r.cursor})
		refused(t, err, ResyncRequired, "begin again without since")
		r = newReader(mia)
		r.follow(h, 0)
		if diff := cmp.Diff(h.served(mia), r.state()); diff != "" {
			t.Error(diff)
		}
	}
}

// Writers whose clocks are apart write at random, and readers follow. Time runs six times as fast here, so that the window is less
// than two seconds: readers get far beyond what they were told, and what they miss they miss for good.
func TestWhoFollowsTheFeedHasWhatTheServerHas(t *testing.T) {
	const pace, writers, length = 6, 4, 3500 * time.Millisecond
	h := openHouse(t)
	began := time.Now()
	clock := func(ahead time.Duration) func() time.Time {
		return func() time.Time { return began.Add(pace*time.Since(began) + ahead) }
	}
	h.now = clock(0)
	project, people := h.project("Internal"), []auth.Caller{ada, bob}
	var all sync.WaitGroup
	for i := range writers {
		instance := New(h.db, Settings{Secret: []byte("a secret of the tests"), Now: clock(time.Duration(i-2) * time.Second)})
		all.Go(func() {
			var ids []string
			by := people[i%2]
			for n := 0; time.Since(began) < length; n++ {
				day := time.Date(2026, 1, 1+rand.IntN(60), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
				id := ""
				if len(ids) > 0 {
					id = ids[rand.IntN(len(ids))]
				}
				switch rand.IntN(5) {
				case 0, 1:
					if e, err := ask(instance.Record, by, NewEntry{Date: day, Minutes: new(1), ProjectID: project}); err == nil {
						ids = append(ids, e.ID)
					}
				case 2:
					ask(instance.Change, by, EntryChange{ID: id, Note: Patch[string]{true, new(fmt.Sprint(n))}})
				case 3:
					instance.Remove(t.Context(), by, EntryRef{ID: id})
				case 4:
					ask(instance.Restore, by, EntryRef{ID: id})
				}
			}
		})
	}
	readers := []*reader{newReader(ada), newReader(mia), newReader(root)}
	for time.Since(began) < length {
		for i, r := range readers {
			r.follow(h, []int{200, 7, 50}[i])
		}
	}
	all.Wait()
	for _, r := range readers {
		r.follow(h, 200)
		served := h.served(r.by)
		if diff := cmp.Diff(served, r.state()); diff != "" || len(served) < 20 {
			t.Errorf("%s has not what the server has of %d: %s", r.by.Name, len(served), diff)
		}
	}
}

// What is committed has an instant no older than the feed looks back, however long an import takes: others write meanwhile, on
// PostgreSQL, and who has read of them asks for nothing older again.
func TestAnImportThatTookLongIsNoOlderThanTheFeedLooksBack(t *testing.T) {
	h := openHouse(t)
	now := h.instant()
	h.now = func() time.Time { now = now.Add(time.Second); return now }
	var file strings.Builder
	file.WriteString("date,project,hours\n")
	for day := range 28 {
		fmt.Fprintf(&file, "2026-02-%02d,Internal,1\n", 1+day)
	}
	if done := must(ask(h.Import, ada, TimeImport{File: csvFile(file.String())})); done.Added != 28 {
		t.Fatalf("%d were added", done.Added)
	}
	for _, e := range must(ask(h.Entries, ada, EntryQuery{})).Items {
		if e.UpdatedAt.Before(now.Add(-feedWindow)) {
			t.Fatalf("it is told as of %s, and done at %s", e.UpdatedAt, now)
		}
	}
}
