package timesheets

import (
	"crypto/hkdf"
	"crypto/sha256"
	"time"

	"punchcard/store"
)

// Service holds the operations on timesheets. It is safe for concurrent use.
type Service struct {
	db        database
	cursorKey []byte
	now       func() time.Time
}

// Settings is what a Service needs to know.
type Settings struct {
	Secret []byte           // signs the cursors of lists; instances that share a database share it
	Now    func() time.Time // nil: time.Now
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
	return &Service{db: database{db}, cursorKey: key, now: s.Now}
}

// instant is the present as rows keep it: to the millisecond, which both engines and every client read back unchanged.
func (s *Service) instant() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

// latestDay is the latest civil day that it is anywhere: who lives there must not be told that their day hasn't come.
func (s *Service) latestDay() string { return s.now().UTC().Add(14 * time.Hour).Format(time.DateOnly) }
