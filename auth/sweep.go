package auth

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// swept are the tables whose rows expire. Codes and refresh tokens go with their authorization.
var swept = []struct{ table, key string }{
	{"interactions", "hash"}, {"authorizations", "id"}, {"sessions", "id"}, {"signals", "key"}, {"setup_links", "hash"},
	{"pushed_requests", "hash"}, {"device_requests", "hash"}, {"client_assertions", "hash"},
}

const (
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

// sweepProofs takes out the DPoP proofs that nobody would take again. There is one for every request that brought one.
func (s *Server) sweepProofs(ctx context.Context) error {
	return s.sweepTable(ctx, "dpop_proofs", "hash", "expires_at < ?", s.now())
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
