package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"punchcard/auth"
)

// id is the user_id of a person of the company.
func (c *company) id(t testing.TB, who string) string {
	t.Helper()
	var found []struct {
		ID string `json:"user_id"`
	}
	c.manage(t, "GET", "users-by-email?email="+who+"@example.com", "").json(t, &found)
	if len(found) != 1 {
		t.Fatalf("%s is found %d times", who, len(found))
	}
	return found[0].ID
}

func (c *company) roleID(t testing.TB, name string) string {
	t.Helper()
	var found []auth.Role
	c.manage(t, "GET", "roles?name_filter="+name, "").json(t, &found)
	return found[0].ID
}

// mustManage is a call of the management API that is answered with this status.
func (c *company) mustManage(t testing.TB, status int, method, path, body string) reply {
	t.Helper()
	answer := c.manage(t, method, path, body)
	if answer.StatusCode != status {
		t.Errorf("%s %s %s: %d %s, want %d", method, path, body, answer.StatusCode, answer.body, status)
	}
	return answer
}

func TestPeopleAreMadeChangedAndDeleted(t *testing.T) {
	c := newCompany(t)
	const secret = "a password of a new person"
	runSecrets.Store(secret, "a password")
	made := c.made(t, "users", `{"email": "Eve@Example.com", "password": "`+secret+`", "connection": "Username-Password-Authentication",
		"app_metadata": {"team": "blue", "floor": 2}, "manager_id": "`+c.id(t, "mia")+`"}`)
	path := "users/" + made["user_id"].(string)
	var seen, changed map[string]any
	c.manage(t, "GET", path, "").json(t, &seen)
	if made["email"] != "eve@example.com" || made["nickname"] != "eve" || made["name"] != "eve@example.com" || !cmp.Equal(made, seen) {
		t.Errorf("made %v, seen %v", made, seen)
	}
	answer := c.mustManage(t, 200, "PATCH", path, `{"name": "Eve", "email_verified": true, "manager_id": null,
		"app_metadata": {"floor": null, "desk": "4"}, "user_metadata": {"tongue": "de"}}`)
	answer.json(t, &changed)
	want := map[string]any{}
	for name, value := range seen {
		want[name] = value
	}
	want["name"], want["email_verified"], want["manager_id"], want["updated_at"] = "Eve", true, nil, changed["updated_at"]
	want["app_metadata"], want["user_metadata"] = map[string]any{"team": "blue", "desk": "4"}, map[string]any{"tongue": "de"}
	if diff := cmp.Diff(want, changed); diff != "" {
		t.Error(diff)
	}
	for _, body := range []string{answer.body, c.manage(t, "GET", path, "").body, c.manage(t, "GET", "users", "").body} {
		if strings.Contains(body, secret) || strings.Contains(body, "argon2") || strings.Contains(body, "password") && !strings.Contains(body, "Password-Auth") {
			t.Errorf("the password, or its hash, is told: %s", body)
		}
	}
	for _, q := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "users", `{"email": "EVE@example.com"}`, http.StatusConflict},
		{"PATCH", path, `{"email": "ada@example.com"}`, http.StatusConflict},
		{"DELETE", path, ``, http.StatusNoContent},
		{"DELETE", path, ``, http.StatusNoContent},
		{"GET", path, ``, http.StatusNotFound},
		{"PATCH", path, `{"name": "x"}`, http.StatusNotFound},
	} {
		c.mustManage(t, q.status, q.method, q.path, q.body)
	}
}

func TestPeopleAreHeldToRules(t *testing.T) {
	c := theCompany(t)
	ada := "users/" + c.id(t, "ada")
	for _, q := range []struct{ method, path, body, want string }{
		{"POST", "users", `{}`, "'email' is needed"},
		{"POST", "users", `{"email": "x"}`, "'email' must be"},
		{"POST", "users", `{"email": "Ada <x@example.com>"}`, "'email' must be"},
		{"POST", "users", `{"email": "x@example.com", "password": "short"}`, "'password' must have at least 8"},
		{"POST", "users", `{"email": "x@example.com", "password": "` + strings.Repeat("x", 513) + `"}`, "'password' must have at most"},
		{"POST", "users", `{"email": "x@example.com", "connection": "google-oauth2"}`, "'connection' must be Username-Password"},
		{"POST", "users", `{"email": "x@example.com", "password_hash": "$argon2id$"}`, "'password_hash' is not a member"},
		{"POST", "users", `{"email": "x@example.com", "user_id": "usr_mine"}`, "'user_id' is not a member"},
		{"PATCH", ada, `{"name": " "}`, "'name' must be"},
		{"PATCH", ada, `{"manager_id": "usr_nobody"}`, "'manager_id' is nobody"},
		{"PATCH", ada, `{"manager_id": "` + ada[len("users/"):] + `"}`, "'manager_id' can't be the person's own"},
		{"PATCH", ada, `{"app_metadata": []}`, "'app_metadata' must be an object"},
		{"PATCH", ada, `{"user_metadata": {"x": "` + strings.Repeat("x", 16<<10) + `"}}`, "'user_metadata' must be at most 16384 bytes"},
		{"POST", ada + "/roles", `{"roles": []}`, "'roles' must be 1 to 100"},
		{"POST", ada + "/roles", `{"roles": [` + strings.Repeat(`"x",`, 100) + `"x"]}`, "'roles' must be 1 to 100"},
		{"POST", ada + "/permissions", `{"permissions": [{"resource_server_identifier": "` + testAudience + `", "permission_name": "drop:tables"}]}`, "does not exist"},
		{"POST", ada + "/permissions", `{"permissions": [{"resource_server_identifier": "https://nothing.example", "permission_name": "x"}]}`, "does not exist"},
		{"GET", "users?per_page=101", ``, "'per_page' must be 1 to 100"},
		{"GET", ada + "/sessions?take=101", ``, "'take' must be 1 to 100"},
		{"GET", "users-by-email", ``, "'email' is needed"},
		{"DELETE", "grants", ``, "'user_id' is needed"},
	} {
		if answer := c.manage(t, q.method, q.path, q.body); answer.StatusCode < 400 || answer.StatusCode >= 500 || !strings.Contains(answer.body, q.want) {
			t.Errorf("%s %s %.100s: %d %s", q.method, q.path, q.body, answer.StatusCode, answer.body)
		}
	}
}

func TestWhatIsNotThereIsUnknown(t *testing.T) {
	c := theCompany(t)
	for path, methods := range map[string]string{
		"users/usr_x": "GET PATCH", "users/usr_x/roles": "GET POST DELETE", "users/usr_x/permissions": "GET POST DELETE", "users/usr_x/sessions": "GET DELETE",
		"users/usr_x/refresh-tokens": "GET DELETE", "users/usr_x/revoke-access": "POST", "user-blocks/usr_x": "GET DELETE", "sessions/ses_x": "GET",
		"sessions/ses_x/revoke": "POST", "refresh-tokens/aut_x": "GET", "roles/rol_x/permissions": "GET POST DELETE", "roles/rol_x/users": "GET POST",
	} {
		for _, method := range strings.Fields(methods) {
			body := ""
			if method != "GET" {
				body = map[bool]string{true: `{"roles": ["rol_x"]}`}[strings.HasSuffix(path, "/roles")] +
					map[bool]string{true: `{"users": ["usr_x"]}`}[strings.HasSuffix(path, "rol_x/users")] +
					map[bool]string{true: `{"permissions": [{"resource_server_identifier": "x", "permission_name": "x"}]}`}[strings.HasSuffix(path, "/permissions")]
			}
			c.mustManage(t, http.StatusNotFound, method, path, body)
		}
	}
	for _, path := range []string{"users/usr_x", "sessions/ses_x", "refresh-tokens/aut_x", "grants/con_x"} {
		c.mustManage(t, http.StatusNoContent, "DELETE", path, "")
	}
	c.mustManage(t, http.StatusNotFound, "POST", "users/"+c.id(t, "ada")+"/roles", `{"roles": ["rol_x"]}`)
	c.mustManage(t, http.StatusNotFound, "POST", "roles/"+c.roleID(t, "employee")+"/users", `{"users": ["usr_x"]}`)
	c.mustManage(t, http.StatusNotFound, "POST", "tickets/password-change", `{"email": "nobody@example.com"}`)
}

func TestPeopleAreSearched(t *testing.T) {
	c := newCompany(t)
	for _, name := range []string{`50% off`, `O'Hara_`, `O'HaraX`, `Åsa`, `Ada Two`} {
		encoded, _ := json.Marshal(name)
		c.made(t, "users", fmt.Sprintf(`{"email": "p%x@example.com", "name": %s}`, name, encoded))
	}
	c.mustManage(t, 200, "PATCH", "users/"+c.id(t, "ben"), `{"blocked": true}`)
	for q, want := range map[string][]string{
		``:                        {"50% off", "Ada Two", "O'HaraX", "O'Hara_", "ada", "ben", "mia", "otto", "Åsa"},
		`email:"ADA@example.com"`: {"ada"},
		`email:ada@example.com`:   {"ada"},
		`email:ad*`:               {"ada"},
		`name:ada*`:               {"Ada Two", "ada"},
		`name:ada`:                {"ada"},
		`name:"Ada Two"`:          {"Ada Two"},
		`ada two`:                 {"Ada Two"},
		`"ada two"`:               {"Ada Two"},
		`otto`:                    {"otto"},
		`Åsa`:                     {"Åsa"},
		`blocked:true`:            {"ben"},
		`email_verified:true`:     nil,
		`name:ada* AND blocked:false AND email:ada*`: {"ada"},
		`user_id:"` + c.id(t, "mia") + `"`:           {"mia"},
		`%`:                                          nil,
		`_da`:                                        nil,
		`name:50%*`:                                  {"50% off"},
		`name:o'hara_*`:                              {"O'Hara_"},
		`name:"x' OR '1'='1"`:                        nil,
		`name:"x\" OR \"1"`:                          nil,
		`'; DROP TABLE users; --`:                    nil,
	} {
		answer := c.mustManage(t, 200, "GET", "users?sort=name:1&fields=name&q="+url.QueryEscape(q), "")
		var found []struct{ Name string }
		answer.json(t, &found)
		var names []string
		for _, one := range found {
			names = append(names, one.Name)
		}
		slices.Sort(names) // databases differ about the order of letters
		if diff := cmp.Diff(want, names); diff != "" {
			t.Errorf("%s: %s", q, diff)
		}
	}
}

func TestASearchThatIsNotUnderstoodIsRefused(t *testing.T) {
	c := theCompany(t)
	for q, named := range map[string]string{
		`password_hash:x*`: "the field password_hash", `name:a OR name:b`: "OR", `NOT blocked:true`: "NOT", `name:*da`: "*da", `name:a?a`: "a?a",
		`email:[a TO b]`: "TO", `email:"a`: "a quotation mark", `name:/a/`: "/a/", `name:ada~`: "ada~", `(name:a)`: "the value a)", `blocked:maybe`: "blocked without",
		`name:a name:b`: "name:b after name:a", `AND`: "nothing", `name:a AND`: "nothing after AND", `user_id:usr*`: "a part of a user_id",
		`name:`: "the value", `-name`: "the value -name", strings.Repeat("x", 501): "so many characters", strings.Repeat("x AND ", 10) + "x": "so many conditions",
		`app_metadata.team:"blue"`: "the field app_metadata.team", `name:a"b`: "a quotation mark", `name:"a" b"`: "a quotation mark",
	} {
		answer := c.mustManage(t, 400, "GET", "users?q="+url.QueryEscape(q), "")
		var d denial
		answer.json(t, &d)
		if d.Code != "invalid_query_string" || !strings.Contains(d.Message, named) {
			t.Errorf("%s: %+v", q, d)
		}
	}
	for _, sort := range []string{"name", "name:2", "password_hash:1", "name:1,email:1", "name DESC;--:1"} {
		c.mustManage(t, 400, "GET", "users?sort="+url.QueryEscape(sort), "")
	}
}

func TestListsOfPeopleGoPageByPageUntilAnEmptyOne(t *testing.T) {
	c := newCompany(t)
	var page struct {
		Users                       []struct{ Email string }
		Start, Limit, Length, Total int
	}
	var seen []string
	for n := 0; n == 0 || page.Length > 0; n++ {
		page.Users = nil
		c.manage(t, "GET", fmt.Sprintf("users?sort=email:-1&per_page=3&include_totals=true&page=%d", n), "").json(t, &page)
		for _, one := range page.Users {
			seen = append(seen, one.Email)
		}
		if page.Total != 4 || page.Limit != 3 || page.Start != 3*n || page.Length != len(page.Users) {
			t.Fatalf("page %d is %+v", n, page)
		}
	}
	if diff := cmp.Diff([]string{"otto@example.com", "mia@example.com", "ben@example.com", "ada@example.com"}, seen); diff != "" {
		t.Error(diff)
	}
	var part struct {
		Users []struct{ Email string }
		Next  string
	}
	members := map[string]bool{}
	for n := 0; n == 0 || part.Next != ""; n++ {
		from := part.Next
		part.Users, part.Next = nil, ""
		c.manage(t, "GET", "roles/"+c.roleID(t, "employee")+"/users?take=1&from="+from, "").json(t, &part)
		members[part.Users[0].Email] = true
	}
	if !cmp.Equal(members, map[string]bool{"ada@example.com": true, "ben@example.com": true}) {
		t.Errorf("employees are %v", members)
	}
}

func TestWhatAPersonMayDoChangesAtTheNextCall(t *testing.T) {
	c := newCompany(t)
	token, ada, employee := c.token(t, "ada", "read:timesheets"), "users/"+c.id(t, "ada"), c.roleID(t, "employee")
	direct := `{"permissions": [{"resource_server_identifier": "` + testAudience + `", "permission_name": "read:timesheets"}]}`
	for _, step := range []struct {
		name, method, path, body string
		answered, status         int
	}{
		{"B-19 a role is taken", "DELETE", ada + "/roles", `{"roles": ["` + employee + `"]}`, 204, 403},
		{"a permission is given directly", "POST", ada + "/permissions", direct, 201, 200},
		{"B-19 and taken", "DELETE", ada + "/permissions", direct, 204, 403},
		{"the role is given", "POST", ada + "/roles", `{"roles": ["` + employee + `"]}`, 204, 200},
		{"B-19 the role permits less", "DELETE", "roles/" + employee + "/permissions", direct, 204, 403},
		{"the role permits it again", "POST", "roles/" + employee + "/permissions", direct, 201, 200},
		{"B-19 the person is blocked", "PATCH", ada, `{"blocked": true}`, 200, 401},
		{"unblocked, what they had stays ended", "PATCH", ada, `{"blocked": false}`, 200, 401},
	} {
		t.Run(step.name, func(t *testing.T) {
			c.mustManage(t, step.answered, step.method, step.path, step.body)
			if answer := c.ask(t, token, "GET", "/timesheets", ""); answer.StatusCode != step.status {
				t.Errorf("the next call is answered %d, want %d", answer.StatusCode, step.status)
			}
		})
	}
	if answer := c.ask(t, c.signIn(t, "ada", []string{"read:timesheets"}).Access, "GET", "/timesheets", ""); answer.StatusCode != 200 {
		t.Errorf("signed in again: %d", answer.StatusCode)
	}
	c.mustManage(t, 200, "POST", "roles/"+c.roleID(t, "manager")+"/users", `{"users": ["`+ada[len("users/"):]+`"]}`)
	var roles []auth.Role
	c.manage(t, "GET", ada+"/roles", "").json(t, &roles)
	if len(roles) != 2 || roles[0].Name != "employee" || roles[1].Name != "manager" {
		t.Errorf("the roles are %v", roles)
	}
}

func TestPermissionsTellWhereTheyComeFrom(t *testing.T) {
	c := newCompany(t)
	ada, employee := "users/"+c.id(t, "ada"), c.roleID(t, "employee")
	c.mustManage(t, 201, "POST", ada+"/permissions", `{"permissions": [{"resource_server_identifier": "`+testAudience+`", "permission_name": "read:timesheets"}]}`)
	var held []auth.Permission
	c.manage(t, "GET", ada+"/permissions", "").json(t, &held)
	i := slices.IndexFunc(held, func(p auth.Permission) bool { return p.Name == "read:timesheets" })
	want := []auth.Source{{ID: employee, Name: "employee", Type: "ROLE"}, {Type: "DIRECT"}}
	if i < 0 || held[i].APIIdentifier != testAudience || !cmp.Equal(held[i].Sources, want) {
		t.Errorf("they are %+v", held)
	}
	var ofRole []auth.Permission
	c.manage(t, "GET", "roles/"+employee+"/permissions", "").json(t, &ofRole)
	if len(ofRole) != len(held) || ofRole[0].Sources != nil {
		t.Errorf("the role's are %+v", ofRole)
	}
}

func TestAnotherPasswordOrAddressSignsOutEverywhere(t *testing.T) {
	for name, body := range map[string]string{
		"L-16 password": `{"password": "another password, long"}`, "L-16 e-mail": `{"email": "lady@example.com"}`, "block": `{"blocked": true}`,
	} {
		t.Run(name, func(t *testing.T) {
			c := newCompany(t)
			mine, others := c.signIn(t, "ada", []string{"read:timesheets", "offline_access"}), c.token(t, "ben")
			ticket := c.ticket(t, `{"email": "ada@example.com"}`)
			c.mustManage(t, 200, "PATCH", "users/"+c.id(t, "ada"), body)
			if answer := c.ask(t, mine.Access, "GET", "/timesheets", ""); answer.StatusCode != 401 {
				t.Errorf("the access token is answered %d", answer.StatusCode)
			}
			if answer := c.refresh(t, mine.Refresh); answer.StatusCode != 400 {
				t.Errorf("the refresh token is answered %d %s", answer.StatusCode, answer.body)
			}
			if page := get(t, c.browser(t), ticket); page.StatusCode != 400 {
				t.Errorf("a link for a new password from before is answered %d", page.StatusCode)
			}
			if answer := c.ask(t, others, "GET", "/timesheets", ""); answer.StatusCode != 200 {
				t.Errorf("somebody else's access token is answered %d", answer.StatusCode)
			}
		})
	}
}

func (c *company) refresh(t testing.TB, token string) reply {
	t.Helper()
	form := url.Values{"grant_type": {"refresh_token"}, "client_id": {"phone"}, "refresh_token": {token}}
	return c.ask(t, "", "POST", "/oauth/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

func (c *company) ticket(t testing.TB, body string) string {
	t.Helper()
	link, _ := c.made(t, "tickets/password-change", body)["ticket"].(string)
	_, secret, _ := strings.Cut(link, "ticket=")
	runSecrets.Store(secret, "a ticket for a new password")
	return link
}

func TestThereIsAlwaysAnAdministrator(t *testing.T) {
	c := newCompany(t)
	otto, mia, admin := c.id(t, "otto"), c.id(t, "mia"), c.roleID(t, "admin")
	adminRole := `{"roles": ["` + admin + `"]}`
	attempts := []struct{ method, path, body string }{
		{"PATCH", "users/" + otto, `{"blocked": true}`}, {"DELETE", "users/" + otto, ``}, {"DELETE", "users/" + otto + "/roles", adminRole},
	}
	c.mustManage(t, 204, "POST", "users/"+mia+"/roles", adminRole)
	c.mustManage(t, 200, "PATCH", "users/"+mia, `{"blocked": true}`)
	for _, a := range attempts {
		c.mustManage(t, 409, a.method, a.path, a.body)
	}
	c.mustManage(t, 409, "DELETE", "roles/"+admin+"/permissions",
		`{"permissions": [{"resource_server_identifier": "`+managementAudience+`", "permission_name": "update:users"}]}`)
	c.mustManage(t, 200, "PATCH", "users/"+mia, `{"blocked": false}`)
	itself := auth.Caller{User: otto}
	blocked := true
	_, err := c.settings.Auth.UpdateUser(context.Background(), itself, auth.UserChange{UserRef: auth.UserRef{ID: otto}, UserFields: auth.UserFields{Blocked: &blocked}})
	for _, err := range []error{err, c.settings.Auth.DeleteUser(context.Background(), itself, auth.UserRef{ID: otto})} {
		if d, ok := errors.AsType[*auth.Denial](err); !ok || d.Status != 409 || !strings.Contains(d.Message.String(), "yourself") {
			t.Errorf("an administrator removes themselves: %v", err)
		}
	}
	for _, a := range attempts[:1] {
		c.mustManage(t, 200, a.method, a.path, a.body)
	}
}

func TestWhoeverIsNeededForTimesheetsIsNotDeleted(t *testing.T) {
	c := newCompany(t)
	type project struct {
		ID     string
		Closed bool
	}
	var projects []project
	token := c.token(t, "ada")
	c.ask(t, token, "GET", "/projects", "").json(t, &projects)
	projects = slices.DeleteFunc(projects, func(p project) bool { return p.Closed })
	entry := c.ask(t, token, "POST", "/timesheets", `{"date": "2026-03-04", "minutes": 60, "project_id": "`+projects[0].ID+`"}`)
	if entry.StatusCode != 201 {
		t.Fatal(entry.body)
	}
	for _, who := range []string{"ada", "mia"} {
		if answer := c.mustManage(t, 409, "DELETE", "users/"+c.id(t, who), ""); !strings.Contains(answer.body, "block them instead") {
			t.Errorf("%s: %s", who, answer.body)
		}
	}
	if answer := c.ask(t, token, "GET", "/timesheets", ""); answer.StatusCode != 200 {
		t.Errorf("who wasn't deleted is signed out: %d", answer.StatusCode)
	}
	ben := c.token(t, "ben")
	c.mustManage(t, 204, "DELETE", "users/"+c.id(t, "ben"), "")
	if answer := c.ask(t, ben, "GET", "/timesheets", ""); answer.StatusCode != 401 {
		t.Errorf("who was deleted is answered %d", answer.StatusCode)
	}
}

func TestManagersDoNotAdministerPeople(t *testing.T) {
	c := newCompany(t)
	names, _ := json.Marshal(managementScopes)
	c.made(t, "client-grants", `{"client_id": "phone", "subject_type": "user", "skip_consent": true, "audience": "`+managementAudience+`", "scope": `+string(names)+`}`)
	mias := c.signInFor(t, "mia", managementAudience, append([]string{"openid"}, managementScopes...))
	ottos := c.signInFor(t, "otto", managementAudience, append([]string{"openid"}, managementScopes...))
	if answer := c.ask(t, ottos.Access, "GET", "/api/v2/users", ""); answer.StatusCode != 200 {
		t.Errorf("the administrator is answered %d %s", answer.StatusCode, answer.body)
	}
	timesheets := c.token(t, "otto")
	for _, r := range c.settings.routes() {
		if r.access.api != auth.Management {
			continue
		}
		if answer := c.ask(t, mias.Access, r.method, r.example(), ""); answer.StatusCode != 403 {
			t.Errorf("%s %s: a manager is answered %d", r.method, r.path, answer.StatusCode)
		}
		if answer := c.ask(t, timesheets, r.method, r.example(), ""); answer.StatusCode != 401 {
			t.Errorf("%s %s: a token for timesheets is answered %d", r.method, r.path, answer.StatusCode)
		}
	}
}
