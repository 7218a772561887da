package timesheets

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"punchcard/auth"
)

// recordOnce adds an entry under a key, and answers with its id.
func (h house) recordOnce(by auth.Caller, k Key, n NewEntry) (id string, replayed bool, err error) {
	return h.Once(context.Background(), by, k, func(ctx context.Context) (string, error) {
		e, err := h.Record(ctx, by, n)
		return e.ID, err
	})
}

func (h house) countEntries() (n int64) {
	h.t.Helper()
	h.write(func(tx *gorm.DB) error { return tx.Table("entries").Count(&n).Error })
	return n
}

func TestTheSameRequestUnderTheSameKeyIsDoneOnce(t *testing.T) {
	h := openHouse(t)
	k, n := Key{"POST /timesheets", "k", "digest"}, h.hour("2026-03-04")
	first, replayed, err := h.recordOnce(ada, k, n)
	if err != nil || replayed {
		t.Fatal(replayed, err)
	}
	for range 3 {
		if id, replayed, err := h.recordOnce(ada, k, n); id != first || !replayed || err != nil {
			t.Errorf("again: %s %v %v, want %s", id, replayed, err, first)
		}
	}
	other := k
	other.Request = "another"
	_, _, err = h.recordOnce(ada, other, n)
	refused(t, err, IdempotencyMismatch, "make a new key")
	if n := h.countEntries(); n != 1 {
		t.Errorf("%d entries", n)
	}
}

// Of whom has the database alone, nobody reads an answer, or passes one off as another's.
func TestKeptAnswersAreSealed(t *testing.T) {
	h := openHouse(t)
	ask := func(by auth.Caller) (answer string, replayed bool, err error) {
		return h.Once(t.Context(), by, Key{"POST /x", "k", "digest"}, func(context.Context) (string, error) {
			return "the secret of " + by.User, nil
		})
	}
	for _, by := range []auth.Caller{ada, bob} {
		if _, _, err := ask(by); err != nil {
			t.Fatal(err)
		}
	}
	if all := strings.Join(h.rows(t), " "); strings.Contains(all, "the secret of") {
		t.Error("it can be read")
	}
	if answer, replayed, err := ask(ada); answer != "the secret of usr_ada" || !replayed || err != nil {
		t.Error(answer, replayed, err)
	}
	h.write(func(tx *gorm.DB) error {
		return tx.Exec("UPDATE replays SET answer = (SELECT answer FROM replays WHERE subject = ?)", bob.User).Error
	})
	if answer, _, err := ask(ada); err == nil {
		t.Errorf("Ada is told %q", answer)
	}
}

func TestAKeyIsItsCallersAndItsRoutes(t *testing.T) {
	h := openHouse(t)
	k := Key{"POST /timesheets", "k", "digest"}
	mine, _, err := h.recordOnce(ada, k, h.hour("2026-03-04"))
	if err != nil {
		t.Fatal(err)
	}
	laptop, asClient := ada, auth.Caller{Client: "usr_ada", Scopes: allScopes}
	laptop.Client = "laptop"
	elsewhere := k
	elsewhere.Route = "POST /timesheets/batch"
	forAda := h.hour("2026-03-04")
	forAda.UserID = ada.User
	for i, c := range []struct {
		by auth.Caller
		k  Key
		n  NewEntry
	}{
		{bob, k, h.hour("2026-03-04")}, {eve, k, h.hour("2026-03-04")}, {laptop, k, h.hour("2026-03-04")}, {ada, elsewhere, h.hour("2026-03-04")},
		{payroll, k, forAda}, {asClient, k, forAda}, {root, k, forAda},
	} {
		for _, again := range []bool{false, true} {
			if id, replayed, err := h.recordOnce(c.by, c.k, c.n); id == mine || replayed != again || err != nil {
				t.Errorf("%d: %s's is %s, told before: %v, %v", i, c.by.Subject(), id, replayed, err)
			}
		}
	}
}

func TestWhatFailedIsNotKept(t *testing.T) {
	h := openHouse(t)
	k, n := Key{"POST /timesheets", "k", "digest"}, h.hour("2026-03-04")
	n.ProjectID = "prj_none"
	before := h.rows(t)
	_, _, err := h.recordOnce(ada, k, n)
	refused(t, err, ValidationFailed)
	broken := errors.New("broken")
	_, _, err = h.Once(t.Context(), ada, k, func(ctx context.Context) (string, error) {
		must(h.Record(ctx, ada, h.hour("2026-03-04")))
		return "", broken // after the effect, as when the answer can't be made
	})
	if diff := cmp.Diff(before, h.rows(t)); diff != "" || !errors.Is(err, broken) {
		t.Errorf("%v: %s", err, diff)
	}
	if _, replayed, err := h.recordOnce(ada, k, h.hour("2026-03-04")); replayed || err != nil {
		t.Error(replayed, err)
	}
}

// The answer is kept by the write that has the effect: where it can't be, there is no effect.
func TestWithoutItsAnswerThereIsNoEffect(t *testing.T) {
	h := openHouse(t)
	_, _, err := h.Once(t.Context(), ada, Key{"POST /timesheets", "k", "digest"}, func(ctx context.Context) (string, error) {
		e := must(h.Record(ctx, ada, h.hour("2026-03-04")))
		err := h.Service.db.Write(ctx, func(tx *gorm.DB) error { return tx.Exec("ALTER TABLE replays RENAME TO elsewhere").Error })
		return e.ID, err
	})
	if err == nil || !strings.Contains(err.Error(), "keep an answer") {
		t.Errorf("kept: %v", err)
	}
	if n := h.countEntries(); n != 0 {
		t.Errorf("%d entries", n)
	}
}

func TestOfManyAtOnceUnderOneKeyOneIsDone(t *testing.T) {
	h := openHouse(t)
	k, n := Key{"POST /timesheets", "k", "digest"}, h.hour("2026-03-04")
	n.Minutes = new(1)
	var firsts atomic.Int32
	var ids sync.Map
	var all sync.WaitGroup
	for range 30 {
		all.Go(func() {
			id, replayed, err := h.recordOnce(ada, k, n)
			if err != nil {
				t.Error(err)
			}
			if !replayed {
				firsts.Add(1)
			}
			ids.Store(id, true)
		})
	}
	all.Wait()
	different := 0
	ids.Range(func(any, any) bool { different++; return true })
	if firsts.Load() != 1 || different != 1 || h.countEntries() != 1 {
		t.Errorf("%d did it, %d ids were answered, and there are %d entries", firsts.Load(), different, h.countEntries())
	}
}

func TestKeptAnswersAreForgotten(t *testing.T) {
	h := openHouse(t)
	now := h.instant()
	h.now = func() time.Time { return now }
	keep := func(by auth.Caller, key string) bool {
		_, replayed, err := h.Once(t.Context(), by, Key{"POST /x", key, "digest"}, func(context.Context) (string, error) { return "{}", nil })
		if err != nil {
			t.Fatal(err)
		}
		return replayed
	}
	keep(ada, "old")
	now = now.Add(24*time.Hour - time.Millisecond)
	if !keep(ada, "old") {
		t.Error("it is forgotten before 24 hours are over")
	}
	now = now.Add(time.Millisecond)
	if keep(ada, "old") {
		t.Error("it is kept for longer than 24 hours, though nobody swept")
	}
	for i := range 700 { // more than one bite
		now = now.Add(time.Millisecond)
		keep(ada, fmt.Sprint(i))
	}
	keep(bob, "his")
	count := func() (n int64) {
		h.write(func(tx *gorm.DB) error { return tx.Model(&replayRow{}).Count(&n).Error })
		return n
	}
	for _, step := range []struct {
		later time.Duration
		limit int
		want  int64
	}{{0, 1000, 702}, {0, 5, 6}, {23 * time.Hour, 5, 6}, {time.Hour, 5, 0}} {
		now = now.Add(step.later)
		if err := h.forgetReplays(t.Context(), step.limit); err != nil || count() != step.want {
			t.Errorf("after %s more, with a limit of %d, there are %d: %v", step.later, step.limit, count(), err)
		}
	}
}

func TestForgettingIsAChore(t *testing.T) {
	h := openHouse(t)
	row := replayRow{Client: "c", Subject: "s", Route: "r", Key: "k", At: h.instant().Add(-replayLife)}
	h.write(func(tx *gorm.DB) error { return tx.Create(&row).Error })
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	ended := make(chan bool)
	go func() { h.Run(ctx); close(ended) }()
	for left := int64(1); left > 0 && ctx.Err() == nil; {
		h.write(func(tx *gorm.DB) error { return tx.Model(&replayRow{}).Count(&left).Error })
	}
	if ctx.Err() != nil {
		t.Error("it is still there")
	}
	stop()
	<-ended
}

// An answer may tell what only rights tell that its caller has lost since, such as the secret of a webhook.
func TestAKeptAnswerIsForThoseWhoseRightsItTook(t *testing.T) {
	h := openHouse(t)
	k := Key{"POST /webhooks", "k", "digest"}
	secret := func(by auth.Caller) (string, error) {
		answer, _, err := h.Once(t.Context(), by, k, func(ctx context.Context) (string, error) {
			w, err := h.AddWebhook(ctx, by, NewWebhook{URL: "https://example.com/"})
			return w.Secret, err
		})
		return answer, err
	}
	told, err := secret(root)
	if again, errAgain := secret(root); again != told || told == "" || err != nil || errAgain != nil {
		t.Fatalf("%q, again %q: %v %v", told, again, err, errAgain)
	}
	demoted, narrow := root, root
	demoted.Admin, narrow.Scopes = false, []string{readScope, createScope}
	for _, test := range []struct {
		by   auth.Caller
		kind Kind
	}{{demoted, Forbidden}, {narrow, InsufficientScope}} {
		answer, err := secret(test.by)
		refused(t, err, test.kind)
		if answer != "" {
			t.Errorf("it is told %q", answer)
		}
	}
}
