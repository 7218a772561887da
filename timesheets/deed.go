package timesheets

import (
	"cmp"
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

// operator is whoever may run the program on the database.
var operator = auth.Caller{Client: "command"}

// note writes the deed down in the write that does it, so that neither is without the other.
func (s *Service) note(tx *gorm.DB, by auth.Caller, d deed) error {
	if !deeds[d.Action] {
		return fmt.Errorf("%s is a deed that deeds doesn't have", d.Action)
	}
	r := auditRecord{
		Chain: cmp.Or(d.Owner, organizationChain), At: s.instant(), Actor: actorOf(by), Client: by.Client, Token: by.Token,
		Request: by.RequestID, Action: d.Action, Object: d.Object,
	}
	if err := r.contain(d.Before, d.After); err != nil {
		return err
	}
	if err := r.append(tx); err != nil {
		return fmt.Errorf("write the audit record of %s: %w", d.Action, err)
	}
	return s.announce(tx, by, d)
}

// actorOf is who did it. What came with a token is some application's; what came without any is the server's own.
func actorOf(by auth.Caller) string {
	if by.Machine() && by.Token == "" {
		return by.Client
	}
	return by.Subject()
}
