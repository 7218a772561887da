package auth

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
)

// Blocks tells from where somebody guessed a person's password so often that no more is tried for a while. Every instance
// counts for itself, and tells and lifts its own.
type Blocks struct {
	BlockedFor []Block `json:"blocked_for"`
}

// Block is one address from which a person can't sign in.
type Block struct {
	Identifier string `json:"identifier"` // the e-mail address
	IP         string `json:"ip"`
}

// UserBlocks tells from where a person can't sign in for a while: GET /api/v2/user-blocks/{id}.
func (s *Server) UserBlocks(ctx context.Context, _ Caller, ref UserRef) (Blocks, error) {
	found, err := ref.read(s.db.Read(ctx))
	if err != nil {
		return Blocks{}, err
	}
	return s.blocksOf(found.Email), nil
}

func (s *Server) blocksOf(email string) Blocks {
	b := Blocks{BlockedFor: []Block{}}
	for _, ip := range s.throttle.blocked(email, s.now()) {
		b.BlockedFor = append(b.BlockedFor, Block{email, ip})
	}
	return b
}

// Unblock lets a person try to sign in again from everywhere: DELETE /api/v2/user-blocks/{id}.
func (s *Server) Unblock(ctx context.Context, by Caller, ref UserRef) error {
	var email string
	err := s.administer(ctx, by, "Unblock a user", func(tx *gorm.DB, _ *news) (act, error) {
		found, err := ref.read(tx)
		if err != nil {
			return act{}, err
		}
		email = found.Email
		return act{of: ref.ID, before: s.blocksOf(email), after: Blocks{BlockedFor: []Block{}}}, nil
	})
	if err == nil {
		s.throttle.lift(email)
	}
	return err
}

// blocked are the addresses from which no more passwords are tried for an account, at most a page of them.
func (t *throttle) blocked(email string, now time.Time) (from []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for key, f := range t.failures {
		if ip, ok := addressOf(key, email); ok && t.left(f, failuresPerPair, now) > 0 {
			from = append(from, ip)
		}
	}
	slices.SortFunc(from, strings.Compare)
	return from[:min(len(from), longestPage)]
}

// lift forgets all that failed for an account. What an address did to all accounts together stays counted.
func (t *throttle) lift(email string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for key := range t.failures {
		if _, ok := addressOf(key, email); ok {
			delete(t.failures, key)
		}
	}
}

// addressOf is the address of a pair's key, if it is one of the account's.
func addressOf(key, email string) (ip string, ok bool) {
	if ip, ok = strings.CutPrefix(key, email+" "); !ok {
		return "", false
	}
	_, err := netip.ParseAddr(ip)
	return ip, err == nil
}
