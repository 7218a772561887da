package timesheets

import (
	"strings"

	"punchcard/auth"
)

// thing is what sort of thing a transition is of.
type thing uint8

const (
	entryThing thing = 1 << iota
	periodThing
	anything = entryThing | periodThing
)

// matter is what somebody acts upon, an entry or a period: how it stands, and who has to do with it.
type matter struct {
	thing   thing
	name    string // "this entry", "the week of 21 September 2026"
	state   State  // an open period is a draft
	ownerID string
	editors []string // who wrote its content last, besides the owner
	people  people
	parts   []part        // at least one
	told    func() string // how it stands, in words
}

// people are those who have to do with a matter.
type people struct {
	owner   string      // a name, as is decider
	above   []candidate // of the owner, from the lowest level on
	admins  []candidate
	decider *string
}

// after is the state in which the action leaves the matter, or the fault that says why it can't be done.
func (m matter) after(action Action, by auth.Caller) (State, error) {
	who := m.relation(by)
	for _, t := range transitions {
		if t.of&m.thing != 0 && t.from == m.state && t.action == action && t.who&who != 0 {
			return t.to, nil
		}
	}
	return m.state, m.refusal(action, by)
}

// actions is what the caller can do to the matter as it is, with the scopes that they have.
func (m matter) actions(by auth.Caller) []Action {
	actions, who := []Action{}, m.relation(by)
	for _, t := range transitions {
		if t.of&m.thing != 0 && t.from == m.state && t.who&who != 0 && by.May(scopeFor[t.action]) {
			actions = append(actions, t.action)
		}
	}
	return actions
}

// standing is how a matter stands that was submitted, in words.
func standing(m matter, submitted, decided string) string {
	switch m.state {
	case Submitted:
		if nobody := m.nobody(); nobody != "" {
			return "submitted on " + submitted + ", but " + nobody
		}
		return "submitted on " + submitted + ", waiting for " + m.approver()
	case Approved, Rejected:
		if m.people.decider == nil { // whose lines were approved one by one
			return string(m.state)
		}
		return strings.TrimSpace(string(m.state) + " by " + *m.people.decider + " on " + decided)
	default:
		return "not submitted yet"
	}
}
