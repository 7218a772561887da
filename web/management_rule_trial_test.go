package web

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

func TestARuleCanBeTriedBeforeItRuns(t *testing.T) {
	c := theCompany(t)
	for _, one := range []struct{ script, outcome, message string }{
		{`function (u, c, done) { console.log("hi " + u.email); c.idToken["https://e.com/x"] = u.email; done(null, u, c); }`, "allowed", ""},
		{`function (u, c, done) { done(new UnauthorizedError("not today")); }`, "denied", "not today"},
		{`function (u, c, done) { nonsense(); }`, "failed", "ReferenceError: nonsense is not defined"},
	} {
		body, err := json.Marshal(map[string]any{
			"script": one.script, "user": map[string]any{"email": "ada@example.com"}, "context": map[string]any{"idToken": map[string]any{}},
		})
		if err != nil {
			t.Fatal(err)
		}
		var tried struct {
			Outcome, Message string
			IDToken          map[string]any `json:"id_token"`
			Said             []string
		}
		r := c.manage(t, "POST", "rules/trial", string(body))
		r.json(t, &tried)
		if r.StatusCode != http.StatusOK || tried.Outcome != one.outcome || !strings.HasPrefix(tried.Message, one.message) {
			t.Errorf("%s: %d %+v", one.script, r.StatusCode, tried)
		}
		if one.outcome == "allowed" && (tried.IDToken["https://e.com/x"] != "ada@example.com" || len(tried.Said) != 1) {
			t.Errorf("it would do %+v", tried)
		}
	}
	if r := c.manage(t, "POST", "rules/trial", `{"script": "function () {}", "user": [], "context": {}}`); r.StatusCode != http.StatusBadRequest {
		t.Errorf("a user that is no object got %d", r.StatusCode)
	}
}
