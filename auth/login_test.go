package auth

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestConformanceAWrongPasswordTellsNothing(t *testing.T) {
	holds(t, "Z-14")
	w := newWorld(t)
	b := w.browser()
	pages := map[string]string{}
	for _, email := range []string{"ada@example.com", "nobody@example.com"} {
		a := b.signIn(b.authorize(), email, "wrong")
		if a.status != http.StatusUnprocessableEntity || a.header.Get("Location") != "" || !contains(a.body, "Wrong e-mail or password") {
			t.Errorf("%s got %d %s", email, a.status, a.body)
		}
		text := strings.ReplaceAll(a.body, email, "")
		pages[email] = regexpToken.ReplaceAllString(text, "")
	}
	if pages["ada@example.com"] != pages["nobody@example.com"] {
		t.Error("the page of a known person differs from that of an unknown one")
	}
}

// argonCost is what one argon2id costs.
type argonCost struct {
	passes, memory uint32
	lanes          uint8
	salt, key      int // bytes
}

// hashesOf are the hashes that are computed while something is done.
func hashesOf(t testing.TB, do func()) (computed []argonCost) {
	t.Helper()
	real := derive
	defer func() { derive = real }()
	var mu sync.Mutex
	derive = func(password, salt []byte, passes, memory uint32, lanes uint8, key uint32) []byte {
		mu.Lock()
		defer mu.Unlock()
		computed = append(computed, argonCost{passes, memory, lanes, len(salt), int(key)})
		return real(password, salt, passes, memory, lanes, key)
	}
	do()
	return computed
}

// Whoever signs in, and whether there is such a person, one hash is computed, at the cost of those that this server makes.
func TestConformanceAnUnknownPersonTakesAsLongAsAKnownOne(t *testing.T) {
	holds(t, "Z-14")
	w := newWorld(t)
	made, err := w.server.hashing.hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	w.update("ada@example.com", "password_hash", made)
	w.update("max@example.com", "password_hash", "")
	want := []argonCost{{argonPasses, argonMemory, 1, argonSalt, argonKey}}
	for name, c := range map[string]struct{ email, password string }{
		"a known person, rightly":    {"ada@example.com", password},
		"a known person, wrongly":    {"ada@example.com", "wrong"},
		"without an e-mail":          {"", "wrong"},
		"nobody":                     {"nobody@example.com", "wrong"},
		"somebody without password":  {"max@example.com", "wrong"},
		"with too long a password":   {"ada@example.com", strings.Repeat("x", maxPassword+1)},
		"nobody, with one too long":  {"nobody@example.com", strings.Repeat("x", maxPassword+1)},
		"nobody, without a password": {"nobody@example.com", ""},
	} {
		b := w.browser()
		page := b.authorize()
		got := hashesOf(t, func() { b.signIn(page, c.email, c.password) })
		if !slices.Equal(got, want) {
			t.Errorf("%s: %+v are computed, want %+v", name, got, want)
		}
	}
}

func TestConformanceABlockedPersonCantSignIn(t *testing.T) {
	holds(t, "A-62")
	w := newWorld(t)
	b := w.browser()
	b.code("ada@example.com")
	w.update("ada@example.com", "blocked", true)
	sentBack(t, b.authorize("prompt", "none"), "login_required")
	a := b.signIn(b.authorize(), "ada@example.com", password)
	if a.status != http.StatusUnprocessableEntity || !contains(a.body, "disabled") {
		t.Errorf("got %d %s", a.status, a.body)
	}
}

func TestConformanceFormsComeOnlyFromPagesThatThisBrowserWasShown(t *testing.T) {
	holds(t, "A-56")
	w := newWorld(t)
	b, other := w.browser(), w.browser()
	path := b.authorize().location().RequestURI()
	b.get(path)
	foreign := csrfOf(t, other.get(other.authorize().location().RequestURI()))
	elsewhere := csrfOf(t, b.get(b.authorize().location().RequestURI()))
	for name, csrf := range map[string]string{"none": "", "another browser's": foreign, "another page's": elsewhere, "made up": "x"} {
		a := b.post(path, url.Values{"csrf": {csrf}, "email": {"ada@example.com"}, "password": {password}})
		if a.status != http.StatusForbidden || len(a.header.Values("Set-Cookie")) != 0 {
			t.Errorf("%s: got %d", name, a.status)
		}
	}
	sentBack(t, b.authorize("prompt", "none"), "login_required")
}

func TestConformanceTheSessionCookie(t *testing.T) {
	holds(t, "A-57")
	w := newWorld(t)
	b := w.browser()
	cookie := func() string {
		for _, c := range b.client.Jar.Cookies(mustURL(b.url)) {
			if c.Name == "__Host-"+sessionCookie {
				return c.Value
			}
		}
		return ""
	}
	a := b.signIn(b.authorize(), "ada@example.com", password)
	set := a.header.Get("Set-Cookie")
	for _, attribute := range []string{"__Host-punchcard=", "Path=/", "HttpOnly", "Secure", "SameSite=Lax"} {
		if !contains(set, attribute) {
			t.Errorf("the cookie %q lacks %s", set, attribute)
		}
	}
	first := cookie()
	b.signIn(b.authorize("prompt", "login"), "ada@example.com", password)
	second := cookie()
	if first == "" || second == "" || first == second {
		t.Fatal("the cookie isn't another one after signing in again")
	}
	thief := w.browser()
	thief.client.Jar.SetCookies(mustURL(b.url), []*http.Cookie{{Name: "__Host-" + sessionCookie, Value: first, Path: "/", Secure: true}})
	sentBack(t, thief.authorize("prompt", "none"), "login_required")
}

func TestAnotherPersonsSessionEndsWhenSomebodyElseSignsIn(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	access := w.redeem(b.code("ada@example.com")).json()["access_token"].(string)
	b.signIn(b.authorize("prompt", "select_account"), "mia@example.com", password)
	refused(t, w.probe(access), 401, "invalid_token")
}

// Signing in again as the same person must not end what that person's apps hold.
func TestSigningInAgainKeepsTheSession(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	access := w.redeem(b.code("ada@example.com")).json()["access_token"].(string)
	w.clock.move(time.Minute)
	b.signIn(b.authorize("prompt", "login"), "ada@example.com", password)
	if a := w.probe(access); a.status != http.StatusOK {
		t.Errorf("got %d %s", a.status, a.body)
	}
}

func TestASessionExpires(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.code("ada@example.com")
	w.clock.move(sessionLife)
	sentBack(t, b.authorize("prompt", "none"), "login_required")
}

func TestConformanceGuessingIsThrottledWithoutLockingThePersonOut(t *testing.T) {
	holds(t, "Z-13")
	w := newWorld(t)
	b := w.browser()
	for range failuresPerPair {
		b.signIn(b.authorize(), "ada@example.com", "wrong")
	}
	a := b.signIn(b.authorize(), "ada@example.com", password)
	if a.status != http.StatusTooManyRequests || len(a.header.Values("Set-Cookie")) != 0 {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	if wait := w.server.throttle.wait("ada@example.com", "203.0.113.9", w.clock.now()); wait != 0 {
		t.Error("the person can't sign in from anywhere else")
	}
	w.clock.move(throttleWindow)
	if a := b.signIn(b.authorize(), "ada@example.com", password); !a.location().Query().Has("code") {
		t.Errorf("after the wait got %d", a.status)
	}
}

func TestTheThrottleIsBounded(t *testing.T) {
	var th throttle
	for i := range mostThrottled + 100 {
		th.failed("x", time.Duration(i).String(), time.Now())
	}
	if len(th.failures) > mostThrottled+1 {
		t.Errorf("it holds %d", len(th.failures))
	}
}

// Many people at once, each through pages of their own: nobody gets somebody else's token.
func TestConformanceNobodyGetsSomebodyElsesToken(t *testing.T) {
	holds(t, "Z-35")
	w := newWorld(t)
	names := map[string]string{"ada@example.com": "Ada Lovelace", "mia@example.com": "Mia Chen", "root@example.com": "Rosa Root"}
	var all sync.WaitGroup
	for range 34 {
		for email, name := range names {
			all.Go(func() {
				access, _ := w.tokens(email)
				if got := w.probe(access).json()["Name"]; got != name {
					t.Errorf("%s got the token of %v", email, got)
				}
			})
		}
	}
	all.Wait()
}

func TestConformanceAtMostAFixedNumberOfHashesAtOnce(t *testing.T) {
	holds(t, "Z-30")
	h := newHashing()
	for range cap(h) {
		if err := h.acquire(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan error, 1)
	go func() { done <- h.acquire(t.Context()) }()
	select {
	case <-done:
		t.Fatal("one more was let in")
	case <-time.After(20 * time.Millisecond):
	}
	<-h
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestPasswordHashes(t *testing.T) {
	h := newHashing()
	phc, err := h.hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", maxPassword)
	longHash, err := h.hash(t.Context(), long)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		phc, password string
		want          bool
	}{
		{phc, password, true}, {phc, password + " ", false}, {phc, "", false}, {"", "", false}, {"", password, false},
		{longHash, long, true}, {longHash, long + "x", false}, {longHash, long[:72], false},
	} {
		if got, err := h.matches(t.Context(), c.phc, c.password); got != c.want || err != nil {
			t.Errorf("%.20q matches %.20q: %v %v", c.password, c.phc, got, err)
		}
	}
	for _, bad := range []string{"x", "$2a$10$abc", "$argon2i$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$" + strings.Repeat("A", 43),
		"$argon2id$v=19$m=9999999,t=2,p=1$c2FsdHNhbHQ$" + strings.Repeat("A", 43),
		"$argon2id$v=19$m=19456,t=999,p=1$c2FsdHNhbHQ$" + strings.Repeat("A", 43),
		"$argon2id$v=19$m=19456,t=0,p=0$c2FsdHNhbHQ$" + strings.Repeat("A", 43), "$argon2id$v=19$m=19456,t=2,p=1$$"} {
		if _, err := parsePHC(bad); err == nil {
			t.Errorf("%q is taken for a hash", bad)
		}
	}
}
