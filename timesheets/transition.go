package timesheets

import (
	"strings"

	"punchcard/auth"
)

// State is how far an entry has come.
type State string

// Action is what can be done to an entry.
type Action string

// The states and the actions.
const (
	Draft     State = "draft"
	Submitted State = "submitted"
	Approved  State = "approved"
	Rejected  State = "rejected" // changes are requested: it can be changed and submitted again

	Update   Action = "update"
	Delete   Action = "delete"
	Submit   Action = "submit"
	Withdraw Action = "withdraw"
	Approve  Action = "approve"
	Reject   Action = "reject"
)

type transition struct {
	from   State
	action Action
	who    relation // any of these may
	to     State
}

// transitions is all that can happen to an entry. What isn't here can't. A deleted entry keeps its state.
var transitions = []transition{
	{Draft, Update, owner | admin, Draft},
	{Draft, Delete, owner | admin, Draft},
	{Draft, Submit, owner, Submitted},
	{Submitted, Withdraw, owner, Draft},
	{Submitted, Approve, approver, Approved},
	{Submitted, Reject, approver, Rejected},
	{Rejected, Update, owner | admin, Rejected},
	{Rejected, Delete, owner | admin, Rejected},
	{Rejected, Submit, owner, Submitted},
}

// scopeFor is the scope that the application needs besides.
var scopeFor = map[Action]string{
	Update: createScope, Delete: deleteScope, Submit: createScope, Withdraw: createScope,
	Approve: approveScope, Reject: approveScope,
}

// after is the state in which the action leaves the entry, or the fault that says why it can't be done.
func (e Entry) after(action Action, by auth.Caller) (State, error) {
	who := e.relation(by)
	for _, t := range transitions {
		if t.from == e.State && t.action == action && t.who&who != 0 {
			return t.to, nil
		}
	}
	return e.State, e.refusal(action, by)
}

// actions is what the caller can do to the entry as it is, with the scopes that they have.
func (e Entry) actions(by auth.Caller) []Action {
	actions, who := []Action{}, e.relation(by)
	for _, t := range transitions {
		if t.from == e.State && t.who&who != 0 && by.May(scopeFor[t.action]) {
			actions = append(actions, t.action)
		}
	}
	return actions
}

// TransitionTable is the table of states, actions and relations in Markdown.
func TransitionTable() string {
	var table strings.Builder
	table.WriteString("| an entry that is | can be | by its | and is then |\n|---|---|---|---|\n")
	for _, t := range transitions {
		to := string(t.to)
		if t.action == Delete {
			to = "gone"
		}
		table.WriteString("| " + string(t.from) + " | " + string(t.action) + " | " + t.who.String() + " | " + to + " |\n")
	}
	return table.String()
}
