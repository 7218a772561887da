package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"punchcard/timesheets"
)

// addWebhook has an administrator add one.
func (c *company) addWebhook(t *testing.T, url string) timesheets.Webhook {
	t.Helper()
	var w timesheets.Webhook
	answer := c.ask(t, c.token(t, "otto"), "POST", "/webhooks", fmt.Sprintf(`{"url":%q,"events":["webhook.*"]}`, url))
	answer.json(t, &w)
	if answer.StatusCode != http.StatusCreated || answer.Header.Get("Location") != "/webhooks/"+w.ID || w.Secret == "" {
		t.Fatalf("%d, at %s: %s", answer.StatusCode, answer.Header.Get("Location"), answer.body)
	}
	return w
}

func TestAWebhookFromFirstToLast(t *testing.T) {
	c := newCompany(t)
	otto := c.token(t, "otto")
	w := c.addWebhook(t, "https://hooks.example/punchcard")
	path := "/webhooks/" + w.ID
	for _, step := range []struct {
		name, method, path, body, match string
		status                          int
		kind                            string
	}{
		{"read", "GET", path, "", "", 200, ""},
		{"list", "GET", "/webhooks?count=true", "", "", 200, ""},
		{"change unseen", "PATCH", path, `{"description":"Payroll"}`, "", 428, "precondition-required"},
		{"change", "PATCH", path, `{"description":"Payroll","events":["*"]}`, `"1"`, 200, ""},
		{"change what was", "PATCH", path, `{"description":null}`, `"1"`, 412, "precondition-failed"},
		{"change to nonsense", "PATCH", path, `{"url":null,"events":["x"]}`, `"2"`, 422, "validation-failed"},
		{"change to plain HTTP", "PATCH", path, `{"url":"http://127.0.0.1/hook"}`, `"2"`, 422, "validation-failed"},
		{"try it", "POST", path + "/ping", "", "", 200, ""},
		{"another secret", "POST", path + "/secret", "", `"2"`, 200, ""},
		{"what it is told", "GET", path + "/deliveries?state=waiting", "", "", 200, ""},
		{"what it isn't", "GET", path + "/deliveries?state=lost", "", "", 422, "validation-failed"},
		{"what none is told", "GET", "/webhooks/whk_none/deliveries", "", "", 404, "not-found"},
		{"send what there isn't", "POST", "/webhook-deliveries/msg_none/redelivery", "", "", 404, "not-found"},
		{"switch off", "PATCH", path, `{"enabled":false}`, `"3"`, 200, ""},
		{"what there is to be told of", "GET", "/webhook-events", "", "", 200, ""},
		{"try it in vain", "POST", path + "/ping", "", "", 409, "invalid-transition"},
		{"remove", "DELETE", path, "", "", 204, ""},
		{"read what is gone", "GET", path, "", "", 404, "not-found"},
	} {
		var header []string
		if step.match != "" {
			header = append(header, "If-Match", step.match)
		}
		answer := c.ask(t, otto, step.method, step.path, step.body, header...)
		if answer.StatusCode != step.status || step.kind != "" && answer.kind(t) != step.kind {
			t.Errorf("%s: %d %s", step.name, answer.StatusCode, answer.body)
		}
	}
}

func TestWebhooksTakeEveryEventThatTheyCanBeToldOf(t *testing.T) {
	c := newCompany(t)
	for _, who := range []string{c.token(t, "ada"), c.token(t, "mia"), c.token(t, "payroll", everyScope[:3]...)} {
		if answer := c.ask(t, who, "GET", "/webhook-events", ""); answer.kind(t) != "forbidden" {
			t.Errorf("%d %s", answer.StatusCode, answer.body)
		}
	}
	var events []timesheets.Event
	c.ask(t, c.token(t, "otto"), "GET", "/webhook-events", "").json(t, &events)
	if len(events) < 30 {
		t.Fatalf("there are %d", len(events))
	}
	w := c.addWebhook(t, "https://hooks.example/punchcard")
	for _, e := range events {
		if answer := c.ask(t, c.token(t, "otto"), "PATCH", "/webhooks/"+w.ID, `{"events":["`+e.Name+`"]}`, "If-Match", "*"); answer.StatusCode != 200 || e.Description == "" {
			t.Errorf("%s, %q: %d %s", e.Name, e.Description, answer.StatusCode, answer.body)
		}
	}
}

// The addresses pass for ones of the internet until their names are resolved and they are connected to.
func TestWebhooksReachNothingThatIsNotOfTheInternet(t *testing.T) {
	c := newCompany(t)
	otto := c.token(t, "otto")
	var all []timesheets.Webhook
	for _, url := range []string{"https://169.254.169.254/latest/meta-data", "https://127.0.0.1:1/", "https://[::1]:1/", "https://10.0.0.7/",
		"https://localhost:1/", "https://0x7f000001/", "https://[::ffff:127.0.0.1]/", "https://[fd00:ec2::254]/"} {
		all = append(all, c.addWebhook(t, url))
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { c.settings.Timesheets.Run(ctx); close(done) }()
	for _, w := range all {
		c.ask(t, otto, "POST", "/webhooks/"+w.ID+"/ping", "")
		for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
			var told []timesheets.Delivery
			c.ask(t, otto, "GET", "/webhooks/"+w.ID+"/deliveries", "").json(t, &told)
			last := told[0]
			if last.LastError != "" {
				if last.LastStatus != nil || last.State != "waiting" || !strings.Contains(last.LastError, "no address that may be fetched from") &&
					!strings.Contains(last.LastError, "no such host") && !strings.Contains(last.LastError, "lookup") {
					t.Errorf("%s: %+v", w.URL, last)
				}
				break
			}
			if time.Since(began) > 20*time.Second {
				t.Fatalf("%s was never tried", w.URL)
			}
		}
	}
	stop()
	<-done
}
