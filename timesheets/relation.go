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
	approver                      // who decides about it, or about a part of it
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

// share is a part of a matter that is somebody's to decide.
type share struct {
	part
	inPlaceOf *string // the person for whom they decide; nil: themselves
}

// isDecidedBy reports whether the matter, or a part of it, is the caller's to approve or reject.
func (m matter) isDecidedBy(by auth.Caller) bool { return len(m.shares(by)) > 0 }

// shares are the parts that are the caller's to decide: never of their own time, nor an application's.
func (m matter) shares(by auth.Caller) (shares []share) {
	if by.Machine() {
		return nil
	}
	for _, p := range m.parts {
		deciders, administrators := m.deciders(p)
		i := slices.IndexFunc(deciders, func(c candidate) bool { return c.id == by.User }) // first in their own place
		switch {
		case i >= 0 && deciders[i].inPlaceOf != "":
			shares = append(shares, share{p, &deciders[i].inPlaceOf})
		case i >= 0 || administrators && by.Admin && m.isFit(candidate{id: by.User}):
			shares = append(shares, share{p, nil})
		}
	}
	return shares
}

// deciders are who decides about a part: of the project's approver, the owner's manager, that one's manager and so on, each
// with who stands in for them, the first that can; and where none can, any administrator who can.
func (m matter) deciders(p part) (deciders []candidate, administrators bool) {
	for _, c := range slices.Concat(p.first, m.people.above) {
		if len(deciders) > 0 && c.level > deciders[0].level {
			break
		}
		if m.isFit(c) {
			deciders = append(deciders, c)
		}
	}
	if len(deciders) > 0 {
		return deciders, false
	}
	for _, c := range m.people.admins {
		if m.isFit(c) {
			deciders = append(deciders, c)
		}
	}
	return deciders, true
}

// isFit reports whether the candidate may decide: nobody does without a role for it, about their own time, or about what they
// edited last.
func (m matter) isFit(c candidate) bool {
	return !c.barred && c.id != m.ownerID && !m.isEditedBy(c.id)
}

func (m matter) isEditedBy(user string) bool { return slices.Contains(m.editors, user) }

// approvers are the ids of all who can decide now about any part.
func (m matter) approvers() []string {
	ids := []string{}
	for _, p := range m.parts {
		deciders, _ := m.deciders(p)
		for _, c := range deciders {
			if !slices.Contains(ids, c.id) {
				ids = append(ids, c.id)
			}
		}
	}
	return ids
}

// approver is who decides about the matter, in words.
func (m matter) approver() string {
	var each []string
	for _, p := range m.parts {
		if words := m.approverOf(p); !slices.Contains(each, words) {
			each = append(each, words)
		}
	}
	return strings.Join(each, ", and ")
}

func (m matter) approverOf(p part) string {
	deciders, administrators := m.deciders(p)
	switch {
	case len(deciders) == 0:
		return "somebody who may"
	case administrators:
		return "an administrator other than " + m.unfit(p)
	}
	var names []string
	for _, c := range deciders {
		if !slices.Contains(names, c.name) {
			names = append(names, c.name)
		}
	}
	return strings.Join(names, " or ")
}

// unfit is whom somebody would think of first: the nearest who edited the matter, or else the owner.
func (m matter) unfit(p part) string {
	for _, c := range slices.Concat(p.first, m.people.above) {
		if m.isEditedBy(c.id) {
			return c.name
		}
	}
	return m.people.owner
}

// nobody says why nobody is left who could decide about a part of the matter; it is empty if somebody is.
func (m matter) nobody() string {
	for _, p := range m.parts {
		if deciders, _ := m.deciders(p); len(deciders) > 0 {
			continue
		}
		var why, named []string
		for _, c := range slices.Concat(p.first, m.people.above, m.people.admins) {
			if slices.Contains(named, c.id) {
				continue
			}
			named = append(named, c.id)
			switch {
			case c.id == m.ownerID:
				why = append(why, c.name+" can't approve their own time")
			case m.isEditedBy(c.id):
				why = append(why, c.name+" edited it last")
			case c.blocked:
				why = append(why, c.name+" can't sign in any more")
			default:
				why = append(why, c.name+" has no role that lets them approve")
			}
		}
		if len(m.people.above) == 0 {
			why = append([]string{m.people.owner + " has no manager"}, why...)
		}
		return "nobody is left who may approve it: " + strings.Join(why, ", ") +
			"; an administrator can give " + m.people.owner + " another manager"
	}
	return ""
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
	if who&admin != 0 && !(who&approver != 0 && m.isLeftToAdministrators()) { // who are named as approvers already
		names = append(names, "an administrator")
	}
	return strings.Join(names, " or ")
}

func (m matter) isLeftToAdministrators() bool {
	return slices.ContainsFunc(m.parts, func(p part) bool {
		deciders, administrators := m.deciders(p)
		return administrators && len(deciders) > 0
	})
}
