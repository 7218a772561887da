package timesheets

import (
	"maps"
	"slices"
)

// deeds are all that is noted, and what each is.
var deeds = map[string]string{
	"timesheet.created": "an entry was recorded",

	"webhook.created":        "a webhook was added",
	"webhook.updated":        "a webhook was changed",
	"webhook.deleted":        "a webhook was removed",
	"webhook.disabled":       "a webhook was switched off, since it failed for days or said that it is gone",
	"webhook.secret_rotated": "a webhook got another secret",
}

// deedNames are their names, in order.
func deedNames() []string { return slices.Sorted(maps.Keys(deeds)) }
