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
var Scopes = []auth.Scope{
	{Name: readScope, Title: "See your timesheets", Detail: "Hours, projects and their approval"},
	{Name: createScope, Title: "Add and change your time", Detail: "File entries, correct them, submit and withdraw them"},
	{Name: deleteScope, Title: "Delete your time", Detail: "Entries that are not submitted or approved"},
	{Name: approveScope, Title: "Approve your team's time", Detail: "Approve or reject what your people submit, as you",
		ManagersOnly: true},
}
