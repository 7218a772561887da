package timesheets

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
)

// organizationChain is the chain of what is about nobody's time.
const organizationChain = "organization"

// auditRecord is one link of a chain. People stand in it under their ids alone. What was written and read is its content,
// which can be erased: the chain holds no more of that than a digest, whose salt goes with it, so that nobody can guess at
// what it was.
type auditRecord struct {
	Chain         string
	Number        int64
	ID            string
	At            time.Time
	Actor         string
	Client        string
	Token         string
	Request       string
	Action        string
	Object        string
	ContentDigest string
	PrevHash      string
	Hash          string
	Salt          *string // nil, as is Content: erased
	Content       *string
}

// TableName has a row for each.
func (auditRecord) TableName() string { return "audit_records" }

// auditHead is where a chain ends.
type auditHead struct {
	Chain  string
	Number int64
	Hash   string
}

// deedContent is what a thing was and is.
type deedContent struct {
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
}

// contain gives the record its content.
func (r *auditRecord) contain(before, after any) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	err := e.Encode(struct {
		Before any `json:"before"`
		After  any `json:"after"`
	}{before, after})
	if err != nil {
		return fmt.Errorf("write down what was and is: %w", err)
	}
	content, salt := string(bytes.TrimSuffix(text.Bytes(), []byte("\n"))), rand.Text()
	r.Content, r.Salt, r.ContentDigest = &content, &salt, digestOf(netstrings(salt, content))
	return nil
}

const nextInChain = `
INSERT INTO audit_heads (chain, number, hash) VALUES (?, 1, '')
ON CONFLICT (chain) DO UPDATE SET number = audit_heads.number + 1 RETURNING number, hash`

const headUpdate = `
INSERT INTO audit_heads (chain, number, hash) VALUES (?, ?, ?) ON CONFLICT (chain) DO UPDATE SET hash = excluded.hash`

const auditInsert = `
INSERT INTO audit_records (chain, number, id, at, actor, client, token, request, action, object, content_digest, prev_hash, hash,
	salt, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// append puts the record at the end of its chain. The head is taken and left by inserts: on PostgreSQL anything that looks for
// it first would stand in the way of those who write to other chains.
func (r *auditRecord) append(tx *gorm.DB) error {
	if err := tx.Raw(nextInChain, r.Chain).Row().Scan(&r.Number, &r.PrevHash); err != nil {
		return err
	}
	r.ID = auditID(r.At, r.Number)
	r.Hash = r.sum()
	err := tx.Exec(auditInsert, r.Chain, r.Number, r.ID, r.At, r.Actor, r.Client, r.Token, r.Request, r.Action, r.Object,
		r.ContentDigest, r.PrevHash, r.Hash, r.Salt, r.Content).Error
	if err != nil {
		return err
	}
	return tx.Exec(headUpdate, r.Chain, r.Number, r.Hash).Error
}

// sum is the hash of all that the chain holds of the record, its content by the digest.
func (r *auditRecord) sum() string {
	return digestOf(netstrings("punchcard audit record 1", r.Chain, strconv.FormatInt(r.Number, 10), r.ID,
		r.At.UTC().Format(time.RFC3339Nano), r.Actor, r.Client, r.Token, r.Request, r.Action, r.Object, r.ContentDigest, r.PrevHash))
}

// netstrings writes each text behind its length in bytes, "3:abc,", so that no two lists are written alike.
func netstrings(texts ...string) string {
	var b []byte
	for _, text := range texts {
		b = strconv.AppendInt(b, int64(len(text)), 10)
		b = append(append(append(b, ':'), text...), ',')
	}
	return string(b)
}

// digestOf is "sha256:" and the hash of the text, hex.
func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// auditID is a UUIDv7 whose twelve bits behind the time are the number's, so that records of a millisecond stay in order.
func auditID(at time.Time, number int64) string {
	var id uuid.UUID
	rand.Read(id[8:])
	binary.BigEndian.PutUint64(id[:8], uint64(at.UnixMilli())<<16|0x7000|uint64(number)&0xfff)
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}

// auditIDsFrom is before all ids of that millisecond, and after those of the one before.
func auditIDsFrom(at time.Time) string {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], uint64(max(0, at.UnixMilli()))<<16)
	return id.String()
}
