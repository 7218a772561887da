package timesheets

import (
	"context"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
	"punchcard/auth/lang"
)

// Period is the week or the month of one person, as one caller sees it: what is submitted and approved together. Every day
// is in exactly one.
type Period struct {
	ID              string      `json:"id"` // per_…
	UserID          string      `json:"user_id"`
	Start           string      `json:"start"` // the first day
	End             string      `json:"end"`   // the last day
	State           State       `json:"state"` // open, submitted, approved or rejected; follows from its entries and submission
	Entries         int         `json:"entries"`
	Minutes         int         `json:"minutes"`
	ExpectedMinutes int         `json:"expected_minutes"` // of all its days; 0 where nobody said any hours
	MissingMinutes  int         `json:"missing_minutes"`  // of the days that have come
	BillableMinutes int         `json:"billable_minutes"`
	Submission      *Submission `json:"submission"`    // the last one; nil: never submitted
	LastDecision    *Verdict    `json:"last_decision"` // about it or one of its entries; nil: none
	Flags           Flags       `json:"flags"`         // what to look at before deciding; none as long as it is open
	Approvers       []string    `json:"approvers"`     // all who can decide about it, or a part of it, now: people's ids; none: nobody is left
	LockedReason    *string     `json:"locked_reason"` // why its entries can't be changed, in words
	AllowedActions  []Action    `json:"allowed_actions"`
	Revision        int64       `json:"revision"` // one more with every write to it or an entry of it; 0: nothing was written yet

	row     periodRow
	people  people
	parts   []part
	closing closing
}

// Verdict is what somebody decided.
type Verdict struct {
	Decision   State     `json:"decision"` // approved or rejected
	By         string    `json:"by"`       // a person's id
	OnBehalfOf *string   `json:"on_behalf_of"`
	Comment    string    `json:"comment"`
	At         time.Time `json:"at"`
}

// Key is what an entity tag is made of.
func (p Period) Key() (id string, revision int64) { return p.ID, p.Revision }

// PeriodRef names one period.
type PeriodRef struct {
	ID       string `path:"id" json:"-"`
	Revision *int64 `match:"optional" json:"-"` // the revision that the caller saw; nil: whichever it is now
}

// Period is one period that the caller may see.
func (s *Service) Period(ctx context.Context, by auth.Caller, ref PeriodRef) (Period, error) {
	tx := s.db.Read(ctx)
	row, err := periodNamed(ctx, tx, by, ref.ID)
	if err != nil {
		return Period{}, err
	}
	return s.completed(ctx, tx, by, row)
}

// PeriodDay names a person's period by any day in it.
type PeriodDay struct {
	UserID string `path:"id" json:"-"`
	Date   string `path:"date" json:"-"`
}

// PeriodOn is the period that a day is in, of somebody whose time the caller may see.
func (s *Service) PeriodOn(ctx context.Context, by auth.Caller, d PeriodDay) (Period, error) {
	missing := fault(NotFound, "there is no such person and day, or their time isn't yours to see")
	var c check
	if c.day(d.Date, "date"); c.fault() != nil {
		return Period{}, missing
	}
	tx := s.db.Read(ctx)
	seen, err := seesTimeOf(ctx, tx, by, d.UserID)
	if err != nil {
		return Period{}, err
	}
	if !seen {
		return Period{}, missing
	}
	row, err := periodOn(tx, d.UserID, d.Date)
	if err != nil {
		return Period{}, err
	}
	return s.completed(ctx, tx, by, row)
}

// matter is the period as something that is acted upon.
func (p Period) matter() matter {
	m := matter{thing: periodThing, name: p.name(), state: p.State, ownerID: p.UserID, editors: p.row.Editors, people: p.people,
		parts: p.parts}
	if m.state == Open {
		m.state = Draft
	}
	if p.closing.covers(p.End) {
		m.state = Closed
	}
	m.told = func() lang.Phrase {
		if m.state == Closed {
			return p.closing.inWords()
		}
		var submitted, decided *time.Time
		if p.Submission != nil {
			submitted = &p.Submission.SubmittedAt
		}
		if p.LastDecision != nil {
			decided = &p.LastDecision.At
		}
		return standing(m, submitted, decided)
	}
	return m
}

func (p Period) name() lang.Phrase { return span{p.Start, p.End}.name() }

// shownTo completes the period with what follows from it and from who looks at it.
func (p Period) shownTo(by auth.Caller) Period {
	m := p.matter()
	p.Approvers = m.approvers()
	if p.row.Live || m.state == Closed {
		reason := m.told().In(lang.Tagged("en"))
		p.LockedReason = &reason
	}
	p.AllowedActions = m.actions(by)
	return p
}

// lockedPeriod is why a submitted period takes no entry, and who can help.
func lockedPeriod(ctx context.Context, tx *gorm.DB, row periodRow) error {
	p, err := completed(ctx, tx, auth.Caller{}, row)
	if err != nil {
		return err
	}
	m := p.matter()
	return fault(PeriodLocked, "%s takes no more entries: %s; %s", m.name, m.told(), m.unlock())
}
