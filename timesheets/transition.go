package timesheets

import "strings"

// State is how far an entry or a period has come.
type State string

// Action is what can be done to an entry or a period.
type Action string

// The states and the actions.
const (
	Open      State = "open"  // of a period: not submitted, or not wholly
	Draft     State = "draft" // of an entry
	Submitted State = "submitted"
	Approved  State = "approved"
	Closed    State = "closed"   // the lock date covers it, so nothing happens to it; stands for any state of its own
	Rejected  State = "rejected" // changes are requested: it can be changed and submitted again
	Deleted   State = "deleted"  // of an entry; stands for the state that it had, which it keeps

	Update           Action = "update"
	Delete           Action = "delete"
	Submit           Action = "submit"
	Withdraw         Action = "withdraw"
	Approve          Action = "approve"
	Reject           Action = "reject"
	Reopen           Action = "reopen"
	RequestReopening Action = "request_reopening"
	Restore          Action = "restore"
)

type transition struct {
	of     thing
	from   State
	action Action
	who    relation // any of these may
	to     State
}

// transitions is all that can happen to an entry or a period. What isn't here can't. A deleted entry keeps its state, in
// which it comes back, and an open period stands here as a draft. What happens to a period happens to those of its entries
// that are in the same state, and to its submission.
var transitions = []transition{
	{entryThing, Draft, Update, owner | admin | machine, Draft},
	{entryThing, Draft, Delete, owner | admin | machine, Draft},
	{anything, Draft, Submit, owner, Submitted},
	{anything, Submitted, Withdraw, owner, Draft},
	{anything, Submitted, Approve, approver, Approved},
	{anything, Submitted, Reject, approver, Rejected},
	{entryThing, Rejected, Update, owner | admin | machine, Rejected},
	{entryThing, Rejected, Delete, owner | admin | machine, Rejected},
	{anything, Rejected, Submit, owner, Submitted},
	{periodThing, Approved, RequestReopening, owner, Approved},
	{periodThing, Approved, Reopen, approver | admin, Draft},
	{entryThing, Deleted, Restore, owner | admin | machine, Deleted},
}

// scopeFor is the scope that the application needs besides.
var scopeFor = map[Action]string{
	Update: createScope, Delete: deleteScope, Submit: createScope, Withdraw: createScope, RequestReopening: createScope,
	Approve: approveScope, Reject: approveScope, Reopen: approveScope, Restore: deleteScope,
}

// passes lists the states from which the action takes an entry of a period along, and the state that it has then.
func passes(action Action) (from []State, to State) {
	for _, t := range transitions {
		if t.action == action {
			from, to = append(from, t.from), t.to
		}
	}
	return from, to
}

// TransitionTable is the table of states, actions and relations in Markdown.
func TransitionTable() string {
	var table strings.Builder
	table.WriteString("| what | that is | can be | by its | and is then |\n|---|---|---|---|---|\n")
	for _, t := range transitions {
		what := map[thing]string{entryThing: "an entry", periodThing: "a period", anything: "an entry or a period"}[t.of]
		to := string(t.to)
		switch t.action {
		case Delete:
			to = "gone"
		case Restore:
			to = "what it was"
		}
		cells := []string{what, string(t.from), string(t.action), t.who.String(), to}
		table.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	return table.String()
}
