package timesheets

import "punchcard/auth"

// refusal says why the action is not in the table for this caller, and who or what can help.
func (e Entry) refusal(action Action, by auth.Caller) error {
	allowed := whoCan(action)
	switch {
	case allowed == approver && by.Machine():
		return fault(Forbidden, "an application that acts for itself can't %s time; a person has to", action)
	case allowed == approver && by.User == e.UserID:
		return fault(SelfApproval, "nobody can %s their own time; this entry waits for %s", action, e.approver())
	case allowed == approver && by.User == e.editedBy:
		return fault(SelfApproval, "you edited this entry last, so %s has to %s it", e.approver(), action)
	case allowed&e.relation(by) == 0:
		return fault(Forbidden, "only %s can %s this entry", e.inPerson(allowed), action)
	case action == Update || action == Delete:
		return fault(PeriodLocked, "can't %s this entry: %s; %s", action, e.standing(), e.unlock())
	default:
		return fault(InvalidTransition, "can't %s this entry: %s", action, e.standing())
	}
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

// unlock says who can make a locked entry changeable again, if anybody can.
func (e Entry) unlock() string {
	if e.State == Submitted {
		return e.people.owner + " can withdraw it, " + e.approver() + " can reject it"
	}
	return "approved time stays as it is"
}
