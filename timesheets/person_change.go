package timesheets

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"punchcard/auth"
)

// Person is one person whom the caller may see.
func (s *Service) Person(ctx context.Context, by auth.Caller, ref PersonRef) (Person, error) {
	return visiblePerson(ctx, s.db.Read(ctx), by, ref.ID)
}

func visiblePerson(ctx context.Context, tx *gorm.DB, by auth.Caller, id string) (Person, error) {
	found, err := scanPeople(ctx, tx, tx.Table("(?) AS person", visiblePeople(ctx, tx, by)).Where("id = ?", id))
	if err == nil && len(found) == 0 {
		err = fault(NotFound, "there is no such person, or they aren't yours to see")
	}
	if err != nil {
		return Person{}, err
	}
	return found[0], nil
}

// NewManager says who manages a person, and so decides about their time.
type NewManager struct {
	PersonRef
	ManagerID Patch[string] `json:"manager_id"` // null: nobody, so that an administrator decides
}

// Validate says what is wrong with it.
func (n NewManager) Validate() error {
	var c check
	c.that(n.ManagerID.Set, "/manager_id", "is needed; null for nobody")
	c.line(n.ManagerID.overValue(""), "/manager_id", idLimit)
	return c.fault()
}

// SetManager says who manages a person, which is for administrators alone. Nobody is managed by somebody whom they manage,
// directly or not. Who manages somebody, or nobody any more, can approve or can't from the next call on.
func (s *Service) SetManager(ctx context.Context, by auth.Caller, n NewManager) (now Person, err error) {
	err = s.setManager(ctx, n.ID, n.ManagerID.Value, func(tx *gorm.DB, set func() error) (err error) {
		if now, err = s.changePerson(ctx, tx, by, n.ID, set); err == nil && Rehearses(ctx) {
			err = errRehearsed // this write is package auth's, which knows nothing of rehearsals
		}
		return err
	})
	if errors.Is(err, errRehearsed) {
		return now, nil
	}
	if wrong, ok := errors.AsType[*auth.Mistake](err); ok {
		return now, invalid(ValidationFailed, wrong.Pointer, "%s", wrong.Detail)
	}
	return now, err
}

// changePerson makes and notes a change of an administrator's to a person, who is answered as they are then.
func (s *Service) changePerson(ctx context.Context, tx *gorm.DB, by auth.Caller, id string, change func() error) (Person, error) {
	before, err := visiblePerson(ctx, tx, by, id)
	if err != nil {
		return before, err
	}
	if err := onlyAdministrators(by, "only an administrator can change who manages %s, and where they work", before.Name); err != nil {
		return before, err
	}
	if err := change(); err != nil {
		return before, err
	}
	after, err := visiblePerson(ctx, tx, by, id)
	if err != nil {
		return after, err
	}
	return after, s.note(tx, by, deed{Action: "person.updated", Owner: id, Object: id, Before: before, After: after})
}
