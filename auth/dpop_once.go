package auth

import (
	"context"
	"crypto/subtle"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// nonceWindow is for how long a nonce is given out. It is taken for that long again.
const nonceWindow = 5 * time.Minute

// DPoPNonce is what a proof made from now on must hold (RFC 9449 §8, §9), so that none can be made in advance. It is
// computed from the time under a key that all instances share, so nothing is kept.
func (s *Server) DPoPNonce() string { return s.nonceOf(s.now()) }

func (s *Server) nonceOf(at time.Time) string {
	return mac(s.secrets.nonces, strconv.FormatInt(at.Unix()/int64(nonceWindow.Seconds()), 10))
}

// freshNonce reports whether a nonce is of this window or of the one before.
func (s *Server) freshNonce(nonce string) bool {
	now := subtle.ConstantTimeCompare([]byte(nonce), []byte(s.DPoPNonce()))
	before := subtle.ConstantTimeCompare([]byte(nonce), []byte(s.nonceOf(s.now().Add(-nonceWindow))))
	return now|before == 1
}

// dpopProof is a proof that was used.
type dpopProof struct {
	Hash      string `gorm:"primaryKey"`
	ExpiresAt time.Time
}

// useUp lets a proof count once, on whichever instance it comes (RFC 9449 §11.1). It is remembered for as long as its
// nonce could be good: after that nobody takes it, though the clocks of instances differ.
func (s *Server) useUp(ctx context.Context, key, jti string) error {
	first := false
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		row := dpopProof{Hash: hashed(key + "\n" + jti), ExpiresAt: s.now().Add(2 * nonceWindow)}
		done := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
		first = done.RowsAffected == 1
		return done.Error
	})
	if err != nil {
		return fmt.Errorf("keep DPoP proof: %w", err)
	}
	if !first {
		return wrongProof("it was used before")
	}
	return nil
}
