package auth

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"
)

// device asks as the phone app does on a device, and gives the device code and the user code.
func (w *world) device() (device, user string) {
	w.Helper()
	return w.asking("openid offline_access read:timesheets")
}

func (w *world) asking(scope string) (device, user string) {
	w.Helper()
	a := w.client("/oauth/device/code", "app", "scope", scope)
	if a.status != http.StatusOK {
		w.Fatalf("got %d %s, want codes", a.status, a.body)
	}
	device, _ = a.json()["device_code"].(string)
	user, _ = a.json()["user_code"].(string)
	return device, user
}

func (w *world) poll(device string, pairs ...string) answer {
	w.Helper()
	return w.token("app", append([]string{"grant_type", deviceGrant, "device_code", device}, pairs...)...)
}

// enter types a user code into the page.
func (b *browser) enter(code string) answer {
	b.Helper()
	return b.post("/device", url.Values{"csrf": {csrfOf(b, b.get("/device"))}, "user_code": {code}})
}

// settle enters the code, signs in and decides.
func (b *browser) settle(code, email, decision string) answer {
	b.Helper()
	a := b.enter(code)
	if a.location().Path == "/login" {
		a = b.signIn(a, email, password)
	}
	return b.decide(a, decision)
}

func TestADeviceIsGivenItsCodes(t *testing.T) {
	w := newWorld(t)
	check := func(t *testing.T, a answer) {
		t.Helper()
		got := a.json()
		if a.status != http.StatusOK || a.header.Get("Cache-Control") != "no-store" || a.header.Get("Pragma") != "no-cache" {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		code, _ := got["user_code"].(string)
		if !regexp.MustCompile(`^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$`).MatchString(code) || len(got["device_code"].(string)) < 43 {
			t.Errorf("the codes are %s", a.body)
		}
		if got["verification_uri"] != issuer+"activate" || got["verification_uri_complete"] != issuer+"activate?user_code="+code ||
			got["expires_in"] != 900.0 || got["interval"] != 5.0 {
			t.Errorf("got %s", a.body)
		}
	}
	t.Run("D-01 by form", func(t *testing.T) { check(t, w.client("/oauth/device/code", "app", "scope", "openid")) })
	t.Run("D-01 by JSON", func(t *testing.T) {
		b := w.browser()
		r, _ := http.NewRequestWithContext(t.Context(), "POST", b.url+"/oauth/device/code", stringsReader(`{"client_id":"app","audience":"`+audience+`"}`))
		r.Header.Set("Content-Type", "application/json")
		check(t, b.do(r))
	})
	t.Run("D-01 metadata", func(t *testing.T) {
		m := w.browser().get("/.well-known/openid-configuration")
		if m.json()["device_authorization_endpoint"] != issuer+"oauth/device/code" || !contains(m.body, `"`+deviceGrant+`"`) {
			t.Errorf("the metadata is %s", m.body)
		}
	})
	t.Run("T-19 nothing of them is stored", func(t *testing.T) {
		device, user := w.device()
		w.browser().enter(user)
		var rows []map[string]any
		for _, table := range []string{"device_requests", "interactions"} {
			var some []map[string]any
			if err := w.db.Read(t.Context()).Table(table).Find(&some).Error; err != nil || len(some) == 0 {
				t.Fatal(err, len(some))
			}
			rows = append(rows, some...)
		}
		dump, err := json.Marshal(rows)
		if err != nil {
			t.Fatal(err)
		}
		letters := strings.ReplaceAll(user, "-", "")
		for _, secret := range []string{device, user, letters, hashed(user), hashed(letters)} {
			if contains(string(dump), secret) || contains(w.log.String(), secret) {
				t.Errorf("%s is in the database or the log", secret)
			}
		}
	})
}

func TestWhoMayNotAskAsADevice(t *testing.T) {
	w := newWorld(t)
	w.addNative("tv")
	for name, c := range map[string]struct {
		client string
		pairs  []string
		status int
		code   string
	}{
		"D-02 unknown client":              {"nobody", nil, 401, "invalid_client"},
		"D-02 no client":                   {"", nil, 401, "invalid_client"},
		"D-02 scope of other applications": {"tv", []string{"scope", "openid read:timesheets"}, 400, "invalid_scope"},
		"D-02 scope that nobody has":       {"app", []string{"scope", "everything"}, 400, "invalid_scope"},
		"D-02 scope of odd characters":     {"app", []string{"scope", `op"enid`}, 400, "invalid_scope"},
		"D-02 unknown audience":            {"app", []string{"audience", "https://elsewhere.example.com"}, 400, "invalid_target"},
		"D-02 grant not for a web app":     {"reports:reports secret, long", nil, 400, "unauthorized_client"},
		"D-02 grant not for a machine":     {"payroll:payroll secret, long", nil, 400, "unauthorized_client"},
		"D-02 grant not for a browser app": {"spa", nil, 400, "unauthorized_client"},
		"D-16 wrong secret":                {"reports:reports secret, lonG", nil, 401, "invalid_client"},
		"D-16 secret where there is none":  {"app:x", nil, 401, "invalid_client"},
		"G-06 parameter twice":             {"app", []string{"scope", "openid", "scope", "openid"}, 400, "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) { refused(t, w.client("/oauth/device/code", c.client, c.pairs...), c.status, c.code) })
	}
	t.Run("D-02 disabled client", func(t *testing.T) {
		device, user := w.device()
		w.disable("app")
		refused(t, w.client("/oauth/device/code", "app"), 401, "invalid_client")
		refused(t, w.poll(device), 401, "invalid_client")
		if a := w.browser().enter(user); a.status != http.StatusUnprocessableEntity {
			t.Errorf("its user code got %d", a.status)
		}
	})
}

func (w *world) disable(client string) {
	w.Helper()
	err := w.server.change(w.Context(), func(tx *gorm.DB, n *news) error {
		if err := tx.Model(&Client{}).Where("id = ?", client).Update("disabled", true).Error; err != nil {
			return err
		}
		return n.tell("policy", "")
	})
	if err != nil {
		w.Fatal(err)
	}
}

// told checks an error with its description.
func told(t *testing.T, a answer, code, description string) {
	t.Helper()
	refused(t, a, http.StatusBadRequest, code)
	if a.json()["error_description"] != description {
		t.Errorf("it says %q, want %q", a.json()["error_description"], description)
	}
}

const pending = "User has yet to authorize device code."

func TestADeviceThatPolls(t *testing.T) {
	w := newWorld(t)
	t.Run("D-03 before the decision", func(t *testing.T) {
		device, user := w.device()
		told(t, w.poll(device), "authorization_pending", pending)
		w.clock.move(5 * time.Second)
		b := w.browser()
		b.signIn(b.enter(user), "ada@example.com", password)
		told(t, w.poll(device), "authorization_pending", pending)
	})
	t.Run("D-04 faster than an interval that grows", func(t *testing.T) {
		device, _ := w.device()
		for _, step := range []struct {
			after time.Duration
			slow  string // the interval that it fell short of
		}{
			{0, ""}, {4 * time.Second, "5"}, {9 * time.Second, "10"}, {14 * time.Second, "15"}, {20 * time.Second, ""}, {19 * time.Second, "20"},
			{24900 * time.Millisecond, ""}, {25 * time.Second, ""},
		} {
			w.clock.move(step.after)
			if step.slow == "" {
				told(t, w.poll(device), "authorization_pending", pending)
			} else {
				told(t, w.poll(device), "slow_down", "You are polling faster than the specified interval of "+step.slow+" seconds.")
			}
		}
	})
	t.Run("D-04 a device that hurries still gets its tokens", func(t *testing.T) {
		device, user := w.device()
		w.poll(device)
		refused(t, w.poll(device), 400, "slow_down")
		w.browser().settle(user, "ada@example.com", "allow")
		if a := w.poll(device); a.status != http.StatusOK {
			t.Errorf("got %d %s", a.status, a.body)
		}
	})
	t.Run("D-05 denied", func(t *testing.T) {
		device, user := w.device()
		if a := w.browser().settle(user, "ada@example.com", "decline"); a.status != http.StatusOK || !contains(a.body, "gets nothing") {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		for range 2 {
			told(t, w.poll(device), "access_denied", "User cancelled the confirmation prompt.")
		}
		if a := w.browser().enter(user); a.status != http.StatusUnprocessableEntity {
			t.Errorf("the code of a denied device got %d", a.status)
		}
	})
	t.Run("D-06 expired", func(t *testing.T) {
		device, user := w.device()
		allowed, code := w.device()
		w.browser().settle(code, "ada@example.com", "allow")
		w.clock.move(deviceLife)
		refused(t, w.poll(device), 400, "expired_token")
		refused(t, w.poll(allowed), 400, "expired_token")
		if a := w.browser().enter(user); a.status != http.StatusUnprocessableEntity {
			t.Errorf("the code of an expired device got %d", a.status)
		}
	})
	t.Run("D-08 as another application", func(t *testing.T) {
		device, user := w.device()
		w.addNative("tv")
		w.poll(device)
		for range 3 {
			refused(t, w.token("tv", "grant_type", deviceGrant, "device_code", device), 400, "invalid_grant")
		}
		w.clock.move(5 * time.Second)
		refused(t, w.poll(device), 400, "authorization_pending")
		w.browser().settle(user, "ada@example.com", "allow")
		refused(t, w.token("tv", "grant_type", deviceGrant, "device_code", device), 400, "invalid_grant")
		if a := w.poll(device); a.status != http.StatusOK {
			t.Errorf("its own application got %d %s", a.status, a.body)
		}
	})
	t.Run("D-08 as an application of another type", func(t *testing.T) {
		device, _ := w.device()
		refused(t, w.token("spa", "grant_type", deviceGrant, "device_code", device), 400, "unauthorized_client")
	})
	t.Run("D-09 without a code, or with a made-up one", func(t *testing.T) {
		device, user := w.device()
		told(t, w.poll(""), "invalid_request", "Missing required parameter: device_code")
		refused(t, w.poll("made-up"), 400, "invalid_grant")
		refused(t, w.poll(user), 400, "invalid_grant")
		refused(t, w.poll(hashed(device)), 400, "invalid_grant")
		refused(t, w.poll(device, "device_code", device), 400, "invalid_request") // twice
	})
}

// addNative registers another native application.
func (w *world) addNative(id string) {
	w.Helper()
	d := Directory{Clients: []NewClient{{ID: id, Name: "Television", Type: "native", RedirectURIs: []string{"http://127.0.0.1/cb"}, Scopes: []string{"openid"}}}}
	if err := w.server.Apply(w.Context(), d, nil); err != nil {
		w.Fatal(err)
	}
}

func TestADeviceThatIsAllowed(t *testing.T) {
	w := newWorld(t)
	t.Run("D-07 gets tokens once", func(t *testing.T) {
		device, user := w.device()
		if a := w.browser().settle(user, "ada@example.com", "allow"); a.status != http.StatusOK || !contains(a.body, "may go on") {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		a := w.poll(device)
		tokens := a.json()
		if a.status != http.StatusOK || tokens["scope"] != "openid offline_access read:timesheets" || tokens["id_token"] == nil {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		refused(t, w.poll(device), 400, "invalid_grant")
		if a := w.probe(tokens["access_token"].(string)); a.status != http.StatusOK || a.json()["Name"] != "Ada Lovelace" {
			t.Errorf("the access token got %d %s", a.status, a.body)
		}
		if a := w.refresh(tokens["refresh_token"].(string)); a.status != http.StatusOK {
			t.Errorf("the refresh token got %d %s", a.status, a.body)
		}
	})
	t.Run("D-07 of 20 polls at once one gets tokens", func(t *testing.T) {
		device, user := w.device()
		w.browser().settle(user, "ada@example.com", "allow")
		var mu sync.Mutex
		var all sync.WaitGroup
		got := map[any]int{}
		for range 20 {
			all.Go(func() {
				a := w.poll(device)
				mu.Lock()
				defer mu.Unlock()
				got[a.json()["error"]]++
			})
		}
		all.Wait()
		if got[nil] != 1 || got["invalid_grant"] != 19 {
			t.Errorf("got %v", got)
		}
	})
	t.Run("D-13 no refresh token unless asked for", func(t *testing.T) {
		device, user := w.asking("read:timesheets")
		w.browser().settle(user, "ada@example.com", "allow")
		if a := w.poll(device); a.json()["refresh_token"] != nil || a.json()["id_token"] != nil || a.json()["scope"] != "read:timesheets" {
			t.Errorf("got %s", a.body)
		}
	})
	t.Run("D-13 only what the person has", func(t *testing.T) {
		device, user := w.asking("read:timesheets approve:timesheets")
		b := w.browser()
		a := b.signIn(b.enter(user), "ada@example.com", password)
		if page := b.get(a.location().RequestURI()); contains(page.body, "Approve your team") {
			t.Error("an employee is asked to let a device approve")
		}
		b.decide(a, "allow")
		if a := w.poll(device, "scope", "read:timesheets approve:timesheets create:timesheets"); a.json()["scope"] != "read:timesheets" {
			t.Errorf("got %s", a.body)
		}
	})
	t.Run("D-13 the scope of the poll is passed over", func(t *testing.T) {
		device, user := w.asking("read:timesheets")
		w.browser().settle(user, "ada@example.com", "allow")
		if a := w.poll(device, "scope", "everything delete:timesheets"); a.json()["scope"] != "read:timesheets" {
			t.Errorf("got %s", a.body)
		}
	})
	t.Run("R-19 devices of one person are apart", func(t *testing.T) {
		one, first := w.device()
		two, second := w.device()
		b := w.browser()
		b.settle(first, "ada@example.com", "allow")
		b.settle(second, "ada@example.com", "allow")
		kept, lost := w.poll(one).json(), w.poll(two).json()
		w.client("/oauth/revoke", "app", "token", lost["refresh_token"].(string))
		refused(t, w.probe(lost["access_token"].(string)), 401, "invalid_token")
		if a := w.probe(kept["access_token"].(string)); a.status != http.StatusOK {
			t.Errorf("the other device got %d", a.status)
		}
	})
}

func TestWhatHappensBetweenTheDecisionAndThePoll(t *testing.T) {
	t.Run("D-15 the person is blocked", func(t *testing.T) {
		w := newWorld(t)
		device, user := w.device()
		w.browser().settle(user, "ada@example.com", "allow")
		w.update("ada@example.com", "blocked", true)
		refused(t, w.poll(device), 400, "invalid_grant")
		w.update("ada@example.com", "blocked", false)
		refused(t, w.poll(device), 400, "invalid_grant") // it was spent
	})
	t.Run("D-15 the session ends", func(t *testing.T) {
		w := newWorld(t)
		device, user := w.device()
		w.browser().settle(user, "ada@example.com", "allow")
		w.endSession()
		refused(t, w.poll(device), 400, "invalid_grant")
	})
	t.Run("D-15 the authorization is revoked", func(t *testing.T) {
		w := newWorld(t)
		device, user := w.device()
		w.browser().settle(user, "ada@example.com", "allow")
		err := w.server.change(t.Context(), func(tx *gorm.DB, n *news) error {
			var family authorization
			if err := tx.Take(&family).Error; err != nil {
				return err
			}
			return family.revoke(tx, n)
		})
		if err != nil {
			t.Fatal(err)
		}
		refused(t, w.poll(device), 400, "invalid_grant")
	})
	t.Run("D-15 a role is lost", func(t *testing.T) {
		w := newWorld(t)
		device, user := w.asking("read:timesheets approve:timesheets")
		w.browser().settle(user, "mia@example.com", "allow")
		w.update("ada@example.com", "manager_id", nil) // Mia manages nobody any more
		if a := w.poll(device); a.json()["scope"] != "read:timesheets" {
			t.Errorf("got %s", a.body)
		}
	})
	t.Run("D-15 the session ends after the tokens", func(t *testing.T) {
		w := newWorld(t)
		device, user := w.device()
		w.browser().settle(user, "ada@example.com", "allow")
		tokens := w.poll(device).json()
		w.endSession()
		refused(t, w.probe(tokens["access_token"].(string)), 401, "invalid_token")
	})
}

func TestOneDecisionCounts(t *testing.T) {
	w := newWorld(t)
	device, user := w.device()
	ada, mia := w.browser(), w.browser()
	a, m := ada.signIn(ada.enter(user), "ada@example.com", password), mia.signIn(mia.enter(user), "mia@example.com", password)
	path := m.location().RequestURI()
	csrf := csrfOf(t, mia.get(path))
	ada.decide(a, "decline")
	if late := mia.post(path, url.Values{"csrf": {csrf}, "decision": {"allow"}}); late.status != http.StatusBadRequest {
		t.Errorf("the second decision got %d %s", late.status, late.body)
	}
	if late := mia.get(path); late.status != http.StatusBadRequest {
		t.Errorf("the page of a decided device got %d", late.status)
	}
	refused(t, w.poll(device), 400, "access_denied")
	var families int64
	if err := w.db.Read(t.Context()).Model(&authorization{}).Count(&families).Error; err != nil || families != 0 {
		t.Errorf("%d authorizations were kept, %v", families, err)
	}
	again := ada.post(a.location().RequestURI(), url.Values{"csrf": {csrf}, "decision": {"allow"}})
	if again.status != http.StatusBadRequest {
		t.Errorf("a finished interaction got %d", again.status)
	}
}

func TestExpiredDeviceRequestsAreSweptOut(t *testing.T) {
	w := newWorld(t)
	device, user := w.device()
	w.browser().settle(user, "ada@example.com", "allow")
	w.poll(device)
	w.device()
	rows := func() (n int64) {
		if err := w.db.Read(t.Context()).Model(&deviceRequest{}).Count(&n).Error; err != nil {
			t.Fatal(err)
		}
		return n
	}
	if err := w.sweep(); err != nil || rows() != 2 {
		t.Fatalf("%d of 2 are left, %v", rows(), err)
	}
	w.clock.move(deviceLife + halfAnHour + time.Second)
	if err := w.sweep(); err != nil || rows() != 0 {
		t.Fatalf("%d are left, %v", rows(), err)
	}
}
