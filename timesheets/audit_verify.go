package timesheets

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"punchcard/auth"
)

// Verification is what came of looking through the whole audit.
type Verification struct {
	OK      bool    `json:"ok"`
	Chains  int     `json:"chains"`  // that were looked through
	Records int     `json:"records"` // likewise
	Digest  *string `json:"digest"`  // of where all chains end, to be noted elsewhere; nil: something is broken
	Broken  *Broken `json:"broken"`  // the first record that is; nil: none

	Heads AuditHeads `json:"-"`
}

// Broken is a record that isn't as it was written.
type Broken struct {
	Chain  string `json:"chain"`
	Number int64  `json:"number"`
	Why    string `json:"why"`
}

// Error makes it the reason why looking any further is of no use.
func (b *Broken) Error() string {
	return fmt.Sprintf("record %d of the chain %s is broken: %s", b.Number, b.Chain, b.Why)
}

// AuditVerification looks through the whole audit, which is for administrators alone.
func (s *Service) AuditVerification(ctx context.Context, by auth.Caller, _ struct{}) (Verification, error) {
	if err := onlyAdministrators(by, "only an administrator can read the audit"); err != nil {
		return Verification{}, err
	}
	return s.VerifyAudit(ctx, nil)
}

// VerifyAudit looks through all chains as they are at one moment, a record at a time. Where each ended before, if that was
// noted, must still be in it: whoever writes a chain anew, from any record on, can't make it come to the same.
func (s *Service) VerifyAudit(ctx context.Context, since AuditHeads) (Verification, error) {
	w := newWalk(since)
	oneMoment := &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	return w.verdict(s.db.Read(ctx).Transaction(w.all, oneMoment))
}

// walk goes through the records, chain by chain.
type walk struct {
	since           map[string]auditHead // what was noted and wasn't come across yet, by the chain
	erased          map[string]int64     // the last record that was, by the person's id
	erasedOthers    map[int64]bool       // of the organization's chain
	heads           AuditHeads
	chains, records int

	last       auditRecord // the one before; none at the beginning of a chain
	headNumber *int64      // where its chain should end; nil: that is lost
	headHash   *string
}

func newWalk(since AuditHeads) *walk {
	w := &walk{since: map[string]auditHead{}, erased: map[string]int64{}, erasedOthers: map[int64]bool{}}
	for _, head := range since {
		w.since[head.Chain] = head
	}
	return w
}

func (w *walk) all(tx *gorm.DB) error {
	for _, read := range []func(*gorm.DB) error{w.readErasures, w.readRecords, w.readLostChains} {
		if err := read(tx); err != nil {
			return err
		}
	}
	return nil
}

// verdict is what came of the walk, which err ended.
func (w *walk) verdict(err error) (Verification, error) {
	v := Verification{Chains: w.chains, Records: w.records}
	if broken, ok := errors.AsType[*Broken](err); ok {
		v.Broken = broken
		return v, nil
	}
	if err != nil {
		return v, fmt.Errorf("verify the audit: %w", err)
	}
	w.heads.sort()
	digest := w.heads.Digest()
	v.OK, v.Digest, v.Heads = true, &digest, w.heads
	return v, nil
}

// readRecords holds them against each other by one long query, which both engines answer along the key.
func (w *walk) readRecords(tx *gorm.DB) error {
	rows, err := tx.Raw(`SELECT r.chain, r.number, r.id, r.at, r.actor, r.client, r.token, r.request, r.action, r.object,
		r.content_digest, r.prev_hash, r.hash, r.salt, r.content, h.number, h.hash
		FROM audit_records AS r LEFT JOIN audit_heads AS h ON h.chain = r.chain ORDER BY r.chain, r.number`).Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var r auditRecord
		var number *int64
		var hash *string
		err := rows.Scan(&r.Chain, &r.Number, &r.ID, &r.At, &r.Actor, &r.Client, &r.Token, &r.Request, &r.Action, &r.Object,
			&r.ContentDigest, &r.PrevHash, &r.Hash, &r.Salt, &r.Content, &number, &hash)
		if err != nil {
			return err
		}
		if w.chains == 0 || r.Chain != w.last.Chain {
			if err := w.end(); err != nil {
				return err
			}
			w.last, w.headNumber, w.headHash = auditRecord{}, number, hash
			w.chains++
		}
		if err := w.step(r); err != nil {
			return err
		}
		w.last = r
		w.records++
	}
	return errors.Join(rows.Err(), w.end())
}

// step holds a record against the one before, against itself, and against what was noted of it.
func (w *walk) step(r auditRecord) error {
	next, noted := w.last.Number+1, w.since[r.Chain]
	switch {
	case r.Number > next:
		return &Broken{r.Chain, next, "it is missing"}
	case r.Number < next:
		return &Broken{r.Chain, r.Number, "it has a number that no record has"}
	case r.PrevHash != w.last.Hash:
		return &Broken{r.Chain, r.Number, "it doesn't follow on the record before it"}
	case r.Hash != r.sum():
		return &Broken{r.Chain, r.Number, "it was altered: its hash isn't that of what it says"}
	case r.Content == nil && !w.wasErased(r):
		return &Broken{r.Chain, r.Number, "its content is gone, though nobody erased it"}
	case r.Content != nil && (r.Salt == nil || r.ContentDigest != digestOf(netstrings(*r.Salt, *r.Content))):
		return &Broken{r.Chain, r.Number, "its content was altered"}
	case noted.Number == r.Number && noted.Hash != r.Hash:
		return &Broken{r.Chain, r.Number, "it is another than was noted: the chain was written anew"}
	}
	if noted.Number == r.Number {
		delete(w.since, r.Chain)
	}
	return nil
}

// end holds the end of a chain against its head.
func (w *walk) end() error {
	r := w.last
	if w.chains == 0 {
		return nil
	}
	switch noted, ahead := w.since[r.Chain]; {
	case w.headNumber == nil || w.headHash == nil:
		return &Broken{r.Chain, r.Number, "where its chain ends is lost"}
	case *w.headNumber > r.Number:
		return &Broken{r.Chain, r.Number + 1, "it is missing, and all after it"}
	case *w.headNumber < r.Number:
		return &Broken{r.Chain, *w.headNumber + 1, "it is beyond the end of its chain"}
	case *w.headHash != r.Hash:
		return &Broken{r.Chain, r.Number, "it is another than its chain ended with"}
	case ahead && noted.Number > r.Number:
		return &Broken{r.Chain, r.Number + 1, "it is missing, though a later one was noted"}
	}
	w.heads = append(w.heads, auditHead{r.Chain, r.Number, r.Hash})
	return nil
}

// readLostChains looks for chains of which nothing is left.
func (w *walk) readLostChains(tx *gorm.DB) error {
	var lost []string
	err := tx.Raw(`SELECT chain FROM audit_heads WHERE NOT EXISTS (SELECT 1 FROM audit_records AS r WHERE r.chain = audit_heads.chain)
		ORDER BY chain LIMIT 1`).Scan(&lost).Error
	for chain := range w.since {
		lost = append(lost, chain)
	}
	if err == nil && len(lost) > 0 {
		return &Broken{lost[0], 1, "it is missing, and all after it"}
	}
	return err
}

// readErasures reads what was erased on whose behalf, which the organization's chain tells.
func (w *walk) readErasures(tx *gorm.DB) error {
	rows, err := tx.Raw("SELECT object, content FROM audit_records WHERE action = ? AND chain = ? AND content IS NOT NULL",
		personErased, organizationChain).Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var r auditRecord
		if err := rows.Scan(&r.Object, &r.Content); err != nil {
			return err
		}
		var e erasure
		said, err := r.said()
		if err != nil || json.Unmarshal(said.After, &e) != nil {
			continue // it was altered, and is come across
		}
		w.erased[r.Object] = max(w.erased[r.Object], e.Records)
		for _, number := range e.Others {
			w.erasedOthers[number] = true
		}
	}
	return rows.Err()
}

func (w *walk) wasErased(r auditRecord) bool {
	if r.Chain == organizationChain {
		return w.erasedOthers[r.Number]
	}
	return r.Number <= w.erased[r.Chain]
}
