package timesheets

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/auth/lang"
)

// Lock is the lock date: what lies before it is closed, as for a payroll that has run. The last one holds; those before it
// stay as its history.
type Lock struct {
	Number   int64     `json:"revision" gorm:"primaryKey;autoIncrement:false"` // 0: there never was one
	UntilDay *string   `json:"until"`                                          // the last closed day; nil: none is
	Reason   string    `json:"reason"`
	ByUser   string    `json:"by"` // a person's id
	At       time.Time `json:"at"`
}

// TableName has a row for each.
func (Lock) TableName() string { return "locks" }

// Key is what an entity tag is made of. There is one lock date, so it has no id.
func (l Lock) Key() (id string, revision int64) { return "", l.Number }

// NewLock closes all days until one, or lifts what was closed.
type NewLock struct {
	Revision *int64  `match:"optional" json:"-"` // the revision that the caller saw; nil: whichever it is now
	Until    *string `json:"until"`              // the last closed day; nil: none
	Reason   string  `json:"reason"`
}

// Validate wants a day, if there is one, and a reason.
func (n NewLock) Validate() error {
	var c check
	if n.Until != nil {
		c.day(*n.Until, "/until")
	}
	c.that(strings.TrimSpace(n.Reason) != "", "/reason", "is needed: people whose time is closed read it")
	c.line(n.Reason, "/reason", taskLimit)
	return c.fault()
}

// Lock is the lock date.
func (s *Service) Lock(ctx context.Context, _ auth.Caller, _ struct{}) (Lock, error) {
	return lockOf(s.db.Read(ctx))
}

// SetLock closes days, or lifts that, which is for administrators alone. Time on closed days is neither added nor changed,
// and what is wholly closed is neither submitted, decided nor reopened.
func (s *Service) SetLock(ctx context.Context, by auth.Caller, n NewLock) (Lock, error) {
	if err := onlyAdministrators(by, "only an administrator can set the lock date"); err != nil {
		return Lock{}, err
	}
	var set Lock
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		last, err := lockOf(tx)
		if err != nil {
			return err
		}
		if err := isAt(lang.Say("the lock date"), last.Number, n.Revision, Update); err != nil {
			return err
		}
		set = Lock{last.Number + 1, n.Until, strings.TrimSpace(n.Reason), by.User, s.instant()}
		if err := tx.Create(&set).Error; err != nil {
			return fmt.Errorf("write lock date: %w", err)
		}
		return s.note(tx, by, deed{Action: "lock_date.set", Object: fmt.Sprint(set.Number), Before: last.kept(), After: set})
	})
	return set, err
}

func lockOf(tx *gorm.DB) (Lock, error) {
	var l Lock
	if err := tx.Order("number DESC").Limit(1).Find(&l).Error; err != nil {
		return l, fmt.Errorf("read lock date: %w", err)
	}
	l.At = l.At.UTC()
	return l, nil
}

// kept is the lock date for the audit; nil if there never was one.
func (l Lock) kept() any {
	if l.Number == 0 {
		return nil
	}
	return l
}

// closing is the lock date as it stands in the way of something.
type closing struct {
	until  string // empty: nothing is closed
	reason string
}

// covers reports whether the day is closed.
func (c closing) covers(day string) bool { return c.until != "" && day <= c.until }

func (c closing) inWords() lang.Phrase {
	day, _ := time.Parse(time.DateOnly, c.until)
	return lang.Say("time until %s is closed (%s); an administrator can lift that", lang.Date(day), c.reason)
}
