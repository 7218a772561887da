package timesheets

import (
	"bytes"
	"encoding/json"
)

// Patch is one member of a JSON merge patch (RFC 7386): left out, null, or a value.
type Patch[T any] struct {
	Set   bool // the member is there
	Value *T   // nil: null, which removes what was
}

// UnmarshalJSON is called only for a member that is there.
func (p *Patch[T]) UnmarshalJSON(text []byte) error {
	*p = Patch[T]{Set: true}
	if bytes.Equal(text, []byte("null")) {
		return nil
	}
	p.Value = new(T)
	return json.Unmarshal(text, p.Value)
}

// over is what comes of an optional value: it stays, goes, or is replaced.
func (p Patch[T]) over(old *T) *T {
	if p.Set {
		return p.Value
	}
	return old
}

// overValue is over for a value that can't be missing: removing it leaves the zero value.
func (p Patch[T]) overValue(old T) T {
	if value := p.over(&old); value != nil {
		return *value
	}
	var zero T
	return zero
}
