package timesheets

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"punchcard/auth"
)

// NewEntry is what somebody says about time that they worked. How long is said by minutes, by hours, or by start and end;
// what is said twice must agree.
type NewEntry struct {
	UserID       string   `json:"user_id"` // whose time; empty: the caller's own
	Date         string   `json:"date"`    // "2026-03-04"
	Minutes      *int     `json:"minutes"`
	Hours        *float64 `json:"hours"` // whole minutes: 1.25
	Start        *string  `json:"start"` // "09:00"
	End          *string  `json:"end"`
	BreakMinutes int      `json:"break_minutes"`
	ProjectID    string   `json:"project_id"`
	Task         string   `json:"task"`
	Tags         []string `json:"tags"`
	Note         string   `json:"note"`
	Billable     *bool    `json:"billable"` // nil: as the project is
}

// Record adds an entry to the caller's own timesheet. Administrators, and applications that act for themselves, can add
// it to somebody else's.
func (s *Service) Record(ctx context.Context, by auth.Caller, n NewEntry) (Entry, error) {
	return s.recordAs(ctx, by, uuid.Must(uuid.NewV7()).String(), n)
}

// recordAs adds an entry under an id that no other has.
func (s *Service) recordAs(ctx context.Context, by auth.Caller, id string, n NewEntry) (Entry, error) {
	owner, err := n.owner(by)
	if err != nil {
		return Entry{}, err
	}
	draft := Entry{
		ID: id, UserID: owner, State: Draft, Revision: 1,
		Source: by.Client, CreatedBy: by.Subject(), editedBy: by.Subject(),
	}
	var recorded Entry
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		entry, now := draft, s.instant() // not from before the wait for one's turn: what changed is read in its order
		entry.CreatedAt, entry.UpdatedAt = now, now
		ground, err := entry.fill(ctx, tx, n)
		if err != nil {
			return err
		}
		if ground.ownerBlocked {
			return ownerGone
		}
		if ground.submitOnCreate {
			entry.State, entry.submittedAt = Submitted, &now
		}
		if entry, err = entry.acquainted(ctx, tx, by); err != nil {
			return err
		}
		recorded = entry.shownTo(by)
		if err := insertEntry(tx, entry); err != nil {
			return err
		}
		if err := ground.period.settle(tx, now); err != nil {
			return err
		}
		return s.note(tx, by, deed{Action: "timesheet.created", Owner: owner, Object: entry.ID, After: recorded.kept()})
	})
	return recorded, err
}

// ownerGone refuses time that is new for somebody who has left.
var ownerGone = invalid(ValidationFailed, "/user_id", "belongs to somebody who can't sign in any more")

// owner is whose timesheet the entry goes to.
func (n NewEntry) owner(by auth.Caller) (string, error) {
	switch {
	case n.UserID == "" && by.Machine():
		return "", invalid(ValidationFailed, "/user_id", "is needed: an application has no timesheet of its own")
	case n.UserID == "" || n.UserID == by.User:
		return by.User, nil
	case by.Admin || by.Machine():
		return n.UserID, nil
	default:
		return "", invalid(ValidationFailed, "/user_id",
			"must be left out: only administrators, and applications acting for themselves, record somebody else's time")
	}
}
