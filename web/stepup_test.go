package web

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"punchcard/auth"
	"punchcard/timesheets"
)

// later is the same company ten minutes on, where approving takes a sign-in of the last five.
func (c *company) later(t testing.TB) *company {
	t.Helper()
	d := auth.Directory{API: &auth.NewAPI{Audience: testAudience, MaxAuthAgeForApproval: 300}}
	if err := c.settings.Auth.Apply(context.Background(), d, nil); err != nil {
		t.Fatal(err)
	}
	a, err := auth.New(context.Background(), c.db, auth.Settings{
		Issuer: testIssuer, Secret: []byte(strings.Repeat("s", 32)), Assets: c.settings.Assets.Base, Scopes: timesheets.Scopes,
		Log: c.settings.Log, Now: func() time.Time { return time.Now().Add(10 * time.Minute) },
	})
	if err != nil {
		t.Fatal(err)
	}
	on := &company{db: c.db, tokens: map[string]string{}, settings: c.settings}
	on.settings.Auth = a
	on.handler = New(on.settings)
	return on
}

func TestApprovingCanTakeAFreshSignIn(t *testing.T) {
	c := newCompany(t)
	before := c.token(t, "mia")
	entry, _ := c.record(t, "ada", "2026-01-05")
	path := "/timesheets/" + entry.ID
	c.ask(t, c.token(t, "ada"), "PUT", path+"/submission", "")
	c = c.later(t)

	t.Run("B-22 an old sign-in", func(t *testing.T) {
		answer := c.ask(t, before, "PUT", path+"/approval", "")
		told := answer.Header.Get("WWW-Authenticate")
		if answer.StatusCode != http.StatusUnauthorized || answer.kind(t) != "insufficient-user-authentication" ||
			!strings.HasPrefix(told, `Bearer realm="Punchcard", error="insufficient_user_authentication"`) || !strings.HasSuffix(told, `, max_age="300", `+whereToLearn) {
			t.Errorf("got %d %s: %s", answer.StatusCode, told, answer.body)
		}
	})
	t.Run("B-22 reopening is as approving", func(t *testing.T) {
		answer := c.ask(t, before, "POST", "/periods/"+entry.PeriodID+"/reopening", `{"reason":"Friday is missing"}`)
		if answer.StatusCode != http.StatusUnauthorized || answer.kind(t) != "insufficient-user-authentication" {
			t.Errorf("got %d %s", answer.StatusCode, answer.body)
		}
	})
	t.Run("B-22 is good for all else", func(t *testing.T) {
		if answer := c.ask(t, before, "GET", path, ""); answer.StatusCode != http.StatusOK {
			t.Errorf("got %d %s", answer.StatusCode, answer.body)
		}
	})
	t.Run("B-22 who lacks the scope is told of that alone", func(t *testing.T) {
		if answer := c.ask(t, c.token(t, "ada"), "PUT", path+"/approval", ""); answer.StatusCode != http.StatusForbidden {
			t.Errorf("got %d %s", answer.StatusCode, answer.body)
		}
	})
	t.Run("X-20 a fresh one", func(t *testing.T) {
		if answer := c.ask(t, c.token(t, "mia"), "PUT", path+"/approval", ""); answer.StatusCode != http.StatusOK {
			t.Errorf("got %d %s", answer.StatusCode, answer.body)
		}
	})
	t.Run("X-20 a fresh one reopens", func(t *testing.T) {
		c.ask(t, c.token(t, "ada"), "PUT", "/periods/"+entry.PeriodID+"/submission", "")
		answer := c.ask(t, c.token(t, "mia"), "POST", "/periods/"+entry.PeriodID+"/reopening", `{"reason":"Friday is missing"}`)
		if answer.StatusCode != http.StatusOK {
			t.Errorf("got %d %s", answer.StatusCode, answer.body)
		}
	})
}
