package auth

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
)

// delegate has one person stand in for another, as package timesheets writes it down, from a day on, today being 0.
func (w *world) delegate(from, to string, starts, ends int) Delegation {
	w.Helper()
	day := func(n int) string { return w.clock.now().AddDate(0, 0, n).Format(time.DateOnly) }
	d := Delegation{ID: "dlg_" + from + to + day(starts), FromUserID: w.idOf(from), ToUserID: w.idOf(to), StartsOn: day(starts),
		EndsOn: day(ends), CreatedBy: w.idOf(from), CreatedAt: w.clock.now()}
	w.write(func(tx *gorm.DB) error { return tx.Create(&d).Error }, d.ToUserID)
	return d
}

// write is a write that changes what the people may do.
func (w *world) write(fn func(tx *gorm.DB) error, people ...string) {
	w.Helper()
	err := w.db.Write(w.Context(), func(tx *gorm.DB) error {
		if err := fn(tx); err != nil {
			return err
		}
		return TellOf(tx, w.clock.now(), people...)
	})
	if err != nil {
		w.Fatal(err)
	}
	w.server.Forget(people...)
}

// approves reports whether the token approves time at its next call.
func (w *world) approves(s *Server, token string) bool {
	w.Helper()
	by, err := s.Verify(w.Context(), token, Timesheets)
	if err != nil {
		w.Fatal(err)
	}
	return by.May("approve:timesheets")
}

// lateEvening sets the clock to half an hour before midnight UTC, so that a token outlives the day.
func (w *world) lateEvening() {
	now := w.clock.now()
	w.clock.move(now.Truncate(24 * time.Hour).Add(47*time.Hour + 30*time.Minute).Sub(now))
}

func TestWhoStandsInMayApproveUntilTheDayIsOver(t *testing.T) {
	w := newWorld(t)
	w.lateEvening()
	without, _ := w.tokens("max@example.com", "scope", "read:timesheets approve:timesheets")
	if w.approves(w.server, without) {
		t.Error("who manages nobody may approve")
	}
	w.delegate("mia@example.com", "max@example.com", 0, 0)
	w.delegate("mia@example.com", "ada@example.com", 1, 1)
	access, _ := w.tokens("max@example.com", "scope", "read:timesheets approve:timesheets")
	by, err := w.server.Verify(t.Context(), access, Timesheets)
	if err != nil || !by.May("approve:timesheets") || by.Today != w.clock.now().Format(time.DateOnly) {
		t.Fatalf("%+v, %v", by, err)
	}
	mia := []string{w.idOf("mia@example.com")}
	if diff := cmp.Diff(mia, by.StandsInFor); diff != "" || !slices.Equal(by.Places(), append([]string{by.User}, mia...)) {
		t.Error(diff)
	}
	tomorrow, _ := w.tokens("ada@example.com", "scope", "read:timesheets approve:timesheets")
	if w.approves(w.server, tomorrow) {
		t.Error("Ada may approve a day too early")
	}
	w.clock.move(29 * time.Minute)
	if !w.approves(w.server, access) {
		t.Error("it ended before the day did")
	}
	w.clock.move(time.Minute) // nothing is written
	if w.approves(w.server, access) {
		t.Error("it didn't end with the day")
	}
	if by, _ := w.server.Verify(t.Context(), access, Timesheets); len(by.StandsInFor) != 0 {
		t.Errorf("stands in for %v still", by.StandsInFor)
	}
	if got, _ := w.tokens("ada@example.com", "scope", "read:timesheets approve:timesheets"); !w.approves(w.server, got) {
		t.Error("Ada's day has come, and she may not approve") // though her role is employee: the scope is lent
	}
}

func TestWhatIsLentEndsWithWhatTheGiverHas(t *testing.T) {
	for name, take := range map[string]func(w *world, d Delegation){
		"the giver manages nobody any more": func(w *world, d Delegation) {
			w.write(func(tx *gorm.DB) error { return tx.Exec("UPDATE users SET manager_id = NULL").Error }, d.FromUserID)
		},
		"those whom the giver manages were blocked": func(w *world, d Delegation) {
			ada := w.idOf("ada@example.com")
			w.write(func(tx *gorm.DB) error { return tx.Exec("UPDATE users SET blocked = TRUE WHERE id = ?", ada).Error }, ada, d.FromUserID)
		},
		"the giver's role is gone": func(w *world, d Delegation) {
			w.write(func(tx *gorm.DB) error { return tx.Where("user_id = ?", d.FromUserID).Delete(&userRole{}).Error }, d.FromUserID)
		},
		"the giver was blocked": func(w *world, d Delegation) {
			w.write(func(tx *gorm.DB) error {
				return tx.Exec("UPDATE users SET blocked = TRUE WHERE id = ?", d.FromUserID).Error
			}, d.FromUserID)
		},
		"it was ended": func(w *world, d Delegation) {
			now := w.clock.now()
			w.write(func(tx *gorm.DB) error { return tx.Model(&d).Update("ended_at", now).Error }, d.ToUserID)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			d := w.delegate("mia@example.com", "max@example.com", 0, 0)
			passedOn := w.delegate("max@example.com", "root@example.com", 0, 0)
			w.delegate("max@example.com", "mia@example.com", 0, 0)
			access, _ := w.tokens("max@example.com", "scope", "read:timesheets approve:timesheets")
			other := w.open()
			if !w.approves(w.server, access) || !w.approves(other, access) {
				t.Fatal("it isn't lent")
			}
			if lent, err := w.server.standing(t.Context(), passedOn.ToUserID); err != nil || lent.places[0].manages || len(lent.places) != 1 {
				t.Errorf("what is lent is passed on: %+v, %v", lent, err)
			}
			w.clock.move(time.Second)
			take(w, d)
			if w.approves(w.server, access) {
				t.Error("it is lent at the next call still")
			}
			if err := other.listen(t.Context()); err != nil {
				t.Fatal(err)
			}
			if w.approves(other, access) {
				t.Error("it is lent at another instance still")
			}
		})
	}
}

// Who is let in again lends again, at the next call.
func TestWhatABlockedGiverLentIsLentAgainAfterwards(t *testing.T) {
	w := newWorld(t)
	d := w.delegate("mia@example.com", "max@example.com", 0, 0)
	access, _ := w.tokens("max@example.com", "scope", "read:timesheets approve:timesheets")
	for _, blocked := range []bool{true, false} {
		w.write(func(tx *gorm.DB) error {
			return tx.Exec("UPDATE users SET blocked = ? WHERE id = ?", blocked, d.FromUserID).Error
		}, d.FromUserID)
		by, err := w.server.Verify(t.Context(), access, Timesheets)
		if err != nil || by.May("approve:timesheets") == blocked || (len(by.StandsInFor) == 0) != blocked {
			t.Errorf("while Mia is blocked, %t: %+v, %v", blocked, by, err)
		}
	}
}

func TestWhoDecidesOtherwiseMayApproveIfTheirRoleDoes(t *testing.T) {
	w := newWorld(t)
	var decider string
	w.server.decides = func(_ *gorm.DB, user string) (bool, error) { return user == decider, nil }
	for email, want := range map[string]bool{"max@example.com": true, "ada@example.com": false} { // whose role is employee
		decider = w.idOf(email)
		access, _ := w.tokens(email, "scope", "read:timesheets approve:timesheets")
		if got := w.approves(w.server, access); got != want {
			t.Errorf("%s: %v", email, got)
		}
		decider = ""
		w.server.Forget(w.idOf(email))
		if w.approves(w.server, access) {
			t.Errorf("%s approves still", email)
		}
	}
}
