package auth

import (
	"crypto/sha256"
	"strings"
	"sync"
	"time"
)

// verifiedToken is an access token whose signature and claims were checked, and whom it last stood for.
type verifiedToken struct {
	claims  *accessClaims
	dieWith [3]string // the signals that end it
	holders [3]string // whose tokens it ends with, as not_before names them

	mu     sync.Mutex
	api    *api
	as     Caller
	person *standing // of which as was made, and the API; others make another caller
}

func newVerified(claims *accessClaims) *verifiedToken {
	authorization, _, _ := strings.Cut(claims.ID, ".")
	return &verifiedToken{
		claims: claims, dieWith: [3]string{"token:" + claims.ID, "authorization:" + authorization, "session:" + claims.SID},
		holders: [3]string{everybody, ofUser(claims.Subject), ofClient(claims.ClientID)},
	}
}

// caller is whom the token stands for. It is made anew only when the person or the policy changed.
func (t *verifiedToken) caller(person *standing, client *Client, a *api) Caller {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.person != person || t.api != a {
		t.person, t.api = person, a
		t.as = Caller{
			User: person.person.ID, Name: person.person.Name, Client: client.ID, Token: t.claims.ID, Admin: person.admin,
			Scopes: person.of(parseScopes(t.claims.Scope), a).and(client.mayAsk(a.ID)),
			Today:  person.day, StandsInFor: person.standsInFor(),
		}
		if at := t.claims.AuthTime; at != nil {
			t.as.AuthTime = at.UTC()
		}
	}
	return t.as
}

// mostVerified bounds the memory that verified tokens take, about a kilobyte each.
const mostVerified = 20_000

// verified remembers tokens that were checked, by the SHA-256 of their text: a signature costs a hundred times as much
// as this. It holds nothing by which a token could be made.
type verified struct {
	mu    sync.RWMutex
	known map[[sha256.Size]byte]*verifiedToken
}

func (v *verified) get(sum [sha256.Size]byte) (*verifiedToken, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	t, ok := v.known[sum]
	return t, ok
}

func (v *verified) keep(sum [sha256.Size]byte, t *verifiedToken, now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.known == nil {
		v.known = map[[sha256.Size]byte]*verifiedToken{}
	}
	if len(v.known) >= mostVerified {
		v.shrink(now)
	}
	v.known[sum] = t
}

// shrink makes room: what has expired goes, and if that isn't much, any half of the rest.
func (v *verified) shrink(now time.Time) {
	for sum, t := range v.known {
		if !now.Before(t.claims.ExpiresAt.Time) || len(v.known) > mostVerified/2 {
			delete(v.known, sum)
		}
	}
}
