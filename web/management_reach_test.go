package web

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Each call is made with the one scope that its route asks for, to get more than that; and then with all there are, with which
// it works, so that it was refused for nothing else.
func TestNobodyReachesFurtherThanTheirTokenByTheManagementAPI(t *testing.T) {
	c := newCompany(t)
	otto, ada, admin := c.id(t, "otto"), c.id(t, "ada"), c.roleID(t, "admin")
	c.made(t, "clients", `{"name": "Job", "app_type": "non_interactive", "client_id": "job"}`)
	c.made(t, "clients", `{"name": "Console", "app_type": "native", "client_id": "console", "callbacks": ["com.example.console:/cb"]}`)
	toConsole := fmt.Sprintf(`{"client_id": "console", "subject_type": "user", "audience": %q, "scope": ["update:users"]}`, managementAudience)
	narrow := c.made(t, "client-grants", fmt.Sprintf(`{"client_id": "job", "audience": %q, "scope": ["read:users"]}`, managementAudience))["id"].(string)
	permission := fmt.Sprintf(`{"permissions": [{"resource_server_identifier": %q, "permission_name": "read:logs"}]}`, managementAudience)
	for _, q := range []struct{ scope, method, path, body string }{
		{"create:client_grants", "POST", "client-grants", toConsole},
		{"update:client_grants", "PATCH", "client-grants/" + narrow, `{"scope": ["read:users", "create:users"]}`},
		{"update:client_keys", "POST", "clients/operator/rotate-secret", ``},
		{"update:clients", "PATCH", "clients/operator", `{"description": "mine"}`},
		{"update:clients", "PATCH", "clients/console", `{"callbacks": ["com.example.mine:/cb"]}`},
		{"update:users", "POST", "users/" + ada + "/roles", `{"roles": ["` + admin + `"]}`},
		{"create:role_members", "POST", "roles/" + admin + "/users", `{"users": ["` + ada + `"]}`},
		{"update:users", "POST", "users/" + ada + "/permissions", permission},
		{"update:roles", "POST", "roles/" + c.roleID(t, "employee") + "/permissions", permission},
		{"create:user_tickets", "POST", "tickets/password-change", `{"email": "otto@example.com"}`},
		{"update:users", "PATCH", "users/" + otto, `{"email": "mine@example.com"}`},
		{"update:users", "PATCH", "users/" + otto, `{"password": "known to me, and long"}`},
	} {
		runSecrets.Store("known to me, and long", "a password")
		few := c.token(t, "operator", q.scope)
		if answer := c.ask(t, few, q.method, "/api/v2/"+q.path, q.body); answer.StatusCode != 403 || !strings.Contains(answer.body, "reaches further") {
			t.Errorf("%s, %s %s %s: %d %s", q.scope, q.method, q.path, q.body, answer.StatusCode, answer.body)
		}
		if answer := c.manage(t, q.method, q.path, q.body); answer.StatusCode >= 300 {
			t.Errorf("with all scopes, %s %s %s: %d %s", q.method, q.path, q.body, answer.StatusCode, answer.body)
		}
	}
}

func TestWithinTheirReachFewScopesSuffice(t *testing.T) {
	c := newCompany(t)
	ben := c.id(t, "ben")
	runSecrets.Store("a new one for Ben, long", "a password")
	c.made(t, "clients", `{"name": "Job", "app_type": "non_interactive", "client_id": "job"}`)
	for _, q := range []struct {
		scopes             []string
		method, path, body string
	}{
		{[]string{"update:users"}, "PATCH", "users/" + ben, `{"password": "a new one for Ben, long"}`},
		{[]string{"create:user_tickets"}, "POST", "tickets/password-change", `{"email": "ben@example.com"}`},
		{[]string{"update:users"}, "POST", "users/" + ben + "/roles", `{"roles": ["` + c.roleID(t, "manager") + `"]}`},
		{[]string{"update:users"}, "PATCH", "users/" + c.id(t, "otto"), `{"name": "Otto the Great"}`},
		{[]string{"create:client_grants"}, "POST", "client-grants", fmt.Sprintf(`{"client_id": "job", "audience": %q, "scope": ["read:timesheets"]}`, testAudience)},
		{[]string{"create:client_grants", "read:users"}, "POST", "client-grants", fmt.Sprintf(`{"client_id": "job", "audience": %q, "scope": ["read:users"]}`, managementAudience)},
		{[]string{"update:client_keys", "read:users"}, "POST", "clients/job/rotate-secret", ``},
	} {
		if answer := c.ask(t, c.token(t, "operator", q.scopes...), q.method, "/api/v2/"+q.path, q.body); answer.StatusCode >= 300 {
			t.Errorf("%v, %s %s %s: %d %s", q.scopes, q.method, q.path, q.body, answer.StatusCode, answer.body)
		}
	}
}

func TestTheManagementAPIStaysForThoseWhoseRolesPermitIt(t *testing.T) {
	c := newCompany(t)
	for _, loose := range []string{
		`{"enforce_policies": false}`, `{"grant_all_permitted": true}`, `{"skip_consent_for_verifiable_first_party_clients": true}`,
	} {
		c.mustManage(t, 409, "PATCH", "resource-servers/management", loose)
	}
	c.mustManage(t, 200, "PATCH", "resource-servers/management", `{"enforce_policies": true, "token_lifetime": 600}`)
	c.made(t, "client-grants", fmt.Sprintf(`{"client_id": "phone", "subject_type": "user", "audience": %q, "scope": ["read:users"]}`, managementAudience))
	adas := c.signInFor(t, "ada", managementAudience, []string{"openid", "read:users"})
	if slices.Contains(strings.Fields(adas.Scope), "read:users") || c.ask(t, adas.Access, "GET", "/api/v2/users", "").StatusCode != 403 {
		t.Errorf("an employee has %q", adas.Scope)
	}
}
