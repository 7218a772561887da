package timesheets

import (
	"context"
	"errors"
	"slices"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/auth/lang"
)

// BatchLimit is how many operations a batch has at most.
const BatchLimit = 200

// Operation is one thing to be done to one entry.
type Operation struct {
	Op       string // one of Operations
	ID       string // of the entry; may be empty to create one
	Revision *int64 // the revision that the caller saw; nil: whichever it is now
	Entry    NewEntry
	Change   EntryChange
	Fault    *Fault // why it couldn't be read; nil: it could
}

// Operated is what came of it.
type Operated struct {
	ID    string
	Entry *Entry // as it is now; nil: it was deleted, or nothing came of the operation
	Made  bool   // it wasn't there before
	Fault *Fault // why nothing came of it; nil: it is done
}

// Operations are those that a batch can have, in no order, with the scope that each needs.
var Operations = map[string]string{
	"create": createScope, "replace": createScope, "update": createScope, "submit": createScope, "withdraw": createScope,
	"delete": deleteScope, "restore": deleteScope,
}

// errUndone takes a batch back.
var errUndone = errors.New("not all of the batch can be done")

// Batch does the operations in their order, all in one write. That one can't be done keeps no other from it, unless the batch is
// to be atomic: then none is.
func (s *Service) Batch(ctx context.Context, by auth.Caller, operations []Operation, atomic bool) ([]Operated, error) {
	var done []Operated
	failed := func(o Operated) bool { return o.Fault != nil }
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		done = make([]Operated, 0, len(operations))
		for _, o := range operations {
			result, err := s.operate(within(ctx, tx), by, o)
			if err != nil && !errors.As(err, &result.Fault) {
				return err
			}
			done = append(done, result)
		}
		if atomic && slices.ContainsFunc(done, failed) {
			return errUndone
		}
		return nil
	})
	if !errors.Is(err, errUndone) {
		return done, err
	}
	for i, o := range done {
		if !failed(o) {
			done[i] = Operated{ID: operations[i].ID, Fault: &Fault{
				Kind: FailedDependency, Detail: lang.Say("another operation of this batch can't be done, so this one wasn't either"),
			}}
		}
	}
	return done, nil
}

// operate does one operation, for which the caller needs its scope.
func (s *Service) operate(ctx context.Context, by auth.Caller, o Operation) (Operated, error) {
	var e Entry
	var err error
	did, ref := Operated{ID: o.ID}, EntryRef{o.ID, o.Revision}
	if o.Fault != nil {
		return did, o.Fault
	}
	if scope := Operations[o.Op]; !by.May(scope) {
		return did, fault(InsufficientScope, "this needs the scope %s", scope)
	}
	switch o.Op {
	case "create", "replace":
		var put PutEntry
		put, err = s.operatePut(ctx, by, EntryPut{o.ID, o.Revision, o.Op == "create", o.Entry})
		e, did.Made = put.Entry, put.made
	case "update":
		o.Change.ID, o.Change.Revision = o.ID, o.Revision
		e, err = s.Change(ctx, by, o.Change)
	case "submit":
		e, err = s.Submit(ctx, by, ref)
	case "withdraw":
		e, err = s.Withdraw(ctx, by, ref)
	case "restore":
		e, err = s.Restore(ctx, by, ref)
	case "delete":
		return did, s.Remove(ctx, by, ref)
	}
	if err == nil {
		did.ID, did.Entry = e.ID, &e
	}
	return did, err
}

// operatePut is Put, or Record where the caller leaves the id to us.
func (s *Service) operatePut(ctx context.Context, by auth.Caller, p EntryPut) (PutEntry, error) {
	if p.ID == "" && p.Create {
		if err := p.NewEntry.Validate(); err != nil {
			return PutEntry{}, err
		}
		e, err := s.Record(ctx, by, p.NewEntry)
		return PutEntry{e, true}, err
	}
	if err := p.Validate(); err != nil {
		return PutEntry{}, err
	}
	return s.Put(ctx, by, p)
}
