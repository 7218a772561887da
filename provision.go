package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/timesheets"
)

// provisioning is what a provisioning file says should exist. What it names is made or updated at every start, what it
// doesn't name is left alone.
type provisioning struct {
	directory auth.Directory
	setup     timesheets.Setup
	text      *yamlText // where it stands
}

// shape is the whole of what can stand in the file. Anything else is refused.
func (p *provisioning) shape() shape {
	return object(fields{
		"organization": optional(&p.setup.Organization, organization),
		"api":          optional(&p.directory.API, api),
		"users":        people(&p.directory.People, &p.setup.People),
		"clients":      list(&p.directory.Clients, client),
		"projects":     list(&p.setup.Projects, project),
		"rules":        list(&p.directory.Rules, rule),
		"rule_configs": texts(&p.directory.RuleConfigs),
	})
}

func organization(o *timesheets.NewOrganization) shape {
	return object(fields{
		"name": text(&o.Name), "week_starts": text(&o.WeekStarts), "period": text(&o.Period),
		"submit_on_create": optional(&o.SubmitOnCreate, yes), "reminders": optional(&o.Reminders, reminders),
		"expected_hours": optional(&o.ExpectedHours, expectedHours), "holidays": list(&o.Holidays, holiday),
	})
}

func reminders(r *timesheets.NewReminders) shape {
	return object(fields{
		"submission_due_days": optional(&r.SubmissionDueDays, number), "remind_every_days": optional(&r.RemindEveryDays, number),
		"escalate_after_days": optional(&r.EscalateAfterDays, number),
	})
}

func api(a *auth.NewAPI) shape {
	return object(fields{"audience": text(&a.Audience), "signing_alg": text(&a.SigningAlg),
		"max_auth_age_for_approval": number(&a.MaxAuthAgeForApproval)})
}

func person(p *auth.NewPerson, w *timesheets.NewWorker) shape {
	return object(fields{
		"email": text(&p.Email), "name": text(&p.Name), "password": text(&p.Password), "password_hash": text(&p.PasswordHash),
		"roles": list(&p.Roles, text), "manager": text(&p.Manager),
		"region": text(&w.Region), "expected_hours": optional(&w.ExpectedHours, expectedHours),
	})
}

func client(c *auth.NewClient) shape {
	read := object(fields{
		"client_id": text(&c.ID), "name": text(&c.Name), "type": text(&c.Type),
		"client_secret": text(&c.Secret), "client_secret_file": textFile(&c.Secret),
		"jwks": jsonText(&c.JWKS), "jwks_uri": text(&c.JWKSURI),
		"redirect_uris": list(&c.RedirectURIs, text), "logout_uris": list(&c.LogoutURIs, text),
		"web_origins": list(&c.WebOrigins, text), "scopes": list(&c.Scopes, text), "skip_consent": yes(&c.SkipConsent),
		"id_token_signed_response_alg": text(&c.IDTokenAlg), "grants": list(&c.Grants, grant),
		"backchannel_logout_uri": text(&c.BackchannelLogoutURI), "backchannel_logout_session_required": yes(&c.BackchannelLogoutSessionRequired),
		"require_pushed_authorization_requests": yes(&c.RequirePushed), "require_pkce": no(&c.PKCEOptional),
	})
	return func(t *yamlText, v value) {
		read(t, v)
		c.Name = cmp.Or(c.Name, c.ID)
		if t.has(v.at+"/client_secret") && t.has(v.at+"/client_secret_file") {
			t.wrong(v.at+"/client_secret_file", "can't stand beside client_secret: leave one of them out")
		}
	}
}

func grant(g *auth.NewGrant) shape {
	return object(fields{"audience": text(&g.Audience), "scopes": list(&g.Scopes, text)})
}

// rule is a rule, which is enabled unless the file says otherwise.
func rule(r *auth.NewRule) shape {
	r.Enabled = true
	return object(fields{"name": text(&r.Name), "file": sourceFile(&r.Source), "enabled": yes(&r.Enabled)})
}

// readProvisioning reads the file at path and checks all that can be checked without the database. The error is every
// mistake at once, each with its line. A path of "" is no file, and nothing is provisioned.
func readProvisioning(path string) (*provisioning, error) {
	if path == "" {
		return &provisioning{}, nil
	}
	content, err := readSmallFile(path, maxProvisioning)
	if err != nil {
		return nil, fmt.Errorf("the provisioning file can't be read: %w", err)
	}
	return parseProvisioning(path, content)
}

const maxProvisioning = 1 << 20 // bytes

func parseProvisioning(path string, content []byte) (*provisioning, error) {
	p := &provisioning{text: newYAMLText(path)}
	if p.text.read(content, p.shape()) {
		p.text.complain(p.directory.Check(timesheets.Scopes))
		p.text.complain(p.setup.Check())
	}
	return p, p.text.err()
}

// apply makes everything hold in one write, or nothing.
func (p *provisioning) apply(ctx context.Context, a *auth.Server, t *timesheets.Service) error {
	err := a.Apply(ctx, p.directory, func(tx *gorm.DB) error { return t.Apply(ctx, tx, p.setup) })
	if mistake, ok := errors.AsType[*auth.Mistake](err); ok && p.text != nil {
		p.text.complain([]auth.Mistake{*mistake})
		return p.text.err()
	}
	if err != nil {
		return fmt.Errorf("apply the provisioning file: %w", err)
	}
	return nil
}
