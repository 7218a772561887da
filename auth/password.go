package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"punchcard/auth/lang"
)

// Passwords are argon2id with OWASP's first choice of cost: 19 MiB, two passes, one lane. A longer password than 512
// bytes is refused, so that nobody can make hashing slow.
const (
	argonMemory  = 19 * 1024 // KiB
	argonPasses  = 2
	argonKey     = 32 // bytes
	argonSalt    = 16 // bytes
	minPassword  = 8  // bytes, as are all lengths here
	maxPassword  = 512
	hashPatience = 5 * time.Second
)

// derive is argon2id, whose cost tests count.
var derive = argon2.IDKey

// hashing bounds how many hashes are computed at once, whatever arrives: each holds a core and 19 MiB.
type hashing chan struct{}

func newHashing() hashing { return make(hashing, max(2, runtime.GOMAXPROCS(0))) }

func (h hashing) acquire(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, hashPatience)
	defer cancel()
	select {
	case h <- struct{}{}:
		return nil
	case <-ctx.Done():
		return refuse("temporarily_unavailable", "Too many people are signing in at this moment; try again in a few seconds")
	}
}

func (h hashing) release() { <-h }

// hash makes the PHC string of a password: $argon2id$v=19$m=19456,t=2,p=1$salt$key.
func (h hashing) hash(ctx context.Context, password string) (string, error) {
	if err := h.acquire(ctx); err != nil {
		return "", err
	}
	defer h.release()
	salt := make([]byte, argonSalt)
	rand.Read(salt)
	key := derive([]byte(password), salt, argonPasses, argonMemory, 1, argonKey)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, argonMemory, argonPasses,
		b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// nobody is the hash that is checked when the person is unknown, so that the answer takes as long as for a known one.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$cHVuY2hjYXJkbm9ib2R5IQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// matches reports whether the password is the one of the PHC string, once it is this attempt's turn.
func (h hashing) matches(ctx context.Context, phc, password string) (bool, error) {
	if err := h.acquire(ctx); err != nil {
		return false, err
	}
	defer h.release()
	return samePassword(phc, password)
}

// samePassword is for who holds a turn. An empty PHC string matches nothing, in the same time.
func samePassword(phc, password string) (bool, error) {
	known := phc != "" && len(password) <= maxPassword
	if !known {
		phc, password = nobody, ""
	}
	p, err := parsePHC(phc)
	if err != nil {
		return false, err
	}
	key := derive([]byte(password), p.salt, p.passes, p.memory, p.lanes, uint32(len(p.key)))
	return subtle.ConstantTimeCompare(key, p.key) == 1 && known, nil
}

type phc struct {
	memory, passes uint32
	lanes          uint8
	salt, key      []byte
}

var errPHC = lang.Say(`must be an argon2id hash in PHC form, "$argon2id$v=19$m=19456,t=2,p=1$salt$key", of at most 256 MiB, 16 passes and 16 lanes`)

// parsePHC reads a hash that this server or another made. Its cost is bounded: who can write a hash must not be able to
// stop the server with it.
func parsePHC(s string) (phc, error) {
	part := strings.Split(s, "$")
	if len(part) != 6 || part[0] != "" || part[1] != "argon2id" || part[2] != "v=19" {
		return phc{}, errPHC
	}
	var p phc
	if n, err := fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.lanes); n != 3 || err != nil {
		return phc{}, errPHC
	}
	if p.memory < 8 || p.memory > 256*1024 || p.passes < 1 || p.passes > 16 || p.lanes < 1 || p.lanes > 16 {
		return phc{}, errPHC
	}
	var err error
	if p.salt, err = base64.RawStdEncoding.DecodeString(part[4]); err != nil || len(p.salt) < 8 || len(p.salt) > 64 {
		return phc{}, errPHC
	}
	if p.key, err = base64.RawStdEncoding.DecodeString(part[5]); err != nil || len(p.key) < 16 || len(p.key) > 64 {
		return phc{}, errPHC
	}
	return p, nil
}

// choiceMistake says to a person what is wrong with a password that they choose.
func choiceMistake(password string) lang.Words {
	switch {
	case len(password) < minPassword:
		return lang.Words{"pages.password-short", "n", minPassword}
	case len(password) > maxPassword:
		return lang.Words{"pages.password-long", "n", maxPassword}
	}
	return nil
}

// passwordMistake says what is wrong with a password that somebody chooses; empty if nothing is.
func passwordMistake(password string) *lang.Sentence {
	switch {
	case len(password) < minPassword:
		return wrongly("must have at least %d characters", minPassword)
	case len(password) > maxPassword:
		return wrongly("must have at most %d bytes", maxPassword)
	}
	return nil
}
