package rules

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// maxFrame bounds what either process reads of the other.
const maxFrame = 8 << 20 // bytes

// writeFrame writes a value as JSON, with its length in four bytes before it.
func writeFrame(w io.Writer, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write to the rules process: %w", err)
	}
	if len(body) > maxFrame {
		return fmt.Errorf("write to the rules process: %d bytes are too many", len(body))
	}
	_, err = w.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...))
	return err
}

func readFrame(r io.Reader, into any) error {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > maxFrame {
		return fmt.Errorf("read of the rules process: %d bytes are too many", n)
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(r, body); err != nil {
		return err
	}
	return json.Unmarshal(body, into)
}

// setup is the first frame that a rules process reads.
type setup struct {
	Memory int64         `json:"memory"` // bytes
	Time   time.Duration `json:"time"`   // of a run
}

// request asks for a run, or for compiling the rules alone.
type request struct {
	Call
	Only bool `json:"only,omitempty"` // compile
}

// report is a frame of the rules process. After the setup there is one without anything, to say that it is ready. After a call
// there is one that has Began, so that its maker knows that it arrived; then one for each rule that ran; and one that has End.
type report struct {
	Began bool   `json:"began,omitempty"`
	Trace *Trace `json:"trace,omitempty"`
	End   *end   `json:"end,omitempty"`
}

// end is how a run ended: with a user and a context, denied or failed.
type end struct {
	User    json.RawMessage `json:"user,omitempty"`
	Context json.RawMessage `json:"context,omitempty"`
	Denied  *Denied         `json:"denied,omitempty"`
	Failed  *Failed         `json:"failed,omitempty"`
	Spent   bool            `json:"spent,omitempty"` // the process had to be interrupted and shall not be used again
}
