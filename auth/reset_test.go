package auth

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const fresh = "a fresh password, long"

// ticketFor is the page's path, with a ticket that an administrator made.
func (w *world) ticketFor(r TicketRequest) string {
	w.Helper()
	ticket, err := w.server.CreatePasswordTicket(w.Context(), Caller{Client: "operator"}, r)
	if err != nil {
		w.Fatal(err)
	}
	path, ok := strings.CutPrefix(ticket.URL, strings.TrimSuffix(issuer, "/"))
	if !ok {
		w.Fatalf("the ticket is %s", ticket.URL)
	}
	return path
}

// setPassword opens the page of a ticket and sends its form.
func (b *browser) setPassword(path, password string) answer {
	b.Helper()
	page := b.get(path)
	if page.status != http.StatusOK {
		return page
	}
	return b.post(path, url.Values{"csrf": {csrfOf(b, page)}, "new": {password}, "again": {password}})
}

func (w *world) personOf(email string) (p Person) {
	w.Helper()
	if err := w.db.Read(w.Context()).Where("email = ?", email).Take(&p).Error; err != nil {
		w.Fatal(err)
	}
	return p
}

func ada(r TicketRequest) TicketRequest {
	r.Email = "ada@example.com"
	return r
}

func TestATicketSetsANewPasswordAndSignsOutEverywhere(t *testing.T) {
	w := newWorld(t)
	elsewhere := w.browser()
	elsewhere.visit("/account", "ada@example.com", password)
	access, refresh := w.tokens("ada@example.com")
	path := w.ticketFor(ada(TicketRequest{MarksEmail: true}))
	b := w.browser()
	isPage(t, b.get(path), http.StatusOK, "ada@example.com")
	isPage(t, b.setPassword(path, fresh), http.StatusOK, "Your new password is set")
	if a := elsewhere.get("/account"); a.location().Path != "/login" {
		t.Errorf("another browser is signed in still: %d", a.status)
	}
	if w.probe(access).status != http.StatusUnauthorized || w.refresh(refresh).status != http.StatusBadRequest {
		t.Error("tokens from before live on")
	}
	if !w.personOf("ada@example.com").EmailVerified {
		t.Error("the address isn't verified")
	}
	isPage(t, b.signIn(b.get("/account"), "ada@example.com", password), 422, wrongPassword)
	if page := b.visit("/account", "ada@example.com", fresh); page.status != http.StatusOK {
		t.Errorf("the new password is answered %d", page.status)
	}
	if log := w.log.String(); contains(log, fresh) || contains(log, path[strings.Index(path, "=")+1:]) {
		t.Error("the log holds the password or the ticket")
	}
}

func TestATicketIsWorthNothingButOnceForItsPerson(t *testing.T) {
	for name, spoil := range map[string]func(w *world, path string) string{
		"Z-11 Z-33 used before": func(w *world, path string) string { w.browser().setPassword(path, "another password"); return path },
		"Z-33 expired":          func(w *world, path string) string { w.clock.move(time.Hour + time.Second); return path },
		"replaced by a newer one": func(w *world, path string) string {
			w.ticketFor(ada(TicketRequest{}))
			return path
		},
		"the person is blocked": func(w *world, path string) string { w.update("ada@example.com", "blocked", true); return path },
		"the password was changed otherwise": func(w *world, path string) string {
			b := w.browser()
			b.visit("/account", "ada@example.com", password)
			b.send("/account/password", "current", password, "new", "another password", "again", "another password")
			return path
		},
		"its hash": func(_ *world, path string) string {
			return "/reset-password?ticket=" + hashed(path[strings.Index(path, "=")+1:])
		},
		"cut off":     func(_ *world, path string) string { return path[:len(path)-1] },
		"made up":     func(*world, string) string { return "/reset-password?ticket=" + newSecret() },
		"none at all": func(*world, string) string { return "/reset-password" },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			hour := 3600
			path := w.ticketFor(ada(TicketRequest{TTL: &hour}))
			b := w.browser()
			form := url.Values{"csrf": {csrfOf(t, b.get(path))}, "new": {fresh}, "again": {fresh}}
			path = spoil(w, path)
			before := w.personOf("ada@example.com")
			isPage(t, b.get(path), http.StatusBadRequest, "This link works no more")
			isPage(t, b.post(path, form), http.StatusBadRequest, "This link works no more")
			if w.personOf("ada@example.com").PasswordHash != before.PasswordHash {
				t.Error("it set a password")
			}
		})
	}
}

func TestNoStepOfSettingAPasswordIsSkipped(t *testing.T) {
	w := newWorld(t)
	path, others := w.ticketFor(ada(TicketRequest{})), w.ticketFor(TicketRequest{Email: "mia@example.com"})
	b, stranger := w.browser(), w.browser()
	csrf := csrfOf(t, b.get(path))
	for _, q := range []struct {
		name   string
		status int
		form   url.Values
	}{
		{"Z-11 an empty form", 403, url.Values{}},
		{"Z-11 a form without the page", 403, url.Values{"new": {fresh}, "again": {fresh}}},
		{"Z-11 another browser's page", 403, url.Values{"csrf": {csrfOf(t, stranger.get(path))}, "new": {fresh}, "again": {fresh}}},
		{"Z-11 another ticket's page", 403, url.Values{"csrf": {csrfOf(t, b.get(others))}, "new": {fresh}, "again": {fresh}}},
		{"Z-11 a page and nothing else", 422, url.Values{"csrf": {csrf}}},
		{"too short", 422, url.Values{"csrf": {csrf}, "new": {"short"}, "again": {"short"}}},
		{"not the same twice", 422, url.Values{"csrf": {csrf}, "new": {fresh}, "again": {password}}},
		{"another person named", 200, url.Values{"csrf": {csrf}, "new": {fresh}, "again": {fresh}, "email": {"root@example.com"}, "user_id": {w.personOf("root@example.com").ID}}},
	} {
		t.Run(q.name, func(t *testing.T) {
			ada, root := w.personOf("ada@example.com"), w.personOf("root@example.com")
			if a := b.post(path, q.form); a.status != q.status {
				t.Errorf("got %d %s", a.status, a.body)
			}
			if changed := w.personOf("ada@example.com").PasswordHash != ada.PasswordHash; changed != (q.status == 200) {
				t.Errorf("the password is another one: %t", changed)
			}
			if w.personOf("root@example.com").PasswordHash != root.PasswordHash {
				t.Error("somebody else's password is another one")
			}
		})
	}
	isPage(t, b.get(others), http.StatusOK, "mia@example.com")
}

func TestOfManyAtOnceOneSetsThePassword(t *testing.T) {
	w := newWorld(t)
	path := w.ticketFor(ada(TicketRequest{}))
	racers, forms := make([]*browser, 8), make([]url.Values, 8)
	for i := range racers {
		racers[i] = w.browser()
		forms[i] = url.Values{"csrf": {csrfOf(t, racers[i].get(path))}, "new": {fresh}, "again": {fresh}}
	}
	var race sync.WaitGroup
	var done atomic.Int32
	for i, b := range racers {
		race.Go(func() {
			if b.post(path, forms[i]).status == http.StatusOK {
				done.Add(1)
			}
		})
	}
	race.Wait()
	if done.Load() != 1 {
		t.Errorf("Z-33: %d were told that it is done", done.Load())
	}
}

func TestGuessedTicketsAreThrottled(t *testing.T) {
	w := newWorld(t)
	path := w.ticketFor(ada(TicketRequest{}))
	guess := "/reset-password?ticket=" + newSecret()
	for range wrongTickets {
		isPage(t, w.browser().get(path), http.StatusOK, "ada@example.com") // a right one between the guesses makes no room
		isPage(t, w.browser().get(guess), http.StatusBadRequest, "This link works no more")
	}
	if a := w.browser().get(guess); a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") == "" {
		t.Errorf("got %d", a.status)
	}
	if a := w.browser().post(path, url.Values{}); a.status != http.StatusTooManyRequests {
		t.Errorf("POST got %d", a.status)
	}
	w.clock.move(throttleWindow)
	isPage(t, w.browser().get(path), http.StatusOK, "ada@example.com")
}

func TestWhereATicketLeads(t *testing.T) {
	w := newWorld(t)
	path := w.ticketFor(ada(TicketRequest{ResultURL: "https://app.example.com/welcome"}))
	isPage(t, w.browser().setPassword(path, fresh), http.StatusOK, `href="https://app.example.com/welcome"`)
	negative, long := -1, 5*24*60*60+1
	for name, r := range map[string]TicketRequest{
		"nobody": {}, "two": {UserID: "x", Email: "x"}, "script": ada(TicketRequest{ResultURL: "javascript:alert(1)"}),
		"http": ada(TicketRequest{ResultURL: "http://app.example.com"}), "relative": ada(TicketRequest{ResultURL: "//app.example.com"}),
		"user info": ada(TicketRequest{ResultURL: "https://time.example.com@evil.example/"}), "no host": ada(TicketRequest{ResultURL: "https:///x"}),
		"negative": ada(TicketRequest{TTL: &negative}), "too long": ada(TicketRequest{TTL: &long}),
	} {
		if r.Validate() == nil {
			t.Errorf("%s passes", name)
		}
	}
	w.update("ada@example.com", "blocked", true)
	if _, err := w.server.CreatePasswordTicket(t.Context(), Caller{}, ada(TicketRequest{})); err == nil {
		t.Error("a blocked person is given a ticket")
	}
}

func TestAPersonWithoutAPasswordComesToOne(t *testing.T) {
	w := newWorld(t)
	email := "new@example.com"
	if _, err := w.server.CreateUser(t.Context(), Caller{}, NewUser{UserFields{Email: &email}}); err != nil {
		t.Fatal(err)
	}
	b := w.browser()
	isPage(t, b.signIn(b.get("/account"), email, ""), 422, wrongPassword)
	isPage(t, b.setPassword(w.ticketFor(TicketRequest{Email: email}), fresh), http.StatusOK, "Your password is set")
	if page := b.visit("/account", email, fresh); page.status != http.StatusOK {
		t.Errorf("got %d", page.status)
	}
}
