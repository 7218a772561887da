package timesheets

import (
	"slices"
	"strings"

	"punchcard/auth"
	"punchcard/auth/lang"
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
func (m matter) approver() lang.Phrase {
	var each []lang.Phrase
	var known []string
	for _, p := range m.parts {
		who := m.approverOf(p)
		if said := who.In(lang.Tagged("en")); !slices.Contains(known, said) {
			each, known = append(each, who), append(known, said)
		}
	}
	return lang.And(each...)
}

func (m matter) approverOf(p part) lang.Phrase {
	deciders, administrators := m.deciders(p)
	switch {
	case len(deciders) == 0:
		return lang.Say("somebody who may")
	case administrators:
		return lang.Say("an administrator other than %s", m.unfit(p))
	}
	var names []string
	for _, c := range deciders {
		if !slices.Contains(names, c.name) {
			names = append(names, c.name)
		}
	}
	return lang.Either(named(names)...)
}

// named are people by their names.
func named(names []string) []lang.Phrase {
	all := make([]lang.Phrase, len(names))
	for i, name := range names {
		all[i] = lang.Words{lang.Verbatim(name)}
	}
	return all
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

// nobody says why nobody is left who could decide about a part of the matter; it is nil if somebody is.
func (m matter) nobody() lang.Phrase {
	for _, p := range m.parts {
		if deciders, _ := m.deciders(p); len(deciders) > 0 {
			continue
		}
		var why []lang.Phrase
		var named []string
		for _, c := range slices.Concat(p.first, m.people.above, m.people.admins) {
			if slices.Contains(named, c.id) {
				continue
			}
			named = append(named, c.id)
			switch {
			case c.id == m.ownerID:
				why = append(why, lang.Say("%s can't approve their own time", c.name))
			case m.isEditedBy(c.id):
				why = append(why, lang.Say("%s edited it last", c.name))
			case c.blocked:
				why = append(why, lang.Say("%s can't sign in any more", c.name))
			default:
				why = append(why, lang.Say("%s has no role that lets them approve", c.name))
			}
		}
		if len(m.people.above) == 0 {
			why = append([]lang.Phrase{lang.Say("%s has no manager", m.people.owner)}, why...)
		}
		return lang.Say("nobody is left who may approve it: %s; an administrator can give %s another manager",
			lang.Listed(why...), m.people.owner)
	}
	return nil
}

// inPerson names those who stand to the matter in one of the relations.
func (m matter) inPerson(who relation) lang.Phrase {
	var names []lang.Phrase
	if who&owner != 0 {
		names = append(names, lang.Words{lang.Verbatim(m.people.owner)})
	}
	if who&approver != 0 {
		names = append(names, m.approver())
	}
	if who&admin != 0 && !(who&approver != 0 && m.isLeftToAdministrators()) { // who are named as approvers already
		names = append(names, lang.Say("an administrator"))
	}
	return lang.Either(names...)
}

func (m matter) isLeftToAdministrators() bool {
	return slices.ContainsFunc(m.parts, func(p part) bool {
		deciders, administrators := m.deciders(p)
		return administrators && len(deciders) > 0
	})
}
