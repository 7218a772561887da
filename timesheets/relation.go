package timesheets

import (
	"slices"
	"strings"

	"punchcard/auth"
)

// relation is how the caller stands to an entry or a period. One person can be several things; none of them is a stranger.
type relation uint8

const (
	owner    relation = 1 << iota // whose time it is
	approver                      // who decides about the owner's time
	admin                         // an administrator, of somebody else's time
	machine                       // an application that acts for itself, as an administrator let it
)

func (r relation) String() string {
	var names []string
	for i, name := range []string{"owner", "approver", "administrator", "application"} {
		if r&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// relation is how the caller stands to the matter.
func (m matter) relation(by auth.Caller) relation {
	var who relation
	switch {
	case by.Machine():
		return machine
	case by.User == m.ownerID:
		return owner
	case by.Admin:
		who = admin
	}
	if m.isDecidedBy(by) {
		who |= approver
	}
	return who
}

// isDecidedBy reports whether the matter is the caller's to approve or reject. It is the owner's manager's or, where
// the manager can't, any administrator's; but never the owner's, nor that of who edited it last, nor an application's.
func (m matter) isDecidedBy(by auth.Caller) bool {
	switch {
	case by.Machine() || by.User == m.ownerID || m.isEditedBy(by.User):
		return false
	case m.managerDecides():
		return by.User == *m.people.managerID
	default:
		return by.Admin
	}
}

func (m matter) isEditedBy(user string) bool { return slices.Contains(m.editors, user) }

// managerDecides reports whether the owner has a manager who may decide: one who didn't edit the matter last.
func (m matter) managerDecides() bool {
	return m.people.managerID != nil && !m.isEditedBy(*m.people.managerID)
}

// approver is who decides about the matter, in words.
func (m matter) approver() string {
	switch {
	case m.managerDecides():
		return *m.people.manager
	case m.people.manager != nil:
		return "an administrator other than " + *m.people.manager
	default:
		return "an administrator other than " + m.people.owner
	}
}

// inPerson names those who stand to the matter in one of the relations.
func (m matter) inPerson(who relation) string {
	var names []string
	if who&owner != 0 {
		names = append(names, m.people.owner)
	}
	if who&approver != 0 {
		names = append(names, m.approver())
	}
	if who&admin != 0 && !(who&approver != 0 && !m.managerDecides()) { // who is named as the approver already
		names = append(names, "an administrator")
	}
	return strings.Join(names, " or ")
}
