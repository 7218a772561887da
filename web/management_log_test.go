package web

import (
	"net/http"
	"strings"
	"testing"
)

type logLines []struct {
	ID, Type, Description string
	LogID                 string `json:"log_id"`
	Client                string `json:"client_id"`
	User                  string `json:"user_id"`
	IP                    string
	Details               struct {
		Of            string
		Before, After map[string]any
	}
}

func TestEveryChangeIsInTheLogWithWhoMadeItAndHowItWas(t *testing.T) {
	c := newCompany(t)
	app := c.made(t, "clients", `{"name": "Before", "app_type": "regular_web", "callbacks": ["https://a.example.com/cb"]}`)
	id, secret := app["client_id"].(string), app["client_secret"].(string)
	c.manage(t, "PATCH", "clients/"+id, `{"name": "After"}`)
	c.manage(t, "PATCH", "clients/"+id, `{"callbacks": ["javascript:alert(1)"]}`)
	c.manage(t, "DELETE", "clients/"+id, "")
	var lines logLines
	c.manage(t, "GET", "logs?q=type:sapi", "").json(t, &lines)
	if len(lines) != 3 {
		t.Fatalf("there are %d changes: %+v", len(lines), lines)
	}
	gone, changed, made := lines[0].Details, lines[1].Details, lines[2].Details
	if made.Before != nil || made.After["name"] != "Before" || changed.Before["name"] != "Before" || changed.After["name"] != "After" ||
		gone.Before["name"] != "After" || gone.After != nil || changed.Of != id {
		t.Errorf("made %+v, changed %+v, deleted %+v", made, changed, gone)
	}
	for _, l := range lines {
		if l.Client != "operator" || l.IP != "192.0.2.1" {
			t.Errorf("who made it is not told: %+v", l)
		}
	}
	if all := c.manage(t, "GET", "logs", "").body; strings.Contains(all, secret) || strings.Contains(all, testSecret) {
		t.Error("a secret is in the log")
	}
	var denied logLines
	c.manage(t, "GET", "logs?q=type:fapi", "").json(t, &denied)
	if len(denied) != 1 || !strings.Contains(denied[0].Description, "'callbacks/0'") {
		t.Errorf("of the change that was denied, %+v is told", denied)
	}
}

func TestTheLogIsSearchedAndReadOn(t *testing.T) {
	c := newCompany(t)
	c.token(t, "ada")
	c.token(t, "ben")
	var all logLines
	c.manage(t, "GET", "logs?q="+strings.ReplaceAll(`type:seacft AND client_id:phone`, " ", "+"), "").json(t, &all)
	if len(all) != 2 || all[0].User == all[1].User {
		t.Fatalf("two people were given tokens, the log has %+v", all)
	}
	var one struct {
		User string `json:"user_id"`
		Type string
	}
	c.manage(t, "GET", "logs/"+all[0].LogID, "").json(t, &one)
	if one.User != all[0].User || one.Type != "seacft" {
		t.Errorf("one by its id is %+v", one)
	}
	first := all[1].LogID
	var next logLines
	c.manage(t, "GET", "logs?take=100&from="+first, "").json(t, &next)
	if len(next) == 0 || next[0].LogID <= first {
		t.Errorf("after %s comes %+v", first, next)
	}
	var page struct {
		Start, Limit, Total int
		Logs                logLines
	}
	c.manage(t, "GET", "logs?per_page=2&page=1&include_totals=true", "").json(t, &page)
	if page.Start != 2 || page.Limit != 2 || page.Total < 4 || len(page.Logs) != 2 {
		t.Errorf("the second page is %+v", page)
	}
	for _, wrong := range []string{"q=colour:red", "q=type:(a", "take=101", "page=5000&per_page=100", "sort=type:1", "take=1&from=x"} {
		if answer := c.manage(t, "GET", "logs?"+wrong, ""); answer.StatusCode != http.StatusBadRequest || !strings.Contains(answer.body, "invalid_query_string") {
			t.Errorf("%s: %d %s", wrong, answer.StatusCode, answer.body)
		}
	}
	var same struct {
		Request string `json:"request_id"`
	}
	c.manage(t, "GET", "logs/"+first, "").json(t, &same)
	var found logLines
	if c.manage(t, "GET", "logs?q=request_id:"+same.Request, "").json(t, &found); len(found) != 1 || found[0].LogID != first {
		t.Errorf("by the id %s that a page names is found %+v", same.Request, found)
	}
	if answer := c.manage(t, "GET", "logs?q=request_id:42", ""); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("by what is no id of a request: %d", answer.StatusCode)
	}
	if answer := c.manage(t, "GET", "logs/log_x", ""); answer.StatusCode != http.StatusNotFound {
		t.Errorf("one that isn't there: %d", answer.StatusCode)
	}
}

func TestRulesAreGivenValuesThatNobodyIsTold(t *testing.T) {
	c := newCompany(t)
	c.made(t, "rules", `{"name": "vip", "script": "function (user, context, callback) { callback(configuration.DOOR === 'closed' ? new UnauthorizedError('by configuration') : null, user, context); }"}`)
	c.token(t, "ada")
	if answer := c.manage(t, "PUT", "rules-configs/DOOR", `{"value": "closed"}`); answer.StatusCode != http.StatusOK {
		t.Fatal(answer.body)
	}
	if got := c.tryToSignIn(t, "ben"); !strings.Contains(got, "by configuration") {
		t.Errorf("a sign-in comes to %s", got)
	}
	if got := c.manage(t, "GET", "rules-configs", "").body; got != `[{"key":"DOOR"}]`+"\n" {
		t.Errorf("the keys are %s", got)
	}
	if all := c.manage(t, "GET", "logs", "").body; strings.Contains(all, `"closed"`) {
		t.Error("the value is in the log")
	}
	c.manage(t, "DELETE", "rules-configs/DOOR", "")
	c.token(t, "ben")
	for path, body := range map[string]string{"rules-configs/a-b": `{"value": "x"}`, "rules-configs/OK": `{"value": ""}`} {
		if answer := c.manage(t, "PUT", path, body); answer.StatusCode != http.StatusBadRequest {
			t.Errorf("%s %s: %d", path, body, answer.StatusCode)
		}
	}
}
