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
