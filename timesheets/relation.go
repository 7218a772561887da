package timesheets

import (
	"strings"

	"punchcard/auth"
)

// relation is how the caller stands to an entry. One person can be several things; none of them is a stranger.
type relation uint8

const (
	owner    relation = 1 << iota // whose time it is
	approver                      // who decides about the owner's time
	admin                         // an administrator, or an application that an administrator let in
)

func (r relation) String() string {
	var names []string
	for i, name := range []string{"owner", "approver", "administrator"} {
		if r&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// relation is how the caller stands to the entry.
func (e Entry) relation(by auth.Caller) relation {
	var who relation
	if by.User == e.UserID {
		who |= owner
	}
	if e.isDecidedBy(by) {
		who |= approver
	}
	if seesAll(by) {
		who |= admin
	}
	return who
}

// isDecidedBy reports whether the entry is the caller's to approve or reject. It is the owner's manager's or, where
// the manager can't, any administrator's; but never the owner's, nor that of who edited it last, nor an application's.
func (e Entry) isDecidedBy(by auth.Caller) bool {
	switch {
	case by.Machine() || by.User == e.UserID || by.User == e.editedBy:
		return false
	case e.managerDecides():
		return by.User == *e.people.managerID
	default:
		return by.Admin
	}
}

// managerDecides reports whether the owner has a manager who may decide: one who didn't edit the entry last.
func (e Entry) managerDecides() bool {
	return e.people.managerID != nil && *e.people.managerID != e.editedBy
}

// approver is who decides about the entry, in words.
func (e Entry) approver() string {
	switch {
	case e.managerDecides():
		return *e.people.manager
	case e.people.manager != nil:
		return "an administrator other than " + *e.people.manager
	default:
		return "an administrator other than " + e.people.owner
	}
}

// inPerson names those who stand to the entry in one of the relations.
func (e Entry) inPerson(who relation) string {
	var names []string
	if who&owner != 0 {
		names = append(names, e.people.owner)
	}
	if who&approver != 0 {
		names = append(names, e.approver())
	}
	if who&admin != 0 {
		names = append(names, "an administrator")
	}
	return strings.Join(names, " or ")
}
