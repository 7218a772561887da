package timesheets

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm"

	"punchcard/timesheets/mail"
)

// mailRow is a notification that is to be sent to its person, or was. Those of one kind that wait at the same time go in
// one letter.
type mailRow struct {
	ID        string // the notification's
	UserID    string
	Kind      string
	State     string  // waiting, sent, dropped or given up
	Letter    *string // the id of the first in the letter; nil: it isn't in one yet
	Attempts  int
	NextAt    time.Time // of the next attempt; while one is made, when another may be
	SentAt    *time.Time
	LastError string
}

// TableName has a row for each.
func (mailRow) TableName() string { return "mails" }

const (
	mailsAtOnce  = 4               // letters, on this instance
	mailLease    = 2 * time.Minute // for which no other instance sends the same one: longer than an attempt takes
	mailPause    = time.Minute     // after the first failure; it doubles each time
	mailMost     = 6 * time.Hour
	mailAttempts = 15 // which takes two days
	letterParts  = 50
)

// DeliverMails sends the letters that are due, until none is or the context ends. It is a chore, for which nobody has to wait.
func (s *Service) DeliverMails(ctx context.Context) error {
	if s.mail == nil {
		return nil
	}
	var sending sync.WaitGroup
	errs := make([]error, mailsAtOnce)
	for i := range errs {
		sending.Go(func() {
			for errs[i] == nil && ctx.Err() == nil {
				var l *letter
				if l, errs[i] = s.claimLetter(ctx); errs[i] != nil || l == nil {
					return
				}
				errs[i] = s.deliverLetter(ctx, *l)
			}
		})
	}
	sending.Wait()
	return errors.Join(errs...)
}

// letter is what is sent to one person at once, of one kind.
type letter struct {
	id       string
	userID   string
	kind     string
	attempts int // this one among them
}

// claimLetter takes what is due for the longest time, with all of its kind that waits for the same person, so that no other
// instance takes it meanwhile; nil if there is nothing.
func (s *Service) claimLetter(ctx context.Context) (claimed *letter, err error) {
	due := func(db *gorm.DB) (rows []mailRow, err error) {
		err = db.Where("state = 'waiting' AND next_at <= ?", s.instant()).Order("next_at, id").Limit(1).Find(&rows).Error
		return rows, err
	}
	if rows, err := due(s.db.Read(ctx)); err != nil || len(rows) == 0 {
		return nil, err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		claimed = nil
		rows, err := due(tx)
		if err != nil || len(rows) == 0 {
			return err
		}
		first := rows[0]
		together := tx.Table("mails").Select("id").Where("state = 'waiting'")
		if first.Letter != nil {
			together = together.Where("letter = ?", *first.Letter)
		} else {
			first.Letter = &first.ID
			together = together.Where("user_id = ? AND kind = ? AND letter IS NULL", first.UserID, first.Kind).Order("id").Limit(letterParts)
		}
		claimed = &letter{*first.Letter, first.UserID, first.Kind, first.Attempts + 1}
		return tx.Model(&mailRow{}).Where("id IN (?)", together).
			Updates(map[string]any{"letter": first.Letter, "attempts": claimed.attempts, "next_at": s.instant().Add(mailLease)}).Error
	})
	if err != nil {
		return nil, fmt.Errorf("take a mail to send: %w", err)
	}
	return claimed, nil
}

// deliverLetter makes one attempt and writes down how it went. What is being sent when the server ends is sent to its end: else
// it would be sent again.
func (s *Service) deliverLetter(ctx context.Context, l letter) error {
	ctx = context.WithoutCancel(ctx)
	written, err := s.write(ctx, l)
	if err != nil {
		return err
	}
	now := mailRow{State: "dropped"}
	if written != nil {
		now = s.outcome(l, s.mail.Send(ctx, *written))
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		return tx.Model(&mailRow{}).Where("letter = ? AND state = 'waiting' AND attempts = ?", l.id, l.attempts).
			Select("state", "next_at", "sent_at", "last_error").Updates(now).Error
	})
	if err != nil {
		return fmt.Errorf("note what became of a mail: %w", err)
	}
	return nil
}

// outcome is what becomes of a letter after an attempt.
func (s *Service) outcome(l letter, err error) mailRow {
	now := s.instant()
	log := s.log.With("mail", l.id, "kind", l.kind, "user", l.userID, "attempt", l.attempts)
	switch {
	case err == nil:
		return mailRow{State: "sent", SentAt: &now, NextAt: now}
	case errors.Is(err, mail.ErrRefused), l.attempts >= mailAttempts:
		log.Error("a mail is given up", "error", err)
		return mailRow{State: "given up", NextAt: now, LastError: err.Error()}
	}
	again := now.Add(pauseAfter(l.attempts, mailPause, mailMost))
	log.Warn("a mail was not sent, to be tried again", "error", err, "again", again)
	return mailRow{State: "waiting", NextAt: again, LastError: err.Error()}
}
