package auth

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// swept are the tables whose rows expire. Codes and refresh tokens go with their authorization.
var swept = []struct{ table, key string }{
	{"authorizations", "id"}, {"sessions", "id"}, {"signals", "key"}, {"setup_links", "hash"}, {"client_assertions", "hash"},
	{"not_before", "subject"}, {"logout_deliveries", "id"}, {"password_tickets", "hash"},
}

// sweptSoon are those in which anybody can leave rows, or every request does, and for how long more they still say
// something: that a device comes too late.
var sweptSoon = []struct {
	table string // its key is hash
	after time.Duration
}{
	{"dpop_proofs", 0}, {"interactions", 0}, {"pushed_requests", 0}, {"device_requests", halfAnHour},
}

const (
	halfAnHour     = 30 * time.Minute
	sweepBite      = 500
	usualRetention = 90 * 24 * time.Hour // of events
)

// sweep takes out what expired a day ago, and the events that were kept for long enough, in small bites so that no other
// write waits long.
func (s *Server) sweep(ctx context.Context) error {
	now := s.now()
	s.dead.sweep(now)
	for _, rows := range swept {
		if err := s.sweepTable(ctx, rows.table, rows.key, "expires_at < ?", now.Add(-maxTokenLife)); err != nil {
			return err
		}
	}
	return s.sweepTable(ctx, "events", "id", "id < ?", firstEventID(now.Add(-s.retention)))
}

// sweepSoon takes out what nobody needs any more of the tables that grow fastest.
func (s *Server) sweepSoon(ctx context.Context) error {
	now := s.now()
	for _, rows := range sweptSoon {
		if err := s.sweepTable(ctx, rows.table, "hash", "expires_at < ?", now.Add(-rows.after)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) sweepTable(ctx context.Context, table, key, old string, before any) error {
	for gone := int64(sweepBite); gone == sweepBite; {
		err := s.db.Write(ctx, func(tx *gorm.DB) error {
			rows := tx.Table(table).Select(key).Where(old, before).Limit(sweepBite)
			done := tx.Exec("DELETE FROM "+table+" WHERE "+key+" IN (?)", rows)
			gone = done.RowsAffected
			return done.Error
		})
		if err != nil {
			return fmt.Errorf("sweep %s: %w", table, err)
		}
	}
	return nil
}
