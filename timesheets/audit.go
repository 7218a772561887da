package timesheets

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
)

// AuditRecord is something that was done.
type AuditRecord struct {
	ID        string          `json:"id"`     // UUIDv7
	Chain     string          `json:"chain"`  // the id of the person whose time it is about, or "organization"
	Number    int64           `json:"number"` // in the chain, from 1
	At        time.Time       `json:"at"`
	Actor     string          `json:"actor"` // a person's id, "client_id@clients", or what the server does by itself: "provisioning", "command"
	Client    string          `json:"client"`
	TokenID   string          `json:"token_id"` // jti of the access token
	RequestID string          `json:"request_id"`
	Action    string          `json:"action"` // "timesheet.created"
	Object    string          `json:"object"` // id of the thing
	Before    json.RawMessage `json:"before"` // null: there was none, or it was erased
	After     json.RawMessage `json:"after"`
	Erased    bool            `json:"erased"`

	ContentDigest string `json:"content_digest"`
	PrevHash      string `json:"prev_hash"` // of the record before; empty: it is the first
	Hash          string `json:"hash"`
}

// shown is the record as administrators see it.
func (r auditRecord) shown() AuditRecord {
	shown := AuditRecord{
		ID: r.ID, Chain: r.Chain, Number: r.Number, At: r.At.UTC(), Actor: r.Actor, Client: r.Client, TokenID: r.Token,
		RequestID: r.Request, Action: r.Action, Object: r.Object, Erased: r.Content == nil,
		ContentDigest: r.ContentDigest, PrevHash: r.PrevHash, Hash: r.Hash,
	}
	if content, err := r.said(); err == nil { // else it was altered, which verification tells
		shown.Before, shown.After = content.Before, content.After
	}
	return shown
}

// said is what the record has of it; none, if it was erased.
func (r auditRecord) said() (c deedContent, err error) {
	if r.Content == nil {
		return c, nil
	}
	if err := json.Unmarshal([]byte(*r.Content), &c); err != nil {
		return c, fmt.Errorf("read the content of record %d of %s: %w", r.Number, r.Chain, err)
	}
	return c, nil
}

// AuditQuery asks for what was done, the latest first. What is left empty filters nothing.
type AuditQuery struct {
	Paging
	UserID string `query:"user_id"` // whose time it is about; organization: nobody's
	Actor  string `query:"actor"`
	Action string `query:"action"`
	Object string `query:"object"`
	From   string `query:"from"` // an instant (RFC 3339), itself included
	To     string `query:"to"`   // another, itself not included
}

// Validate says everything that is wrong with the query.
func (q AuditQuery) Validate() error {
	var c check
	c.line(q.UserID, "user_id", idLimit)
	c.line(q.Actor, "actor", idLimit)
	c.line(q.Action, "action", idLimit)
	c.line(q.Object, "object", idLimit)
	from, notFrom := time.Parse(time.RFC3339, q.From)
	to, notTo := time.Parse(time.RFC3339, q.To)
	c.that(q.From == "" || notFrom == nil, "from", "must be an instant such as 2026-03-04T15:04:05Z")
	c.that(q.To == "" || notTo == nil, "to", "must be an instant such as 2026-03-04T15:04:05Z")
	c.that(notFrom != nil || notTo != nil || from.Before(to), "to", "must be after from")
	c.paging(q.Paging)
	return c.fault()
}

// Audit lists a page of what was done, which is for administrators alone.
func (s *Service) Audit(ctx context.Context, by auth.Caller, q AuditQuery) (Page[AuditRecord], error) {
	if err := onlyAdministrators(by, "only an administrator can read the audit"); err != nil {
		return Page[AuditRecord]{}, err
	}
	p := q.Paging
	q.Paging = Paging{}
	return turn(s, by, q, p, auditList(s.db.Read(ctx), q))
}

func auditList(tx *gorm.DB, q AuditQuery) list[AuditRecord] {
	records := tx.Model(&auditRecord{})
	for _, f := range []struct{ condition, value string }{
		{"chain = ?", q.UserID}, {"actor = ?", q.Actor}, {"action = ?", q.Action}, {"object = ?", q.Object},
	} {
		if f.value != "" {
			records = records.Where(f.condition, f.value)
		}
	}
	if at, err := time.Parse(time.RFC3339, q.From); err == nil {
		records = records.Where("id >= ?", auditIDsFrom(at))
	}
	if at, err := time.Parse(time.RFC3339, q.To); err == nil {
		records = records.Where("id < ?", auditIDsFrom(at))
	}
	return list[AuditRecord]{
		all: records.Session(&gorm.Session{}), order: "id DESC", after: "id < ?",
		keys: func(r AuditRecord) []string { return []string{r.ID} },
		read: func(rows *gorm.DB) ([]AuditRecord, error) {
			var found []auditRecord
			err := rows.Find(&found).Error
			shown := make([]AuditRecord, 0, len(found))
			for _, r := range found {
				shown = append(shown, r.shown())
			}
			return shown, err
		},
	}
}
