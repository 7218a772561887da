package auth

import (
	"net/http"
	"testing"
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
