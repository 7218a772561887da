package auth

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"punchcard/store"
)

// Keys is what an administrator can do with the signing keys. Running servers hear of it within a second.
type Keys struct{ server *Server }

// Key is one signing key, without its private half.
type Key struct {
	ID        string // kid
	Alg       string
	CreatedAt time.Time
	ActiveAt  time.Time // from when on it signs
	Use       string    // "next", "signs" or "verifies"
}

// OpenKeys opens the signing keys of a database that a server was started on before.
func OpenKeys(ctx context.Context, db *store.DB, secret []byte) (*Keys, error) {
	s := &Server{db: db, now: utc(time.Now)}
	var err error
	if s.secrets, err = deriveSecrets(secret); err != nil {
		return nil, err
	}
	if err := s.loadKeys(ctx); err != nil {
		return nil, err
	}
	return &Keys{s}, nil
}

// List is the keys that are published, oldest first.
func (k *Keys) List() []Key {
	var list []Key
	for _, key := range k.server.keys.all() {
		use := "verifies"
		switch {
		case key.ActiveAt.After(k.server.now()):
			use = "next"
		case key == k.server.keys.signer(key.Alg, k.server.now()):
			use = "signs"
		}
		list = append(list, Key{key.ID, key.Alg, key.CreatedAt, key.ActiveAt, use})
	}
	return list
}

// Rotate publishes a new key of an algorithm, which begins to sign when nobody can have the keys from before in a cache any
// more. The old one stays published until its last token has expired.
func (k *Keys) Rotate(ctx context.Context, alg string) (Key, error) {
	if k.server.keys.signer(alg, k.server.now()) == nil {
		return Key{}, fmt.Errorf("no key signs with %s; take an algorithm of the list", alg)
	}
	return k.server.rotateKey(alg, func(fn func(*gorm.DB, *news) error, _ Key) error { return k.server.change(ctx, fn) })
}

// Revoke ends a key that became known to somebody: all tokens that it signed are refused from now on. If it was the one
// that signs, a new one does so at once, and those who have the keys in a cache have to read them anew.
func (k *Keys) Revoke(ctx context.Context, id string) error {
	if k.server.keys.find(id) == nil {
		return fmt.Errorf("there is no key %s; take a kid of the list", id)
	}
	return k.server.revokeKey(id, func(fn func(*gorm.DB, *news) error) error { return k.server.change(ctx, fn) })
}

// rotateKey makes the key before the write, in which it is kept.
func (s *Server) rotateKey(alg string, write func(fn func(*gorm.DB, *news) error, fresh Key) error) (Key, error) {
	now := s.now()
	fresh, err := newSigningKey(alg, s.secrets.keys, now, now.Add(jwksLife))
	if err != nil {
		return Key{}, err
	}
	shown := Key{fresh.ID, fresh.Alg, fresh.CreatedAt, fresh.ActiveAt, "next"}
	return shown, write(func(tx *gorm.DB, n *news) error {
		if err := tx.Create(fresh).Error; err != nil {
			return fmt.Errorf("keep signing key: %w", err)
		}
		return n.tell("keys", "")
	}, shown)
}

func (s *Server) revokeKey(id string, write func(fn func(*gorm.DB, *news) error) error) error {
	lost, now := s.keys.find(id), s.now()
	fresh, err := newSigningKey(lost.Alg, s.secrets.keys, now, now)
	if err != nil {
		return err
	}
	return write(func(tx *gorm.DB, n *news) error {
		if err := tx.Delete(&signingKey{}, "id = ?", id).Error; err != nil {
			return fmt.Errorf("revoke signing key: %w", err)
		}
		var signs int64
		if err := tx.Model(&signingKey{}).Where("alg = ? AND active_at <= ?", lost.Alg, now).Count(&signs).Error; err != nil {
			return fmt.Errorf("read signing keys: %w", err)
		}
		if signs == 0 {
			if err := tx.Create(fresh).Error; err != nil {
				return fmt.Errorf("keep signing key: %w", err)
			}
		}
		return n.tell("keys", "")
	})
}
