package auth

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Keys at an application's own address are fetched anew every five minutes, and before that, once a minute at most, when
// an assertion names a key that isn't among them: it may have been made since. After a failure there is a pause.
const (
	keysFresh   = 5 * time.Minute
	keysAgain   = time.Minute
	keysPause   = 10 * time.Second
	mostKeySets = 1000
)

var (
	errNoSuchKey  = errors.New("it names no key of the application that is for its algorithm")
	errMustFetch  = errors.New("its keys must be fetched first")
	errKeysFailed = errors.New("its keys could not be fetched a moment ago")
)

// remoteKeys remembers the keys that were fetched, by their address.
type remoteKeys struct {
	mu   sync.Mutex
	sets map[string]*remoteSet
}

// remoteSet is the keys of one address. Whoever holds turn fetches them, so that one fetch serves all who wait for it.
type remoteSet struct {
	turn chan struct{}

	mu        sync.Mutex
	keys      []publicKey
	fetchedAt time.Time // when keys were read last
	triedAt   time.Time
}

func (r *remoteKeys) at(address string) *remoteSet {
	r.mu.Lock()
	defer r.mu.Unlock()
	set, ok := r.sets[address]
	if !ok {
		if r.sets == nil || len(r.sets) >= mostKeySets {
			r.sets = map[string]*remoteSet{}
		}
		set = &remoteSet{turn: make(chan struct{}, 1)}
		r.sets[address] = set
	}
	return set
}

// keyOfClient finds the application's key that a header means. It may fetch, so never call it while writing.
func (s *Server) keyOfClient(ctx context.Context, client *Client, kid, alg string) (crypto.PublicKey, error) {
	if client.keySet.JWKSURI == "" {
		if key, ok := pickKey(client.keySet.keys, kid, alg); ok {
			return key, nil
		}
		return nil, errNoSuchKey
	}
	return s.remoteKey(ctx, client.keySet.JWKSURI, kid, alg)
}

func (s *Server) remoteKey(ctx context.Context, address, kid, alg string) (crypto.PublicKey, error) {
	set := s.remote.at(address)
	if key, err := set.find(kid, alg, s.now()); err != errMustFetch {
		return key, err
	}
	select {
	case set.turn <- struct{}{}:
		defer func() { <-set.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if key, err := set.find(kid, alg, s.now()); err != errMustFetch { // somebody fetched them meanwhile
		return key, err
	}
	// Not to be broken off by one who asks and leaves: it is for all who wait.
	text, err := s.fetch.get(context.WithoutCancel(ctx), address)
	var keys []publicKey
	if err == nil {
		keys, err = readJWKS(text)
	}
	set.tried(keys, s.now())
	if err != nil {
		return nil, fmt.Errorf("its keys at %s: %w", address, err)
	}
	return set.find(kid, alg, s.now())
}

// find picks a key, or says that there is none, or that the keys must be fetched to know.
func (r *remoteSet) find(kid, alg string, now time.Time) (crypto.PublicKey, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fresh, since := now.Sub(r.fetchedAt) < keysFresh, now.Sub(r.triedAt)
	key, ok := pickKey(r.keys, kid, alg)
	switch {
	case fresh && ok:
		return key, nil
	case fresh && since < keysAgain:
		return nil, errNoSuchKey
	case since < keysPause:
		return nil, errKeysFailed
	}
	return nil, errMustFetch
}

// tried keeps what was fetched. After a failure, nil, what there was is good until its time is up.
func (r *remoteSet) tried(keys []publicKey, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.triedAt = now
	if keys != nil {
		r.keys, r.fetchedAt = keys, now
	}
}
