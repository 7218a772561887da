package timesheets

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"punchcard/auth"
)

// How long answers are kept under the keys of their requests, and how many of one caller are.
const (
	replayLife  = 24 * time.Hour
	replayLimit = 10_000
	replaySweep = 10 * time.Minute
	sweepBite   = 500 // rows, so that no other write waits long
)

// Key is what a caller calls a request by, so that it has an effect once however often it is sent.
type Key struct {
	Route   string // "POST /timesheets/:id/restoration"
	Key     string // the caller's own choice
	Request string // a hash of all that it says
}

// keptAnswer is what was answered, and to whom it may be told again.
type keptAnswer struct {
	Admin  bool     // it was an administrator who was answered
	Scopes []string // what they were allowed
	Answer string
}

// to is the answer for who asks again: with no less rights than they had, since the answer may tell what those were for.
func (k keptAnswer) to(by auth.Caller) (string, error) {
	if k.Admin && !by.Admin {
		return "", fault(Forbidden, "only an administrator can be answered this again, which you were when you asked first")
	}
	for _, scope := range Scopes {
		if slices.Contains(k.Scopes, scope.Name) && !by.May(scope.Name) {
			return "", fault(InsufficientScope, "this was answered with the scope %s, which you don't have now", scope.Name)
		}
	}
	return k.Answer, nil
}

// replayRow is an answer that is kept.
type replayRow struct {
	Client  string `gorm:"primaryKey"`
	Subject string `gorm:"primaryKey"`
	Route   string `gorm:"primaryKey"`
	Key     string `gorm:"primaryKey"`
	Request string
	Answer  string // sealed: it may tell a secret that is kept nowhere
	At      time.Time
}

// TableName has a row for each.
func (replayRow) TableName() string { return "replays" }

// seal keeps the answer so that only this server reads it, and only as the one to this request.
func (r *replayRow) seal(key []byte, answer keptAnswer) error {
	text, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("write a kept answer: %w", err)
	}
	r.Answer = base64.RawStdEncoding.EncodeToString(sealing(key).Seal(nil, nil, text, r.name()))
	return nil
}

func (r *replayRow) open(key []byte) (answer keptAnswer, err error) {
	sealed, err := base64.RawStdEncoding.DecodeString(r.Answer)
	if err != nil {
		return answer, fmt.Errorf("read a kept answer: %w", err)
	}
	text, err := sealing(key).Open(nil, nil, sealed, r.name())
	if err == nil {
		err = json.Unmarshal(text, &answer)
	}
	if err != nil {
		return answer, fmt.Errorf("open a kept answer: %w", err)
	}
	return answer, nil
}

func (r *replayRow) name() []byte {
	return fmt.Appendf(nil, "%q %q %q %q %q", r.Client, r.Subject, r.Route, r.Key, r.Request)
}

func sealing(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the key has the length of a hash
	}
	sealing, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // such a block can always be used
	}
	return sealing
}

// Once does what a request asks for, unless the same caller's same request under the same key was done in the last 24 hours:
// that one's answer is told again. The answer is kept by the very write that has the effect, so that neither is without the
// other, and of two requests at once one has to be the second. What failed is not kept. do may run several times.
func (s *Service) Once(ctx context.Context, by auth.Caller, k Key,
	do func(context.Context) (answer string, err error)) (answer string, replayed bool, err error) {
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		row := replayRow{Client: by.Client, Subject: by.Subject(), Route: k.Route, Key: k.Key, Request: k.Request, At: s.instant()}
		var kept []replayRow
		err := tx.Where("client = ? AND subject = ? AND route = ? AND key = ? AND at > ?",
			row.Client, row.Subject, row.Route, row.Key, row.At.Add(-replayLife)).Limit(1).Find(&kept).Error
		if err != nil {
			return fmt.Errorf("look for a kept answer: %w", err)
		}
		if replayed = len(kept) > 0; replayed {
			if kept[0].Request != k.Request {
				return fault(IdempotencyMismatch,
					"this Idempotency-Key came with another request here; make a new key for each request")
			}
			before, err := kept[0].open(s.replayKey)
			if err == nil {
				answer, err = before.to(by)
			}
			return err
		}
		if answer, err = do(within(ctx, tx)); err != nil {
			return err
		}
		if err := row.seal(s.replayKey, keptAnswer{by.Admin, by.Scopes, answer}); err != nil {
			return err
		}
		// An old answer is overwritten. One that another request left meanwhile PostgreSQL refuses to, and has this run again.
		if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
			return fmt.Errorf("keep an answer: %w", err)
		}
		return nil
	})
	return answer, replayed, err
}

// sweepReplays is the chore of forgetting answers.
func (s *Service) sweepReplays(ctx context.Context) {
	tick := time.NewTicker(replaySweep)
	defer tick.Stop()
	for {
		if err := s.forgetReplays(ctx, replayLimit); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "forget kept answers", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// forgetReplays drops the answers whose time is over, and of who has more than limit of them the oldest.
func (s *Service) forgetReplays(ctx context.Context, limit int) error {
	old := s.instant().Add(-replayLife)
	if err := s.forget(ctx, "at <= ?", old); err != nil {
		return err
	}
	var crowded []replayRow
	err := s.db.Read(ctx).Model(&replayRow{}).Select("client, subject").Group("client, subject").
		Having("COUNT(*) > ?", limit).Find(&crowded).Error
	if err != nil {
		return fmt.Errorf("count kept answers: %w", err)
	}
	for _, who := range crowded {
		var last []time.Time
		err := s.db.Read(ctx).Model(&replayRow{}).Where("client = ? AND subject = ?", who.Client, who.Subject).
			Order("at DESC").Offset(limit).Limit(1).Pluck("at", &last).Error
		if err == nil && len(last) > 0 {
			err = s.forget(ctx, "client = ? AND subject = ? AND at <= ?", who.Client, who.Subject, last[0].UTC())
		}
		if err != nil {
			return fmt.Errorf("forget answers of %s: %w", who.Subject, err)
		}
	}
	return nil
}

func (s *Service) forget(ctx context.Context, which string, args ...any) error {
	for gone := int64(sweepBite); gone == sweepBite; {
		err := s.db.Write(ctx, func(tx *gorm.DB) error {
			rows := tx.Session(&gorm.Session{}).Model(&replayRow{}).Select("client", "subject", "route", "key").
				Where(which, args...).Limit(sweepBite)
			done := tx.Exec("DELETE FROM replays WHERE (client, subject, route, key) IN (?)", rows)
			gone = done.RowsAffected
			return done.Error
		})
		if err != nil {
			return fmt.Errorf("forget kept answers: %w", err)
		}
	}
	return nil
}
