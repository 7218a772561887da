package timesheets

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
)

// AuditHeads is where each chain ended at some moment: its last record. That record's hash stands for all before it, so these
// few lines stand for the whole audit, and their digest for them.
type AuditHeads []auditHead

func (h AuditHeads) sort() {
	slices.SortFunc(h, func(a, b auditHead) int { return strings.Compare(a.Chain, b.Chain) })
}

// String has a line for each: chain, number and hash.
func (h AuditHeads) String() string {
	var b strings.Builder
	for _, head := range h {
		fmt.Fprintf(&b, "%s %d %s\n", head.Chain, head.Number, head.Hash)
	}
	return b.String()
}

// Digest is "sha256:" and the hash of the lines, hex, as sha256sum has it.
func (h AuditHeads) Digest() string { return digestOf(h.String()) }

// ReadAuditHeads reads the lines of String, whose digest is then the same.
func ReadAuditHeads(from io.Reader) (AuditHeads, error) {
	var heads AuditHeads
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		var head auditHead
		_, err := fmt.Sscanf(lines.Text(), "%s %d %s", &head.Chain, &head.Number, &head.Hash)
		if err != nil || AuditHeads([]auditHead{head}).String() != lines.Text()+"\n" {
			return nil, fmt.Errorf("line %d isn't a chain, a number and a hash", len(heads)+1)
		}
		heads = append(heads, head)
	}
	return heads, lines.Err()
}
