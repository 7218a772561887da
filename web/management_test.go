package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
)

const managementAudience = testIssuer + "api/v2/"

// managementScopes are all that the management API's operations ask for.
var managementScopes = func() (names []string) {
	document, err := openapi3.NewLoader().LoadFromData(managementAPI)
	if err != nil {
		panic(err)
	}
	for _, operation := range operations(document) {
		if operation.Security != nil {
			names = append(names, (*operation.Security)[0]["oauth2"]...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}()

// manage calls the management API as a machine that may do everything there.
func (c *company) manage(t testing.TB, method, path, body string) reply {
	t.Helper()
	return c.ask(t, c.token(t, "operator", managementScopes...), method, "/api/v2/"+path, body)
}

func TestTheManagementAPIFailsInItsOwnShape(t *testing.T) {
	c := theCompany(t)
	operator := c.token(t, "operator", managementScopes...)
	for _, q := range []struct {
		name, token, method, path, body string
		want                            denial
	}{
		{"no token", "", "GET", "roles", "", denial{401, "Unauthorized", "this needs an access token: send Authorization: Bearer and the token", ""}},
		{"another API's token", c.token(t, "otto"), "GET", "roles", "", denial{401, "Unauthorized", "The access token is for another service", ""}},
		{"too little scope", c.token(t, "operator", "read:roles"), "POST", "roles", `{"name": "x"}`,
			denial{403, "Forbidden", "Insufficient scope, expected any of: create:roles", "insufficient_scope"}},
		{"no such thing", operator, "GET", "roles/rol_x", "", denial{404, "Not Found", "The role does not exist.", "inexistent_role"}},
		{"no such path", operator, "GET", "nothing", "", denial{404, "Not Found", "nothing is at this path", ""}},
		{"an unknown member", operator, "POST", "roles", `{"name": "x", "colour": "red"}`,
			denial{400, "Bad Request", "Payload validation error: 'colour' is not a member of this", "invalid_body"}},
		{"an unknown parameter", operator, "GET", "roles?colour=red", "",
			denial{400, "Bad Request", "Query validation error: 'colour' is not a parameter of this path", "invalid_query_string"}},
		{"a page that is too long", operator, "GET", "roles?per_page=101", "",
			denial{400, "Bad Request", "Query validation error: 'per_page' must be 1 to 100", "invalid_query_string"}},
		{"no JSON", operator, "POST", "roles", `{"name":`, denial{400, "Bad Request", "the body is not JSON: line 1, column 8: unexpected end of JSON input", "invalid_body"}},
	} {
		t.Run(q.name, func(t *testing.T) {
			answer := c.ask(t, q.token, q.method, "/api/v2/"+q.path, q.body)
			var got denial
			answer.json(t, &got)
			if answer.StatusCode != q.want.Status {
				t.Errorf("its status is %d", answer.StatusCode)
			}
			if diff := cmp.Diff(q.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRolesAreMadeChangedAndDeleted(t *testing.T) {
	c := newCompany(t)
	var made, seen, changed map[string]any
	c.manage(t, "POST", "roles", `{"name": "payroll clerk", "description": "Reads"}`).json(t, &made)
	id, _ := made["id"].(string)
	c.manage(t, "GET", "roles/"+id, "").json(t, &seen)
	c.manage(t, "PATCH", "roles/"+id, `{"name": "payroll"}`).json(t, &changed)
	if diff := cmp.Diff(map[string]any{"id": id, "name": "payroll", "description": "Reads"}, changed); diff != "" || !cmp.Equal(made, seen) {
		t.Errorf("%s; made %v, seen %v", diff, made, seen)
	}
	for _, q := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "roles", `{"name": "payroll"}`, http.StatusConflict},
		{"POST", "roles", `{"name": " "}`, http.StatusBadRequest},
		{"PATCH", "roles/" + id, `{"name": "admin"}`, http.StatusConflict},
		{"DELETE", "roles/" + id, ``, http.StatusNoContent},
		{"DELETE", "roles/" + id, ``, http.StatusNoContent},
		{"GET", "roles/" + id, ``, http.StatusNotFound},
	} {
		if answer := c.manage(t, q.method, q.path, q.body); answer.StatusCode != q.status {
			t.Errorf("%s %s %s: %d %s", q.method, q.path, q.body, answer.StatusCode, answer.body)
		}
	}
}

func TestBuiltInRolesStay(t *testing.T) {
	c := newCompany(t)
	var list struct {
		Roles                       []struct{ ID, Name string }
		Start, Limit, Length, Total int
	}
	c.manage(t, "GET", "roles?include_totals=true&per_page=2&page=1", "").json(t, &list)
	if list.Start != 2 || list.Limit != 2 || list.Length != 1 || list.Total != 3 || list.Roles[0].Name != "manager" {
		t.Fatalf("the second page of two is %+v", list)
	}
	for _, q := range []string{"DELETE", "PATCH"} {
		answer := c.manage(t, q, "roles/"+list.Roles[0].ID, strings.Repeat(`{"name": "boss"}`, len(q)%2))
		if answer.StatusCode != http.StatusConflict {
			t.Errorf("%s: %d %s", q, answer.StatusCode, answer.body)
		}
	}
	if fields := c.manage(t, "GET", "roles?fields=name&name_filter=MANA", "").body; fields != `[{"name":"manager"}]`+"\n" {
		t.Errorf("the names are %s", fields)
	}
}
