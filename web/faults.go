package web

import (
	"errors"
	"slices"
	"strings"

	"punchcard/auth/lang"
	"punchcard/timesheets"
)

// faults gathers what is wrong with the values of a request, up to maxMistakes.
type faults []timesheets.FieldFault

func (f *faults) add(pointer, detail string, args ...any) { f.note(pointer, lang.Say(detail, args...)) }

func (f *faults) note(pointer string, detail lang.Sentence) {
	if len(*f) < maxMistakes { // a megabyte can hold 200,000, and that many are of no use to anybody
		*f = append(*f, timesheets.FieldFault{Pointer: pointer, Detail: detail})
	}
}

func (f faults) covers(pointer string) bool {
	return slices.ContainsFunc(f, func(known timesheets.FieldFault) bool {
		return known.Pointer == pointer || strings.HasPrefix(known.Pointer, pointer+"/")
	})
}

// and adds what the input itself finds wrong with the values that could be read.
func (f faults) and(in any) error {
	var err error
	if input, ok := in.(interface{ Validate() error }); ok {
		err = input.Validate()
	}
	if len(f) == 0 {
		return err
	}
	if own, ok := errors.AsType[*timesheets.Fault](err); ok && own.Kind == invalid {
		for _, fault := range own.Fields {
			if !f.covers(fault.Pointer) {
				f.note(fault.Pointer, fault.Detail)
			}
		}
	}
	detail := lang.Say("%d values of the request are wrong", len(f))
	switch len(f) {
	case 1:
		detail = lang.Say("one value of the request is wrong")
	case maxMistakes:
		detail = lang.Say("at least %d values of the request are wrong", len(f))
	}
	return &timesheets.Fault{Kind: invalid, Detail: detail, Fields: f}
}
