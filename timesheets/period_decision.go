package timesheets

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"punchcard/auth"
)

// PeriodDecision is what a manager says about a submitted period.
type PeriodDecision struct {
	ID       string      `path:"id" json:"-"`
	Revision *int64      `match:"required" json:"-"` // the revision that the manager saw
	Decision State       `json:"decision"`           // approved or rejected
	Comment  string      `json:"comment"`            // the owner reads it; a rejection needs it
	Lines    []Objection `json:"lines"`              // only these are rejected; the rest stays submitted. None: all are
}

// Objection is what is wrong with one entry of a period.
type Objection struct {
	ID      string `json:"id"`
	Comment string `json:"comment"` // empty: as the whole decision
}

// linesLimit is how many lines of a period one decision can name.
const linesLimit = 500

// Validate wants a decision that exists, and words for a rejection.
func (d PeriodDecision) Validate() error {
	var c check
	c.that(d.Decision == Approved || d.Decision == Rejected, "/decision", "must be approved or rejected")
	c.lines(d.Comment, "/comment", noteLimit)
	c.that(len(d.Lines) == 0 || d.Decision != Approved, "/lines", "are for a rejection: what is approved is the whole period")
	c.that(len(d.Lines) <= linesLimit, "/lines", "must be at most %d", linesLimit)
	wordless, named := len(d.Lines) == 0, map[string]int{}
	for i, line := range d.Lines[:min(len(d.Lines), linesLimit)] {
		at := fmt.Sprintf("/lines/%d", i)
		first, twice := named[line.ID]
		c.that(!twice, at+"/id", "is named in /lines/%d already", first)
		named[line.ID] = i
		c.lines(line.Comment, at+"/comment", noteLimit)
		wordless = wordless || strings.TrimSpace(line.Comment) == ""
	}
	c.that(d.Decision != Rejected || !wordless || strings.TrimSpace(d.Comment) != "", "/comment", "is needed: say what to change")
	return c.fault()
}

// DecidePeriod approves or rejects a submitted period of somebody whose time the caller approves, as they saw it: of its
// lines those that are theirs to decide. It is approved when every line is. A rejection ends the submission: the owner submits again when it is mended.
func (s *Service) DecidePeriod(ctx context.Context, by auth.Caller, d PeriodDecision) (Period, error) {
	if d.Revision == nil {
		return Period{}, fault(PreconditionRequired, "name the ETag of the period that you saw: what is decided about is what was seen")
	}
	m := periodMove{PeriodRef: PeriodRef{d.ID, d.Revision}, action: Approve, comment: strings.TrimSpace(d.Comment), set: settled}
	if d.Decision != Approved { // nothing is approved by mistake
		m.action, m.set = Reject, ended
	}
	if len(d.Lines) > 0 {
		for _, line := range d.Lines {
			m.lines = append(m.lines, line.ID)
		}
		m.set = d.object
	}
	return s.movePeriod(ctx, by, m)
}

// settled notes that the period was approved as a whole.
func settled(_ *gorm.DB, p *periodRow, _ time.Time) error {
	p.Settled = true
	return nil
}

// object leaves words at the entries that were rejected, each of which must be one that waited for it.
func (d PeriodDecision) object(tx *gorm.DB, p *periodRow, now time.Time) error {
	for i, line := range d.Lines {
		words := strings.TrimSpace(line.Comment)
		if words == "" {
			words = strings.TrimSpace(d.Comment)
		}
		changed := p.lines(tx).Where("id = ? AND state = ? AND updated_at = ?", line.ID, Rejected, now).Update("comment", words)
		if changed.Error != nil {
			return fmt.Errorf("write an objection: %w", changed.Error)
		}
		if changed.RowsAffected == 0 {
			return invalid(ValidationFailed, fmt.Sprintf("/lines/%d/id", i), "is no submitted entry of this period")
		}
	}
	return ended(tx, p, now)
}
