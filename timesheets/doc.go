// Package timesheets is the domain: who worked how long on what, and who approved it.
//
// An entry is the time that one person spent on one project on one civil day. It is drafted, submitted, and then approved
// or rejected by somebody else; transition.go holds the one table of what can happen to it. Exported methods of Service
// are operations: they say who acts, open the write, and answer with a Fault when it can't be done. Unexported functions
// are rules and queries: they take the tx of the operation.
//
// It knows the caller (auth.Caller) and the people, and nothing of HTTP.
package timesheets
