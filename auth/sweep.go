package auth

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// swept are the tables whose rows expire. Codes and refresh tokens go with their authorization.
var swept = []struct{ table, key string }{
	{"interactions", "hash"}, {"authorizations", "id"}, {"sessions", "id"}, {"signals", "key"}, {"setup_links", "hash"}, {"client_assertions", "hash"},
}

const sweepBite = 500

// sweep takes out what expired a day ago, in small bites so that no other write waits long.
func (s *Server) sweep(ctx context.Context) error {
	now := s.now()
	s.dead.sweep(now)
	for _, rows := range swept {
		for gone := int64(sweepBite); gone == sweepBite; {
			err := s.db.Write(ctx, func(tx *gorm.DB) error {
				old := tx.Table(rows.table).Select(rows.key).Where("expires_at < ?", now.Add(-maxTokenLife)).Limit(sweepBite)
				done := tx.Exec("DELETE FROM "+rows.table+" WHERE "+rows.key+" IN (?)", old)
				gone = done.RowsAffected
				return done.Error
			})
			if err != nil {
				return fmt.Errorf("sweep %s: %w", rows.table, err)
			}
		}
	}
	return nil
}
