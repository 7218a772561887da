package timesheets

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"punchcard/auth"
)

// EntryPut is a whole entry under an id that the caller chose, so that who is offline can make it and try again until it is
// here.
type EntryPut struct {
	ID       string `path:"id" json:"-"`
	Revision *int64 `match:"required" json:"-"` // the revision that the caller saw; nil: whichever it is now
	Create   bool   `match:"none" json:"-"`     // there must be none yet
	NewEntry
}

// Validate says everything that is wrong with the entry by itself. The time in an id may be any: clocks of phones are wrong, and
// nothing goes by it.
func (p EntryPut) Validate() error {
	var c check
	id, err := uuid.Parse(p.ID)
	c.that(err == nil && id.Version() == 7 && id.Variant() == uuid.RFC4122 && p.ID == id.String(),
		"id", "must be a UUIDv7 in lower case, such as 0199a5c2-7a30-7c1e-8f5b-1c2d3e4f5a6b")
	if f, ok := errors.AsType[*Fault](p.NewEntry.Validate()); ok {
		c.fields = append(c.fields, f.Fields...)
	}
	return c.fault()
}

// PutEntry is what came of it.
type PutEntry struct {
	Entry
	made bool
}

// Made reports whether the entry wasn't there before.
func (p PutEntry) Made() bool { return p.made }

// Put makes an entry or replaces one that is a draft or was rejected.
//
// To make one that the caller made before with the same content changes nothing, however far it has come since: the answer
// that it was made may have been lost. Any other entry that has the id is in the way, and nothing is told of it.
func (s *Service) Put(ctx context.Context, by auth.Caller, p EntryPut) (PutEntry, error) {
	if !p.Create {
		e, err := s.replace(ctx, by, p)
		return PutEntry{Entry: e}, err
	}
	var put PutEntry
	err := s.db.Write(ctx, func(tx *gorm.DB) error {
		there, err := entryOf(ctx, tx, by, p.ID)
		if _, missing := errors.AsType[*Fault](err); err != nil && !missing {
			return err
		}
		if err == nil && there.CreatedBy == by.Subject() {
			if !p.repeats(there, by) {
				return fault(PreconditionFailed, "you made an entry with this id already, and it is another now; "+
					"read it, and send If-Match with its ETag to replace it")
			}
			put = PutEntry{Entry: there.shownTo(by)}
			return nil
		}
		var taken int64
		if err := tx.Table("entries").Where("id = ?", p.ID).Count(&taken).Error; err != nil {
			return fmt.Errorf("look for %s: %w", p.ID, err)
		}
		if taken > 0 {
			return fault(PreconditionFailed, "this id can't be used for a new entry; make another one")
		}
		put.made = true
		put.Entry, err = s.recordAs(within(ctx, tx), by, p.ID, p.NewEntry)
		return err
	})
	return put, err
}

// replace says the whole entry anew. Whose it is stays.
func (s *Service) replace(ctx context.Context, by auth.Caller, p EntryPut) (Entry, error) {
	return s.move(ctx, by, EntryRef{p.ID, p.Revision}, Update, func(tx *gorm.DB, e *Entry) error {
		if p.UserID != "" && p.UserID != e.UserID {
			return invalid(ValidationFailed, "/user_id", "must stay as it is, or be left out: time stays whose it is")
		}
		e.editedBy = by.Subject()
		_, err := e.fill(ctx, tx, p.NewEntry)
		return err
	})
}

// repeats reports whether the entry is what is said, as far as it is said.
func (n NewEntry) repeats(e Entry, by auth.Caller) bool {
	whose, err := n.owner(by)
	return err == nil && whose == e.UserID && n.Date == e.Date && n.worked(new(check)) == e.Minutes &&
		same(n.Start, e.Start) && same(n.End, e.End) && n.BreakMinutes == e.BreakMinutes && n.ProjectID == e.ProjectID &&
		strings.TrimSpace(n.Task) == e.Task && slices.Equal(distinct(n.Tags), e.Tags) && strings.TrimSpace(n.Note) == e.Note &&
		(n.Billable == nil || *n.Billable == e.Billable)
}

func same(a, b *string) bool { return a == b || a != nil && b != nil && *a == *b }
