package auth

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
	"gorm.io/gorm"
)

// A key signs for 90 days. Its successor is published a week before it takes over, so that nobody who caches the JWKS
// meets an unknown key, and it stays published until the last token that it signed has expired.
const (
	keyLife    = 90 * 24 * time.Hour
	keyPreview = 7 * 24 * time.Hour
	keyAfter   = maxTokenLife + time.Hour
	jwksLife   = time.Hour // for which others may keep the JWKS
)

// idTokenAlg signs the ID tokens of an application that asked for no other: all OpenID clients know it (OpenID Connect Core
// §15.1).
const idTokenAlg = "RS256"

// keyRing is the keys that are published now, oldest first.
type keyRing struct{ keys atomic.Pointer[[]*signingKey] }

func (r *keyRing) all() []*signingKey {
	if keys := r.keys.Load(); keys != nil {
		return *keys
	}
	return nil
}

func (r *keyRing) find(kid string) *signingKey {
	for _, k := range r.all() {
		if k.ID == kid {
			return k
		}
	}
	return nil
}

// signer is the newest key of an algorithm that has begun to sign.
func (r *keyRing) signer(alg string, now time.Time) *signingKey {
	return newest(r.all(), alg, func(k *signingKey) bool { return !k.ActiveAt.After(now) })
}

func newest(keys []*signingKey, alg string, ok func(*signingKey) bool) *signingKey {
	var found *signingKey
	for _, k := range keys {
		if k.Alg == alg && ok(k) && (found == nil || k.ActiveAt.After(found.ActiveAt)) {
			found = k
		}
	}
	return found
}

// loadKeys reads the keys that are published now.
func (s *Server) loadKeys(ctx context.Context) error {
	var rows []*signingKey
	if err := s.db.Read(ctx).Order("active_at, id").Find(&rows).Error; err != nil {
		return fmt.Errorf("read signing keys: %w", err)
	}
	for _, k := range rows {
		if err := k.open(s.secrets.keys); err != nil {
			return err
		}
	}
	live := slices.DeleteFunc(rows, func(k *signingKey) bool { return outlived(rows, k, s.now()) })
	s.keys.keys.Store(&live)
	return nil
}

// outlived reports whether a successor has signed for so long that nothing of this key can still be valid.
func outlived(keys []*signingKey, k *signingKey, now time.Time) bool {
	return newest(keys, k.Alg, func(other *signingKey) bool {
		return other.ActiveAt.After(k.ActiveAt) && other.ActiveAt.Add(keyAfter).Before(now)
	}) != nil
}

// tendKeys makes the keys that are missing or will be soon, and forgets those that nobody needs.
func (s *Server) tendKeys(ctx context.Context) error {
	if err := s.loadKeys(ctx); err != nil {
		return err
	}
	for _, alg := range s.algsInUse() {
		if due(s.keys.all(), alg, s.now()).IsZero() {
			continue
		}
		if err := s.addKey(ctx, alg); err != nil {
			return err
		}
	}
	return nil
}

// keyFor makes sure that there is a key of an algorithm before anything is to be signed by it. It is made at once where there
// was none.
func (s *Server) keyFor(ctx context.Context, alg string) error {
	if s.keys.signer(alg, s.now()) != nil {
		return nil
	}
	return s.addKey(ctx, alg)
}

func (s *Server) algsInUse() []string {
	algs := []string{idTokenAlg}
	policy := s.policy.Load()
	for _, a := range policy.apis {
		algs = append(algs, a.SigningAlg)
	}
	for _, c := range policy.clients {
		algs = append(algs, c.IDTokenAlg)
	}
	slices.Sort(algs)
	return slices.Compact(algs)
}

// due is when a key that should be made now begins to sign; zero if none should be.
func due(keys []*signingKey, alg string, now time.Time) time.Time {
	last := newest(keys, alg, func(*signingKey) bool { return true })
	if last == nil {
		return now // nobody can have cached anything yet
	}
	end := last.ActiveAt.Add(keyLife)
	if now.Before(end.Add(-keyPreview)) {
		return time.Time{}
	}
	if soonest := now.Add(keyPreview); end.Before(soonest) {
		return soonest // the server slept through the preview: it is caught up on
	}
	return end
}

// addKey makes the next key of an algorithm, unless another instance does so at the same time.
func (s *Server) addKey(ctx context.Context, alg string) error {
	fresh, err := newSigningKey(alg, s.secrets.keys, s.now(), s.now())
	if err != nil {
		return err
	}
	return s.change(ctx, func(tx *gorm.DB, n *news) error {
		var rows []*signingKey
		if err := tx.Find(&rows).Error; err != nil {
			return fmt.Errorf("read signing keys: %w", err)
		}
		fresh.ActiveAt = due(rows, alg, n.now)
		if fresh.ActiveAt.IsZero() {
			return nil
		}
		for _, k := range rows {
			if outlived(rows, k, n.now) {
				if err := tx.Delete(k).Error; err != nil {
					return fmt.Errorf("forget signing key %s: %w", k.ID, err)
				}
			}
		}
		if err := tx.Create(fresh).Error; err != nil {
			return fmt.Errorf("keep signing key: %w", err)
		}
		return n.tell("keys", "")
	})
}

// JWKS publishes the public keys (RFC 7517 §5): those that sign, those that will, and those whose tokens still live.
func (s *Server) JWKS() gin.HandlerFunc {
	return func(c *gin.Context) {
		keys := []map[string]string{}
		for _, k := range s.keys.all() {
			keys = append(keys, k.jwk())
		}
		publish(c, gin.H{"keys": keys})
	}
}
