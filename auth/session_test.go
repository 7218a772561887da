package auth

import (
	"testing"
	"time"

	"gorm.io/gorm"

	"punchcard/auth/lang"
)

func TestConformanceASessionThatNobodyUsesEnds(t *testing.T) {
	prove(t, "L-15 idle", func(t *testing.T) {
		w := newWorld(t)
		b := w.browser()
		b.code("ada@example.com")
		w.clock.move(sessionIdle - time.Second)
		if b.signedOut() {
			t.Fatal("it ended too early")
		}
		w.clock.move(sessionIdle - time.Second) // each use lets it go on
		if b.signedOut() {
			t.Fatal("its use did not count")
		}
		w.clock.move(sessionIdle)
		if !b.signedOut() {
			t.Error("it goes on, unused")
		}
	})
	prove(t, "L-15 absolute, however often it is used", func(t *testing.T) {
		w := newWorld(t)
		b := w.browser()
		b.code("ada@example.com")
		for range 6 {
			w.clock.move(24 * time.Hour)
			if b.signedOut() {
				t.Fatal("it ended too early")
			}
		}
		w.clock.move(24 * time.Hour)
		if !b.signedOut() {
			t.Error("it goes on for ever")
		}
	})
	prove(t, "L-15 its use is written now and then", func(t *testing.T) {
		w := newWorld(t)
		b := w.browser()
		b.code("ada@example.com")
		seen := func() time.Time {
			var s session
			if err := w.db.Read(t.Context()).Take(&s).Error; err != nil {
				t.Fatal(err)
			}
			return s.SeenAt
		}
		began := seen()
		w.clock.move(seenEvery - time.Second)
		if b.signedOut(); !seen().Equal(began) {
			t.Error("each look is written")
		}
		w.clock.move(time.Second)
		if b.signedOut(); !seen().Equal(w.clock.now()) {
			t.Error("its use isn't written")
		}
	})
}

// A session that ended while its person gave the password again must not come back to life.
func TestAnEndedSessionStaysEnded(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.code("ada@example.com")
	path := b.authorize("prompt", "login")
	w.endSession()
	if a := b.signIn(path, "ada@example.com", password); !a.location().Query().Has("code") {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	var ended, live int64
	w.db.Read(t.Context()).Model(&session{}).Where("ended_at IS NOT NULL").Count(&ended)
	w.db.Read(t.Context()).Model(&session{}).Where("ended_at IS NULL").Count(&live)
	if ended != 1 || live != 1 {
		t.Errorf("%d sessions are ended, %d live", ended, live)
	}
}

func TestASessionThatEndsWhileItsPersonSignsInAgainIsNotRenewed(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.code("ada@example.com")
	var before session
	if err := w.db.Read(t.Context()).Take(&before).Error; err != nil {
		t.Fatal(err)
	}
	w.endSession()
	err := w.server.change(t.Context(), func(tx *gorm.DB, n *news) error {
		in := session{ID: "ses_new", UserID: before.UserID}
		if err := in.follow(tx, n, &before); err != nil || in.ID != "ses_new" {
			t.Errorf("it goes on as %s, %v", in.ID, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// Whoever brings the old password while it is being changed, or is blocked meanwhile, gets no session by it.
func TestNobodyIsSignedInByAPasswordThatIsNoLongerTheirs(t *testing.T) {
	w := newWorld(t)
	for column, value := range map[string]any{"password_hash": "another", "blocked": true} {
		var person Person
		if err := w.db.Read(t.Context()).Where("email = ?", "ada@example.com").Take(&person).Error; err != nil {
			t.Fatal(err)
		}
		w.update("ada@example.com", column, value)
		if err := person.unchanged(w.db.Read(t.Context())); err == nil {
			t.Errorf("signed in although %s is another", column)
		}
	}
}

// english is what those read whose browser asks for nothing else.
var english = lang.All()[0]

func TestWhatAUserAgentSays(t *testing.T) {
	for userAgent, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                  "Firefox on Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0":               "Edge on Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15":                   "Safari on macOS",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1": "Safari on iPhone",
		"Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36":                   "Chrome on Android",
		"curl/8.0": "Another program",
		"":         "Another program",
	} {
		if got := deviceOf(userAgent).In(english); got != want {
			t.Errorf("%q is %q, want %q", userAgent, got, want)
		}
	}
	if got := cut("ä\xff", 3); got != "ä" {
		t.Errorf("got %q", got)
	}
	if got := cut("aää", 4); got != "aä" {
		t.Errorf("got %q", got)
	}
}

func TestHowLongAgoInWords(t *testing.T) {
	for past, want := range map[time.Duration]string{
		0: "just now", -time.Minute: "just now", 10 * time.Minute: "10 minutes ago", time.Hour: "1 hour ago", 47 * time.Hour: "1 day ago", 72 * time.Hour: "3 days ago",
	} {
		if got := inWords(past).In(english); got != want {
			t.Errorf("%s is %q, want %q", past, got, want)
		}
	}
}
