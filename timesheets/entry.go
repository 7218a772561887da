package timesheets

import (
	"context"
	"time"

	"punchcard/auth"
	"punchcard/auth/lang"
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
	OnBehalfOf     *string    `json:"on_behalf_of"`  // for whom they stood in: a person's id
	Comment        string     `json:"comment"`       // the words of who approved or rejected it
	LockedReason   *string    `json:"locked_reason"` // why it can't be changed, in words: "approved by Mia on 4 March 2026"
	PeriodID       string     `json:"period_id"`     // what it is submitted with
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
	part        part
	closing     closing
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
	m := e.matter()
	if m.state == Submitted || m.state == Approved || m.state == Closed {
		reason := m.told().In(lang.Tagged("en"))
		e.LockedReason = &reason
	}
	e.AllowedActions = m.actions(by)
	return e
}

// matter is the entry as something that is acted upon.
func (e Entry) matter() matter {
	m := matter{thing: entryThing, name: lang.Say("this entry"), state: e.State, ownerID: e.UserID, people: e.people,
		parts: []part{e.part}}
	if e.editedBy != e.UserID {
		m.editors = []string{e.editedBy}
	}
	if e.deletedAt != nil {
		m.state = Deleted
	}
	if e.closing.covers(e.Date) {
		m.state = Closed
	}
	m.told = func() lang.Phrase {
		if m.state == Closed {
			return e.closing.inWords()
		}
		return standing(m, e.submittedAt, e.decidedAt)
	}
	return m
}
