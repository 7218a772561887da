package timesheets

import (
	"fmt"

	"gorm.io/gorm"

	"punchcard/auth"
)

// deed is something that was done, as those are told who weren't there.
type deed struct {
	Action string // what was done to what: "timesheet.created", "project.updated"
	Owner  string // the person whose time it is about; empty: the organization
	Object string // the id of the thing
	Before any    // what it was, as JSON shows it; nil: there was none
	After  any    // what it is; nil: there is none any more
}

// note writes the deed down in the write that does it, so that neither is without the other.
func (s *Service) note(tx *gorm.DB, by auth.Caller, d deed) error {
	if _, known := deeds[d.Action]; !known {
		return fmt.Errorf("%s is a deed that deeds doesn't have", d.Action)
	}
	return s.announce(tx, by, d)
}
