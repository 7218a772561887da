package timesheets

import (
	"context"
	"maps"
	"slices"

	"punchcard/auth"
)

// Event is something that is noted in the audit, and that a webhook can be told of.
type Event struct {
	Name        string `json:"name"` // timesheet.created
	Description string `json:"description"`
}

// events are all that is noted, and what each is; those of a noun stand together.
var events = []Event{
	{"timesheet.created", "an entry was recorded"},
	{"timesheet.updated", "an entry was changed"},
	{"timesheet.deleted", "an entry was deleted"},
	{"timesheet.restored", "a deleted entry was restored"},
	{"timesheet.submitted", "an entry was submitted by itself"},
	{"timesheet.withdrawn", "an entry was taken back before anybody decided about it"},
	{"timesheet.approved", "an entry was approved by itself"},
	{"timesheet.rejected", "an entry was rejected by itself"},

	{"period.submitted", "a period was submitted"},
	{"period.withdrawn", "a period was taken back before anybody decided about it"},
	{"period.approved", "a period was approved"},
	{"period.rejected", "a period was rejected, or lines of it"},
	{"period.reopened", "an approved period was opened again"},
	{"period.reminded", "somebody was asked by who decides to submit their period"},
	{"period.reopening_requested", "somebody asked for their approved period to be opened again"},

	{"absence.created", "an absence was recorded"},
	{"absence.deleted", "an absence was deleted"},

	{"project.created", "a project was added"},
	{"project.updated", "a project was changed, closed or opened"},
	{"project.deleted", "a project that nobody had spent time on was removed"},
	{"project.member_added", "a person may spend time on a project"},
	{"project.member_removed", "a person may spend no more time on a project"},

	{"person.updated", "a person has another manager, or works in another region"},
	{"person.erased", "all that was personal of somebody was taken out"},
	{"expected_hours.updated", "other hours are expected of a person, or of everybody"},
	{"holiday.created", "a holiday was added"},
	{"holiday.deleted", "a holiday was removed"},
	{"holiday.imported", "the holidays of a file were added"},
	{"delegation.created", "somebody was named to decide in another's place"},
	{"delegation.ended", "a delegation was ended or declined early"},
	{"organization.updated", "a setting of the organization was changed"},
	{"lock_date.set", "time was closed until a day, or that was lifted"},
	{"notification_settings.updated", "a person chose how they are notified"},

	{"webhook.created", "a webhook was added"},
	{"webhook.updated", "a webhook was changed"},
	{"webhook.deleted", "a webhook was removed"},
	{"webhook.disabled", "a webhook was switched off, since it failed for days or said that it is gone"},
	{"webhook.secret_rotated", "a webhook got another secret"},
}

// deeds are the names of events.
var deeds = func() map[string]bool {
	names := map[string]bool{}
	for _, e := range events {
		names[e.Name] = true
	}
	return names
}()

// deedNames are their names, in order.
func deedNames() []string { return slices.Sorted(maps.Keys(deeds)) }

// WebhookEvents are all that a webhook can be told of.
func (s *Service) WebhookEvents(_ context.Context, by auth.Caller, _ struct{}) ([]Event, error) {
	if err := onlyAdministrators(by, "only an administrator can see webhooks"); err != nil {
		return nil, err
	}
	return events, nil
}
