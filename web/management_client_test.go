package web

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// made is the answer to a call that makes something.
func (c *company) made(t testing.TB, path, body string) map[string]any {
	t.Helper()
	answer := c.manage(t, "POST", path, body)
	if answer.StatusCode != http.StatusCreated {
		t.Fatalf("POST %s: %d %s", path, answer.StatusCode, answer.body)
	}
	var got map[string]any
	answer.json(t, &got)
	return got
}

// tokenRequest is a client credentials request, and what came of it.
func (c *company) tokenRequest(t testing.TB, client, secret, audience string) (status int, token issued) {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {client}, "client_secret": {secret}, "audience": {audience}}
	answer := c.ask(t, "", "POST", "/oauth/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	if answer.StatusCode == http.StatusOK {
		if err := json.Unmarshal([]byte(answer.body), &token); err != nil {
			t.Fatal(err)
		}
	}
	return answer.StatusCode, token
}

func TestAnAdministratorSetsUpAMachine(t *testing.T) {
	c := newCompany(t)
	job := c.made(t, "clients", `{"name": "Import job", "app_type": "non_interactive", "client_metadata": {"team": "payroll"}}`)
	id, secret := job["client_id"].(string), job["client_secret"].(string)
	if status, _ := c.tokenRequest(t, id, secret, testAudience); status != http.StatusBadRequest {
		t.Errorf("without a grant it is answered %d", status)
	}
	grant := c.made(t, "client-grants", fmt.Sprintf(`{"client_id": %q, "audience": %q, "scope": ["read:timesheets"]}`, id, testAudience))
	status, token := c.tokenRequest(t, id, secret, testAudience)
	if status != http.StatusOK || c.ask(t, token.Access, "GET", "/timesheets", "").StatusCode != http.StatusOK {
		t.Fatalf("with a grant it is answered %d", status)
	}

	if answer := c.manage(t, "PATCH", "client-grants/"+grant["id"].(string), `{"scope": []}`); answer.StatusCode != http.StatusOK {
		t.Fatal(answer.body)
	}
	if answer := c.ask(t, token.Access, "GET", "/timesheets", ""); answer.StatusCode != http.StatusForbidden {
		t.Errorf("with a narrower grant, the token that it has is answered %d", answer.StatusCode)
	}
	c.manage(t, "PATCH", "clients/"+id, `{"disabled": true}`)
	if answer := c.ask(t, token.Access, "GET", "/timesheets", ""); answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("disabled, the token that it has is answered %d", answer.StatusCode)
	}
	if answer := c.manage(t, "GET", "clients/"+id, ""); strings.Contains(answer.body, secret) || strings.Contains(answer.body, "client_secret\"") {
		t.Errorf("its secret is told again: %s", answer.body)
	}
	if answer := c.manage(t, "DELETE", "clients/"+id, ""); answer.StatusCode != http.StatusNoContent {
		t.Errorf("deleting it is answered %d %s", answer.StatusCode, answer.body)
	}
	if answer := c.manage(t, "GET", "client-grants/"+grant["id"].(string), ""); answer.StatusCode != http.StatusNotFound {
		t.Errorf("its grant is answered %d", answer.StatusCode)
	}
}

func TestAnApplicationThatIsMadeAgainHasNothingOfTheOneBefore(t *testing.T) {
	c := newCompany(t)
	grant := fmt.Sprintf(`{"client_id": "job", "audience": %q, "scope": ["read:timesheets"]}`, testAudience)
	job := c.made(t, "clients", `{"name": "Job", "app_type": "non_interactive", "client_id": "job"}`)
	c.made(t, "client-grants", grant)
	_, token := c.tokenRequest(t, "job", job["client_secret"].(string), testAudience)
	if answer := c.ask(t, token.Access, "GET", "/timesheets", ""); answer.StatusCode != http.StatusOK {
		t.Fatal(answer.body)
	}
	c.manage(t, "DELETE", "clients/job", "")
	c.made(t, "clients", `{"name": "Job", "app_type": "non_interactive", "client_id": "job"}`)
	c.made(t, "client-grants", grant)
	if answer := c.ask(t, token.Access, "GET", "/timesheets", ""); answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("the token of the one before is answered %d", answer.StatusCode)
	}
	if status, _ := c.tokenRequest(t, "job", job["client_secret"].(string), testAudience); status != http.StatusUnauthorized {
		t.Errorf("its secret is answered %d", status)
	}
}

func TestASecretIsExchangedWithoutAGap(t *testing.T) {
	c := newCompany(t)
	job := c.made(t, "clients", `{"name": "Job", "app_type": "non_interactive", "client_id": "job"}`)
	c.made(t, "client-grants", fmt.Sprintf(`{"client_id": "job", "audience": %q, "scope": []}`, testAudience))
	secrets := []string{job["client_secret"].(string)}
	works := func() (list []bool) {
		for _, secret := range secrets {
			status, _ := c.tokenRequest(t, "job", secret, testAudience)
			list = append(list, status == http.StatusOK)
		}
		return list
	}
	for _, step := range []struct {
		body string
		want []bool
	}{
		{`{}`, []bool{true, true}},
		{``, []bool{false, true, true}},
		{`{"revoke_previous": true}`, []bool{false, false, false, true}},
	} {
		var now map[string]any
		c.manage(t, "POST", "clients/job/rotate-secret", step.body).json(t, &now)
		secrets = append(secrets, now["client_secret"].(string))
		if diff := cmp.Diff(step.want, works()); diff != "" {
			t.Errorf("after %q: %s", step.body, diff)
		}
	}
	if answer := c.manage(t, "POST", "clients/phone/rotate-secret", ""); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("a native app's secret: %d %s", answer.StatusCode, answer.body)
	}
}

func TestApplicationsAreHeldToTheRulesOfTheirType(t *testing.T) {
	c := newCompany(t)
	native := `{"name": "x", "app_type": "native", "client_id": "x", `
	for _, q := range []struct{ body, want string }{
		{`{"app_type": "native"}`, "'name' is needed"},
		{`{"name": "x"}`, "'app_type' is needed"},
		{`{"name": "x", "app_type": "desktop"}`, "'app_type' must be"},
		{native + `"callbacks": ["http://*.example.com/"]}`, "'callbacks/0' must be exact"},
		{native + `"callbacks": ["javascript:alert(1)"]}`, "'callbacks/0'"},
		{native + `"web_origins": ["https://a.example/path"]}`, "'web_origins/0'"},
		{native + `"scopes": ["read:everything"]}`, "'scopes/0' is no scope"},
		{native + `"grant_types": ["client_credentials"]}`, "'grant_types' must be of"},
		{native + `"token_endpoint_auth_method": "client_secret_post"}`, "'token_endpoint_auth_method' must be none"},
		{native + `"jwks_uri": "https://a.example/keys"}`, "'jwks_uri' is not for native apps"},
		{native + `"is_first_party": false}`, "'is_first_party' must be true"},
		{`{"name": "x", "app_type": "regular_web", "jwks_uri": "http://127.0.0.1/keys"}`, "'jwks_uri'"},
		{`{"name": "x", "app_type": "regular_web", "jwks": {"keys": [{"kty": "oct", "k": "AAAA"}]}}`, "'jwks'"},
		{`{"name": "x", "app_type": "regular_web", "token_endpoint_auth_method": "private_key_jwt"}`, "takes jwks or jwks_uri"},
		{`{"name": "x", "app_type": "native", "client_secret": "mine"}`, "'client_secret' is not a member"},
		{`{"name": "x", "app_type": "native", "client_id": "phone"}`, "already exists"},
	} {
		if answer := c.manage(t, "POST", "clients", q.body); answer.StatusCode < 400 || answer.StatusCode >= 500 || !strings.Contains(answer.body, q.want) {
			t.Errorf("%s: %d %s", q.body, answer.StatusCode, answer.body)
		}
	}
	if answer := c.manage(t, "GET", "clients/x", ""); answer.StatusCode != http.StatusNotFound {
		t.Errorf("one that was refused is there: %s", answer.body)
	}
}

func TestAnApplicationThatTurnsPublicKeepsNoSecret(t *testing.T) {
	c := newCompany(t)
	app := c.made(t, "clients", `{"name": "Job", "app_type": "regular_web", "client_id": "app2", "callbacks": ["https://app.example.com/cb"]}`)
	secret := app["client_secret"].(string)
	if answer := c.manage(t, "PATCH", "clients/app2", `{"app_type": "spa"}`); answer.StatusCode != http.StatusOK {
		t.Fatal(answer.body)
	}
	if answer := c.manage(t, "PATCH", "clients/app2", `{"app_type": "regular_web"}`); answer.StatusCode != http.StatusOK {
		t.Fatal(answer.body)
	}
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"x"}, "client_id": {"app2"}, "client_secret": {secret}}
	answer := c.ask(t, "", "POST", "/oauth/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	if answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("the secret that it had works: %d %s", answer.StatusCode, answer.body)
	}
}

func TestListsOfApplicationsGoPageByPage(t *testing.T) {
	c := newCompany(t)
	var all, page []struct {
		ID string `json:"client_id"`
	}
	c.manage(t, "GET", "clients", "").json(t, &all)
	seen := all[:0:0]
	for n := 0; n == 0 || len(page) > 0; n++ {
		page = nil
		c.manage(t, "GET", fmt.Sprintf("clients?per_page=3&page=%d", n), "").json(t, &page)
		seen = append(seen, page...)
	}
	if !slices.Equal(all, seen) || len(all) != 5 { // with the app that the server brings
		t.Errorf("by pages %v, at once %v", seen, all)
	}
	var grants struct {
		Grants []struct{ ID string } `json:"client_grants"`
		Next   string
	}
	ids := map[string]bool{}
	for n := 0; n == 0 || grants.Next != ""; n++ {
		from := grants.Next
		grants.Next = ""
		c.manage(t, "GET", "client-grants?take=1&from="+from, "").json(t, &grants)
		ids[grants.Grants[0].ID] = true
	}
	if len(ids) != 3 {
		t.Errorf("from checkpoint to checkpoint there are %v", ids)
	}
}

// invoices is another service, with an application that asks people for it.
func (c *company) invoices(t testing.TB, more string) {
	t.Helper()
	c.made(t, "resource-servers", `{"identifier": "https://invoices.example.com", "name": "Invoices", "enforce_policies": false`+more+`,
		"scopes": [{"value": "read:invoices", "description": "See invoices"}, {"value": "pay:invoices"}]}`)
	c.made(t, "clients", `{"name": "Books", "app_type": "native", "client_id": "books", "callbacks": ["com.example.books:/cb"]}`)
}

func (c *company) authorizeBooks(t testing.TB, scope string) reply {
	t.Helper()
	browser := c.browser(t)
	page := get(t, browser, testIssuer+"authorize?"+url.Values{
		"response_type": {"code"}, "client_id": {"books"}, "redirect_uri": {"com.example.books:/cb"}, "scope": {scope}, "audience": {"https://invoices.example.com"},
		"code_challenge": {strings.Repeat("A", 43)}, "code_challenge_method": {"S256"},
	}.Encode())
	csrf := csrfField.FindStringSubmatch(page.body)
	if csrf == nil {
		return page
	}
	answer, err := browser.PostForm(page.Request.URL.String(), url.Values{"csrf": {csrf[1]}, "email": {"ada@example.com"}, "password": {testPassword}})
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{answer, string(body)}
}

func TestAnApplicationAsksForAnotherServiceOnlyIfItMay(t *testing.T) {
	c := newCompany(t)
	c.invoices(t, "")
	if page := c.authorizeBooks(t, "read:invoices"); !strings.Contains(page.Header.Get("Location"), "error=invalid_scope") {
		t.Errorf("without a grant: %d %s", page.StatusCode, page.Header.Get("Location"))
	}
}

func TestConsentIsSkippedPerApplicationAndService(t *testing.T) {
	c := newCompany(t)
	c.invoices(t, "")
	grant := c.made(t, "client-grants", `{"client_id": "books", "audience": "https://invoices.example.com", "subject_type": "user", "scope": ["read:invoices"]}`)
	if page := c.authorizeBooks(t, "openid read:invoices"); !strings.Contains(page.body, "See invoices") {
		t.Errorf("the consent page doesn't say what is asked for: %d %s", page.StatusCode, page.body)
	}
	if page := c.authorizeBooks(t, "pay:invoices"); !strings.Contains(page.Header.Get("Location"), "error=invalid_scope") {
		t.Errorf("beyond the grant: %d %s", page.StatusCode, page.Header.Get("Location"))
	}
	c.manage(t, "PATCH", "client-grants/"+grant["id"].(string), `{"skip_consent": true}`)
	if page := c.authorizeBooks(t, "openid read:invoices"); strings.Contains(page.body, "See invoices") {
		t.Error("people are asked though an administrator decided for them")
	}
}

// A service for which nobody is asked says nothing of what an application, which was granted nothing there, learns of a person.
func TestAServiceWithoutConsentSkipsItOnlyForWhatItGranted(t *testing.T) {
	c := newCompany(t)
	c.invoices(t, `, "skip_consent_for_verifiable_first_party_clients": true`)
	if page := c.authorizeBooks(t, "openid email"); !strings.Contains(page.body, "Know who you are") {
		t.Errorf("without a grant nobody is asked: %d %s", page.StatusCode, page.Header.Get("Location"))
	}
	c.made(t, "client-grants", `{"client_id": "books", "audience": "https://invoices.example.com", "subject_type": "user", "scope": ["read:invoices"]}`)
	if page := c.authorizeBooks(t, "openid read:invoices"); !strings.Contains(page.Header.Get("Location"), "code=") {
		t.Errorf("with a grant: %d %s", page.StatusCode, page.body)
	}
}

func TestAMachineThatTurnsIntoAnAppActsForItselfNoMore(t *testing.T) {
	c := newCompany(t)
	job := c.made(t, "clients", `{"name": "Job", "app_type": "non_interactive", "client_id": "job"}`)
	c.made(t, "client-grants", fmt.Sprintf(`{"client_id": "job", "audience": %q, "scope": ["read:timesheets"]}`, testAudience))
	_, token := c.tokenRequest(t, "job", job["client_secret"].(string), testAudience)
	if answer := c.ask(t, token.Access, "GET", "/timesheets", ""); answer.StatusCode != http.StatusOK {
		t.Fatal(answer.body)
	}
	c.mustManage(t, 200, "PATCH", "clients/job", `{"app_type": "spa"}`)
	if answer := c.ask(t, token.Access, "GET", "/timesheets", ""); answer.StatusCode != http.StatusForbidden {
		t.Errorf("the token that it has is answered %d", answer.StatusCode)
	}
}

func TestACheckpointThatIsGoneIsNotTheBeginning(t *testing.T) {
	c := theCompany(t)
	for _, path := range []string{"clients", "client-grants", "resource-servers"} {
		if answer := c.mustManage(t, 400, "GET", path+"?take=1&from=gone", ""); !strings.Contains(answer.body, "'from' must be") {
			t.Error(answer.body)
		}
	}
}

func TestServicesOfAdministratorsAreHeldToRules(t *testing.T) {
	c := newCompany(t)
	c.invoices(t, "")
	for _, q := range []struct{ method, path, body, want string }{
		{"POST", "resource-servers", `{"identifier": "https://invoices.example.com"}`, "already exists"},
		{"POST", "resource-servers", `{"identifier": "invoices"}`, "absolute URI"},
		{"POST", "resource-servers", `{"identifier": "https://a.example/#b"}`, "without a fragment"},
		{"POST", "resource-servers", `{"identifier": "https://a.example", "signing_alg": "HS256"}`, "'signing_alg' must be one of"},
		{"POST", "resource-servers", `{"identifier": "https://a.example", "token_lifetime": 86401}`, "'token_lifetime' must be"},
		{"POST", "resource-servers", `{"identifier": "https://a.example", "scopes": [{"value": "a b"}]}`, "'scopes/0/value'"},
		{"POST", "resource-servers", `{"identifier": "https://a.example", "scopes": [{"value": "openid"}]}`, "'scopes/0/value'"},
		{"POST", "resource-servers", `{"identifier": "` + testIssuer + `userinfo"}`, "this server's own"},
		{"POST", "resource-servers", `{"identifier": "` + testIssuer + `"}`, "this server's own"},
		{"PATCH", "resource-servers/management", `{"scopes": []}`, "can't be changed"},
		{"DELETE", "resource-servers/timesheets", ``, "server's own"},
		{"POST", "client-grants", `{"client_id": "payroll", "audience": "https://invoices.example.com", "scope": ["read:timesheets"]}`, "no scope"},
		{"POST", "client-grants", `{"client_id": "payroll", "audience": "` + testAudience + `", "scope": ["read:timesheets"]}`, "already exists"},
		{"POST", "client-grants", `{"client_id": "payroll", "audience": "https://nothing.example", "scope": []}`, "resource server does not exist"},
		{"POST", "client-grants", `{"client_id": "nobody", "audience": "` + testAudience + `", "scope": []}`, "client does not exist"},
		{"POST", "client-grants", `{"client_id": "phone", "audience": "` + testAudience + `", "scope": []}`, "non_interactive"},
		{"POST", "client-grants", `{"client_id": "payroll", "audience": "https://invoices.example.com", "scope": [], "skip_consent": true}`, "'skip_consent'"},
	} {
		if answer := c.manage(t, q.method, q.path, q.body); answer.StatusCode < 400 || answer.StatusCode >= 500 || !strings.Contains(answer.body, q.want) {
			t.Errorf("%s %s %s: %d %s", q.method, q.path, q.body, answer.StatusCode, answer.body)
		}
	}
	machineApproves := `{"client_id": "operator", "audience": "` + testAudience + `", "scope": ["approve:timesheets"]}`
	if answer := c.manage(t, "POST", "client-grants", machineApproves); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("a machine may approve: %s", answer.body)
	}
}

func TestAServiceIsNamedByItsIdentifierToo(t *testing.T) {
	c := newCompany(t)
	c.invoices(t, "")
	path := "resource-servers/" + url.PathEscape("https://invoices.example.com")
	var seen, changed map[string]any
	c.manage(t, "GET", path, "").json(t, &seen)
	c.manage(t, "PATCH", path, `{"scopes": [{"value": "read:invoices"}], "token_lifetime": 600, "token_dialect": "rfc9068_profile_authz"}`).json(t, &changed)
	if seen["name"] != "Invoices" || changed["token_lifetime"] != 600.0 || len(changed["scopes"].([]any)) != 1 || changed["id"] != seen["id"] {
		t.Errorf("seen %v, changed %v", seen, changed)
	}
	if answer := c.manage(t, "DELETE", path, ""); answer.StatusCode != http.StatusNoContent {
		t.Errorf("deleted: %d %s", answer.StatusCode, answer.body)
	}
}

func TestAScopeThatIsGoneIsGrantedToNobody(t *testing.T) {
	c := newCompany(t)
	c.invoices(t, "")
	grant := c.made(t, "client-grants", `{"client_id": "payroll", "audience": "https://invoices.example.com", "scope": ["read:invoices", "pay:invoices"]}`)
	c.manage(t, "PATCH", "resource-servers/"+url.PathEscape("https://invoices.example.com"), `{"scopes": [{"value": "read:invoices"}]}`)
	var left struct{ Scope []string }
	c.manage(t, "GET", "client-grants/"+grant["id"].(string), "").json(t, &left)
	if diff := cmp.Diff([]string{"read:invoices"}, left.Scope); diff != "" {
		t.Error(diff)
	}
	if status, token := c.tokenRequest(t, "payroll", testSecret, "https://invoices.example.com"); status != http.StatusOK || token.Scope != "read:invoices" {
		t.Errorf("its token: %d %q", status, token.Scope)
	}
}
