package timesheets

import (
	"punchcard/auth"
	"punchcard/auth/lang"
)

// onlyAdministrators refuses everybody else, in a sentence about what is to be done.
func onlyAdministrators(by auth.Caller, sentence string, args ...any) error {
	if by.Admin {
		return nil
	}
	return fault(Forbidden, sentence, args...)
}

// refusal says why the action is not in the table for this caller, and who or what can help.
func (m matter) refusal(action Action, by auth.Caller) error {
	allowed, verb := whoCan(action), action.verb()
	decides := allowed&approver != 0
	switch {
	case decides && by.Machine():
		return fault(Forbidden, "an application that acts for itself can't %s time; a person has to", verb)
	case decides && by.User == m.ownerID:
		return fault(SelfApproval, "nobody can %s their own time; %s waits for %s", verb, m.name, m.approver())
	case allowed == approver && m.isEditedBy(by.User):
		return fault(SelfApproval, "you edited %s last, so %s has to %s it", m.name, m.approver(), verb)
	case allowed&m.relation(by) == 0:
		return fault(Forbidden, "only %s can %s %s", m.inPerson(allowed), verb, m.name)
	case m.state == Closed:
		return fault(PeriodClosed, "can't %s %s: %s", verb, m.name, m.told())
	case action == Restore:
		return fault(InvalidTransition, "can't restore %s: it is not deleted", m.name)
	case action == Update || action == Delete:
		return fault(PeriodLocked, "can't %s %s: %s; %s", verb, m.name, m.told(), m.unlock())
	default:
		return fault(InvalidTransition, "can't %s %s: %s", verb, m.name, m.told())
	}
}

// verb is the action in words.
func (a Action) verb() lang.Phrase { return verbs[a] }

var verbs = map[Action]lang.Phrase{
	Update: lang.Say("update"), Delete: lang.Say("delete"), Submit: lang.Say("submit"), Withdraw: lang.Say("withdraw"),
	Approve: lang.Say("approve"), Reject: lang.Say("reject"), Reopen: lang.Say("reopen"), Restore: lang.Say("restore"),
	RequestReopening: lang.Say("ask to reopen"),
}

// whoCan is everyone who can take the action in one state or another.
func whoCan(action Action) relation {
	var who relation
	for _, t := range transitions {
		if t.action == action {
			who |= t.who
		}
	}
	return who
}

// unlock says who can make a locked matter changeable again.
func (m matter) unlock() lang.Phrase {
	switch {
	case m.state == Submitted:
		if m.nobody() != nil {
			return lang.Say("%s can withdraw it", m.people.owner)
		}
		return lang.Say("%s can withdraw it, %s can reject it", m.people.owner, m.approver())
	case m.thing == periodThing:
		return lang.Say("%s can reopen it", m.inPerson(whoCan(Reopen)))
	default:
		return lang.Say("once all of its period is approved, %s can reopen that", m.inPerson(whoCan(Reopen)))
	}
}
