package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"punchcard/auth"
	"punchcard/auth/lang"
	"punchcard/timesheets"
)

// batchRequest is what is asked for in a batch.
type batchRequest struct {
	Atomic     bool             `query:"atomic"` // all of it or nothing
	Operations []batchOperation `json:"operations"`
}

type batchOperation struct {
	Op      string          `json:"op"`
	ID      string          `json:"id"`
	IfMatch string          `json:"if_match"` // as the header would be
	Body    json.RawMessage `json:"body"`     // as that of the operation's own route
}

// Validate wants some operations, and not too many.
func (b batchRequest) Validate() error {
	if 1 <= len(b.Operations) && len(b.Operations) <= timesheets.BatchLimit {
		return nil
	}
	var wrong faults
	wrong.add("/operations", "must be between 1 and %d", timesheets.BatchLimit)
	return wrong.and(nil)
}

// results is what came of them, in their order.
type results struct {
	Results []result `json:"results"`
}

type result struct {
	Status  int               `json:"status"` // as that of the operation's own route
	ID      string            `json:"id"`
	ETag    string            `json:"etag,omitempty"`
	Body    *timesheets.Entry `json:"body,omitempty"`
	Problem *problem          `json:"problem,omitempty"`
}

// batch does many operations for one request.
func batch(t *timesheets.Service, issuer string) operation[batchRequest, results] {
	return func(ctx context.Context, by auth.Caller, b batchRequest) (results, error) {
		read := make([]timesheets.Operation, len(b.Operations))
		for i, o := range b.Operations {
			read[i] = o.read()
		}
		done, err := t.Batch(ctx, by, read, b.Atomic)
		if err != nil {
			return results{}, err
		}
		told := results{make([]result, len(done))}
		for i, d := range done {
			told.Results[i] = resultOf(d, func(f *timesheets.Fault) problem {
				return problemOf(issuer, by.RequestID, below(f, fmt.Sprintf("/operations/%d", i)), lang.Tagged(by.Language))
			})
		}
		return told, nil
	}
}

// How the bodies of operations are read.
var entryShape, changeShape = shapeOf(reflect.TypeFor[timesheets.NewEntry]()), shapeOf(reflect.TypeFor[timesheets.EntryChange]())

// read is the operation as it is to be done. What is wrong with it is its own result, and keeps no other from being done.
func (o batchOperation) read() timesheets.Operation {
	read := timesheets.Operation{Op: o.Op, ID: o.ID}
	err := o.readInto(&read)
	errors.As(err, &read.Fault)
	return read
}

func (o batchOperation) readInto(read *timesheets.Operation) (err error) {
	var wrong faults
	if _, known := timesheets.Operations[o.Op]; !known {
		wrong.add("op", "must be one of %s", strings.Join(slices.Sorted(maps.Keys(timesheets.Operations)), ", "))
		return wrong.and(nil)
	}
	if read.Revision, err = revisionOf(o.IfMatch, o.Op == "replace" || o.Op == "update"); err != nil {
		return err
	}
	if o.Op == "create" && o.IfMatch != "" {
		wrong.add("if_match", "must be left out: what is created isn't there yet")
	}
	switch o.Op {
	case "create", "replace":
		err = entryShape.parse(o.body(), reflect.ValueOf(&read.Entry).Elem(), &wrong)
	case "update":
		err = changeShape.parse(o.body(), reflect.ValueOf(&read.Change).Elem(), &wrong)
	default:
		if len(o.Body) > 0 {
			wrong.add("body", "must be left out: there is nothing to say")
		}
	}
	if err != nil || len(wrong) == 0 {
		return err
	}
	if o.Op == "create" || o.Op == "replace" {
		return wrong.and(read.Entry)
	}
	return wrong.and(nil)
}

// body is {} where there is none, as in a request.
func (o batchOperation) body() []byte {
	if len(o.Body) == 0 {
		return []byte("{}")
	}
	return o.Body
}

// resultOf tells what came of an operation as its own route would.
func resultOf(d timesheets.Operated, problemOf func(*timesheets.Fault) problem) result {
	r := result{Status: http.StatusOK, ID: d.ID, Body: d.Entry}
	switch {
	case d.Fault != nil:
		p := problemOf(d.Fault)
		r.Status, r.Problem = p.Status, &p
	case d.Entry == nil:
		r.Status = http.StatusNoContent
	default:
		r.ETag = revisionTag(d.Entry.Revision)
	}
	if d.Made {
		r.Status = http.StatusCreated
	}
	return r
}

// below is the fault of one operation, pointing into the body of the whole batch.
func below(f *timesheets.Fault, at string) *timesheets.Fault {
	moved := *f
	moved.Fields = slices.Clone(f.Fields)
	for i, field := range moved.Fields {
		if strings.HasPrefix(field.Pointer, "/") {
			moved.Fields[i].Pointer = at + "/body" + field.Pointer
		} else {
			moved.Fields[i].Pointer = at + "/" + field.Pointer
		}
	}
	return &moved
}
