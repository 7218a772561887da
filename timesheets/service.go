package timesheets

import (
	"cmp"
	"crypto/hkdf"
	"crypto/sha256"
	"log/slog"
	"time"

	"punchcard/store"
	"punchcard/timesheets/mail"
)

// Service holds the operations on timesheets. It is safe for concurrent use.
type Service struct {
	db        *store.DB
	cursorKey []byte
	now       func() time.Time
	issuer    string       // where people find the app
	mail      *mail.Server // nil: nobody gets mails
	mailKey   []byte       // signs the addresses that end them
	log       *slog.Logger

	remindedOn string // the day on which everybody was; of the one chore alone
}

// Settings is what a Service needs to know.
type Settings struct {
	Secret []byte           // signs the cursors of lists; instances that share a database share it
	Now    func() time.Time // nil: time.Now
	Issuer string           // https://time.example.com/, with the slash at its end; mails lead there
	Mail   *mail.Server     // nil: people are notified in the app alone
	Log    *slog.Logger     // nil: slog.Default()
}

// New makes a Service upon a migrated database.
func New(db *store.DB, s Settings) *Service {
	key := func(purpose string) []byte {
		key, err := hkdf.Key(sha256.New, s.Secret, nil, "punchcard timesheets "+purpose, sha256.Size)
		if err != nil {
			panic(err) // one hash's length can always be had
		}
		return key
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	return &Service{
		db: db, cursorKey: key("cursor"), now: s.Now, issuer: s.Issuer, mail: s.Mail, mailKey: key("mail"), log: cmp.Or(s.Log, slog.Default()),
	}
}

// instant is the present as rows keep it: to the millisecond, which both engines and every client read back unchanged.
func (s *Service) instant() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

// latestDay is the latest civil day that it is anywhere: who lives there must not be told that their day hasn't come.
func (s *Service) latestDay() string { return s.now().UTC().Add(14 * time.Hour).Format(time.DateOnly) }
