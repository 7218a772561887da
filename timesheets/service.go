package timesheets

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/store"
)

// Service holds the operations on timesheets. It is safe for concurrent use.
type Service struct {
	db        *store.DB
	cursorKey []byte
	now       func() time.Time
	retell    func(people ...string)
}

// Settings is what a Service needs to know.
type Settings struct {
	Secret []byte           // signs the cursors of lists; instances that share a database share it
	Now    func() time.Time // nil: time.Now

	Retell func(people ...string) // who may approve changed: what is remembered of their rights is old; nil: nothing is
}

// New makes a Service upon a migrated database.
func New(db *store.DB, s Settings) *Service {
	key, err := hkdf.Key(sha256.New, s.Secret, nil, "punchcard timesheets cursor", sha256.Size)
	if err != nil {
		panic(err) // one hash's length can always be had
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Retell == nil {
		s.Retell = func(...string) {}
	}
	return &Service{db: db, cursorKey: key, now: s.Now, retell: s.Retell}
}

// entitle is a write that changes who may approve time: those people, whom fn names. It holds at their next call, here, and
// within a second at other instances. Like every write's, fn may run more than once.
func (s *Service) entitle(ctx context.Context, fn func(tx *gorm.DB) (people []string, err error)) error {
	var people []string
	err := s.db.Write(ctx, func(tx *gorm.DB) (err error) {
		if people, err = fn(tx); err != nil {
			return err
		}
		return auth.TellOf(tx, s.now(), people...)
	})
	if err == nil {
		s.retell(people...)
	}
	return err
}

// today is the civil day in UTC, by which delegations go.
func (s *Service) today() string { return s.now().UTC().Format(time.DateOnly) }

// instant is the present as rows keep it: to the millisecond, which both engines and every client read back unchanged.
func (s *Service) instant() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

// latestDay is the latest civil day that it is anywhere: who lives there must not be told that their day hasn't come.
func (s *Service) latestDay() string { return s.now().UTC().Add(14 * time.Hour).Format(time.DateOnly) }
