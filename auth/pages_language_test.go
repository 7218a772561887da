package auth

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"punchcard/auth/lang"
)

func TestPagesSpeakTheLanguageThatTheBrowserAsksFor(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ accept, cookie, want string }{
		{"", "", `<html lang="en">`},
		{"de-AT,de;q=0.9,en;q=0.8", "", `<html lang="de">`},
		{"fr, en-GB;q=0.5, de;q=0.4", "", `<html lang="en">`},
		{"sv", "", `<html lang="en">`},
		{"en", "de", `<html lang="de">`},
		{"de", `"><script>`, `<html lang="de">`},
		{"%%%;q=x", "", `<html lang="en">`},
	} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", w.http.URL+"/login?return_to=/account", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Language", c.accept)
		r.Header.Set("Cookie", "language="+c.cookie)
		a := w.browser().do(r)
		if a.status != http.StatusOK || !contains(a.body, c.want) {
			t.Errorf("%q with the cookie %q got %d, and not %s", c.accept, c.cookie, a.status, c.want)
		}
		if c.want == `<html lang="de">` && !contains(a.body, "Anmelden") {
			t.Errorf("%q: the page isn't German", c.accept)
		}
	}
}

// What goes wrong is told in the language that was asked for, in the words of a person and not of the protocol.
func TestPagesTellWhatIsWrongInTheLanguageThatIsAskedFor(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.client.Transport = accepting("de")
	for path, want := range map[string]string{
		"/authorize":                             "unvollständig: client_id fehlt",
		"/authorize?client_id=spa":               "unvollständig: redirect_uri fehlt",
		"/authorize?client_id=spa&client_id=web": "nennt client_id mehrmals",
		"/authorize?client_id=spa&redirect_uri=https://evil.example/":                       "zu der sie dich zurückschicken will, ist hier nicht registriert",
		"/authorize?client_id=nobody&redirect_uri=https://evil.example/":                    "zu der sie dich zurückschicken will, ist hier nicht registriert",
		"/authorize?client_id=spa&request_uri=urn:ietf:params:oauth:request_uri:nothing":    "schon benutzt oder ist zu alt",
		"/authorize?client_id=spa&scope=" + strings.Repeat("x", 5_000):                      "nicht in Ordnung",
		"/oidc/logout?id_token_hint=x":                                                      "kein ID-Token dieses Servers",
		"/oidc/logout?client_id=nobody":                                                     "Die Anwendung ist hier nicht registriert",
		"/oidc/logout?client_id=spa&post_logout_redirect_uri=https%3A%2F%2Fevil.example%2F": "Diese Adresse ist hier nicht registriert",
	} {
		a := b.get(path)
		if !contains(a.body, want) || !contains(a.body, "<dt>Kennung</dt>") {
			t.Errorf("%.80s: got %d %s, want %s", path, a.status, a.body, want)
		}
		if contains(a.body, "evil.example") || contains(a.body, "nobody") {
			t.Errorf("%.80s: the page repeats what a stranger wrote", path)
		}
	}
}

// Whoever leads somebody to a page of this server can't have it say a sentence of their own, whichever form they send.
func TestPagesSayNoSentenceOfAStrangers(t *testing.T) {
	const sentence = "Your account is locked. Call 0900"
	w := newWorld(t)
	b := w.browser()
	b.visit("/account", "ada@example.com", password) // pages for whoever is signed in are asked as well
	twice := url.Values{sentence: {"1", "2"}, "client_id": {"app"}, "redirect_uri": {appURI}}
	signIn := b.authorize("prompt", "login").location().RequestURI()
	for name, a := range map[string]answer{
		"sign out":        b.get("/oidc/logout?" + twice.Encode()),
		"sign out, form":  b.post("/oidc/logout", twice),
		"authorize":       b.get("/authorize?" + url.Values{sentence: {"1", "2"}}.Encode()),
		"authorize, form": b.post("/authorize", url.Values{sentence: {"1", "2"}}),
		"sign in":         b.get(signIn + "&" + twice.Encode()),
		"sign in, form":   b.post(signIn, twice),
		"own, form":       b.post(ownLoginPath("/account"), twice),
		"device":          b.get("/device?" + twice.Encode()),
		"device, form":    b.post("/device", twice),
		"account":         b.get("/account?" + twice.Encode()),
		"password, form":  b.post("/account/password", twice),
	} {
		if !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") || a.status == http.StatusNotFound {
			t.Errorf("%s: no page was asked, but %d %s", name, a.status, a.body)
		}
		if contains(a.body, sentence) {
			t.Errorf("%s: the page says it: %s", name, a.body)
		}
	}
}

// accepting has the browser ask for a language.
type accepting string

func (a accepting) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Header.Set("Accept-Language", string(a))
	return http.DefaultTransport.RoundTrip(r)
}

// In which language somebody signed in last is known for what they are sent, and goes with them.
func TestTheLanguageOfTheLastSignInIsKnown(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada@example.com")
	known := func() string {
		tag, err := LanguageOf(w.db.Read(t.Context()), ada)
		if err != nil {
			t.Fatal(err)
		}
		return tag
	}
	if got := known(); got != "" {
		t.Errorf("before the first: %q", got)
	}
	for _, c := range []struct{ accept, password, want string }{
		{"de-AT,de;q=0.9", "wrong", ""},
		{"de-AT,de;q=0.9", password, "de"},
		{"fr", "wrong", "de"},
		{"fr", password, "en"},
	} {
		b := w.browser()
		b.client.Transport = accepting(c.accept)
		b.signIn(b.get("/account"), "ada@example.com", c.password)
		if got := known(); got != c.want {
			t.Errorf("after %s: %q, want %q", c.accept, got, c.want)
		}
	}
	if err := w.erase(ada, nil); err != nil {
		t.Fatal(err)
	}
	if got := known(); got != "" {
		t.Errorf("of an erased person: %q", got)
	}
}

// What this server's own APIs let an application do is said in every language; what another API does, as its administrator put it.
func TestScopesAreSaidInEveryLanguage(t *testing.T) {
	for _, c := range lang.All() {
		for _, sc := range slices.Concat(identityScopes, managementScopes) {
			for part, known := range map[string]string{"title": sc.Title, "detail": sc.Detail} {
				key := "scopes." + sc.Name + "." + part
				if said := scopeWords(c, sc.Name, part, known); !c.Has(key) || said != c.Text(key) {
					t.Errorf("%s in %s: %q", key, c.Tag, said)
				}
			}
		}
	}
	german := lang.Tagged("de")
	for _, own := range []struct{ name, known, want string }{
		{"read:users", "See people", "Personen ansehen"},
		{"read:users", "Read what customers wrote", "Read what customers wrote"},
		{"read:users", "", ""},
		{"read:menus", "See menus", "See menus"},
		{"read:menus", "scopes.read:menus.title", "scopes.read:menus.title"},
	} {
		if said := scopeWords(german, own.name, "title", own.known); said != own.want {
			t.Errorf("%s, %q: %q", own.name, own.known, said)
		}
	}
}
