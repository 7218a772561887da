package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"punchcard/auth"
	"punchcard/timesheets"
)

const goodFile = `
organization:
  name: ExampleCo
  week_starts: sunday
  period: month
  submit_on_create: true
  reminders: {submission_due_days: 1, escalate_after_days: 0}
  expected_hours: {monday: 8, tuesday: 8, wednesday: 8, thursday: 8, friday: 6.5, valid_from: 2026-01-01}
  holidays: [{date: 2026-12-24, name: Christmas Eve, half: true}, {date: "2026-01-06", name: Epiphany, region: DE-BY}]
api: {audience: "https://api.exampleco.com/timesheets", signing_alg: EdDSA, max_auth_age_for_approval: 300}
users:
  - {email: ada@exampleco.com, name: Ada Lovelace, password: correct horse battery, roles: [employee], manager: mia@exampleco.com}
  - {email: mia@exampleco.com, name: "Mia Chen", roles: [manager, admin], region: DE-BY, expected_hours: {saturday: 0.75}}
clients:
  - client_id: timesheets-mobile # the phone app
    name: |-
      Timesheets for phones
    type: native
    redirect_uris:
      - com.exampleco.timesheets:/callback
      - "http://127.0.0.1/callback"
    scopes: [openid, "read:timesheets"]
    skip_consent: true
  - client_id: payroll
    type: machine
    client_secret_file: payroll.secret
    grants: [{audience: "https://api.exampleco.com/timesheets", scopes: ["read:timesheets"]}]
  - client_id: reports
    type: web
    client_secret: 'a secret of 43 letters'
    redirect_uris: ["https://reports.example/callback"]
    logout_uris: ["https://reports.example/"]
    web_origins: ["https://reports.example"]
    backchannel_logout_uri: https://reports.example/signed-out
    backchannel_logout_session_required: true
    require_pushed_authorization_requests: true
    require_pkce: false
projects:
  - {name: StoreZero, customer: Acme, billable: true, tasks: [Build, Review]}
  - {name: Storefront 2, closed: true}
rules:
  - {name: add email, file: rules/add-email.js}
  - {name: "off", file: rules/add-email.js, enabled: false}
rule_configs:
  API_KEY: 'a key: "x"'
  MODE: |
    strict
`

const goodRule = "function (user, context, callback) {\n  callback(null, user, context);\n}\n"

func TestProvisioningFileIsRead(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "payroll.secret"), "  the secret in the file\n")
	if err := os.Mkdir(filepath.Join(folder, "rules"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "rules", "add-email.js"), goodRule)
	path := filepath.Join(folder, "punchcard.yaml")
	write(t, path, goodFile)
	p, err := readProvisioning(path)
	if err != nil {
		t.Fatal(err)
	}
	audience := "https://api.exampleco.com/timesheets"
	directory := auth.Directory{
		API: &auth.NewAPI{Audience: audience, SigningAlg: "EdDSA", MaxAuthAgeForApproval: 300},
		People: []auth.NewPerson{
			{
				Email: "ada@exampleco.com", Name: "Ada Lovelace", Password: "correct horse battery", Roles: []string{"employee"},
				Manager: "mia@exampleco.com",
			},
			{Email: "mia@exampleco.com", Name: "Mia Chen", Roles: []string{"manager", "admin"}},
		},
		Clients: []auth.NewClient{
			{
				ID: "timesheets-mobile", Name: "Timesheets for phones", Type: "native",
				RedirectURIs: []string{"com.exampleco.timesheets:/callback", "http://127.0.0.1/callback"},
				Scopes:       []string{"openid", "read:timesheets"}, SkipConsent: true,
			},
			{
				ID: "payroll", Name: "payroll", Type: "machine", Secret: "the secret in the file",
				Grants: []auth.NewGrant{{Audience: audience, Scopes: []string{"read:timesheets"}}},
			},
			{
				ID: "reports", Name: "reports", Type: "web", Secret: "a secret of 43 letters",
				RedirectURIs: []string{"https://reports.example/callback"}, LogoutURIs: []string{"https://reports.example/"},
				WebOrigins:           []string{"https://reports.example"},
				BackchannelLogoutURI: "https://reports.example/signed-out", BackchannelLogoutSessionRequired: true,
				RequirePushed: true, PKCEOptional: true,
			},
		},
		Rules: []auth.NewRule{{Name: "add email", Source: goodRule, Enabled: true}, {Name: "off", Source: goodRule}},

		RuleConfigs: map[string]string{"API_KEY": `a key: "x"`, "MODE": "strict\n"},
	}
	setup := timesheets.Setup{
		Organization: &timesheets.NewOrganization{
			Name: "ExampleCo", WeekStarts: "sunday", Period: "month", SubmitOnCreate: new(true),
			Reminders: &timesheets.NewReminders{SubmissionDueDays: new(1), EscalateAfterDays: new(0)},
			ExpectedHours: &timesheets.Schedule{ValidFrom: "2026-01-01",
				Minutes: timesheets.Weekdays{Monday: 480, Tuesday: 480, Wednesday: 480, Thursday: 480, Friday: 390}},
			Holidays: []timesheets.NewHoliday{
				{Date: "2026-12-24", Name: "Christmas Eve", Half: true}, {Date: "2026-01-06", Name: "Epiphany", Region: "DE-BY"},
			},
		},
		People: []timesheets.NewWorker{{Number: 1, Email: "mia@exampleco.com", Region: "DE-BY",
			ExpectedHours: &timesheets.Schedule{Minutes: timesheets.Weekdays{Saturday: 45}}}},
		Projects: []timesheets.NewProject{
			{
				Name: "StoreZero", Customer: "Acme", Billable: true, Tasks: []string{"Build", "Review"},
				Unsaid: []string{"tasks_only", "members", "approver", "closed", "budget_minutes"},
			},
			{Name: "Storefront 2", Closed: true, Unsaid: []string{"customer", "billable", "tasks", "tasks_only", "members", "approver", "budget_minutes"}},
		},
	}
	if diff := cmp.Diff(directory, p.directory); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(setup, p.setup); diff != "" {
		t.Error(diff)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// mistakesIn is what is told about a file, without the line above.
func mistakesIn(content string) string {
	_, err := parseProvisioning("punchcard.yaml", []byte(content))
	if err == nil {
		return ""
	}
	_, told, _ := strings.Cut(err.Error(), ":\n")
	return told
}

func TestMistakesAreToldWithTheirLines(t *testing.T) {
	for _, c := range []struct{ name, file, want string }{
		{"not YAML", "users:\n  - {name: Ada", "punchcard.yaml:2: is not YAML: could not find flow mapping end token '}'"},
		{"a tab", "api:\n\taudience: x", "punchcard.yaml:2: is not YAML: found character '\t' that cannot start any token"},
		{"empty", "# nothing yet\n", "punchcard.yaml:1: is empty: say what should exist, such as organization, users, clients or projects"},
		{"a list", "- users", "punchcard.yaml:1: must be fields and their values"},
		{"two documents", "api: {audience: 'https://x.example'}\n---\nusers: []", "punchcard.yaml:3: must be one document: take out the line --- above"},
		{"Latin-1", "organization: {name: Caf\xe9}", "punchcard.yaml:1: is not UTF-8 text"},
		{"NUL", "organization: {name: \"a\x00\"}", "punchcard.yaml:1: is not UTF-8 text"},
		{
			"unknown fields", "user:\n  - {emial: a}\nclients:\n  - client_id: x\n    type: spa\n    redirect_uri: y\n    redirect_uris: ['https://x.example']\n    colour: red",
			`punchcard.yaml:1: there is no field "user" here; did you mean users?
punchcard.yaml:6: clients[0]: there is no field "redirect_uri" here; did you mean redirect_uris?
punchcard.yaml:8: clients[0]: there is no field "colour" here, only backchannel_logout_session_required, backchannel_logout_uri, client_id, client_secret, client_secret_file, grants, ` +
				`id_token_signed_response_alg, jwks, jwks_uri, logout_uris, name, redirect_uris, require_pkce, require_pushed_authorization_requests, scopes, skip_consent, type, web_origins`,
		},
		{
			"the same field twice", "projects: []\norganization: {name: A}\nprojects: []",
			"punchcard.yaml:3: projects: stands here twice: take one of them out",
		},
		{
			"wrong types", "organization:\n  name: 2026\n  submit_on_create: maybe\nprojects:\n  - {name: [a], tasks: Build}\n  - x\nusers: {}\napi:",
			`punchcard.yaml:2: organization.name: must be text: put it in quotation marks
punchcard.yaml:3: organization.submit_on_create: must be true or false
punchcard.yaml:5: projects[0].name: must be text
punchcard.yaml:5: projects[0].tasks: must be a list
punchcard.yaml:6: projects[1]: must be fields and their values
punchcard.yaml:7: users: must be a list
punchcard.yaml:8: api: must be fields and their values: give it a value or take it out`,
		},
		{
			"PKCE, of which only web apps can be exempted", `clients:
  - {client_id: a, type: native, redirect_uris: ['http://127.0.0.1/'], require_pkce: true}
  - client_id: b
    type: spa
    redirect_uris: ['https://x.example']
    require_pkce: false
  - {client_id: c, type: native, redirect_uris: ['http://127.0.0.1/'], require_pkce: false}
  - {client_id: d, type: web, client_secret: a secret of 43 letters, redirect_uris: ['https://x.example'], require_pkce: 0}`,
			`punchcard.yaml:6: clients[1].require_pkce: must be true for spa apps: only web apps, which authenticate, can go without PKCE
punchcard.yaml:7: clients[2].require_pkce: must be true for native apps: only web apps, which authenticate, can go without PKCE
punchcard.yaml:8: clients[3].require_pkce: must be true or false`,
		},
		{
			"numbers", "api:\n  audience: 'https://x.example'\n  max_auth_age_for_approval: 1.5",
			"punchcard.yaml:3: api.max_auth_age_for_approval: must be a whole number",
		},
		{
			"text for a number", "api:\n  audience: 'https://x.example'\n  max_auth_age_for_approval: '300'",
			"punchcard.yaml:3: api.max_auth_age_for_approval: must be a whole number",
		},
		{
			"a number out of bounds", "api:\n  audience: 'https://x.example'\n  max_auth_age_for_approval: -1",
			"punchcard.yaml:3: api.max_auth_age_for_approval: must be 1 to 2592000 seconds, or 0 for no limit",
		},
		{
			"hours and holidays", `organization:
  expected_hours: {monday: eight, tuesday: 0.333, mittwoch: 8, friday: 25, valid_from: 2026-02-30}
  holidays:
    - {date: 2026-13-01, name: A}
    - {name: B, half: 1}
users:
  - {email: ada@exampleco.com, name: Ada}
  - email: mia@exampleco.com
    name: Mia
    expected_hours:
      sunday: -1
    region: "a\tb"
  - {email: bob@exampleco.com, name: Bob, expected_hours: 24}`,
			`punchcard.yaml:2: organization.expected_hours.monday: must be a number of hours of whole minutes, such as 8 or 7.5
punchcard.yaml:2: organization.expected_hours.tuesday: must be a number of hours of whole minutes, such as 8 or 7.5
punchcard.yaml:2: organization.expected_hours: there is no field "mittwoch" here, only friday, monday, saturday, sunday, thursday, tuesday, valid_from, wednesday
punchcard.yaml:2: organization.expected_hours.valid_from: must be a day such as 2026-03-04, in 1970 or later
punchcard.yaml:2: organization.expected_hours.friday: must be between 0 and 1440 minutes, which is a day
punchcard.yaml:4: organization.holidays[0].date: must be a day such as 2026-03-04, in 1970 or later
punchcard.yaml:5: organization.holidays[1].half: must be true or false
punchcard.yaml:5: organization.holidays[1].date: must be a day such as 2026-03-04, in 1970 or later
punchcard.yaml:11: users[1].expected_hours.sunday: must be between 0 and 1440 minutes, which is a day
punchcard.yaml:12: users[1].region: must be text on one line, without control characters
punchcard.yaml:13: users[2].expected_hours: must be fields and their values`,
		},
		{
			"anchors", "organization: &o {name: A}\nprojects:\n  - *o\n  - {name: !!str A}",
			`punchcard.yaml:1: organization: must be fields and their values, written out: anchors, aliases and tags are not read here
punchcard.yaml:3: projects[0]: must be fields and their values, written out: anchors, aliases and tags are not read here
punchcard.yaml:4: projects[1].name: must be text, written out: anchors, aliases and tags are not read here`,
		},
		{
			"what the rooms below say", `users:
  - {email: ada, name: Ada}
  - {email: mia@exampleco.com, name: Mia, password: short}
clients:
  - client_id: one
    type: phone
  - client_id: two
    type: native
    redirect_uris:
      - com.exampleco:/callback
      - http://example.com/callback
  - client_id: three
    type: machine
projects:
  - {name: A}
  - {name: A}
organization: {week_starts: friday}
`,
			`punchcard.yaml:2: users[0].email: must be an e-mail address
punchcard.yaml:3: users[1].password: must have at least 8 characters
punchcard.yaml:6: clients[0].type: must be native, spa, web or machine
punchcard.yaml:11: clients[1].redirect_uris[1]: must begin with https:// (http:// is for this same machine alone)
punchcard.yaml:12: clients[2].client_secret: is needed: 16 characters at least, better 43 random ones
punchcard.yaml:16: projects[1].name: is the name of /projects/0 already
punchcard.yaml:17: organization.week_starts: must be monday, sunday or saturday`,
		},
		{
			"rules", "rules:\n  - {name: add email, file: nowhere/add-email.js, enabled: true}\n  - {}\n  - {name: a, source: x, enabled: 1}",
			`punchcard.yaml:2: rules[0].file: can't be read: open nowhere/add-email.js: no such file or directory
punchcard.yaml:3: rules[1].name: must be a name of 1 to 100 bytes
punchcard.yaml:3: rules[1].file: must hold a JavaScript function (user, context, callback) of 64 KiB at most
punchcard.yaml:4: rules[2]: there is no field "source" here, only enabled, file, name
punchcard.yaml:4: rules[2].enabled: must be true or false
punchcard.yaml:4: rules[2].file: must hold a JavaScript function (user, context, callback) of 64 KiB at most`,
		},
		{
			"configuration", "rule_configs:\n  API-KEY: secret\n  PORT: 8080\n  NONE:\n  EMPTY: ''\n  TWICE: secret\n  TWICE: secret\n  LIST: [secret]\n  LONG: " + strings.Repeat("s", 4097),
			`punchcard.yaml:2: rule_configs.API-KEY: is no key: it must have 1 to 127 letters, digits and underscores
punchcard.yaml:3: rule_configs.PORT: must be text: put it in quotation marks
punchcard.yaml:4: rule_configs.NONE: must be text: give it a value or take it out
punchcard.yaml:5: rule_configs.EMPTY: must be a text of 1 to 4096 bytes
punchcard.yaml:7: rule_configs.TWICE: stands here twice: take one of them out
punchcard.yaml:8: rule_configs.LIST: must be text
punchcard.yaml:9: rule_configs.LONG: must be a text of 1 to 4096 bytes`,
		},
		{"configuration as a list", "rule_configs: [API_KEY]", "punchcard.yaml:1: rule_configs: must be names and their texts"},
		{
			"secrets", "clients:\n  - client_id: a\n    type: machine\n    client_secret: x\n    client_secret_file: nowhere/y\n  - {client_id: b, type: machine, client_secret: 12345}",
			`punchcard.yaml:4: clients[0].client_secret: is needed: 16 characters at least, better 43 random ones
punchcard.yaml:5: clients[0].client_secret_file: can't be read: open nowhere/y: no such file or directory
punchcard.yaml:5: clients[0].client_secret_file: can't stand beside client_secret: leave one of them out
punchcard.yaml:6: clients[1].client_secret: must be text: put it in quotation marks`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, mistakesIn(c.file)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestASecretThatIsTooShortIsToldOfItsFile(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "s"), "short\n")
	path := filepath.Join(folder, "punchcard.yaml")
	write(t, path, "clients:\n  - client_id: a\n    type: machine\n    client_secret_file: s\n")
	_, err := readProvisioning(path)
	want := path + ":4: clients[0].client_secret_file: is needed"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestTheFileMustBeThereAndSmall(t *testing.T) {
	folder := t.TempDir()
	if _, err := readProvisioning(filepath.Join(folder, "missing.yaml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
	if _, err := readProvisioning(folder); err == nil {
		t.Error("a folder was read")
	}
	large := filepath.Join(folder, "large.yaml")
	write(t, large, strings.Repeat("#", maxProvisioning+1))
	if _, err := readProvisioning(large); err == nil || !strings.Contains(err.Error(), "is larger than 1024 KiB") {
		t.Errorf("large: %v", err)
	}
}

func TestMistakesTellNoSecret(t *testing.T) {
	const secret = "Tr0ub4dor"
	for _, file := range []string{
		"users: [{email: a@x.example, name: A, password: 'Tr0ub4dor",
		"users: [{email: a@x.example, name: A, password: {Tr0ub4dor: x}}]",
		"users: [{email: a@x.example, name: A, password: [Tr0ub4dor]}]",
		"users: [{email: a@x.example, name: A, password_hash: Tr0ub4dor}]",
		"users: [{email: a@x.example, name: A, password: *Tr0ub4dor}]",
		"users: [{email: a@x.example, name: A, password: !Tr0ub4dor x}]",
		"users: [{email: a@x.example, name: A, password: @Tr0ub4dor}]",
		"users:\n  - password: Tr0ub4dor: 3\n",
		"users:\n  - password: Tr0ub4dor\n   name: A\n",
		"clients: [{client_id: a, type: machine, client_secret: Tr0ub4dor}]",
		"clients: [{client_id: a, type: spa, redirect_uris: ['https://x.example'], client_secret: Tr0ub4dor}]",
	} {
		told := mistakesIn(file)
		if told == "" {
			t.Errorf("%s: there is no mistake", file)
		}
		if strings.Contains(told, secret) {
			t.Errorf("%s: the message has the secret: %s", file, told)
		}
	}
}

func FuzzProvisioningFile(f *testing.F) {
	f.Add(goodFile)
	f.Add(string(exampleCo))
	f.Add("? a\n: [b, {c: *d}]\n<<: &e !!f g")
	f.Add("users:\n- {}\n-\n- [[]]\nclients: [{grants: [{}]}]\nrules: [x]")
	f.Fuzz(func(t *testing.T, file string) {
		if len(file) > 4<<10 {
			return // the parser takes its time with what is nested deeply
		}
		p := &provisioning{text: newYAMLText("f")}
		if p.text.read([]byte(file), p.shape()) {
			p.text.complain(p.directory.Check(timesheets.Scopes))
			p.text.complain(p.setup.Check())
		}
		for _, m := range p.text.mistakes {
			if m.line < 1 || m.line > strings.Count(file, "\n")+strings.Count(file, "\r")+1 {
				t.Errorf("%+v is on no line of %q", m, file)
			}
		}
	})
}

func TestProjectsInAProvisioningFile(t *testing.T) {
	for _, c := range []struct{ project, want string }{
		{"{name: A, budget_minutes: 90}", "90 "},
		{"{name: A, budget_hours: 3, budget_period: month}", "180 month"},
		{"{name: A, budget_minutes: 0}", "none "},
		{"{name: A, budget_hours: 0}", "none "},
		{"{name: A, budget_minutes: 90, budget_hours: 3}", "budget_hours: can't stand beside budget_minutes"},
		{"{name: A, budget_minutes: -1}", "must be between 1 and 100000000 minutes"},
		{"{name: A, budget_hours: 9223372036854775807}", "must be between 1 and 100000000 minutes"},
		{"{name: A, budget_period: month}", "is that of a budget, of which there is none"},
		{"{name: A, budget_hours: 1, budget_period: day}", "must be total or month"},
		{"{name: A, members: ada@exampleco.com}", "members: must be a list"},
	} {
		p, err := parseProvisioning("punchcard.yaml", []byte("projects:\n  - "+c.project))
		got := "none "
		if err != nil {
			got = err.Error()
		} else if n := p.setup.Projects[0]; n.BudgetMinutes != nil {
			got = fmt.Sprint(*n.BudgetMinutes, " ", n.BudgetPeriod)
		}
		if err == nil && got != c.want || !strings.Contains(got, c.want) {
			t.Errorf("%s is %q, want %q", c.project, got, c.want)
		}
		if err == nil && slices.Contains(p.setup.Projects[0].Unsaid, "budget_minutes") {
			t.Errorf("%s leaves the budget unsaid", c.project)
		}
	}
}
