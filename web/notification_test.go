package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"punchcard/timesheets"
	"punchcard/timesheets/mail"
	"punchcard/timesheets/mail/mailtest"
)

func TestNotificationsByHTTP(t *testing.T) {
	c := newCompany(t)
	entry, _ := c.record(t, "ada", "2026-01-05")
	c.ask(t, c.token(t, "ada"), "PUT", "/periods/"+entry.PeriodID+"/submission", "")
	mia := c.token(t, "mia")
	var told []timesheets.Notification
	answer := c.ask(t, mia, "GET", "/notifications?unread=true&count=true", "")
	answer.json(t, &told)
	if len(told) != 1 || told[0].Kind != "submitted" || *told[0].PeriodID != entry.PeriodID || answer.Header.Get("Total-Count") != "1" {
		t.Fatalf("%s", answer.body)
	}
	for _, q := range []struct {
		who, method, path, body string
		status                  int
	}{
		{"ada", "PUT", "/notifications/" + told[0].ID + "/read", "", 404},
		{"otto", "PUT", "/notifications/" + told[0].ID + "/read", "", 404},
		{"ben", "PUT", "/notifications/read", `{"up_to":"` + told[0].ID + `"}`, 204},
		{"mia", "PUT", "/notifications/read", `{"up_to":"x"}`, 422},
		{"mia", "PUT", "/notifications/read", "", 422},
		{"mia", "GET", "/notifications?unread=maybe", "", 422},
		{"mia", "GET", "/notifications?limit=201", "", 422},
		{"mia", "GET", "/notifications?user_id=" + entry.UserID, "", 422},
		{"mia", "GET", "/notifications?unread=false&count=true", "", 200},
		{"mia", "PUT", "/notifications/" + told[0].ID + "/read", "", 200},
		{"mia", "PUT", "/notifications/read", `{"up_to":"` + told[0].ID + `"}`, 204},
		{"mia", "GET", "/me/notifications", "", 200},
		{"mia", "PUT", "/me/notifications", `{"kinds":[{"kind":"reminder","in_app":true,"email":false}]}`, 200},
		{"mia", "PUT", "/me/notifications", `{"kinds":[{"kind":"all","in_app":true,"email":false}]}`, 422},
		{"mia", "GET", "/me/language", "", 200},
		{"mia", "PUT", "/me/language", `{"language":"de"}`, 200},
		{"mia", "PUT", "/me/language", `{"language":"tlh"}`, 422},
	} {
		if answer := c.ask(t, c.token(t, q.who), q.method, q.path, q.body); answer.StatusCode != q.status {
			t.Errorf("%s %s by %s: %d %s", q.method, q.path, q.who, answer.StatusCode, answer.body)
		}
	}
	if answer := c.ask(t, mia, "GET", "/notifications?unread=true", ""); answer.body != "[]\n" {
		t.Errorf("%s", answer.body)
	}
	machine := c.token(t, "payroll", "read:timesheets")
	if answer := c.ask(t, machine, "GET", "/notifications", ""); answer.StatusCode != http.StatusNotFound {
		t.Errorf("an application: %d", answer.StatusCode)
	}
}

// The address in a mail ends its kind without a sign-in: by the page's button, or by a mail program at once (RFC 8058).
func TestMailsEndWithoutASignIn(t *testing.T) {
	c := newCompany(t)
	sink := mailtest.Start(t)
	server, err := mail.NewServer("smtp://"+sink.Address+"?tls=none", "time@example.com")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	c.settings.Timesheets = timesheets.New(c.db, timesheets.Settings{
		Secret: testMaster, Issuer: testIssuer, Mail: server, Now: func() time.Time { return now },
	})
	c.handler = New(c.settings)
	entry, _ := c.record(t, "ada", "2026-01-05")
	c.ask(t, c.token(t, "ada"), "PUT", "/periods/"+entry.PeriodID+"/submission", "")
	now = now.Add(time.Hour)
	if err := c.settings.Timesheets.DeliverMails(t.Context()); err != nil {
		t.Fatal(err)
	}
	mails := sink.Take()
	if len(mails) != 1 || mails[0].To != "mia@example.com" {
		t.Fatalf("%+v", mails)
	}
	address := strings.Trim(mails[0].Header.Get("List-Unsubscribe"), "<>")
	path := strings.TrimPrefix(address, strings.TrimSuffix(testIssuer, "/"))
	mailed := func() bool {
		var set timesheets.Switches
		c.ask(t, c.token(t, "mia"), "GET", "/me/notifications", "").json(t, &set)
		return set.Kinds[0].Email
	}
	ask := func(method, path, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		c.handler.ServeHTTP(w, r)
		return w
	}
	german := httptest.NewRequest("GET", path, nil)
	german.Header.Set("Accept-Language", "de")
	page := httptest.NewRecorder()
	if c.handler.ServeHTTP(page, german); !strings.Contains(page.Body.String(), "Es geht um Zeit, die bei dir eingereicht wird.") {
		t.Errorf("%s", page.Body)
	}
	token := mustQuery(t, path)
	for _, q := range []struct {
		name, method, path string
		status             int
		words              string
		mailed             bool
	}{
		{"a program that follows links", "GET", path, 200, "Get no more of these mails?", true},
		{"a program that looks", "HEAD", path, 200, "", true},
		{"no token", "POST", "/unsubscribe", 400, "works no more", true},
		{"a guess", "POST", "/unsubscribe?token=" + strings.Repeat("A", len(token)), 400, "works no more", true},
		{"another letter", "POST", "/unsubscribe?token=" + flip(token), 400, "works no more", true},
		{"markup", "GET", "/unsubscribe?token=" + url.QueryEscape("<script>alert(1)</script>"), 400, "works no more", true},
		{"a program in one click", "POST", path, 200, "You get no more of these mails", false},
		{"once more", "POST", path, 200, "time that is submitted to you", false},
	} {
		answer := ask(q.method, q.path, "List-Unsubscribe=One-Click")
		if body := answer.Body.String(); answer.Code != q.status || !strings.Contains(body, q.words) || strings.Contains(body, "<script>") ||
			!strings.Contains(answer.Header().Get("Content-Security-Policy"), "frame-ancestors 'none'") {
			t.Errorf("%s: %d %s", q.name, answer.Code, body)
		}
		if got := mailed(); got != q.mailed {
			t.Errorf("%s: mails are wanted: %t", q.name, got)
		}
	}
}

func mustQuery(t *testing.T, path string) string {
	t.Helper()
	u, err := url.Parse(path)
	if err != nil || u.Path != "/unsubscribe" {
		t.Fatalf("%s: %v", path, err)
	}
	return u.Query().Get("token")
}

// flip is the token with another letter in its middle.
func flip(token string) string {
	letters := []byte(token)
	letters[20] = map[bool]byte{true: 'B', false: 'A'}[letters[20] == 'A']
	return string(letters)
}
