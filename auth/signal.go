package auth

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// signal is a row of news that every instance must hear within a second. Its key tells what happened: "token:…",
// "authorization:…" and "session:…" are dead from now on; "user:…", "people", "policy" and "keys" must be read anew.
type signal struct {
	Key       string `gorm:"primaryKey"`
	At        time.Time
	ExpiresAt time.Time
}

// maxTokenLife is the longest that any access token lives. A signal is kept for as long as a token that it concerns.
const maxTokenLife = 24 * time.Hour

// news collects the keys of one write, and what it records.
type news struct {
	server *Server
	tx     *gorm.DB
	now    time.Time
	keys   []string
	events []event
	held   *[]string // ids of events, of all times that the write ran

	logouts int // how many logout tokens it made due
}

// tell writes a signal in the write's own transaction: it is heard if and only if the change is durable.
func (n *news) tell(kind, id string) error {
	key := kind
	if id != "" {
		key += ":" + id
	}
	if slices.Contains(n.keys, key) {
		return nil
	}
	n.keys = append(n.keys, key)
	row := signal{Key: key, At: n.now, ExpiresAt: n.now.Add(maxTokenLife)}
	onAgain := clause.OnConflict{Columns: []clause.Column{{Name: "key"}}, DoUpdates: clause.AssignmentColumns([]string{"at", "expires_at"})}
	if err := n.tx.Clauses(onAgain).Create(&row).Error; err != nil {
		return fmt.Errorf("signal %s: %w", kind, err)
	}
	return nil
}

// change is a durable write whose news this instance heeds before its caller is answered, so that they hold for the next
// request. Like every write's, fn may run more than once.
func (s *Server) change(ctx context.Context, fn func(tx *gorm.DB, n *news) error) error {
	var n *news
	var held []string
	defer func() { s.eventIDs.release(held) }()
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		n = &news{server: s, tx: tx, now: s.now(), held: &held}
		return fn(tx, n)
	})
	if err != nil {
		return err
	}
	if n.logouts > 0 {
		s.wakeLogouts()
	}
	for _, e := range n.events {
		s.write(ctx, e)
	}
	for _, key := range n.keys {
		if err := s.heed(context.WithoutCancel(ctx), key, n.now.Add(maxTokenLife)); err != nil {
			return err
		}
		s.dead.see(signal{Key: key, At: n.now})
	}
	return nil
}

func (s *Server) heed(ctx context.Context, key string, expires time.Time) error {
	kind, id, _ := strings.Cut(key, ":")
	switch kind {
	case "user":
		s.people.forget(id)
	case "people":
		s.people.forgetAll()
	case "policy":
		err := s.loadPolicy(ctx)
		s.people.forgetAll() // after it: nobody may be remembered by the old policy
		return err
	case "keys":
		return s.loadKeys(ctx)
	default:
		s.dead.add(key, expires)
	}
	return nil
}

// overlap is how far back each look goes: instances' clocks differ, and a transaction commits after its time stamp.
const overlap = 10 * time.Second

// listen heeds the signals of other instances.
func (s *Server) listen(ctx context.Context) error {
	var rows []signal
	if err := s.db.Read(ctx).Where("at > ?", s.heard.Add(-overlap)).Order("at").Find(&rows).Error; err != nil {
		return fmt.Errorf("listen for signals: %w", err)
	}
	for _, row := range rows {
		if s.dead.seen(row) {
			continue
		}
		if err := s.heed(ctx, row.Key, row.ExpiresAt); err != nil {
			return err
		}
		s.dead.see(row)
	}
	if len(rows) > 0 {
		s.heard = rows[len(rows)-1].At
	}
	return nil
}

// loadDead reads what died before this start and could still be alive by its own expiry.
func (s *Server) loadDead(ctx context.Context) error {
	var rows []signal
	if err := s.db.Read(ctx).Where("expires_at > ?", s.now()).Find(&rows).Error; err != nil {
		return fmt.Errorf("read revocations: %w", err)
	}
	for _, row := range rows {
		s.dead.add(row.Key, row.ExpiresAt)
		s.dead.see(row)
	}
	s.heard = s.now()
	return nil
}
