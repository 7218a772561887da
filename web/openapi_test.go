package web

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"punchcard/auth"
	"punchcard/timesheets"
)

func loadDocument(t testing.TB, text []byte) *openapi3.T {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// allOperations are those of both documents.
func allOperations(t testing.TB) map[string]*openapi3.Operation {
	t.Helper()
	all := operations(loadDocument(t, openAPI))
	maps.Copy(all, operations(loadDocument(t, managementAPI)))
	return all
}

// operations are those of the document, by method and path as the route table writes them.
func operations(document *openapi3.T) map[string]*openapi3.Operation {
	all := map[string]*openapi3.Operation{}
	for path, item := range document.Paths.Map() {
		for method, operation := range item.Operations() {
			operation.Parameters = append(operation.Parameters, item.Parameters...)
			all[method+" "+braces.ReplaceAllString(path, ":$1")] = operation
		}
	}
	return all
}

var braces = regexp.MustCompile(`\{(\w+)\}`)

func TestDocumentIsSound(t *testing.T) {
	for _, text := range [][]byte{openAPI, managementAPI} {
		if err := loadDocument(t, text).Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
			t.Error(err)
		}
	}
}

// Whoever adds something is told where it is. What is kept of a pushed request has no address but its request_uri (RFC 9126).
func TestWhatIsMadeHasALocation(t *testing.T) {
	for name, operation := range operations(loadDocument(t, openAPI)) {
		made := operation.Responses.Value("201")
		if made == nil || made.Value.Content.Get("application/json").Schema.Value.Properties["request_uri"] != nil {
			continue
		}
		if made.Value.Headers["Location"] == nil {
			t.Errorf("%s answers 201 without Location", name)
		}
	}
	c := newCompany(t)
	for _, ask := range []struct{ who, path, body string }{
		{"otto", "/holidays", `{"date":"2031-05-01","name":"Labour Day"}`},
		{"mia", "/delegations", fmt.Sprintf(`{"to_user_id":%q,"starts_on":%q,"ends_on":%[2]q}`, c.id(t, "ben"), time.Now().UTC().AddDate(0, 0, 1).Format(time.DateOnly))},
	} {
		var made struct{ ID string }
		answer := c.ask(t, c.token(t, ask.who), "POST", ask.path, ask.body)
		answer.json(t, &made)
		where := answer.Header.Get("Location")
		if answer.StatusCode != 201 || where != ask.path+"/"+made.ID {
			t.Errorf("%s: %d at %q: %s", ask.path, answer.StatusCode, where, answer.body)
		}
		if answer := c.ask(t, c.token(t, ask.who), "DELETE", where, ""); answer.StatusCode != 204 {
			t.Errorf("%s: %d %s", where, answer.StatusCode, answer.body)
		}
	}
}

func TestDocumentHasEveryRouteWithItsScope(t *testing.T) {
	described, routed := map[string][]string{}, map[string][]string{}
	for name, operation := range allOperations(t) {
		described[name] = nil
		if operation.Security != nil {
			for _, requirement := range *operation.Security {
				described[name] = append(described[name], requirement["oauth2"]...)
			}
		}
	}
	for _, r := range theCompany(t).settings.routes() {
		if isPagePath(r.path) {
			continue
		}
		name := r.method + " " + strings.Replace(r.path, "*", ":", 1) // OpenAPI has no parameter that goes on beyond a slash
		routed[name] = nil
		if r.access.scope != "" {
			routed[name] = r.access.scopes()
		}
	}
	if diff := cmp.Diff(routed, described); diff != "" {
		t.Error(diff)
	}
}

func TestDocumentAndDiscoveryListTheSameScopes(t *testing.T) {
	var discovery struct {
		Scopes []string `json:"scopes_supported"`
	}
	theCompany(t).ask(t, "", "GET", "/.well-known/openid-configuration", "").json(t, &discovery)
	flows := loadDocument(t, openAPI).Components.SecuritySchemes["oauth2"].Value.Flows
	slices.Sort(discovery.Scopes)
	if diff := cmp.Diff(discovery.Scopes, slices.Sorted(maps.Keys(flows.AuthorizationCode.Scopes))); diff != "" {
		t.Error(diff)
	}
	var machine []string
	for _, scope := range timesheets.Scopes {
		if !scope.ManagersOnly {
			machine = append(machine, scope.Name)
		}
	}
	slices.Sort(machine)
	if diff := cmp.Diff(machine, slices.Sorted(maps.Keys(flows.ClientCredentials.Scopes))); diff != "" {
		t.Error(diff)
	}
}

// inputs is what each guarded operation reads.
var inputs = map[string]reflect.Type{
	"GET /organization":                       reflect.TypeFor[struct{}](),
	"PATCH /organization":                     reflect.TypeFor[timesheets.OrganizationChange](),
	"GET /notifications":                      reflect.TypeFor[timesheets.NotificationQuery](),
	"PUT /notifications/read":                 reflect.TypeFor[timesheets.ReadUpTo](),
	"PUT /notifications/:id/read":             reflect.TypeFor[timesheets.NotificationRef](),
	"GET /me/notifications":                   reflect.TypeFor[struct{}](),
	"PUT /me/notifications":                   reflect.TypeFor[timesheets.NewSwitches](),
	"GET /me/language":                        reflect.TypeFor[struct{}](),
	"PUT /me/language":                        reflect.TypeFor[timesheets.Language](),
	"GET /userinfo":                           reflect.TypeFor[struct{}](),
	"POST /userinfo":                          reflect.TypeFor[struct{}](),
	"GET /timesheets":                         reflect.TypeFor[timesheets.EntryQuery](),
	"POST /timesheets":                        reflect.TypeFor[timesheets.NewEntry](),
	"GET /timesheets/export":                  reflect.TypeFor[timesheets.ExportQuery](),
	"POST /timesheets/import":                 reflect.TypeFor[timesheets.TimeImport](),
	"GET /timesheets/:id":                     reflect.TypeFor[timesheets.EntryRef](),
	"POST /timesheets/batch":                  reflect.TypeFor[batchRequest](),
	"PUT /timesheets/:id":                     reflect.TypeFor[timesheets.EntryPut](),
	"POST /timesheets/:id/restoration":        reflect.TypeFor[timesheets.EntryRef](),
	"GET /changes":                            reflect.TypeFor[timesheets.FeedQuery](),
	"PATCH /timesheets/:id":                   reflect.TypeFor[timesheets.EntryChange](),
	"DELETE /timesheets/:id":                  reflect.TypeFor[timesheets.EntryRef](),
	"PUT /timesheets/:id/submission":          reflect.TypeFor[timesheets.EntryRef](),
	"DELETE /timesheets/:id/submission":       reflect.TypeFor[timesheets.EntryRef](),
	"PUT /timesheets/:id/approval":            reflect.TypeFor[timesheets.Decision](),
	"GET /webhooks":                           reflect.TypeFor[timesheets.WebhookQuery](),
	"POST /webhooks":                          reflect.TypeFor[timesheets.NewWebhook](),
	"GET /webhooks/:id":                       reflect.TypeFor[timesheets.WebhookRef](),
	"PATCH /webhooks/:id":                     reflect.TypeFor[timesheets.WebhookChange](),
	"DELETE /webhooks/:id":                    reflect.TypeFor[timesheets.WebhookRef](),
	"POST /webhooks/:id/secret":               reflect.TypeFor[timesheets.WebhookRef](),
	"POST /webhooks/:id/ping":                 reflect.TypeFor[timesheets.WebhookRef](),
	"GET /webhooks/:id/deliveries":            reflect.TypeFor[timesheets.DeliveryQuery](),
	"POST /webhook-deliveries/:id/redelivery": reflect.TypeFor[timesheets.DeliveryRef](),
	"GET /webhook-events":                     reflect.TypeFor[struct{}](),
	"GET /periods":                            reflect.TypeFor[timesheets.PeriodQuery](),
	"GET /periods/:id":                        reflect.TypeFor[timesheets.PeriodRef](),
	"GET /periods/:id/:date":                  reflect.TypeFor[timesheets.PeriodDay](),
	"GET /periods/:id/events":                 reflect.TypeFor[timesheets.EventQuery](),
	"GET /periods/:id/diff":                   reflect.TypeFor[timesheets.PeriodRef](),
	"PUT /periods/:id/submission":             reflect.TypeFor[timesheets.PeriodSubmission](),
	"DELETE /periods/:id/submission":          reflect.TypeFor[timesheets.PeriodRef](),
	"PUT /periods/:id/approval":               reflect.TypeFor[timesheets.PeriodDecision](),
	"POST /periods/:id/reopening":             reflect.TypeFor[timesheets.Reopening](),
	"POST /periods/:id/reopening-request":     reflect.TypeFor[timesheets.Reopening](),
	"GET /approvals":                          reflect.TypeFor[timesheets.ApprovalQuery](),
	"GET /approvals/counts":                   reflect.TypeFor[struct{}](),
	"POST /approvals":                         reflect.TypeFor[timesheets.ManyDecisions](),
	"POST /approvals/reminders":               reflect.TypeFor[timesheets.Reminders](),
	"GET /reports/summary":                    reflect.TypeFor[timesheets.ReportQuery](),
	"GET /delegations":                        reflect.TypeFor[timesheets.DelegationQuery](),
	"POST /delegations":                       reflect.TypeFor[timesheets.NewDelegation](),
	"DELETE /delegations/:id":                 reflect.TypeFor[timesheets.DelegationRef](),
	"GET /lock-date":                          reflect.TypeFor[struct{}](),
	"PUT /lock-date":                          reflect.TypeFor[timesheets.NewLock](),
	"GET /projects":                           reflect.TypeFor[timesheets.ProjectQuery](),
	"POST /projects":                          reflect.TypeFor[timesheets.NewProject](),
	"GET /projects/:id":                       reflect.TypeFor[timesheets.ProjectRef](),
	"PATCH /projects/:id":                     reflect.TypeFor[timesheets.ProjectChange](),
	"DELETE /projects/:id":                    reflect.TypeFor[timesheets.ProjectRef](),
	"GET /projects/:id/members":               reflect.TypeFor[timesheets.MemberQuery](),
	"PUT /projects/:id/members/:user_id":      reflect.TypeFor[timesheets.MemberRef](),
	"DELETE /projects/:id/members/:user_id":   reflect.TypeFor[timesheets.MemberRef](),
	"GET /customers":                          reflect.TypeFor[timesheets.CustomerQuery](),
	"GET /tags":                               reflect.TypeFor[timesheets.TagQuery](),
	"GET /people":                             reflect.TypeFor[timesheets.PersonQuery](),
	"GET /people/:id":                         reflect.TypeFor[timesheets.PersonRef](),
	"PUT /people/:id/manager":                 reflect.TypeFor[timesheets.NewManager](),
	"PUT /people/:id/region":                  reflect.TypeFor[timesheets.NewRegion](),
	"GET /people/:id/expected-hours":          reflect.TypeFor[timesheets.PersonRef](),
	"PUT /people/:id/expected-hours":          reflect.TypeFor[timesheets.NewHoursOf](),
	"GET /expected-hours":                     reflect.TypeFor[struct{}](),
	"PUT /expected-hours":                     reflect.TypeFor[timesheets.NewHours](),
	"GET /holidays":                           reflect.TypeFor[timesheets.HolidayQuery](),
	"POST /holidays":                          reflect.TypeFor[timesheets.NewHoliday](),
	"DELETE /holidays/:id":                    reflect.TypeFor[timesheets.HolidayRef](),
	"POST /holidays/import":                   reflect.TypeFor[timesheets.HolidayImport](),
	"GET /absences":                           reflect.TypeFor[timesheets.AbsenceQuery](),
	"POST /absences":                          reflect.TypeFor[timesheets.NewAbsence](),
	"GET /absences/:id":                       reflect.TypeFor[timesheets.AbsenceRef](),
	"DELETE /absences/:id":                    reflect.TypeFor[timesheets.AbsenceRef](),
	"POST /absences/import":                   reflect.TypeFor[timesheets.AbsenceImport](),
	"GET /missing-time":                       reflect.TypeFor[timesheets.MissingQuery](),
	"GET /teams":                              reflect.TypeFor[timesheets.TeamQuery](),
	"GET /me":                                 reflect.TypeFor[struct{}](),
	"GET /me/export":                          reflect.TypeFor[struct{}](),
	"GET /audit":                              reflect.TypeFor[timesheets.AuditQuery](),
	"GET /audit/verification":                 reflect.TypeFor[struct{}](),
	"GET /api/v2/clients":                     reflect.TypeFor[auth.ApplicationQuery](),
	"POST /api/v2/clients":                    reflect.TypeFor[auth.NewApplication](),
	"GET /api/v2/clients/:id":                 reflect.TypeFor[auth.ApplicationRef](),
	"PATCH /api/v2/clients/:id":               reflect.TypeFor[auth.ApplicationChange](),
	"DELETE /api/v2/clients/:id":              reflect.TypeFor[auth.ApplicationRef](),
	"POST /api/v2/clients/:id/rotate-secret":  reflect.TypeFor[auth.SecretRotation](),
	"GET /api/v2/resource-servers":            reflect.TypeFor[auth.Checkpoint](),
	"POST /api/v2/resource-servers":           reflect.TypeFor[auth.NewResourceServer](),
	"GET /api/v2/resource-servers/:id":        reflect.TypeFor[auth.ResourceServerRef](),
	"PATCH /api/v2/resource-servers/:id":      reflect.TypeFor[auth.ResourceServerChange](),
	"DELETE /api/v2/resource-servers/:id":     reflect.TypeFor[auth.ResourceServerRef](),
	"GET /api/v2/rules":                       reflect.TypeFor[auth.RuleQuery](),
	"POST /api/v2/rules":                      reflect.TypeFor[auth.NewRuleScript](),
	"GET /api/v2/rules/:id":                   reflect.TypeFor[auth.RuleRef](),
	"POST /api/v2/rules/trial":                reflect.TypeFor[auth.RuleToTry](),
	"PATCH /api/v2/rules/:id":                 reflect.TypeFor[auth.RuleChange](),
	"DELETE /api/v2/rules/:id":                reflect.TypeFor[auth.RuleRef](),
	"GET /api/v2/rules-configs":               reflect.TypeFor[struct{}](),
	"PUT /api/v2/rules-configs/:key":          reflect.TypeFor[auth.RuleConfigChange](),
	"DELETE /api/v2/rules-configs/:key":       reflect.TypeFor[auth.RuleConfigRef](),
	"GET /api/v2/logs":                        reflect.TypeFor[auth.LogQuery](),
	"GET /api/v2/logs/:id":                    reflect.TypeFor[auth.LogRef](),
	"GET /api/v2/keys/signing":                reflect.TypeFor[struct{}](),
	"POST /api/v2/keys/signing/rotate":        reflect.TypeFor[auth.KeyRotation](),
	"GET /api/v2/keys/signing/:kid":           reflect.TypeFor[auth.SigningKeyRef](),
	"PUT /api/v2/keys/signing/:kid/revoke":    reflect.TypeFor[auth.SigningKeyRef](),
	"GET /api/v2/client-grants":               reflect.TypeFor[auth.ClientGrantQuery](),
	"POST /api/v2/client-grants":              reflect.TypeFor[auth.NewClientGrant](),
	"GET /api/v2/client-grants/:id":           reflect.TypeFor[auth.ClientGrantRef](),
	"PATCH /api/v2/client-grants/:id":         reflect.TypeFor[auth.ClientGrantChange](),
	"DELETE /api/v2/client-grants/:id":        reflect.TypeFor[auth.ClientGrantRef](),
	"GET /api/v2/roles":                       reflect.TypeFor[auth.RoleQuery](),
	"POST /api/v2/roles":                      reflect.TypeFor[auth.NewRole](),
	"GET /api/v2/roles/:id":                   reflect.TypeFor[auth.RoleRef](),
	"PATCH /api/v2/roles/:id":                 reflect.TypeFor[auth.RoleChange](),
	"DELETE /api/v2/roles/:id":                reflect.TypeFor[auth.RoleRef](),
	"GET /api/v2/users":                       reflect.TypeFor[auth.UserQuery](),
	"POST /api/v2/users":                      reflect.TypeFor[auth.NewUser](),
	"GET /api/v2/users-by-email":              reflect.TypeFor[auth.EmailQuery](),
	"GET /api/v2/users/:id":                   reflect.TypeFor[auth.UserRef](),
	"PATCH /api/v2/users/:id":                 reflect.TypeFor[auth.UserChange](),
	"DELETE /api/v2/users/:id":                reflect.TypeFor[auth.UserRef](),
	"GET /api/v2/users/:id/roles":             reflect.TypeFor[auth.UserPage](),
	"POST /api/v2/users/:id/roles":            reflect.TypeFor[auth.UserRoles](),
	"DELETE /api/v2/users/:id/roles":          reflect.TypeFor[auth.UserRoles](),
	"GET /api/v2/users/:id/permissions":       reflect.TypeFor[auth.UserPage](),
	"POST /api/v2/users/:id/permissions":      reflect.TypeFor[auth.UserPermissions](),
	"DELETE /api/v2/users/:id/permissions":    reflect.TypeFor[auth.UserPermissions](),
	"GET /api/v2/users/:id/sessions":          reflect.TypeFor[auth.UserStretch](),
	"DELETE /api/v2/users/:id/sessions":       reflect.TypeFor[auth.UserRef](),
	"GET /api/v2/users/:id/refresh-tokens":    reflect.TypeFor[auth.UserStretch](),
	"DELETE /api/v2/users/:id/refresh-tokens": reflect.TypeFor[auth.UserRef](),
	"POST /api/v2/users/:id/revoke-access":    reflect.TypeFor[auth.AccessRevocation](),
	"GET /api/v2/user-blocks/:id":             reflect.TypeFor[auth.UserRef](),
	"DELETE /api/v2/user-blocks/:id":          reflect.TypeFor[auth.UserRef](),
	"GET /api/v2/sessions/:id":                reflect.TypeFor[auth.SessionRef](),
	"DELETE /api/v2/sessions/:id":             reflect.TypeFor[auth.SessionRef](),
	"POST /api/v2/sessions/:id/revoke":        reflect.TypeFor[auth.SessionRef](),
	"GET /api/v2/refresh-tokens/:id":          reflect.TypeFor[auth.RefreshTokenRef](),
	"DELETE /api/v2/refresh-tokens/:id":       reflect.TypeFor[auth.RefreshTokenRef](),
	"GET /api/v2/grants":                      reflect.TypeFor[auth.GrantQuery](),
	"DELETE /api/v2/grants":                   reflect.TypeFor[auth.GrantsOfUser](),
	"DELETE /api/v2/grants/:id":               reflect.TypeFor[auth.GrantRef](),
	"POST /api/v2/tickets/password-change":    reflect.TypeFor[auth.TicketRequest](),
	"GET /api/v2/roles/:id/permissions":       reflect.TypeFor[auth.RolePage](),
	"POST /api/v2/roles/:id/permissions":      reflect.TypeFor[auth.RolePermissions](),
	"DELETE /api/v2/roles/:id/permissions":    reflect.TypeFor[auth.RolePermissions](),
	"GET /api/v2/roles/:id/users":             reflect.TypeFor[auth.RoleMembersQuery](),
	"POST /api/v2/roles/:id/users":            reflect.TypeFor[auth.NewMembers](),
}

func TestDocumentHasEveryParameterAndMember(t *testing.T) {
	described := allOperations(t)
	for _, r := range theCompany(t).settings.routes() {
		if r.access.scope == "" {
			continue
		}
		name := r.method + " " + r.path
		input, ok := inputs[name]
		if !ok {
			t.Errorf("%s: say in inputs what it reads", name)
			continue
		}
		operation := described[name]
		if diff := cmp.Diff(parametersOf(readerOf(input), r), documentedParameters(operation)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if diff := cmp.Diff(membersOf(readerOf(input), r), documentedMembers(operation)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// untagged are the paths that answer a GET without an entity tag: a file is not kept for its tag.
var untagged = map[string]bool{"/userinfo": true, "/me/export": true, "/timesheets/export": true}

func parametersOf(read *reader, r route) []string {
	var names []string
	for name := range read.path {
		names = append(names, "path "+name)
	}
	for name := range read.query {
		names = append(names, "query "+name)
	}
	if read.revision != nil && r.method != "GET" {
		names = append(names, "header If-Match")
	}
	if r.changesTime() {
		names = append(names, "query validate_only")
	}
	if r.changesTime() && r.method == "POST" {
		names = append(names, "header Idempotency-Key")
	}
	if read.required && read.absent == nil {
		names = append(names, "header If-Match is required")
	}
	if r.method == "GET" && !untagged[r.path] || read.absent != nil {
		names = append(names, "header If-None-Match")
	}
	slices.Sort(names)
	return names
}

func documentedParameters(operation *openapi3.Operation) []string {
	var names []string
	for _, p := range operation.Parameters {
		names = append(names, p.Value.In+" "+p.Value.Name)
		if p.Value.In == "header" && p.Value.Required {
			names = append(names, "header "+p.Value.Name+" is required")
		}
	}
	slices.Sort(names)
	return names
}

func membersOf(read *reader, r route) []string {
	if !read.takesBody(r.method) {
		return nil
	}
	return slices.Sorted(maps.Keys(read.body.members))
}

func documentedMembers(operation *openapi3.Operation) []string {
	if operation.RequestBody == nil {
		return nil
	}
	var names []string
	for _, content := range operation.RequestBody.Value.Content {
		if content.Schema.Value.Type.Is("string") {
			continue // a file
		}
		if closed := content.Schema.Value.AdditionalProperties.Has; closed == nil || *closed {
			names = append(names, "and any others")
		}
		for name := range content.Schema.Value.Properties {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func TestDocumentIsServed(t *testing.T) {
	c := theCompany(t)
	answer := c.ask(t, "", "GET", "/openapi.yaml", "")
	if answer.body != string(openAPI) || answer.Header.Get("Content-Type") != "application/yaml" {
		t.Errorf("got %s of %d bytes", answer.Header.Get("Content-Type"), len(answer.body))
	}
	again := c.ask(t, "", "GET", "/openapi.yaml", "", "If-None-Match", answer.Header.Get("ETag"))
	if again.StatusCode != 304 {
		t.Errorf("again: %d", again.StatusCode)
	}
}
