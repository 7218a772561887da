// Package timesheets is the domain: who worked how long on what, and who approved it.
//
// An entry is the time that one person spent on one project on one civil day. It is drafted, submitted, and then approved
// or rejected by somebody else, alone or with its period, which is the week or the month that it is in; transition.go holds
// the one table of what can happen to either. Exported methods of Service are operations: they are told who acts, open the
// write, and answer with a Fault when it can't be done. What goes into one says itself what is wrong with it: whoever calls
// the operation has called its Validate. Unexported functions are rules and queries: they take the tx of the operation.
//
// It knows the caller (auth.Caller) and the people, and nothing of HTTP.
package timesheets
