package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"punchcard/auth"
)

// route is one line of what can be asked for. A GET answers HEAD too.
type route struct {
	method  string
	path    string
	access  access
	handler gin.HandlerFunc
}

// changesTime reports whether a request by the route may change something of the timesheet API.
func (r route) changesTime() bool {
	return r.access.api == auth.Timesheets && r.method != http.MethodGet
}

// routes is the whole HTTP surface and its access policy: nothing else registers a route.
func (s Settings) routes() []route {
	a, t := s.Auth, s.Timesheets
	few := &few{of: map[string]int{}}
	return []route{
		{"GET", "/authorize", anyone, a.Authorize()},
		{"POST", "/authorize", anyone, a.Authorize()},
		{"POST", "/oauth/token", anyone, a.Token()},   // authenticates the client itself
		{"POST", "/oauth/revoke", anyone, a.Revoke()}, // likewise
		{"POST", "/oauth/par", anyone, a.Push()},      // likewise
		{"POST", "/oauth/device/code", anyone, a.DeviceAuthorization()},
		{"POST", "/oauth/introspect", anyone, a.Introspect()},
		{"GET", "/userinfo", identity, answer(http.StatusOK, a.UserInfo)},
		{"POST", "/userinfo", identity, answer(http.StatusOK, a.UserInfo)},
		{"GET", "/.well-known/openid-configuration", anyone, a.Metadata()},
		{"GET", "/.well-known/oauth-authorization-server", anyone, a.Metadata()},
		{"GET", "/.well-known/jwks.json", anyone, a.JWKS()},
		{"GET", "/.well-known/oauth-protected-resource", anyone, protectedResource(a)},
		{"GET", "/.well-known/oauth-protected-resource/*path", anyone, protectedResource(a)},

		{"GET", "/oidc/logout", anyone, a.Logout()},
		{"POST", "/oidc/logout", anyone, a.Logout()},
		{"GET", "/v2/logout", anyone, a.V2Logout()},
		{"GET", "/account", signedIn, a.Account()},
		{"POST", "/account/password", signedIn, a.ChangePassword()},
		{"GET", "/account/apps", signedIn, a.Apps()},
		{"POST", "/account/apps/revoke", signedIn, a.RevokeApp()},
		{"POST", "/account/sessions/end", signedIn, a.EndSession()},
		{"POST", "/account/sessions/end-all", signedIn, a.EndEverything()},

		{"GET", "/login", anyone, a.LoginPage()},
		{"POST", "/login", anyone, a.Login()},
		{"GET", "/consent", anyone, a.ConsentPage()},
		{"POST", "/consent", anyone, a.Consent()},
		{"GET", "/device", anyone, a.DevicePage()},
		{"POST", "/device", anyone, a.Device()},
		{"GET", "/activate", anyone, a.DevicePage()}, // what it is called elsewhere, and on the device
		{"POST", "/activate", anyone, a.Device()},
		{"GET", "/setup", anyone, a.SetupPage()},
		{"POST", "/setup", anyone, a.Setup()},
		{"GET", "/reset-password", anyone, a.ResetPage()},
		{"POST", "/reset-password", anyone, a.Reset()},

		{"GET", "/unsubscribe", anyone, stopPage(s.Assets.Base, t)}, // the address in a mail has a token of its own
		{"POST", "/unsubscribe", anyone, stopMails(s.Assets.Base, t)},

		{"GET", "/", anyone, home(s.Assets.Base, s.Issuer, s.Version)},
		{"GET", "/app", anyone, toApp},
		{"GET", "/app/*path", anyone, s.app()},
		{"GET", "/sw.js", anyone, s.Assets.worker()},
		{"GET", "/manifest.webmanifest", anyone, s.Assets.manifest()},
		{"GET", "/a/*path", anyone, s.Assets.Serve()},
		{"GET", "/openapi.yaml", anyone, description(openAPI)},
		{"GET", "/api/v2/openapi.yaml", anyone, description(managementAPI)},
		{"GET", "/problems/:name", anyone, explanation},
		{"GET", "/health", anyone, health(s.DB)},

		{"GET", "/api/v2/clients", manage("read:clients"), answer(http.StatusOK, a.Applications)},
		{"POST", "/api/v2/clients", manage("create:clients"), answer(http.StatusCreated, a.CreateApplication)},
		{"GET", "/api/v2/clients/:id", manage("read:clients"), answer(http.StatusOK, a.Application)},
		{"PATCH", "/api/v2/clients/:id", manage("update:clients"), answer(http.StatusOK, a.UpdateApplication)},
		{"DELETE", "/api/v2/clients/:id", manage("delete:clients"), done(a.DeleteApplication)},
		{"POST", "/api/v2/clients/:id/rotate-secret", manage("update:client_keys"), answer(http.StatusOK, a.RotateSecret)},
		{"GET", "/api/v2/resource-servers", manage("read:resource_servers"), answer(http.StatusOK, a.ResourceServers)},
		{"POST", "/api/v2/resource-servers", manage("create:resource_servers"), answer(http.StatusCreated, a.CreateResourceServer)},
		{"GET", "/api/v2/resource-servers/:id", manage("read:resource_servers"), answer(http.StatusOK, a.ResourceServer)},
		{"PATCH", "/api/v2/resource-servers/:id", manage("update:resource_servers"), answer(http.StatusOK, a.UpdateResourceServer)},
		{"DELETE", "/api/v2/resource-servers/:id", manage("delete:resource_servers"), done(a.DeleteResourceServer)},
		{"GET", "/api/v2/client-grants", manage("read:client_grants"), answer(http.StatusOK, a.ClientGrants)},
		{"POST", "/api/v2/client-grants", manage("create:client_grants"), answer(http.StatusCreated, a.CreateClientGrant)},
		{"GET", "/api/v2/client-grants/:id", manage("read:client_grants"), answer(http.StatusOK, a.ClientGrant)},
		{"PATCH", "/api/v2/client-grants/:id", manage("update:client_grants"), answer(http.StatusOK, a.UpdateClientGrant)},
		{"DELETE", "/api/v2/client-grants/:id", manage("delete:client_grants"), done(a.DeleteClientGrant)},
		{"GET", "/api/v2/rules", manage("read:rules"), answer(http.StatusOK, a.Rules)},
		{"POST", "/api/v2/rules", manage("create:rules"), answer(http.StatusCreated, a.CreateRule)},
		{"POST", "/api/v2/rules/trial", manage("update:rules"), answer(http.StatusOK, a.TryRule)},
		{"GET", "/api/v2/rules/:id", manage("read:rules"), answer(http.StatusOK, a.Rule)},
		{"PATCH", "/api/v2/rules/:id", manage("update:rules"), answer(http.StatusOK, a.UpdateRule)},
		{"DELETE", "/api/v2/rules/:id", manage("delete:rules"), done(a.DeleteRule)},
		{"GET", "/api/v2/rules-configs", manage("read:rules_configs"), answer(http.StatusOK, a.RuleConfigs)},
		{"PUT", "/api/v2/rules-configs/:key", manage("update:rules_configs"), answer(http.StatusOK, a.SetRuleConfig)},
		{"DELETE", "/api/v2/rules-configs/:key", manage("delete:rules_configs"), done(a.DeleteRuleConfig)},
		{"GET", "/api/v2/logs", manage("read:logs"), answer(http.StatusOK, a.Logs)},
		{"GET", "/api/v2/logs/:id", manage("read:logs"), answer(http.StatusOK, a.Log)},
		{"GET", "/api/v2/keys/signing", manage("read:signing_keys"), answer(http.StatusOK, a.SigningKeys)},
		{"POST", "/api/v2/keys/signing/rotate", manage("create:signing_keys"), answer(http.StatusCreated, a.RotateKey)},
		{"GET", "/api/v2/keys/signing/:kid", manage("read:signing_keys"), answer(http.StatusOK, a.SigningKey)},
		{"PUT", "/api/v2/keys/signing/:kid/revoke", manage("update:signing_keys"), answer(http.StatusOK, a.RevokeKey)},
		{"GET", "/api/v2/roles", manage("read:roles"), answer(http.StatusOK, a.Roles)},
		{"POST", "/api/v2/roles", manage("create:roles"), answer(http.StatusOK, a.CreateRole)}, // 200, as its clients know it
		{"GET", "/api/v2/roles/:id", manage("read:roles"), answer(http.StatusOK, a.Role)},
		{"PATCH", "/api/v2/roles/:id", manage("update:roles"), answer(http.StatusOK, a.UpdateRole)},
		{"DELETE", "/api/v2/roles/:id", manage("delete:roles"), done(a.DeleteRole)},
		{"GET", "/api/v2/users", manage("read:users"), answer(http.StatusOK, a.Users)},
		{"POST", "/api/v2/users", manage("create:users"), answer(http.StatusCreated, a.CreateUser)},
		{"GET", "/api/v2/users-by-email", manage("read:users"), answer(http.StatusOK, a.UsersByEmail)},
		{"GET", "/api/v2/users/:id", manage("read:users"), answer(http.StatusOK, a.User)},
		{"PATCH", "/api/v2/users/:id", manage("update:users"), answer(http.StatusOK, a.UpdateUser)},
		{"DELETE", "/api/v2/users/:id", manage("delete:users"), done(a.DeleteUser)},
		{"GET", "/api/v2/users/:id/roles", manage("read:users"), answer(http.StatusOK, a.RolesOfUser)},
		{"POST", "/api/v2/users/:id/roles", manage("update:users"), done(a.GiveRoles)},
		{"DELETE", "/api/v2/users/:id/roles", manage("update:users"), done(a.TakeRoles)},
		{"GET", "/api/v2/users/:id/permissions", manage("read:users"), answer(http.StatusOK, a.PermissionsOfUser)},
		{"POST", "/api/v2/users/:id/permissions", manage("update:users"), answer(http.StatusCreated, a.GivePermissions)},
		{"DELETE", "/api/v2/users/:id/permissions", manage("update:users"), done(a.TakePermissions)},
		{"GET", "/api/v2/users/:id/sessions", manage("read:sessions"), answer(http.StatusOK, a.SessionsOfUser)},
		{"DELETE", "/api/v2/users/:id/sessions", manage("delete:sessions"), done(a.EndSessionsOfUser)},
		{"GET", "/api/v2/users/:id/refresh-tokens", manage("read:refresh_tokens"), answer(http.StatusOK, a.RefreshTokensOfUser)},
		{"DELETE", "/api/v2/users/:id/refresh-tokens", manage("delete:refresh_tokens"), done(a.EndRefreshTokensOfUser)},
		{"POST", "/api/v2/users/:id/revoke-access", manage("delete:sessions"), done(a.RevokeAccess)},
		{"GET", "/api/v2/user-blocks/:id", manage("read:users"), answer(http.StatusOK, a.UserBlocks)},
		{"DELETE", "/api/v2/user-blocks/:id", manage("update:users"), done(a.Unblock)},
		{"GET", "/api/v2/sessions/:id", manage("read:sessions"), answer(http.StatusOK, a.Session)},
		{"DELETE", "/api/v2/sessions/:id", manage("delete:sessions"), done(a.DeleteSession)},
		{"POST", "/api/v2/sessions/:id/revoke", manage("delete:sessions"), done(a.RevokeSession)},
		{"GET", "/api/v2/refresh-tokens/:id", manage("read:refresh_tokens"), answer(http.StatusOK, a.RefreshToken)},
		{"DELETE", "/api/v2/refresh-tokens/:id", manage("delete:refresh_tokens"), done(a.DeleteRefreshToken)},
		{"GET", "/api/v2/grants", manage("read:grants"), answer(http.StatusOK, a.Grants)},
		{"DELETE", "/api/v2/grants", manage("delete:grants"), done(a.DeleteGrants)},
		{"DELETE", "/api/v2/grants/:id", manage("delete:grants"), done(a.DeleteGrant)},
		{"POST", "/api/v2/tickets/password-change", manage("create:user_tickets"), answer(http.StatusCreated, a.CreatePasswordTicket)},
		{"GET", "/api/v2/roles/:id/permissions", manage("read:roles"), answer(http.StatusOK, a.PermissionsOfRole)},
		{"POST", "/api/v2/roles/:id/permissions", manage("update:roles"), answer(http.StatusCreated, a.AddPermissions)},
		{"DELETE", "/api/v2/roles/:id/permissions", manage("update:roles"), done(a.RemovePermissions)},
		{"GET", "/api/v2/roles/:id/users", manage("read:role_members"), answer(http.StatusOK, a.RoleMembers)},
		{"POST", "/api/v2/roles/:id/users", manage("create:role_members"), answer(http.StatusOK, a.AddMembers)},

		{"GET", "/timesheets", scope("read:timesheets"), answer(http.StatusOK, t.Entries)},
		{"POST", "/timesheets", scope("create:timesheets"), answer(http.StatusCreated, t.Record)},
		{"POST", "/timesheets/batch", scope("create:timesheets").or("delete:timesheets"), answer(http.StatusMultiStatus, batch(t, s.Issuer))},
		{"GET", "/timesheets/export", scope("read:timesheets"), few.gate(download(t.Export))},
		{"POST", importPath, scope("create:timesheets"), few.gate(answer(http.StatusOK, t.Import))},
		{"GET", "/timesheets/:id", scope("read:timesheets"), answer(http.StatusOK, t.Entry)},
		{"PUT", "/timesheets/:id", scope("create:timesheets"), answer(http.StatusOK, t.Put)}, // 201 where it is new
		{"PATCH", "/timesheets/:id", scope("create:timesheets"), answer(http.StatusOK, t.Change)},
		{"DELETE", "/timesheets/:id", scope("delete:timesheets"), done(t.Remove)},
		{"POST", "/timesheets/:id/restoration", scope("delete:timesheets"), answer(http.StatusOK, t.Restore)},
		{"PUT", "/timesheets/:id/submission", scope("create:timesheets"), answer(http.StatusOK, t.Submit)},
		{"DELETE", "/timesheets/:id/submission", scope("create:timesheets"), answer(http.StatusOK, t.Withdraw)},
		{"PUT", "/timesheets/:id/approval", scope("approve:timesheets").fresh(), answer(http.StatusOK, t.Decide)},
		{"GET", "/periods", scope("read:timesheets"), answer(http.StatusOK, t.Periods)},
		{"GET", "/periods/:id", scope("read:timesheets"), answer(http.StatusOK, t.Period)},
		{"GET", "/periods/:id/:date", scope("read:timesheets"), answer(http.StatusOK, t.PeriodOn)}, // by its person and any day in it
		{"GET", "/periods/:id/events", scope("read:timesheets"), answer(http.StatusOK, t.Events)},
		{"GET", "/periods/:id/diff", scope("read:timesheets"), answer(http.StatusOK, t.Diff)},
		{"PUT", "/periods/:id/submission", scope("create:timesheets"), answer(http.StatusOK, t.SubmitPeriod)},
		{"DELETE", "/periods/:id/submission", scope("create:timesheets"), answer(http.StatusOK, t.WithdrawPeriod)},
		{"PUT", "/periods/:id/approval", scope("approve:timesheets").fresh(), answer(http.StatusOK, t.DecidePeriod)},
		{"POST", "/periods/:id/reopening", scope("approve:timesheets").fresh(), answer(http.StatusOK, t.Reopen)},
		{"POST", "/periods/:id/reopening-request", scope("create:timesheets"), answer(http.StatusOK, t.RequestReopening)},
		{"GET", "/approvals", scope("approve:timesheets"), answer(http.StatusOK, t.Approvals)},
		{"GET", "/approvals/counts", scope("approve:timesheets"), answer(http.StatusOK, t.CountApprovals)},
		{"POST", "/approvals", scope("approve:timesheets").fresh(), answer(http.StatusMultiStatus, t.DecideMany)},
		{"POST", "/approvals/reminders", scope("approve:timesheets"), answer(http.StatusMultiStatus, t.RemindMany)},
		{"GET", "/reports/summary", scope("read:timesheets"), answer(http.StatusOK, t.Report)},
		{"GET", "/changes", scope("read:timesheets"), answer(http.StatusOK, t.Changes)},
		{"GET", "/delegations", scope("read:timesheets"), answer(http.StatusOK, t.Delegations)},
		{"POST", "/delegations", scope("approve:timesheets"), answer(http.StatusCreated, t.Delegate)},
		{"DELETE", "/delegations/:id", scope("create:timesheets"), done(t.EndDelegation)}, // who gets one may not approve yet
		{"GET", "/lock-date", scope("read:timesheets"), answer(http.StatusOK, t.Lock)},
		{"PUT", "/lock-date", scope("approve:timesheets"), answer(http.StatusOK, t.SetLock)}, // of an administrator
		{"GET", "/organization", scope("read:timesheets"), answer(http.StatusOK, t.Organization)},
		{"PATCH", "/organization", scope("approve:timesheets"), answer(http.StatusOK, t.ChangeOrganization)}, // of an administrator
		{"GET", "/notifications", scope("read:timesheets"), answer(http.StatusOK, t.Notifications)},
		{"PUT", "/notifications/read", scope("read:timesheets"), done(t.ReadNotifications)},
		{"PUT", "/notifications/:id/read", scope("read:timesheets"), answer(http.StatusOK, t.ReadNotification)},
		{"GET", "/me/notifications", scope("read:timesheets"), answer(http.StatusOK, t.Switches)},
		{"PUT", "/me/notifications", scope("create:timesheets"), answer(http.StatusOK, t.SetSwitches)},
		{"GET", "/me/language", scope("read:timesheets"), answer(http.StatusOK, t.Language)},
		{"PUT", "/me/language", scope("create:timesheets"), answer(http.StatusOK, t.SetLanguage)},
		{"GET", "/webhooks", scope("read:timesheets"), answer(http.StatusOK, t.Webhooks)}, // these are for administrators
		{"POST", "/webhooks", scope("approve:timesheets"), answer(http.StatusCreated, t.AddWebhook)},
		{"GET", "/webhooks/:id", scope("read:timesheets"), answer(http.StatusOK, t.Webhook)},
		{"PATCH", "/webhooks/:id", scope("approve:timesheets"), answer(http.StatusOK, t.ChangeWebhook)},
		{"DELETE", "/webhooks/:id", scope("approve:timesheets"), done(t.RemoveWebhook)},
		{"POST", "/webhooks/:id/secret", scope("approve:timesheets"), answer(http.StatusOK, t.RotateWebhookSecret)},
		{"POST", "/webhooks/:id/ping", scope("approve:timesheets"), answer(http.StatusOK, t.Ping)},
		{"GET", "/webhooks/:id/deliveries", scope("read:timesheets"), answer(http.StatusOK, t.Deliveries)},
		{"POST", "/webhook-deliveries/:id/redelivery", scope("approve:timesheets"), answer(http.StatusOK, t.Redeliver)},
		{"GET", "/webhook-events", scope("read:timesheets"), answer(http.StatusOK, t.WebhookEvents)},
		{"GET", "/projects", scope("read:timesheets"), answer(http.StatusOK, t.Projects)},
		{"POST", "/projects", scope("approve:timesheets"), answer(http.StatusCreated, t.CreateProject)}, // of an administrator
		{"GET", "/projects/:id", scope("read:timesheets"), answer(http.StatusOK, t.Project)},
		{"PATCH", "/projects/:id", scope("approve:timesheets"), answer(http.StatusOK, t.ChangeProject)},
		{"DELETE", "/projects/:id", scope("approve:timesheets"), done(t.DeleteProject)},
		{"GET", "/projects/:id/members", scope("read:timesheets"), answer(http.StatusOK, t.Members)},
		{"PUT", "/projects/:id/members/:user_id", scope("approve:timesheets"), answer(http.StatusOK, t.AddMember)},
		{"DELETE", "/projects/:id/members/:user_id", scope("approve:timesheets"), done(t.RemoveMember)},
		{"GET", "/customers", scope("read:timesheets"), answer(http.StatusOK, t.Customers)},
		{"GET", "/tags", scope("read:timesheets"), answer(http.StatusOK, t.Tags)},
		{"GET", "/people", scope("read:timesheets"), answer(http.StatusOK, t.People)},
		{"GET", "/people/:id", scope("read:timesheets"), answer(http.StatusOK, t.Person)},
		{"PUT", "/people/:id/manager", scope("approve:timesheets"), answer(http.StatusOK, t.SetManager)}, // of an administrator, as are the next
		{"PUT", "/people/:id/region", scope("approve:timesheets"), answer(http.StatusOK, t.SetRegion)},
		{"GET", "/people/:id/expected-hours", scope("read:timesheets"), answer(http.StatusOK, t.ExpectedHoursOf)},
		{"PUT", "/people/:id/expected-hours", scope("approve:timesheets"), answer(http.StatusOK, t.SetExpectedHoursOf)},
		{"GET", "/expected-hours", scope("read:timesheets"), answer(http.StatusOK, t.ExpectedHours)},
		{"PUT", "/expected-hours", scope("approve:timesheets"), answer(http.StatusOK, t.SetExpectedHours)},
		{"GET", "/holidays", scope("read:timesheets"), answer(http.StatusOK, t.Holidays)},
		{"POST", "/holidays", scope("approve:timesheets"), answer(http.StatusCreated, t.AddHoliday)},
		{"DELETE", "/holidays/:id", scope("approve:timesheets"), done(t.RemoveHoliday)},
		{"POST", "/holidays/import", scope("approve:timesheets"), answer(http.StatusOK, t.ImportHolidays)},
		{"GET", "/absences", scope("read:timesheets"), answer(http.StatusOK, t.Absences)},
		{"POST", "/absences", scope("create:timesheets"), answer(http.StatusCreated, t.RecordAbsence)},
		{"GET", "/absences/:id", scope("read:timesheets"), answer(http.StatusOK, t.Absence)},
		{"DELETE", "/absences/:id", scope("delete:timesheets"), done(t.RemoveAbsence)},
		{"POST", "/absences/import", scope("approve:timesheets"), answer(http.StatusOK, t.ImportAbsences)},
		{"GET", "/missing-time", scope("read:timesheets"), answer(http.StatusOK, t.MissingTime)},
		{"GET", "/teams", scope("read:timesheets"), answer(http.StatusOK, t.Teams)},
		{"GET", "/me", scope("read:timesheets"), answer(http.StatusOK, t.Me)},
		{"GET", "/me/export", scope("read:timesheets"), few.gate(download(t.ExportMe))},
		{"GET", "/audit", scope("read:timesheets"), answer(http.StatusOK, t.Audit)},                                    // of an administrator
		{"GET", "/audit/verification", scope("read:timesheets"), few.gate(answer(http.StatusOK, t.AuditVerification))}, // likewise
	}
}
