package timesheets

import (
	"cmp"
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"log/slog"
	"time"

	"gorm.io/gorm"

	"punchcard/auth/lang"
	"punchcard/store"
	"punchcard/timesheets/mail"
)

// Service holds the operations on timesheets. It is safe for concurrent use.
type Service struct {
	db        database
	cursorKey []byte
	replayKey []byte
	now       func() time.Time
	retell    func(people ...string)
	log       *slog.Logger
	issuer    string // where people find the app

	mail       *mail.Server // nil: nobody gets mails
	mailKey    []byte       // signs the addresses that end them
	remindedOn string       // the day on which everybody was; of the one chore alone

	webhookKey     []byte
	webhooks       courier[Delivery]
	post           Poster
	addressMistake func(string) *lang.Sentence

	setManager func(ctx context.Context, user string, manager *string, within func(tx *gorm.DB, set func() error) error) error
}

// Settings is what a Service needs to know.
type Settings struct {
	Secret []byte           // signs the cursors of lists; instances that share a database share it
	Now    func() time.Time // nil: time.Now
	Issuer string           // https://time.example.com/, with the slash at its end; mails lead there
	Mail   *mail.Server     // nil: people are notified in the app alone
	Log    *slog.Logger     // nil: slog.Default

	Retell func(people ...string) // who may approve changed: what is remembered of their rights is old; nil: nothing is

	Post           Poster                      // tells webhooks; nil: nobody does
	AddressMistake func(string) *lang.Sentence // why Post wouldn't try an address; nil if it would

	// SetManager is auth.Server.SetManager. Without it nobody's manager is changed here.
	SetManager func(ctx context.Context, user string, manager *string, within func(tx *gorm.DB, set func() error) error) error
}

// New makes a Service upon a migrated database.
func New(db *store.DB, s Settings) *Service {
	if s.Now == nil {
		s.Now = time.Now
	}
	made := &Service{
		db: database{db}, now: s.Now, log: cmp.Or(s.Log, slog.Default()),
		cursorKey: s.key("punchcard timesheets cursor"), webhookKey: s.key("punchcard timesheets webhooks"),
		replayKey: s.key("punchcard timesheets replays"),
		issuer:    s.Issuer, mail: s.Mail, mailKey: s.key("punchcard timesheets mail"),
		post: s.Post, addressMistake: s.AddressMistake, retell: s.Retell,
		setManager: s.SetManager,
	}
	if made.retell == nil {
		made.retell = func(...string) {}
	}
	if made.addressMistake == nil {
		made.addressMistake = func(string) *lang.Sentence { return nil }
	}
	made.webhooks = courier[Delivery]{
		claim: made.claimDelivery, deliver: made.deliver, target: func(d *Delivery) string { return d.WebhookID },
		wake: make(chan struct{}, 1), log: made.log,
	}
	return made
}

// key is what the secret gives for one purpose.
func (s Settings) key(purpose string) []byte {
	key, err := hkdf.Key(sha256.New, s.Secret, nil, purpose, sha256.Size)
	if err != nil {
		panic(err) // one hash's length can always be had
	}
	return key
}

// instant is the present as rows keep it: to the millisecond, which both engines and every client read back unchanged.
func (s *Service) instant() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

// latestDay is the latest civil day that it is anywhere: who lives there must not be told that their day hasn't come.
func (s *Service) latestDay() string { return s.now().UTC().Add(14 * time.Hour).Format(time.DateOnly) }

// earliestDay is the earliest civil day that it is anywhere: nobody misses time of a day that hasn't come to them.
func (s *Service) earliestDay() string {
	return s.now().UTC().Add(-12 * time.Hour).Format(time.DateOnly)
}
