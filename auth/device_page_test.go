package auth

import (
	"errors"
	"html"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"
)

// from makes all requests of the browser come from an address.
func (b *browser) from(ip string) *browser {
	b.client.Transport = forwarded(ip)
	return b
}

type forwarded string

func (f forwarded) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("X-Forwarded-For", string(f))
	return http.DefaultTransport.RoundTrip(r)
}

func TestConformanceUserCodes(t *testing.T) {
	prove(t, "D-10 read as they are typed", func(t *testing.T) {
		for typed, want := range map[string]string{
			"WDJB-MJHT": "WDJB-MJHT", "wdjbmjht": "WDJB-MJHT", " w-d j\tb\u2013MJ\u00a0HT- ": "WDJB-MJHT",
			"WDJBMJH": "", "WDJBMJHTT": "", "WDJB_MJHT": "", "WDJB-MJHA": "", "WDJB-MJH0": "", "WDJB-MJH1": "", "WDJB-MJHY": "",
			"wdjb-mjh\u017f": "", "WDJB-MJH\u0405": "", "": "", "--------": "",
		} {
			if got := readUserCode(typed); got != want {
				t.Errorf("%q is read as %q, want %q", typed, got, want)
			}
		}
	})
	prove(t, "D-10 of 20^8, each as likely", func(t *testing.T) {
		counts := map[rune]int{}
		for range 10_000 {
			code := newUserCode()
			if readUserCode(code) != code {
				t.Fatalf("%s is no code", code)
			}
			for _, letter := range strings.ReplaceAll(code, "-", "") {
				counts[letter]++
			}
		}
		for letter, n := range counts { // 4,000 each; 400 is more than six standard deviations
			if n < 3600 || n > 4400 || len(counts) != 20 {
				t.Errorf("%c came %d times in 80,000, of %d letters", letter, n, len(counts))
			}
		}
	})
	prove(t, "D-10 entered in lower case with spaces", func(t *testing.T) {
		w := newWorld(t)
		_, user := w.device()
		b := w.browser()
		if a := b.enter(" " + strings.ToLower(strings.ReplaceAll(user, "-", " ")) + " "); a.location().Path != "/login" {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
}

const (
	home   = "203.0.113.9"
	street = "2001:db8:1:2::"
)

func TestConformanceUserCodesCantBeGuessed(t *testing.T) {
	wrong := "BBBB-BBBB"
	prove(t, "D-11 from one address", func(t *testing.T) {
		w := newWorld(t)
		device, user := w.device()
		for range wrongUserCodes {
			if a := w.browser().from(home).enter(wrong); a.status != http.StatusUnprocessableEntity || !contains(a.body, "No device waits") {
				t.Fatalf("got %d %s", a.status, a.body)
			}
		}
		for _, code := range []string{wrong, user} {
			a := w.browser().from(home).enter(code)
			if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") != "900" || !contains(a.body, "Try again in 15 minutes") {
				t.Errorf("got %d, Retry-After %q", a.status, a.header.Get("Retry-After"))
			}
		}
		if a := w.browser().from("203.0.113.10").enter(user); a.location().Path != "/login" {
			t.Errorf("somebody elsewhere got %d", a.status)
		}
		w.clock.move(throttleWindow - time.Minute)
		refused(t, w.poll(device), 400, "authorization_pending")
		w.clock.move(time.Minute)
		_, user = w.device()
		if a := w.browser().from(home).enter(user); a.location().Path != "/login" {
			t.Errorf("a quarter of an hour later: %d", a.status)
		}
	})
	prove(t, "D-11 from one IPv6 network", func(t *testing.T) {
		w := newWorld(t)
		for i := range wrongUserCodes {
			w.browser().from(street + string(rune('a'+i))).enter(wrong)
		}
		if a := w.browser().from(street + "ffff:0:1").enter(wrong); a.status != http.StatusTooManyRequests {
			t.Errorf("got %d", a.status)
		}
		if a := w.browser().from("2001:db8:1:3::1").enter(wrong); a.status != http.StatusUnprocessableEntity {
			t.Errorf("the network next door got %d", a.status)
		}
	})
	prove(t, "D-11 by one person from many addresses", func(t *testing.T) {
		w := newWorld(t)
		b := w.browser()
		b.code("ada@example.com")
		for i := range wrongUserCodes {
			if a := b.from("198.51.100." + string(rune('1'+i))).enter(wrong); a.status != http.StatusUnprocessableEntity {
				t.Fatalf("got %d", a.status)
			}
		}
		if a := b.from("198.51.100.99").enter(wrong); a.status != http.StatusTooManyRequests {
			t.Errorf("got %d", a.status)
		}
	})
	prove(t, "D-11 right codes of one's own make no room", func(t *testing.T) {
		w := newWorld(t)
		for i := range wrongUserCodes {
			_, user := w.device()
			if a := w.browser().from(home).enter(user); a.location().Path != "/login" {
				t.Fatalf("right code %d got %d", i, a.status)
			}
			w.browser().from(home).enter(wrong)
		}
		if a := w.browser().from(home).enter(wrong); a.status != http.StatusTooManyRequests {
			t.Errorf("got %d", a.status)
		}
	})
	prove(t, "D-11 many at once are no more", func(t *testing.T) {
		w := newWorld(t)
		b := w.browser().from(home)
		csrf := csrfOf(t, b.get("/device"))
		var mu sync.Mutex
		var all sync.WaitGroup
		got := map[int]int{}
		for range 20 {
			all.Go(func() {
				a := b.post("/device", url.Values{"csrf": {csrf}, "user_code": {wrong}})
				mu.Lock()
				defer mu.Unlock()
				got[a.status]++
			})
		}
		all.Wait()
		if got[http.StatusUnprocessableEntity] != wrongUserCodes || got[http.StatusTooManyRequests] != 20-wrongUserCodes {
			t.Errorf("got %v", got)
		}
	})
	prove(t, "D-11 what can't be a code counts too", func(t *testing.T) {
		w := newWorld(t)
		for range wrongUserCodes {
			w.browser().from(home).enter("0000-0000")
		}
		if a := w.browser().from(home).enter("0000-0000"); a.status != http.StatusTooManyRequests {
			t.Errorf("got %d", a.status)
		}
	})
}

func TestConformanceTheLinkFillsInTheCode(t *testing.T) {
	w := newWorld(t)
	device, user := w.device()
	for _, path := range []string{"/activate", "/device"} {
		prove(t, "D-12 "+path+" shows it and asks", func(t *testing.T) {
			b := w.browser()
			a := b.get(path + "?user_code=" + user)
			if a.status != http.StatusOK || !contains(a.body, `value="`+user+`"`) || !contains(a.body, "only if your device shows this very code") {
				t.Fatalf("got %d %s", a.status, a.body)
			}
			if a.header.Get("X-Frame-Options") != "DENY" || !contains(a.header.Get("Content-Security-Policy"), "form-action 'self';") {
				t.Errorf("the headers are %v", a.header)
			}
			if a := b.post(path, url.Values{"csrf": {csrfOf(t, a)}, "user_code": {user}}); a.location().Path != "/login" {
				t.Errorf("confirmed, it got %d", a.status)
			}
		})
	}
	prove(t, "D-12 even for who is signed in", func(t *testing.T) {
		b := w.browser()
		b.code("ada@example.com")
		if a := b.get("/activate?user_code=" + user); a.status != http.StatusOK {
			t.Errorf("got %d to %s", a.status, a.header.Get("Location"))
		}
	})
	prove(t, "D-12 the link guesses nothing", func(t *testing.T) {
		for range wrongUserCodes + 1 {
			if a := w.browser().from(home).get("/activate?user_code=BBBB-BBBB"); a.status != http.StatusOK {
				t.Fatalf("got %d", a.status)
			}
		}
		if a := w.browser().get("/activate?user_code=" + url.QueryEscape(hostile)); contains(a.body, "alert(1)") {
			t.Error("what is no code is shown")
		}
	})
	refused(t, w.poll(device), 400, "authorization_pending")
}

func TestConformanceThePersonSeesWhatADeviceAsksFor(t *testing.T) {
	w := newWorld(t)
	asks := func(scope, from string) string {
		t.Helper()
		b := w.browser().from(from)
		a := b.post("/oauth/device/code", url.Values{"client_id": {"app"}, "scope": {scope}})
		return a.json()["user_code"].(string)
	}
	page := func(b *browser, code string) string {
		t.Helper()
		a := b.enter(code)
		if a.location().Path == "/login" {
			a = b.signIn(a, "mia@example.com", password)
		}
		return strings.Join(strings.Fields(html.UnescapeString(b.get(a.location().RequestURI()).body)), " ")
	}
	prove(t, "D-12 application, scopes, place and time", func(t *testing.T) {
		code := asks("openid read:timesheets", home)
		at := w.clock.now()
		w.clock.move(3 * time.Minute)
		text := page(w.browser().from("198.51.100.1"), code)
		for _, want := range []string{
			"Phone app", "Mia Chen", "Know who you are", "See your timesheets", home, "another network than yours",
			"3 minutes ago", at.Format("2 January 2006, 15:04 UTC"), "only if you began this yourself", `value="decline"`, `value="allow"`,
		} {
			if !contains(text, want) {
				t.Errorf("%q is not shown in %s", want, text)
			}
		}
		if contains(text, "Your answer goes to") || contains(text, "Add and change your time") {
			t.Errorf("the page is %s", text)
		}
	})
	prove(t, "D-12 the same network", func(t *testing.T) {
		if text := page(w.browser().from(home), asks("openid", home)); !contains(text, "the network you are on") || !contains(text, "Just now") {
			t.Errorf("the page is %s", text)
		}
	})
	prove(t, "D-12 even for pre-authorised applications, and every time", func(t *testing.T) {
		b := w.browser() // the phone app is pre-authorised
		for range 2 {
			device, user := w.device()
			a := b.settle(user, "ada@example.com", "allow") // goes through the consent page, or fails
			if a.status != http.StatusOK || w.poll(device).status != http.StatusOK {
				t.Fatalf("got %d %s", a.status, a.body)
			}
		}
	})
	prove(t, "D-12 another account can be chosen", func(t *testing.T) {
		device, user := w.device()
		b := w.browser()
		a := b.settle(user, "mia@example.com", "switch")
		a = b.decide(b.signIn(a, "ada@example.com", password), "allow")
		if a.status != http.StatusOK || w.probe(w.poll(device).json()["access_token"].(string)).json()["Name"] != "Ada Lovelace" {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
}

func TestConformanceOnlyWhoSignedInDecidesAboutADevice(t *testing.T) {
	w := newWorld(t)
	prove(t, "D-14 nobody is signed in", func(t *testing.T) {
		device, user := w.device()
		b := w.browser()
		login := b.enter(user).location().RequestURI()
		consent := strings.Replace(login, "/login", "/consent", 1)
		for _, decision := range []string{"allow", "decline"} {
			a := b.post(consent, url.Values{"csrf": {csrfOf(t, b.get(login))}, "decision": {decision}})
			if a.location().Path != "/login" {
				t.Errorf("%s got %d %s", decision, a.status, a.body)
			}
		}
		refused(t, w.poll(device), 400, "authorization_pending")
	})
	prove(t, "D-14 a form from elsewhere", func(t *testing.T) {
		device, user := w.device()
		b, other := w.browser(), w.browser()
		page := b.get("/device")
		for name, csrf := range map[string]string{"none": "", "another browser's": csrfOf(t, other.get("/device")), "made up": "x"} {
			if a := b.post("/device", url.Values{"csrf": {csrf}, "user_code": {user}}); a.status != http.StatusForbidden {
				t.Errorf("entering, %s: got %d", name, a.status)
			}
		}
		a := b.signIn(b.enter(user), "ada@example.com", password)
		consent := a.location().RequestURI()
		for name, csrf := range map[string]string{"none": "", "the code's": csrfOf(t, page), "made up": "x"} {
			if a := b.post(consent, url.Values{"csrf": {csrf}, "decision": {"allow"}}); a.status != http.StatusForbidden {
				t.Errorf("deciding, %s: got %d", name, a.status)
			}
		}
		if a := other.post(consent, url.Values{"csrf": {csrfOf(t, b.get(consent))}, "decision": {"allow"}}); a.status != http.StatusBadRequest {
			t.Errorf("another browser got %d", a.status)
		}
		if a := b.post(consent, url.Values{"csrf": {csrfOf(t, b.get(consent))}, "decision": {"perhaps"}}); a.status != http.StatusBadRequest {
			t.Errorf("no decision got %d", a.status)
		}
		refused(t, w.poll(device), 400, "authorization_pending")
	})
	prove(t, "D-14 what managers hold takes the password again", func(t *testing.T) {
		device, user := w.asking("read:timesheets approve:timesheets")
		b := w.browser()
		b.code("mia@example.com")
		a := b.enter(user)
		if a.location().Path != "/login" {
			t.Fatalf("got %d to %s", a.status, a.header.Get("Location"))
		}
		skipped := strings.Replace(a.location().RequestURI(), "/login", "/consent", 1)
		if a := b.get(skipped); a.location().Path != "/login" {
			t.Errorf("the password can be passed over: %d", a.status)
		}
		b.decide(b.signIn(a, "mia@example.com", password), "allow")
		if a := w.poll(device); a.json()["scope"] != "read:timesheets approve:timesheets" {
			t.Errorf("got %s", a.body)
		}
	})
	prove(t, "D-14 what administrators hold takes the password again", func(t *testing.T) {
		err := w.server.change(t.Context(), func(tx *gorm.DB, n *news) error {
			grant := clientGrant{ID: "cgr_x", ClientID: "app", APIID: Management, SubjectType: "user", Scopes: scopes{"read:users"}}
			return errors.Join(tx.Create(&grant).Error, n.tell("policy", ""))
		})
		if err != nil {
			t.Fatal(err)
		}
		asked := w.client("/oauth/device/code", "app", "scope", "read:users", "audience", issuer+"api/v2/").json()
		b := w.browser()
		b.code("root@example.com")
		if a := b.enter(asked["user_code"].(string)); a.location().Path != "/login" {
			t.Errorf("got %d to %s", a.status, a.header.Get("Location"))
		}
	})
	prove(t, "D-14 who is signed in is not asked to sign in for less", func(t *testing.T) {
		_, user := w.device()
		b := w.browser()
		b.code("ada@example.com")
		if a := b.enter(user); a.location().Path != "/consent" {
			t.Errorf("got %d to %s", a.status, a.header.Get("Location"))
		}
	})
	prove(t, "D-14 the form can't change what was asked", func(t *testing.T) {
		device, user := w.asking("openid")
		b := w.browser()
		path := b.signIn(b.enter(user), "ada@example.com", password).location().RequestURI()
		a := b.post(path, url.Values{"csrf": {csrfOf(t, b.get(path))}, "decision": {"allow"}, "scope": {"openid delete:timesheets"}, "client_id": {"spa"}})
		if a.status != http.StatusOK || w.poll(device).json()["scope"] != "openid" {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
}
