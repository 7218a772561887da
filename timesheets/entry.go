package timesheets

import (
	"context"
	"time"

	"punchcard/auth"
)

// Entry is the time that one person spent on one project on one civil day, as one caller sees it.
type Entry struct {
	ID             string     `json:"id"` // UUIDv7
	UserID         string     `json:"user_id"`
	Date           string     `json:"date"`    // "2026-03-04" in the person's own calendar, so no zone
	Minutes        int        `json:"minutes"` // 1 to 1440, the only truth about how long
	Hours          float64    `json:"hours"`   // Minutes / 60
	Start          *string    `json:"start"`   // "09:00" on the person's clock; with End or not at all
	End            *string    `json:"end"`     // up to "24:00"
	BreakMinutes   int        `json:"break_minutes"`
	ProjectID      string     `json:"project_id"`
	Task           string     `json:"task"`
	Tags           Words      `json:"tags"`
	Note           string     `json:"note"`
	Billable       bool       `json:"billable"`
	State          State      `json:"state"`
	Approved       bool       `json:"approved"`
	ApprovedBy     *string    `json:"approved_by"` // a person's id
	ApprovedAt     *time.Time `json:"approved_at"`
	Comment        string     `json:"comment"`       // the words of who approved or rejected it
	LockedReason   *string    `json:"locked_reason"` // why it can't be changed, in words: "approved by Mia on 4 March 2026"
	Source         string     `json:"source"`        // client_id of the application that made it
	CreatedBy      string     `json:"created_by"`    // a person's id, or "client_id@clients"
	Revision       int64      `json:"revision"`      // 1, and one more with every write
	CreatedAt      time.Time  `json:"created_at"`
	UpdatedAt      time.Time  `json:"updated_at"`
	AllowedActions []Action   `json:"allowed_actions"` // what the caller can do to it now

	submittedAt *time.Time
	decidedBy   *string // who approved or rejected it: a person's id
	decidedAt   *time.Time
	editedBy    string // who wrote its content last, as CreatedBy
	deletedAt   *time.Time
	people      people
}

// people are those who have to do with an entry.
type people struct {
	owner     string  // a name, as are manager and decider
	managerID *string // of the owner; nil: none, or one who can't sign in
	manager   *string
	decider   *string
}

// Key is what an entity tag is made of.
func (e Entry) Key() (id string, revision int64) { return e.ID, e.Revision }

// EntryRef names one entry.
type EntryRef struct {
	ID       string `path:"id" json:"-"`
	Revision *int64 `match:"optional" json:"-"` // the revision that the caller saw; nil: whichever it is now
}

// Entry is one entry that the caller may see.
func (s *Service) Entry(ctx context.Context, by auth.Caller, ref EntryRef) (Entry, error) {
	entry, err := entryOf(ctx, s.db.Read(ctx), by, ref.ID)
	if err != nil {
		return Entry{}, err
	}
	return entry.shownTo(by), nil
}

// shownTo completes the entry with what follows from it and from who looks at it.
func (e Entry) shownTo(by auth.Caller) Entry {
	e.Hours = float64(e.Minutes) / 60
	if e.State == Approved {
		e.Approved, e.ApprovedBy, e.ApprovedAt = true, e.decidedBy, e.decidedAt
	}
	if e.State == Submitted || e.State == Approved {
		reason := e.standing()
		e.LockedReason = &reason
	}
	e.AllowedActions = e.actions(by)
	return e
}

// standing is how the entry stands, in words.
func (e Entry) standing() string {
	switch e.State {
	case Submitted:
		return "submitted on " + inWords(e.submittedAt) + ", waiting for " + e.approver()
	case Approved, Rejected:
		return string(e.State) + " by " + *e.people.decider + " on " + inWords(e.decidedAt)
	default:
		return "not submitted yet"
	}
}

func inWords(t *time.Time) string { return t.UTC().Format("2 January 2006") }
