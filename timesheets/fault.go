package timesheets

import (
	"fmt"
	"strings"

	"punchcard/auth/lang"
)

// Kind is what sort of thing stands in the way. It is the name of the problem type that the API documents.
type Kind string

// The kinds of fault.
const (
	ValidationFailed   Kind = "validation-failed"   // the request itself is wrong; Fields say where
	DayLimitExceeded   Kind = "day-limit-exceeded"  // a day has 24 hours
	Overlap            Kind = "overlap"             // there is something else at that time
	ProjectClosed      Kind = "project-closed"      // the project takes no more time
	ProjectInUse       Kind = "project-in-use"      // there is time on the project
	PeriodLocked       Kind = "period-locked"       // what is submitted or approved stays as it is
	PeriodClosed       Kind = "period-closed"       // the lock date covers it
	InvalidTransition  Kind = "invalid-transition"  // the entry's state doesn't allow it
	SelfApproval       Kind = "self-approval"       // nobody approves their own work
	StaleReview        Kind = "stale-review"        // the entry changed since its reviewer saw it
	PreconditionFailed Kind = "precondition-failed" // the entry changed since its editor saw it
	Forbidden          Kind = "forbidden"           // the caller may see it, but not do this to it
	NotFound           Kind = "not-found"           // there is none, or none that the caller may see
	AlreadyReminded    Kind = "already-reminded"    // the person was told so a short time ago

	PreconditionRequired Kind = "precondition-required" // the revision that the caller saw must be named
	IdempotencyMismatch  Kind = "idempotency-mismatch"  // the key of the request was another's
	InsufficientScope    Kind = "insufficient-scope"    // the token doesn't reach this far
	FailedDependency     Kind = "failed-dependency"     // it was to be done together with what can't be
	ResyncRequired       Kind = "resync-required"       // whose time the caller sees is no more what it was
)

// Fault tells the person who asked why it can't be done, and what to do about it. Every other error is ours.
type Fault struct {
	Kind   Kind
	Detail lang.Sentence // for a person
	Fields []FieldFault  // where in the request, when it is the request
}

// FieldFault is what is wrong with one value of a request.
type FieldFault struct {
	Pointer string        // JSON Pointer (RFC 6901) into the body: "/minutes"; for a query parameter its bare name
	Detail  lang.Sentence // what follows the value's name: "must be a time such as 09:30"
}

// PointerPart writes a name as it stands between the slashes of a JSON Pointer (RFC 6901 §3).
func PointerPart(name string) string { return pointerEscape.Replace(name) }

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

func (f *Fault) Error() string {
	text := string(f.Kind) + ": " + f.Detail.String()
	for _, field := range f.Fields {
		text += fmt.Sprintf("; %s %s", field.Pointer, field.Detail)
	}
	return text
}

func fault(kind Kind, detail string, args ...any) error {
	return &Fault{Kind: kind, Detail: lang.Say(detail, args...)}
}

// invalid is a fault of one value that only shows once rows are read.
func invalid(kind Kind, pointer, detail string, args ...any) error {
	said := lang.Say(detail, args...)
	return &Fault{Kind: kind, Detail: said, Fields: []FieldFault{{Pointer: pointer, Detail: said}}}
}
