package timesheets

import (
	"context"
	"strings"

	"gorm.io/gorm"

	"punchcard/auth"
)

// Decision is what a manager says about a submitted entry.
type Decision struct {
	ID       string `path:"id" json:"-"`
	Revision *int64 `match:"optional" json:"-"` // the revision that the manager saw
	Decision State  `json:"decision"`           // approved or rejected; empty: approved
	Comment  string `json:"comment"`            // the owner reads it; a rejection needs it
}

// Validate wants a decision that exists, and words for a rejection.
func (d Decision) Validate() error {
	var c check
	c.that(d.action() == Approve || d.Decision == Rejected, "/decision", "must be approved or rejected")
	c.that(d.Decision != Rejected || strings.TrimSpace(d.Comment) != "", "/comment", "is needed: say what to change")
	c.lines(d.Comment, "/comment", noteLimit)
	return c.fault()
}

// action of anything that isn't said is Reject: nothing is approved by mistake.
func (d Decision) action() Action {
	if d.Decision == "" || d.Decision == Approved {
		return Approve
	}
	return Reject
}

// Decide approves or rejects a submitted entry of somebody whose time the caller approves.
func (s *Service) Decide(ctx context.Context, by auth.Caller, d Decision) (Entry, error) {
	return s.move(ctx, by, EntryRef{d.ID, d.Revision}, d.action(), func(_ *gorm.DB, e *Entry) error {
		e.decidedBy, e.decidedAt, e.people.decider = &by.User, &e.UpdatedAt, &by.Name
		e.OnBehalfOf = e.matter().shares(by)[0].inPlaceOf // the transition was theirs, so there is one
		e.Comment = strings.TrimSpace(d.Comment)
		return nil
	})
}
