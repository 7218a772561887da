package auth

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"punchcard/store/storetest"
)

func TestADirectoryTellsAllItsMistakes(t *testing.T) {
	d := Directory{
		API: &NewAPI{Audience: "timesheets", SigningAlg: "HS256"},
		People: []NewPerson{
			{Email: "x", Name: " "},
			{Email: "a@example.com", Name: "A", Password: "short", Manager: "A@example.com"},
			{Email: "A@example.com", Name: "A", PasswordHash: "plain"},
			{Email: "b@example.com", Name: "B", Password: password, PasswordHash: nobody},
		},
		Clients: []NewClient{
			{ID: "a b", Name: "", Type: "app"},
			{ID: "n", Name: "N", Type: "native", Secret: strings.Repeat("x", 20), RedirectURIs: []string{"myapp:/cb"}},
			{ID: "w", Name: "W", Type: "web", Secret: "short", WebOrigins: []string{"https://x/"}, Scopes: []string{"fly"}, Grants: []NewGrant{{}}},
			{ID: "m", Name: "M", Type: "machine", Secret: strings.Repeat("x", 20), RedirectURIs: []string{"https://x/cb"},
				Grants: []NewGrant{{Scopes: []string{"approve:timesheets", "openid", "fly"}}}},
			{ID: "w", Name: "W", Type: "spa", RedirectURIs: []string{"https://x/cb"}, PKCEOptional: true},
			{ID: "job", Name: "J", Type: "machine", Secret: strings.Repeat("x", 20), RequirePushed: true, PKCEOptional: true},
		},
	}
	want := []string{
		"/api/audience", "/api/signing_alg", "/users/0/email", "/users/0/name", "/users/1/password", "/users/1/manager",
		"/users/2/password_hash", "/users/2/email", "/users/3/password_hash", "/clients/0/client_id", "/clients/0/name", "/clients/0/type",
		"/clients/1/client_secret", "/clients/1/redirect_uris/0", "/clients/2/client_secret", "/clients/2/redirect_uris",
		"/clients/2/web_origins/0", "/clients/2/scopes/0", "/clients/2/grants", "/clients/2/grants/0/audience", "/clients/3/redirect_uris",
		"/clients/3/grants/0/audience", "/clients/3/grants/0/scopes/0", "/clients/3/grants/0/scopes/1", "/clients/3/grants/0/scopes/2",
		"/clients/4/client_id", "/clients/4/require_pkce", "/clients/5/require_pushed_authorization_requests", "/clients/5/require_pkce",
	}
	got := map[string]bool{}
	for _, m := range d.Check(testScopes) {
		got[m.Pointer] = true
		for _, secret := range []string{"short", "plain", strings.Repeat("x", 20)} {
			if contains(m.Detail.String(), secret) {
				t.Errorf("%s repeats a secret: %s", m.Pointer, m.Detail)
			}
		}
	}
	for _, pointer := range want {
		if !got[pointer] {
			t.Errorf("nothing is said of %s", pointer)
		}
		delete(got, pointer)
	}
	for pointer := range got {
		t.Errorf("%s is said to be wrong", pointer)
	}
}

func TestApplyingADirectoryIsAllOrNothing(t *testing.T) {
	w := newWorld(t)
	broken := errors.New("broken")
	fresh := NewPerson{Email: "new@example.com", Name: "New"}
	for name, c := range map[string]struct {
		d       Directory
		also    func(*gorm.DB) error
		pointer string
	}{
		"unknown role":    {Directory{People: []NewPerson{fresh, {Email: "y@example.com", Name: "Y", Roles: []string{"employee", "boss"}}}}, nil, "/users/1/roles/1"},
		"unknown manager": {Directory{People: []NewPerson{fresh, {Email: "y@example.com", Name: "Y", Manager: "z@example.com"}}}, nil, "/users/1/manager"},
		"a circle of managers": {Directory{People: []NewPerson{fresh, {Email: "y@example.com", Name: "Y", Manager: "z@example.com"},
			{Email: "z@example.com", Name: "Z", Manager: "y@example.com"}}}, nil, "/users/1/manager"},
		"unknown audience": {Directory{People: []NewPerson{fresh}, Clients: []NewClient{{ID: "m", Name: "M", Type: "machine", Secret: "0123456789abcdef", Grants: []NewGrant{{Audience: "https://x"}}}}}, nil, "/clients/0/grants/0/audience"},
		"what comes last":  {Directory{People: []NewPerson{fresh}}, func(*gorm.DB) error { return broken }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := w.server.Apply(t.Context(), c.d, c.also)
			m, ok := errors.AsType[*Mistake](err)
			if err == nil || c.pointer != "" && (!ok || m.Pointer != c.pointer) || c.pointer == "" && !errors.Is(err, broken) {
				t.Errorf("got %v", err)
			}
			var n int64
			if w.db.Read(t.Context()).Model(&Person{}).Where("email = ?", "new@example.com").Count(&n); n != 0 {
				t.Error("half of it was applied")
			}
		})
	}
}

func TestApplyingADirectoryAgainChangesNothing(t *testing.T) {
	w := newWorld(t)
	access, refresh := w.tokens("ada@example.com")
	if err := w.server.Apply(t.Context(), exampleDirectory(t), nil); err != nil {
		t.Fatal(err)
	}
	if w.probe(access).status != 200 || w.refresh(refresh).status != 200 {
		t.Error("tokens died")
	}
	var n int64
	if w.db.Read(t.Context()).Model(&Person{}).Count(&n); n != 4 {
		t.Errorf("there are %d people", n)
	}
	d := exampleDirectory(t)
	d.People = d.People[:1]
	d.People[0].Name, d.People[0].PasswordHash, d.People[0].Password = "Ada King", "", "another password"
	if err := w.server.Apply(t.Context(), d, nil); err != nil {
		t.Fatal(err)
	}
	b := w.browser()
	a := b.signIn(b.authorize(), "ada@example.com", "another password")
	if !a.location().Query().Has("code") || w.probe(access).json()["Name"] != "Ada King" {
		t.Error("what the file says now isn't so")
	}
}

// What UserInfo tells as updated_at is when the person changed, not when the server started.
func TestAPersonIsUpdatedByAChangeAlone(t *testing.T) {
	w := newWorld(t)
	updated := func() map[string]time.Time {
		t.Helper()
		var people []Person
		if err := w.db.Read(t.Context()).Find(&people).Error; err != nil {
			t.Fatal(err)
		}
		at := map[string]time.Time{}
		for _, p := range people {
			at[p.Name] = p.UpdatedAt.UTC()
		}
		return at
	}
	began := w.clock.now()
	want := map[string]time.Time{"Ada Lovelace": began, "Mia Chen": began, "Max Idle": began, "Rosa Root": began}
	for _, step := range []struct {
		name    string
		change  func(p *NewPerson)
		changes bool
	}{
		{"nothing", func(*NewPerson) {}, false},
		{"a role", func(p *NewPerson) { p.Roles = []string{"employee", "manager"} }, false},
		{"the manager", func(p *NewPerson) { p.Manager = "max@example.com" }, true},
		{"the manager, as it is", func(p *NewPerson) { p.Manager = "max@example.com" }, false},
		{"the password's hash", func(p *NewPerson) { p.Manager, p.PasswordHash = "max@example.com", cheapHash("another one") }, true},
		{"the password, as it is", func(p *NewPerson) { p.Manager, p.PasswordHash, p.Password = "max@example.com", "", "another one" }, false},
	} {
		w.clock.move(time.Minute)
		d := exampleDirectory(t)
		step.change(&d.People[0])
		if err := w.server.Apply(t.Context(), d, nil); err != nil {
			t.Fatal(err)
		}
		if step.changes {
			want["Ada Lovelace"] = w.clock.now()
		}
		if diff := cmp.Diff(want, updated()); diff != "" {
			t.Errorf("%s: %s", step.name, diff)
		}
	}
	w.clock.move(time.Minute)
	d := exampleDirectory(t)
	d.People = []NewPerson{{Email: "ada@example.com", Name: "Ada King"}}
	if err := w.server.Apply(t.Context(), d, nil); err != nil {
		t.Fatal(err)
	}
	if got := updated()["Ada King"]; !got.Equal(w.clock.now()) {
		t.Errorf("another name was given at %s, but it says %s", w.clock.now(), got)
	}
}

func setUp(w *world, b *browser, link string, pairs ...string) answer {
	w.Helper()
	path := mustURL(link).RequestURI()
	page := b.get(path)
	if page.status != http.StatusOK {
		return page
	}
	form := url.Values{"csrf": {csrfOf(w, page)}, "name": {"Rosa"}, "email": {"rosa@example.com"}, "password": {password}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.post(path, form)
}

func TestConformanceTheSetupLinkMakesOneAdministrator(t *testing.T) {
	holds(t, "Z-33", "Z-34")
	w := newWorld(t)
	if link, err := w.server.SetupLink(t.Context()); link != "" || err != nil {
		t.Fatalf("there are people, but got %q %v", link, err)
	}
	w.db = storetest.Open(t)
	w.server = w.open()
	w.http.Config.Handler = w.routes(w.server)
	old, err := w.server.SetupLink(t.Context())
	if err != nil || !strings.HasPrefix(old, issuer+"setup?token=") {
		t.Fatal(old, err)
	}
	link, err := w.server.SetupLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, wrong := range map[string]string{"an older link": old, "no token": issuer + "setup", "a made-up token": issuer + "setup?token=" + newSecret()} {
		if a := setUp(w, w.browser(), wrong); a.status != http.StatusBadRequest {
			t.Errorf("%s got %d", name, a.status)
		}
	}
	for _, pairs := range [][]string{{"name", " "}, {"email", "x"}, {"password", "short"}, {"password", strings.Repeat("x", 513)}} {
		if a := setUp(w, w.browser(), link, pairs...); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%v got %d", pairs, a.status)
		}
	}
	if a := setUp(w, w.browser(), link, "csrf", "x"); a.status != http.StatusForbidden {
		t.Errorf("without the page's token got %d", a.status)
	}
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { setUp(w, w.browser(), link) })
	}
	all.Wait()
	var people []Person
	if err := w.db.Read(t.Context()).Find(&people).Error; err != nil || len(people) != 1 {
		t.Fatalf("there are %d people, %v", len(people), err)
	}
	st, err := w.server.standing(t.Context(), people[0].ID)
	if err != nil || !st.admin {
		t.Errorf("who came first is no administrator: %v", err)
	}
	if a := setUp(w, w.browser(), link); a.status != http.StatusBadRequest {
		t.Errorf("the link works again: %d", a.status)
	}
}

func TestWhatExpiredIsSweptOut(t *testing.T) {
	w := newWorld(t)
	_, refresh := w.tokens("ada@example.com")
	w.client("/oauth/revoke", "app", "token", refresh)
	w.browser().authorize()
	rows := func() (all int64) {
		for _, table := range []string{"interactions", "authorizations", "codes", "refresh_tokens", "sessions", "signals"} {
			var n int64
			if err := w.db.Read(t.Context()).Table(table).Count(&n).Error; err != nil {
				t.Fatal(err)
			}
			all += n
		}
		return all
	}
	before := rows()
	if err := w.sweep(); err != nil || rows() != before {
		t.Fatalf("what is alive was swept out: %d of %d left, %v", rows(), before, err)
	}
	w.clock.move(offlineLife + 2*maxTokenLife)
	if err := w.sweep(); err != nil || rows() != 0 {
		t.Errorf("%d rows are left, %v", rows(), err)
	}
	if len(w.server.dead.until) != 0 || len(w.server.dead.signals) != 0 {
		t.Errorf("memory still holds %d and %d", len(w.server.dead.until), len(w.server.dead.signals))
	}
}
