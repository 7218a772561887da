package timesheets

import (
	"cmp"
	"context"
	"reflect"

	"punchcard/auth"
)

// Difference is what a period says otherwise than in an earlier submission.
type Difference struct {
	PeriodID      string       `json:"period_id"`
	Since         int          `json:"since"` // the number of that submission; 0: there is none, and all is added
	Added         []Line       `json:"added"`
	Changed       []LineChange `json:"changed"`
	Removed       []Line       `json:"removed"`
	MinutesBefore int          `json:"minutes_before"`
	Minutes       int          `json:"minutes"`
}

// LineChange is one entry as it was and as it is.
type LineChange struct {
	Before Line `json:"before"`
	After  Line `json:"after"`
}

// ID is the entry's.
func (c LineChange) ID() string { return c.After.ID }

// Diff is what changed in a period since it was last submitted: while it is submitted or approved, since the time before,
// which is what whoever decides has seen already.
func (s *Service) Diff(ctx context.Context, by auth.Caller, ref PeriodRef) (Difference, error) {
	tx := s.db.Read(ctx)
	p, err := periodNamed(ctx, tx, by, ref.ID)
	if err != nil {
		return Difference{}, err
	}
	if whole, err := seesTimeOf(ctx, tx, by, p.UserID); err != nil || !whole {
		return Difference{}, cmp.Or(err, fault(Forbidden, "you see only a part of this period, so not how all of it changed"))
	}
	since := p.Submissions
	if p.Live {
		since--
	}
	before, err := p.linesOf(tx, since)
	if err != nil {
		return Difference{}, err
	}
	after, err := p.linesNow(tx)
	if err != nil {
		return Difference{}, err
	}
	d := difference(before, after)
	d.PeriodID, d.Since = p.ID, since
	return d, nil
}

func difference(before, after []Line) Difference {
	d := Difference{Added: []Line{}, Changed: []LineChange{}, Removed: []Line{}}
	was := map[string]Line{}
	for _, line := range before {
		was[line.ID] = line
		d.MinutesBefore += line.Minutes
	}
	for _, line := range after {
		d.Minutes += line.Minutes
		old, known := was[line.ID]
		delete(was, line.ID)
		switch {
		case !known:
			d.Added = append(d.Added, line)
		case !reflect.DeepEqual(old, line):
			d.Changed = append(d.Changed, LineChange{old, line})
		}
	}
	for _, line := range before {
		if _, gone := was[line.ID]; gone {
			d.Removed = append(d.Removed, line)
		}
	}
	return d
}
