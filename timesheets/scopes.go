package timesheets

import "punchcard/auth"

// The API's whole vocabulary of access. A scope lets an application do a thing; what its person may do besides depends on
// how they relate to the entry (see transition.go).
const (
	readScope    = "read:timesheets"
	createScope  = "create:timesheets"
	deleteScope  = "delete:timesheets"
	approveScope = "approve:timesheets"
)

// Scopes is the catalogue with the words in which the consent page asks for each.
var Scopes = []auth.Scope{auth.Worded(readScope), auth.Worded(createScope), auth.Worded(deleteScope), ofManagers(auth.Worded(approveScope))}

func ofManagers(s auth.Scope) auth.Scope {
	s.ManagersOnly = true
	return s
}
