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
	{"pushed_requests", "hash"}, {"device_requests", "hash"}, {"password_tickets", "hash"}, {"client_assertions", "hash"},
}

const sweepBite = 500

// sweep takes out what expired a day ago, in small bites so that no other write waits long.
func (s *Server) sweep(ctx context.Context) error {
	now := s.now()
	s.dead.sweep(now)
	for _, rows := range swept {
		if err := s.sweepTable(ctx, rows.table, rows.key, now.Add(-maxTokenLife)); err != nil {
			return err
		}
	}
	return nil
}

// sweepProofs takes out the DPoP proofs that nobody would take again. There is one for every request that brought one.
func (s *Server) sweepProofs(ctx context.Context) error {
	return s.sweepTable(ctx, "dpop_proofs", "hash", s.now())
}

func (s *Server) sweepTable(ctx context.Context, table, key string, before time.Time) error {
	for gone := int64(sweepBite); gone == sweepBite; {
		err := s.db.Write(ctx, func(tx *gorm.DB) error {
			old := tx.Table(table).Select(key).Where("expires_at < ?", before).Limit(sweepBite)
			done := tx.Exec("DELETE FROM "+table+" WHERE "+key+" IN (?)", old)
			gone = done.RowsAffected
			return done.Error
		})
		if err != nil {
			return fmt.Errorf("sweep %s: %w", table, err)
		}
	}
	return nil
}
