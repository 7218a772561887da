package auth

import (
	"cmp"
	"context"
	"strings"
	"time"

	"gorm.io/gorm"
)

// SigningKey is a signing key as administrators see it. One algorithm has one current key, perhaps a next one that is
// published already, and previous ones whose tokens still live.
type SigningKey struct {
	KID          string     `json:"kid"`
	Alg          string     `json:"alg"`
	Current      bool       `json:"current"`
	Next         bool       `json:"next"`
	Previous     bool       `json:"previous"`
	CurrentSince time.Time  `json:"current_since"` // or from when on
	Revoked      bool       `json:"revoked"`
	RevokedAt    *time.Time `json:"revoked_at,omitempty"`
}

func (k Key) shown() SigningKey {
	return SigningKey{
		KID: k.ID, Alg: k.Alg, CurrentSince: k.ActiveAt, Current: k.Use == "signs", Next: k.Use == "next", Previous: k.Use == "verifies",
	}
}

// SigningKeys lists the keys that are published, the oldest first: GET /api/v2/keys/signing.
func (s *Server) SigningKeys(context.Context, Caller, struct{}) ([]SigningKey, error) {
	list := []SigningKey{}
	for _, key := range (&Keys{s}).List() {
		list = append(list, key.shown())
	}
	return list, nil
}

// SigningKeyRef names a signing key.
type SigningKeyRef struct {
	KID string `path:"kid"`
}

var noSuchKey = unknown("inexistent_signing_key", "The signing key does not exist.")

// SigningKey shows one key: GET /api/v2/keys/signing/{kid}.
func (s *Server) SigningKey(_ context.Context, _ Caller, ref SigningKeyRef) (SigningKey, error) {
	for _, key := range (&Keys{s}).List() {
		if key.ID == ref.KID {
			return key.shown(), nil
		}
	}
	return SigningKey{}, noSuchKey
}

// KeyRotation asks for another key of an algorithm.
type KeyRotation struct {
	Alg string `json:"alg"` // empty: the one of ID tokens
}

// RotateKey publishes another key, which takes over when nobody can have the keys from before in a cache any more:
// POST /api/v2/keys/signing/rotate.
func (s *Server) RotateKey(ctx context.Context, by Caller, r KeyRotation) (SigningKey, error) {
	alg := cmp.Or(r.Alg, idTokenAlg)
	if s.keys.signer(alg, s.now()) == nil {
		return SigningKey{}, unfit("'alg' must be one that is in use here, of %s", strings.Join(s.algsInUse(), ", "))
	}
	fresh, err := s.rotateKey(alg, func(fn func(*gorm.DB, *news) error, fresh Key) error {
		return s.administer(ctx, by, "Rotate a signing key", func(tx *gorm.DB, n *news) (act, error) {
			return act{of: fresh.ID, after: fresh.shown()}, fn(tx, n)
		})
	})
	return fresh.shown(), err
}

// RevokeKey ends a key with all tokens that it signed: PUT /api/v2/keys/signing/{kid}/revoke.
func (s *Server) RevokeKey(ctx context.Context, by Caller, ref SigningKeyRef) (SigningKey, error) {
	before, err := s.SigningKey(ctx, by, ref)
	if err != nil {
		return before, err
	}
	gone := SigningKey{KID: before.KID, Alg: before.Alg, CurrentSince: before.CurrentSince, Revoked: true}
	err = s.revokeKey(ref.KID, func(fn func(*gorm.DB, *news) error) error {
		return s.administer(ctx, by, "Revoke a signing key", func(tx *gorm.DB, n *news) (act, error) {
			gone.RevokedAt = &n.now
			return act{of: ref.KID, before: before, after: gone}, fn(tx, n)
		})
	})
	return gone, err
}
