// Package codec stands in for the MessagePack codec that gin links and that nothing here speaks. The real one is a fifth of
// the whole build. It has what gin calls, and refuses whatever it is given.
package codec

import (
	"errors"
	"io"
)

var errNotSpoken = errors.New("MessagePack is not spoken here")

// MsgpackHandle would hold the settings of the format.
type MsgpackHandle struct{}

// Decoder reads nothing.
type Decoder struct{}

// NewDecoder makes one.
func NewDecoder(io.Reader, *MsgpackHandle) Decoder { return Decoder{} }

// Decode refuses.
func (Decoder) Decode(any) error { return errNotSpoken }

// Encoder writes nothing.
type Encoder struct{}

// NewEncoder makes one.
func NewEncoder(io.Writer, *MsgpackHandle) Encoder { return Encoder{} }

// Encode refuses.
func (Encoder) Encode(any) error { return errNotSpoken }
