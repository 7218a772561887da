package timesheets

import (
	"time"

	"punchcard/auth"
	"punchcard/auth/lang"
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
	name    lang.Phrase // "this entry", "the week of 21 September 2026"
	state   State       // an open period is a draft
	ownerID string
	editors []string // who wrote its content last, besides the owner
	people  people
	parts   []part             // at least one
	told    func() lang.Phrase // how it stands
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
func standing(m matter, submitted, decided *time.Time) lang.Phrase {
	switch {
	case m.state == Submitted:
		if nobody := m.nobody(); nobody != nil {
			return lang.Say("submitted on %s, but %s", onDay(submitted), nobody)
		}
		return lang.Say("submitted on %s, waiting for %s", onDay(submitted), m.approver())
	case m.state == Approved && m.people.decider == nil: // whose lines were approved one by one
		return lang.Say("approved")
	case m.state == Rejected && m.people.decider == nil:
		return lang.Say("rejected")
	case m.state == Approved:
		return lang.Say("approved by %s on %s", *m.people.decider, onDay(decided))
	case m.state == Rejected:
		return lang.Say("rejected by %s on %s", *m.people.decider, onDay(decided))
	default:
		return lang.Say("not submitted yet")
	}
}

// onDay is the day of an instant; empty if there is none.
func onDay(at *time.Time) lang.Phrase {
	if at == nil {
		return lang.Words{}
	}
	return lang.Date(at.UTC())
}
