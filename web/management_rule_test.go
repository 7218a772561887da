package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestARuleOfAnAdministratorRunsAtTheNextSignIn(t *testing.T) {
	c := newCompany(t)
	rule := c.made(t, "rules", `{"name": "nobody", "script": "function (user, context, callback) { callback(new UnauthorizedError('closed today')); }", "enabled": false}`)
	c.token(t, "ada")
	c.manage(t, "PATCH", "rules/"+rule["id"].(string), `{"enabled": true}`)
	if got := c.ask(t, c.token(t, "operator", "read:rules"), "GET", "/api/v2/rules?enabled=true&fields=name", "").body; got != `[{"name":"nobody"}]`+"\n" {
		t.Errorf("the enabled rules are %s", got)
	}
	if answer := c.tryToSignIn(t, "ben"); !strings.Contains(answer, "closed today") {
		t.Errorf("with the rule, a sign-in comes to %s", answer)
	}
	if answer := c.manage(t, "DELETE", "rules/"+rule["id"].(string), ""); answer.StatusCode != http.StatusNoContent {
		t.Errorf("deleting it: %d %s", answer.StatusCode, answer.body)
	}
	c.token(t, "ben")
}

func TestRulesAreReadBeforeTheyAreKept(t *testing.T) {
	c := newCompany(t)
	good := `"script": "function (user, context, callback) { callback(null, user, context); }"`
	c.made(t, "rules", `{"name": "first", `+good+`}`)
	for _, q := range []struct{ body, want string }{
		{`{"name": "x", "script": "function ("}`, "'script' can't be used"},
		{`{"name": "x"}`, "'name' and 'script' are needed"},
		{`{"name": "first", ` + good + `}`, "same name"},
		{`{"name": "x", "order": 1, ` + good + `}`, "same order"},
		{`{"name": "x", "order": 0, ` + good + `}`, "'order' must be"},
		{`{"name": "x", "stage": "user_registration", ` + good + `}`, "'stage' must be"},
	} {
		if answer := c.manage(t, "POST", "rules", q.body); answer.StatusCode < 400 || answer.StatusCode >= 500 || !strings.Contains(answer.body, q.want) {
			t.Errorf("%s: %d %s", q.body, answer.StatusCode, answer.body)
		}
	}
}

func TestKeysAreRotatedAndRevokedByTheAPI(t *testing.T) {
	c := newCompany(t)
	keys := func() (list []struct {
		KID, Alg      string
		Current, Next bool
	}) {
		c.manage(t, "GET", "keys/signing", "").json(t, &list)
		return list
	}
	before := keys()
	fresh := c.made(t, "keys/signing/rotate", `{"alg": "ES256"}`)
	if after := keys(); len(after) != len(before)+1 || fresh["next"] != true {
		t.Errorf("before %v, after %v, made %v", before, after, fresh)
	}
	if answer := c.manage(t, "POST", "keys/signing/rotate", `{"alg": "EdDSA"}`); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("a key that nothing is signed with: %d %s", answer.StatusCode, answer.body)
	}
	token := c.token(t, "ada")
	for _, key := range before {
		if key.Alg != "ES256" {
			continue
		}
		if answer := c.manage(t, "PUT", "keys/signing/"+key.KID+"/revoke", ""); answer.StatusCode != http.StatusOK {
			t.Fatal(answer.body)
		}
	}
	if answer := c.ask(t, token, "GET", "/me", ""); answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("a token of a revoked key is answered %d", answer.StatusCode)
	}
	c.tokens = map[string]string{}
	if diff := cmp.Diff(http.StatusNotFound, c.manage(t, "PUT", "keys/signing/key_x/revoke", "").StatusCode); diff != "" {
		t.Error(diff)
	}
}

func TestRulesSeeWhatAdministratorsNoted(t *testing.T) {
	c := newCompany(t)
	ada := c.manage(t, "GET", "users-by-email?email=ada@example.com", "").body
	id := strings.Split(strings.Split(ada, `"user_id":"`)[1], `"`)[0]
	c.manage(t, "PATCH", "users/"+id, `{"app_metadata": {"plan": "gold"}}`)
	c.manage(t, "PATCH", "clients/phone", `{"client_metadata": {"team": "field"}}`)
	c.made(t, "rules", `{"name": "told", "script": "function (user, context, callback) { callback(new UnauthorizedError(user.app_metadata.plan + ' ' + context.clientMetadata.team)); }"}`)
	if got := c.tryToSignIn(t, "ada"); !strings.HasSuffix(got, "gold field") {
		t.Errorf("a sign-in comes to %s", got)
	}
}
