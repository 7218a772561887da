package web

import (
	"net/url"
	"testing"
)

func TestIntrospectionAnswersAsDescribed(t *testing.T) {
	c := theCompany(t)
	ask := func(token, secret string) reply {
		form := url.Values{"token": {token}, "client_id": {"payroll"}, "client_secret": {secret}}
		return c.ask(t, "", "POST", "/oauth/introspect", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	}
	if a := ask(c.token(t, "ada", "read:timesheets"), testSecret); a.StatusCode != 200 || a.body == `{"active":false}` {
		t.Errorf("got %d %s", a.StatusCode, a.body)
	}
	if a := ask("x", testSecret); a.StatusCode != 200 || a.body != `{"active":false}` {
		t.Errorf("got %d %s", a.StatusCode, a.body)
	}
	if a := ask("x", "wrong"); a.StatusCode != 401 {
		t.Errorf("got %d %s", a.StatusCode, a.body)
	}
}

func TestGuessingClientSecretsIsAnsweredAsDescribed(t *testing.T) {
	c := newCompany(t)
	for _, path := range []string{"/oauth/token", "/oauth/revoke", "/oauth/introspect"} {
		status := 0
		for range 20 {
			a := c.ask(t, "", "POST", path, `{"client_id":"payroll","client_secret":"wrong","token":"x","grant_type":"client_credentials"}`)
			if status = a.StatusCode; status != 401 && (status != 429 || a.Header.Get("Retry-After") == "") {
				t.Fatalf("C-16 %s: got %d %s", path, a.StatusCode, a.body)
			}
		}
		if status != 429 {
			t.Errorf("C-16 %s: twenty guesses got %d", path, status)
		}
	}
}
